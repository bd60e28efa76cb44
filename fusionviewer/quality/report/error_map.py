"""A field of errors over the head as a picture: three planes in colour by mm, with lines of equal error and a scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Orientation, Points, RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.colours import ERROR_COLOUR, TEXT_COLOUR, colour_table
from fusionviewer.rendering.contour import level_line
from fusionviewer.rendering.layout import PixelBox
from fusionviewer.rendering.marks.annotations import round_length
from fusionviewer.rendering.marks.error_contours import round_levels
from fusionviewer.rendering.marks.primitives import Rule, Strip, Text
from fusionviewer.rendering.marks.sheet import GROUND, Sheet
from fusionviewer.rendering.panes import Pane, annotate_pane
from fusionviewer.rendering.scene import Scene, head_corners
from fusionviewer.rendering.slices import Layer, SliceRenderer
from fusionviewer.rendering.window import auto_window

SIZE: Final = (1260, 430)
"""Width and height of the picture in pixels."""

_PANE: Final = 384
_GAP: Final = 3
_SCALE: Final = (1200, 46, 1222, 372)
"""Where the colours of the scale stand."""

_AROUND_HEAD: Final = 1.14
_STRENGTH: Final = 0.55
"""How much of the colour covers the image."""

_LEAST_TOP_MM: Final = 2.0
"""The scale ends no earlier, so that small errors look small."""

_STEP_MM: Final = 0.5
"""Lines lie no closer: smaller differences say nothing."""

Field = Callable[[Points], Points]


def draw_error_map(volume: Volume, error_mm: Field) -> NDArray[np.uint8]:
    """The picture as (height, width, 3) red, green, blue: three planes through the middle of the head of an image.

    `error_mm` gives the error in mm (n,) at points (n, 3) of the image's space, LPS mm. Only the head is coloured, or
    all of the image where no head is seen.
    """
    corners, middle = head_corners(volume)
    scene = Scene(Layer(volume, auto_window(volume)), None, middle)
    extent = max(float(mm) for mm in np.ptp(corners, axis=0)) * _AROUND_HEAD
    head, places = _head_of(volume)
    errors = error_mm(places)
    top = max(_LEAST_TOP_MM, float(np.ceil(errors.max())))
    levels = [mm for mm in round_levels(float(errors.min()), float(errors.max())) if mm % _STEP_MM == 0]
    image = Image.new("RGB", SIZE, GROUND)
    sheet = Sheet(image, 1.0)
    sheet.draw.rectangle((0, 0, 3 * _PANE + 2 * _GAP - 1, SIZE[1]), "#000000")
    for number, orientation in enumerate((AXIAL, CORONAL, SAGITTAL)):
        box = PixelBox(number * (_PANE + _GAP), 0, _PANE, SIZE[1])
        pane = _pane(scene, orientation, box, corners, extent / _PANE)
        view, lines = _view(scene, pane, head, error_mm, top=top, levels=levels)
        image.paste(Image.fromarray(view), (box.left, box.top))
        for at, text in lines:
            sheet.write((box.left + at[0], box.top + at[1]), text, 13, ERROR_COLOUR, anchor="mm")
        annotate_pane(sheet, pane, round_length(0.3 * extent) if number == 0 else None)
    _scale(sheet, top, levels)
    return np.asarray(image)


def _head_of(volume: Volume) -> tuple[Volume | None, Points]:
    """The head as 1 in a volume of 0, and places in it (n, 3); None where none is seen, and places in the image."""
    try:
        head = head_mask(volume)
    except UnreadableInput:
        low, high = volume.grid.corners.min(axis=0), volume.grid.corners.max(axis=0)
        shares = np.stack(np.meshgrid(*3 * [np.linspace(0.0, 1.0, 9)]), axis=-1).reshape(-1, 3)
        return None, low + shares * (high - low)
    k, j, i = np.nonzero(head.mask)
    places = head.grid.points(np.stack([i, j, k], axis=1)[:: max(1, len(i) // 3000)].astype(np.float64))
    return Volume(image_on_grid(head.mask.astype(np.float32), head.grid), "head"), places


def _pane(scene: Scene, orientation: Orientation, box: PixelBox, corners: Points, mm_per_pixel: float) -> Pane:
    plane = scene.plane(orientation)
    across = plane.screen(corners)
    viewport = Viewport.around((across.min(axis=0) + across.max(axis=0)) / 2, box.width, box.height, mm_per_pixel)
    axis = orientation.normal_axis
    return Pane(box, plane, viewport, orientation.name.capitalize(), f"{'xyz'[axis]} {plane.point[axis]:z.1f} mm")


def _view(
    scene: Scene, pane: Pane, head: Volume | None, error_mm: Field, *, top: float, levels: Sequence[float]
) -> tuple[NDArray[np.uint8], list[tuple[tuple[float, float], str]]]:
    """A pane in colour with its lines, and where the numbers of these stand."""
    bgrx = np.array(SliceRenderer().render(scene.request(pane.plane, pane.viewport)))
    height, width = bgrx.shape[:2]
    places = pane.viewport.screen(np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1))
    points = pane.plane.points(places[..., 0].ravel(), places[..., 1].ravel())
    errors = np.asarray(error_mm(points), dtype=np.float32).reshape(height, width)
    if head is not None:
        inside = np.nan_to_num(reslice(head, pane.plane, pane.viewport, RigidTransform.identity())) > 0.5
        errors[~inside] = np.nan
    shown = np.isfinite(errors)
    table = colour_table("viridis")[:, ::-1].astype(np.float32)
    colours = table[np.clip(np.nan_to_num(errors) / top * 255, 0, 255).astype(np.uint8)]
    grey = bgrx[..., :3].astype(np.float32)
    bgrx[..., :3] = np.where(shown[..., None], grey * (1 - _STRENGTH) + colours * _STRENGTH, grey).astype(np.uint8)
    numbers = []
    for level in levels:
        line = level_line(errors, level, 1e-6, ERROR_COLOUR)
        line.draw(bgrx, 0.9)
        if line.pixels.size:
            rows, columns = np.divmod(line.pixels, width)
            best = int(np.argmax(columns - rows))  # towards the upper right: the same place on each of them
            numbers.append(((float(columns[best]), float(rows[best])), f"{level:g}"))
    return np.ascontiguousarray(bgrx[..., 2::-1]), numbers


def _scale(sheet: Sheet, top: float, levels: Sequence[float]) -> None:
    """The colours from 0 upwards, with the numbers of the lines and of both ends."""
    left, upper, right, lower = _SCALE
    sheet.paint([Strip(_SCALE, colour_table("viridis")), Text(((left + right) / 2, upper - 18), "mm", anchor="mm")])
    told = sorted({0.0, top, *levels})
    free = lower + 40.0
    for mm in told:
        y = lower - (lower - upper) * mm / top
        if mm in {0.0, top} or (free - y > 14 and y - upper > 14):
            sheet.paint(
                [Rule((right, y), (right + 5, y + 1), TEXT_COLOUR, 1.0), Text((right + 8, y), f"{mm:g}", anchor="lm")]
            )
            free = y
