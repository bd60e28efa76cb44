"""Work that a crash has left, offered beside the window."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from answers import Answers
from keyboard import key_click
from mouse import mouse_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot
from windows import EMPTY, Dress, OpenWindow, cell

from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.session import edits
from fusionviewer.session.recovery import RecoveryFiles, Snapshot, find_leftovers
from fusionviewer.session.state import FusionState, Target
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.application import keep_work
from fusionviewer.ui.dialogs.recovery import RecoveryDialog
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def on_disk(tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    """A study of two image files."""
    for volume, name in ((phantom_mr, "mr.nii.gz"), (phantom_ct, "ct.nii.gz")):
        write_volume(volume, tmp_path / name)
    return edits.new_study(read_volume(tmp_path / "mr.nii.gz"), read_volume(tmp_path / "ct.nii.gz"))


def _leave(folder: Path, state: FusionState, name: str, path: Path | None) -> None:
    """Do as a process that is killed with a study of which a target is not saved."""
    files = RecoveryFiles.begin(folder / "recovery")
    changed = replace(state, targets=(Target(name, (1.0, 2.0, 3.0)),))
    files.write(Snapshot(changed, replace(ViewState(), layout="mosaic"), path, 12))
    files._lock.release(remove=False)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """A window without images, whose work is kept."""
    return open_window(EMPTY)


def _offered(window: MainWindow, folder: Path) -> RecoveryDialog:
    dialog = keep_work(window, folder)[1]()
    assert dialog is not None
    return dialog


def _press(dialog: RecoveryDialog, text: str, qtbot: QtBot) -> None:
    (button,) = (b for b in dialog.findChildren(QPushButton) if b.text() == text)
    mouse_click(button, Qt.MouseButton.LeftButton)


def _targets(folder: Path) -> set[str]:
    leftovers = find_leftovers(folder / "recovery")
    for leftover in leftovers:
        leftover.files.release()
    return {leftover.study.without_images.targets[0].name for leftover in leftovers}


def test_without_a_crash_nothing_is_offered(window: MainWindow, tmp_path: Path) -> None:
    assert keep_work(window, tmp_path)[1]() is None


def test_it_lists_when_what_and_how_much_and_the_window_can_be_used(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    _leave(tmp_path, on_disk, "one", tmp_path / "study.fusion.json")
    dialog = _offered(window, tmp_path)
    assert not dialog.isModal()
    assert dialog.table.rowCount() == 1
    when, images, steps, study = (cell(dialog.table, 0, column) for column in range(4))
    assert ":" in when  # the time of day, not the date alone
    assert (images, steps, study) == ("mr and ct", "12", "study.fusion.json")
    assert window.workspace.document.state.fixed is None  # nothing is restored by itself
    _press(dialog, "Later", qtbot)
    assert _targets(tmp_path) == {"one"}


def test_restored_work_is_modified_keeps_its_path_and_is_kept_until_it_is_saved(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    path = tmp_path / "study.fusion.json"
    _leave(tmp_path, on_disk, "one", path)
    dialog = _offered(window, tmp_path)
    document = window.workspace.document
    with qtbot.waitSignal(dialog.destroyed):
        _press(dialog, "Restore", qtbot)
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    assert [target.name for target in document.state.targets] == ["one"]
    assert document.state.has_pair
    assert document.modified
    assert document.path == path
    assert window.workspace.view_model.view.layout == "mosaic"
    assert _targets(tmp_path) == set()  # this window's now, and not to be offered to another
    assert len(list((tmp_path / "recovery").glob("[!.]*.json"))) == 1
    window.actions_by_key["save"].trigger()
    assert path.exists()
    qtbot.waitUntil(lambda: not list((tmp_path / "recovery").glob("*.json")))


def test_what_was_saved_after_the_crash_is_not_replaced_by_what_is_restored(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    path = tmp_path / "study.fusion.json"
    _leave(tmp_path, on_disk, "one", path)
    save_study(replace(on_disk, targets=(Target("newer", (0.0, 0.0, 0.0)),)), ViewState(), path)
    later = time.time() + 60
    os.utime(path, (later, later))
    said: list[str] = []
    window.workspace.said.connect(said.append)
    dialog = _offered(window, tmp_path)
    _press(dialog, "Restore", qtbot)
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    assert [target.name for target in window.workspace.document.state.targets] == ["one"]
    assert window.workspace.document.path is None  # a save asks where to
    assert window.workspace.document.modified
    assert any("study.fusion.json has been saved after the crash" in text for text in said)


def test_restored_work_that_never_was_saved_survives_another_crash(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    _leave(tmp_path, on_disk, "one", None)
    dialog = _offered(window, tmp_path)
    assert cell(dialog.table, 0, 3) == "never saved"
    _press(dialog, "Restore", qtbot)
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    document = window.workspace.document
    assert document.path is None
    document.apply("Edit", replace(document.state, targets=(Target("two", (0.0, 0.0, 0.0)),)))
    window.workspace.runner.start("job", lambda _: None, lambda _: None)  # before which all is kept
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    kept = {path: path.read_bytes() for path in (tmp_path / "recovery").glob("[!.]*.json")}
    assert len(kept) == 2
    for path, content in kept.items():
        (tmp_path / "crashed").mkdir(exist_ok=True)
        (tmp_path / "crashed" / path.name).write_bytes(content)
    (left,) = find_leftovers(tmp_path / "crashed")
    assert (left.study.without_images.targets[0].name, left.steps) == ("two", 13)
    left.files.release()


def test_an_image_that_is_gone_leaves_the_work_for_later(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    _leave(tmp_path, on_disk, "one", None)
    (tmp_path / "mr.nii.gz").rename(tmp_path / "moved.nii.gz")
    dialog = _offered(window, tmp_path)
    _press(dialog, "Restore", qtbot)
    assert window.workspace.document.state.fixed is None
    assert "mr" in window.status.sentence.text()
    assert _targets(tmp_path) == {"one"}


def test_changes_of_the_open_study_are_asked_about_first(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    _leave(tmp_path, on_disk, "one", None)
    dialog = _offered(window, tmp_path)
    answers = Answers()
    answers.discard = False
    window.workspace.questions = answers
    _press(dialog, "Restore", qtbot)
    assert answers.asked == ["discard"]
    assert dialog.table.rowCount() == 1
    dialog.close()
    assert _targets(tmp_path) == {"one"}


def test_discard_is_about_the_row_that_is_chosen(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, qtbot: QtBot
) -> None:
    for name in ("one", "two", "three"):
        _leave(tmp_path, on_disk, name, tmp_path / f"{name}.fusion.json")
    dialog = _offered(window, tmp_path)
    rows = [cell(dialog.table, row, 3) for row in range(3)]
    dialog.table.selectRow(rows.index("two.fusion.json"))
    _press(dialog, "Discard", qtbot)
    assert dialog.table.rowCount() == 2
    key_click(dialog, Qt.Key.Key_Escape)
    assert _targets(tmp_path) == {"one", "three"}


def test_tab_leads_from_the_rows_to_the_buttons(window: MainWindow, tmp_path: Path, on_disk: FusionState) -> None:
    _leave(tmp_path, on_disk, "one", tmp_path / "one.fusion.json")
    dialog = _offered(window, tmp_path)
    dialog.activateWindow()
    dialog.table.setFocus()
    key_click(dialog.table, Qt.Key.Key_Tab)
    assert isinstance(dialog.focusWidget(), QPushButton)
    key_click(dialog, Qt.Key.Key_Escape)


def test_a_closed_window_leaves_nothing_to_offer(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    keep_work(window, tmp_path)
    document = window.workspace.document
    document.apply("Edit", replace(document.state, targets=(Target("one", (0.0, 0.0, 0.0)),)))
    window.workspace.runner.start("job", lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    assert list((tmp_path / "recovery").glob("[!.]*.json"))
    assert window.close()
    assert not list((tmp_path / "recovery").iterdir())


def test_a_study_that_another_window_has_open_is_told(open_window: OpenWindow, tmp_path: Path) -> None:
    first, second = open_window(EMPTY), open_window(EMPTY)
    for each in (first, second):
        keep_work(each, tmp_path)
        each.workspace.document.saved(tmp_path / "study.fusion.json")
    assert first.messages.isHidden()
    assert "study.fusion.json is open in another window" in second.messages.sentence.text()
    for _ in range(4):
        QApplication.processEvents()
    close = second.messages.button("Close")
    assert isinstance(close, QAbstractButton)
    mouse_click(close, Qt.MouseButton.LeftButton)
    assert second.messages.isHidden()


def test_long_names_stay_within_the_list(window: MainWindow, tmp_path: Path, on_disk: FusionState) -> None:
    _leave(tmp_path, on_disk, "one", tmp_path / f"{'left temporal, second planning ' * 6}.fusion.json")
    dialog = _offered(window, tmp_path)
    table = dialog.table
    QApplication.processEvents()
    header, port = table.horizontalHeader(), table.viewport()
    assert header is not None
    assert port is not None
    assert header.length() <= port.width()
    dialog.close()


def test_it_has_the_size_for_its_letters_and_is_no_wider_than_the_window(
    window: MainWindow, tmp_path: Path, on_disk: FusionState, dressed: Dress
) -> None:
    window.resize(1000, 600)
    widths = []
    for scale in (1.0, 1.5):
        dressed(scale=scale)
        _leave(tmp_path, on_disk, f"{scale}", None)
        dialog = _offered(window, tmp_path)
        widths.append(dialog.width())
        dialog.reject()
    assert widths == [720, 1000]
