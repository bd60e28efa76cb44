"""The magnifier over a point that keys move: it stays for a second after the last of them."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from fusionviewer.rendering.marks.landmarks import SeenPoint
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks
from fusionviewer.ui.pane.overlays.magnifier import Magnifier, place_for
from fusionviewer.ui.views.slice_view import SliceView

SHOWN_MS: Final = 1000
"""How long it stays."""

_RIM: Final = 1
"""Half of the frame's line lies around the place."""


class NudgeMagnifier(QWidget):
    """Lies over a corner of its view and lets the mouse through.

    It follows the selected pair's point, and goes when the time is over, at Esc, at a click, and when another pair is
    selected; when keys act in another pane, the grid of panes hides it.
    """

    def __init__(self, view: SliceView) -> None:
        super().__init__(view)
        self._view = view
        self._side: Side = "fixed"
        self._magnifier = Magnifier()
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SHOWN_MS)
        self.timer.timeout.connect(self.hide)
        self.setObjectName("nudge_magnifier")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)
        model, document = view.view_model, view.document
        images = document.when(Changes.IMAGES)
        for signal in (model.selection_changed, model.repeats.changed, model.layout_changed, images):
            signal.connect(self.hide)
        document.when(Changes.LANDMARKS).connect(self._follow)

    def show_point(self, side: Side) -> None:
        """Show the surroundings of the selected pair's point of one image, from now on for a second."""
        self._side = side
        mark = self._mark(self._view.context())
        if mark is None:
            return
        at, taken = QPointF(*mark.at), self.geometry()
        if self.isHidden() or taken.adjusted(-_RIM, -_RIM, _RIM, _RIM).contains(
            at.toPoint()
        ):  # else it stays in its corner
            place = place_for(self._view.size(), at)
            self.setGeometry(place.adjusted(-_RIM, -_RIM, 2 * _RIM, 2 * _RIM))
        self.show()
        self.raise_()
        self.update()
        self.timer.start()

    def _mark(self, context: PaneContext | None) -> SeenPoint | None:
        """The point as the view shows it; None: there is no such point."""
        if context is None:
            return None
        wanted = context.view.selected_pair, self._side
        return next((mark for mark in find_marks(context) if (mark.index, mark.side) == wanted), None)

    def _follow(self) -> None:
        if not self.isHidden():
            self.setVisible(self._mark(self._view.context()) is not None)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        context = self._view.context()
        mark = self._mark(context)
        if context is not None and mark is not None:
            place = self.rect().adjusted(_RIM, _RIM, -2 * _RIM, -2 * _RIM)
            self._magnifier.paint(QPainter(self), context, self._side, mark.point, place=place)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """With its view it goes for good."""
        self.timer.stop()
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and watched is self._view and not self.isHidden() and self._ends(event):
            self.hide()
        return False

    def _ends(self, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick | QEvent.Type.Resize:
                return True
            case QEvent.Type.ShortcutOverride | QEvent.Type.KeyPress:
                return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
            case _:
                return False
