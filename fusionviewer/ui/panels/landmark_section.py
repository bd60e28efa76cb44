"""Landmarks: mark pairs, and fit to them."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QPushButton, QWidget

from fusionviewer.app.workspace import Workspace
from fusionviewer.session.state import SIDES
from fusionviewer.ui.controls import Section, action_button
from fusionviewer.ui.landmark_table import LandmarkTable
from fusionviewer.ui.menus import ActionSet


class LandmarkSection(Section):
    """The table of pairs, and the fit to them."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Landmarks", parent)
        self.add(LandmarkTable(workspace))
        buttons = [action_button(actions["new_pair"], "New pair"), action_button(actions["delete_pair"], "Delete")]
        buttons += [action_button(actions["order_by_residual"], "Order")]
        files = (("Open", ("open_pairs", *(f"open_{side}_points" for side in SIDES))),
                 ("Save", ("save_pairs", *(f"save_{side}_points" for side in SIDES))))  # fmt: skip
        buttons += [_menu_button(text, [actions[key] for key in keys]) for text, keys in files]
        for button in buttons:
            button.setProperty("role", "narrow")
        self.add_row(*buttons)
        self.add(action_button(actions["fit_landmarks"]))


def _menu_button(text: str, actions: list[QAction]) -> QPushButton:
    """A button that offers actions."""
    button = QPushButton(text)
    button.setObjectName(f"{text.lower()}_points")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(f"{text} pairs, or the points of one image")
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    menu.addActions(actions)
    button.setMenu(menu)
    return button
