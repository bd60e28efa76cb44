"""That the two images do not overlap, over the views: it looks like a failed load, and is easily mended."""

from __future__ import annotations

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fusionviewer.app.commands.review import images_apart
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import action_button, label


class OverlapNotice(QFrame):
    """Shown for as long as the alignment leaves the images apart and nothing runs that may change it."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setProperty("role", "message")
        self.setObjectName("overlap_notice")
        self.setAccessibleName("The images do not overlap")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, UNIT)
        row.setSpacing(UNIT)
        self._sentence = label("", "warning", wrap=True)
        row.addWidget(self._sentence, 1)
        for key in ("register", "start_centre"):
            row.addWidget(action_button(actions[key]))
        document, runner = workspace.document, workspace.runner
        for signal in (document.when(Changes.POSE | Changes.IMAGES), runner.started, runner.ended):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        sentence = "" if self._workspace.runner.busy else images_apart(self._workspace)
        self._sentence.setText(f"▲ {sentence}")
        self.setVisible(bool(sentence))
