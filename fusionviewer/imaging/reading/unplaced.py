"""DICOM slices that do not say where they lie, as of secondary captures: stacked once their voxel size is typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.dicom.series_choice import WORST_SKEW
from fusionviewer.imaging.intake import check_spacing, is_possible_mm
from fusionviewer.imaging.reading.options import Spacing
from fusionviewer.imaging.reading.undecided import NeedsSpacing, typed_note

if TYPE_CHECKING:  # headers load pydicom
    from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader


def check_can_be_stacked(series: SeriesHeaders) -> None:
    """Raise UnreadableInput for a series in colour that says where it lies: that is no grey capture of a scan."""
    if all(header.samples != 1 and header.position is not None for header in series.slices):
        what = "It is a secondary capture in colour." if series.facts.captured else "Its images are in colour."
        raise UnreadableInput(what, "Choose the original grey series.")


def needs_spacing(series: SeriesHeaders) -> NeedsSpacing:
    """What is to be raised of a series none of whose slices says where it lies."""
    what = "It is a secondary capture: its" if series.facts.captured else "Its"
    x, y = next((header.pixel_mm for header in series.slices if header.pixel_mm is not None), (0.0, 0.0))
    told = f"{what} images do not say where they lie in space"
    if series.facts.skew > WORST_SKEW:
        told += f": the directions of rows and columns are not at right angles (off by {series.facts.skew:.2g})"
    if all(header.position is not None and header.axes is not None for header in series.slices):
        told = f"The voxel size of the series makes no sense: {x:g} × {y:g} mm"
    known = tuple(mm if is_possible_mm(mm) else 0.0 for mm in (x, y))
    return NeedsSpacing(f"{told}.", series.slices[0].path, series.reference, (known[0], known[1], 0.0))


def stacked_by(series: SeriesHeaders, spacing_mm: Spacing) -> tuple[SeriesHeaders, tuple[str, ...]]:
    """The series with its slices stacked in the order of their numbers, its middle at the origin, and notes on that.

    Where they do not say in which plane they lie, they are taken for axial ones from the feet to the head. Raises
    BadArgument for a series that says where it lies, UnreadableInput for a size that makes no sense.
    """
    check_spacing(spacing_mm, series.name, typed=True)
    # is_placed of `stacks` would be a circle of imports
    if any(h.samples == 1 and h.position is not None and h.axes is not None and _sound(h) for h in series.slices):
        raise BadArgument("The series says itself how large its voxels are.", "Leave #spacing out.")
    shape = Counter(header.shape for header in series.slices).most_common(1)[0][0]
    kept = sorted((header for header in series.slices if header.shape == shape), key=_by_number)
    others = len(series.slices) - len(kept)
    axes = next((header.axes for header in kept if header.axes is not None), None)
    known = axes is not None
    along = np.eye(3)[:2] if axes is None else axes
    directions = np.stack([along[0], along[1], np.cross(along[0], along[1])], axis=1)
    rows, columns = shape
    middle = np.array([columns - 1, rows - 1, len(kept) - 1]) / 2
    slices = tuple(
        replace(
            header,
            position=directions @ ((np.array([0, 0, number]) - middle) * spacing_mm),
            axes=along,
            pixel_mm=spacing_mm[:2],
            samples=1,
        )
        for number, header in enumerate(kept)
    )
    plane = "" if known else ", as axial slices from the feet to the head"
    sides = "" if known else " Make sure of left and right yourself."
    place = f"Its slices do not say where they lie: they were stacked in the order of their numbers{plane}.{sides}"
    left_out = (f"{others} of its images have another size and were left out.",) if others else ()
    return replace(series, slices=slices), (typed_note(spacing_mm), place, *left_out)


def _sound(header: SliceHeader) -> bool:
    return header.pixel_mm is not None and all(is_possible_mm(mm) for mm in header.pixel_mm)


def _by_number(header: SliceHeader) -> tuple[float, str, int]:
    return header.labels.instance, str(header.path), header.frame
