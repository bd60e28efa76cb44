"""MINC's `.xfm`: from the moving to the fixed image, RAS mm, as `mincresample` takes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import (
    WANTED,
    inverse,
    numbers_in,
    other_frame,
    read_text,
    rigid,
    row,
    square,
    write_text,
)
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Matrix, RigidTransform

SIGN: Final = "MNI Transform File"

_FIELD: Final = re.compile(r"(\w+)\s*=\s*([^;]*);")


def xfm_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 from moving to fixed points, RAS mm."""
    return other_frame((~moving_from_fixed).matrix)


def write_xfm(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write a linear `.xfm`. Raises CannotWrite."""
    numbers = "\n".join(row(r) for r in xfm_matrix(moving_from_fixed, pair)[:3])
    write_text(path, f"{SIGN}\n\nTransform_Type = Linear;\nLinear_Transform =\n{numbers};\n")


def read_xfm(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a `.xfm` with one linear transform. Raises UnreadableInput."""
    text = read_text(path)
    if SIGN not in text.split("\n", 1)[0]:
        raise UnreadableInput(f"{path.name} is not a transform file of MINC.", WANTED)
    fields = _FIELD.findall("\n".join(line.split("%", 1)[0] for line in text.splitlines()))
    kinds = [value.strip() for name, value in fields if name == "Transform_Type"]
    if kinds != ["Linear"]:
        held = f"{len(kinds)} transforms" if len(kinds) != 1 else f"a {kinds[0]} transform, which is not rigid"
        raise UnreadableInput(f"{path.name} holds {held}.", WANTED)
    values = dict(fields)
    fixed_from_moving = square(path, numbers_in(path, values.get("Linear_Transform", "").split()))
    if values.get("Invert_Flag", "False").strip() == "True":
        fixed_from_moving = inverse(path, fixed_from_moving)
    return rigid(path, other_frame(inverse(path, fixed_from_moving)))
