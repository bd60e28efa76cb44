"""A small picture of a volume, to recognise it by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import AXIAL, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.window import auto_window


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
