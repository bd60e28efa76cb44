"""Coarse fields over a picture: smoothed, and interpolated to its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def interpolated(field: Floats, rows: Floats, columns: Floats) -> Floats:
    """A field (h, w) at every pair of a fractional row (m,) and column (n,), linear between its values, (m, n)."""
    return _at_rows(np.ascontiguousarray(_at_rows(field, rows).T), columns).T


def _at_rows(field: Floats, rows: Floats) -> Floats:
    first = np.clip(rows.astype(np.intp), 0, max(0, field.shape[0] - 2))
    share = np.clip(rows - first, 0, 1)[:, None].astype(np.float32)
    out = field.take(first, axis=0)
    out += (field.take(np.minimum(first + 1, field.shape[0] - 1), axis=0) - out) * share
    return out


def averaged(field: Floats, reach: int) -> Floats:
    """The mean over squares that reach so many values to every side, taken twice: nearly round, and always quick."""
    for _ in range(4):
        padded = np.pad(field, ((reach + 1, reach), (0, 0)), mode="edge")
        sums = np.cumsum(padded, axis=0, dtype=np.float64)
        field = ((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)).astype(np.float32).T
    return field
