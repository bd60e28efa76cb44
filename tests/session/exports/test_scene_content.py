"""A study and its view as a scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grids import LPS, POSE, RAS, volume_on

from fusionviewer.errors import BadArgument
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session import edits
from fusionviewer.session.exports.scene_content import scene_content
from fusionviewer.session.state import FusionState, LandmarkPair, Target
from fusionviewer.session.view_state import SpaceView, ViewState

STATE = replace(
    edits.set_pose(edits.new_study(volume_on(LPS), volume_on(RAS)), POSE, "file"),
    landmarks=(
        LandmarkPair("P1", (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
        LandmarkPair("P2", None, (7.0, 8.0, 9.0)),
        LandmarkPair("P1", (0.0, 0.0, 0.0), None),
    ),
    targets=(Target("tip", (9.0, 9.0, 9.0)),),
)


def test_a_view_is_kept_and_each_image_has_the_points_that_are_marked_in_it() -> None:
    view = replace(
        ViewState(), blend=Blend(fade=0.2), fixed=SpaceView((1.0, 2.0, 3.0)), fixed_window=Window(40, 80),
        moving_window=Window(300, 2000, 3000), moving_colours="amber",
    )  # fmt: skip
    content = scene_content(STATE, view, ("t1", "ct"))
    assert (content.fade, content.names) == (0.2, ("t1", "ct"))
    assert content.cursor.tolist() == [1, 2, 3]
    assert (content.fixed_look.black, content.fixed_look.white) == (0, 80)
    assert (content.moving_look.level, content.moving_look.window, content.moving_look.colours) == (300, 2000, "amber")
    assert content.moving_from_fixed == POSE
    assert [(name, points.names) for name, points, _ in content.points()] == [
        ("targets", ("tip",)), ("t1-landmarks", ("P1", "P1 2")), ("ct-landmarks", ("P1", "P2")),
    ]  # fmt: skip
    assert content.moving_landmarks.points.tolist() == [[4, 5, 6], [7, 8, 9]]


def test_without_a_view_it_is_half_faded_at_the_middle_with_automatic_windows() -> None:
    content = scene_content(STATE)
    assert content.fade == 0.5
    np.testing.assert_array_equal(content.cursor, LPS.centre)
    window = auto_window(volume_on(LPS))
    assert (content.fixed_look.black, content.fixed_look.white) == (window.low, window.high)


def test_a_scene_needs_two_images() -> None:
    with pytest.raises(BadArgument, match="two images"):
        scene_content(FusionState(fixed=volume_on(LPS)))
