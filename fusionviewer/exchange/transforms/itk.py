"""Rigid transforms in ITK's files (.tfm, .txt, .h5, .mat), which 3D Slicer, ANTs and others read too.

Such a file maps points of the fixed image to points of the moving image, in LPS mm, as `moving_from_fixed` does: no
inversion and no change of axes is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import SimpleITK as sitk

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import NotRigid, RigidTransform, as_point
from fusionviewer.geometry.types import FARTHEST
from fusionviewer.imaging.native_calls import check_name, name_for_itk, remarks_kept
from fusionviewer.imaging.reading.apart import apart
from fusionviewer.imaging.whole_files import read_whole, written_whole
from fusionviewer.progress import Observer

_COUNTS: Final = {
    "IdentityTransform": (0, 0),
    "TranslationTransform": (3, 0),
    "VersorTransform": (3, 3),
    "VersorRigid3DTransform": (6, 3),
    "Euler3DTransform": (6, 3),
    "Rigid3DTransform": (12, 3),
    "Similarity3DTransform": (7, 3),
    "ScaleVersor3DTransform": (9, 3),
    "ScaleSkewVersor3DTransform": (15, 3),
    "AffineTransform": (12, 3),
    "MatrixOffsetTransformBase": (12, 3),
}
"""Linear 3D transforms: how many parameters each has, and the least number of fixed ones."""

_TEXT: Final = (".tfm", ".txt")
_BINARY: Final = (".h5", ".hdf5", ".mat")

ENDINGS: Final = (*_TEXT, *_BINARY)
"""Of all files that can be read."""

SIGN: Final = "Insight Transform File"

_WANTED: Final = "Choose a file with one rigid transform, for example one that fusionviewer wrote."


def write_itk_transform(transform: RigidTransform, path: Path, centre: Iterable[float] = (0.0, 0.0, 0.0)) -> None:
    """Write a transform of points in LPS mm as an ITK text file, with every digit that it has.

    It is written as a matrix (ITK's AffineTransform, about `centre`), which more programs read than angles, and which
    loses nothing at any angle. The file appears whole or not at all. Raises CannotWrite.
    """
    c = as_point(centre)
    numbers = [*transform.rotation.ravel(), *transform.shift_at(c)]
    text = (
        "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
        f"Parameters: {_digits(numbers)}\nFixedParameters: {_digits(c)}\n"
    )
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="ascii", newline="\n")


def read_itk_transform(path: Path) -> RigidTransform:
    """The rigid transform of points (LPS mm) in an ITK file, whichever way ITK parametrises it.

    A composite is read if all its parts are linear and the whole is rigid. Raises UnreadableInput with one sentence
    for everything else: scaling, shearing, mirroring, deforming, 2D, several transforms, garbage.
    """
    _check_file(path)
    if path.suffix.lower() in _BINARY:  # whose readers may crash on what is damaged
        matrix = apart(matrix_by_itk, path, name=path.name, then=np.asarray, observer=Observer())
    else:
        matrix = np.asarray(matrix_by_itk(path))
    try:
        return RigidTransform.from_matrix(matrix)
    except NotRigid as problem:
        raise UnreadableInput(f"{path.name} does not hold a rigid transform: {problem.why}.", _WANTED) from problem


def matrix_by_itk(path: Path, _: Observer | None = None) -> list[list[float]]:
    """The 4×4 of points (LPS mm) that ITK reads in a file. Raises UnreadableInput for what is not linear and 3D."""
    try:
        with remarks_kept():
            transform = sitk.ReadTransform(name_for_itk(path))
    except RuntimeError as problem:
        raise UnreadableInput(f"{path.name} is not a transform file, or it is damaged.", _WANTED) from problem
    if transform.GetDimension() != 3:
        raise UnreadableInput(f"{path.name} holds a 2D transform.", _WANTED)
    if not transform.IsLinear():
        raise UnreadableInput(f"{path.name} holds a deformation, not a rigid transform.", _WANTED)
    matrix = np.eye(4)
    origin = (0.0, 0.0, 0.0)
    matrix[:3, :3] = np.transpose([transform.TransformVector(axis, origin) for axis in np.eye(3).tolist()])
    matrix[:3, 3] = transform.TransformPoint(origin)
    rows: list[list[float]] = matrix.tolist()
    return rows


def _check_file(path: Path) -> None:
    """Raise UnreadableInput for a file that is not there, and for a text file that ITK would misread."""
    content = read_whole(path)
    check_name(path)
    if not content.strip():
        raise UnreadableInput(f"{path.name} is empty.", _WANTED)
    ending = path.suffix.lower()
    if ending not in ENDINGS:  # MINC's .xfm, for one, which is about other axes
        raise UnreadableInput(f"{path.name} does not end in .tfm, .txt, .h5 or .mat.", _WANTED)
    if ending in _TEXT:
        _check_text(path, content.decode("utf-8", "replace"))


def _check_text(path: Path, text: str) -> None:
    """ITK 5.4 crashes on NaN, takes the first of several transforms, and makes up parameters that are missing."""
    if SIGN not in text.split("\n", 1)[0]:
        raise UnreadableInput(f"{path.name} is not an ITK transform file.", _WANTED)
    names: list[str] = []
    numbers: dict[tuple[int, str], int] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if key.startswith("#") or not colon:
            continue
        if key == "Transform":
            names.append(value.strip())
        elif key in {"Parameters", "FixedParameters"}:
            numbers[len(names) - 1, key] = _count(path, value)
    parts = names[1:] if names and names[0].startswith("CompositeTransform") else names
    first = len(names) - len(parts)
    if not parts:
        raise UnreadableInput(f"{path.name} holds no transform.", _WANTED)
    if len(parts) > 1 and first == 0:
        raise UnreadableInput(f"{path.name} holds {len(parts)} transforms.", _WANTED)
    for index, name in enumerate(parts, first):
        check_part(path, name, numbers.get((index, "Parameters"), 0), numbers.get((index, "FixedParameters"), 0))


def check_part(path: Path, name: str, n_parameters: int, n_fixed: int) -> None:
    """Raise UnreadableInput for a transform of a kind that is not linear and 3D, or with other numbers than it has."""
    kind, _, dimensions = name.partition("_")
    if not dimensions.endswith("_3_3"):
        raise UnreadableInput(f"{path.name} holds a transform that is not of 3D points ({name}).", _WANTED)
    if kind not in _COUNTS:
        raise UnreadableInput(f"{path.name} holds a {kind}, which is not rigid.", _WANTED)
    parameters, fixed = _COUNTS[kind]
    if n_parameters != parameters or n_fixed < fixed:
        raise UnreadableInput(
            f"{path.name} is damaged: its {kind} has {n_parameters} + {n_fixed} numbers, not {parameters} + {fixed}.",
            _WANTED,
        )


def _count(path: Path, value: str) -> int:
    """How many numbers a line holds. Raises UnreadableInput if one is none, or larger than any of a transform."""
    words = value.split()
    try:
        if all(abs(float(word)) <= FARTHEST for word in words):
            return len(words)
    except ValueError:
        pass
    raise UnreadableInput(f"{path.name} is damaged: some of its parameters are not numbers, or far too large.", _WANTED)


def _digits(numbers: Iterable[float]) -> str:
    return " ".join(f"{float(n):.17g}" for n in numbers)
