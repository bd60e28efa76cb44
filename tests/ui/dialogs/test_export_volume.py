"""Which image is written on which grid, with real clicks and keys."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_click, type_in
from mouse import mouse_click
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QApplication, QComboBox, QDialogButtonBox
from pytestqt.qtbot import QtBot
from windows import child

from fusionviewer.app.state import preferences
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.dialogs.export_volume import VolumeDialog

POSE = RigidTransform.from_euler((3.0, -5.0, 8.0, 4.5, -12.0, 31.0), np.zeros(3))


@pytest.fixture
def state(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), POSE, "file")


def shown(qtbot: QtBot, state: FusionState, image: Side = "moving") -> VolumeDialog:
    made = VolumeDialog(state, image)
    qtbot.addWidget(made)
    made.show()
    return made


def pick(box: QComboBox, value: str) -> None:
    """Choose by the keyboard, line by line."""
    key_click(box, Qt.Key.Key_Home)
    for _ in range(box.findData(value)):
        key_click(box, Qt.Key.Key_Down)
    QApplication.processEvents()
    assert box.currentData() == value


def press_save(dialog: VolumeDialog) -> None:
    button = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    assert button.isEnabled()
    mouse_click(button)


def test_each_image_goes_first_onto_the_other_ones_grid(qtbot: QtBot, state: FusionState) -> None:
    assert shown(qtbot, state).choice == VolumeChoice("moving", "fixed")
    assert shown(qtbot, state, "fixed").choice == VolumeChoice("fixed", "moving")


def test_the_size_is_told_before_anything_is_made(qtbot: QtBot, state: FusionState) -> None:
    dialog = shown(qtbot, state)
    assert state.fixed is not None
    assert state.moving is not None
    i, j, k = state.fixed.grid.size
    assert dialog.caption.text().startswith(f"{i} × {j} × {k} voxels of 3 × 3 × 3 mm, ")
    assert not dialog.spacing.isEnabled()
    pick(dialog.grid, "union")
    assert dialog.caption.height() >= 2 * dialog.caption.fontMetrics().lineSpacing()  # longer numbers squeeze nothing
    pick(dialog.spacing, "typed")
    type_in(dialog.millimetres, "4")
    QApplication.processEvents()
    grid = dialog.choice.grid_of(state.fixed.grid, state.moving.grid, POSE)
    assert grid.spacing == (4.0, 4.0, 4.0)
    assert dialog.caption.text().startswith(" × ".join(map(str, grid.size)))
    assert dialog.caption.text().endswith(" MB unpacked.")


def test_what_was_chosen_is_remembered_for_either_image(qtbot: QtBot, state: FusionState) -> None:
    dialog = shown(qtbot, state)
    pick(dialog.grid, "union")
    pick(dialog.spacing, "isotropic")
    pick(dialog.interpolation, "sinc")
    press_save(dialog)
    assert dialog.result() == 1
    assert shown(qtbot, state, "fixed").choice == VolumeChoice("fixed", "union", "isotropic", "sinc")
    assert "volume" in preferences.CHOICES, "it is forgotten with the other choices"
    QSettings().setValue("volume/grid", "own")
    assert shown(qtbot, state).choice.grid == "moving"
    for name in ("grid", "spacing", "mm", "interpolation"):
        QSettings().setValue(f"volume/{name}", "nonsense")
    assert shown(qtbot, state).choice == VolumeChoice("moving", "fixed")


def test_what_no_memory_holds_cannot_be_saved(
    qtbot: QtBot, state: FusionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionviewer.imaging.resample.available_bytes", lambda: 1000)
    dialog = shown(qtbot, state)
    save = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert save is not None
    assert not save.isEnabled()
    assert "of memory" in dialog.caption.text()
