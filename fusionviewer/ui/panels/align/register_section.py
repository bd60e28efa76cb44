"""Register from scratch, or from a chosen start."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.state.steps import low_confidence, next_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, allow, guard_wheel, labelled, set_accent


class RegisterSection(Section):
    """The start of the next run, and the run. What came of it is told by the card above."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Register", parent)
        self._workspace = workspace
        self._start = QComboBox()
        self._start.setObjectName("start")
        self._start.setAccessibleName("Initialise from")
        for value, name, tip in register_commands.START_CHOICES:
            self._start.addItem(name, value)
            self._start.setItemData(self._start.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._start.currentIndexChanged.connect(self._show)
        guard_wheel(self._start)
        self._register = action_button(actions["register"])
        self._register.clicked.disconnect()  # this button begins where the box beside it says
        self._register.clicked.connect(self._register_clicked)
        self.add_row(labelled("Initialise from", self._start), self._start, self._register, stretch=1)
        document, runner = workspace.document, workspace.runner
        for signal in (document.when(~(Changes.LIMITS | Changes.SETTINGS)), runner.started, runner.ended):
            signal.connect(self._show)
        self._show()

    def _register_clicked(self) -> None:
        register_commands.start_register(self._workspace, self._start.currentData())

    def _show(self) -> None:
        state = self._workspace.document.state
        set_accent(self._register, next_step(state) == "align" and not low_confidence(state))
        tip = self._start.currentData(Qt.ItemDataRole.ToolTipRole)
        allow(self._start, tip, need_idle_pair(self._workspace))
