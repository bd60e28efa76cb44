"""The expected error of the pose shown, for the views and tables that show it at places."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.quality.guard.expected_error import ExpectedMap


class ErrorMap(QObject):
    """Holds the map of the pose that is checked, and announces another one."""

    changed = pyqtSignal()
    """Another map, or the user wants to see another error."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now: ExpectedMap | None = None

    @property
    def now(self) -> ExpectedMap | None:
        """The map of the pose shown; None while that is not checked, and where the check cannot judge."""
        return self._now

    def show(self, found: ExpectedMap | None) -> None:
        """Show another map, or none."""
        if found is not self._now:
            self._now = found
            self.changed.emit()
