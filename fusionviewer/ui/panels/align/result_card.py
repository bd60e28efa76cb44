"""What the alignment is, in a place that never moves: its state, one sentence, the next action, and undo."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fusionviewer.app.commands import window
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.review import all_findings
from fusionviewer.app.state.steps import MARKS, Next, Result, next_step, result_of
from fusionviewer.app.state.workspace import Workspace
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


class ResultCard(QWidget):
    """State, sentence and next action of the alignment, always equally high; while a run goes on, what it does."""

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
        ):  # fmt: skip
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        result = self._result()
        sign = MARKS[result.mark]
        short = f"{sign} {result.short}".strip() if result.short else ""
        self.title.say(f"{sign} {result.title}".strip(), short=short)
        set_role(self.title, "strong_warning" if result.mark == "caution" else "strong")
        self.sentence.say(result.sentence, "caption_warning" if result.mark == "caution" else "caption")
        self._next = result.next
        text, tip = _ACTIONS[result.next]
        self.next.setText(text)
        allow(self.next, tip, "" if result.next else "Align the images first.")
        state = self._workspace.document.state
        wanted = {"review": ("review",), "landmarks": ("align", "review")}.get(result.next, ())
        set_accent(self.next, next_step(state) in wanted)

    def _result(self) -> Result:
        runner = self._workspace.runner
        if runner.busy:
            return Result(
                f"{runner.title} …", "The views follow it. Esc cancels it, and nothing is changed then.", "", ""
            )
        return result_of(self._workspace.document.state, all_findings(self._workspace))

    def _go_on(self) -> None:
        if self._next == "landmarks":
            mark_landmarks.new_pair(self._workspace)
        else:
            window.show_step(self._workspace, "review")
