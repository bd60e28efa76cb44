"""One plane of a volume, as the screen needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points, RigidTransform, SlicePlane
from fusionviewer.imaging.volume import Volume, itk_matrix

PlaneInterpolation: TypeAlias = Literal["linear", "nearest"]

_IDENTITY: Final = sitk.Transform(3, sitk.sitkIdentity)


@dataclass(frozen=True)
class Viewport:
    """The piece of a plane that a picture shows, and how finely.

    The pixel in column c and row r has its centre at the plane's screen coordinates
    (`left_mm` + c · `mm_per_pixel`, `top_mm` + r · `mm_per_pixel`), right and down, as in `SlicePlane.screen`.
    Raises ValueError if a size or the scale is not positive.
    """

    width: int
    height: int
    left_mm: float
    top_mm: float
    mm_per_pixel: float

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or not self.mm_per_pixel > 0:
            raise ValueError(f"not a viewport: {self}")

    @staticmethod
    def around(centre_mm: Points, width: int, height: int, mm_per_pixel: float) -> Viewport:
        """The viewport of so many pixels whose middle is at the screen coordinates `centre_mm`, (2,)."""
        left = float(centre_mm[0]) - (width - 1) / 2 * mm_per_pixel
        top = float(centre_mm[1]) - (height - 1) / 2 * mm_per_pixel
        return Viewport(width, height, left, top, mm_per_pixel)

    def pixels(self, screen_mm: Points) -> Points:
        """Continuous (column, row) of screen coordinates (…, 2) in mm; whole numbers are pixel centres."""
        return (np.asarray(screen_mm, dtype=np.float64) - (self.left_mm, self.top_mm)) / self.mm_per_pixel

    def screen(self, pixels: Points) -> Points:
        """Screen coordinates in mm (…, 2) of continuous (column, row)."""
        return np.asarray(pixels, dtype=np.float64) * self.mm_per_pixel + (self.left_mm, self.top_mm)


def reslice(
    volume: Volume,
    plane: SlicePlane,
    viewport: Viewport,
    volume_from_view: RigidTransform,
    interpolation: PlaneInterpolation = "linear",
) -> NDArray[np.float32]:
    """The volume's values on a plane: float32 (height, width), NaN outside the volume's box.

    `plane` lies in the space that is looked at; `volume_from_view` maps points of that space to the volume's own
    (identity for the fixed image, `moving_from_fixed` for the moving one). Between voxel centres it interpolates; in
    the half voxel beyond the outermost centres the border value goes on, so that the picture is as large as the box.
    """
    out: NDArray[np.float32] = reslice_planes(volume, plane, viewport, volume_from_view, interpolation=interpolation)[0]
    return out


def reslice_planes(
    volume: Volume,
    plane: SlicePlane,
    viewport: Viewport,
    volume_from_view: RigidTransform,
    *,
    count: int = 1,
    step_mm: float = 1.0,
    interpolation: PlaneInterpolation = "linear",
) -> NDArray[np.float32]:
    """The same for so many planes, this one and those further on along its normal: (count, height, width)."""
    # The pose is put into the grid that is asked for, which is exact for a rigid one and leaves ITK its fast path.
    axes, corner = volume_from_view.rotation @ plane.axes(), _corner(plane, viewport, volume_from_view)
    if interpolation == "nearest":
        steps, on = axes * viewport.mm_per_pixel, step_mm * volume_from_view.rotation @ plane.normal
        return np.stack([_nearest(volume, corner + n * on, steps, viewport) for n in range(count)])
    resliced = sitk.Resample(
        volume.image,
        [viewport.width, viewport.height, count],
        _IDENTITY,
        sitk.sitkLinear,
        corner.tolist(),
        [viewport.mm_per_pixel, viewport.mm_per_pixel, step_mm],
        itk_matrix(axes),
        float("nan"),
        sitk.sitkFloat32,
    )
    out: NDArray[np.float32] = sitk.GetArrayFromImage(resliced)
    return out


def _corner(plane: SlicePlane, viewport: Viewport, volume_from_view: RigidTransform) -> Points:
    """The point (3,) of the first pixel in the volume's space."""
    return volume_from_view.apply(plane.points(np.asarray(viewport.left_mm), np.asarray(viewport.top_mm)))


def _nearest(volume: Volume, corner: Points, steps: Matrix, viewport: Viewport) -> NDArray[np.float32]:
    """The nearest voxels: `corner` (3,) is the first pixel's point in the volume's space, a row or column a `step` on.

    In NumPy, in this thread. ITK hands even a small picture to its own threads and waits for them, which beside a
    running registration takes ten times as long.
    """
    to_index = volume.grid.index_from_point
    first = to_index[:3, :3] @ corner + to_index[:3, 3] + 0.5
    along = to_index[:3, :3] @ steps
    columns, rows = np.arange(viewport.width), np.arange(viewport.height)[:, None]
    inside = np.ones((viewport.height, viewport.width), dtype=np.bool_)
    at = np.zeros(inside.shape)
    stride = 1
    for axis, size in enumerate(volume.grid.size):
        index = (first[axis] + along[axis, 1] * rows) + along[axis, 0] * columns
        np.floor(index, out=index)
        inside &= index >= 0
        inside &= index < size
        index *= stride
        at += index  # whole numbers below 2**53, which floats hold exactly
        stride *= size
    values = volume.array.ravel()
    out: NDArray[np.float32] = values.take(at.astype(np.intp), mode="clip").astype(np.float32)
    np.copyto(out, np.nan, where=~inside)
    return out
