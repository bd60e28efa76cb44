"""The series of a DICOM folder, and which of them are volumes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.imaging.dicom.headers import SeriesHeaders, is_dicom, is_directory, scan
from fusionviewer.imaging.dicom.series_choice import Person, Plane, SeriesChoice, SeriesKey
from fusionviewer.imaging.dicom.stacks import stack_of
from fusionviewer.progress import Observer

_OBLIQUE_DEG: Final = 30.0
"""A plane that is turned further than this out of the nearest one of the patient's has none of their names."""

_PLANES: Final[tuple[Plane, ...]] = ("sagittal", "coronal", "axial")
"""By the axis (x, y, z) on which the plane stands."""


@dataclass(frozen=True, eq=False)
class SeriesEntry:
    """A series of a folder, or a part of one: what a chooser shows, and what is needed to read it."""

    choice: SeriesChoice
    headers: SeriesHeaders = field(repr=False)


@dataclass(frozen=True, eq=False)
class SeriesFolder:
    """What was found in a folder, by the numbers of the series."""

    path: Path
    """The folder itself, also where one of its files was asked for."""
    entries: tuple[SeriesEntry, ...]
    persons: tuple[Person, ...] = field(repr=False)
    """Patient 1, patient 2, …"""
    meant: str = ""
    """The UID of the series to which the file belongs that was asked for; empty if a folder was."""

    @cached_property
    def choices(self) -> tuple[SeriesChoice, ...]:
        """All entries, as a chooser shows them."""
        return tuple(entry.choice for entry in self.entries)

    def entry(self, key: SeriesKey) -> SeriesEntry | None:
        """The entry with this key; None: there is none."""
        return next((entry for entry in self.entries if entry.choice.key == key), None)


def look_into(path: Path, observer: Observer) -> SeriesFolder:
    """The series of a folder and the folders below it, of a DICOMDIR's folder, or of a multi-frame file.

    Raises Cancelled, and UnreadableInput where there is no DICOM image.
    """
    place = path.parent if path.is_file() and is_directory(path) else path
    found = scan(place, observer)
    if not found:
        raise _no_images(place)
    return _folder(place, found)


def look_around(file: Path, observer: Observer) -> SeriesFolder | None:
    """The series that lie beside a file with a single slice, its own being `meant`; None for any other file.

    Folders below are not looked into. Raises Cancelled.
    """
    if not file.is_file() or not is_dicom(file) or is_directory(file):
        return None
    own = scan(file, observer.part(0.0, 0.01))
    if not own or len(own[0].slices) > 1:
        return None
    beside = scan(file.parent, observer.part(0.01, 1.0), below=False)
    if all(series.uid != own[0].uid for series in beside):  # a hidden file, which is passed over in its folder
        return None
    return _folder(file.parent, beside, own[0].uid)


def _folder(path: Path, found: tuple[SeriesHeaders, ...], meant: str = "") -> SeriesFolder:
    numbers: dict[tuple[str, str], int] = {}
    for series in found:
        numbers.setdefault(_identity(series.person), len(numbers) + 1)
    persons = {numbers[_identity(series.person)]: series.person for series in reversed(found)}
    entries = tuple(SeriesEntry(_choice(series, numbers[_identity(series.person)]), series) for series in found)
    return SeriesFolder(path, entries, tuple(persons[number] for number in sorted(persons)), meant)


def _identity(person: Person) -> tuple[str, str]:
    """What is the same for one patient, whatever scanner wrote it."""
    return person.number.casefold(), person.name.casefold()


def _choice(series: SeriesHeaders, patient: int) -> SeriesChoice:
    first = series.slices[len(series.slices) // 2]
    rows, columns = first.shape
    size, spacing, axes = (columns, rows, 0), (*(first.pixel_mm or (0.0, 0.0)), 0.0), first.axes
    notes: tuple[str, ...] = ()
    why_not = ""
    try:
        stack = stack_of(series)
        size, spacing, axes, notes = stack.grid.size, stack.grid.spacing, stack.axes.T[:2], stack.notes
    except UnreadableInput as problem:
        why_not = problem.message
    return SeriesChoice(
        uid=series.uid,
        description=series.description,
        modality=series.modality,
        n_images=len(series.slices),
        size=size,
        spacing=spacing,
        usable=not why_not,
        why_not=why_not,
        patient=patient,
        plane=plane_of(axes),
        notes=notes,
        facts=series.facts,
        description_hidden=series.description_hidden,
    )


def plane_of(axes: Points | None) -> Plane:
    """The plane that two directions (2, 3) of unit length span, LPS; empty for None."""
    if axes is None:
        return ""
    normal = np.abs(np.cross(axes[0], axes[1]))
    axis = int(np.argmax(normal))
    return _PLANES[axis] if math.degrees(math.acos(min(1.0, float(normal[axis])))) <= _OBLIQUE_DEG else "oblique"


def _no_images(path: Path) -> UnreadableInput:
    if path.is_file():
        return UnreadableInput(
            f"{path.name} is a DICOM file without an image.", "Choose the folder of a CT or MR series."
        )
    return UnreadableInput(
        f"There are no DICOM images in the folder {called(path)} or below it.",
        "Choose the folder of a CT or MR series, or an image file.",
    )


def called(path: Path) -> str:
    """What a message calls a path: the folder that the program was started in has a name, too."""
    return path.name or path.absolute().name or str(path)
