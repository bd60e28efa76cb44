from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from phantoms import MOVING_FROM_FIXED

from fusionviewer.app.state.guidance import blended_unseen, what_is_shown, what_to_do, why_apart
from fusionviewer.app.state.steps import next_step
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import Layout, ViewState


def test_the_next_step_follows_the_work(phantom_mr: Volume, phantom_ct: Volume) -> None:
    state = FusionState(fixed=phantom_mr)
    assert next_step(state) == "open"
    state = replace(state, moving=phantom_ct)
    assert next_step(state) == "align"
    state = edits.set_pose(state, state.alignment.moving_from_fixed, "registration")
    assert next_step(state) == "review"
    assert next_step(edits.set_review(state, "rejected", "")) == "align"
    assert next_step(edits.set_review(state, "accepted", "")) == "export"
    for verdict in ("accepted", "rejected"):
        moved = edits.nudge(edits.set_review(state, verdict, ""), np.ones(3), np.zeros(3), np.zeros(3))
        assert next_step(moved) == "review"  # out of date: look again


def test_where_no_view_shows_both_images_a_review_begins_by_showing_them(
    phantom_mr: Volume, phantom_ct: Volume
) -> None:
    state = edits.set_pose(FusionState(fixed=phantom_mr, moving=phantom_ct), MOVING_FROM_FIXED, "registration")
    assert "fade (Q, E)" in what_to_do(state, ViewState(layout="fused"), placing=False)
    apart = what_to_do(state, ViewState(layout="pairs"), placing=False)
    assert apart == "Review the fusion (Alt+3), which shows both images together."


@pytest.mark.parametrize(("fixed", "moving", "words"), [
    (False, False, "Open a fixed and a moving image"), (True, False, "Open the moving image"),
    (False, True, "Open the fixed image"), (True, True, "Register"),
])  # fmt: skip
def test_it_says_what_is_missing(phantom_mr: Volume, phantom_ct: Volume, fixed: bool, moving: bool, words: str) -> None:
    state = FusionState(fixed=phantom_mr if fixed else None, moving=phantom_ct if moving else None)
    assert words in what_to_do(state, ViewState(), placing=False)


def test_placing_names_the_pair_and_the_row() -> None:
    state = landmark_edits.add_pair(FusionState(), "AC")
    pairs = ViewState(layout="pairs", selected_pair=0)
    both = what_to_do(state, pairs, placing=True)
    assert both.startswith("Click AC in the fixed image (upper row)")
    assert both.endswith("; Shift+F and Shift+M mark it at the crosshair.")
    state = landmark_edits.place_point(state, 0, "fixed", (0, 0, 0))
    assert what_to_do(state, pairs, placing=True) == (
        "Now click AC in the moving image (lower row); Shift+M marks it at the crosshair."
    )
    fused = ViewState(layout="fused", selected_pair=0)
    assert what_to_do(state, fused, placing=True) == (
        "Now click AC in the moving image as it is seen here; Shift+M marks it at the crosshair."
    )
    assert "AC" not in what_to_do(state, replace(pairs, selected_pair=7), placing=True)


def test_what_is_shown_is_said(phantom_mr: Volume, phantom_ct: Volume) -> None:
    assert what_is_shown(FusionState(), ViewState()) == ""
    state = FusionState(fixed=phantom_mr, moving=phantom_ct)
    assert what_is_shown(state, ViewState(blend=Blend(fade=0.3))) == "Scanner alignment. Fade 30 %."
    assert "Checkerboard" in what_is_shown(state, ViewState(blend=Blend(BlendMode.CHECKERBOARD)))
    assert "own space" in what_is_shown(state, ViewState(layout="pairs"))


@pytest.mark.parametrize(("layout", "enlarged", "key"), [
    ("fused", "", ""), ("large", "", ""), ("nine", "", ""), ("mosaic", "", ""), ("pairs", "", "press L"),
    ("pairs", "moving.axial", "press L"), ("nine", "fixed.coronal", "press Ctrl+4"), ("nine", "fused.coronal", ""),
    ("mosaic", "mosaic.3", ""),
])  # fmt: skip
def test_it_says_with_which_key_both_images_are_seen_together(layout: Layout, enlarged: str, key: str) -> None:
    view = ViewState(layout=layout, enlarged=enlarged, blend=Blend(BlendMode.CHECKERBOARD))
    for text in (why_apart(view), blended_unseen(view)):
        assert key in text
        assert bool(text) == bool(key)
    assert not key or "Checkerboard of 24 mm" in blended_unseen(view)


def test_one_pane_that_fills_the_window_is_not_called_both_images(phantom_mr: Volume, phantom_ct: Volume) -> None:
    state = FusionState(fixed=phantom_mr, moving=phantom_ct)
    assert what_is_shown(state, ViewState(layout="nine", enlarged="moving.axial")) == "The moving image alone."
    assert what_is_shown(state, ViewState(layout="nine", enlarged="fused.axial")).startswith("Scanner alignment")
