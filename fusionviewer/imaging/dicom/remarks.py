"""What is odd about a DICOM series beside where its slices lie, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader
from fusionviewer.imaging.reading.note_words import (
    ACQUISITIONS,
    AIR_HU,
    AS_STORED,
    INVERTED,
    MADE_AIR,
    NOT_RESCALED,
    ONE_ACQUISITION,
    PADDING,
    TURNED_ROUND,
)
from fusionviewer.imaging.reading.options import ReadingOptions

_POSITIONS: Final = {
    "HFP": "head first, face down", "FFS": "feet first, on the back", "FFP": "feet first, face down",
    "HFDR": "head first, on the right side", "HFDL": "head first, on the left side",
    "FFDR": "feet first, on the right side", "FFDL": "feet first, on the left side",
}  # fmt: skip
"""Every position but the usual one of a head."""

MOST_ACQUISITIONS: Final = 3
"""Some scanners count each turn of the tube, or each slice: such numbers say nothing."""

PADDING_BELOW_HU: Final = -1100.0
"""Nothing is less dense than air, at -1000 HU; scanners fill what lies outside of their field of view with less."""

LEAST_PADDING: Final = 0.01

MOST_SKEW: Final = 1e-3
"""Headers have few digits; beyond this it is more than rounding."""


def remarks_of(series: SeriesHeaders) -> list[str]:
    """Sentences on what the headers say, and what follows from it."""
    facts = series.facts
    notes = _acquisitions(series.slices)
    if facts.skew > MOST_SKEW:
        notes.append(
            f"By its header its axes are not quite of unit length and at right angles (off by {facts.skew:.2g}): they "
            "were made so."
        )
    if facts.position in _POSITIONS:
        notes.append(
            f"The patient lay {_POSITIONS[facts.position]} ({facts.position}): sides are shown as the header has them."
        )
    if not facts.rescaled:
        notes.append(f"{NOT_RESCALED}: they are taken as they are, and may be 1024 too high.")
    if facts.inverted:
        notes.append(f"{INVERTED}: {'Hounsfield units are kept.' if _keeps(series) else TURNED_ROUND}")
    return notes


def as_decided(series: SeriesHeaders, options: ReadingOptions) -> tuple[SeriesHeaders, tuple[str, ...]]:
    """The series with the slices that were decided for, and notes on it. Raises BadArgument where there are none."""
    if options.last_copies:  # of those at one place the first is taken
        series = replace(series, slices=series.slices[::-1], last_first=True)
    if not options.acquisition:
        return series, ()
    kept = tuple(header for header in series.slices if header.labels.acquisition == options.acquisition)
    if not kept:
        raise BadArgument(f"The series has no acquisition {options.acquisition:g}.", "Leave #acquisition out.")
    note = f"{ONE_ACQUISITION} {options.acquisition:g} was read: {len(kept)} of {len(series.slices)} images."
    return replace(series, slices=kept, announced=0), (note,)


def as_meant(
    array: NDArray[Any], series: SeriesHeaders, notes: tuple[str, ...], options: ReadingOptions
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The values with bright and dark as they are meant, or as was decided (changed in place where that can be).

    `notes` are those on the series; what comes back are these and those on values that mean nothing.
    """
    if series.facts.inverted and not _keeps(series):
        if options.as_stored:
            told = f"{INVERTED}: {AS_STORED}"
            notes = tuple(told if note.startswith(INVERTED) else note for note in notes)
        else:
            both = float(array.min()) + float(array.max())
            for plane in array:
                plane[...] = both - plane.astype(np.float64)
    if options.added:
        told = f"{NOT_RESCALED}: {options.added:+g} was added to every value, as decided."
        notes = tuple(told if note.startswith(NOT_RESCALED) else note for note in notes)
        array = _added(array, options.added)
    if series.modality != "CT":
        return array, notes
    low = float(array.min())
    if low >= PADDING_BELOW_HU:
        return array, notes
    share = float(np.mean(array.ravel()[:: max(1, array.size // 500_000)] < PADDING_BELOW_HU))
    if share < LEAST_PADDING:
        return array, notes
    padding = f"{100 * share:.0f} % of the voxels lie {PADDING} and"
    if not options.padding_is_air:
        return array, (*notes, f"{padding} hold {low:g}: that is padding, not air.")
    for plane in array:
        plane[plane < PADDING_BELOW_HU] = AIR_HU
    return array, (*notes, f"{padding} held {low:g}: {MADE_AIR}")


def _added(array: NDArray[Any], number: float) -> NDArray[Any]:
    """The same with a number added, in the same memory where its type can hold that."""
    if array.dtype.kind in "iu":
        known = np.iinfo(array.dtype)
        if not float(number).is_integer() or not known.min <= array.min() + number <= array.max() + number <= known.max:
            return np.asarray(array + np.float32(number), dtype=np.float32)
    for plane in array:
        plane[...] += array.dtype.type(number)
    return array


def _keeps(series: SeriesHeaders) -> bool:
    return series.modality == "CT" and series.facts.rescaled


def _acquisitions(slices: Iterable[SliceHeader]) -> list[str]:
    numbers = sorted({header.labels.acquisition for header in slices} - {0.0})
    if not 1 < len(numbers) <= MOST_ACQUISITIONS:
        return []
    *others, last = (f"{number:g}" for number in numbers)
    return [
        f"It was made in {len(numbers)} {ACQUISITIONS}{', '.join(others)} and {last}): "
        "the patient may have moved between them."
    ]
