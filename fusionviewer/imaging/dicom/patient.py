"""Who the patient of a DICOM file is, and texts in which that does not stand."""

from __future__ import annotations

import re
import unicodedata

from pydicom.dataset import Dataset

from fusionviewer.imaging.dicom.series_choice import Person

PERSONAL = (
    "PatientName", "PatientID", "PatientBirthName", "PatientBirthDate", "OtherPatientNames", "OtherPatientIDs",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
"""The tags that tell who the patient is."""

_NAMES = tuple(keyword for keyword in PERSONAL if keyword != "PatientBirthDate")


def person_of(dataset: Dataset) -> Person:
    """The patient's name, family name first, and number, as the header has them; both may be empty."""
    groups = str(dataset.get("PatientName", "") or "").split("=")  # in letters, ideographs, and as it is spoken
    written = next((group for group in groups if group.strip(" ^")), "")
    parts = (printable(part) for part in written.split("^"))
    number = dataset.get("PatientID") or ""
    numbers = [number] if isinstance(number, str) else [str(one) for one in number]  # a file may have several
    return Person(", ".join(part for part in parts if part), printable(" ".join(numbers)))


def printable(text: str) -> str:
    """A text in one line, without what cannot be seen or turns the order of letters round."""
    seen = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(seen.split())


def without_patient(text: str, dataset: Dataset) -> str:
    """A description, or nothing if some part of what names the patient stands in it, in whatever spelling.

    Rather too strict: a description that is dropped costs little.
    """
    words = set(_words(text))
    together = "".join(_words(text))
    for keyword in _NAMES:
        for part in _words(str(dataset.get(keyword, "") or "")):
            short = part.lstrip("0")
            if short in words or part in words or (len(short) >= 3 and short in together):
                return ""
    born = str(dataset.get("PatientBirthDate", "") or "")
    if len(born) == 8 and any(date in together for date in (born, born[6:] + born[4:6] + born[:4])):
        return ""
    return text


def _words(text: str) -> list[str]:
    """Letters and digits in small plain letters; a word with an umlaut stands twice, as ae and as a."""
    text = text.casefold()
    spelt = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", f"{spelt} {plain}" if spelt != plain else plain)))
