"""A small picture of a volume, to recognise it by."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.geometry import AXIAL, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window

_HEAD_CT: Final = dict(CT_PRESETS)["Brain and bone"]


def thumbnail(volume: Volume, pixels: int) -> NDArray[np.uint8]:
    """Greys (pixels, pixels), uint8, of the axial plane through the volume's middle, all of it in the picture.

    The patient's right is on the left. The window is the volume's automatic one; what lies outside is black.
    """
    plane = SlicePlane.through(volume.grid.centre, AXIAL)
    corners = plane.screen(volume.grid.corners)
    low, high = corners.min(axis=0), corners.max(axis=0)
    mm_per_pixel = float(np.max(high - low)) / pixels
    viewport = Viewport.around((low + high) / 2, pixels, pixels, mm_per_pixel)
    return auto_window(volume).greys(reslice(volume, plane, viewport, RigidTransform.identity()))


def slice_thumbnail(values: NDArray[Any], pixel_mm: tuple[float, float], pixels: int, is_ct: bool) -> NDArray[np.uint8]:
    """Greys (pixels, pixels), uint8, of one slice (rows, columns) as it is stored, all of it in the picture.

    `pixel_mm` are the distances of columns and of rows. A CT shows brain and bone; of anything else the darkest and
    the brightest hundredth are black and white. What lies outside is black.
    """
    numbers = values.astype(np.float32)
    low, high = (float(v) for v in np.percentile(numbers, (1.0, 99.0)))
    head = is_ct and low < _HEAD_CT.white and high > _HEAD_CT.low  # not where the offset of the values was lost
    window = _HEAD_CT if head else Window.between(low, high)
    wide, tall = numbers.shape[1] * pixel_mm[0], numbers.shape[0] * pixel_mm[1]
    share = pixels / max(wide, tall)
    width, height = (max(1, min(pixels, round(mm * share))) for mm in (wide, tall))
    small = Image.fromarray(window.greys(numbers)).resize((width, height), Image.Resampling.BOX)
    out = np.zeros((pixels, pixels), np.uint8)
    top, left = (pixels - height) // 2, (pixels - width) // 2
    out[top : top + height, left : left + width] = np.asarray(small)
    return out
