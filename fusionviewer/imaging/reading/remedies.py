"""What can be done at once about a note on an image, or about the choice of the image itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from fusionviewer.imaging.reading import note_words as words
from fusionviewer.imaging.reading.options import OTHER_FORM, Form, ReadingOptions, split_reference
from fusionviewer.imaging.stored.nifti_forms import used_form
from fusionviewer.imaging.volume import ImageSource, Volume

RemedyKind: TypeAlias = Literal["read", "volume", "series", "spacing", "centres", "mirror"]


@dataclass(frozen=True)
class Remedy:
    """A button beside a note."""

    kind: RemedyKind
    """`read`: read it otherwise; `volume`, `series`: choose another one of its file or folder; `spacing`: type its
    voxel size; `centres`: put the middles of both images on each other; `mirror`: exchange left and right of the moving
    one."""
    title: str
    """What the button says."""
    help: str
    """What it does, in a sentence."""
    note: str = ""
    """The note beside which it stands; empty: it belongs to the image."""
    reference: str = ""
    """Of `read`: what stands behind the file's path then; else what stands there now."""


def remedies_of(volume: Volume) -> tuple[Remedy, ...]:
    """Everything that can be done about an image, in the order of its notes."""
    source = volume.source
    return () if source is None else tuple(_remedies(volume, source))


def _remedies(volume: Volume, source: ImageSource) -> Iterator[Remedy]:
    series, options = split_reference(source.series_uid)
    if series.startswith("#"):
        told = "Read another volume of the file; the alignment and the landmarks stay"
        yield Remedy("volume", "Another volume…", told, reference=source.series_uid)
    elif series.rpartition("#")[0]:
        told = "Choose another volume of the series, or another series of the folder, in its place"
        yield Remedy("series", "Another volume…", told, reference=source.series_uid)
    for note in volume.notes:
        for title, told, changed in _choices(note, options):
            yield Remedy("read", title, told, note, f"{series}{changed.text}")
        for begins, kind, title, told in _OTHERS:
            if note.startswith(begins):
                yield Remedy(kind, title, told, note, source.series_uid)


def _choices(note: str, options: ReadingOptions) -> Iterator[tuple[str, str, ReadingOptions]]:
    """In which other ways the image can be read because of a note: title, help, and what is decided then."""
    if note.startswith(words.BOTH_FORMS):
        other = OTHER_FORM[used_form(note)]
        told = f"Place the image by its {other}; landmarks stay at their voxels"
        yield _USE[other], told, replace(options, form=other)
    elif note.startswith((words.NOT_RESCALED, words.INVERTED)) or words.PADDING in note:
        yield from _value_choices(note, options)
    elif words.ACQUISITIONS in note:
        for number in re.findall(r"[\d.]+", note.partition(words.ACQUISITIONS)[2].partition(")")[0]):
            told = f"Read the slices of acquisition {number} alone"
            yield f"Only {number}", told, replace(options, acquisition=float(number))
    elif note.startswith(words.ONE_ACQUISITION):
        yield "All acquisitions", "Read the slices of all acquisitions", replace(options, acquisition=0.0)
    elif words.TAKEN_OF_COPIES.search(note):
        title = "Take the first" if options.last_copies else "Take the last"
        told = "Another one of the slices that are there more than once"
        yield title, told, replace(options, last_copies=not options.last_copies)
    elif any(part in note for part in words.MENDED_ON_DISK):
        yield "Read again", "Once the files are copied again", options


def _value_choices(note: str, options: ReadingOptions) -> Iterator[tuple[str, str, ReadingOptions]]:
    """The same about what the stored values mean."""
    if note.startswith(words.NOT_RESCALED) and options.added:
        yield "Leave the values as stored", "Add nothing to the stored values", replace(options, added=0.0)
    elif note.startswith(words.NOT_RESCALED):
        told = f"Add {words.CT_OFFSET} to every value: most scanners store Hounsfield units so"
        yield "Subtract 1024", told, replace(options, added=float(words.CT_OFFSET))
    elif note.endswith(words.TURNED_ROUND):
        yield "Leave the values as stored", "Do not turn bright and dark round", replace(options, as_stored=True)
    elif note.endswith(words.AS_STORED):
        yield "Turn the values round", "Show bright what is meant to be bright", replace(options, as_stored=False)
    elif note.endswith(words.MADE_AIR):
        yield "Keep the padding", "Leave the values as stored", replace(options, padding_is_air=False)
    elif words.PADDING in note:
        told = f"Give what the scanner did not see the value of air, {words.AIR_HU} HU"
        yield "Make it air", told, replace(options, padding_is_air=True)


_USE: Final[dict[Form, str]] = {"sform": "Use the sform", "qform": "Use the qform"}

_OTHERS: Final[tuple[tuple[str, RemedyKind, str, str], ...]] = (
    (words.TYPED, "spacing", "Type it again…", "Type another voxel size"),
    (words.FAR_AWAY, "centres", "Align centres", "Put the middles of both images on each other"),
    (words.NO_SIDES, "mirror", "Mirror left–right…", "Exchange left and right of the moving image, after a question"),
)
"""How a note begins, and what else can be done about it."""
