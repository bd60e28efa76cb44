"""Landmarks: mark pairs, fit to them, and see what they say of each other."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from fusionviewer.app import marking
from fusionviewer.app.workspace import Workspace
from fusionviewer.ui.controls import Section, action_button, label
from fusionviewer.ui.landmark_table import LandmarkTable
from fusionviewer.ui.menus import ActionSet


class LandmarkSection(Section):
    """The table of pairs, and the fit to them."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Landmarks", parent)
        self._workspace = workspace
        self.add(LandmarkTable(workspace))
        self.add_row(action_button(actions["new_pair"], "New pair"), action_button(actions["delete_pair"], "Delete"))
        self.add(action_button(actions["fit_landmarks"]))
        self._fre = label("", "caption", wrap=True)
        self._fre.setObjectName("fre")
        self.add(self._fre)
        for signal in (workspace.document.landmarks_changed, workspace.document.volumes_changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._fre.setText(marking.fit_summary(self._workspace.document.state))
