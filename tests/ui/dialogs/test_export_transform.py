"""For which program a transform is written, with real clicks and keys, and a transform of another program opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyboard import CTRL, press
from mouse import mouse_click
from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from windows import OpenWindow, child, click

from fusionviewer.exchange.transforms import proof
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import FORMATS, KEYS, format_of, read_transform, write_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.dialogs.export_transform import TransformDialog
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.window import window_dialogs

POSE = RigidTransform.from_euler((3.0, -5.0, 8.0, 4.5, -12.0, 31.0), np.zeros(3))


@pytest.fixture
def state(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), POSE, "file")


@pytest.fixture
def dialog(qtbot: QtBot, state: FusionState) -> TransformDialog:
    made = TransformDialog(state)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(dialog: TransformDialog, key: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(key))


def copied() -> str:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


def press_save(dialog: TransformDialog) -> None:
    button = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    mouse_click(button)


def test_each_format_is_named_by_what_it_does_and_says_how_it_is_applied(
    dialog: TransformDialog, state: FusionState
) -> None:
    heights = set()
    for known in FORMATS:
        choose(dialog, known.key)
        QApplication.processEvents()
        assert dialog.format.currentText() == f"{known.title}: moves phantom-ct onto phantom-mr"
        assert "moving" in dialog.command.toPlainText() or "ct" in dialog.command.toPlainText()
        assert dialog.maps.text() == f"{known.maps}."
        assert dialog.note.text() == known.note
        if known.key == "dicom":  # the phantoms are no series of an archive
            assert dialog.caption.text() == "The fixed image “phantom-mr” was not read from DICOM files."
        else:
            assert "by a second path" in dialog.caption.text()
            assert "1,000 points" in dialog.caption.text()
        save = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
        assert save is not None
        assert save.isEnabled() == (known.key != "dicom")
        shown = [[float(cell.text().replace("−", "-")) for cell in row] for row in dialog.cells]
        np.testing.assert_allclose(shown, known.matrix(POSE, Pair.of(state.fixed, state.moving)), atol=1e-6)
        heights.add(dialog.height())
    assert len(heights) == 1, "nothing jumps from one format to the next"


def test_how_well_a_file_agrees_is_said_and_what_does_not_cannot_be_saved(
    dialog: TransformDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(dialog, "fsl")
    told = "The file, read back by a second path, agrees within 0.000001 mm at 1,000 points."
    assert dialog.caption.text() == told
    monkeypatch.setitem(proof.READERS, "lta", proof.READERS["fsl"])
    choose(dialog, "lta")
    save = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert save is not None
    assert not save.isEnabled()
    assert "The transform was not written" in save.toolTip()
    choose(dialog, "c3d")
    assert save.isEnabled()


def test_line_and_numbers_are_copied(dialog: TransformDialog, state: FusionState) -> None:
    choose(dialog, "spm")
    mouse_click(dialog.copy_command)
    assert copied().startswith("load('moving-to-fixed.mat'); spm_get_space(")  # without “MATLAB:” before it
    assert dialog.copy_command.text() == "Copied"
    choose(dialog, "slicer")
    assert dialog.copy_command.text() == "Copy line"
    mouse_click(dialog.copy_matrix)
    numbers = np.array([line.split() for line in copied().splitlines()], dtype=np.float64)
    assert np.array_equal(numbers, format_of("slicer").matrix(POSE, Pair.of(state.fixed, state.moving)))


def test_the_last_choice_is_offered_first(dialog: TransformDialog, qtbot: QtBot, state: FusionState) -> None:
    assert dialog.choice.key == "itk"
    choose(dialog, "lta")
    press_save(dialog)
    again = TransformDialog(state)
    qtbot.addWidget(again)
    assert again.choice.key == "lta"
    choose(again, "fsl")
    again.reject()
    assert TransformDialog(state).choice.key == "lta"
    QSettings().setValue("transform/format", "an unknown one")
    assert TransformDialog(state).choice.key == KEYS[0]


def answer(kind: type, act: Callable[[object], None]) -> None:
    """Do something with the modal dialog, as soon as it is open."""

    def look() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, kind):
            act(found)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def test_a_transform_goes_out_to_flirt_and_comes_back(
    open_window: OpenWindow, state: FusionState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(state)
    monkeypatch.setattr(window_dialogs, "choose_new_file", lambda _w, _t, suggestion, *_: tmp_path / suggestion)

    def save_for_flirt(found: object) -> None:
        assert isinstance(found, TransformDialog)
        choose(found, "fsl")
        press_save(found)

    answer(TransformDialog, save_for_flirt)
    press(Qt.Key.Key_E, CTRL)
    path = tmp_path / "moving-to-fixed.mat"
    pair = Pair.of(state.fixed, state.moving)
    assert read_transform(path, "fsl", pair).is_close(POSE, 1e-9)
    said = window.status.sentence.text()
    assert "Wrote moving-to-fixed.mat. FLIRT: moves phantom-ct onto phantom-mr" in said
    assert "read back by a second path, agrees within 0.000001 mm at 1,000 points" in said

    window.workspace.document.apply("away", edits.set_pose(state, RigidTransform.identity(), "file"))
    monkeypatch.setattr(window_dialogs, "choose_file", lambda *_: path)
    folders = FolderMemory(lambda: window.workspace.recent)
    window.workspace.questions = WindowQuestions(window, lambda: False, lambda: False, folders)

    def it_is_flirts(found: object) -> None:
        assert isinstance(found, QMessageBox)
        assert "moving-to-fixed.mat" in found.text().replace("\u200b", "")
        mouse_click(next(b for b in found.findChildren(QPushButton) if b.text() == "FLIRT"))

    answer(QMessageBox, it_is_flirts)
    window.actions_by_key["open_transform"].trigger()
    assert window.workspace.document.state.alignment.moving_from_fixed.is_close(POSE, 1e-9)


def test_a_moved_image_is_written_in_the_background(
    open_window: OpenWindow, state: FusionState, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(state)
    monkeypatch.setattr(window_dialogs, "choose_new_file", lambda *_: tmp_path / "moved.nii")

    def save_header(found: object) -> None:
        assert isinstance(found, TransformDialog)
        choose(found, "nifti")
        press_save(found)

    answer(TransformDialog, save_header)
    click(window, "step_export")
    click(window, "button_export_transform")
    qtbot.waitUntil(lambda: not window.workspace.runner.busy, timeout=20_000)
    pair = Pair.of(state.fixed, state.moving)
    assert read_transform(tmp_path / "moved.nii", pair=pair).is_close(POSE, 1e-3)
    assert "Wrote moved.nii. NIfTI header: moves phantom-ct onto phantom-mr" in window.status.sentence.text()


def test_a_file_of_one_program_is_opened_without_a_question(
    open_window: OpenWindow, state: FusionState, tmp_path: Path
) -> None:
    from fusionviewer.app.commands import open_save

    window = open_window(edits.set_pose(state, RigidTransform.identity(), "file"))
    write_transform(POSE, tmp_path / "a.lta", format_of("lta"), Pair.of(state.fixed, state.moving))
    open_save.open_paths(window.workspace, [tmp_path / "a.lta"])
    assert window.workspace.document.state.alignment.moving_from_fixed.is_close(POSE, 1e-9)
