"""Values of a volume between its voxels, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points
from fusionviewer.imaging.head import shrink
from fusionviewer.imaging.volume import Volume, grid_of

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sampler:
    """A copy of an image for sampling: `values` (k, j, i) float32, finite, and where its voxels lie (LPS mm)."""

    values: Floats
    index_from_point: Matrix
    direction: Matrix
    """The image's axes as columns, (3, 3)."""
    spacing: tuple[float, float, float]

    @staticmethod
    def of(volume: Volume, finest_mm: float, smooth_mm: float = 0.0) -> Sampler:
        """A copy averaged to about `finest_mm` where the voxels are finer, smoothed by a Gaussian (sigma)."""
        image = shrink(volume, finest_mm)
        if smooth_mm and min(image.GetSize()) >= 4:
            image = sitk.SmoothingRecursiveGaussian(image, smooth_mm)
        grid = grid_of(image)
        values: NDArray[Any] = sitk.GetArrayFromImage(image)
        if not np.isfinite(values).all():
            values = np.nan_to_num(values, nan=float(np.nanmin(values)), posinf=0.0, neginf=0.0)
        return Sampler(np.ascontiguousarray(values), grid.index_from_point, grid.direction, grid.spacing)

    def at(self, points: Points) -> Floats:
        """Trilinear values (…,) at points (…, 3), LPS mm of the image's space; NaN beyond the outermost centres."""
        flat = np.asarray(points, dtype=np.float32).reshape(-1, 3)
        m = self.index_from_point.astype(np.float32)
        x, y, z = flat.T
        index = [r[0] * x + r[1] * y + r[2] * z + r[3] for r in m[:3]]
        nk, nj, ni = self.values.shape
        inside = np.ones(x.size, dtype=np.bool_)
        low, share = [], []
        for c, n in zip(index, (ni, nj, nk), strict=True):
            inside &= (c >= 0) & (c <= n - 1)
            whole = np.clip(c, 0, max(n - 2, 0)).astype(np.int64)
            low.append(whole)
            share.append(np.clip(c - whole, 0, 1))
        step_j, step_k = (ni if nj > 1 else 0), (ni * nj if nk > 1 else 0)
        step_i = 1 if ni > 1 else 0
        at = (low[2] * nj + low[1]) * ni + low[0]
        v, (fx, fy, fz) = self.values.ravel(), share
        rows = []
        for dk in (0, step_k):
            for dj in (0, step_j):
                near = np.take(v, at + (dj + dk))
                rows.append(near + fx * (np.take(v, at + (dj + dk + step_i)) - near))
        front, back = rows[0] + fy * (rows[1] - rows[0]), rows[2] + fy * (rows[3] - rows[2])
        out = front + fz * (back - front)
        out[~inside] = np.nan
        return np.asarray(out.reshape(np.shape(points)[:-1]))
