"""A patient whose every word is a mark, the phantom as that patient's DICOM series, and a search for the marks.

What is packed is unpacked before it is searched: gzip, zip, the streams and texts of a PDF, the texts of a PNG, and
what stands as base64 in a page.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import phantoms
from dicom_series import Series, save
from pydicom.uid import generate_uid

from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume, image_on_grid

PERSON: Final = {
    "PatientName": "Qzname^Vorqz", "PatientID": "QZID81377", "PatientBirthDate": "19470713",
    "OtherPatientIDs": "QZOTHER4", "PatientAddress": "Qzstreet 5", "PatientComments": "Qzcomment",
    "OperatorsName": "Qzoper^Ator", "InstitutionName": "Qzclinic", "InstitutionalDepartmentName": "Qzward",
    "ReferringPhysicianName": "Qzrefer^Red", "PerformingPhysicianName": "Qzperform^Ed", "AccessionNumber": "QZACC5531",
    "StudyDescription": "Qzstudytext", "StationName": "Qzstation",
}  # fmt: skip
"""What the headers hold."""

PERSON_MARKS: Final = (
    "qzname", "vorqz", "qzid81377", "19470713", "1947-07-13", "13.07.1947", "qzother4", "qzstreet", "qzcomment",
    "qzoper", "qzclinic", "qzward", "qzrefer", "qzperform", "qzacc5531", "qzstation",
)  # fmt: skip
"""What must be found nowhere, in small letters."""

DESCRIPTION_MARK: Final = "qzseriestext"
"""What stands in the descriptions of both series, and may be shown, but not written."""

STUDY_MARK: Final = "qzstudytext"
"""What stands in the description of their study, likewise."""

KEPT_IN_THE_ARCHIVE: Final = ("qzname", "vorqz", "qzid81377", "19470713", "qzacc5531", "qzrefer", STUDY_MARK)
"""Of the patient and the study: what a series needs to be filed with the others of this patient."""


def write_series(volume: Volume, folder: Path, **changes: Any) -> Path:
    """A volume as a DICOM series of the marked patient, slice by slice."""
    grid = volume.grid
    i, j, _ = (float(mm) for mm in grid.spacing)
    ct = volume.modality == "CT"
    base = Series(
        rows=grid.size[1], columns=grid.size[0], n=grid.size[2], pixel_mm=(j, i), modality=volume.modality,
        intercept=-1024.0 if ct else 0.0, description=f"{DESCRIPTION_MARK} {volume.modality}", number=4 if ct else 3,
        position=grid.origin, step=(0.0, 0.0, float(grid.spacing[2])),
        header={**PERSON, "FrameOfReferenceUID": generate_uid(), "StudyDate": "20200102", "SeriesDate": "20200102"},
    )  # fmt: skip
    series = replace(base, **changes)
    folder.mkdir(parents=True)
    stored = np.rint(volume.array - series.intercept).clip(0, 65535).astype("<u2")
    blank = replace(series, position=(0.0, 0.0, 0.0), step=(0.0, 0.0, 0.1), pixel_mm=(0.1, 0.1))  # values in range
    dataset = blank.dataset(0, 1)
    dataset.PixelSpacing = [str(j), str(i)]
    for number, plane in enumerate(stored):
        dataset.InstanceNumber = number + 1
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.ImagePositionPatient = [f"{mm:.6f}" for mm in series.slice_position(number)]
        dataset.PixelData = plane.tobytes()
        save(dataset, folder / f"{number:03}.dcm")
    return folder


class MarkedPair(NamedTuple):
    """The folders of the fixed MR and the moving CT. Neither path tells of the patient."""

    fixed: Path
    moving: Path


def write_pair(folder: Path) -> MarkedPair:
    """Both phantoms as series, with every second voxel, so that what is done with them takes seconds."""
    return MarkedPair(
        write_series(_coarse(phantoms.phantom_mr()), folder / "mr"),
        write_series(_coarse(phantoms.phantom_ct()), folder / "ct"),
    )


def _coarse(volume: Volume) -> Volume:
    array, grid = volume.array[::2, ::2, ::2], volume.grid
    i, j, k = (2 * mm for mm in grid.spacing)
    coarse = Grid((array.shape[2], array.shape[1], array.shape[0]), (i, j, k), grid.origin, grid.direction)
    return Volume(image_on_grid(array, coarse), volume.name, volume.modality)


def marks_in(content: bytes, marks: tuple[str, ...]) -> set[str]:
    """The marks that stand in a file, in UTF-8 or UTF-16, packed or not."""
    found: set[str] = set()
    for part in _unpacked(content):
        small = part.lower()
        texts = (small, small.replace(b"\0", b""))
        found |= {mark for mark in marks if any(mark.encode() in text for text in texts)}
    return found


def marked_files(folder: Path, marks: tuple[str, ...], *, but: tuple[Path, ...] = ()) -> dict[str, set[str]]:
    """The marks in all files below a folder and in their names, by the files' paths; `but` is not looked at."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if any(path.is_relative_to(other) for other in but):
            continue
        marked = marks_in(path.name.encode(), marks) | (marks_in(path.read_bytes(), marks) if path.is_file() else set())
        if marked:
            found[str(path.relative_to(folder))] = marked
    return found


def _unpacked(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """A file as it is, and everything in it as it is unpacked."""
    yield content
    if depth > 3:
        return
    for inner in _inside(content):
        yield from _unpacked(inner, depth + 1)


def _inside(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield packed.read(name)
    elif content.startswith(b"%PDF"):
        yield from _of_pdf(content)
    elif content.startswith(b"\x89PNG"):
        for kind, text in re.findall(rb"(tEXt|zTXt|iTXt)(.*?)(?=IDAT|IEND|tEXt|zTXt|iTXt)", content, re.DOTALL):
            at = text.find(b"x\x9c")
            if kind != b"tEXt" and at >= 0:
                with suppress(zlib.error):
                    yield zlib.decompressobj().decompress(text[at:])
    for packed_text in re.findall(rb"base64,([A-Za-z0-9+/=\s]{40,})", content):
        yield base64.b64decode(packed_text)


def _of_pdf(content: bytes) -> Iterator[bytes]:
    """The streams of a PDF, and the letters that its glyphs stand for, by each of its fonts."""
    streams = []
    for packed in re.findall(rb"stream\r?\n(.*?)\nendstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            streams.append(packed)
    yield from streams
    fonts = [dict(re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>", one)) for one in streams if b"bfchar" in one]
    pages = [one for one in streams if b" Tj" in one]
    texts = [text for one in pages for text in re.findall(rb"\(((?:\\.|[^\\()])*)\)", one, re.DOTALL)]
    plain = [re.sub(rb"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), text, flags=re.DOTALL) for text in texts]
    for font in fonts:
        letters = {bytes.fromhex(code.decode()): bytes.fromhex(letter.decode()) for code, letter in font.items()}
        yield b"".join(letters.get(text[n : n + 2], b"") for text in plain for n in range(0, len(text), 2))


_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
"""What letters behind a backslash stand for in a text of a PDF; others stand for themselves."""
