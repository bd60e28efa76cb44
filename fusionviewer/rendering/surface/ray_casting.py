"""Where the rays of a picture meet a head's surface, and which way it faces there.

The surface's places are projected first: where they come to lie tells each ray where to begin, so that it takes a few
steps instead of hundreds. The surface itself is then found between two voxels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.rendering.surface.camera import Camera, Corner
from fusionviewer.rendering.surface.fields import TWO_BYTES, Floats, interpolated_bytes
from fusionviewer.rendering.surface.head_surface import SURFACE, HeadSurface

_CELL_VOXELS: Final = 2.0
"""Cells in which the nearest places are looked for: wide enough that a surface without holes leaves none empty."""

_STEP_VOXELS: Final = 0.6
_BEFORE_VOXELS: Final = 1.8
_STEPS: Final = (12, 40, 40)
"""How far a ray is followed from each of the places where the surface may be."""
_AT_ONCE: Final = 16_384
"""Rays: what they need fits into a processor's own memory."""

_LEVEL: Final = np.uint32(SURFACE << 24)


@dataclass(frozen=True, eq=False)
class Hits:
    """Where rays meet the surface."""

    pixels: NDArray[np.intp]
    """(n,) flat places in the picture."""
    depths: Floats
    """(n,) mm."""
    normals: Floats
    """(3, n) unit vectors out of the surface: right, down and away from the viewer."""


def cast_rays(
    surface: HeadSurface, camera: Camera, surface_from_view: RigidTransform, corner: Corner | None = None
) -> Hits:
    """What a picture shows of a surface, seen through a pose; without what lies in a corner, if that is cut away."""
    starts = _starts(surface, camera, surface_from_view, corner)
    rays = _Rays.of(surface, camera, surface_from_view)
    pixels = np.flatnonzero(np.isfinite(starts[0]))
    found = [rays.follow(part, [start[part] for start in starts]) for part in _parts(pixels)]
    if not found:
        none = np.zeros(0, dtype=np.float32)
        return Hits(pixels, none, none.reshape(3, 0))
    at, depths, normals = zip(*found, strict=True)
    return Hits(np.concatenate(at), np.concatenate(depths), np.concatenate(normals, axis=1))


def _parts(pixels: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [pixels[n : n + _AT_ONCE] for n in range(0, pixels.size, _AT_ONCE)]


def _starts(
    surface: HeadSurface, camera: Camera, surface_from_view: RigidTransform, corner: Corner | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Where the rays of all pixels begin, (h · w,) mm of depth: at the nearest place about, in the pixel's own cell,
    and at the last about; inf where there is none. The fourth is where they leave the corner that is cut away."""
    seen = on_screen(surface.points, camera, surface_from_view)
    if corner is not None:
        seen = np.compress(~corner.holds(seen, camera.screen_from_view), seen, axis=1)
    cell = max(_CELL_VOXELS * surface.voxel_mm, camera.viewport.mm_per_pixel)
    v = camera.viewport
    wide, high = (int(n * v.mm_per_pixel / cell) + 3 for n in (v.width, v.height))
    across = (seen[0] - np.float32(v.left_mm - cell)) * np.float32(1 / cell)
    along = (seen[1] - np.float32(v.top_mm - cell)) * np.float32(1 / cell)
    inside = (across > 0) & (across < wide) & (along > 0) & (along < high)
    at = along[inside].astype(np.int32) * np.int32(wide) + across[inside].astype(np.int32)
    own = np.full((high, wide), np.inf, dtype=np.float32)
    np.minimum.at(own.ravel(), at, seen[2][inside])
    nearest = _around(own, np.minimum)
    farthest = _around(np.where(np.isfinite(own), own, -np.inf), np.maximum)
    farthest[np.isinf(nearest)] = np.inf
    columns = ((camera.columns_mm[0] - np.float32(v.left_mm - cell)) / np.float32(cell)).astype(np.int32)
    rows = ((camera.rows_mm[:, 0] - np.float32(v.top_mm - cell)) / np.float32(cell)).astype(np.int32)
    cells = (rows[:, None] * np.int32(wide) + columns).ravel()
    left_at = np.full(camera.shape, -np.inf, dtype=np.float32) if corner is None else corner.depths(camera)
    return nearest.take(cells), own.take(cells), farthest.take(cells), left_at.ravel()


def on_screen(points: Floats, camera: Camera, surface_from_view: RigidTransform) -> Floats:
    """Points (3, n) of the surface's space as mm to the right, down, and in depth, (3, n)."""
    view = ~surface_from_view
    turn, shift = camera.screen_from_view @ view.rotation, camera.screen_from_view @ view.translation
    return turned(turn, points, shift)


def turned(matrix: Matrix | Floats, points: Floats, shift: Points) -> Floats:
    """Points (3, n) through a 3×3 matrix, and shifted. NumPy hands even so small a product to several threads, and
    waits for them longer than this takes."""
    out = np.empty_like(points)
    x, y, z = points
    for axis, ((a, b, c), far) in enumerate(zip(matrix.tolist(), shift.tolist(), strict=True)):
        row = np.multiply(x, np.float32(a), out=out[axis])
        row += y * np.float32(b)
        row += z * np.float32(c)
        row += np.float32(far)
    return out


def _around(field: Floats, choose: np.ufunc) -> Floats:
    """The smallest or largest value in three by three cells."""
    out = field.copy()
    choose(out[1:], field[:-1], out=out[1:])
    choose(out[:-1], field[1:], out=out[:-1])
    tall = out.copy()
    choose(out[:, 1:], tall[:, :-1], out=out[:, 1:])
    choose(out[:, :-1], tall[:, 1:], out=out[:, :-1])
    return out


@dataclass(frozen=True, eq=False)
class _Rays:
    """The rays of one picture, in voxels of the surface's grid."""

    data: NDArray[np.uint32]
    size: tuple[int, int, int]
    across: Floats
    along: Floats
    """(3, w) and (3, h): together, the continuous index at depth 0 of each column and row."""
    ways: Floats
    """(3, 3) voxels in a mm to the right, down, and in depth."""
    step_mm: float

    @staticmethod
    def of(surface: HeadSurface, camera: Camera, surface_from_view: RigidTransform) -> _Rays:
        to_index = surface.grid.index_from_point
        ways = to_index[:3, :3] @ surface_from_view.rotation @ camera.plane.axes()
        base = to_index[:3, :3] @ surface_from_view.translation + to_index[:3, 3]
        step = _STEP_VOXELS * surface.voxel_mm
        across = (ways[:, :1] * camera.columns_mm + base[:, None]).astype(np.float32)
        along = (ways[:, 1:2] * camera.rows_mm[:, 0]).astype(np.float32)
        return _Rays(surface.packed.ravel(), surface.grid.size, across, along, ways.astype(np.float32), step)

    def follow(self, pixels: NDArray[np.intp], starts: list[Floats]) -> tuple[NDArray[np.intp], Floats, Floats]:
        """The pixels of which a ray meets the surface, and depth and normal there."""
        *places, left_at = starts
        rows, columns = np.divmod(pixels, self.across.shape[1])
        beyond = self.across.take(columns, axis=1)
        beyond += self.along.take(rows, axis=1)
        before = np.float32(_BEFORE_VOXELS * self.step_mm / _STEP_VOXELS)
        found = np.full(pixels.size, np.inf, dtype=np.float32)
        end = np.full(pixels.size, -np.inf, dtype=np.float32)
        for place, steps in zip(places, _STEPS, strict=True):
            first, length = place - before, np.float32(steps * self.step_mm)
            # where the surface is steep, it lies between two of the places
            first = np.where(first < end + length / 2, np.minimum(first, end), first)
            go = np.flatnonzero(np.isinf(found) & np.isfinite(first) & (first + length > np.maximum(end, left_at)))
            np.maximum(first, left_at, out=first)
            if go.size:
                found[go] = self._march(beyond.take(go, axis=1), np.maximum(first[go], end[go]), steps)
            np.maximum(end, first + length, out=end, where=np.isfinite(first))
        hit = np.flatnonzero(np.isfinite(found))
        depths, normals = self._refined(beyond[:, hit], found[hit], left_at[hit])
        return pixels[hit], depths, normals

    def _march(self, beyond: Floats, depths: Floats, steps: int) -> Floats:
        """The first depth of each ray that is inside the surface; inf: none within some steps."""
        out = np.full(depths.size, np.inf, dtype=np.float32)
        alive = np.arange(depths.size)
        at = beyond + self.ways[:, 2:] * depths
        at += np.float32(0.5)
        step = self.ways[:, 2:] * np.float32(self.step_mm)
        for number in range(steps + 1):
            inside = self.data.take(self._flat(at.astype(np.int32)), mode="clip") >= _LEVEL
            where = alive[inside]
            out[where] = depths[where] + np.float32(number * self.step_mm)
            if where.size == alive.size:
                break
            if where.size:
                going = np.flatnonzero(~inside)
                alive, at = alive.take(going), at.take(going, axis=1)
            at += step
        return out

    def _flat(self, index: NDArray[np.int32]) -> NDArray[np.int32]:
        ni, nj, _ = self.size
        out: NDArray[np.int32] = (index[2] * np.int32(nj) + index[1]) * np.int32(ni) + index[0]
        return out

    def _refined(self, beyond: Floats, depths: Floats, left_at: Floats) -> tuple[Floats, Floats]:
        """The depths (n,) at which values pass through the surface, and the normals (3, n) there."""
        near = np.maximum(depths - np.float32(2.0 * self.step_mm), left_at)
        far = depths + np.float32(0.9 * self.step_mm)  # the nearest voxel is inside a little before or after the rest
        low, high = (self._values(beyond + self.ways[:, 2:] * t) - np.float32(SURFACE) for t in (near, far))
        exact = near + _share(low, high) * (far - near)
        middle = self._values(beyond + self.ways[:, 2:] * exact) - np.float32(SURFACE)
        beneath = middle > 0
        near, low = np.where(beneath, near, exact), np.where(beneath, low, middle)
        far, high = np.where(beneath, exact, far), np.where(beneath, middle, high)
        exact = near + _share(low, high) * (far - near)
        voxel_mm = self.step_mm / _STEP_VOXELS
        normals = turned(self.ways.T * voxel_mm, self._normals(beyond + self.ways[:, 2:] * exact), np.zeros(3))
        normals /= np.maximum(np.sqrt((normals * normals).sum(axis=0)), np.float32(1e-3))
        return exact, normals

    def _values(self, at: Floats) -> Floats:
        """(n,) interpolated values, 0…255, at continuous indices (3, n)."""
        corners, shares = self._corners(at)
        values, _ = _parted(interpolated_bytes([(corner >> np.uint32(8)) & TWO_BYTES for corner in corners], shares))
        return values

    def _normals(self, at: Floats) -> Floats:
        """(3, n) interpolated normals along i, j and k, of no set length, at continuous indices (3, n)."""
        corners, shares = self._corners(at)
        _, j = _parted(interpolated_bytes([(corner >> np.uint32(8)) & TWO_BYTES for corner in corners], shares))
        k, i = _parted(interpolated_bytes([corner & TWO_BYTES for corner in corners], shares))
        return np.stack([i, j, k]) - np.float32(128)

    def _corners(self, at: Floats) -> tuple[list[NDArray[np.uint32]], NDArray[np.uint32]]:
        """The packed numbers of the eight voxels about places, i fastest, and the places' shares of 256 (3, n)."""
        whole = at.astype(np.int32)
        shares = ((at - whole) * np.float32(256)).astype(np.uint32)
        flat = self._flat(whole)
        ni, nj, _ = self.size
        ahead = [(k * nj + j) * ni + i for k in (0, 1) for j in (0, 1) for i in (0, 1)]
        return [self.data.take(flat + np.int32(further), mode="clip") for further in ahead], shares


def _share(low: Floats, high: Floats) -> Floats:
    """How far between two values, 0…1, they pass through 0."""
    return np.asarray(np.clip(-low / np.maximum(high - low, np.float32(0.5)), 0, 1))


def _parted(numbers: NDArray[np.uint32]) -> tuple[Floats, Floats]:
    """The high and the low of two numbers in one."""
    return (numbers >> np.uint32(16)).astype(np.float32), (numbers & np.uint32(0xFF)).astype(np.float32)
