"""A DICOM folder in the window: from the button to both images, also of thousands of files and of real scanners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from dicom_series import Series, oblique_mr
from keyboard import key_click
from pydicom.uid import generate_uid
from PyQt6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, click, error_told, written

from fusionviewer import Study
from fusionviewer.app.commands.window import show_step
from fusionviewer.imaging.dicom.folder import look_into
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.process import log
from fusionviewer.progress import Observer
from fusionviewer.session.study_file import save_study
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog
from fusionviewer.ui.dialogs.series.model import CHOICE_ROLE
from fusionviewer.ui.window.main_window import MainWindow

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "dicom"
N_FILES = 2000


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 files of 20 series; 19 are copies of the bytes of a CT under other UIDs, one is an MR."""
    folder = tmp_path_factory.mktemp("cd")
    ct = Series(n=100, step=(0.0, 0.0, 1.0), study=generate_uid()[:60].ljust(60, "1"), uid="1.2.840.1000.1")
    for path in ct.write(folder / "1"):
        whole = path.read_bytes()
        for number in range(2, 20):
            uid = f"1.2.840.1000.{number}"[-14:].encode()
            copied = whole.replace(b"1.2.840.1000.1", uid.ljust(14, b"\0")[:14])
            other = folder / str(number) / path.name
            other.parent.mkdir(exist_ok=True)
            other.write_bytes(copied)
    replace(oblique_mr(n=100, description="t1_mprage"), study=ct.study).write(folder / "20")
    return folder


@pytest.fixture
def asking(open_window: OpenWindow) -> MainWindow:
    """An empty window that asks its user, and not the tests."""
    window = open_window(EMPTY)
    folders = FolderMemory(lambda: window.workspace.recent)
    window.workspace.questions = WindowQuestions(window, lambda: False, lambda: False, folders)
    return window


def in_browser(use: Callable[[SeriesDialog], None]) -> list[BaseException]:
    """Use the browser as soon as it is open; what goes wrong in it is found in the list that is returned."""
    wrong: list[BaseException] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, SeriesDialog):
            QTimer.singleShot(20, look)
            return
        try:
            use(dialog)
        except BaseException as problem:
            wrong.append(problem)
            dialog.reject()

    QTimer.singleShot(0, look)
    return wrong


def _series_below(dialog: SeriesDialog) -> list[SeriesChoice]:
    model = dialog.tree.model()
    assert model is not None
    patients = [model.index(row, 0) for row in range(model.rowCount())]
    studies = [model.index(row, 0, above) for above in patients for row in range(model.rowCount(above))]
    return [model.index(row, 0, above).data(CHOICE_ROLE) for above in studies for row in range(model.rowCount(above))]


def test_thousands_of_files_are_chosen_from_by_keys_alone(
    asking: MainWindow, chosen: Chosen, thousands: Path, qtbot: QtBot
) -> None:
    chosen.path = thousands

    def use(dialog: SeriesDialog) -> None:
        assert len(_series_below(dialog)) == 20
        assert written_in(dialog, "picked_fixed") == "t1_mprage"
        key_click(dialog.tree, Qt.Key.Key_Return)

    wrong = in_browser(use)
    click(asking, "button_open_dicom")
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    state = asking.workspace.document.state
    assert state.fixed is not None
    assert state.moving is not None
    assert (state.fixed.name, state.moving.grid.size) == ("t1_mprage", (10, 12, 100))


def test_a_volume_of_a_series_is_chosen_saved_and_found_again(
    asking: MainWindow, chosen: Chosen, tmp_path: Path, qtbot: QtBot
) -> None:
    chosen.path = tmp_path / "cd"
    for kind in ("F", "W"):
        header = {"ImageType": ["DERIVED", "PRIMARY", "DIXON", kind]}
        oblique_mr(uid="1.2.4", number=4, description="dixon", header=header).write(chosen.path / kind)
    Series(number=2, description="thin", header={"PatientName": "Roe^Jo"}).write(chosen.path / "ct")
    (chosen.path / "ct" / "bad.dcm").write_bytes(bytes(128) + b"DICM" + b"rubbish")

    def use(dialog: SeriesDialog) -> None:
        fat = next(choice for choice in _series_below(dialog) if choice.part_name == "fat")
        dialog.tree.select(fat)
        assert "part 1" in dialog.details.text.toPlainText()
        key_click(dialog.tree, Qt.Key.Key_F)
        assert written_in(dialog, "picked_fixed") == "dixon, fat"
        dialog.tree.select(next(choice for choice in _series_below(dialog) if choice.modality == "CT"))
        assert "bad.dcm" in dialog.details.text.toPlainText()
        if "moving" not in dialog.picks:  # M on what is chosen already lets it go
            key_click(dialog.tree, Qt.Key.Key_M)
        dialog.accept()

    wrong = in_browser(use)
    click(asking, "button_open_dicom")
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    workspace = asking.workspace
    fixed, moving = workspace.document.state.fixed, workspace.document.state.moving
    assert fixed is not None
    assert moving is not None
    assert fixed.name == "dixon, fat"
    show_step(workspace, "open")
    assert written(asking, "odd_pair").startswith(
        "▲ The headers of the fixed and the moving image name different patients (their name differs)"
    )
    assert "Roe" not in written(asking, "odd_pair")
    study = tmp_path / "s.fusion.json"
    save_study(workspace.document.state, workspace.view_model.view, study)
    assert "Roe" not in study.read_text()
    assert moving.patient.name not in study.read_text()
    again = Study.open(study)
    assert again.fixed is not None
    assert again.fixed.fingerprint == fixed.fingerprint
    assert again.fixed.name == "dixon, fat"


def test_of_two_folders_the_second_browser_shows_what_was_chosen_in_the_first(
    asking: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in (1, 2):
        Series(number=number, description=f"ct {number}").write(tmp_path / "a" / str(number))
        oblique_mr(number=number, description=f"mr {number}").write(tmp_path / "b" / str(number))

    def first(dialog: SeriesDialog) -> None:
        assert written_in(dialog, "picked_moving") == "not chosen here"
        assert written_in(dialog, "why_moving") == "The moving image comes from another file or folder."
        wrong.append(in_browser(second))
        key_click(dialog.tree, Qt.Key.Key_Return)

    def second(dialog: SeriesDialog) -> None:
        assert written_in(dialog, "picked_fixed").startswith("ct ")
        assert written_in(dialog, "why_fixed").startswith("Chosen from another folder: Series ")
        assert written_in(dialog, "picked_moving").startswith("mr ")
        seen.append(dialog)
        key_click(dialog.tree, Qt.Key.Key_Return)

    seen: list[SeriesDialog] = []
    wrong: list[list[BaseException]] = []
    wrong.append(in_browser(first))
    drop(asking, [tmp_path / "a", tmp_path / "b"])
    wait_until_idle(asking.workspace, qtbot)
    assert [problem for problems in wrong for problem in problems] == []
    assert len(seen) == 1
    state = asking.workspace.document.state
    assert [volume.modality for volume in (state.fixed, state.moving) if volume is not None] == ["CT", "MR"]


def drop(window: MainWindow, paths: list[Path]) -> None:
    """Let folders fall on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), *rest))
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), *rest))


def written_in(dialog: SeriesDialog, name: str) -> str:
    return child(dialog, QLabel, name).text()


def test_esc_while_headers_are_read_leaves_the_window_as_it_was(
    asking: MainWindow, chosen: Chosen, thousands: Path, qtbot: QtBot
) -> None:
    chosen.path = thousands
    click(asking, "button_open_dicom")
    assert asking.workspace.runner.busy
    key_click(asking, Qt.Key.Key_Escape)
    assert not asking.workspace.runner.busy
    assert not asking.workspace.document.state.volumes()
    assert asking.workspace.runner.wait_for_threads(10)
    wrong = in_browser(lambda dialog: dialog.reject())
    click(asking, "button_open_dicom")  # and it can be used again
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    assert not asking.workspace.document.state.volumes()


def test_esc_in_the_browser_leaves_the_window_as_it_was(
    asking: MainWindow, chosen: Chosen, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in (1, 2):
        Series(number=number).write(tmp_path / str(number))
    chosen.path = tmp_path
    wrong = in_browser(lambda dialog: key_click(dialog.tree, Qt.Key.Key_Escape))
    click(asking, "button_open_fixed_folder")
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    assert not asking.workspace.document.state.volumes()
    assert error_told(asking) == ""


def test_names_are_nowhere_but_on_the_screen(asking: MainWindow, chosen: Chosen, tmp_path: Path, qtbot: QtBot) -> None:
    for number in (1, 2):
        Series(number=number, header={"PatientName": "Secretname^Jane"}).write(tmp_path / str(number))
    chosen.path = tmp_path

    def use(dialog: SeriesDialog) -> None:
        dialog.names.setChecked(True)
        model = dialog.tree.model()
        assert model is not None
        assert "Secretname" in str(model.index(0, 0).data())
        key_click(dialog.tree, Qt.Key.Key_Return)

    wrong = in_browser(use)
    click(asking, "button_open_fixed_folder")
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    assert asking.workspace.document.state.fixed is not None
    kept = [f"{key} {QSettings().value(key)}" for key in QSettings().allKeys()]
    logs = [path.read_text("utf-8", "replace") for path in log.folder().glob("*")] if log.folder().is_dir() else []
    assert not any("secretname" in text.lower() for text in (*kept, *logs, asking.windowTitle()))
    assert "secretname" not in repr(asking.workspace.document.state).lower()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared DICOM series are not here")
def test_series_of_real_scanners_are_listed_with_what_is_the_matter(
    asking: MainWindow, chosen: Chosen, qtbot: QtBot
) -> None:
    chosen.path = SHARED
    found: list[SeriesChoice] = []

    def use(dialog: SeriesDialog) -> None:
        found.extend(_series_below(dialog))
        for choice in found:
            dialog.tree.select(choice)
            told = dialog.details.text.toPlainText()
            assert all(remark in told for remark in choice.remarks)
            key_click(dialog.tree, Qt.Key.Key_M)
            assert (dialog.picks.get("moving") == choice.key) is choice.usable
        qtbot.waitUntil(lambda: all_have_pictures(dialog, found), timeout=20_000)
        dialog.reject()

    wrong = in_browser(use)
    click(asking, "button_open_dicom")
    wait_until_idle(asking.workspace, qtbot)
    assert wrong == []
    assert {choice.key for choice in found} == {choice.key for choice in look_into(SHARED, Observer()).choices}
    reasons = " ".join(choice.why_not for choice in found)
    assert "in colour" in reasons
    assert "b 1300, direction 1 of 3" in {choice.part_name for choice in found}
    assert "in colour" in reasons
    assert any("gantry was tilted" in note for choice in found for note in choice.notes)


def all_have_pictures(dialog: SeriesDialog, choices: list[SeriesChoice]) -> bool:
    """Whether all that are grey pictures can be seen: colour is the only kind that cannot."""
    model = dialog.tree.model()
    assert model is not None
    seen = [choice for choice in choices if "colour" not in choice.why_not]
    return all(dialog._model.picture(choice.key) is not None for choice in seen)
