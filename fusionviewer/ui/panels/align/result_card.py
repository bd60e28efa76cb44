"""What the alignment is, in a place that never moves: its assessment, the expected error, the next action, and undo."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fusionviewer.app.commands import window
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.review import all_findings
from fusionviewer.app.state.steps import MARKS, Mark, Next, Result, next_step, result_of
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.guard.words import expected_text
from fusionviewer.quality.wording import sentence
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import action_button, allow, set_accent, set_role
from fusionviewer.ui.widgets.elided_label import ElidedLabel

_LINES: Final = 2
_ACTIONS: Final[dict[Next, tuple[str, str]]] = {
    "": ("Review", "Look at the fusion, and accept or reject it"),
    "review": ("Review", "Look at the fusion, and accept or reject it"),
    "landmarks": ("Place landmarks", "Pairs of points give the registration a start, and show where it is wrong"),
}
"""What the button of the next action is called, and what it does."""

_ROLES: Final[dict[Mark, str]] = {
    "": "strong", "done": "strong", "caution": "strong_warning", "failure": "strong_failure",
}  # fmt: skip


class ResultCard(QWidget):
    """Assessment, expected error and next action, always equally high; while a run goes on, what it does.

    The reasons stand in the `AssessmentSection`s of the pages, and in the tool tip of the title.
    """

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("result_card")
        self._workspace = workspace
        self._next: Next = ""
        self.title = ElidedLabel("strong")
        self.title.setObjectName("result_title")
        self.sentence = ClampedLabel(_LINES, "caption")
        self.sentence.setObjectName("result")
        self.next = QPushButton()
        self.next.setObjectName("next_action")
        self.next.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else the keys for the images would go to the initials
        self.next.clicked.connect(self._go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, UNIT // 2, 0, UNIT // 2)
        column.setSpacing(UNIT // 2)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(self.title, 1)
        for button in (self.next, action_button(actions["undo"], "Undo")):
            button.setProperty("role", "narrow")
            row.addWidget(button)
        column.addLayout(row)
        column.addWidget(self.sentence)
        shown = ~(Changes.LIMITS | Changes.SETTINGS | Changes.REGION)
        for signal in (
            workspace.document.when(shown), workspace.judge.judged, workspace.runner.started, workspace.runner.ended,
            workspace.check.changed,
        ):  # fmt: skip
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        result, checked = self._result(), self._workspace.checked
        sign = MARKS[result.mark]
        short = f"{sign} {result.short}".strip() if result.short else ""
        reasons = "\n".join(f"· {sentence(reason)}" for reason in result.reasons)
        self.title.say(f"{sign} {result.title}".strip(), reasons, short=short)
        set_role(self.title, _ROLES[result.mark])
        cautious = result.mark == "caution" and checked.assessment is None
        self.sentence.say(result.sentence, "caption_warning" if cautious else "caption")
        if checked.assessment is not None and checked.assessment.expected is not None:
            self.sentence.setToolTip(expected_text(checked.assessment.expected))
        self._next = result.next
        text, tip = _ACTIONS[result.next]
        self.next.setText(text)
        allow(self.next, tip, "" if result.next else "Align the images first.")
        state = self._workspace.document.state
        wanted = {"review": ("review",), "landmarks": ("align", "review")}.get(result.next, ())
        set_accent(self.next, next_step(state, checked.verdict) in wanted)

    def _result(self) -> Result:
        runner = self._workspace.runner
        if runner.busy:
            return Result(
                f"{runner.title} …", "The views follow it. Esc cancels it, and nothing is changed then.", "", ""
            )
        return result_of(self._workspace.document.state, all_findings(self._workspace), self._workspace.checked)

    def _go_on(self) -> None:
        if self._next == "landmarks":
            mark_landmarks.new_pair(self._workspace)
        else:
            window.show_step(self._workspace, "review")
