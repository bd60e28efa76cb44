"""The dialogs for what must be decided before an image can be read, used by keys and mouse."""

from __future__ import annotations

import pytest
from keyboard import key_click, key_clicks
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox
from pytestqt.qtbot import QtBot
from windows import child

from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.ui.dialogs.intake_questions import SpacingDialog, VolumeDialog

SIX = FileVolumes(6, (64, 64, 36), (3.0, 3.0, 3.6), b_values=(1000, 0, 1000, 0, 5, 700))


def shown(dialog: QDialog, qtbot: QtBot) -> None:
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.activateWindow()
    QApplication.processEvents()


def test_a_volume_is_chosen_by_keys(qtbot: QtBot) -> None:
    dialog = VolumeDialog("bold.nii.gz", SIX, SIX.likeliest)
    shown(dialog, qtbot)
    assert dialog.number == 2  # the first without diffusion weighting
    assert dialog.list.item(5).text() == "6   b 700"  # type: ignore[union-attr]
    key_click(dialog.list, Qt.Key.Key_4)
    assert dialog.number == 4
    key_click(dialog.list, Qt.Key.Key_Down)
    key_click(dialog.list, Qt.Key.Key_Return)
    assert (dialog.result(), dialog.number) == (QDialog.DialogCode.Accepted, 5)


def test_times_are_named_and_the_first_is_offered(qtbot: QtBot) -> None:
    volumes = FileVolumes(120, (64, 64, 36), (3.0, 3.0, 3.6), step_s=2.5)
    dialog = VolumeDialog("bold.nii.gz", volumes, volumes.likeliest)
    shown(dialog, qtbot)
    assert dialog.number == 1
    assert dialog.list.item(2).text() == "  3   5 s"  # type: ignore[union-attr]
    key_click(dialog.list, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_a_voxel_size_must_be_typed_whole(qtbot: QtBot) -> None:
    dialog = SpacingDialog("shots", "Its images do not say where they lie.", (0.5, 0.0, 0.0))
    shown(dialog, qtbot)
    assert not dialog.open_button.isEnabled()
    assert "all three" in dialog.open_button.toolTip()
    assert [box.text() for box in dialog.boxes] == ["0.5000 mm", "not known", "not known"]
    assert dialog.boxes[1].hasFocus()  # the first that is not known
    key_clicks(dialog.boxes[1], "0,75")
    key_click(dialog.boxes[1], Qt.Key.Key_Return)  # is not Cancel
    assert dialog.isVisible()
    assert not dialog.open_button.isEnabled()
    dialog.boxes[2].setFocus()
    dialog.boxes[2].selectAll()
    key_clicks(dialog.boxes[2], "3")
    assert dialog.open_button.isEnabled()
    key_click(dialog.boxes[2], Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.spacing_mm == (0.5, 0.75, 3.0)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_on_cancel_is_cancel(key: Qt.Key, qtbot: QtBot) -> None:
    dialog = SpacingDialog("shots", "Its images do not say where they lie.", (0.5, 0.5, 2.0))
    shown(dialog, qtbot)
    assert dialog.open_button.isEnabled()
    cancel = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)
    assert cancel is not None
    cancel.setFocus()
    key_click(cancel, key)
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected
