"""The assessment of a fusion on the result card: its reasons, the places that they name, and the correction."""

from __future__ import annotations

import numpy as np
import pytest
from fusion_checks import made_evidence, put_evidence
from keyboard import key_click
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import Dress, OpenWindow, child, click, written

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.guard import fusion_check
from fusionviewer.app.state.guard.judging import Evidence, Pair
from fusionviewer.geometry import RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Finding, found
from fusionviewer.session.state import SIDES
from fusionviewer.ui.panels.align.reason_list import ReasonList
from fusionviewer.ui.panels.align.result_card import ResultCard
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.step_bar import StepButton


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window()
    show_step(window.workspace, "align")
    QApplication.processEvents()
    return window


def assess(window: MainWindow, shift_mm: float, *more: Finding) -> None:
    pose = window.workspace.document.state.alignment.moving_from_fixed
    put_evidence(window.workspace, made_evidence(pose, shift_mm, 0.0, *more))
    QApplication.processEvents()


def reasons(window: MainWindow) -> list[str]:
    inner = child(window, ReasonList).widget()
    assert inner is not None
    return [label.text() for label in inner.findChildren(QLabel) if label.isVisible()]


def title(window: MainWindow) -> str:
    return child(window, ResultCard).title.shown


def test_the_card_says_what_the_check_says_and_nothing_else(window: MainWindow) -> None:
    window.resize(1000, 600)
    QApplication.processEvents()
    assert title(window) == "Not checked"
    assess(window, 6.0)
    assert title(window) == "✗ Wrong"
    assert written(window, "result").startswith("Expected error, calibrated on simulations: 5.")
    assert "in 95 of 100 such cases" in child(window, QLabel, "result").toolTip()
    assert reasons(window)[0].startswith("▲ Second opinion: skull and skin lie 6.0 mm off")
    assert child(window, StepButton, "step_align").state.words.startswith("Wrong")
    assert child(window, QPushButton, "next_action").text() == "Place landmarks"
    document = window.workspace.document
    pose = document.state.alignment.moving_from_fixed
    window.actions_by_key["start_centre"].trigger()
    assert (title(window), reasons(window)) == ("Centres aligned", [])
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == pose
    assert title(window) == "✗ Wrong"


@pytest.mark.parametrize("by_key", [True, False])
def test_a_reason_with_a_place_puts_the_crosshair_there(window: MainWindow, by_key: bool) -> None:
    assess(window, 0.0)
    button = child(window, QToolButton, "show_bone_distance")
    assert "The skull of the CT" in button.accessibleName()
    if by_key:
        button.setFocus(Qt.FocusReason.TabFocusReason)
        key_click(button, Qt.Key.Key_Space)
        seen = button.visibleRegion().boundingRect()
        assert seen.height() == button.height(), "what has the keyboard is scrolled into sight"
    else:
        child(window, ReasonList).ensureWidgetVisible(button)
        click(window, "show_bone_distance")
    assert window.workspace.view_model.view.fixed.cursor == (10.0, -20.0, 30.0)


def test_every_view_goes_to_the_place_also_in_rows_of_their_own_and_when_enlarged(window: MainWindow) -> None:
    assess(window, 0.0)
    model = window.workspace.view_model
    model.set_layout("pairs")
    model.link_rows(False)
    for side in SIDES:
        model.zoom(side, 4.0)
    button = child(window, QToolButton, "show_bone_distance")
    child(window, ReasonList).ensureWidgetVisible(button)
    click(window, "show_bone_distance")
    place = np.array([10.0, -20, 30])
    there = {"fixed": place, "moving": model.pose.apply(place)}
    for side in SIDES:
        np.testing.assert_allclose(model.view.space(side).cursor, there[side])
        np.testing.assert_allclose(model.view.space(side).focus, there[side])


def test_inverse_consistency_joins_the_reasons(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = window.actions_by_key["check_inverse"]
    window.actions_by_key.refresh()
    assert not action.isEnabled()
    assert "Check this fusion first" in action.toolTip()
    assess(window, 0.0)
    apart = found("inverse_apart", (1.0, 2.0, 3.0), apart_mm=4.2)
    monkeypatch.setattr(review_commands, "inverse_consistency", lambda *_: apart)
    action.trigger()
    wait_until_idle(window.workspace, qtbot)
    assert title(window).endswith("Look")
    # labels that join a layout show themselves when the events are processed, not before
    qtbot.waitUntil(lambda: any("the other way round" in reason and "4.2 mm" in reason for reason in reasons(window)))


def test_the_correction_is_tried_as_one_step_that_can_be_compared(window: MainWindow) -> None:
    document = window.workspace.document
    before = document.state.alignment.moving_from_fixed
    button = child(window, QPushButton, "button_try_correction")
    assert not button.isEnabled()
    assert "has not been checked yet" in button.toolTip()
    assess(window, 0.5)
    assert "0.5 mm: no more than the check errs itself" in button.toolTip()
    assess(window, 4.0)
    steps = document.undo_stack.count()
    click(window, "button_try_correction")
    alignment = document.state.alignment
    np.testing.assert_allclose(alignment.moving_from_fixed.apply(np.zeros(3)), before.apply(np.array([0, 4.0, 0])))
    assert (alignment.origin, alignment.start) == ("correction", before)
    assert (document.undo_stack.count(), document.undo_stack.undoText()) == (steps + 1, "Try the check's correction")
    assert title(window) == "Not checked"
    assert child(window, QPushButton, "result_correction").isChecked()
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == before
    assert title(window).startswith("✗ Wrong"), "what was found of the pose before is shown at once"


@pytest.mark.parametrize("code", ["edges_fit_nowhere", "mirrored_edges"])
def test_where_the_surfaces_fit_nowhere_nothing_is_tried(window: MainWindow, code: str) -> None:
    values = {"edges_fit_nowhere": {"unsure_mm": 0.9, "misfit_mm": 3.0}, "mirrored_edges": {"mirror_share": 1.2}}[code]
    assess(window, 4.0, found(code, None, **values))
    button = child(window, QPushButton, "button_try_correction")
    assert not button.isEnabled()
    assert "cannot say where" in button.toolTip()


@pytest.mark.parametrize("size", [(1000, 600), (1280, 800), (1920, 1200)])
def test_nothing_of_the_assessment_is_cut_off_or_moves(
    window: MainWindow, dressed: Dress, size: tuple[int, int]
) -> None:
    dressed()
    window.resize(*size)
    places = set()
    for mm in (None, 0.0, 2.4, 6.0):
        if mm is not None:
            assess(window, mm)
        for _ in range(3):
            QApplication.processEvents()
        for name in ("next_action", "button_undo", "button_try_correction", "check", "result"):
            part = child(window.column.align, QWidget, name)
            assert part.visibleRegion().boundingRect().size() == part.size(), name
            if isinstance(part, QPushButton):
                assert part.width() >= part.fontMetrics().horizontalAdvance(part.text()) + 8, (name, part.text())
        card, reasons = child(window, ResultCard), child(window, ReasonList)
        told = card.sentence.shown_lines()
        assert not told[-1].endswith("…"), told
        register = child(window, QPushButton, "button_register")
        places.add((card.height(), reasons.height(), register.mapTo(window, QPoint()).y()))
    assert len(places) == 1


def test_the_page_of_landmarks_keeps_its_room_and_tells_the_reasons_in_a_tool_tip(window: MainWindow) -> None:
    assess(window, 6.0)
    window.column.align.show_page("Landmarks")
    QApplication.processEvents()
    assert not child(window, ReasonList).isVisible()
    assert "· Second opinion: skull and skin lie 6.0 mm off" in child(window, ResultCard).title.toolTip()


def test_the_check_is_cancelled_and_asked_for_by_one_button(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def judge(pair: Pair, pose: RigidTransform, observer: Observer) -> Evidence | None:
        while not observer.cancelled.wait(0.005):
            pass
        return None

    monkeypatch.setattr(fusion_check, "judge", judge)
    button, check = child(window, QPushButton, "check"), window.workspace.check
    assert button.text() == "Check"
    click(window, "check")
    assert (button.text(), title(window)) == ("Cancel", "Checking …")
    click(window, "check")
    assert (button.text(), title(window)) == ("Check", "Not checked")
    qtbot.waitUntil(lambda: not check.busy)
    window.actions_by_key["check_fusion"].trigger()
    assert button.text() == "Cancel"
    window.close()
    qtbot.waitUntil(lambda: not check.busy)  # else the fixtures would find a thread left behind


def test_the_reasons_stay_legible_where_there_is_room(window: MainWindow) -> None:
    heights = []
    for high in (600, 800, 1200):
        window.resize(1280, high)
        QApplication.processEvents()
        heights.append(child(window, ReasonList).height())
    assert heights == sorted(set(heights))
