"""The real window, driven with real clicks and keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from answers import Answers
from mouse import Hand
from phantoms import MOVING_FROM_FIXED, centre_of
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands import regions
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.registration.presets import load_preset
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.window import main_window as main_window_module
from fusionviewer.ui.window import preset_menu
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.preset_menu import PresetMenu

Left = Qt.MouseButton.LeftButton


@dataclass
class Chosen:
    """The file that the file dialog would give."""

    path: Path | None = None


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    answer = Chosen()
    for name in ("choose_file", "choose_folder", "choose_new_file"):
        monkeypatch.setattr(main_window_module, name, lambda *_: answer.path)
    return answer


@pytest.fixture
def make_window(qtbot: QtBot, chosen: Chosen) -> Iterator[Callable[[], MainWindow]]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow()
        window.workspace.questions = Answers()
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        made.append(window)
        return window

    yield make
    for window in made:
        window.workspace.questions = Answers()
        window.close()
        window.deleteLater()


@pytest.fixture
def files(tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume) -> Path:
    write_volume(phantom_mr, tmp_path / "mr.nii.gz")
    write_volume(phantom_ct, tmp_path / "ct.nii.gz")
    return tmp_path


def _idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.workspace.runner.busy, timeout=120_000)


def _child(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert isinstance(found, QWidget), name
    return found


def _press(window: MainWindow, qtbot: QtBot, name: str) -> None:
    button = _child(window, QPushButton, f"button_{name}")
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Left)


def _key(window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(window.images.active_view(), key, modifier or Qt.KeyboardModifier.NoModifier)


def _click_at(window: MainWindow, qtbot: QtBot, side: Side, point: Points) -> None:
    """Bring a place of an image into its axial pane, and click it there."""
    window.workspace.view_model.set_cursor(side, point)
    view = window.images.view(f"{side}.axial")
    frame = view.frame()
    assert frame is not None
    at = frame.position(point)
    qtbot.mouseClick(view, Left, pos=QPoint(round(at.x()), round(at.y())))


def _open(window: MainWindow, qtbot: QtBot, chosen: Chosen, files: Path) -> None:
    for action, name in (("open_fixed", "mr.nii.gz"), ("open_moving", "ct.nii.gz")):
        chosen.path = files / name
        _press(window, qtbot, action)
        _idle(window, qtbot)


def _summary(state: FusionState) -> tuple[object, ...]:
    """All that must be the same after reopening."""
    assert state.fixed is not None
    assert state.moving is not None
    run = state.run
    return (
        state.fixed.fingerprint, state.moving.fingerprint, state.moving_from_fixed, state.start, state.origin,
        state.landmarks, state.limits, state.settings, state.review,
        run and (run.moving_from_fixed, run.ending, run.reason, run.trace, run.touched, run.evidence),
    )  # fmt: skip


PLACES = ("left eye", "right eye", "lesion", "left ventricle")


def test_the_whole_job(make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path) -> None:
    """Open, mark pairs in both rows, fit, register, cancel one run, refine, undo all, redo all, save, reopen."""
    window = make_window()
    document = window.workspace.document
    _open(window, qtbot, chosen, files)
    assert document.state.has_pair

    for place in PLACES:
        _key(window, qtbot, Qt.Key.Key_N)
        _click_at(window, qtbot, "fixed", centre_of(place))
        _click_at(window, qtbot, "moving", MOVING_FROM_FIXED.apply(centre_of(place)))
    assert [pair.complete for pair in document.state.landmarks] == [True] * 4
    assert not window.workspace.placing
    table = _child(window, LandmarkTable, "landmarks")
    assert isinstance(table, LandmarkTable)
    assert table.rowCount() == 4

    window.steps.go_on("align")
    _press(window, qtbot, "fit_landmarks")
    assert document.state.origin == "landmarks"
    # a click is right to about a pixel, which here is well below two millimetres
    assert _error_mm(document.state) < 4

    _press(window, qtbot, "register")
    _idle(window, qtbot)
    assert document.state.origin == "registration"
    assert _error_mm(document.state) < 1.5  # half a voxel of the phantom
    registered = document.state

    _press(window, qtbot, "register")
    assert window.workspace.runner.busy
    _press(window, qtbot, "cancel")
    assert not window.workspace.runner.busy
    assert document.state is registered

    limit = _child(window, QDoubleSpinBox, "max_shift")
    assert isinstance(limit, QDoubleSpinBox)
    limit.setFocus()
    limit.selectAll()
    qtbot.keyClicks(limit, "5")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    assert document.state.limits.max_shift_mm == 5.0
    _press(window, qtbot, "refine")
    _idle(window, qtbot)
    run = document.state.run
    assert run is not None
    assert run.bounds is not None
    assert run.bounds.contains(document.state.moving_from_fixed)

    window.steps.go_on("check")
    note = _child(window, QPlainTextEdit, "note")
    qtbot.keyClicks(note, "ventricles agree")
    _press(window, qtbot, "accept")
    assert document.state.review is not None
    assert document.state.review.note == "ventricles agree"

    last = document.state
    steps = 0
    while document.undo_stack.canUndo():
        _key(window, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        steps += 1
    # four pairs of three steps each, fit, register, limit, refine, verdict
    assert steps == 4 * 3 + 5
    assert document.state.landmarks == ()
    assert document.state.moving_from_fixed == RigidTransform.identity()
    assert not document.modified
    while document.undo_stack.canRedo():
        _key(window, qtbot, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert document.state is last

    chosen.path = files / "study.fusion.json"
    _key(window, qtbot, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not document.modified
    view = window.workspace.view_model.view
    assert window.close()

    again = make_window()
    again.actions_by_key["open_study"].trigger()
    _idle(again, qtbot)
    assert _summary(again.workspace.document.state) == _summary(last)
    assert again.workspace.view_model.view == view
    assert again.column.check.note == "ventricles agree"
    assert not again.workspace.document.modified


def _error_mm(state: FusionState) -> float:
    points = np.array([centre_of(place) for place in PLACES])
    found, true = state.moving_from_fixed.apply(points), MOVING_FROM_FIXED.apply(points)
    return float(np.linalg.norm(found - true, axis=1).max())


def test_the_window_never_stalls_while_a_registration_runs(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen
) -> None:
    """On the real sample: between two turns of the event loop never more than a tenth of a second.

    The machine may be busy with something else, which can only make a gap longer: the best of ten runs counts.
    """
    window = make_window()
    window.actions_by_key["open_sample"].trigger()
    _idle(window, qtbot)
    gaps: list[float] = []
    for _ in range(10):
        beats: list[float] = []
        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(lambda into=beats: into.append(time.perf_counter()))
        timer.start()
        _press(window, qtbot, "register")
        _idle(window, qtbot)
        timer.stop()
        assert len(beats) > 20
        gaps.append(float(np.diff(beats).max()))
        if gaps[-1] < 0.1:
            break
    assert min(gaps) < 0.1, f"longest gaps of the runs in seconds: {gaps}"


def test_every_action_can_be_found_and_says_why_it_cannot_be_done(make_window: Callable[[], MainWindow]) -> None:
    window = make_window()
    shortcuts = [key for action in ACTIONS for key in action.keys]
    assert len(shortcuts) == len(set(shortcuts))
    for action in ACTIONS:
        qt_action = window.actions_by_key[action.key]
        if not qt_action.isEnabled():
            assert action.need(window.workspace) in qt_action.toolTip()
    assert not window.actions_by_key["register"].isEnabled()
    assert window.actions_by_key["open_fixed"].isEnabled()
    assert "Open a fixed and a moving image" in window.status.sentence.text()


def test_an_error_is_told_in_the_status_line_and_nothing_is_lost(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    before = window.workspace.document.state
    chosen.path = files / "broken.nii.gz"
    chosen.path.write_bytes(b"")
    window.actions_by_key["open_fixed"].trigger()
    _idle(window, qtbot)
    assert window.workspace.document.state is before
    assert "broken" in window.status.sentence.text()
    assert window.status.sentence.property("role") == "warning"


def test_keys_fade_peek_and_switch(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    view_model = window.workspace.view_model
    _key(window, qtbot, Qt.Key.Key_E)
    assert view_model.view.fade == pytest.approx(0.6)
    _key(window, qtbot, Qt.Key.Key_Q)
    _key(window, qtbot, Qt.Key.Key_Q)
    assert view_model.view.fade == pytest.approx(0.4)
    _key(window, qtbot, Qt.Key.Key_Tab)
    assert view_model.view.fade == pytest.approx(0.6)
    qtbot.keyPress(window.images.active_view(), Qt.Key.Key_Space)
    assert view_model.shown_blend.fade == 0.0
    qtbot.keyRelease(window.images.active_view(), Qt.Key.Key_Space)
    assert view_model.shown_blend.fade == pytest.approx(0.6)
    _key(window, qtbot, Qt.Key.Key_F)
    assert view_model.interlude.flickering
    first = view_model.shown_blend.fade
    qtbot.waitUntil(lambda: view_model.shown_blend.fade != first)
    _key(window, qtbot, Qt.Key.Key_F)
    assert not view_model.interlude.flickering
    _key(window, qtbot, Qt.Key.Key_L)
    assert view_model.view.layout == "pairs"
    _key(window, qtbot, Qt.Key.Key_T)
    assert window.workspace.view_model.tool == "window"


def test_arrows_nudge_only_while_the_images_have_the_keyboard(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    document = window.workspace.document
    _key(window, qtbot, Qt.Key.Key_Right)
    _key(window, qtbot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    # the moving image is seen 1.1 mm further to the left of the patient: its point comes from 1.1 mm less
    assert document.state.moving_from_fixed.translation == pytest.approx([-1.1, 0, 0], abs=1e-9)
    assert document.undo_stack.count() == 1
    before = document.state
    window.steps.go_on("check")
    note = _child(window, QPlainTextEdit, "note")
    note.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_A, Qt.Key.Key_N, Qt.Key.Key_R):
        qtbot.keyClick(note, key)
    assert document.state is before
    assert window.column.check.note == "anr"


def test_the_title_tells_of_unsaved_changes_and_closing_asks(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    assert not window.isWindowModified()
    _key(window, qtbot, Qt.Key.Key_N)
    assert window.isWindowModified()
    answers = Answers()
    answers.discard = False
    window.workspace.questions = answers
    assert not window.close()
    assert answers.asked == ["discard"]
    answers.discard = True
    assert window.close()


def test_closing_leaves_a_running_registration(make_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = make_window()
    window.actions_by_key["open_sample"].trigger()
    _idle(window, qtbot)
    window.actions_by_key["register"].trigger()
    qtbot.wait(300)
    assert window.workspace.runner.busy
    before = time.perf_counter()
    assert window.close()
    assert time.perf_counter() - before < 2.5  # two seconds at most for the thread, and the window itself
    assert window.workspace.runner.wait_for_threads(5)


def test_values_under_the_mouse_are_told_for_both_images(make_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = make_window()
    window.actions_by_key["open_sample"].trigger()
    _idle(window, qtbot)
    view = window.images.view("fused.axial")
    Hand(view).move(QPointF(view.width() / 2, view.height() / 2))
    text = window.status.position_text
    assert "mm" in text
    assert text.startswith("F")
    assert "\nM" in text
    assert "HU" in text


def test_presets_from_the_menu_and_from_a_file(
    make_window: Callable[[], MainWindow],
    qtbot: QtBot,
    chosen: Chosen,
    files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    document, failed = window.workspace.document, []
    window.workspace.failed.connect(failed.append)
    (menu,) = window.findChildren(PresetMenu)

    def choose(name: str) -> None:
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == name).trigger()

    names = [action.text() for action in menu.actions()]
    assert {"rigid-default", "fast", "thorough", "refine", "From a file…"} <= set(names)
    choose("fast")
    assert document.state.settings == load_preset("fast").settings
    assert _child(window, QComboBox, "preset").currentText() == "fast"  # type: ignore[attr-defined]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["fast"]
    file = tmp_path / "mine.toml"
    monkeypatch.setattr(preset_menu, "choose_file", lambda *_: file)
    file.write_text("[settings]\nstarts = 5\n")
    choose("From a file…")
    assert document.state.settings.starts == 5
    document.undo_stack.undo()
    file.write_text("[settings]\nstarts = 5000\n")
    choose("From a file…")
    assert document.state.settings == load_preset("fast").settings
    assert "starts" in str(failed[0])


def test_the_evidence_of_a_run_is_shown_and_goes_with_it(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    table = _child(window, QWidget, "evidence")
    assert table.isHidden()
    _key(window, qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.workspace.document.state.run is not None, timeout=120_000)
    assert not table.isHidden()
    run = window.workspace.document.state.run
    assert run is not None
    assert run.evidence is not None
    said = [label.text() for label in table.findChildren(QLabel)]
    assert f"{run.evidence.agreeing} of {run.evidence.starts}" in said
    assert any("none of it measures accuracy" in text for text in said)
    window.workspace.document.undo_stack.undo()
    assert table.isHidden()


def test_a_mask_is_chosen_and_let_go_from_the_menu(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path, phantom_mr: Volume
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    write_volume(phantom_mr, files / "mask.nii.gz")
    chosen.path = files / "mask.nii.gz"
    action = window.actions_by_key["region_mask"]
    action.trigger()
    _idle(window, qtbot)
    assert regions.mask_of(window.workspace.document.state) is not None
    assert action.isChecked()
    action.trigger()
    assert window.workspace.document.state.region is None
    assert not action.isChecked()
    _key(window, qtbot, Qt.Key.Key_X)
    assert regions.box_of(window.workspace.document.state) is not None
    chosen.path = None
    action.trigger()  # the dialog was left without a file
    assert not action.isChecked()


def test_what_is_doubtful_is_not_pushed_towards_acceptance(
    make_window: Callable[[], MainWindow], qtbot: QtBot, chosen: Chosen, files: Path
) -> None:
    window = make_window()
    _open(window, qtbot, chosen, files)
    accept = _child(window, QPushButton, "button_accept")
    document = window.workspace.document
    document.apply("by hand", edits.set_pose(document.state, MOVING_FROM_FIXED, "hand"))
    assert accept.property("accent")
    far = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([150.0, 0.0, 0.0]))
    document.apply("far off", edits.set_pose(document.state, far, "hand"))
    assert not accept.property("accent")
