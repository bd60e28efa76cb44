"""How often each value of one image lies on each value of the other: sharp where they are aligned, blurred if not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging.head import looks_like_ct
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.second_opinion.sampling import Sampler

BINS: Final = 96
_STEP_MM: Final = 3.0
_FINEST_MM: Final = 1.5
_CT_HU: Final = (-1000.0, 1500.0)
_ENDS: Final = (0.5, 99.7)
"""Per cent of the values of an image that is no CT, between which they are shown."""


@dataclass(frozen=True, eq=False)
class JointHistogram:
    """`counts` (moving, fixed) of pairs of values at places all over the head, values from low to high.

    `fixed_range` and `moving_range` are the values at the outer edges of the first and the last bin; CT in HU.
    """

    counts: NDArray[np.int64]
    fixed_range: tuple[float, float]
    moving_range: tuple[float, float]

    @property
    def information_bits(self) -> float:
        """The mutual information of the two images: what one tells of the other. It measures no error."""
        total = self.counts.sum()
        if not total:
            return 0.0
        p = self.counts / total
        apart = p.sum(axis=1)[:, None] * p.sum(axis=0)[None]
        seen = p > 0
        return float((p[seen] * np.log2(p[seen] / apart[seen])).sum())


def joint_histograms(
    fixed: Volume, moving: Volume, poses: tuple[RigidTransform, ...], head_corners: Points | None
) -> tuple[JointHistogram, ...]:
    """One for each pose (`moving_from_fixed`), at the same places: where the head lies in the fixed image, else all of
    it. `head_corners` are (8, 3) in fixed space. Places outside of the moving image do not count."""
    samples, points = (Sampler.of(volume, _FINEST_MM) for volume in (fixed, moving)), _places(fixed.grid, head_corners)
    of_fixed, of_moving = samples
    values = of_fixed.at(points)
    ranges = _range(fixed), _range(moving)
    out = []
    for pose in poses:
        others = of_moving.at(pose.apply(points))
        both = np.isfinite(values) & np.isfinite(others)
        rows, columns = _bins(others[both], ranges[1]), _bins(values[both], ranges[0])
        counts = np.bincount(rows * BINS + columns, minlength=BINS * BINS).reshape(BINS, BINS)
        out.append(JointHistogram(counts, *ranges))
    return tuple(out)


def _bins(values: NDArray[np.float32], ends: tuple[float, float]) -> NDArray[np.int64]:
    """The bin of each value; what lies beyond the ends is in the first or the last."""
    shares = (values - ends[0]) / (ends[1] - ends[0])
    return np.clip((shares * BINS).astype(np.int64), 0, BINS - 1)


def _places(grid: Grid, head_corners: Points | None) -> Points:
    corners = grid.corners if head_corners is None else head_corners
    axes = [np.arange(low, high, _STEP_MM) for low, high in zip(corners.min(axis=0), corners.max(axis=0), strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _range(volume: Volume) -> tuple[float, float]:
    if looks_like_ct(volume):
        return _CT_HU
    low, high = np.percentile(volume.array[::3, ::3, ::3], _ENDS)
    return float(low), float(max(high, low + 1e-6))
