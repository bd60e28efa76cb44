from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from series_folders import CHOICES, question

from fusionviewer.app.commands import choose_files
from fusionviewer.app.commands.context import FileKind
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.preferences import PreferenceStore
from fusionviewer.app.state.recent_files import RecentFiles
from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.session.landmark_joining import Mismatch
from fusionviewer.session.study_file import ImageReference
from fusionviewer.ui.dialogs import file_dialogs
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory
from fusionviewer.ui.dialogs.questions import WindowQuestions


def _press(text: str) -> None:
    """Press a button of the dialog that is open, as soon as it is."""

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(20, press)
            return
        assert isinstance(dialog, QMessageBox)
        buttons = {button.text().replace("&", ""): button for button in dialog.buttons()}
        buttons[text].click()

    QTimer.singleShot(0, press)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def folders(qapp: QApplication) -> FolderMemory:
    recent = RecentFiles(Document(), PreferenceStore())
    return FolderMemory(lambda: recent)


@pytest.mark.parametrize(
    ("button", "saves", "expected", "saved"),
    [("Save", True, True, 1), ("Save", False, False, 1), ("Discard", True, True, 0), ("Cancel", True, False, 0)],
)
def test_changes_are_saved_discarded_or_kept(
    parent: QWidget, folders: FolderMemory, button: str, saves: bool, expected: bool, saved: int
) -> None:
    calls: list[int] = []

    def save() -> bool:
        calls.append(1)
        return saves

    questions = WindowQuestions(parent, lambda: True, save, folders)
    _press(button)
    assert questions.may_discard_changes() is expected
    assert len(calls) == saved


def test_nothing_is_asked_without_changes(parent: QWidget, folders: FolderMemory) -> None:
    assert WindowQuestions(parent, lambda: False, lambda: False, folders).may_discard_changes()


DIFFERENT = Mismatch(("AC",), ("P1",), ("PC",))
RAS = Suggestion("RAS", "Read as RAS, 4 of 4 lie inside.", 4, np.diag([-1.0, -1.0, 1.0, 1.0]))
REFERENCE = ImageReference("mr.nii.gz", "/somewhere/mr.nii.gz", "", "abc", "mr")


@pytest.mark.parametrize(
    ("ask", "button", "answer"),
    [
        (lambda q: q.choose_side("ct.nii.gz"), "Fixed", "fixed"),
        (lambda q: q.choose_side("ct.nii.gz"), "Moving", "moving"),
        (lambda q: q.choose_side("ct.nii.gz"), "Cancel", None),
        (lambda q: q.accept_changed_image("fixed image", REFERENCE), "Open all the same", True),
        (lambda q: q.accept_changed_image("fixed image", REFERENCE), "Cancel", False),
        (lambda q: q.find_image("fixed image", REFERENCE), "Cancel", None),
        (lambda q: q.may_mirror("x"), "Mirror it", True),
        (lambda q: q.may_mirror("x"), "Cancel", False),
        (lambda q: q.choose_points_side("a.csv"), "Moving", "moving"),
        (lambda q: q.choose_points_side("a.csv"), "Cancel", None),
        (lambda q: q.choose_pairing("a.csv", "fixed", DIFFERENT), "Those in both", "common"),
        (lambda q: q.choose_pairing("a.csv", "fixed", DIFFERENT), "All of them", "all"),
        (lambda q: q.choose_pairing("a.csv", "fixed", DIFFERENT), "By their order", "order"),
        (lambda q: q.choose_pairing("a.csv", "fixed", DIFFERENT), "Cancel", None),
        (lambda q: q.choose_joining("a.csv", 3, 2), "Replace them", "instead"),
        (lambda q: q.choose_joining("a.csv", 3, 2), "Add to them", "add"),
        (lambda q: q.choose_joining("a.csv", 3, 2), "Cancel", None),
        (lambda q: q.choose_reading("a.csv", "the fixed image", (3, 4), (RAS,)), "RAS", RAS),
        (lambda q: q.choose_reading("a.csv", "the fixed image", (3, 4), (RAS,)), "As written", "as written"),
        (lambda q: q.choose_reading("a.csv", "the fixed image", (0, 4), ()), "Cancel", None),
    ],
)
def test_each_answer_is_taken(
    parent: QWidget, folders: FolderMemory, ask: Callable[[WindowQuestions], object], button: str, answer: object
) -> None:
    _press(button)
    assert ask(WindowQuestions(parent, lambda: False, lambda: False, folders)) == answer


def test_a_series_dialog_that_is_left_chooses_nothing(parent: QWidget, folders: FolderMemory) -> None:
    def leave() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.reject()
        else:
            QTimer.singleShot(20, leave)

    QTimer.singleShot(0, leave)
    questions = WindowQuestions(parent, lambda: False, lambda: False, folders)
    assert questions.choose_series(question(CHOICES)) is None


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("a", "", "a.nii.gz"), ("a", "NRRD (*.nrrd)", "a.nrrd"), ("a.mha", "", "a.mha"), ("a.NRRD", "", "a.NRRD"),
        ("2024.05.01", "", "2024.05.01.nii.gz"), ("a.jpg", "", "a.jpg"), ("", "", None),
    ],
)  # fmt: skip
def test_a_name_without_an_ending_gets_one(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, kind: str, expected: str | None
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed) if typed else "", kind))
    chosen = file_dialogs.choose_new_file(parent, "Save", "moving-on-fixed.nii.gz", choose_files.VOLUMES)
    assert chosen == (tmp_path / expected if expected else None)


@pytest.mark.parametrize(
    ("suggestion", "kinds", "typed", "expected"),
    [
        ("t.tfm", (FileKind("ITK (text)", (".tfm",)),), "scan.nii.gz", "scan.nii.gz.tfm"),
        ("t.aff12.1D", (FileKind("AFNI", (".aff12.1D", ".1D")),), "pose", "pose.aff12.1D"),
        ("study.fusion.json", choose_files.STUDIES, "a.json", "a.fusion.json"),
        ("study.fusion.json", choose_files.STUDIES, "a.fusion", "a.fusion.json"),
        ("study.fusion.json", choose_files.STUDIES, "v1.2", "v1.2.fusion.json"),
    ],
)
def test_where_there_is_one_ending_every_name_has_it_and_no_file_is_replaced_unasked(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suggestion: str,
    kinds: Sequence[FileKind], typed: str,
    expected: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    assert file_dialogs.choose_new_file(parent, "Save", suggestion, kinds) == tmp_path / expected
    (tmp_path / expected).touch()
    _press("No")
    assert file_dialogs.choose_new_file(parent, "Save", suggestion, kinds) is None


@pytest.mark.parametrize(("button", "replaced"), [("Yes", True), ("No", False)])
def test_an_existing_file_is_not_replaced_unasked(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, button: str, replaced: bool
) -> None:
    (tmp_path / "a.png").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a"), ""))
    _press(button)
    chosen = file_dialogs.choose_new_file(parent, "Save", "fused.png", (FileKind("PNG", (".png",)),))
    assert (chosen is not None) is replaced


def test_a_long_name_fits_the_question(parent: QWidget, folders: FolderMemory) -> None:
    name = "20260314_CT_HEAD_THIN_BONE_0.6mm_H60s_with_frame_and_electrodes_second_series_" * 3
    outside: list[bool] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, look)
            return
        QApplication.processEvents()
        for line in box.findChildren(QLabel):
            outside.append(line.isVisible() and line.minimumSizeHint().width() > line.width())
        box.reject()

    for ask in (
        lambda: WindowQuestions(parent, lambda: False, lambda: False, folders).choose_side(name),
        lambda: file_dialogs.may_replace(parent, Path(name)),
    ):
        QTimer.singleShot(0, look)
        ask()
    assert len(outside) >= 4
    assert not any(outside)
