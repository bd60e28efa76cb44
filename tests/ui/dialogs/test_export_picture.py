"""The dialogs before a picture or a fused volume is written, and the clipboard, with real clicks and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from keyboard import key_click
from mouse import mouse_click
from panes import context_of
from PIL import Image
from pixels import clipboard
from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow, child, click

from fusionviewer.app.commands.export_pictures import PictureChoice, Screen, form_of
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.slab import Slab
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Side
from fusionviewer.ui.dialogs.export_fused import FusedDialog
from fusionviewer.ui.dialogs.export_picture import PictureDialog, remembered_choice
from fusionviewer.ui.pane.image import request_for
from fusionviewer.ui.views.slice_pane import SlicePane
from fusionviewer.ui.window import window_dialogs
from fusionviewer.ui.window.main_window import MainWindow

Save = QDialogButtonBox.StandardButton.Save
Cancel = QDialogButtonBox.StandardButton.Cancel
SCREEN = Screen((900, 600))


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The names that the file dialog was opened with; it answers with that name in the test's folder."""
    names: list[str] = []

    def choose(parent: object, title: str, suggestion: str, kinds: object, start: object) -> Path:
        names.append(suggestion)
        return tmp_path / suggestion

    monkeypatch.setattr(window_dialogs, "choose_new_file", choose)
    return names


@pytest.fixture
def window(open_window: OpenWindow, offered: list[str]) -> MainWindow:
    return open_window()


def answer(kind: type[QDialog], act: Callable[[QDialog], None]) -> None:
    """Do something with the modal dialog, as soon as it is open."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(10, look)
            return
        act(dialog)

    QTimer.singleShot(0, look)


def button_of(dialog: QDialog, which: QDialogButtonBox.StandardButton) -> QPushButton:
    button = child(dialog, QDialogButtonBox).button(which)
    assert button is not None
    return button


def press(dialog: QDialog, which: QDialogButtonBox.StandardButton) -> None:
    mouse_click(button_of(dialog, which))


def choose(box: object, value: object) -> None:
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]


def test_the_size_in_pixels_is_said_at_once(qtbot: QtBot, view_model: ViewModel) -> None:
    dialog = PictureDialog(view_model.view, SCREEN)
    qtbot.addWidget(dialog)
    assert dialog.pixels.text() == "900 × 600 pixels"
    choose(dialog.factor, 4)
    assert dialog.pixels.text() == "3600 × 2400 pixels"
    choose(dialog.what, "axial")
    tall = dialog.pixels.text()
    assert tall.startswith("3600 × ")
    assert tall != "3600 × 2400 pixels"  # and the words below it
    dialog.annotated.setChecked(False)
    assert dialog.pixels.text() == "3600 × 2400 pixels"
    assert not dialog.names.isEnabled()
    assert dialog.names.toolTip()


def test_a_size_that_cannot_be_drawn_cannot_be_saved_and_says_why(qtbot: QtBot, view_model: ViewModel) -> None:
    dialog = PictureDialog(view_model.view, Screen((3840, 2160)))
    qtbot.addWidget(dialog)
    save = button_of(dialog, Save)
    assert save.isEnabled()
    choose(dialog.factor, 4)
    assert not save.isEnabled()
    assert "8192" in save.toolTip()
    choose(dialog.factor, 2)
    assert save.isEnabled()


def test_single_views_show_what_the_window_shows_and_the_rest_the_head(qtbot: QtBot, view_model: ViewModel) -> None:
    dialog = PictureDialog(view_model.view, SCREEN)
    qtbot.addWidget(dialog)
    shown = []
    for what in ("planes", "axial", "mosaic", "active", "coronal"):
        choose(dialog.what, what)
        shown.append(dialog.choice.shown)
    assert shown == ["head", "window", "head", "window", "window"]


def test_choices_are_remembered_but_names_never(qtbot: QtBot, view_model: ViewModel) -> None:
    dialog = PictureDialog(view_model.view, SCREEN)
    qtbot.addWidget(dialog)
    choose(dialog.what, "coronal")
    choose(dialog.shown, "head")
    choose(dialog.factor, 2)
    dialog.names.setChecked(True)
    dialog.marks.setChecked(False)
    assert dialog.choice == PictureChoice("coronal", "head", 2, True, True, marks=False)
    dialog.accept()
    again = PictureDialog(view_model.view, SCREEN)
    qtbot.addWidget(again)
    assert again.choice == PictureChoice("coronal", "head", 2, True, False, marks=False)
    choose(again.factor, 4)
    again.reject()
    assert remembered_choice().factor == 2


@pytest.mark.parametrize("value", ["", "nonsense", "7"])
def test_what_cannot_have_been_remembered_is_forgotten(qtbot: QtBot, view_model: ViewModel, value: str) -> None:
    for name in ("what", "view_shows", "whole_shows"):
        QSettings().setValue(f"picture/{name}", value)
    QSettings().setValue("picture/factor", 7)
    QSettings().setValue("fused/kind", value)
    QSettings().setValue("fused/grid", value)
    assert remembered_choice() == PictureChoice()
    dialog = FusedDialog(view_model.view)
    qtbot.addWidget(dialog)
    assert (dialog.choice.kind, dialog.choice.grid) == ("rgb", "fixed")


@pytest.mark.parametrize("side", SIDES)
def test_the_fused_volume_says_that_slabs_are_left_out_where_there_is_one(
    qtbot: QtBot, view_model: ViewModel, side: Side
) -> None:
    told = []
    for view in (view_model.view, view_model.view.with_slab(side, Slab("mean", 10.0))):
        dialog = FusedDialog(view)
        qtbot.addWidget(dialog)
        told.append(any("Slabs are left out" in label.text() for label in dialog.findChildren(QLabel)))
    assert told == [False, True]


def test_ctrl_p_asks_and_writes_what_was_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, offered: list[str]
) -> None:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, PictureDialog)
        choose(dialog.what, "sagittal")
        dialog.annotated.setChecked(False)
        press(dialog, Save)

    answer(PictureDialog, act)
    key_click(window.images.active_view(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(window.workspace, qtbot)
    assert offered == ["fused.png"]  # no name of an image
    with Image.open(tmp_path / "fused.png") as image:
        assert image.size == window.images.screen_shown.size


def test_marks_are_on_where_there_are_any_and_words_are_wanted(qtbot: QtBot, view_model: ViewModel) -> None:
    dialog = PictureDialog(view_model.view, SCREEN)
    qtbot.addWidget(dialog)
    assert dialog.marks.isEnabled()
    assert dialog.choice.marks
    dialog.annotated.setChecked(False)
    assert not dialog.marks.isEnabled()
    assert dialog.marks.toolTip() == "Only with letters, lines and words."
    dialog.accept()
    assert remembered_choice().marks  # with words again, they are there again
    nothing = PictureDialog(view_model.view, SCREEN, why_no_marks="There are none.")
    qtbot.addWidget(nothing)
    nothing.annotated.setChecked(True)
    assert not nothing.marks.isEnabled()
    assert nothing.marks.toolTip() == "There are none."


def test_the_dialog_knows_whether_anything_is_marked_and_writes_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, offered: list[str]
) -> None:
    document, view = window.workspace.document, window.workspace.view_model.view
    enabled: list[bool] = []

    def act(dialog: QDialog, wanted: bool) -> None:
        assert isinstance(dialog, PictureDialog)
        enabled.append(dialog.marks.isEnabled())
        assert any("numbered" in text.text() for text in dialog.findChildren(QLabel))
        dialog.marks.setChecked(wanted)
        press(dialog, Save)

    pictures = []
    for pairs, wanted in (((), True), ((LandmarkPair("Doe", view.fixed.cursor),), True), (None, False)):
        if pairs is not None:
            document.apply("Pair", replace(document.state, landmarks=pairs))
        answer(PictureDialog, partial(act, wanted=wanted))
        window.actions_by_key["export_picture"].trigger()
        wait_until_idle(window.workspace, qtbot)
        with Image.open(tmp_path / "fused.png") as image:
            pictures.append(np.asarray(image))
    assert enabled == [False, True, True]
    assert not np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])


def test_the_camera_of_a_pane_offers_that_pane_and_ctrl_p_what_was_chosen_last(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, offered: list[str]
) -> None:
    offers: list[str] = []

    def act(dialog: QDialog, what: str = "") -> None:
        assert isinstance(dialog, PictureDialog)
        offers.append(dialog.what.currentData())
        if what:
            dialog.what.setCurrentIndex(dialog.what.findData(what))
        press(dialog, Save)

    def export_by(key: str, what: str = "") -> None:
        answer(PictureDialog, partial(act, what=what))
        if key:
            click(window, key)
        else:
            window.actions_by_key["export_picture"].trigger()
        wait_until_idle(window.workspace, qtbot)

    pane = window.images.view("fused.coronal").parentWidget()
    assert isinstance(pane, SlicePane)
    pane.head.show_tools(True)
    camera = "fused.coronal_export_view"
    export_by(camera)
    assert window.images.active_view().key == "fused.coronal"
    wanted = form_of(remembered_choice("active"), window.workspace.view_model.view, window.images.screen_shown)
    with Image.open(tmp_path / "fused.png") as image:
        assert image.size == wanted.size
    export_by("")
    export_by(camera, "mosaic")
    export_by("")
    export_by(camera)
    assert offers == ["active", "planes", "active", "mosaic", "active"]


def test_cancelling_the_dialog_asks_for_no_file(window: MainWindow, tmp_path: Path, offered: list[str]) -> None:
    for kind, key in ((PictureDialog, "export_picture"), (FusedDialog, "export_fused")):
        answer(kind, lambda dialog: press(dialog, Cancel))
        window.actions_by_key[key].trigger()
    assert offered == []
    assert not window.workspace.runner.busy
    assert not list(tmp_path.iterdir())


def test_the_fused_image_is_written_as_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, offered: list[str]
) -> None:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, FusedDialog)
        save = button_of(dialog, Save)
        choose(dialog.kind, "scalar")
        choose(dialog.mode, BlendMode.TWO_COLOUR)
        assert not save.isEnabled()
        assert "no colours" in save.toolTip()
        choose(dialog.mode, BlendMode.CHECKERBOARD)
        choose(dialog.grid, "moving")
        assert dialog.choice.mode is BlendMode.CHECKERBOARD
        press(dialog, Save)

    answer(FusedDialog, act)
    window.actions_by_key["export_fused"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert offered == ["fused.nii.gz"]
    image = sitk.ReadImage(str(tmp_path / "fused.nii.gz"))
    moving = window.workspace.document.state.moving
    assert moving is not None
    assert image.GetSize() == moving.grid.size
    assert image.GetPixelID() == sitk.sitkUInt8


def copied() -> tuple[int, int]:
    """Width and height of what is on the clipboard."""
    height, width, _ = clipboard().shape
    return width, height


def test_ctrl_c_copies_what_the_views_show_and_with_shift_the_view_alone(window: MainWindow, qtbot: QtBot) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    view = window.images.active_view()
    key_click(view, Qt.Key.Key_C, control)
    wait_until_idle(window.workspace, qtbot)
    assert copied() == window.images.screen_shown.size
    key_click(view, Qt.Key.Key_C, control | shift)
    wait_until_idle(window.workspace, qtbot)
    wide, high = copied()
    assert wide == view.width()
    assert high > view.height()  # and the words below it
    QSettings().setValue("picture/annotated", False)
    key_click(view, Qt.Key.Key_C, control | shift)
    wait_until_idle(window.workspace, qtbot)
    assert copied() == (view.width(), view.height())


def test_a_copied_view_is_what_its_pane_draws(window: MainWindow, qtbot: QtBot) -> None:
    """Zoomed and panned: pixel by pixel what the renderer was asked for by the pane."""
    from fusionviewer.rendering.slices import SliceRenderer

    QSettings().setValue("picture/annotated", False)
    window.workspace.view_model.zoom("fixed", 2.3)
    window.workspace.view_model.set_focus("fixed", np.array([11.0, -7.0, 5.0]))
    for key in ("fused.axial", "fused.sagittal", "fused.coronal"):
        view = window.images.view(key)
        view.activated.emit()
        expected = SliceRenderer().render(request_for(context_of(view)))[..., 2::-1]
        window.actions_by_key["copy_view"].trigger()
        wait_until_idle(window.workspace, qtbot)
        assert np.array_equal(clipboard(), expected)


def test_in_a_text_ctrl_c_copies_the_text(window: MainWindow) -> None:
    board = QGuiApplication.clipboard()
    assert board is not None
    field = QLineEdit("a note", window)
    field.show()
    field.setFocus()
    field.selectAll()
    key_click(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert not window.workspace.runner.busy
    assert board.text() == "a note"


def test_nothing_can_be_copied_or_fused_with_one_image(window: MainWindow, study: FusionState) -> None:
    from fusionviewer.session import edits

    window.workspace.document.replace(edits.new_study(study.fixed, None))
    window.actions_by_key.refresh()
    for key in ("copy_picture", "copy_view", "export_fused", "export_picture", "export_view"):
        assert not window.actions_by_key[key].isEnabled()
        assert "Open a fixed and a moving image first." in window.actions_by_key[key].toolTip()
