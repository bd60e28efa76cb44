"""The fused image as a volume: the arithmetic of the pictures, voxel by voxel, slab by slab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.resample import slab_of, values_on
from fusionviewer.imaging.reslice import PlaneInterpolation
from fusionviewer.imaging.writers import write_slabs
from fusionviewer.progress import Observer
from fusionviewer.rendering import blends
from fusionviewer.rendering.blends import OUTSIDE, Blend, BlendMode, Coded, Picture
from fusionviewer.rendering.colours import Colours, colour_table
from fusionviewer.rendering.slices import Layer

Kind: TypeAlias = Literal["rgb", "scalar"]
"""Red, green and blue of each voxel, or one grey."""

VOLUME_MODES: Final = (BlendMode.FADE, BlendMode.TWO_COLOUR, BlendMode.CHECKERBOARD)
"""The ways to put two images together that mean something without a plane, a mouse or a line."""

_SLAB_VOXELS: Final = 2_000_000
"""Voxels made at a time: some 60 MB while they are made."""


def check_fusion(blend: Blend, colours: tuple[Colours, Colours], kind: Kind) -> None:
    """Raise BadArgument if there is no such volume of a fixed and a moving image in these colours."""
    if blend.mode not in VOLUME_MODES:
        names = ", ".join(mode.value for mode in VOLUME_MODES)
        raise BadArgument(f"A volume cannot be fused as {blend.mode.value}.", f"Choose one of {names}.")
    coloured = blend.mode is BlendMode.TWO_COLOUR or not set(colours) <= {"grey", "inverted"}
    if kind == "scalar" and coloured:
        raise BadArgument("A scalar volume has no colours.", "Choose rgb, or the fade or checkerboard of greys.")


def write_fused(
    back: Layer,
    front: Layer,
    blend: Blend,
    path: Path,
    *,
    grid: Literal["fixed", "moving"] = "fixed",
    kind: Kind = "rgb",
    interpolation: PlaneInterpolation = "linear",
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> None:
    """Write both images as one volume, on the voxels of one of them; the file appears whole or not at all.

    `back` is the fixed image. Raises BadArgument, CannotWrite, Cancelled.
    """
    on_fixed = grid == "fixed"
    voxels = (back if on_fixed else front).volume.grid
    fixed_from_grid = RigidTransform.identity() if on_fixed else ~front.volume_from_view
    part = observer.part(0.0, 0.98)
    slabs = fused_slabs(
        back, front, voxels, fixed_from_grid, blend, kind=kind, interpolation=interpolation, observer=part
    )
    write_slabs(slabs, voxels, 3 if kind == "rgb" else 1, path, observer)


def fused_slabs(
    back: Layer,
    front: Layer,
    grid: Grid,
    fixed_from_grid: RigidTransform,
    blend: Blend,
    *,
    kind: Kind = "rgb",
    interpolation: PlaneInterpolation = "linear",
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> Iterator[NDArray[np.uint8]]:
    """The fused voxels of a grid, some slices at a time: uint8 (k, j, i, 3) for red, green, blue, or (k, j, i) grey.

    The layers lie in fixed space, as in the pictures; `fixed_from_grid` maps the grid's points to it. Black where no
    image lies. A checkerboard is one of cubes, along the axes of fixed space from its origin. Raises BadArgument for a
    mode that a volume cannot have, or colours in a scalar; Cancelled.
    """
    check_fusion(blend, (back.colours, front.colours), kind)
    thickness = max(1, _SLAB_VOXELS // (grid.size[0] * grid.size[1]))
    for first in range(0, grid.size[2], thickness):
        observer.report(first / grid.size[2], "Fusing")
        slab = slab_of(grid, first, min(thickness, grid.size[2] - first))
        values = [values_on(v.volume, slab, v.volume_from_view @ fixed_from_grid, interpolation) for v in (back, front)]
        outside = [np.isnan(v) for v in values]
        one, other = (
            _coded(layer, value, here, there)
            for layer, value, here, there in zip((back, front), values, outside, outside[::-1], strict=True)
        )
        picture = _blended(one, other, blend, slab, fixed_from_grid)
        bgrx = picture.view(np.uint8).reshape(*picture.shape, 4)
        yield np.ascontiguousarray(bgrx[..., 0] if kind == "scalar" else bgrx[..., 2::-1])


def _coded(
    layer: Layer, values: NDArray[np.float32], outside: NDArray[np.bool_], other_outside: NDArray[np.bool_]
) -> Coded:
    codes = layer.window.greys(values).astype(np.uint16)
    codes += np.left_shift(other_outside, 8, dtype=np.uint16)
    np.copyto(codes, OUTSIDE, where=outside)
    return Coded(codes, colour_table(layer.colours))


def _blended(back: Coded, front: Coded, blend: Blend, slab: Grid, fixed_from_grid: RigidTransform) -> Picture:
    if blend.mode is BlendMode.FADE:
        return blends.fade(back, front, blend.fade)
    if blend.mode is BlendMode.TWO_COLOUR:
        return blends.two_colour(back, front, blend.fade, blend.pair)
    return blends.chosen(back, front, _cubes(slab, fixed_from_grid, blend.checker_mm) != blend.swapped)


def _cubes(slab: Grid, fixed_from_grid: RigidTransform, side_mm: float) -> NDArray[np.bool_]:
    """Which voxels (k, j, i) lie in the front's cubes: on an axial plane just above z = 0 those of `blends.squares`."""
    step = fixed_from_grid.rotation @ slab.point_from_index[:3, :3]
    origin = fixed_from_grid.apply(np.asarray(slab.origin))
    i, j, k = (np.arange(n) for n in slab.size)
    odd = np.zeros(slab.size[::-1], np.bool_)
    for axis in range(3):
        along = [step[axis, 0] * i, (step[axis, 1] * j)[:, None], (step[axis, 2] * k)[:, None, None]]
        odd ^= np.floor((origin[axis] + along[0] + along[1] + along[2]) / side_mm) % 2 != 0
    return odd
