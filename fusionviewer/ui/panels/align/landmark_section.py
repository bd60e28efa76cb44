"""Landmarks: mark pairs, and fit to them."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.state import SIDES
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.panels.align.landmark_error_summary import LandmarkErrorSummary
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button


class LandmarkSection(Section):
    """The table of pairs, the fit to them, and how well they fit."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        files = (("Open", ("open_pairs", *(f"open_{side}_points" for side in SIDES))),
                 ("Save", ("save_pairs", *(f"save_{side}_points" for side in SIDES))))  # fmt: skip
        above = [action_button(actions["order_by_residual"], "Order")]
        above += [_menu_button(text, [actions[key] for key in keys]) for text, keys in files]
        super().__init__("Landmarks", parent, corner=_row(above))
        self.table = LandmarkTable(workspace)
        self.add(self.table)
        below = [action_button(actions["new_pair"], "New pair"), action_button(actions["delete_pair"], "Delete")]
        below.append(action_button(actions["fit_landmarks"]))
        for button in (*above, *below):
            button.setProperty("role", "narrow")
        self.add_row(*below, stretch=2)
        self.add(LandmarkErrorSummary(workspace))


def _row(buttons: list[QPushButton]) -> QWidget:
    """Buttons at the right of a heading."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, UNIT, 0, 0)  # as the heading, which has its room above it
    row.setSpacing(UNIT)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return made


def _menu_button(text: str, actions: list[QAction]) -> QPushButton:
    """A button that offers actions."""
    button = QPushButton(text)
    button.setObjectName(f"{text.lower()}_points")
    button.setAccessibleName(f"{text} landmarks")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(f"{text} pairs, or the points of one image")
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    menu.addActions(actions)
    button.setMenu(menu)
    return button
