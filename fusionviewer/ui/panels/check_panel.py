"""Step 3: look, measure, decide."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.guidance import next_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.wording import row, sentence
from fusionviewer.session.alignment import Review
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import (
    Section,
    action_button,
    column_of,
    label,
    number_label,
    set_accent,
)
from fusionviewer.ui.widgets.theme import UNIT, follow_theme, scaled


class CheckPanel(QWidget):
    """Ways to look at the fusion, what is known about it in numbers, and the verdict."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        column = column_of(self)
        look = Section("Look")
        for buttons in (
            (("checkerboard", "Squares"), ("curtain", "Curtain"), ("spy_glass", "Glass")),
            (("two_colour", "Colours"), ("edges", "Edges"), ("bone_edges", "Bone")),
            (("flicker", "Flicker"), ("rock", "Rock"), ("difference", "Differ")),
        ):
            look.add_row(*(action_button(actions[key], text) for key, text in buttons))
        column.addWidget(look)

        known = Section("What is known")
        self._known = label("", wrap=True)
        self._known.setObjectName("known")
        known.add(self._known)
        self._findings = FindingList(workspace)
        known.add(self._findings)
        column.addWidget(known)

        verdict = Section("Verdict")
        self._review = label("", wrap=True)
        self._review.setObjectName("review")
        verdict.add(self._review)
        self._note = QPlainTextEdit()
        self._note.setObjectName("note")
        self._note.setAccessibleName("Note on the verdict")
        self._note.setPlaceholderText("Note: what you looked at, what is off")
        self._note.setTabChangesFocus(True)
        follow_theme(self._note, lambda: self._note.setFixedHeight(scaled(7 * UNIT)))
        self._note.textChanged.connect(self._note_typed)
        verdict.add(self._note)
        self._accept = action_button(actions["accept"], "Accept")
        take_back = action_button(actions["take_back"], "Take back")
        verdict.add_row(self._accept, action_button(actions["reject"], "Reject"), take_back)
        column.addWidget(verdict)
        self._evidence = EvidenceTable()
        column.addWidget(self._evidence)
        column.addStretch(1)

        document = workspace.document
        document.study_replaced.connect(self._show_study)
        shown = Changes.POSE | Changes.RESULTS | Changes.REVIEW | Changes.IMAGES | Changes.LANDMARKS | Changes.TARGETS
        for signal in (document.when(shown), workspace.judge.judged):
            signal.connect(self._show)
        self._shown_review: Review | None = None
        self._show()

    @property
    def note(self) -> str:
        """The note as it is typed now."""
        return self._note.toPlainText()

    def _show_study(self) -> None:
        """A note without a verdict belongs to the study before: it must not go to this one."""
        self._note.blockSignals(True)
        self._note.clear()
        self._note.blockSignals(False)
        self._show()

    def _note_typed(self) -> None:
        review_commands.change_note(self._workspace, self.note)

    def _show(self) -> None:
        state = self._workspace.document.state
        self._known.setText("\n".join(review_commands.known_facts(self._workspace)))
        self._evidence.show_facts(review_commands.evidence_facts(self._workspace))
        findings = review_commands.current_findings(self._workspace)
        self._findings.show_findings(findings)
        review = state.alignment.review
        self._review.setText(review_commands.review_text(state))
        self._review.setVisible(review is not None)
        if review is not None and review.note != self.note.strip():
            self._note.setPlainText(review.note)
        elif review is None and self._shown_review is not None:
            self._note.clear()
        self._shown_review = review
        warned = any(one.level == "warning" and one.code != "review_out_of_date" for one in findings)
        set_accent(self._accept, next_step(state) == "check" and not warned)


class FindingList(QWidget):
    """One line for each finding, warnings in their colour; those with a place have a button that goes there."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._workspace = workspace
        self._shown: tuple[Finding, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT // 2)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show these instead of what is there."""
        if findings == self._shown:
            return
        self._shown = findings
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for finding in findings:
            self._column.addWidget(self._line(finding))
        self.setVisible(bool(findings))

    def _line(self, finding: Finding) -> QWidget:
        line = QWidget()
        parts = QHBoxLayout(line)
        parts.setContentsMargins(0, 0, 0, 0)
        warning = finding.level == "warning"
        text = label(f"{'▲' if warning else '·'} {sentence(finding)}", "warning" if warning else "caption", wrap=True)
        parts.addWidget(text, 1)
        if finding.where is not None:
            show = QToolButton()
            show.setText("Show")
            show.setToolTip("Put the crosshair there")
            show.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            show.clicked.connect(lambda _=False, f=finding: review_commands.look_at(self._workspace, f))
            parts.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        return line


class EvidenceTable(Section):
    """What the registration knows for and against its own result: a name and a value a line, the meaning as a tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Evidence: none of it measures accuracy", parent)
        self.setObjectName("evidence")
        self._rows = QFormLayout()
        self._rows.setVerticalSpacing(UNIT // 2)
        self.column.addLayout(self._rows)

    def show_facts(self, facts: tuple[Finding, ...]) -> None:
        """Show these instead of what is there; nothing, and no title, without any."""
        while self._rows.rowCount():
            self._rows.removeRow(0)
        for fact in facts:
            what, number = row(fact)
            name, value = label(what, "caption"), number_label(number)
            for part in (name, value):
                part.setToolTip(sentence(fact))
            self._rows.addRow(name, value)
        self.setVisible(bool(facts))
