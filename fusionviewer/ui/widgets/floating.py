"""Messages over the top of another widget, so that nothing below moves when one comes or goes."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, QPoint, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from fusionviewer.ui.look.theme import UNIT

_WIDEST = 100 * UNIT


class Floating(QWidget):
    """A column of widgets at the top of `ground`, over everything else that stands there.

    It keeps to the middle of the first of the `places` that is seen, without one to that of the ground.
    """

    covers = pyqtSignal(int)
    """How much of the ground's height it covers now, in logical pixels from the top; 0: nothing is shown."""

    def __init__(self, ground: QWidget, *parts: QWidget, places: Sequence[QWidget] = ()) -> None:
        super().__init__(ground)
        self._ground = ground
        self._places = places
        self._parts = parts
        self._covered = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        for part in parts:
            column.addWidget(part)
            part.installEventFilter(self)
        for widget in (ground, *places):
            widget.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        kinds = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)
        if event is not None and event.type() in kinds:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        place = next((one for one in self._places if one.isVisibleTo(self._ground)), self._ground)
        left = 0 if place is self._ground else place.mapTo(self._ground, QPoint()).x()
        width = min(_WIDEST, place.width() - 4 * UNIT)
        layout = self.layout()
        height = 0 if layout is None else layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else -1
        if height < 0:
            height = self.sizeHint().height()
        self.setGeometry(left + (place.width() - width) // 2, 2 * UNIT, width, height)
        for part in self._parts:
            self._lay_out(part)
        self.raise_()
        covered = self.geometry().bottom() + 1 if any(not part.isHidden() for part in self._parts) else 0
        if covered != self._covered:
            self._covered = covered
            self.covers.emit(covered)

    @staticmethod
    def _lay_out(part: QWidget) -> None:
        """Give what is in a part its room anew: Qt leaves a sentence that came while it was hidden without height."""
        layout = part.layout()
        if layout is not None and part.isVisible():
            layout.invalidate()
            layout.setGeometry(part.rect())
