"""FreeSurfer's two files: `.lta`, from moving to fixed in scanner RAS, and `register.dat`, from fixed to moving in
surface (“tkregister”) RAS.

Scanner RAS is what a header says. Surface RAS has its origin at the middle of the voxels and axes along them, so that
it is the same for two images of the same size that lie elsewhere; the two are often confused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import (
    WANTED,
    inverse,
    matrix_in,
    numbers_in,
    other_frame,
    ras_from_index,
    read_text,
    rigid,
    row,
    rows,
    write_text,
)
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, Matrix, RigidTransform

_LTA: Final = "FreeSurfer (LTA)"
_DAT: Final = "FreeSurfer (register.dat)"
_VOXELS, _RAS, _SURFACE = 0, 1, 21
"""Kinds of matrix in a `.lta`: between voxel indices, scanner RAS, surface RAS."""

_ALIKE: Final = 1e-3
"""How far two 4×4 from indices to RAS may differ (mm) to be of the same image: headers hold 32-bit numbers."""


def lta_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 from moving to fixed points, scanner RAS mm."""
    return other_frame((~moving_from_fixed).matrix)


def write_lta(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write a `.lta` between scanner RAS. Raises CannotWrite, BadArgument without both grids."""
    fixed, moving = pair.grids_for(_LTA)
    text = (
        f"type      = {_RAS} # LINEAR_RAS_TO_RAS\nnxforms   = 1\nmean      = 0 0 0\nsigma     = 1\n1 4 4\n"
        f"{rows(lta_matrix(moving_from_fixed, pair))}"
        f"src volume info\n{_geometry_text(moving, 'moving')}dst volume info\n{_geometry_text(fixed, 'fixed')}"
    )
    write_text(path, text)


def read_lta(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a `.lta`. Raises UnreadableInput.

    Where the pair is known and the file goes from its fixed to its moving image, it is taken the other way round, as
    FreeSurfer does.
    """
    text = read_text(path)
    kind = re.search(r"^\s*type\s*=\s*(\d+)", text, re.MULTILINE)
    count = re.search(r"^\s*nxforms\s*=\s*(\d+)", text, re.MULTILINE)
    block = re.search(r"^\s*1\s+4\s+4\s*\n((?:.*\n?){4})", text, re.MULTILINE)
    if kind is None or count is None or block is None:
        raise UnreadableInput(f"{path.name} is not a linear transform of FreeSurfer.", WANTED)
    if int(count[1]) != 1:
        raise UnreadableInput(f"{path.name} holds {count[1]} transforms.", WANTED)
    matrix = matrix_in(path, block[1])
    source, target = _geometry_in(path, text, "src"), _geometry_in(path, text, "dst")
    if int(kind[1]) == _RAS:
        target_from_source = matrix
    elif int(kind[1]) in (_VOXELS, _SURFACE) and source is not None and target is not None:
        ends = (source, target) if int(kind[1]) == _VOXELS else (_scanner(source), _scanner(target))
        target_from_source = ends[1][0] @ matrix @ np.linalg.inv(ends[0][0])
    else:
        raise UnreadableInput(
            f"{path.name} is a .lta of another kind (type {kind[1]}), or does not say its images' geometry.",
            "Convert it with: lta_convert --inlta IN --outlta OUT --ltatype 1",
        )
    backwards = _is(source, pair.fixed) and _is(target, pair.moving) and not _is(source, pair.moving)
    return rigid(path, other_frame(target_from_source if backwards else inverse(path, target_from_source)))


def register_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 of `register.dat` from fixed to moving, surface RAS mm. Raises BadArgument without both grids."""
    fixed, moving = pair.grids_for(_DAT)
    return np.asarray(
        np.linalg.inv(_scanner_from_surface(moving))
        @ other_frame(moving_from_fixed.matrix)
        @ _scanner_from_surface(fixed)
    )


def write_registerdat(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write a `register.dat`. Raises CannotWrite, BadArgument without both grids."""
    _, moving = pair.grids_for(_DAT)
    across, _, along = moving.spacing
    matrix = rows(register_matrix(moving_from_fixed, pair))
    write_text(path, f"subject\n{row(across)}\n{row(along)}\n0.15\n{matrix}round\n")


def read_registerdat(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a `register.dat`. Raises UnreadableInput, BadArgument without both grids."""
    fixed, moving = pair.grids_for(_DAT)
    lines = read_text(path).split("\n")
    matrix = matrix_in(path, "\n".join(lines[4:8]))
    ras = _scanner_from_surface(moving) @ matrix @ np.linalg.inv(_scanner_from_surface(fixed))
    return rigid(path, other_frame(ras))


def surface_from_index(size: Matrix, spacing: Matrix) -> Matrix:
    """FreeSurfer's “vox2ras-tkr”: the middle is index N/2; i goes left, j goes down, k goes to the front."""
    (a, b, c), (ni, nj, nk) = spacing, size
    return np.array(
        [[-a, 0, 0, a * ni / 2], [0, 0, c, -c * nk / 2], [0, -b, 0, b * nj / 2], [0, 0, 0, 1]], dtype=np.float64
    )


def _scanner_from_surface(grid: Grid) -> Matrix:
    surface = surface_from_index(np.array(grid.size), np.array(grid.spacing))
    return np.asarray(ras_from_index(grid.point_from_index) @ np.linalg.inv(surface))


def _geometry_text(grid: Grid, name: str) -> str:
    """How FreeSurfer tells a grid: voxels, their size, the axes and the point of index N/2, in scanner RAS."""
    ras = ras_from_index(grid.point_from_index)
    axes = ras[:3, :3] / np.asarray(grid.spacing)
    middle = ras @ [*(n / 2 for n in grid.size), 1.0]
    return (
        f"valid = 1  # volume info valid\nfilename = {name}\nvolume = {grid.size[0]} {grid.size[1]} {grid.size[2]}\n"
        f"voxelsize = {row(grid.spacing)}\nxras   = {row(axes[:, 0])}\nyras   = {row(axes[:, 1])}\n"
        f"zras   = {row(axes[:, 2])}\ncras   = {row(middle[:3])}\n"
    )


_Geometry = tuple[Matrix, Matrix, Matrix]
"""The 4×4 from indices to scanner RAS, the size, the spacing."""


def _geometry_in(path: Path, text: str, end: str) -> _Geometry | None:
    """The geometry of the source (`src`) or target (`dst`) image; None where the file does not say it."""
    _, found, rest = text.partition(f"{end} volume info")
    rest = re.split(r"(?:src|dst) volume info", rest)[0]
    lines = dict(re.findall(r"^\s*(\w+)\s*=\s*([^#\n]*)", rest, re.MULTILINE))
    keys = ("volume", "voxelsize", "xras", "yras", "zras", "cras")
    if not found or lines.get("valid", "0").strip() != "1" or not all(key in lines for key in keys):
        return None
    values = [numbers_in(path, lines[key].split(), "its geometry") for key in keys]
    size, spacing, x, y, z, middle = (np.array(three) for three in values)
    if any(three.shape != (3,) for three in (size, spacing, x, y, z, middle)) or not (spacing > 0).all():
        raise UnreadableInput(f"{path.name} is damaged: its geometry makes no sense.", WANTED)
    out = np.eye(4)
    out[:3, :3] = np.column_stack([x, y, z]) * spacing
    out[:3, 3] = middle - out[:3, :3] @ (size / 2)
    if abs(float(np.linalg.det(out[:3, :3]))) < 1e-12:
        raise UnreadableInput(f"{path.name} is damaged: its geometry makes no sense.", WANTED)
    return out, size, spacing


def _scanner(geometry: _Geometry) -> _Geometry:
    """The same with the 4×4 from surface RAS to scanner RAS in place of that from indices."""
    ras, size, spacing = geometry
    return np.asarray(ras @ np.linalg.inv(surface_from_index(size, spacing))), size, spacing


def _is(geometry: _Geometry | None, grid: Grid | None) -> bool:
    """Whether a geometry is known and that of a known grid."""
    if geometry is None or grid is None:
        return False
    ours = ras_from_index(grid.point_from_index)
    return bool(np.abs(geometry[0] - ours).max() <= _ALIKE) and geometry[1].tolist() == list(grid.size)
