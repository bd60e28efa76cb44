"""The history of the reviews, folded away until it is wanted."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.session.review.history import History
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.collapsible import Collapsible
from fusionviewer.ui.widgets.controls import label


class HistorySection(Collapsible):
    """A line for each entry, the newest first. Undo adds entries; nothing takes one away."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("History of the reviews", "review_history", parent)
        self.setObjectName("review_history")
        self._workspace = workspace
        self._history: History = ()
        self.column.setSpacing(UNIT // 2)
        document = workspace.document
        for signal in (document.study_replaced, document.when(Changes.REVIEW)):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        history = self._workspace.document.state.alignment.history
        self.setVisible(bool(history))
        if history == self._history:
            return
        self._history = history
        while (item := self.column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for text, serious in reversed(review_commands.history_texts(self._workspace)):
            line = label(f"{'▲' if serious else '·'} {text}", "caption_warning" if serious else "caption", wrap=True)
            self.column.addWidget(line)
        self.summary.setText("1 entry" if len(history) == 1 else f"{len(history)} entries")
