"""The words below or beside the panes of a picture: images, windows, colours, blend and place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from PIL import Image

from fusionviewer.geometry import Points
from fusionviewer.rendering.blend_words import MODE_NAMES, blend_words
from fusionviewer.rendering.blends import FADED
from fusionviewer.rendering.colours import (
    BONE_COLOUR,
    COLOUR_PAIRS,
    FIXED_COLOUR,
    MOVING_COLOUR,
    TEXT_COLOUR,
    Table,
    colour_table,
    rgb,
    tint_table,
)
from fusionviewer.rendering.layout import PixelBox
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Strip, Stroke
from fusionviewer.rendering.marks.sheet import DIM, Sheet
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slab import slab_words
from fusionviewer.rendering.slices import Layer
from fusionviewer.version import __version__

_PANEL: Final = "#16181c"

_Cell: TypeAlias = Callable[[tuple[float, float], float], None]
"""Writes itself at a place (x, y) into so many pixels of width."""


def columns_for(sheet: Sheet, width: int) -> int:
    """In how many columns the four groups of words can be read in a strip so wide."""
    return next((n for n in (4, 2) if width >= n * 15 * sheet.letters(15)), 1)


def strip_height(width: int, unit: float) -> int:
    """How high a strip of words below a picture so wide is, in pixels; `unit` as in `Sheet`."""
    sheet = Sheet(Image.new("L", (1, 1)), unit)
    rows = 4 // columns_for(sheet, width)
    return sheet.px(80) + (rows - 1) * _row_height(sheet)


def _row_height(sheet: Sheet) -> int:
    return round(sheet.letters(15) * 1.7 + sheet.letters(13) * 2.3)


def write_words(sheet: Sheet, box: PixelBox, scene: Scene, *, names: bool, ras: bool, columns: int | None) -> None:
    """What is shown: roles and windows of the images, their names only if asked for, the blend, and the place.

    In so many columns (None: as many as there is room for), in reading order.
    """
    sheet.draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), _PANEL)
    inner = box.inset(sheet.px(16))
    columns = columns or columns_for(sheet, box.width)
    gap, rows = sheet.px(32), 4 // columns
    shares = (0.27, 0.27, 0.18, 0.28) if columns == 4 else (1 / columns,) * columns
    rooms = [share * (inner.width - (columns - 1) * gap) for share in shares]
    step = min(inner.height / rows, _row_height(sheet) * (1.7 if columns == 1 else 1.0))
    for number, cell in enumerate(_cells(sheet, scene, names, ras)):
        row, column = divmod(number, columns)
        cell((inner.left + sum(rooms[:column]) + column * gap, inner.top + row * step), rooms[column])


def _cells(sheet: Sheet, scene: Scene, names: bool, ras: bool) -> list[_Cell]:
    """What there is to say, in order."""
    cells: list[_Cell] = []
    for role, colour, layer in (("FIXED", FIXED_COLOUR, scene.back), ("MOVING", MOVING_COLOUR, scene.front)):
        if layer is not None:
            table = _table(scene, layer, role)
            cells.append(partial(_image, sheet, layer=layer, role=role, colour=colour, names=names, table=table))
    if scene.both or scene.bone_edges:
        cells.append(partial(_blend, sheet, scene=scene))
    cells.append(partial(_position, sheet, at=scene.at, ras=ras))
    return cells


def _second_line(sheet: Sheet, place: tuple[float, float]) -> tuple[float, float]:
    return place[0], place[1] + sheet.letters(15) * 1.7


def _table(scene: Scene, layer: Layer, role: str) -> Table | None:
    """The colours of an image on this picture; None: greys."""
    number = 0 if role == "FIXED" else 1
    if scene.both and scene.blend.tint is not None:
        return tint_table(COLOUR_PAIRS[scene.blend.tint][number], up=number == 1)
    if layer.colours == "grey" or (scene.both and not scene.blend.in_colours[number]):
        return None
    return colour_table(layer.colours)


def _image(
    sheet: Sheet,
    place: tuple[float, float],
    room: float,
    *,
    layer: Layer,
    role: str,
    colour: str,
    names: bool,
    table: Table | None,
) -> None:
    """The role and what kind of image has it, or its name; below its window, or what its colours mean."""
    length = _mark(sheet, place, role, colour)
    length += sheet.write((place[0] + length, place[1]), role, 15, DIM) + sheet.px(9)
    what = layer.volume.written_name if names else layer.volume.modality or "image"
    if layer.slab is not None:
        what = f"{what}, {slab_words(layer.slab)}"
    sheet.write((place[0] + length, place[1]), what, 15, colour, room=room - length)
    unit = " HU" if layer.volume.modality == "CT" else ""
    low = _second_line(sheet, place)
    if table is not None:
        _colour_bar(sheet, low, room, layer=layer, table=table, unit=unit)
        return
    window = f"level {_short(layer.window.level)}   width {_short(layer.window.width)}"
    if layer.window.white_at is not None:
        window += f"   white {_short(layer.window.white_at)}"
    sheet.write(low, window + unit, 13, DIM, room=room)


def _mark(sheet: Sheet, place: tuple[float, float], role: str, colour: str) -> float:
    """The shape that goes with an image's colour: a disc for the fixed one, a diamond for the moving one. Its room."""
    half = sheet.letters(15) * 0.37 / sheet.unit
    at = place[0] / sheet.unit + half, place[1] / sheet.unit + half + 1.5
    outline = shape("fixed" if role == "FIXED" else "moving", at, half if role == "FIXED" else 0.8 * half)
    sheet.paint([Stroke((outline,), colour, width=0.0, rim=0.0, fill=1.0)])
    return 2 * half * sheet.unit + sheet.px(7)


def _colour_bar(
    sheet: Sheet, place: tuple[float, float], room: float, *, layer: Layer, table: Table, unit: str
) -> None:
    """The colours between the values at the window's two ends, just as the picture shows each of these values."""
    top = max(layer.window.high, layer.window.white_at or layer.window.high)
    low, high, gap = _short(layer.window.low), f"{_short(top)}{unit}", sheet.px(6)
    width = round(min(sheet.px(160), room - sheet.length(low, 13) - sheet.length(high, 13) - 2 * gap))
    if width < sheet.px(20):
        sheet.write(place, f"{low} to {high}", 13, DIM, room=room)
        return
    x = round(place[0] + sheet.write(place, low, 13, DIM)) + gap
    y, thick = round(place[1] + sheet.letters(13) * 0.15), sheet.letters(13) * 3 // 4
    greys = layer.window.greys(np.linspace(layer.window.low, top, width, dtype=np.float32))
    edges = np.array((x, y, x + width, y + thick)) / sheet.unit
    sheet.draw.rectangle((x - 1, y - 1, x + width, y + thick), DIM)
    sheet.paint([Strip((edges[0], edges[1], edges[2], edges[3]), table[greys])])
    sheet.write((x + width + gap, place[1]), high, 13, DIM)


def _blend(sheet: Sheet, place: tuple[float, float], room: float, *, scene: Scene) -> None:
    """The fade as a bar from the fixed image's colour to the moving one's, or the mode in words."""
    width = min(room, sheet.px(360))
    if scene.bone_edges:
        sheet.write((place[0] + width, place[1]), "bone of the CT", 13, BONE_COLOUR, anchor="ra")
    if not scene.both:
        return
    blend, low = scene.blend, _second_line(sheet, place)
    if blend.mode not in FADED:
        sheet.write(place, MODE_NAMES[blend.mode], 15, TEXT_COLOUR)
        sheet.write(low, blend_words(blend).label, 13, DIM, room=room)
        return
    sheet.write(place, blend.parameter_text, 15, TEXT_COLOUR)
    left, top, thick = place[0], round(low[1] + sheet.letters(13) * 0.4), sheet.px(5)
    ends = np.array([rgb(FIXED_COLOUR), rgb(MOVING_COLOUR)], dtype=np.float64)
    for column in range(round(width)):
        share = column / max(1.0, width - 1)
        red, green, blue = (round(v) for v in ends[0] * (1 - share) + ends[1] * share)
        sheet.draw.line((left + column, top, left + column, top + thick - 1), (red, green, blue, 170))
    knob, half, over = round(left + blend.fade * width), sheet.px(2), sheet.px(5)
    sheet.draw.rectangle((knob - half, top - over, knob + half, top + thick - 1 + over), TEXT_COLOUR)


def _position(sheet: Sheet, place: tuple[float, float], room: float, *, at: Points, ras: bool) -> None:
    """Where the crosshair is, and what this picture is not."""
    shown = np.asarray(at) * ((-1, -1, 1) if ras else (1, 1, 1))
    position = "   ".join(f"{axis} {float(v):z.1f}" for axis, v in zip("xyz", shown, strict=True))
    sheet.write(place, f"{position} mm {'RAS' if ras else 'LPS'}", 15, TEXT_COLOUR, room=room)
    warning = "not a medical device"
    signed = f"fusionviewer {__version__} · {warning}"
    fits = sheet.length(signed, 13) <= room
    sheet.write(_second_line(sheet, place), signed if fits else warning, 13, DIM)


def _short(value: float) -> str:
    """Up to four digits, and no exponent where a plain number is as short."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.4g}"
