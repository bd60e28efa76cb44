"""What is seen until there are two images, and what is said when they are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, Dress, OpenWindow, child, click, show_images, written

from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.recent import Remembered, recent_file, write_remembered
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.ui.panels.image_card import ImageCard
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.overlap_notice import OverlapNotice
from fusionviewer.ui.window.welcome_page import StudyButton


def card(window: MainWindow, name: str) -> ImageCard:
    """The place of an image that is seen."""
    return next(one for one in window.findChildren(ImageCard) if one.isVisible() and name in one.accessibleName())


def words(part: QWidget) -> str:
    return "\n".join(label.text() for label in part.findChildren(QLabel) if label.isVisible())


def drop(part: QWidget, paths: list[Path]) -> bool:
    """Drag files over a part of the window and let them go; whether they were welcome."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter, let_go = QDragEnterEvent(QPoint(9, 9), *rest), QDropEvent(QPointF(9, 9), *rest)
    enter.ignore()
    QApplication.sendEvent(part, enter)
    if enter.isAccepted():
        QApplication.sendEvent(part, let_go)
    return enter.isAccepted()


def test_each_place_takes_its_image_and_says_what_it_is(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path]
) -> None:
    window = open_window(EMPTY)
    assert window.welcome.isVisible()
    for part in (window.images, window.fade_bar, window.column):
        assert not part.isVisible()
    assert drop(card(window, "Moving"), [phantom_files[1]])
    wait_until_idle(window.workspace, qtbot)
    state = window.workspace.document.state
    assert state.fixed is None
    assert state.moving is not None
    assert window.welcome.isVisible()  # the other one is still to come, in the same place as before
    told = words(card(window, "Moving"))
    size = " × ".join(str(n) for n in state.moving.grid.size)
    for wanted in (state.moving.name, "CT", f"{size} voxels", " mm"):
        assert wanted in told
    picture = next(one for one in card(window, "Moving").findChildren(QLabel) if not one.pixmap().isNull())
    assert len({picture.pixmap().toImage().pixelColor(x, 40).value() for x in range(80)}) > 3
    assert child(window, QPushButton, "button_open_fixed").property("accent")
    assert drop(card(window, "Fixed"), [phantom_files[0]])
    wait_until_idle(window.workspace, qtbot)
    assert not window.welcome.isVisible()
    for part in (window.images, window.fade_bar, window.column):
        assert part.isVisible()


@pytest.mark.parametrize("place", ["Fixed", "Moving"])
def test_two_files_on_one_place_are_both_opened_and_it_is_said_which_is_which(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], place: str
) -> None:
    window = open_window(EMPTY)
    assert drop(card(window, place), list(phantom_files))
    wait_until_idle(window.workspace, qtbot)
    fixed, moving = (path.name for path in phantom_files)
    told = f"{fixed} was opened as the fixed image, {moving} as the moving one. Shift+S swaps them."
    assert written(window, "status") == told


def test_files_are_welcome_anywhere_and_web_pages_nowhere(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path]
) -> None:
    window = open_window(EMPTY)
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.nii")])
    for part in (window, card(window, "Fixed")):
        enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                                Qt.KeyboardModifier.NoModifier)  # fmt: skip
        enter.ignore()
        QApplication.sendEvent(part, enter)
        assert not enter.isAccepted()
    assert drop(window, list(phantom_files))
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state.has_pair


def test_one_image_can_be_looked_at_alone(open_window: OpenWindow, phantom_mr: Volume) -> None:
    window = open_window(FusionState(fixed=phantom_mr))
    window.workspace.window.look_at_single(False)
    assert window.welcome.isVisible()
    click(window, "button_look_at_single")
    assert window.images.isVisible()
    assert not window.fade_bar.isVisible()


def test_recent_studies_are_one_click_away(
    open_window: OpenWindow, chosen: Chosen, qtbot: QtBot, phantom_files: tuple[Path, Path], tmp_path: Path
) -> None:
    window = open_window(EMPTY)
    for side, chosen.path in zip(("fixed", "moving"), phantom_files, strict=True):
        click(window, f"button_open_{side}")
        wait_until_idle(window.workspace, qtbot)
    chosen.path = tmp_path / "head.fusion.json"
    window.actions_by_key["save"].trigger()
    assert window.close()
    again = open_window(EMPTY)
    assert child(again, QPushButton, "recent_0").text() == "head"
    click(again, "recent_0")
    wait_until_idle(again.workspace, qtbot)
    assert again.workspace.document.state.has_pair


def test_remarks_are_seen_before_the_step_changes(
    open_window: OpenWindow, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    window = open_window(EMPTY)
    odd = replace(phantom_ct, notes=("The slices are uneven: 2 to 4 mm apart.",))
    show_images(window, phantom_mr, odd)
    steps = [str(window.workspace.window.step)]
    assert "uneven" in written(window, "remarks_moving")
    assert child(window, QPushButton, "go_on").property("accent")
    click(window, "go_on")
    steps.append(str(window.workspace.window.step))
    show_images(window, phantom_mr, phantom_ct)  # without remarks
    steps.append(str(window.workspace.window.step))
    assert steps == ["open", "align", "align"]


def test_images_that_do_not_overlap_say_so_over_the_views(open_window: OpenWindow, unaligned: FusionState) -> None:
    far = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([900.0, 0.0, 0.0]))
    window = open_window(edits.set_pose(unaligned, far, "header"))
    notice = child(window, OverlapNotice)
    assert notice.isVisible()
    assert "do not overlap" in words(notice)
    sentence = child(notice, QLabel)
    assert sentence.visibleRegion().boundingRect().height() >= sentence.fontMetrics().height()
    buttons = {button.text(): button for button in notice.findChildren(QPushButton)}
    assert set(buttons) == {"Register", "Align centres"}
    within = window.images.rect().translated(window.images.mapTo(window, QPoint()))
    assert within.contains(notice.rect().translated(notice.mapTo(window, QPoint())))
    buttons["Align centres"].click()
    QApplication.processEvents()
    assert not notice.isVisible()
    assert window.workspace.document.state.alignment.origin == "centre"
    window.workspace.document.undo_stack.undo()
    assert notice.isVisible()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_recent_study_of_a_long_name_shows_how_it_begins_and_ends(
    dressed: Dress, open_window: OpenWindow, tmp_path: Path, scale: float
) -> None:
    dressed(scale=scale)
    long = "Planning & simulation of 2026-03-14, left temporal, second one with the new head frame 17"
    studies = [tmp_path / f"{name}{SUFFIX}" for name in (long, "head")]
    for study in studies:
        study.touch()
    write_remembered(recent_file(), Remembered(tuple(studies)))
    window = open_window(EMPTY)
    shown = []
    for number in (0, 1):
        button, option = child(window, StudyButton, f"recent_{number}"), QStyleOptionButton()
        button.initStyleOption(option)
        assert button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, option.text).width() < button.width()
        shown.append(option.text or "")
    assert shown[0].startswith("Plann")
    assert "…" in shown[0]
    assert shown[0].endswith("17")
    assert shown[1] == "head"


def test_a_message_leaves_the_page_in_sight(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    window.resize(1000, 600)
    QApplication.processEvents()
    heading = next(one for one in window.welcome.findChildren(QLabel) if one.text().startswith("Fuse"))
    before = heading.mapTo(window, QPoint()).y()
    window.messages.show_error(FusionError("The file a.nii is not an image.", "Choose another one."))
    QApplication.processEvents()
    lower = window.messages.mapTo(window, QPoint(0, window.messages.height())).y()
    assert heading.mapTo(window, QPoint()).y() >= lower
    window.messages.button("Close").click()
    QApplication.processEvents()
    assert heading.mapTo(window, QPoint()).y() == before
