"""Whether two images can be of one patient, told without keeping who that is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # volumes have these, for which nothing must wait for pydicom
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class PatientMarks:
    """Digests of what a header says of the patient; empty where it does not. In memory only: never in a file."""

    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    born: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)

    def differing(self, other: PatientMarks) -> tuple[str, ...]:
        """What both have and is not the same, in words: name, ID …"""
        pairs = ((_CALLED[f.name], getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return tuple(called for called, one, two in pairs if one and two and one != two)


NO_MARKS: Final = PatientMarks()
"""Of an image that says nothing of its patient."""

_CALLED: Final = {"name": "name", "number": "ID", "born": "birth date", "sex": "sex"}


def patient_marks(dataset: Dataset) -> PatientMarks:
    """Those of a header. What scanners write differently of one patient gives the same."""
    groups = str(dataset.get("PatientName", "") or "").split("=")
    written = next((group for group in groups if group.strip(" ^")), "")
    family, _, rest = written.partition("^")
    given = rest.partition("^")[0]
    sex = str(dataset.get("PatientSex", "") or "").strip().upper()[:1]
    return PatientMarks(
        name=_digest(" ".join(sorted(_plain(f"{family} {given}").split()))),
        number=_digest(_plain(str(dataset.get("PatientID", "") or "")).replace(" ", "").lstrip("0")),
        born=_digest("".join(re.findall(r"\d", str(dataset.get("PatientBirthDate", "") or "")))),
        sex=_digest(sex if sex in {"M", "F"} else ""),
    )


def _plain(text: str) -> str:
    """Letters and digits in small plain letters, words apart."""
    spelt = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest() if text else ""
