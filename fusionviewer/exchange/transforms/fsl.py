"""FLIRT's matrices: from the moving (`-in`) to the fixed image (`-ref`), in coordinates made of their voxels.

These are voxel indices times voxel sizes; where an image's axes are right-handed in RAS (a positive determinant), its
first index is counted from the other end. They know nothing of the header's position: the matrix is that of two files
and of no copies with other axes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fusionviewer.exchange.transforms.numbers import (
    inverse,
    matrix_in,
    other_frame,
    ras_from_index,
    read_text,
    rigid,
    rows,
    write_text,
)
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, Matrix, RigidTransform

_PROGRAM = "FLIRT"


def flirt_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """FLIRT's 4×4 from moving to fixed. Raises BadArgument without both grids."""
    fixed, moving = pair.grids_for(_PROGRAM)
    fixed_from_moving = np.linalg.inv(other_frame(moving_from_fixed.matrix))
    return np.asarray(np.linalg.inv(_ras_from_flirt(fixed)) @ fixed_from_moving @ _ras_from_flirt(moving))


def write_fsl(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write FLIRT's matrix. Raises CannotWrite, BadArgument without both grids."""
    write_text(path, rows(flirt_matrix(moving_from_fixed, pair)))


def read_fsl(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in FLIRT's matrix. Raises UnreadableInput, BadArgument without both grids."""
    fixed, moving = pair.grids_for(_PROGRAM)
    flirt = matrix_in(path, read_text(path))
    return rigid(
        path, other_frame(_ras_from_flirt(moving) @ inverse(path, flirt) @ np.linalg.inv(_ras_from_flirt(fixed)))
    )


def _ras_from_flirt(grid: Grid) -> Matrix:
    """4×4 from FLIRT's coordinates in an image to RAS mm."""
    ras = ras_from_index(grid.point_from_index)
    index_from_flirt = np.diag([1.0 / s for s in grid.spacing] + [1.0])
    if np.linalg.det(ras[:3, :3]) > 0:
        index_from_flirt[0] = -index_from_flirt[0]
        index_from_flirt[0, 3] = grid.size[0] - 1
    return ras @ index_from_flirt
