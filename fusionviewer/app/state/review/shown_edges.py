"""The distances of edges that the panes show."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.rendering.marks.edge_field import EdgeField


class ShownEdges(QObject):
    """Holds the distances that are drawn, and announces others."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now: EdgeField | None = None

    @property
    def now(self) -> EdgeField | None:
        """The distances to draw on the bone contours; None: contours have their usual colour, if they are shown."""
        return self._now

    def show(self, field: EdgeField | None) -> None:
        """Draw other distances, or none."""
        if field is not self._now:
            self._now = field
            self.changed.emit()
