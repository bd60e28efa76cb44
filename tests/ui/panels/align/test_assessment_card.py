"""The assessment of a fusion on the result card: its reasons, the places that they name, and the correction."""

from __future__ import annotations

import numpy as np
import pytest
from fusion_checks import made_evidence, put_evidence
from keyboard import key_click
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from windows import Dress, OpenWindow, child, click, written

from fusionviewer.app.commands.window import show_step
from fusionviewer.quality.finding import Finding, found
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
    return [label.text() for label in child(window, ReasonList).widget().findChildren(QLabel) if label.isVisible()]  # type: ignore[union-attr]


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
def test_nothing_of_the_card_is_cut_off_or_moves(window: MainWindow, dressed: Dress, size: tuple[int, int]) -> None:
    dressed()
    window.resize(*size)
    places = set()
    for mm in (None, 0.0, 2.4, 6.0):
        if mm is not None:
            assess(window, mm)
        for _ in range(3):
            QApplication.processEvents()
        card = child(window, ResultCard)
        room = QRect(card.mapTo(window, QPoint()), card.size())
        for name in ("next_action", "button_undo", "button_try_correction", "check", "result", "reasons"):
            part = child(card, QWidget, name)
            assert card.rect().contains(QRect(part.mapTo(card, QPoint()), part.size())), name
            if isinstance(part, QPushButton):
                needed = part.fontMetrics().horizontalAdvance(part.text())
                assert part.width() >= needed + 8, (name, part.text())
        told = card.sentence.shown_lines()
        assert not told[-1].endswith("…"), told
        places.add((room.top(), room.height(), card.reasons.y(), card.reasons.height()))
    assert len(places) == 1


def test_the_reasons_stay_legible_where_there_is_room(window: MainWindow) -> None:
    heights = []
    for high in (600, 800, 1200):
        window.resize(1280, high)
        QApplication.processEvents()
        heights.append(child(window, ReasonList).height())
    assert heights == sorted(set(heights))
