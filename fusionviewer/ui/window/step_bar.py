"""The four steps, always visible, and the two choices that belong to all of them."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from fusionviewer.app.actions.view import LAYOUTS, TOOLS
from fusionviewer.app.state.guidance import STEPS, Step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import action_button, label
from fusionviewer.ui.widgets.theme import UNIT, follow_theme

TIPS: Final[dict[Step, str]] = {
    "open": "The two images, and what was odd about them",
    "align": "Register, mark landmarks, refine, or move by hand",
    "check": "What is known of the alignment; accept or reject it",
    "export": "Transforms, images, pictures and the study",
}
"""What the panel of each step is for."""


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
        self._names = {step: f"{number}  {name}" for number, (step, name) in enumerate(STEPS, start=1)}
        for number, (step, _) in enumerate(STEPS, start=1):
            button = QToolButton()
            button.setObjectName(f"step_{step}")
            button.setText(self._names[step])
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
        row.addWidget(label("Drag", "caption"))
        row.addSpacing(UNIT)
        for tool, name, _, _ in TOOLS:
            row.addWidget(action_button(actions[f"{tool}_tool"], name))
            row.addSpacing(UNIT // 2)
        row.addSpacing(UNIT)
        row.addWidget(self._layout_button(workspace, actions))
        self.go_on("open")

    def _layout_button(self, workspace: Workspace, actions: ActionSet) -> QToolButton:
        """The layout by name, and the menu of the others."""
        button = QToolButton()
        button.setObjectName("layout_menu")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"How the panes are arranged ({LAYOUTS[0][2]} … {LAYOUTS[-1][2]})")
        button.setMenu(actions.submenu("Layout", button))
        names = {layout: name for layout, name, _, _ in LAYOUTS}

        def fit() -> None:
            metrics = button.fontMetrics()
            button.setFixedWidth(max(metrics.horizontalAdvance(name) for name in names.values()) + 5 * UNIT)

        def follow() -> None:
            button.setText(names[workspace.view_model.view.layout])

        workspace.view_model.layout_changed.connect(follow)
        follow()
        follow_theme(button, fit)
        return button

    def go_on(self, step: Step) -> None:
        """Show the panel of a step."""
        self._buttons[step].setChecked(True)
        self.chosen.emit(step)

    def recommend(self, step: Step, verdict: str, *, out_of_date: bool) -> None:
        """Say in the tool tips which step comes next and what the verdict is, if any; mark one that is out of date."""
        for which, button in self._buttons.items():
            button.setToolTip(f"{TIPS[which]}. The next sensible step" if which == step else TIPS[which])
        check = self._buttons["check"]
        check.setText(f"{self._names['check']}{' ▲' if out_of_date else ''}")
        if verdict:
            check.setToolTip(f"{check.toolTip()}\n{verdict}")
