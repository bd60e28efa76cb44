"""The tour in the window, gone through with its keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from windows import Dress, OpenWindow, child, click, press_in_views, written

from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.review import tour as tour_module
from fusionviewer.quality.review.tour_stops import TourStop
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow

STOPS = tuple(
    TourStop(f"Near the {part}", f"Look at the {part}.", (0.0, 0.0, 10.0 * n), "axial", BlendMode.EDGES)
    for n, part in enumerate(("vertex", "falx", "clivus"))
)


@pytest.fixture
def window(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(tour_module, "tour_stops", lambda state, assessment: STOPS)
    made = open_window()
    show_step(made.workspace, "review")
    QApplication.processEvents()
    return made


def test_the_tour_is_gone_through_by_keys_which_act_only_meanwhile(window: MainWindow, qtbot: QtBot) -> None:
    before = window.workspace.view_model.view
    press_in_views(window, Qt.Key.Key_A)
    assert window.workspace.tour.looked_at == ()
    assert "Start the tour first" in window.status.sentence.text()
    child(window, QLineEdit, "initials").setFocus()
    click(window, "button_start_tour")
    qtbot.waitUntil(lambda: window.workspace.tour.place is not None)
    assert window.images.active_view().hasFocus(), "the keys of the tour are no initials"
    assert written(window, "tour_where") == "1 of 3 · Near the vertex"
    assert written(window, "tour_look_for") == "Look at the vertex."
    assert [child(window, QPushButton, f"button_tour_{one}").text() for one in ("pass", "fail", "skip")] == [
        "Pass (A)", "Fail (R)", "Skip (Z)",
    ]  # fmt: skip
    assert not child(window, QPushButton, "button_tour_back").isEnabled()
    press_in_views(window, Qt.Key.Key_A)
    press_in_views(window, Qt.Key.Key_R)
    assert written(window, "tour_where") == "3 of 3 · Near the clivus"
    click(window, "button_tour_back")
    assert written(window, "tour_where") == "2 of 3 · Near the falx · failed before"
    press_in_views(window, Qt.Key.Key_R)
    press_in_views(window, Qt.Key.Key_Z)
    assert written(window, "tour_told") == "Places: 1 passed, 1 skipped, 1 failed (Near the falx)."
    assert child(window, QLabel, "tour_told").property("role") == "caption_warning"
    assert window.workspace.view_model.view == before


def test_a_window_that_is_closed_on_the_tour_remembers_the_view_of_before(
    window: MainWindow, open_window: OpenWindow, qtbot: QtBot
) -> None:
    click(window, "button_start_tour")
    qtbot.waitUntil(lambda: window.workspace.tour.place is not None)
    assert window.workspace.view_model.view.layout == "large"
    window.close()
    assert open_window().workspace.view_model.view.layout == "fused"


def test_nothing_below_moves_when_it_begins(window: MainWindow, qtbot: QtBot) -> None:
    section = window.column.review.findChild(QPushButton, "button_start_tour")
    assert section is not None
    height = window.column.review.height(), child(window, QLabel, "known").y()
    click(window, "button_start_tour")
    qtbot.waitUntil(lambda: window.workspace.tour.place is not None)
    QApplication.processEvents()
    assert (window.column.review.height(), child(window, QLabel, "known").y()) == height


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_button_has_room_for_its_words(
    dressed: Dress, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, scale: float
) -> None:
    long = replace(STOPS[0], name="Target “a name that is far longer than the panel is wide, and goes on”")
    monkeypatch.setattr(tour_module, "tour_stops", lambda state, assessment: (long,))
    dressed(scale=scale)
    window = open_window()
    window.resize(SMALLEST)
    show_step(window.workspace, "review")
    window.actions_by_key["start_tour"].trigger()
    qtbot.waitUntil(lambda: window.workspace.tour.place is not None)
    QApplication.processEvents()
    for name in ("pass", "fail", "skip", "back", "end"):
        button = child(window, QPushButton, f"button_tour_{name}")
        assert button.width() >= button.minimumSizeHint().width(), name
