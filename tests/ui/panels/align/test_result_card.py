"""The result of the alignment, in a place that never moves, and what it says to do next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fusion_checks import made_evidence, put_evidence
from landmark_sets import noisy, one_off
from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QApplication, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, Dress, OpenWindow, child, click, put_pairs

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.guidance import what_to_do
from fusionviewer.imaging.readers import read_volume
from fusionviewer.registration import Ending, RegistrationResult
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.reason import Reason
from fusionviewer.session import edits
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.panels.align.result_card import ResultCard
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.step_bar import StepButton


@pytest.fixture
def window(open_window: OpenWindow, phantom_files: tuple[Path, Path]) -> MainWindow:
    """With images that lie in files, so that a study of them can be opened again."""
    fixed, moving = (read_volume(path) for path in phantom_files)
    return open_window(edits.new_study(fixed, moving))


@pytest.fixture
def run(window: MainWindow, qtbot: QtBot) -> RegistrationResult:
    """What a real registration found, without whatever it had to say against itself."""
    register_commands.start_register(window.workspace, "header")
    wait_until_idle(window.workspace, qtbot)
    found = window.workspace.document.state.alignment.run
    assert found is not None
    window.workspace.document.undo_stack.undo()
    sure = replace(found, ending=Ending.CONVERGED, reasons=(Reason("settled"),))
    take(window, sure)
    return sure


def doubtful(run: RegistrationResult) -> RegistrationResult:
    reasons = (Reason("parts_disagree", {"parts_mm": 7.5}), Reason("lone_start", {"starts": 16.0}))
    return replace(run, ending=Ending.DOUBTFUL, reasons=reasons)


def said(window: MainWindow) -> tuple[str, str, str]:
    """The title, the next action, and whether it is the accent."""
    card, button = child(window, ResultCard), child(window, QPushButton, "next_action")
    return card.title.text(), button.text(), "accent" if button.property("accent") else ""


def take(window: MainWindow, run: RegistrationResult) -> None:
    document = window.workspace.document
    document.apply("Register", edits.take_run(document.state, run))
    QApplication.processEvents()


def test_after_a_run_the_next_action_is_review_and_never_refine(window: MainWindow, run: RegistrationResult) -> None:
    title, action, accent = said(window)
    assert title == "Registered · not checked"
    assert (action, accent) == ("Review", "accent")
    for name in ("button_refine", "button_register"):
        assert not child(window, QPushButton, name).property("accent"), name
    window.workspace.view_model.set_layout("pairs")
    click(window, "next_action")
    assert window.workspace.window.step == "review"
    assert window.workspace.view_model.view.layout == "fused"  # a review begins with both images together


def test_the_accent_goes_with_a_review_and_comes_back_when_it_is_out_of_date(
    window: MainWindow, run: RegistrationResult
) -> None:
    workspace = window.workspace
    for of, action in ((run, "Review"), (doubtful(run), "Place landmarks")):
        take(window, of)
        assert said(window)[1:] == (action, "accent")
        review_commands.review(workspace, "accepted", "", "AB")
        assert said(window)[1:] == (action, "")
        put_pairs(window, noisy(3, 0.5))
        assert child(window, StepButton, "step_review").state.words == "Out of date"
        assert said(window)[1:] == (action, "accent")
        workspace.document.undo_stack.undo()
        assert said(window)[1:] == (action, "")
        review_commands.withdraw(workspace)


def test_low_confidence_asks_for_landmarks_and_stays_visible(
    window: MainWindow, run: RegistrationResult, open_window: OpenWindow, chosen: Chosen, tmp_path: Path, qtbot: QtBot
) -> None:
    take(window, doubtful(run))
    wanted = ("▲ Low confidence", "Place landmarks", "accent")
    step = child(window, StepButton, "step_align")
    assert said(window) == wanted
    assert (step.state.mark, step.state.words) == ("caution", "Low confidence")
    against = child(window, ClampedLabel, "result")
    assert "7.5 mm" in against.text()
    assert against.toolTip() == against.text()
    assert not child(window, QPushButton, "button_register").property("accent")
    assert "This is the next step." in step.toolTip()
    assert "Place landmark pairs (N)" in what_to_do(window.workspace.document.state, ViewState(), placing=False)
    document = window.workspace.document
    document.undo_stack.undo()
    assert said(window) != wanted
    document.undo_stack.redo()
    assert said(window) == wanted
    chosen.path = tmp_path / "doubtful.fusion.json"
    save_study(document.state, None, chosen.path)
    again = open_window(EMPTY)
    click(again, "button_open_study")
    wait_until_idle(again.workspace, qtbot)
    assert said(again) == wanted
    assert child(again, StepButton, "step_align").state.words == "Low confidence"
    assert again.workspace.window.step == "align"
    click(again, "next_action")
    assert len(again.workspace.document.state.landmarks) == 1
    assert again.column.align.page == "Landmarks"


def test_a_title_that_does_not_fit_has_a_shorter_form(
    window: MainWindow, run: RegistrationResult, dressed: Dress
) -> None:
    dressed()
    show_step(window.workspace, "align")
    bounds = Bounds(run.start, np.zeros(3), 99.0, 99.0)
    for ending, whole, short in (
        (Ending.BOUNDED, "▲ Refined within limits · limit reached", "▲ Limit reached"),
        (Ending.CONVERGED, "Refined within limits · not checked", "Not checked"),
    ):
        take(window, replace(run, ending=ending, seconds=12345.6, bounds=bounds))
        title = child(window, ResultCard).title
        for width, shown in ((1920, whole), (1280, short), (1000, short)):
            window.resize(width, 800)
            QApplication.processEvents()
            assert title.shown == shown
            assert title.toolTip() == whole


def test_no_result_pushes_what_is_below_it(window: MainWindow, run: RegistrationResult) -> None:
    show_step(window.workspace, "align")
    below = [child(window, QTabBar, "align_pages"), *(
        child(window, QWidget, name)
        for name in ("button_register", "start", "button_refine", "max_shift", "gauge_translation", "fold_advanced")
    )]  # fmt: skip

    def places() -> list[QPoint]:
        for _ in range(3):
            QApplication.processEvents()
        return [part.mapTo(window, QPoint()) for part in below]

    document = window.workspace.document
    registered = places()
    take(window, doubtful(run))
    assert places() == registered
    put_evidence(window.workspace, made_evidence(run.moving_from_fixed, 6.0))
    assert places() == registered
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert places() == registered
    register_commands.start_refine(window.workspace)
    assert places() == registered
    window.workspace.runner.cancel()
    assert places() == registered


def test_tabs_stay_in_sight_and_each_step_begins_at_its_top(window: MainWindow) -> None:
    window.resize(1000, 600)
    show_step(window.workspace, "align")
    QApplication.processEvents()
    area = window.column.align._pages.currentWidget()
    bar = area.verticalScrollBar()  # type: ignore[union-attr]
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    tabs = child(window, QTabBar, "align_pages")
    assert tabs.visibleRegion().boundingRect().size() == tabs.size()
    show_step(window.workspace, "review")
    show_step(window.workspace, "align")
    assert bar.value() == 0


def test_what_speaks_against_a_pose_stands_in_the_same_place(window: MainWindow, run: RegistrationResult) -> None:
    """The sign of a caution comes from another typeface, which must not make the line higher."""
    card, heights = child(window, ResultCard), set()
    take(window, run)
    for pairs in ((), tuple(one_off())):
        document = window.workspace.document
        document.apply(
            "Fit", replace(edits.set_pose(document.state, run.moving_from_fixed, "landmarks"), landmarks=pairs)
        )
        QApplication.processEvents()
        heights.add((card.height(), card.title.height(), card.sentence.y()))
    assert card.title.text().startswith("▲")
    assert len(heights) == 1
