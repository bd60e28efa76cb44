"""The recent studies as a menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from fusionviewer.app.actions.action import need_idle
from fusionviewer.app.commands import open_save
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import printable
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.ui.widgets.controls import plain


class RecentMenu(QMenu):
    """Read anew whenever it is opened: studies come and go, also by another window. `clear_list` is its last entry."""

    def __init__(self, workspace: Workspace, clear_list: QAction, parent: QWidget) -> None:
        super().__init__("Recent studies", parent)
        self._workspace = workspace
        self._clear_list = clear_list
        self.setObjectName("recent_studies")
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        recent, why_not = self._workspace.recent, need_idle(self._workspace)
        studies = recent.studies()
        for path in studies:
            entry = self._entry(plain(path.name.removesuffix(SUFFIX)), why_not or printable(str(path.parent)))
            entry.setEnabled(not why_not)
            entry.triggered.connect(partial(self._open, path))
        if not studies:
            none = "No recent studies" if recent.wanted else "Not remembered (see Preferences)"
            self._entry(none, "Studies that were opened or saved come here").setEnabled(False)
        self.addSeparator()
        self.addAction(self._clear_list)

    def _entry(self, text: str, tip: str) -> QAction:
        entry = QAction(text, self)
        entry.setToolTip(tip)
        self.addAction(entry)
        return entry

    def _open(self, path: Path, _: bool = False) -> None:
        open_save.open_study(self._workspace, path)
