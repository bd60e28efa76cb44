"""What can be done at once about a note on an image, or about the choice of the image itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fusionviewer.imaging.reading.nifti_forms import BOTH_FORMS, used_form
from fusionviewer.imaging.reading.options import OTHER_FORM, ReadingOptions, split_reference
from fusionviewer.imaging.reading.undecided import TYPED
from fusionviewer.imaging.volume import ImageSource, Volume

RemedyKind: TypeAlias = Literal["read", "volume", "spacing"]


@dataclass(frozen=True)
class Remedy:
    """A button beside a note."""

    kind: RemedyKind
    """`read`: read it otherwise; `volume`: choose another volume of its file; `spacing`: type its voxel size."""
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
    for note in volume.notes:
        if note.startswith(BOTH_FORMS):
            other = OTHER_FORM[used_form(note)]
            told = f"Place the image by its {other}; landmarks stay at their voxels"
            yield _read(f"Use the {other}", told, note, series, replace(options, form=other))
        elif note.startswith(TYPED):
            yield Remedy("spacing", "Type it again…", "Type another voxel size", note, source.series_uid)


def _read(title: str, told: str, note: str, series: str, options: ReadingOptions) -> Remedy:
    return Remedy("read", title, told, note, f"{series}{options.text}")
