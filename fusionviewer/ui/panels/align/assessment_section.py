"""The reasons of the assessment, the correction that can be tried, and the check itself: to begin, or to cancel."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget

from fusionviewer.app.commands.review import all_findings
from fusionviewer.app.state.guard.checked import Phase
from fusionviewer.app.state.steps import result_of
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.panels.align.reason_list import ReasonList
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, allow

CHECK_TIP: Final = "Compare skull and skin of the CT with the MR's edges, in the background (Shift+R)"

_RUNNING: Final[tuple[Phase, ...]] = ("waiting", "checking")


class AssessmentSection(Section):
    """Always equally high, so that nothing below moves when an assessment arrives."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Assessment", parent)
        self._workspace = workspace
        self.reasons = ReasonList(workspace)
        self.add(self.reasons)
        self._check = QPushButton("Check")
        self._check.setObjectName("check")
        self._check.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._check.clicked.connect(self._check_or_cancel)
        buttons = (action_button(actions["try_correction"], "Try correction"), self._check)
        for button in buttons:
            button.setProperty("role", "narrow")
        self.add_row(*buttons)
        shown = ~(Changes.LIMITS | Changes.SETTINGS | Changes.REGION)
        for signal in (
            workspace.document.when(shown), workspace.judge.judged, workspace.check.changed,
            workspace.runner.started, workspace.runner.ended,
        ):  # fmt: skip
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        workspace = self._workspace
        checked, busy = workspace.checked, workspace.runner.busy
        reasons = () if busy else result_of(workspace.document.state, all_findings(workspace), checked).reasons
        self.reasons.show_reasons(reasons)
        if checked.phase in _RUNNING and not busy:
            self._check.setText("Cancel")
            self._check.setAccessibleName("Cancel the check")
            allow(self._check, "Leave the fusion unchecked for now")
            return
        again = checked.phase == "done"
        self._check.setText("Check again" if again else "Check")
        self._check.setAccessibleName("Check this fusion again" if again else "Check this fusion")
        why_not = "Wait until the job has ended." if busy else ""
        allow(self._check, CHECK_TIP, "Align the images first." if checked.phase == "none" else why_not)

    def _check_or_cancel(self) -> None:
        if self._workspace.checked.phase in _RUNNING:
            self._workspace.check.cancel()
        else:
            self._workspace.check.check_now()
