"""The parameter files of elastix and transformix: from fixed to moving points, LPS mm, with the fixed grid beside it.

Written as six numbers (EulerTransform) about the origin. transformix resamples onto the grid that the file holds.
Its Direction goes column by column, unlike ITK's own.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import WANTED, numbers_in, read_text, rigid, row, write_text
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Matrix, Points, RigidTransform

_LINE: Final = re.compile(r"^\s*\((\w+)\s+(.*?)\)\s*(?://.*)?$", re.MULTILINE)
_NO_INITIAL: Final = "NoInitialTransform"
_COUNTS: Final = {"EulerTransform": 6, "AffineTransform": 12, "TranslationTransform": 3}
_ORIGIN: Final = np.zeros(3)


def write_elastix(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write a file for transformix. Raises CannotWrite, BadArgument without the fixed grid."""
    grid = pair.fixed_for("elastix")
    euler = moving_from_fixed.euler(_ORIGIN)
    numbers = [*(math.radians(angle) for angle in euler[:3]), *euler[3:]]
    lines = (
        '(Transform "EulerTransform")',
        "(NumberOfParameters 6)",
        f"(TransformParameters {row(numbers)})",
        f'(InitialTransformParametersFileName "{_NO_INITIAL}")',
        '(HowToCombineTransforms "Compose")',
        "(FixedImageDimension 3)",
        "(MovingImageDimension 3)",
        '(FixedInternalImagePixelType "float")',
        '(MovingInternalImagePixelType "float")',
        f"(Size {grid.size[0]} {grid.size[1]} {grid.size[2]})",
        "(Index 0 0 0)",
        f"(Spacing {row(grid.spacing)})",
        f"(Origin {row(grid.origin)})",
        f"(Direction {row(np.transpose(grid.direction))})",
        '(UseDirectionCosines "true")',
        "(CenterOfRotationPoint 0 0 0)",
        '(ComputeZYX "false")',
        '(ResampleInterpolator "FinalLinearInterpolator")',
        '(Resampler "DefaultResampler")',
        "(DefaultPixelValue 0)",
        '(ResultImageFormat "nii.gz")',
        '(ResultImagePixelType "float")',
    )
    write_text(path, "\n".join(lines) + "\n")


def read_elastix(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a file of elastix with one rigid transform. Raises UnreadableInput."""
    fields = {name: value.replace('"', " ").split() for name, value in _LINE.findall(read_text(path))}
    if "Transform" not in fields or "TransformParameters" not in fields:
        raise UnreadableInput(f"{path.name} is not a transform parameter file of elastix.", WANTED)
    kind = " ".join(fields["Transform"])
    if kind not in _COUNTS:
        raise UnreadableInput(f"{path.name} holds a {kind}, which is not rigid.", WANTED)
    for key in ("InitialTransformParametersFileName", "InitialTransformParameterFileName"):
        if fields.get(key, [_NO_INITIAL]) != [_NO_INITIAL]:
            raise UnreadableInput(
                f"{path.name} continues another transform, which it names.",
                "Combine both first, or choose the file of a registration that began without one.",
            )
    numbers = numbers_in(path, fields["TransformParameters"], "its parameters")
    centre = np.array(numbers_in(path, fields.get("CenterOfRotationPoint", ["0", "0", "0"]), "its centre"))
    if len(numbers) != _COUNTS[kind] or centre.shape != (3,):
        raise UnreadableInput(f"{path.name} is damaged: its {kind} has {len(numbers)} parameters.", WANTED)
    return rigid(path, _matrix(kind, numbers, centre, fields.get("ComputeZYX") == ["true"]))


def _matrix(kind: str, numbers: list[float], centre: Points, zyx: bool) -> Matrix:
    """The 4×4 of elastix' parameters: x ↦ R (x − c) + c + t."""
    if kind == "TranslationTransform":
        rotation, centre = np.eye(3), _ORIGIN
    elif kind == "AffineTransform":
        rotation = np.array(numbers[:9]).reshape(3, 3)
    else:
        rotation = _rotation(numbers[:3], zyx)
    out = np.eye(4)
    out[:3, :3] = rotation
    out[:3, 3] = centre + numbers[-3:] - rotation @ centre
    return out


def _rotation(angles: list[float], zyx: bool) -> Matrix:
    """Rz · Ry · Rx where the file says so, else Rz · Rx · Ry; angles about x, y and z in radians."""
    around = [
        RigidTransform.from_rotation_vector(np.eye(3)[i] * angles[i], _ORIGIN, _ORIGIN).rotation for i in range(3)
    ]
    x, y, z = around
    return z @ y @ x if zyx else z @ x @ y
