"""Step 3: look at the places that tell most, read the registration summary, and review."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QApplication, QFormLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.steps import next_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.wording import row, sentence
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.panels.review.history_section import HistorySection
from fusionviewer.ui.panels.review.tour_section import TourSection
from fusionviewer.ui.panels.review_entry import ReviewEntry
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import (
    MARGIN,
    Rows,
    Section,
    column_of,
    label,
    number_label,
    scrolled,
)

_LINES: Final = 4
"""Of the summary, in 24 pixels each: with less than that below it, the review scrolls as well."""


class ReviewPanel(QWidget):
    """The review, the tour, and below them the registration summary with its evidence and the history.

    The summary alone scrolls; where there is no room for some lines of it, as with large letters, all of it does.
    """

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._above: bool | None = None
        self._entry = ReviewEntry(workspace, actions)
        self._top = Rows()
        self._top.setLayout(self._top.column)
        self._top.add(self._entry)
        self._top.add(TourSection(workspace, actions))
        below = QWidget()
        self._below = column = column_of(below)
        known = Section("Registration summary")
        self._known = label("", wrap=True)
        self._known.setObjectName("known")
        known.add(self._known)
        self._findings = FindingList(workspace)
        known.add(self._findings)
        column.addWidget(known)
        self._evidence = EvidenceTable()
        column.addWidget(self._evidence)
        column.addWidget(HistorySection(workspace))
        column.addStretch(1)
        self._area = scrolled(below)
        self._whole = column_of(self, 0)
        self._whole.addWidget(self._area, 1)
        self._place_entry()
        document = workspace.document
        shown = Changes.POSE | Changes.RESULTS | Changes.REVIEW | Changes.IMAGES | Changes.LANDMARKS | Changes.TARGETS
        for signal in (document.study_replaced, document.when(shown), workspace.judge.judged, workspace.check.changed):
            signal.connect(self._show)
        self._show()

    @property
    def entry(self) -> ReviewEntry:
        """Where a review is typed."""
        return self._entry

    def minimumSizeHint(self) -> QSize:
        """As low as the part that scrolls can be."""
        top, area = self._top.minimumSizeHint(), self._area.minimumSizeHint()
        return QSize(max(top.width() + (0 if self._above else 2 * MARGIN), area.width()), area.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_entry()

    def _place_entry(self) -> None:
        """Put review and tour above what scrolls, or at its beginning."""
        room = scaled(_LINES * 3 * UNIT)
        above = self.height() >= self._top.sizeHint().height() + room
        if above is self._above:
            return
        self._above = above
        has_it = QApplication.focusWidget()
        self._top.setContentsMargins(MARGIN if above else 0, 0, MARGIN if above else 0, 0)
        (self._whole if above else self._below).insertWidget(0, self._top)
        if has_it is not None and self._top.isAncestorOf(has_it):
            has_it.setFocus()  # a widget that moves to another parent loses the keyboard

    def scroll_to_top(self) -> None:
        """Show it from its beginning."""
        bar = self._area.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def _show(self) -> None:
        self._known.setText("\n".join(review_commands.known_facts(self._workspace)))
        self._evidence.show_facts(review_commands.evidence_facts(self._workspace))
        findings = review_commands.current_findings(self._workspace)
        self._findings.show_findings(findings)
        warned = any(one.level == "warning" and one.code != "review_out_of_date" for one in findings)
        step = next_step(self._workspace.document.state, self._workspace.checked.verdict)
        self._entry.recommend(accept=step == "review" and not warned)


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
