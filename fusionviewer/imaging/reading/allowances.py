"""What a reader of files tells of its needs. In a child process they are limits; in the program itself nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

LEAST_PATIENCE_S = 10.0
"""A reader that says nothing for so long hangs."""

_SLOWEST_BYTES_A_SECOND = 10e6


@dataclass(frozen=True)
class Allowances:
    """How the process in which a reader runs hears of its needs."""

    expect_bytes: Callable[[int], None]
    be_patient: Callable[[float], None]
    new_array: Callable[[tuple[int, ...], np.dtype[Any]], NDArray[Any]]
    write: Callable[[NDArray[Any], int, NDArray[Any]], None]


def _write(array: NDArray[Any], first: int, values: NDArray[Any]) -> None:
    array.reshape(-1)[first : first + values.size] = values.reshape(-1)


_USUAL = Allowances(lambda _: None, lambda _: None, np.empty, _write)
_now = [_USUAL]


def expect_voxels(count: int, dtype: DTypeLike) -> None:
    """Tell how many voxels a header states, and of which type, before they are read."""
    _now[-1].expect_bytes(count * np.dtype(dtype).itemsize)


def be_patient_with(file_bytes: int) -> None:
    """Tell that what comes next says nothing until a file of that size is read."""
    _now[-1].be_patient(LEAST_PATIENCE_S + file_bytes / _SLOWEST_BYTES_A_SECOND)


def voxel_array(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array for voxels, not filled; where a child reads, it lies where the program can have it without a copy."""
    return _now[-1].new_array(shape, np.dtype(dtype))


def write_voxels(array: NDArray[Any], first: int, values: NDArray[Any]) -> None:
    """Put voxels of an array's own type into it, from the one with that number in memory on."""
    _now[-1].write(array, first, values)


@contextmanager
def allowed_by(allowances: Allowances) -> Iterator[None]:
    """For the length of a block, these hear of a reader's needs."""
    _now.append(allowances)
    try:
        yield
    finally:
        _now.pop()
