"""The series of a DICOM folder, and which of them are volumes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.dicom.headers import SeriesHeaders, is_dicom, is_directory, scan
from fusionviewer.imaging.dicom.parts import parts_of
from fusionviewer.imaging.dicom.series_choice import Person, SeriesChoice, SeriesKey
from fusionviewer.imaging.dicom.stacks import plane_of, stack_of
from fusionviewer.imaging.reading.undecided import NeedsSpacing
from fusionviewer.progress import Observer


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
    meant_part: int = 1
    """The part of that series in which the file is."""

    @cached_property
    def choices(self) -> tuple[SeriesChoice, ...]:
        """All entries, as a chooser shows them."""
        return tuple(entry.choice for entry in self.entries)

    def entry(self, key: SeriesKey) -> SeriesEntry | None:
        """The entry with this key; None: there is none."""
        return next((entry for entry in self.entries if entry.choice.key == key), None)

    def referred(self, reference: str) -> tuple[SeriesEntry, ...]:
        """What is meant by a UID, or by a UID with # and the number of a part: all parts where that is not said."""
        uid, mark, part = reference.rpartition("#")
        parts = tuple(entry for entry in self.entries if entry.choice.uid == reference)
        if parts or not (mark and part.isdecimal()):
            return parts
        entry = self.entry((uid, int(part)))
        return () if entry is None else (entry,)


def look_into(path: Path, observer: Observer) -> SeriesFolder:
    """The series of a folder and the folders below it, of a DICOMDIR's folder, or of a multi-frame file.

    Raises Cancelled, and UnreadableInput where there is no DICOM image.
    """
    place = path.parent if os.path.isfile(path) and is_directory(path) else path
    found = scan(place, observer)
    if not found:
        raise _no_images(place)
    return _folder(place, found)


def look_around(file: Path, observer: Observer) -> SeriesFolder | None:
    """The series that lie beside a file with a single slice, its own being `meant`; None for any other file.

    Folders below are not looked into. Raises Cancelled.
    """
    if not os.path.isfile(file) or not is_dicom(file) or is_directory(file):
        return None
    own = scan(file, observer.part(0.0, 0.01))
    if not own or len(own[0].slices) > 1:
        return None
    beside = scan(file.parent, observer.part(0.01, 1.0), below=False)
    if all(series.uid != own[0].uid for series in beside):  # a hidden file, which is passed over in its folder
        return None
    return _folder(file.parent, beside, own[0].uid, file)


def _folder(path: Path, found: tuple[SeriesHeaders, ...], meant: str = "", file: Path | None = None) -> SeriesFolder:
    numbers: dict[tuple[str, str], int] = {}
    for series in found:
        numbers.setdefault(_identity(series.person), len(numbers) + 1)
    persons = {numbers[_identity(series.person)]: series.person for series in reversed(found)}
    entries = tuple(
        SeriesEntry(_choice(part, numbers[_identity(series.person)], listed), part)
        for listed, series in enumerate(found, 1)
        for part in parts_of(series)
    )
    holding = (e for e in entries if e.choice.uid == meant and any(s.path == file for s in e.headers.slices))
    own = next(holding, None)
    shown = tuple(persons[number] for number in sorted(persons))
    return SeriesFolder(path, entries, shown, meant, own.choice.part if own else 1)


def _identity(person: Person) -> tuple[str, str]:
    """What is the same for one patient, whatever scanner wrote it."""
    return person.number.casefold(), person.name.casefold()


def _choice(series: SeriesHeaders, patient: int, listed: int) -> SeriesChoice:
    first = series.slices[len(series.slices) // 2]
    rows, columns = first.shape
    size, spacing, axes = (columns, rows, 0), (*(first.pixel_mm or (0.0, 0.0)), 0.0), first.axes
    notes = series.remarks
    why_not, asked = "", False
    try:
        stack = stack_of(series)
        size, spacing, axes, notes = stack.grid.size, stack.grid.spacing, stack.axes.T[:2], stack.notes
    except UnreadableInput as problem:
        why_not, asked = problem.message, isinstance(problem, NeedsSpacing)
    return SeriesChoice(
        uid=series.uid,
        description=series.description,
        modality=series.modality,
        n_images=len(series.slices),
        size=size,
        spacing=spacing,
        usable=not why_not,
        why_not=why_not,
        needs_spacing=asked,
        part=series.part,
        parts=series.parts,
        part_name=series.part_name,
        listed=listed,
        patient=patient,
        plane=plane_of(axes),
        notes=notes,
        facts=series.facts,
        description_hidden=series.description_hidden,
    )


def _no_images(path: Path) -> UnreadableInput:
    if os.path.isfile(path):
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
