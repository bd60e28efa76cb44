"""The part of the fixed image that counts, where a user says so: a mask, a box, or both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Points, as_point
from fusionviewer.imaging.volume import Volume, image_on_grid

Corner: TypeAlias = tuple[float, float, float]
Box: TypeAlias = tuple[Corner, Corner]
"""The lower and the upper corner, LPS mm of fixed space."""

THINNEST_BOX_MM: Final = 10.0
"""No side of a box may be shorter."""

LEAST_MM3: Final = 60_000.0
"""A region with less of the head in it (a cube of 4 cm) cannot say six numbers."""

FOCUS_SHARE: Final = 0.5
"""A region with less than this part of the head is too little to find it by: only the finest level keeps to it."""


def make_box(one: Iterable[float], other: Iterable[float]) -> Box:
    """The box between two opposite corners, LPS mm. Raises BadArgument where that is none."""
    try:
        corners = np.stack([as_point(one), as_point(other)])
    except ValueError as error:
        raise BadArgument("The box is not six finite numbers.", "Give two opposite corners, x y z x y z.") from error
    low, high = corners.min(axis=0), corners.max(axis=0)
    if np.any(high - low < THINNEST_BOX_MM):
        raise BadArgument(
            f"The box is thinner than {THINNEST_BOX_MM:g} mm.", "Give two corners that lie further apart in x, y and z."
        )
    (x, y, z), (a, b, c) = low.tolist(), high.tolist()
    return (x, y, z), (a, b, c)


@dataclass(frozen=True, eq=False)
class Region:
    """Only what lies in it counts: where a mask is not 0, and inside a box; either may be left out.

    Raises BadArgument for a mask that holds nothing.
    """

    mask: Volume | None = None
    """In the fixed image's space, on any grid."""
    box: Box | None = None

    def __post_init__(self) -> None:
        if self.mask is not None:
            _ones_of(self.mask)

    @property
    def marked(self) -> Volume:
        """The mask as 0 and 1. Only for a region with a mask."""
        if self.mask is None:
            raise ValueError("this region has no mask")
        return _ones_of(self.mask)

    def holds(self, points: Points) -> NDArray[np.bool_]:
        """Which of the points (n, 3), LPS mm, count."""
        out = np.ones(len(points), dtype=np.bool_)
        if self.box is not None:
            low, high = np.asarray(self.box)
            out &= np.all((points >= low) & (points <= high), axis=1)
        if self.mask is not None:
            grid = self.mask.grid
            out &= grid.contains(points)
            i, j, k = np.rint(grid.indices(points[out])).astype(np.int64).T
            top = np.asarray(grid.size) - 1
            out[out] = self.marked.array[np.clip(k, 0, top[2]), np.clip(j, 0, top[1]), np.clip(i, 0, top[0])] != 0
        return out

    def check_on(self, fixed: Volume) -> None:
        """Raise BadArgument for a mask that lies beside the fixed image."""
        if self.mask is None:
            return
        k, j, i = np.nonzero(self.marked.array)
        some = slice(None, None, max(1, k.size // 100_000))
        points = self.mask.grid.points(np.stack([i[some], j[some], k[some]], axis=1).astype(np.float64))
        if not np.any(fixed.grid.contains(points)):
            raise BadArgument(
                f"The mask {self.mask.name} lies beside the fixed image.", "Choose one in the fixed image's space."
            )

    def __str__(self) -> str:
        """A few words: "a box of 120 × 100 × 80 mm about (1, -20, 33) and the mask"."""
        parts = []
        if self.box is not None:
            low, high = np.asarray(self.box)
            sides = " × ".join(f"{mm:.0f}" for mm in high - low)
            middle = ", ".join(f"{mm:.0f}" for mm in np.round((low + high) / 2) + 0.0)
            parts.append(f"a box of {sides} mm about ({middle})")
        if self.mask is not None:
            parts.append("the mask")
        return " and ".join(parts) or "everything"


_ones: WeakKeyDictionary[Volume, Volume] = WeakKeyDictionary()
"""Made once for each mask: a drag of the box makes a region at each step."""


def _ones_of(mask: Volume) -> Volume:
    """The mask as 0 and 1. Raises BadArgument if it holds nothing."""
    if mask not in _ones:
        ones = np.nan_to_num(mask.array) != 0
        if not ones.any():
            raise BadArgument(f"The mask {mask.name} is empty.", "Choose one with voxels that are not 0.")
        _ones[mask] = Volume(image_on_grid(ones.astype(np.uint8), mask.grid), mask.name)
    return _ones[mask]
