"""How often each value occurs in an image, for a small picture beside its window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.window import some_values, without_padding

_BINS: Final = 4096
"""At most; so many that a window of 80 HU still shows a shape."""

_TAILS_PERCENT: Final = 0.1
"""What is rarer at either end does not stretch the range."""

_SMOOTH: Final = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
"""Takes away the comb that arises where columns and whole numbers do not match."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts (n,) of a sample of an image's values between edges (n + 1,), in the image's own units, padding left out.

    From `low` to `high` lies nearly everything; the edges may lie further out.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    low: float
    high: float

    def heights(self, low: float, high: float, columns: int) -> NDArray[np.float64]:
        """The heights (columns,) of a picture from `low` to `high`: logarithms of the counts, the highest 1."""
        summed = np.concatenate([[0.0], np.cumsum(self.counts)])
        counts = np.diff(np.interp(np.linspace(low, high, columns + 1), self.edges, summed))
        logs = np.log1p(np.convolve(np.pad(counts, 2, mode="edge"), _SMOOTH, mode="valid"))
        highest = float(logs.max())
        return np.asarray(logs / highest if highest > 0 else logs)


def histogram_of(volume: Volume) -> Histogram:
    """The histogram of some 150,000 evenly spread voxels: 10 ms, however large the image is."""
    _, values = without_padding(some_values(volume))
    low, high = (float(v) for v in np.percentile(values, (_TAILS_PERCENT, 100 - _TAILS_PERCENT)))
    if high <= low:
        low, high = low - 0.5, low + 0.5
    first, last = max(float(values.min()), 2 * low - high), min(float(values.max()), 2 * high - low)
    edges = _edges(volume.array.dtype, first, last)
    counts, _ = np.histogram(values, edges)
    return Histogram(edges, counts, low, high)


def _edges(kind: np.dtype[Any], first: float, last: float) -> NDArray[np.float64]:
    """Bins of equal width from one value to another; of whole numbers each bin holds equally many."""
    if not np.issubdtype(kind, np.integer):
        width = max(last - first, 1e-6 * max(1.0, abs(first))) / _BINS
        return np.asarray(first + width * np.arange(_BINS + 1))
    step = math.ceil((last - first + 1) / _BINS)
    return np.asarray(math.floor(first) - 0.5 + step * np.arange(math.ceil((last - first + 1) / step) + 1))
