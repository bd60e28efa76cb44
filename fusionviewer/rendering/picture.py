"""A picture of the three fused views with its words, without Qt and without a screen."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Points, RigidTransform, SlicePlane
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.rendering.annotations import GROUND, Pane, Sheet, annotate_pane, bar_length_mm, write_words
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.colours import Colours
from fusionviewer.rendering.layout import arrange
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window, auto_window

SMALLEST: Final = (640, 480)
LARGEST: Final = (8192, 8192)
"""Sizes in pixels between which everything can be read, and fits into memory."""

_AROUND_HEAD: Final = 1.14
"""How much more than the head a pane shows, so that letters and the head do not meet."""


def fused_picture(
    fixed: Volume,
    moving: Volume,
    moving_from_fixed: RigidTransform,
    at: Points | None = None,
    blend: Blend = Blend(),  # noqa: B008 - immutable
    *,
    size: tuple[int, int] = (1280, 800),
    fixed_window: Window | None = None,
    moving_window: Window | None = None,
    fixed_colours: Colours = "grey",
    moving_colours: Colours = "grey",
    bone_edges: bool = False,
    radiological: bool = True,
) -> NDArray[np.uint8]:
    """Axial, coronal and sagittal views through a point of fixed space, as (height, width, 3) red, green, blue.

    `at` is LPS mm, by default the middle of the head; `size` is (width, height) in pixels. Windows that are not
    given are chosen from the images. Raises ValueError if the size lies outside `SMALLEST` … `LARGEST`.
    """
    width, height = size
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise ValueError(f"a picture of {width}×{height} pixels")
    low, high, centre = _head_box(fixed)
    at = centre if at is None else np.asarray(at, dtype=np.float64)
    image = Image.new("RGB", size, GROUND)
    sheet = Sheet(image, max(0.7, math.sqrt(width / 1280 * height / 800)))
    x, y, z = (float(v) for v in (high - low) * _AROUND_HEAD)
    layout = arrange(size, ((x, y), (x, z), (y, z)), gap=sheet.px(2), strip=sheet.px(80))
    narrowest = min(box.width for box in (layout.axial, layout.coronal, layout.sagittal))
    bar_mm = bar_length_mm(0.3 * narrowest * layout.mm_per_pixel)

    back = Layer(fixed, fixed_window or auto_window(fixed), colours=fixed_colours)
    front = Layer(moving, moving_window or auto_window(moving), moving_from_fixed, moving_colours)
    for orientation, box in ((AXIAL, layout.axial), (CORONAL, layout.coronal), (SAGITTAL, layout.sagittal)):
        plane = SlicePlane.through(at, orientation, radiological)
        middle = plane.screen((low + high) / 2)
        viewport = Viewport.around(middle, box.width, box.height, layout.mm_per_pixel)
        request = SliceRequest(plane, viewport, back, front, blend, bone_edges)
        bgrx = SliceRenderer().render(request)
        image.paste(Image.fromarray(np.ascontiguousarray(bgrx[..., 2::-1])), (box.left, box.top))
        annotate_pane(sheet, Pane(box, orientation, plane, viewport), bar_mm)
    write_words(sheet, layout, back, front, request)
    return np.asarray(image)


def write_png(picture: NDArray[np.uint8], path: Path) -> None:
    """Write an RGB array (height, width, 3); the file appears whole or not at all. Raises CannotWrite."""
    with written_whole(path) as temporary:
        Image.fromarray(picture).save(temporary, "PNG")


def _head_box(volume: Volume) -> tuple[Points, Points, Points]:
    """The lowest and highest LPS coordinates of the head, and its middle; of the whole image if no head is seen."""
    try:
        head = head_mask(volume)
    except UnreadableInput:
        corners = volume.grid.corners
        return corners.min(axis=0), corners.max(axis=0), volume.grid.centre
    return head.corners.min(axis=0), head.corners.max(axis=0), head.centre_point
