"""Positions and values of images as they are written in the window."""

from __future__ import annotations

import numpy as np

from fusionviewer.exchange.points.frames import WORDS, point_text
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.state import Side

FIGURE_SPACE = "\u2007"


def written_point(point: Points, *, ras: bool) -> Points:
    """A point (3,) in LPS mm as it is written: the same, or as RAS with x and y negated."""
    return point * (-1.0, -1.0, 1.0) if ras else point


def frames_text(volume: Volume, point: Points) -> str:
    """A line for each frame that a point (3,) of the image's space, LPS mm, can be meant in, each by its name."""
    lines = (f"{words.title}: {point_text(point, frame, volume.grid)} mm" for frame, words in WORDS.items())
    return "\n".join(lines)


def voxel_text(volume: Volume, point: Points) -> str:
    """The index (i j k, from 0) of the voxel around a point (3,) of the image's space, LPS mm; or a dash outside."""
    if not bool(volume.grid.contains(point)):
        return "–"
    index = np.clip(np.round(volume.grid.indices(point)), 0, np.asarray(volume.grid.size) - 1)
    return " ".join(str(int(n)) for n in index)


def place_text(side: Side, volume: Volume, point: Points, *, ras: bool, brief: bool = False) -> str:
    """One line about a place in an image: side, position with its frame, voxel unless it is to be brief, value."""
    numbers = "".join(f"{value:z7.1f}" for value in written_point(point, ras=ras))
    voxel = " ".join(f"{word:>3}" for word in voxel_text(volume, point).split())
    where = f"{numbers.replace('-', '−')} mm {'RAS' if ras else 'LPS'}" + ("" if brief else f"  [{voxel:>11}]")
    # spaces as wide as digits, so that the lines of both images stand in columns
    return f"{side[0].upper()} {where}{value_text(volume, point):>10}".replace(" ", FIGURE_SPACE)


def value_text(volume: Volume, point: Points) -> str:
    """The value at a point with its unit, or a word where the image does not reach."""
    value = volume.value_at(point)
    if value is None:
        return "outside"
    return written_value(value, volume.modality)


def written_value(value: float, modality: str = "") -> str:
    """A value as it is written, with the unit of its kind of image if it has one."""
    number = f"{value:.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"
    return f"{number} HU" if modality == "CT" else number
