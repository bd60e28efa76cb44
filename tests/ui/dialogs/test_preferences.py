"""The preferences by mouse and keys, while the window goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import SimpleITK as sitk
from keyboard import CTRL, key_click, key_clicks, press, type_in
from mouse import mouse_click
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFormLayout, QWidget
from windows import OpenWindow, child, click

from fusionviewer.app.state.preferences import Preferences, cores, read_preferences
from fusionviewer.session.recent import recent_file
from fusionviewer.ui.dialogs import preferences as module
from fusionviewer.ui.dialogs.preferences import PreferencesDialog
from fusionviewer.ui.look import appearance
from fusionviewer.ui.window.main_window import FIRST_SIZE, MainWindow

BOXES = ("theme", "text_size", "side_letters", "reverse_wheel", "ras", "radiological")


@pytest.fixture(autouse=True)
def worn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """The looks that the application is given; the theme itself is not this dialog's."""
    looks: list[tuple[str, float]] = []
    monkeypatch.setattr(appearance, "apply_theme", lambda _, theme, scale: looks.append((theme, scale)))
    return looks


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


@pytest.fixture
def dialog(window: MainWindow) -> Iterator[PreferencesDialog]:
    press(Qt.Key.Key_Comma, CTRL)
    made = child(window, PreferencesDialog)
    made.activateWindow()
    QApplication.processEvents()
    yield made
    made.close()


def choose(dialog: PreferencesDialog, name: str, letters: str) -> None:
    """Type the first letters of one of a box's choices."""
    box = child(dialog, QComboBox, name)
    box.setFocus()
    key_clicks(box, letters)
    key_click(box, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_it_opens_by_its_key_once_and_holds_up_nothing(window: MainWindow, dialog: PreferencesDialog) -> None:
    assert dialog.isVisible()
    assert not dialog.isModal()
    window.actions_by_key["preferences"].trigger()
    assert len(window.findChildren(PreferencesDialog)) == 1
    click(dialog, "close")
    assert not dialog.isVisible()
    window.actions_by_key["preferences"].trigger()
    assert dialog.isVisible()
    key_click(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_each_choice_acts_at_once_and_is_kept(
    window: MainWindow, dialog: PreferencesDialog, worn: list[tuple[str, float]]
) -> None:
    choose(dialog, "theme", "Li")
    choose(dialog, "text_size", "120")
    choose(dialog, "side_letters", "S")
    choose(dialog, "reverse_wheel", "towards the f")
    type_in(dialog.threads, "1")
    mouse_click(dialog.remember)
    mouse_click(dialog.check_fusions)
    mouse_click(dialog.series_descriptions)
    wanted = Preferences("light", 1.2, "SI", True, 1, False, False, True)
    assert window.workspace.preferences.now == wanted
    assert read_preferences() == wanted
    assert worn == [("light", 1.0), ("light", 1.2)]
    assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 1
    click(dialog, "restore_defaults")
    assert window.workspace.preferences.now == Preferences()
    assert child(dialog, QComboBox, "theme").currentText() == "Dark"
    assert dialog.threads.text() == f"all ({cores()})"
    assert dialog.remember.isChecked()
    assert dialog.check_fusions.isChecked()
    assert not dialog.series_descriptions.isChecked()
    assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() != 1 or cores() == 1


def test_positions_and_convention_are_those_of_the_view_menu(window: MainWindow, dialog: PreferencesDialog) -> None:
    view, actions = window.workspace.view_model, window.actions_by_key
    choose(dialog, "ras", "R")
    choose(dialog, "radiological", "N")
    assert (view.view.ras, view.view.radiological) == (True, False)
    assert (actions["ras"].isChecked(), actions["radiological"].isChecked()) == (True, False)
    actions["ras"].trigger()
    actions["radiological"].trigger()
    assert child(dialog, QComboBox, "ras").currentData() is False
    assert child(dialog, QComboBox, "radiological").currentData() is True
    choose(dialog, "ras", "R")
    click(dialog, "restore_defaults")
    assert view.view.ras is False


def test_a_study_that_is_begun_has_them_as_well(open_window: OpenWindow) -> None:
    window = open_window()
    window.actions_by_key["preferences"].trigger()
    QApplication.processEvents()  # it has the keyboard now
    choose(child(window, PreferencesDialog), "ras", "R")
    window.actions_by_key["close_study"].trigger()
    assert window.workspace.view_model.view.ras
    window.close()
    assert open_window().workspace.view_model.view.ras


def test_what_is_remembered_is_listed_and_each_part_is_cleared_alone(
    window: MainWindow, dialog: PreferencesDialog, tmp_path: Path
) -> None:
    assert dialog.kept.toPlainText() == "Nothing is remembered."
    assert not dialog.clear_studies.isEnabled()
    assert dialog.clear_studies.toolTip() == "There is nothing to clear."
    study = tmp_path / "a.fusion.json"
    study.touch()
    window.workspace.document.saved(study)
    window.workspace.recent.note_folder("images", tmp_path)
    QSettings().setValue("window/geometry", window.saveGeometry())
    dialog.hide()
    dialog.show()
    window_line = "Window: size, layout, choices of dialogs, initials"
    assert dialog.kept.toPlainText().splitlines() == [f"Study: {study}", f"Folder of images: {tmp_path}", window_line]
    click(dialog, "clear_studies")
    assert dialog.kept.toPlainText().splitlines() == [f"Folder of images: {tmp_path}", window_line]
    click(dialog, "clear_folders")
    assert dialog.kept.toPlainText() == window_line
    assert study.exists()


def test_the_windows_layout_is_forgotten_and_as_at_the_first_start(
    window: MainWindow, dialog: PreferencesDialog
) -> None:
    window.workspace.preferences.change(side_letters="SI")
    window.workspace.view_model.set_layout("mosaic")
    window.resize(1400, 900)
    QSettings().setValue("picture/what", "mosaic")
    QSettings().setValue("another/part", "of the settings")
    dialog.hide()
    dialog.show()
    click(dialog, "clear_window_layout")
    assert (window.width(), window.height()) == FIRST_SIZE
    assert window.workspace.view_model.view.layout == "fused"
    assert set(QSettings().allKeys()) == {"preferences/side_letters", "another/part"}
    assert read_preferences().side_letters == "SI"
    assert dialog.isVisible()
    assert not dialog.clear_layout.isEnabled()


def test_without_the_mark_the_file_goes_at_once(window: MainWindow, dialog: PreferencesDialog, tmp_path: Path) -> None:
    window.workspace.recent.note_folder("images", tmp_path)
    assert recent_file().exists()
    assert "Folder of images" in dialog.kept.toPlainText()
    mouse_click(dialog.remember)
    assert not recent_file().exists()
    assert dialog.kept.toPlainText() == "Nothing is remembered."


def test_every_control_has_a_label_a_name_for_those_who_hear_it_and_a_tool_tip(dialog: PreferencesDialog) -> None:
    controls: list[QWidget] = [child(dialog, QComboBox, name) for name in BOXES]
    controls += [dialog.threads, dialog.kept, *dialog.findChildren(QAbstractButton)]
    named = [control for control in controls if not control.objectName().startswith("qt_")]
    assert all(control.accessibleName() and control.toolTip() for control in named)
    rows = [form.labelForField(control) for form in dialog.findChildren(QFormLayout) for control in named]
    assert len([row for row in rows if row is not None]) == len(BOXES) + 1  # buttons say it themselves


@pytest.mark.parametrize("share", [1.0, 1.5])
def test_it_fits_and_no_choice_is_cut_off_in_the_largest_letters_either(window: MainWindow, share: float) -> None:
    usual = QApplication.font()
    larger = QFont(usual)
    larger.setPointSizeF(usual.pointSizeF() * share)
    QApplication.setFont(larger)
    try:
        dialog = PreferencesDialog(window.workspace, window.forget_layout, window)
        dialog.show()
        QApplication.processEvents()
        assert dialog.width() <= 1000
        assert dialog.height() <= 600
        for box in dialog.findChildren(QComboBox):
            texts = (box.itemText(number) for number in range(box.count()))
            assert max(box.fontMetrics().horizontalAdvance(text) for text in texts) < box.width() - 20
        dialog.close()
        dialog.deleteLater()
    finally:
        QApplication.setFont(usual)


def test_the_dialog_offers_every_value_that_can_be_preferred() -> None:
    assert {value for value, _ in module.THEMES} == {"dark", "light", "system"}
    assert {value for value, _ in module.LETTERS} == {"HF", "SI"}
    assert {value for value, _ in module.WHEEL} == {value for value, _ in module.POSITIONS} == {True, False}
