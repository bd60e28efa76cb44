"""Array types that cross the edges of functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
"""(3,) one point or (n, 3) many, LPS mm."""

Matrix: TypeAlias = NDArray[np.float64]
"""(3, 3) or (4, 4), row-major, acting on columns."""

FARTHEST: Final = 1e9
"""What a file says of a place beyond this, mm or µm, is none: squares of it must stay numbers."""


def as_point(values: Iterable[float]) -> Points:
    """Three numbers as a (3,) array. Raises ValueError if they are not three finite numbers."""
    point = np.asarray(list(values), dtype=np.float64)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise ValueError(f"a point is three finite numbers, not {point.tolist()}")
    return point


def frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """A copy that cannot be written to, so that immutable values stay so."""
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy
