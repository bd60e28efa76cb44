"""Lines of equal predicted error over the slices."""

from __future__ import annotations

import pytest
from keyboard import key_click
from landmark_sets import noisy
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication
from windows import OpenWindow, picture, put_pairs, written

from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import why_withheld_text
from fusionviewer.session import landmark_edits
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """On the page of landmarks, with all its sections open."""
    return open_window(page="Landmarks", unfolded=True)


def test_a_key_draws_the_lines_in_fused_and_fixed_panes_only(window: MainWindow) -> None:
    assert not window.actions_by_key["show_error_lines"].isEnabled()
    put_pairs(window, noisy(6, 0.5))
    model = window.workspace.view_model
    model.set_layout("nine")
    keys = ("fused.axial", "fused.coronal", "fixed.axial", "fixed.sagittal", "moving.axial")
    bare = {key: picture(window, key) for key in keys}
    key_click(window.images, Qt.Key.Key_I)
    assert model.view.show_error_lines
    assert {key for key in keys if picture(window, key) != bare[key]} == set(keys) - {"moving.axial"}
    key_click(window.images, Qt.Key.Key_I)
    assert all(picture(window, key) == bare[key] for key in keys)


def test_the_lines_follow_the_pairs_and_lie_where_the_prediction_says(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    model = window.workspace.view_model
    model.set_blend(fade=0.0)
    view = window.images.view("fused.axial")
    bare = picture(window, "fused.axial")
    model.change(show_error_lines=True)
    drawn = picture(window, "fused.axial")
    facts, frame = landmark_facts(window.workspace.document.state), view.frame()
    assert frame is not None
    bright = []
    for x in range(view.width() // 2, view.width()):  # along a row through the middle, without legend and names
        y = view.height() // 3
        if drawn.pixelColor(x, y).lightness() > bare.pixelColor(x, y).lightness() + 60:
            bright.append(facts.tre_mm(frame.point_under(QPointF(x, y))))
    assert bright
    step = 0.05  # every step that levels can have is a multiple of this
    away = [abs(mm / step - round(mm / step)) * step / mm for mm in bright if mm is not None]
    assert max(away) < 0.03
    put_pairs(window, noisy(5, 0.5))
    assert picture(window, "fused.axial") != drawn


def test_lines_stay_chosen_without_a_fit_and_can_be_put_off(window: MainWindow) -> None:
    put_pairs(window, noisy(3, 0.5))
    window.workspace.view_model.change(show_error_lines=True)
    with_fit = picture(window, "fused.axial")
    put_pairs(window, noisy(2, 0.5))
    assert picture(window, "fused.axial") != with_fit
    assert window.actions_by_key["show_error_lines"].isEnabled()
    window.workspace.view_model.change(show_error_lines=False)
    assert not window.actions_by_key["show_error_lines"].isEnabled()


def test_lines_that_the_residuals_contradict_are_not_drawn_and_the_reason_is_said(window: MainWindow) -> None:
    """Asked for by the key: the views and the status line say why there are none, and so does the tool tip."""
    document = window.workspace.document
    document.apply("FLE", landmark_edits.set_fle(document.state, 1.0))
    put_pairs(window, noisy(8, 12.0))
    bare = {key: picture(window, key) for key in ("fused.axial", "fused.coronal")}
    key_click(window.images, Qt.Key.Key_I)
    assert window.workspace.view_model.view.show_error_lines
    assert picture(window, "fused.coronal") == bare["fused.coronal"]  # the first pane alone has the words
    assert picture(window, "fused.axial") != bare["fused.axial"]
    facts = landmark_facts(document.state)
    why = why_withheld_text(facts)
    assert why.startswith("The predicted error (TRE) of the fit to the landmarks cannot be believed: the residuals")
    assert written(window, "status") == f"{why} No TRE isocontours are drawn."
    action = window.actions_by_key["show_error_lines"]
    assert action.isEnabled()
    assert why in action.toolTip()
    document.apply("FLE", landmark_edits.set_fle(document.state, 12.0))
    QApplication.processEvents()
    assert picture(window, "fused.coronal") != bare["fused.coronal"]
    assert "believed" not in action.toolTip()
    key_click(window.images, Qt.Key.Key_I)
    assert {key: picture(window, key) for key in bare} == bare
