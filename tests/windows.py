"""A main window as its user has it: its controls by their names, keys in what has the keyboard, what is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from keyboard import NONE, key_click
from mouse import mouse_click
from panes import picture_of
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QTableWidget, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.tasks.image_reading import Opened, find_head
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, LandmarkPair
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.landmarks.target_table import TargetTable
from fusionviewer.ui.look.theme import ThemeName
from fusionviewer.ui.panels.align_panel import Page
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.overview import OverviewPage

EMPTY = FusionState()
"""To open a window without images."""

Part = TypeVar("Part", bound=QObject)


class OpenWindow(Protocol):
    """The fixture `open_window`."""

    def __call__(
        self,
        study: FusionState | None = None,
        *,
        landmarks: Sequence[LandmarkPair] = (),
        layout: Layout | None = None,
        page: Page | None = None,
        unfolded: bool = False,
        overview: OverviewPage = "Readout",
    ) -> MainWindow: ...


class Dress(Protocol):
    """The fixture `dressed`."""

    def __call__(self, theme: ThemeName = "dark", scale: float = 1.0) -> None: ...


@dataclass
class Chosen:
    """The file that the dialogs for files give: the fixture `chosen`."""

    path: Path | None = None


def child(parent: QObject, kind: type[Part], name: str = "") -> Part:
    """The part of this kind and name, which must be there; of several alike the one that is seen."""
    found = parent.findChildren(kind, name) if name else parent.findChildren(kind)
    seen = [part for part in found if isinstance(part, QWidget) and part.isVisible()]
    assert found, name or kind.__name__
    return seen[0] if seen else found[0]


def click(parent: QWidget, name: str) -> None:
    """Click a button that can be pressed."""
    button = child(parent, QAbstractButton, name)
    assert button.isEnabled(), name
    mouse_click(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def press_in_views(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key in the active view, whatever has the keyboard."""
    key_click(window.images.active_view(), key, modifiers)
    QApplication.processEvents()


def written(window: MainWindow, name: str) -> str:
    """What a label says; nothing where it is hidden."""
    label = child(window, QLabel, name)
    return label.text() if label.isVisibleTo(window) else ""


def error_told(window: MainWindow) -> str:
    """What the message over the images says, without its sign; nothing where there is none."""
    return written(window, "message").removeprefix("✗ ")


def tip(window: MainWindow, name: str) -> str:
    return child(window, QLabel, name).toolTip()


def picture(window: MainWindow, key: str = "fused.axial") -> QImage:
    """What a view shows now."""
    return picture_of(window.images.view(key))


def pairs(window: MainWindow) -> tuple[LandmarkPair, ...]:
    return window.workspace.document.state.landmarks


def names(window: MainWindow) -> list[str]:
    return [pair.name for pair in pairs(window)]


def selected_name(window: MainWindow) -> str | None:
    """The name of the pair that is selected."""
    pair = window.workspace.selected_pair
    return None if pair is None else pair.name


def pair_table(window: MainWindow) -> LandmarkTable:
    return child(window, LandmarkTable, "landmarks")


def target_table(window: MainWindow) -> TargetTable:
    return child(window, TargetTable, "targets")


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    assert item is not None
    return item.text()


def cell_tip(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    assert item is not None
    return item.toolTip()


def click_cell(table: QTableWidget, row: int, column: int) -> None:
    place = table.visualItemRect(table.item(row, column)).center()
    mouse_click(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QApplication.processEvents()


def put_pairs(window: MainWindow, marked: Sequence[LandmarkPair]) -> None:
    """These pairs in place of the study's, as one step."""
    document = window.workspace.document
    document.apply("Pairs", replace(document.state, landmarks=tuple(marked)))
    QApplication.processEvents()


def open_files(window: MainWindow, qtbot: QtBot, chosen: Chosen, files: tuple[Path, Path]) -> None:
    """Open a fixed and a moving image by the buttons of the first step."""
    for action, chosen.path in zip(("open_fixed", "open_moving"), files, strict=True):
        click(window, f"button_{action}")
        wait_until_idle(window.workspace, qtbot)


def show_images(window: MainWindow, fixed: Volume, moving: Volume) -> None:
    """A study of two images in place of the one that is shown."""
    opened = Opened({"fixed": fixed, "moving": moving}, {"fixed": find_head(fixed), "moving": find_head(moving)})
    show_study(window.workspace, edits.new_study(fixed, moving), opened)
    QApplication.processEvents()
