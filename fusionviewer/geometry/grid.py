"""Where the voxels of an image lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fusionviewer.geometry.types import Matrix, Points, frozen


@dataclass(frozen=True, eq=False)
class Grid:
    """The lattice of an image: `size` voxels (i, j, k), `spacing` mm, `origin` LPS mm of voxel (0, 0, 0)'s centre.

    `direction` is 3×3; its columns are the unit vectors of the i, j and k axes in LPS. NumPy arrays of the same image
    have the shape (k, j, i).
    """

    size: tuple[int, int, int]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: Matrix

    @staticmethod
    def axis_aligned(size: tuple[int, int, int], spacing: tuple[float, float, float], centre: Points) -> Grid:
        """A grid along the LPS axes whose middle is `centre` (mm)."""
        half = (np.asarray(size) - 1) * np.asarray(spacing) / 2
        x, y, z = (float(v) for v in np.asarray(centre) - half)
        return Grid(size, spacing, (x, y, z), frozen(np.eye(3)))

    @cached_property
    def point_from_index(self) -> Matrix:
        """4×4 that maps continuous indices (i, j, k) to points in LPS mm."""
        out = np.eye(4)
        out[:3, :3] = np.asarray(self.direction) * np.asarray(self.spacing)
        out[:3, 3] = self.origin
        return frozen(out)

    @cached_property
    def index_from_point(self) -> Matrix:
        """4×4 that maps points in LPS mm to continuous indices (i, j, k)."""
        return frozen(np.asarray(np.linalg.inv(self.point_from_index), dtype=np.float64))

    def points(self, indices: Points) -> Points:
        """LPS mm of continuous indices (…, 3)."""
        m = self.point_from_index
        return np.asarray(indices, dtype=np.float64) @ m[:3, :3].T + m[:3, 3]

    def indices(self, points: Points) -> Points:
        """Continuous indices (i, j, k) of points (…, 3) in LPS mm."""
        m = self.index_from_point
        return np.asarray(points, dtype=np.float64) @ m[:3, :3].T + m[:3, 3]

    def contains(self, points: Points) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which points (…, 3) lie in the box, whose faces are half a voxel beyond the outermost voxel centres."""
        i = self.indices(points)
        return np.asarray(np.all((i >= -0.5) & (i <= np.asarray(self.size) - 0.5), axis=-1))

    @cached_property
    def centre(self) -> Points:
        """The middle of the box, (3,) LPS mm."""
        return frozen(self.points((np.asarray(self.size) - 1) / 2))

    @cached_property
    def corners(self) -> Points:
        """The eight outer corners of the box, (8, 3) LPS mm; i varies fastest."""
        low, high = np.full(3, -0.5), np.asarray(self.size) - 0.5
        k, j, i = (a.ravel() for a in np.meshgrid(*zip(low[::-1], high[::-1], strict=True), indexing="ij"))
        return frozen(self.points(np.stack([i, j, k], axis=1)))

    @property
    def extent_mm(self) -> Points:
        """Lengths of the box along its own axes, (3,) mm."""
        return np.asarray(self.size) * np.asarray(self.spacing, dtype=np.float64)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (self.size, self.spacing, self.origin, tuple(np.asarray(self.direction).ravel().tolist()))
