"""Windowed sinc interpolation: Lanczos' window of three voxels, as ANTs has it.

ITK's takes ten voxels along each axis and weights that do not add up to 1, so that even water changes its value; it
needs twenty seconds for a million voxels. Here six voxels are taken, the weights add up to 1, and the grid is filled in
bricks, for each of which only its own piece of the image is looked at, with a margin as wide as the window.
Lanczos' kernel: C. Duchon, Lanczos filtering in one and two dimensions, J. Appl. Meteorology 18 (1979) 1016.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Matrix, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer

RADIUS: Final = 3
"""Voxels that the window reaches to each side."""

_TAPS: Final = np.arange(1 - RADIUS, RADIUS + 1)
"""Which voxels count, from the one at or below the place on."""

_SINES: Final = (-1.0) ** _TAPS * np.sin(-_TAPS * np.pi / RADIUS)
_COSINES: Final = (-1.0) ** _TAPS * np.cos(_TAPS * np.pi / RADIUS)
"""The kernel is sin(πx)·sin(πx/3)/x², but for a factor. At the six distances x = fraction − tap the first sine is the
same but for its sign, and drops out of weights that add up to 1; the second is a sum of products."""

_LEAST: Final = 1e-9
"""A distance from a voxel that stands for none."""

_BRICK: Final = (48, 48, 24)
"""Voxels (i, j, k) made at a time: few enough for the processor's own memory, some 30 ms."""


def windowed_sinc(
    volume: Volume,
    grid: Grid,
    volume_from_grid: RigidTransform,
    outside: float,
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> NDArray[np.float32]:
    """Values at the voxel centres of a grid, float32 (k, j, i); `outside` beyond the volume's box.

    `volume_from_grid` maps the grid's points to the volume's, LPS mm. Beyond its outermost voxels the image goes on as
    they are. Raises Cancelled.
    """
    index_from_index = volume.grid.index_from_point @ volume_from_grid.matrix @ grid.point_from_index
    out = np.full(grid.size[::-1], outside, np.float32)
    bricks = list(_bricks(grid.size))
    for number, (first, size) in enumerate(bricks):
        observer.report(number / len(bricks), f"Resampling {volume.name}")
        at = _indices(index_from_index, first, size)
        inside = np.all([(x >= -0.5) & (x <= n - 0.5) for x, n in zip(at, volume.grid.size, strict=True)], axis=0)
        if inside.any():
            values = _brick(volume.array, [x[inside] for x in at])
            (i, j, k), (ni, nj, nk) = first, size
            out[k : k + nk, j : j + nj, i : i + ni][inside] = values
    return out


def _bricks(size: tuple[int, int, int]) -> Iterator[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """The first voxel (i, j, k) and the size of each brick of a grid."""
    for k in range(0, size[2], _BRICK[2]):
        for j in range(0, size[1], _BRICK[1]):
            for i in range(0, size[0], _BRICK[0]):
                rest = (size[0] - i, size[1] - j, size[2] - k)
                yield (i, j, k), (min(_BRICK[0], rest[0]), min(_BRICK[1], rest[1]), min(_BRICK[2], rest[2]))


def _indices(
    index_from_index: Matrix, first: tuple[int, int, int], size: tuple[int, int, int]
) -> list[NDArray[np.float64]]:
    """Continuous indices of the volume along i, j and k for each voxel (k, j, i) of a brick."""
    k, j, i = np.meshgrid(*(np.arange(f, f + n) for f, n in zip(first[::-1], size[::-1], strict=True)), indexing="ij")
    return [m[0] * i + m[1] * j + m[2] * k + m[3] for m in np.asarray(index_from_index)[:3]]


def _brick(voxels: NDArray[Any], at: list[NDArray[np.float64]]) -> NDArray[np.float32]:
    """Values (n,) at continuous indices (i, j, k), each (n,), of voxels (k, j, i)."""
    pieces, starts, weights = [], [], []
    for x, n in zip(at, voxels.shape[::-1], strict=True):
        below = np.floor(x)
        first, last = int(below.min()) + int(_TAPS[0]), int(below.max()) + int(_TAPS[-1])
        pieces.append(np.clip(np.arange(first, last + 1), 0, n - 1))  # the outermost voxels go on beyond the edge
        starts.append((below - below.min()).astype(np.intp))
        weights.append(_weights(x - below))
    piece = voxels[np.ix_(*pieces[::-1])].astype(np.float32)
    row, plane = piece.shape[2], piece.shape[1] * piece.shape[2]
    return _summed(piece.ravel(), starts[0] + row * starts[1] + plane * starts[2], (row, plane), weights)


def _summed(
    piece: NDArray[np.float32], start: NDArray[np.intp], steps: tuple[int, int], weights: list[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """The weighted sums of 6 × 6 × 6 voxels each, whose first ones are at `start`."""
    of_i, of_j, of_k = weights
    taps = len(_TAPS)
    out = np.zeros(len(start), np.float32)
    plane_sum, row_sum, taken = np.empty_like(out), np.empty_like(out), np.empty_like(out)
    for c in range(taps):
        plane_sum[:] = 0
        for b in range(taps):
            row_sum[:] = 0
            place = start + (b * steps[0] + c * steps[1])
            for a in range(taps):
                np.take(piece, place, out=taken, mode="clip")  # all are inside; this mode alone needs no second copy
                taken *= of_i[a]
                row_sum += taken
                place += 1
            row_sum *= of_j[b]
            plane_sum += row_sum
        plane_sum *= of_k[c]
        out += plane_sum
    return out


def _weights(fraction: NDArray[np.float64]) -> NDArray[np.float32]:
    """(6, n) weights of the voxels around places that lie so far (0 … 1) beyond a voxel; each six add up to 1."""
    beyond = np.clip(fraction, _LEAST, 1 - _LEAST)  # at a voxel's centre that voxel alone counts, without 0 / 0
    sine, cosine = np.sin(beyond * (np.pi / RADIUS)), np.cos(beyond * (np.pi / RADIUS))
    distance = beyond - _TAPS[:, None]
    weights = _SINES[:, None] * cosine + _COSINES[:, None] * sine
    weights /= distance * distance
    weights /= weights.sum(axis=0)
    return weights.astype(np.float32)
