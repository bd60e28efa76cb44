"""The moving image itself with another header: it lies on the fixed image in every program that heeds headers.

Its voxels are as they were. NIfTI keeps where an image lies in 32-bit numbers: some 1e-5 mm.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import ras_from_index, rigid
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, Matrix, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.files import read_grid
from fusionviewer.imaging.volume import image_on_grid
from fusionviewer.imaging.writers import write_volume

_PROGRAM = "NIfTI"


def sform_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The new header's 4×4 from indices to RAS mm. Raises BadArgument without the moving grid."""
    return ras_from_index(_moved(pair.moving_for(_PROGRAM), ~moving_from_fixed).point_from_index)


def write_nifti(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write the moving image at its place on the fixed one. Raises CannotWrite, BadArgument without the image."""
    volume = pair.volume_for(_PROGRAM)
    grid = _moved(volume.grid, ~moving_from_fixed)
    write_volume(replace(volume, image=image_on_grid(volume.array, grid)), path)


def read_nifti(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` that the header says, compared with the moving image's own.

    Raises UnreadableInput, BadArgument without the moving grid.
    """
    moving = pair.moving_for(_PROGRAM)
    placed = read_grid(path)
    if placed.size != moving.size:
        raise UnreadableInput(
            f"{path.name} has other voxels than the moving image: its header cannot say how that one moves.",
            "Choose the moving image itself with another header.",
        )
    return rigid(path, moving.point_from_index @ np.asarray(np.linalg.inv(placed.point_from_index)))


def _moved(grid: Grid, transform: RigidTransform) -> Grid:
    """The grid after a motion of its space."""
    x, y, z = (float(v) for v in transform.apply(np.asarray(grid.origin)))
    return Grid(grid.size, grid.spacing, (x, y, z), frozen(transform.rotation @ np.asarray(grid.direction)))
