"""What was written is read back at once by a second path, and 1,000 points are compared.

The readers here share no code with the formats' own: they map points step by step as the other program's manual says,
with SimpleITK's points and indices where a grid is needed, instead of multiplying matrices.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import SimpleITK as sitk

from fusionviewer.errors import CannotWrite, FusionError
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, Matrix, Points, RigidTransform
from fusionviewer.imaging.native_calls import name_for_itk, remarks_kept
from fusionviewer.imaging.volume import place_on_grid

N_POINTS: Final = 1000
MOST_MM: Final = 1e-3

_NEGATED: Final = np.array([-1.0, -1.0, 1.0])
"""LPS to RAS and back."""


@dataclass(frozen=True)
class Proof:
    """How far a file's transform lies from the one that was to be written: at most, over so many points, in mm."""

    max_mm: float
    points: int = N_POINTS

    @property
    def agreement(self) -> str:
        """The same in words."""
        shown_mm = math.ceil(max(self.max_mm, 1e-6) * 1e6) / 1e6
        return f"agrees within {shown_mm:.6f} mm at {self.points:,} points"

    def __str__(self) -> str:
        return f"read back by a second path, {self.agreement}"


Mapping = Callable[[Points], Points]


@dataclass(frozen=True)
class Reader:
    """A second reader: what a file maps, points of which image (LPS mm) to points of the other."""

    mapping: Callable[[Path, Pair], Mapping]
    onto_fixed: bool = False
    """Whether moving points are mapped to fixed ones; else the other way round."""


def prove(key: str, path: Path, moving_from_fixed: RigidTransform, pair: Pair) -> Proof:
    """Compare a written file with what was to be written. Raises CannotWrite where they differ by 0.001 mm or more."""
    reader = READERS[key]
    fixed = _points(pair.fixed)
    moving = moving_from_fixed.apply(fixed)
    given, wanted = (moving, fixed) if reader.onto_fixed else (fixed, moving)
    try:
        found = reader.mapping(path, pair)(given)
    except (OSError, ValueError, KeyError, IndexError, RuntimeError, TypeError, struct.error) as problem:
        raise _failed(path, "it cannot be read back") from problem
    largest = float(np.linalg.norm(found - wanted, axis=1).max())
    if not largest < MOST_MM:
        raise _failed(path, f"read back, it is {largest:.3g} mm off")
    return Proof(largest)


def _failed(path: Path, why: str) -> FusionError:
    return CannotWrite(f"The transform was not written: {why}.", "Choose another format, and please report this.")


def _points(grid: Grid | None) -> Points:
    """Points of fixed space, LPS mm: anywhere in the image's box, or within 150 mm of the origin."""
    shares = np.random.default_rng(0).random((N_POINTS, 3))
    if grid is None:
        return np.asarray(shares * 300.0 - 150.0)
    return grid.points(shares * np.asarray(grid.size) - 0.5)


def _itk(path: Path, pair: Pair) -> Mapping:
    with remarks_kept():
        transform = sitk.ReadTransform(name_for_itk(path))
    return lambda points: np.array([transform.TransformPoint(p) for p in points.tolist()])


def _ants(path: Path, pair: Pair) -> Mapping:
    """The parameters as they lie in the file: nine of the matrix, three of the translation, and the centre."""
    content = path.read_bytes()
    found: list[Points] = []
    while content:
        n_rows, n_columns, _, length = struct.unpack_from("<4i", content, 4)
        end = 20 + length + 8 * n_rows * n_columns
        found.append(np.frombuffer(content[20 + length : end], "<f8"))
        content = content[end:]
    parameters, centre = found
    matrix = parameters[:9].reshape(3, 3)
    return lambda points: (points - centre) @ matrix.T + centre + parameters[9:]


def _elastix(path: Path, pair: Pair) -> Mapping:
    text = path.read_text("utf-8")

    def numbers(key: str) -> list[float]:
        return [float(word) for word in text.split(f"({key} ")[1].split(")")[0].split()]

    angles = numbers("TransformParameters")
    euler = sitk.Euler3DTransform(numbers("CenterOfRotationPoint"), *angles[:3], angles[3:])
    grid = pair.fixed_for("elastix")
    columns = np.array(numbers("Direction")).reshape(3, 3)  # each row of it is an axis
    told = [*numbers("Size"), *numbers("Spacing"), *numbers("Origin")]
    axes = [np.asarray(grid.direction)[:, axis] for axis in range(3)]
    if not np.allclose(columns, axes) or not np.allclose(told, [*grid.size, *grid.spacing, *grid.origin]):
        raise ValueError("another grid")
    return lambda points: np.array([euler.TransformPoint(p) for p in points.tolist()])


def _fsl(path: Path, pair: Pair) -> Mapping:
    """FLIRT's coordinates, worked out for each point from its voxel index."""
    matrix = np.loadtxt(path)
    fixed, moving = pair.grids_for("FLIRT")
    of_fixed, of_moving = _image(fixed), _image(moving)

    def onto_fixed(points: Points) -> Points:
        voxels = np.array([of_moving.TransformPhysicalPointToContinuousIndex(p) for p in points.tolist()])
        flirt = _counted(voxels, moving) * np.asarray(moving.spacing)
        there = (matrix[:3, :3] @ flirt.T).T + matrix[:3, 3]
        back = _counted(there / np.asarray(fixed.spacing), fixed)
        return np.array([of_fixed.TransformContinuousIndexToPhysicalPoint(v) for v in back.tolist()])

    return onto_fixed


def _counted(voxels: Points, grid: Grid) -> Points:
    """Indices whose first is counted from the other end where NIfTI's axes are right-handed: so are LPS' then."""
    a, b, c = np.asarray(grid.direction).T
    if float(np.dot(np.cross(a, b), c)) < 0:
        return voxels
    return np.column_stack([grid.size[0] - 1 - voxels[:, 0], voxels[:, 1:]])


def _lta(path: Path, pair: Pair) -> Mapping:
    lines = path.read_text("utf-8").splitlines()
    first = lines.index("1 4 4") + 1
    matrix = np.array([line.split() for line in lines[first : first + 4]], dtype=np.float64)
    for grid, end in ((pair.moving, "src"), (pair.fixed, "dst")):
        _compare_geometry(lines[lines.index(f"{end} volume info") + 1 :][:8], grid)
    return _in_ras(matrix)


def _compare_geometry(lines: list[str], grid: Grid | None) -> None:
    """Raise ValueError where a geometry of FreeSurfer does not put the corner voxels where the grid has them."""
    facts = {key.strip(): value.split("#")[0].split() for key, value in (line.split("=") for line in lines)}
    size, spacing, *axes, middle = (
        np.array(facts[key], dtype=np.float64) for key in ("volume", "voxelsize", "xras", "yras", "zras", "cras")
    )
    if grid is None:
        return
    image = _image(grid)
    for corner in (np.zeros(3), size - 1):
        steps = (corner - size / 2) * spacing
        told = middle + sum(step * axis for step, axis in zip(steps, axes, strict=True))
        ours = np.array(image.TransformContinuousIndexToPhysicalPoint(corner.tolist())) * _NEGATED
        if np.abs(told - ours).max() > MOST_MM:
            raise ValueError("another geometry")


def _registerdat(path: Path, pair: Pair) -> Mapping:
    """Surface RAS worked out for each point: millimetres from the middle index along −i, +k and −j."""
    matrix = np.loadtxt(path, skiprows=4, max_rows=4)
    fixed, moving = pair.grids_for("FreeSurfer (register.dat)")
    of_fixed, of_moving = _image(fixed), _image(moving)

    def onto_moving(points: Points) -> Points:
        voxels = np.array([of_fixed.TransformPhysicalPointToContinuousIndex(p) for p in points.tolist()])
        i, j, k = ((voxels - np.asarray(fixed.size) / 2) * np.asarray(fixed.spacing)).T
        there = matrix @ np.stack([-i, k, -j, np.ones_like(i)])
        i, j, k = -there[0], -there[2], there[1]
        back = np.stack([i, j, k], axis=1) / np.asarray(moving.spacing) + np.asarray(moving.size) / 2
        return np.array([of_moving.TransformContinuousIndexToPhysicalPoint(v) for v in back.tolist()])

    return onto_moving


def _spm(path: Path, pair: Pair) -> Mapping:
    content = path.read_bytes()
    if content[:22] != struct.pack("<5i", 0, 4, 4, 0, 2) + b"M\0" or len(content) != 22 + 128:
        raise ValueError("no 4×4 M")
    columns = struct.unpack("<16d", content[22:])
    return _in_ras(np.array([columns[row::4] for row in range(4)]))


def _afni(path: Path, pair: Pair) -> Mapping:
    numbers = np.loadtxt(path)
    return lambda points: np.stack([points @ numbers[n : n + 3] + numbers[n + 3] for n in (0, 4, 8)], axis=1)


def _ras(path: Path, pair: Pair) -> Mapping:
    return _in_ras(np.loadtxt(path))


def _xfm(path: Path, pair: Pair) -> Mapping:
    found = re.search(r"Linear_Transform\s*=([^;]*);", path.read_text("ascii"))
    if found is None:
        raise ValueError("no linear transform")
    return _in_ras(np.array([float(word) for word in found[1].split()]).reshape(3, 4))


def _json(path: Path, pair: Pair) -> Mapping:
    document: dict[str, Any] = json.loads(path.read_bytes())
    matrix = np.array(document["fixed_from_moving"])
    return lambda points: points @ matrix[:3, :3].T + matrix[:3, 3]


def _nifti(path: Path, pair: Pair) -> Mapping:
    """A voxel of the moving image, and where the written header says that it lies."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    with remarks_kept():
        reader.ReadImageInformation()
    placed = sitk.Image(2, 2, 2, sitk.sitkUInt8)
    placed.SetOrigin(reader.GetOrigin())
    placed.SetSpacing(reader.GetSpacing())
    placed.SetDirection(reader.GetDirection())
    image = _image(pair.moving_for("NIfTI"))

    def onto_fixed(points: Points) -> Points:
        voxels = [image.TransformPhysicalPointToContinuousIndex(p) for p in points.tolist()]
        return np.array([placed.TransformContinuousIndexToPhysicalPoint(v) for v in voxels])

    return onto_fixed


def _in_ras(matrix: Matrix) -> Mapping:
    """Points in LPS mm mapped by a matrix between points in RAS mm."""
    return lambda points: (np.einsum("ij,nj->ni", matrix[:3, :3], points * _NEGATED) + matrix[:3, 3]) * _NEGATED


def _image(grid: Grid) -> sitk.Image:
    """A little image on a grid, for ITK's own points and indices."""
    return place_on_grid(sitk.Image(2, 2, 2, sitk.sitkUInt8), grid)


def _dicom(path: Path, pair: Pair) -> Mapping:
    """The matrix of the item that is no identity, or of the last one, as an affine transform of SimpleITK."""
    import pydicom

    found = []
    for item in pydicom.dcmread(path).RegistrationSequence:
        (step,) = item.MatrixRegistrationSequence[0].MatrixSequence
        found.append(np.array([float(n) for n in step.FrameOfReferenceTransformationMatrix]).reshape(4, 4))
    if len(found) != 2 or not np.array_equal(found[0], np.eye(4)):
        raise ValueError("the fixed frame is moved")
    onto = sitk.AffineTransform(found[1][:3, :3].ravel().tolist(), found[1][:3, 3].tolist())
    return lambda points: np.array([onto.TransformPoint(p) for p in points.tolist()])


READERS: Final = {
    "itk": Reader(_itk),
    "itk-h5": Reader(_itk),
    "ants": Reader(_ants),
    "slicer": Reader(_itk),
    "elastix": Reader(_elastix),
    "fsl": Reader(_fsl, onto_fixed=True),
    "lta": Reader(_lta, onto_fixed=True),
    "registerdat": Reader(_registerdat),
    "spm": Reader(_spm, onto_fixed=True),
    "afni": Reader(_afni),
    "c3d": Reader(_ras),
    "niftyreg": Reader(_ras),
    "mrtrix": Reader(_ras),
    "xfm": Reader(_xfm, onto_fixed=True),
    "json": Reader(_json, onto_fixed=True),
    "nifti": Reader(_nifti, onto_fixed=True),
    "dicom": Reader(_dicom, onto_fixed=True),
}
"""A second reader for each format, by its key."""
