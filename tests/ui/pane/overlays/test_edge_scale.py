"""The scale of the distances beside the contours."""

from __future__ import annotations

import numpy as np
import pytest
from assessments import assessment_of
from windows import OpenWindow, picture

from fusionviewer.app.commands import display
from fusionviewer.app.state.guard.checked import Checked
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.second_opinion.residual import Patch
from fusionviewer.rendering.marks.edge_field import distance_table
from fusionviewer.rendering.marks.primitives import Strip, Text
from fusionviewer.ui.pane.overlays.edge_scale import draw_edge_scale
from fusionviewer.ui.pane.overlays.painter import letters_of

PATCHES = [Patch("outer", np.array([70.0 * s, y, 0]), 2.0, 0.5) for s in (-1, 1) for y in (-9.0, 0.0, 9.0)]


def test_the_first_pane_has_the_scale_with_its_unit_and_contours_are_drawn_anew(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    checked = assessment_of("look", patches=PATCHES)
    monkeypatch.setattr(Workspace, "checked", Checked("done", checked))
    before = picture(window, "fused.coronal")
    display.flip(window.workspace, "show_edge_distances")
    assert picture(window, "fused.coronal") != before
    drawn = {}
    for plane in ("axial", "coronal"):
        view = window.images.view(f"fused.{plane}")
        context = view.context()
        assert context is not None
        drawn[plane] = draw_edge_scale(context, letters_of(view.font()))
    assert drawn["coronal"] == [], "one pane says it"
    assert [one.text for one in drawn["axial"] if isinstance(one, Text)] == [
        "MR skull from CT", "3 mm out", "0", "3 mm in",
    ]  # fmt: skip
    strip = next(one for one in drawn["axial"] if isinstance(one, Strip))
    assert np.array_equal(strip.colours, distance_table())
