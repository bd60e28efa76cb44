"""A small picture of a fusion, for a list of many."""

from __future__ import annotations

from fusionviewer.progress import Observer
from fusionviewer.rendering.picture import PictureForm, draw_picture
from fusionviewer.rendering.picture_file import jpeg_bytes
from fusionviewer.rendering.scene import Scene, head_corners
from fusionviewer.rendering.slices import Layer
from fusionviewer.rendering.window import auto_window
from fusionviewer.session.state import FusionState

_DRAWN = (780, 260)
_SIZE = (390, 130)
"""In pixels; drawn twice as large, so that thin outlines stay whole."""


def thumbnail_jpeg(state: FusionState, observer: Observer | None = None) -> bytes:
    """The three planes through the middle of the head without a word, as the bytes of a JPEG; empty without two images.

    Raises Cancelled.
    """
    if state.fixed is None or state.moving is None:
        return b""
    _, middle = head_corners(state.fixed)
    back = Layer(state.fixed, auto_window(state.fixed))
    front = Layer(state.moving, auto_window(state.moving), state.alignment.moving_from_fixed)
    scene = Scene(back, front, middle, bone_edges=True)
    form = PictureForm("planes", size=_DRAWN, annotated=False, crosshair=False, marks=False)
    return jpeg_bytes(draw_picture(scene, form, observer or Observer()), _SIZE)
