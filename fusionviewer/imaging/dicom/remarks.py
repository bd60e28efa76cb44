"""What is odd about a DICOM series beside where its slices lie, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader

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


def remarks_of(series: SeriesHeaders) -> list[str]:
    """Sentences on what the headers say, and what follows from it."""
    facts = series.facts
    notes = _acquisitions(series.slices)
    if facts.position in _POSITIONS:
        notes.append(
            f"The patient lay {_POSITIONS[facts.position]} ({facts.position}): sides are shown as the header has them."
        )
    if not facts.rescaled:
        notes.append(
            "The headers of this CT do not say how stored numbers become Hounsfield units: they are taken as they are, "
            "and may be 1024 too high."
        )
    if facts.inverted:
        notes.append(
            "Its smallest value is meant to be the brightest (MONOCHROME1): "
            + ("Hounsfield units are kept." if _keeps(series) else "the values were turned round.")
        )
    return notes


def as_meant(array: NDArray[Any], series: SeriesHeaders) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The values with bright and dark as they are meant (changed in place), and notes on values that mean nothing."""
    if series.facts.inverted and not _keeps(series):
        both = float(array.min()) + float(array.max())
        for plane in array:
            plane[...] = both - plane.astype(np.float64)
    if series.modality != "CT":
        return array, ()
    low = float(array.min())
    if low >= PADDING_BELOW_HU:
        return array, ()
    share = float(np.mean(array.ravel()[:: max(1, array.size // 500_000)] < PADDING_BELOW_HU))
    if share < LEAST_PADDING:
        return array, ()
    return array, (
        f"{100 * share:.0f} % of the voxels lie outside of the scanner's field of view and hold {low:g}: "
        "that is padding, not air.",
    )


def _keeps(series: SeriesHeaders) -> bool:
    return series.modality == "CT" and series.facts.rescaled


def _acquisitions(slices: Iterable[SliceHeader]) -> list[str]:
    numbers = sorted({header.labels.acquisition for header in slices} - {0.0})
    if not 1 < len(numbers) <= MOST_ACQUISITIONS:
        return []
    *others, last = (f"{number:g}" for number in numbers)
    return [
        f"It was made in {len(numbers)} acquisitions (numbers {', '.join(others)} and {last}): "
        "the patient may have moved between them."
    ]
