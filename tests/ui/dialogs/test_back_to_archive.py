"""What goes back to the archive, with real clicks and keys: chosen, shown, written, and opened again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from archive_pairs import POSE, SECRETS, Made, ct, made, mr
from keyboard import CTRL, SHIFT, key_click
from mouse import mouse_click
from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from series_browser import rows
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, click, error_told, press_in_views

from fusionviewer.exchange.archive.export import Originals
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import read_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.resample import resample
from fusionviewer.session import edits
from fusionviewer.ui.dialogs.back_to_archive import ArchiveDialog
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("pair"), mr(), ct())


@pytest.fixture(scope="module")
def originals(pair: Made) -> Originals:
    return pair.plan().originals


@pytest.fixture
def show(qtbot: QtBot, originals: Originals) -> Callable[..., ArchiveDialog]:
    def shown(of: Originals = originals) -> ArchiveDialog:
        dialog = ArchiveDialog(of)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        dialog.activateWindow()
        return dialog

    return shown


def save_button(dialog: QDialog) -> QPushButton:
    button = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    return button


def table(dialog: ArchiveDialog) -> dict[str, str]:
    """The value of each tag by its name; of a title, nothing."""
    cells = ((dialog.tags.item(row, 1), dialog.tags.item(row, 2)) for row in range(dialog.tags.rowCount()))
    return {name.text(): value.text() for name, value in cells if name is not None and value is not None}


def titles(dialog: ArchiveDialog) -> list[str]:
    cells = [dialog.tags.item(row, 0) for row in range(dialog.tags.rowCount()) if dialog.tags.columnSpan(row, 0) == 3]
    return [cell.text() for cell in cells if cell is not None]


def test_first_registration_and_series_are_offered_with_the_patient(show: Callable[..., ArchiveDialog]) -> None:
    dialog = show()
    assert dialog.choice.wanted == ("registration", "series")
    assert not dialog.choice.without_names
    assert titles(dialog) == ["Patient and study", "Registration", "Aligned series"]
    found = table(dialog)
    assert found["Patient's Name"] == "Müller^Änne"
    assert found["Accession Number"] == "A-4711"
    assert found["Study Instance UID"] == dialog.choice.plan.stamp.study
    assert "belong to the patient and the study of the fixed image" in dialog.caption.text()
    key_click(dialog.whats["colour"], Qt.Key.Key_Space)
    assert titles(dialog)[-1] == "Colour series"
    assert table(dialog)["Series Instance UID"] == dialog.choice.plan.series["colour"].uid


def test_without_names_the_table_shows_none(show: Callable[..., ArchiveDialog]) -> None:
    dialog = show()
    kept = table(dialog)
    dialog.names.setFocus()
    key_click(dialog.names, Qt.Key.Key_Down)
    assert dialog.choice.without_names
    found = table(dialog)
    assert found["Patient's Name"] == found["Patient ID"] == "– empty –"
    assert found["Patient Identity Removed"] == "YES"
    assert found["Study Instance UID"] != kept["Study Instance UID"]
    assert not any(secret in " ".join(found.values()) for secret in SECRETS)
    assert "all UIDs are new" in dialog.caption.text()


def test_nothing_cannot_be_saved_and_the_last_choice_is_offered_first(show: Callable[..., ArchiveDialog]) -> None:
    dialog = show()
    for what in ("registration", "series"):
        key_click(dialog.whats[what], Qt.Key.Key_Space)
    assert not save_button(dialog).isEnabled()
    assert save_button(dialog).toolTip() == "Choose what is to be written."
    key_click(dialog.whats["colour"], Qt.Key.Key_Space)
    key_click(dialog.names, Qt.Key.Key_Down)
    mouse_click(save_button(dialog))
    again = show()
    assert again.choice.wanted == ("colour",)
    assert again.choice.without_names


def test_two_patients_must_be_confirmed(show: Callable[..., ArchiveDialog], originals: Originals) -> None:
    header = copy.deepcopy(originals.moving.header)
    header.PatientID, header.PatientName = "Y7654321", "Roe^Richard"
    dialog = show(replace(originals, moving=replace(originals.moving, header=header)))
    assert not save_button(dialog).isEnabled()
    assert save_button(dialog).toolTip() == "Confirm first that the two images are of one patient."
    key_click(dialog.confirmed, Qt.Key.Key_Space)
    assert save_button(dialog).isEnabled()
    assert "Roe" not in " ".join(table(dialog).values())


def test_a_series_of_another_kind_is_not_offered(show: Callable[..., ArchiveDialog], originals: Originals) -> None:
    header = copy.deepcopy(originals.moving.header)
    header.Modality = "PT"
    dialog = show(replace(originals, moving=replace(originals.moving, header=header)))
    assert dialog.choice.wanted == ("registration",)
    assert not dialog.whats["series"].isEnabled()
    assert "Only a CT or an MR" in dialog.whats["series"].toolTip()


def answer(kind: type, act: Callable[[QDialog], None]) -> list[BaseException]:
    """Do something with the modal dialog, as soon as it is open; what goes wrong in it is found in the list."""
    wrong: list[BaseException] = []

    def look() -> None:
        found = QApplication.activeModalWidget()
        if not isinstance(found, kind):
            QTimer.singleShot(20, look)
            return
        assert isinstance(found, QDialog)
        try:
            act(found)
        except BaseException as problem:
            wrong.append(problem)
            found.reject()

    QTimer.singleShot(0, look)
    return wrong


def pick(fixed: Callable[[SeriesChoice], bool], moving: Callable[[SeriesChoice], bool]) -> Callable[[QDialog], None]:
    """In the series browser, choose these two by their keys, and open them."""

    def use(dialog: QDialog) -> None:
        assert isinstance(dialog, SeriesDialog)
        for side, key, wanted in (("fixed", Qt.Key.Key_F, fixed), ("moving", Qt.Key.Key_M, moving)):
            choice = next(one for one in rows(dialog) if wanted(one))
            dialog.tree.select(choice)
            if dialog.picks.get(side) != choice.key:  # type: ignore[call-overload] # the key lets go what is chosen
                key_click(dialog.tree, key)
        assert len(dialog.picks) == 2
        key_click(dialog.tree, Qt.Key.Key_Return)

    return use


@pytest.fixture
def asking(open_window: OpenWindow) -> MainWindow:
    """An empty window that asks its user, and not the tests."""
    window = open_window(EMPTY)
    folders = FolderMemory(lambda: window.workspace.recent)
    window.workspace.questions = WindowQuestions(window, lambda: True, lambda: True, folders)
    return window


def test_from_the_series_browser_to_the_archive_and_back(
    asking: MainWindow, chosen: Chosen, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patient's CT and MR are opened from one folder, aligned by a known pose, written back, and opened again."""
    folder, workspace = tmp_path / "cd", asking.workspace
    ct().write(folder / "1")
    mr().write(folder / "2")
    chosen.path = folder

    def open_two(fixed: str, moving: str) -> None:
        use = pick(lambda one: one.description == fixed, lambda one: one.description == moving)
        monkeypatch.setattr(workspace.questions, "may_discard_changes", lambda: True)
        wrong = answer(SeriesDialog, use)
        asking.actions_by_key["open_dicom"].trigger()
        wait_until_idle(workspace, qtbot)
        assert wrong == []

    open_two("t1", "thin")
    state = workspace.document.state
    assert state.fixed is not None
    assert state.moving is not None
    workspace.document.apply("a known pose", edits.set_pose(state, POSE, "file"))
    expected = resample(state.moving, state.fixed.grid, POSE).array

    def save(dialog: QDialog) -> None:
        assert isinstance(dialog, ArchiveDialog)
        assert child(dialog, QLabel, "archive_caution").text() == "▲ This alignment has not been reviewed yet."
        key_click(dialog.whats["colour"], Qt.Key.Key_Space)
        mouse_click(save_button(dialog))

    wrong = answer(ArchiveDialog, save)
    asking.activateWindow()
    qtbot.waitUntil(asking.isActiveWindow)
    press_in_views(asking, Qt.Key.Key_E, CTRL | SHIFT)
    wait_until_idle(workspace, qtbot)
    assert wrong == []
    out = folder / "for-the-archive"
    assert sorted(path.name for path in out.iterdir()) == ["aligned", "colour.dcm", "registration.dcm"]
    assert asking.status.sentence.text() == "Wrote for-the-archive with 10 files of DICOM."
    assert workspace.alignment_exported

    workspace.document.apply("away", edits.set_pose(workspace.document.state, RigidTransform.identity(), "file"))
    chosen.path = out / "registration.dcm"
    asking.actions_by_key["open_transform"].trigger()
    assert workspace.document.state.alignment.moving_from_fixed.is_close(POSE, 1e-9)

    chosen.path = folder
    open_two("t1", "CT resampled onto MR")
    state = workspace.document.state
    assert state.fixed is not None
    assert state.moving is not None
    assert state.moving.frame_of_reference == state.fixed.frame_of_reference
    np.testing.assert_allclose(state.moving.grid.point_from_index, state.fixed.grid.point_from_index, atol=1e-6)
    np.testing.assert_array_equal(state.moving.array, expected)
    assert not state.moving.notes


def test_the_button_writes_without_names_and_escape_leaves_nothing(
    open_window: OpenWindow, pair: Made, chosen: Chosen, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(edits.set_pose(edits.new_study(pair.fixed, pair.moving), POSE, "hand"))
    chosen.path = tmp_path
    monkeypatch.setattr(ArchiveDialog, "exec", lambda _: QDialog.DialogCode.Rejected)
    click(window, "step_export")
    click(window, "button_export_archive")
    wait_until_idle(window.workspace, qtbot)
    assert list(tmp_path.iterdir()) == []

    def accept(dialog: ArchiveDialog) -> QDialog.DialogCode:
        dialog.names.setCurrentIndex(1)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(ArchiveDialog, "exec", accept)
    for name in ("without-names", "without-names-2"):
        click(window, "button_export_archive")
        wait_until_idle(window.workspace, qtbot)
        assert pydicom.dcmread(tmp_path / name / "registration.dcm").PatientIdentityRemoved == "YES"

    started = window.workspace.runner.start

    def start_and_cancel(title: str, job: object, then: object) -> None:
        started(title, job, then)  # type: ignore[arg-type]
        if title == "Writing for the archive":
            press_in_views(window, Qt.Key.Key_Escape)

    monkeypatch.setattr(window.workspace.runner, "start", start_and_cancel)
    click(window, "button_export_archive")
    wait_until_idle(window.workspace, qtbot)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["without-names", "without-names-2"]
    assert window.status.sentence.text() == "Cancelled: nothing was written for the archive."


def test_a_registration_is_also_one_of_the_transforms(
    open_window: OpenWindow, pair: Made, chosen: Chosen, tmp_path: Path, qtbot: QtBot
) -> None:
    """The fixture has the dialog of transforms accepted as it offers itself: here with the format chosen last."""
    window = open_window(edits.set_pose(edits.new_study(pair.fixed, pair.moving), POSE, "hand"))
    QSettings().setValue("transform/format", "dicom")
    chosen.path = tmp_path / "pose.dcm"
    window.actions_by_key["export_transform"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert "Wrote pose.dcm. DICOM Spatial Registration: moves thin onto t1" in window.status.sentence.text()
    found = read_transform(chosen.path, "", Pair.of(pair.fixed, pair.moving))
    assert found.is_close(POSE, 1e-9)


def test_series_that_have_gone_are_told_and_images_of_other_kinds_have_no_button(
    open_window: OpenWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = made(tmp_path, mr(), ct())
    window = open_window(edits.new_study(gone.fixed, gone.moving))
    (tmp_path / "moving").rename(tmp_path / "elsewhere")
    window.actions_by_key["export_archive"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert "of the moving image “thin” are not there any more" in error_told(window)
    phantoms = open_window()
    assert not phantoms.actions_by_key["export_archive"].isEnabled()
    assert "was not read from DICOM files" in phantoms.actions_by_key["export_archive"].toolTip()
