"""Rigid transforms as nothing but the numbers of a matrix: c3d and greedy, NiftyReg, MRtrix, AFNI.

All map points of the fixed image to points of the moving image, as `moving_from_fixed` does. c3d, NiftyReg and MRtrix
write a 4×4 in RAS mm, AFNI the first three rows in one line, in its “DICOM order”, which is LPS mm.
"""

from __future__ import annotations

from pathlib import Path

from fusionviewer.exchange.transforms.numbers import matrix_in, other_frame, read_text, rigid, row, rows, write_text
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Matrix, RigidTransform


def ras_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 from fixed to moving points, RAS mm."""
    return other_frame(moving_from_fixed.matrix)


def write_ras(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write the 4×4 of c3d, NiftyReg and MRtrix. Raises CannotWrite."""
    write_text(path, rows(ras_matrix(moving_from_fixed, pair)))


def read_ras(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a 4×4 of c3d, NiftyReg or MRtrix. Raises UnreadableInput."""
    return rigid(path, other_frame(matrix_in(path, read_text(path))))


def lps_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 from fixed to moving points, LPS mm."""
    return moving_from_fixed.matrix


def write_afni(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write an `.aff12.1D`: from base (fixed) to source (moving). Raises CannotWrite."""
    numbers = row(moving_from_fixed.matrix[:3])
    write_text(path, f"# 3dAllineate matrices (DICOM-to-DICOM, row-by-row):\n{numbers}\n")


def read_afni(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a 1D file of AFNI with one matrix. Raises UnreadableInput."""
    return rigid(path, matrix_in(path, read_text(path)))
