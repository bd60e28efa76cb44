"""Two whole views against stored pictures. FUSIONVIEWER_GOLDEN=write stores them anew: look at them then."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fusionviewer.geometry import AXIAL, SAGITTAL, RigidTransform, SlicePlane, rotation_from_vector
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

GOLDEN = Path(__file__).parent / "golden"

TILT = rotation_from_vector(np.deg2rad([8.0, 0, 20.0]))
VIEWS = {
    "two-colour-axial": (AXIAL, None, Blend(BlendMode.TWO_COLOUR), True),
    "edges-oblique-sagittal": (
        SAGITTAL,
        TILT,
        Blend(BlendMode.EDGES),
        False,
    ),
}


@pytest.mark.parametrize("name", list(VIEWS))
def test_a_view_looks_as_it_did(
    name: str, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform
) -> None:
    orientation, tilt, blend, bone = VIEWS[name]
    plane = SlicePlane.through(np.array([10.0, 5.0, 8.0]), orientation, tilt=tilt)
    viewport = Viewport.around(plane.screen(np.zeros(3)), 200, 200, 1.0)
    back = Layer(phantom_mr, Window(200, 440))
    front = Layer(phantom_ct, Window(40, 80, 1300), phantom_truth)
    picture = SliceRenderer().render(SliceRequest(plane, viewport, back, front, blend, bone))[..., 2::-1]
    path = GOLDEN / f"{name}.png"
    if os.environ.get("FUSIONVIEWER_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(np.ascontiguousarray(picture)).save(path)
    stored = np.asarray(Image.open(path).convert("RGB")).astype(int)
    off = np.abs(picture.astype(int) - stored)
    # another build of ITK or NumPy may round a value differently, which is one grey, or a little more beside a line
    assert off.mean() < 0.1
    assert (off > 4).mean() < 0.001
