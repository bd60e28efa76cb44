"""The four steps, always visible, and the two choices that belong to all of them."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from fusionviewer.app.guidance import STEPS, Step
from fusionviewer.app.workspace import Workspace
from fusionviewer.ui.controls import action_button, label
from fusionviewer.ui.menus import ActionSet
from fusionviewer.ui.theme import UNIT


class StepBar(QWidget):
    """Open ▸ Align ▸ Check ▸ Export: chooses the panel of the side column, and marks the step that comes next."""

    chosen = pyqtSignal(str)

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, 0, UNIT, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[Step, QToolButton] = {}
        for number, (step, name) in enumerate(STEPS, start=1):
            button = QToolButton()
            button.setObjectName(f"step_{step}")
            button.setText(f"{number}  {name}")
            button.setProperty("role", "step")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, s=step: self.go_on(s))
            self._group.addButton(button)
            self._buttons[step] = button
            row.addWidget(button)
            if number < len(STEPS):
                row.addWidget(label("›", "caption"))
        row.addStretch(1)
        for key in ("checkerboard", "bone_edges", "layout"):
            button_ = action_button(actions[key])
            row.addWidget(button_)
            row.addSpacing(UNIT // 2)
        self.go_on("open")

    def go_on(self, step: Step) -> None:
        """Show the panel of a step."""
        self._buttons[step].setChecked(True)
        self.chosen.emit(step)

    def recommend(self, step: Step) -> None:
        """Say in the tool tips which step comes next."""
        for which, button in self._buttons.items():
            button.setToolTip("The next sensible step" if which == step else "")
