"""The plot of the similarity: it belongs to the pose that is shown, or to the registration that runs."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyqtgraph
import pytest
from keyboard import CTRL, press
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import Chosen, OpenWindow, child

from fusionviewer.app.commands import register as register_commands
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.progress import Observer
from fusionviewer.registration import Ending, PoseUpdate, RegistrationResult, RegistrationSettings
from fusionviewer.registration.reason import Reason
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import save_study
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.metric_plot import MetricPlot

NEVER, ELSEWHERE = "Similarity: no registration yet", "Similarity: this pose comes from no registration"
MOVED = RigidTransform.about(np.eye(3), np.zeros(3), np.array([5.0, 0, 0]))


def _result(pose: RigidTransform, *metrics: float) -> RegistrationResult:
    trace = tuple(("fine", step, metric) for step, metric in enumerate(metrics))
    return RegistrationResult(
        pose,
        pose,
        Ending.CONVERGED,
        (Reason("settled"),),
        RegistrationSettings(),
        "current",
        metrics[-1],
        1.0,
        trace=trace,
    )


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned, overview="Convergence")


def _title(window: MainWindow) -> str:
    return child(child(window, MetricPlot), QLabel).text()


def _curve(window: MainWindow) -> list[float]:
    """The similarities that are drawn; none where the axes are hidden."""
    plot = child(child(window, MetricPlot), pyqtgraph.PlotWidget)
    heights = plot.getPlotItem().listDataItems()[0].getData()[1]
    assert plot.isVisible() == (heights is not None and len(heights) > 0)
    return [] if heights is None else list(heights)


def _register(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, result: RegistrationResult) -> None:
    """Register with the key; what it finds is given."""
    monkeypatch.setattr(register_commands, "register", lambda *_, **__: result)
    press(Qt.Key.Key_R, CTRL)
    wait_until_idle(window.workspace, qtbot)


def test_undo_and_redo_show_the_course_that_led_to_the_pose_shown(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _title(window) == NEVER
    _register(window, qtbot, monkeypatch, _result(MOVED, 0.1, 0.3))
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.3000")
    assert _curve(window) == [0.1, 0.3]
    _register(window, qtbot, monkeypatch, _result(RigidTransform.identity(), 0.2, 0.25, 0.4))
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.4000")
    press(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.3000")
    assert _curve(window) == [0.1, 0.3]
    press(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: _title(window) == NEVER)
    assert _curve(window) == []
    press(Qt.Key.Key_Y, CTRL)
    press(Qt.Key.Key_Y, CTRL)
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.4000")
    assert _curve(window) == [0.2, 0.25, 0.4]


def test_a_pose_by_hand_has_none_and_a_result_that_is_chosen_again_has_its_own(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _register(window, qtbot, monkeypatch, _result(MOVED, 0.1, 0.3))
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: _title(window) == ELSEWHERE)
    assert _curve(window) == []
    document = window.workspace.document
    document.apply("choose", edits.choose_alternative(document.state, "registration"))
    qtbot.waitUntil(lambda: _curve(window) == [0.1, 0.3])


def test_a_running_registration_is_followed_and_cancelled_it_leaves_what_was_there(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _register(window, qtbot, monkeypatch, _result(MOVED, 0.1, 0.3))

    def runs(*_: object, observer: Observer, **__: object) -> RegistrationResult:
        step = 0
        while True:
            step += 1
            observer.report(0.5, "rough", PoseUpdate(MOVED, step / 100, "rough", step))
            time.sleep(0.02)

    monkeypatch.setattr(register_commands, "register", runs)
    press(Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: _title(window).startswith("Similarity, rough: "))
    qtbot.waitUntil(lambda: len(_curve(window)) > 2)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.3000")
    assert _curve(window) == [0.1, 0.3]


def test_a_study_that_is_opened_shows_the_course_that_it_was_saved_with(
    window: MainWindow, qtbot: QtBot, chosen: Chosen, phantom_files: tuple[Path, Path], tmp_path: Path
) -> None:
    fixed, moving = (read_volume(path) for path in phantom_files)
    chosen.path = tmp_path / "s.fusion.json"
    save_study(edits.take_run(edits.new_study(fixed, moving), _result(MOVED, 0.1, 0.3)), None, chosen.path)
    window.actions_by_key["open_study"].trigger()
    wait_until_idle(window.workspace, qtbot)
    qtbot.waitUntil(lambda: _title(window) == "Similarity, fine: 0.3000")
    assert _curve(window) == [0.1, 0.3]


def test_the_axes_stay_while_the_course_stays_inside_and_hold_all_of_it_when_it_leaves(window: MainWindow) -> None:
    plot = child(window, MetricPlot)
    view = child(plot, pyqtgraph.PlotWidget).getViewBox()
    metrics = [0.21 + 0.0005 * step for step in range(120)]

    def ends(count: int) -> tuple[float, float, float, float]:
        window.workspace.set_live_trace(tuple(("8 mm", step, metrics[step]) for step in range(count)))
        plot._show()
        (left, right), (low, high) = view.viewRange()
        assert left <= 0
        assert right >= count - 1
        assert low <= metrics[0]
        assert high >= metrics[count - 1]
        return left, right, low, high

    first = ends(25)
    assert ends(30) == first
    assert ends(120) != first


def test_the_names_of_the_levels_stand_above_the_curve(window: MainWindow) -> None:
    plot = child(window, MetricPlot)
    window.resize(1000, 600)
    window.workspace.set_live_trace(tuple(("8 mm", step, 0.5 + 0.01 * step) for step in range(30)))
    for _ in range(4):  # the plot gets its room, and is drawn anew in it
        QApplication.processEvents()
        plot._show()
    view = child(plot, pyqtgraph.PlotWidget).getViewBox()
    name = next(item for item in plot._levels if item.isVisible())
    top_of_curve = view.mapViewToScene(QPointF(29.0, 0.79)).y()
    assert name.mapRectToScene(name.boundingRect()).bottom() < top_of_curve


@pytest.mark.parametrize(("height", "seen"), [(60, False), (300, True)])
def test_without_room_the_curve_has_no_numbers(window: MainWindow, height: int, seen: bool) -> None:
    window.workspace.document.apply("run", edits.take_run(window.workspace.document.state, _result(MOVED, 0.1, 0.2)))
    plot = child(window, MetricPlot)
    plot.resize(plot.width(), height)
    axes = child(plot, pyqtgraph.PlotWidget)
    assert [axes.getAxis(side).isVisible() for side in ("left", "bottom")] == [seen, seen]


def test_the_axes_and_the_pyramid_levels_are_named(window: MainWindow) -> None:
    plot = child(window, MetricPlot)
    window.workspace.set_live_trace((("8 mm", 0, 0.1), ("8 mm", 1, 0.2), ("4 mm", 2, 0.15)))
    plot._show()
    axes = child(plot, pyqtgraph.PlotWidget)
    assert [axes.getAxis(side).labelText for side in ("left", "bottom")] == ["Similarity", "Iteration"]
    shown = [item for item in axes.getPlotItem().items if isinstance(item, pyqtgraph.TextItem) and item.isVisible()]
    assert [(item.toPlainText(), item.pos().x()) for item in shown] == [("8 mm", 0.0), ("4 mm", 2.0)]
    window.workspace.set_live_trace((("8 mm", 0, 0.1),))
    plot._show()
    assert [item.isVisible() for item in shown] == [True, False]
