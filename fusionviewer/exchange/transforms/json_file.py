"""A transform as JSON that says itself what its numbers mean: for programs of your own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import WANTED, read_text, rigid, write_text
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.whole_files import json_value

FORMAT: Final = "fusionviewer transform"
VERSION: Final = 1

_CONVENTION: Final = (
    "moving_from_fixed maps points of the fixed image to points of the moving image; fixed_from_moving is its inverse. "
    "4×4, row by row, acting on columns (x, y, z, 1); points in mm, LPS: x to the patient's left, y to the back, "
    "z to the head, as in DICOM and ITK."
)


def write_json(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write the transform in both directions. Raises CannotWrite."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "convention": _CONVENTION,
        "frame": "LPS",
        "unit": "mm",
        "moving_from_fixed": moving_from_fixed.matrix.tolist(),
        "fixed_from_moving": (~moving_from_fixed).matrix.tolist(),
    }
    write_text(path, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in such a file. Raises UnreadableInput."""
    try:
        document = json_value(read_text(path))
    except ValueError as problem:
        raise UnreadableInput(f"{path.name} is not JSON, or it is damaged.", WANTED) from problem
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadableInput(f"{path.name} is not a transform of fusionviewer.", WANTED)
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise UnreadableInput(
            f"{path.name} was made by a newer fusionviewer (version {version}; this program knows {VERSION}).",
            "Install a newer fusionviewer, or export the transform in another format.",
        )
    if document.get("frame") != "LPS" or document.get("unit") != "mm":
        raise UnreadableInput(f"{path.name} is damaged: its numbers are not in LPS mm.", WANTED)
    return rigid(path, document.get("moving_from_fixed"))
