"""What the card of an image says, and the buttons beside it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow, child, click, written

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.window import show_step
from fusionviewer.ui import application
from fusionviewer.ui.window.main_window import MainWindow


def placed_twice(path: Path) -> Path:
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    moved = affine.copy()
    moved[0, 3] = 8.0
    made = nibabel.Nifti1Image(np.arange(1680, dtype=np.int16).reshape(14, 12, 10), None)
    made.set_sform(affine, 1)
    made.set_qform(moved, 2)
    nibabel.save(made, path)
    return path


def test_a_remedy_is_one_click_and_one_undo(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(EMPTY)
    open_save.open_as(window.workspace, placed_twice(tmp_path / "a.nii"), "fixed")
    wait_until_idle(window.workspace, qtbot)
    show_step(window.workspace, "open")
    assert "by up to 8.0 mm: the sform (scanner coordinates) is used" in written(window, "remarks_fixed")
    button = child(window, QPushButton, "remedy_fixed_read")
    assert button.text() == "Use the qform"
    assert button.accessibleName().startswith("Use the qform: sform and qform place")
    click(window, "remedy_fixed_read")
    wait_until_idle(window.workspace, qtbot)
    QApplication.processEvents()
    assert "the qform (aligned to another image) is used" in written(window, "remarks_fixed")
    assert child(window, QPushButton, "remedy_fixed_read").text() == "Use the sform"
    window.workspace.document.undo_stack.undo()
    QApplication.processEvents()
    assert child(window, QPushButton, "remedy_fixed_read").text() == "Use the qform"


def test_remarks_that_go_take_their_buttons_along(open_window: OpenWindow) -> None:
    window = open_window()
    show_step(window.workspace, "open")
    fixed = window.workspace.document.state.fixed
    assert fixed is not None

    def remark(*notes: str) -> None:
        state = window.workspace.document.state
        window.workspace.document.apply("x", replace(state, fixed=replace(fixed, notes=notes)))

    remark("One thing.", "Another thing.")
    assert _lines(window) == ["▲ One thing.", "▲ Another thing."]
    remark("A third thing.")
    assert _lines(window) == ["▲ A third thing."]
    remark()
    assert _lines(window) == []


def test_a_volume_can_be_named_as_the_window_is_started(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    placed_twice(tmp_path / "a.nii")
    values = np.arange(1680 * 3, dtype=np.int16).reshape(14, 12, 10, 3)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([2.0, 2.0, 2.0, 1.0])), tmp_path / "b.nii")
    paths = [Path(f"{tmp_path}/a.nii#qform"), Path(f"{tmp_path}/b.nii#3")]
    wanted = argparse.Namespace(sample=False, paths=paths, quit_after=None)
    application._check(argparse.ArgumentParser(), wanted)
    window = open_window(EMPTY)
    application._open(window, wanted)
    wait_until_idle(window.workspace, qtbot)
    state = window.workspace.document.state
    assert [volume.source.series_uid for volume in state.volumes().values() if volume.source] == ["#qform", "#3"]
    none = argparse.Namespace(sample=False, paths=[paths[0], Path("x#1")], quit_after=None)
    with pytest.raises(SystemExit):
        application._check(argparse.ArgumentParser(), none)


def _lines(window: MainWindow) -> list[str]:
    found = window.findChildren(QLabel, "remarks_fixed")
    return [label.text() for label in found if label.isVisibleTo(window)]
