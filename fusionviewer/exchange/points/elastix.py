"""Points for elastix and transformix: the word `point` or `index`, how many there are, then their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.named_points import NamedPoints, names_for
from fusionviewer.exchange.text_files import digits, number_in, read_text, write_text
from fusionviewer.geometry import Grid

_WANTED: Final = "The file needs the word point, then how many points there are, then x y z of each (LPS mm)."
_NO_NAMES: Final = "The format has no names; the points are named P1, P2 … in their order."


def read_elastix_points(path: Path, grid: Grid | None = None) -> NamedPoints:
    """The points of a file; `index` needs the grid of the image whose voxels they are. Raises UnreadableInput.

    A file that begins with the number of points holds voxels, too: so does elastix read it.
    """
    words = read_text(path, _WANTED).split()
    if not words:
        raise UnreadableInput(f"{path.name} is empty.", _WANTED)
    voxels = words[0] != "point"
    if words[0] in ("point", "index"):
        words = words[1:]
    if not words or not (words[0].isascii() and words[0].isdecimal()):
        what = f"“{words[0][:40]}”" if words else "nothing"
        raise UnreadableInput(
            f"{path.name} cannot be read: it has {what} where the number of points should be.", _WANTED
        )
    count = int(words[0][:9])
    rest = [number_in(word) for word in words[1:]]
    for word, value in zip(words[1:], rest, strict=True):
        if value is None:
            raise UnreadableInput(f"{path.name} cannot be read: “{word[:40]}” is not a number.", _WANTED)
    if len(rest) != 3 * count:
        stated = "1 point" if count == 1 else f"{count} points"
        raise UnreadableInput(
            f"{path.name} says that it holds {stated}, and has {len(rest)} numbers instead of {3 * count}.", _WANTED
        )
    if not count:
        raise UnreadableInput(f"{path.name} holds no points.", _WANTED)
    if voxels and grid is None:
        raise UnreadableInput(
            f"The points in {path.name} are voxels of an image, and it is not known of which.",
            "Open it for an image, or write its points in mm, with the word point in the first line.",
        )
    points = np.array(rest, dtype=np.float64).reshape(-1, 3)
    names = names_for(path, [""] * count, _WANTED)
    if voxels and grid is not None:
        return NamedPoints(names, grid.points(points), (), "voxels", "voxels", (_NO_NAMES,), in_order=True)
    return NamedPoints(names, points, (), None, None, (_NO_NAMES,), in_order=True)


def write_elastix_points(path: Path, points: NamedPoints) -> None:
    """Write `point`, LPS mm, with every digit; names are lost, the order is kept. Raises CannotWrite."""
    lines = ["point", str(len(points.names)), *(" ".join(map(digits, place)) for place in points.points)]
    write_text(path, "\n".join(lines) + "\n")
