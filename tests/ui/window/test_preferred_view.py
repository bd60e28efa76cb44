"""What of the views follows the preferences: the letters of the sides, and which way the wheel goes."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import CTRL
from mouse import Hand
from panes import cursor_of, middle_of
from pixels import rgb
from PyQt6.QtWidgets import QLabel, QToolButton, QWidget
from windows import OpenWindow, child, picture

from fusionviewer.ui.panels.align.pose_section import PoseNumber, PoseSection
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.position_readout import PositionReadout


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(page="Manual")


def written_in(part: QWidget) -> set[str]:
    return {label.text() for label in part.findChildren(QLabel)}


def test_the_letters_of_the_long_axis_change_at_once_and_no_others(window: MainWindow) -> None:
    before = {name: rgb(picture(window, f"fused.{name}")) for name in ("axial", "sagittal", "coronal")}
    window.workspace.preferences.change(side_letters="SI")
    after = {name: rgb(picture(window, f"fused.{name}")) for name in before}
    assert np.array_equal(before["axial"], after["axial"])
    for name in ("sagittal", "coronal"):
        rows, columns = np.nonzero((before[name] != after[name]).any(axis=2))
        height, width = before[name].shape[:2]
        assert rows.size
        assert np.abs(columns - width / 2).max() < 20  # in the middle of the upper and the lower edge
        assert {row < height / 2 for row in rows} == {True, False}
        assert np.minimum(rows, height - rows).max() < 40
    window.workspace.preferences.change(side_letters="HF")
    assert np.array_equal(rgb(picture(window, "fused.coronal")), before["coronal"])


def test_headings_and_tool_tips_have_the_same_letters(window: MainWindow) -> None:
    readout, section = child(window, PositionReadout), child(window, PoseSection)
    shift, turn = child(window, PoseNumber, "shift_z"), child(window, PoseNumber, "turn_x")
    assert "z (F–H)" in written_in(readout)
    assert "z  H+" in written_in(section)
    assert shift.toolTip().startswith("Translation along z as it is seen: + is towards the head (H). ")
    assert turn.toolTip().startswith("Rotation about x as it is seen: + is from the back (P) to the head (H). ")
    window.workspace.preferences.change(side_letters="SI")
    assert {"x (R–L)", "y (A–P)", "z (I–S)"} <= written_in(readout)
    assert {"x  L+", "y  P+", "z  S+"} <= written_in(section)
    assert shift.toolTip().startswith("Translation along z as it is seen: + is towards the head (S). ")
    assert turn.toolTip().startswith("Rotation about x as it is seen: + is from the back (P) to the head (S). ")
    window.workspace.view_model.change(ras=True)
    assert {"x (L–R)", "y (P–A)", "z (I–S)"} <= written_in(readout)


def test_the_sides_of_the_3d_view_have_the_same_letters(window: MainWindow) -> None:
    sides = ("anterior", "posterior", "left", "right", "superior", "inferior")
    buttons = [child(window, QToolButton, f"view_{side}") for side in sides]
    assert "".join(button.text() for button in buttons) == "APLRHF"
    window.workspace.preferences.change(side_letters="SI")
    assert "".join(button.text() for button in buttons) == "APLRSI"
    assert buttons[4].accessibleName() == "Superior view"


def test_the_wheel_goes_the_other_way_where_that_is_preferred_and_zooms_as_before(window: MainWindow) -> None:
    view, model = window.images.view("fused.axial"), window.workspace.view_model
    start = cursor_of(model)[2]
    Hand(view).wheel(middle_of(view), 120)
    forward = cursor_of(model)[2]
    assert forward > start  # towards the head
    window.workspace.preferences.change(reverse_wheel=True)
    Hand(view).wheel(middle_of(view), 240)
    assert cursor_of(model)[2] == pytest.approx(2 * start - forward)
    zoom = model.view.fixed.zoom
    Hand(view).wheel(middle_of(view), 120, CTRL)
    assert model.view.fixed.zoom > zoom


def test_the_mosaic_goes_that_way_too(open_window: OpenWindow) -> None:
    window = open_window(layout="mosaic")
    window.workspace.preferences.change(reverse_wheel=True)
    view, model = window.images.view("mosaic.5"), window.workspace.view_model
    before = model.view.fixed.focus[2]
    Hand(view).wheel(middle_of(view), 120)
    assert model.view.fixed.focus[2] < before
