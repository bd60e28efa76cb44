"""Values between values: coarse fields over a picture, smoothed and interpolated, and bytes of packed numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TWO_BYTES: Final = np.uint32(0xFF00FF)
"""Two of the four bytes of a number: they are interpolated by one multiplication."""


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


def interpolated_bytes(numbers: list[NDArray[np.uint32]], shares: Iterable[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Between the corners of squares or cubes, of which the first axis is the fastest; `shares` of 256 along each.

    Each number holds two bytes, in the places of `TWO_BYTES`, and so does what comes out.
    """
    for share in shares:
        rest = np.uint32(256) - share
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        mixed = (one * rest + other * share + np.uint32(0x800080) for one, other in pairs)
        numbers = [(number >> np.uint32(8)) & TWO_BYTES for number in mixed]
    return numbers[0]
