"""The histogram of an image with its window: handles to drag, and below it the colours that the values get."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QHelpEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt6.QtWidgets import QFrame, QSizePolicy, QToolTip, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.histogram import Histogram, histogram_of
from fusionviewer.rendering.window import SHOULDER, Window, auto_window
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.session.view_state import ROWS
from fusionviewer.ui.look.theme import UNIT, colours
from fusionviewer.ui.pane.overlays.colour_bar import shown_table
from fusionviewer.ui.widgets.value_text import written_value

HEIGHT: Final = 40
RAMP: Final = 6
_GAP: Final = 2
_MARGIN: Final = 5
"""Left and right of the values, so that a handle at the end can be seen and grasped."""
_REACH: Final = 6.0
"""A press this near (pixels) takes hold of a handle."""

_ROOM: Final = 6.0
"""Where a window would be narrower than a share of this of all values, so many windows' widths are shown."""

_LOOSE: Final = 2.0
"""As long as not more than so many times the values are shown, they stay as the window changes."""

_NOTCH: Final = 120
_ZOOM: Final = 1.25
_WIDEN: Final = 1.1
_KEYS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
"""What each key does to level and width."""

Part: TypeAlias = Literal["low", "high", "white", "level"]
"""What can be taken hold of: the handles, or what lies between the lower two."""


class _Hold(NamedTuple):
    """A drag: of what, from which value, and the window before it."""

    part: Part
    value: float
    before: Window


class WindowHistogram(QFrame):
    """The values of one image from dark to bright, in its colour, and its window, which can be dragged.

    It shows all values, or where the window is narrow only those around it. Nothing is counted before it is seen.
    """

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side
        self._histogram: Histogram | None = None
        self._axis = (0.0, 1.0)
        self._zoomed = False
        self._hold: _Hold | None = None
        self._under: Part | None = None
        self.setObjectName(f"{side}_histogram")
        self.setAccessibleName(f"Histogram of the {side} image")
        self.setAccessibleDescription("Left and Right change the level, Up and Down the width")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.sizeHint().height())
        view_model = workspace.view_model
        workspace.document.when(Changes.IMAGES).connect(self._forget)
        view_model.window_changed.connect(self._follow)
        for signal in (view_model.blend_changed, view_model.layout_changed, view_model.interlude.changed):
            signal.connect(self.update)
        self._forget()

    def sizeHint(self) -> QSize:
        return QSize(38 * UNIT, HEIGHT + _GAP + RAMP + 1)

    # Values and places

    @property
    def window_shown(self) -> Window:
        """The window of the image."""
        return self._workspace.view_model.view.window(self._side)

    @property
    def axis(self) -> tuple[float, float]:
        """The values at the left and the right end."""
        return self._axis

    def x_of(self, value: float) -> float:
        """Where a value lies, in pixels of the widget."""
        low, high = self._axis
        return _MARGIN + (value - low) / (high - low) * (self.width() - 2 * _MARGIN)

    def value_at(self, x: float) -> float:
        """The value at a place."""
        low, high = self._axis
        return low + (x - _MARGIN) / (self.width() - 2 * _MARGIN) * (high - low)

    def handles(self) -> dict[Part, float]:
        """The values of the handles that there are, from dark to bright."""
        window = self.window_shown
        ends: dict[Part, float] = {"low": window.low, "high": window.high}
        return {**ends, "white": window.white} if window.toned else ends

    @property
    def _fine(self) -> float:
        """The round step (a power of ten) that is not larger than a pixel."""
        low, high = self._axis
        return float(10.0 ** math.floor(math.log10((high - low) / max(1, self.width() - 2 * _MARGIN))))

    def _forget(self) -> None:
        """Another image: count again when there is something to paint."""
        self._histogram, self._hold = None, None
        volume = self._workspace.document.state.volume(self._side)
        self.setEnabled(volume is not None)
        self.update()

    def _count(self) -> Histogram | None:
        volume = self._workspace.document.state.volume(self._side)
        if self._histogram is None and volume is not None:
            self._histogram = histogram_of(volume)
            self._axis, self._zoomed = self._fitting(), False
        return self._histogram

    def _follow(self) -> None:
        """Another window: where it cannot be seen well any more, show other values, but not under a drag."""
        window, (low, high) = self.window_shown, self._axis
        seen = low <= window.low and window.white <= high
        if seen and not self._zoomed:
            first, last = self._fitting()
            seen = high - low <= _LOOSE * (last - first)
        if self._hold is None and not seen:
            self._axis, self._zoomed = self._fitting(), False
        self.update()

    def _fitting(self) -> tuple[float, float]:
        """From which value to which to show the window: all of them, or where it is narrow those around it."""
        if self._histogram is None:
            return self._axis
        low, high = self._histogram.low, self._histogram.high
        window = self.window_shown
        span = window.white - window.low
        if window.toned:  # the lower two handles lie close to each other as it is
            low, high = window.low - 0.15 * span, window.white + 0.1 * span
        elif span * _ROOM < high - low:
            middle = (window.low + window.white) / 2
            low, high = middle - _ROOM / 2 * span, middle + _ROOM / 2 * span
        room = 0.02 * max(high - low, span)
        return min(low, window.low - room), max(high, window.white + room)

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, now = QPainter(self), colours()
        field = QRectF(0, 0, self.width(), HEIGHT)
        painter.fillRect(field, QColor(now.field))
        ramp = QRectF(_MARGIN, HEIGHT + _GAP, self.width() - 2 * _MARGIN, RAMP)
        histogram = self._count()
        painter.fillRect(ramp.adjusted(-1, -1, 1, 1), QColor(now.line))
        if histogram is None:
            painter.fillRect(ramp, QColor(now.field))
            return
        self._paint_counts(painter, histogram)
        painter.drawImage(ramp, self._ramp(round(ramp.width())))
        self._paint_handles(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(field.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_counts(self, painter: QPainter, histogram: Histogram) -> None:
        """The counts as one shape: bright inside the window, paler outside it."""
        columns = self.width() - 2 * _MARGIN
        tops = HEIGHT - (HEIGHT - 4) * histogram.heights(*self._axis, columns)
        points = [QPointF(_MARGIN + x + 0.5, y) for x, y in enumerate(tops.tolist())]
        outline = QPolygonF([QPointF(_MARGIN, HEIGHT), *points, QPointF(_MARGIN + columns, HEIGHT)])
        window = self.window_shown
        inside = QRectF(self.x_of(window.low), 0, self.x_of(window.white) - self.x_of(window.low), HEIGHT)
        colour = QColor(colours().sides[self._side])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for alpha, clip in ((90, QRectF(0, 0, self.width(), HEIGHT)), (255, inside)):
            colour.setAlpha(alpha)
            painter.setBrush(colour)
            painter.setClipRect(clip)
            painter.drawPolygon(outline)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _ramp(self, columns: int) -> QImage:
        """The colours of the values, one row."""
        view_model = self._workspace.view_model
        both = self._workspace.document.state.has_pair and view_model.view.layout not in ROWS
        low, high = self._axis
        values = low + (np.arange(columns) + 0.5) / columns * (high - low)
        table = shown_table(view_model.view, view_model.shown_blend, self._side, tinted=both)
        pixels = np.ascontiguousarray(table[self.window_shown.greys(values.astype(np.float32))])
        return QImage(pixels.tobytes(), columns, 1, 3 * columns, QImage.Format.Format_RGB888).copy()

    def _paint_handles(self, painter: QPainter) -> None:
        """Thin lines with a grip: at the foot for the window's ends, at the top for where a toned window is white."""
        held = self._hold.part if self._hold is not None else self._under
        line, rim = QColor(colours().text), QColor(f"#96{colours().field[1:]}")  # the rim lets 40 % through
        for part, value in self.handles().items():
            x, wide = round(self.x_of(value)), held in (part, "level") and part != "white"
            thick = 3 if wide or held == part else 1
            painter.fillRect(QRectF(x - thick // 2 - 1, 0, thick + 2, HEIGHT), rim)
            painter.fillRect(QRectF(x - thick // 2, 0, thick, HEIGHT), line)
            grip = QRectF(x - 3, 0 if part == "white" else HEIGHT - 8, 7, 8)
            painter.fillRect(grip.adjusted(-1, -1, 1, 1), rim)
            painter.fillRect(grip, line)

    # Mouse

    def part_under(self, x: float) -> Part | None:
        """What a press at a place takes hold of."""
        places = {part: self.x_of(value) for part, value in self.handles().items()}
        middle, reach = (places["low"] + places["high"]) / 2, min(_REACH, (places["high"] - places["low"]) / 4)
        near: list[tuple[float, Part]] = []
        for part, at in places.items():
            inwards = (x > at) == (middle > at)  # a quarter of a narrow window is left on each side to move it by
            away = abs(x - at)
            if away <= (reach if inwards and part != "white" else _REACH):
                near.append((away, part))
        if near:
            return min(near)[1]
        return "level" if places["low"] < x < places["high"] else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._hold is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self._take_back()
            return
        x = event.position().x()
        part = self.part_under(x)
        if event.button() == Qt.MouseButton.LeftButton and part is not None:
            self._hold = _Hold(part, self.value_at(x), self.window_shown)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._count() is None:
            return
        x = event.position().x()
        if self._hold is not None and not event.buttons():  # the button was let go elsewhere, unreported
            self._hold = None
        if self._hold is not None:
            self._drag(self._hold, self.value_at(x) - self._hold.value)
            QToolTip.showText(event.globalPosition().toPoint(), self.words_at(x), self)
        else:
            self._point_at(self.part_under(x))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._hold is not None and event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._hold = None
            self._follow()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        volume = self._workspace.document.state.volume(self._side)
        if volume is not None and event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._set(auto_window(volume))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point_at(None)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._hold = None

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Only with the keyboard here, as for every control of the panels: shows fewer values; with Ctrl, widens."""
        if event is None or not self.hasFocus() or self._histogram is None or self._hold is not None:
            if event is not None:
                event.ignore()
            return
        event.accept()
        turned = event.angleDelta().y() / _NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            window = self.window_shown
            self._set(replace(window, width=window.width * _WIDEN**turned))
            return
        low, high = self._axis
        at, smallest = self.value_at(event.position().x()), 1e-3 * (self._histogram.high - self._histogram.low)
        factor = max(_ZOOM**-turned, smallest / (high - low))
        first, last = (float(edge) for edge in self._histogram.edges[[0, -1]])
        window = self.window_shown
        low, high = at - (at - low) * factor, at + (high - at) * factor
        self._axis = (max(low, min(first, window.low)), min(high, max(last, window.white)))
        self._zoomed = True
        self.update()

    def _point_at(self, part: Part | None) -> None:
        if part != self._under:
            self._under = part
            shapes = {None: Qt.CursorShape.ArrowCursor, "level": Qt.CursorShape.SizeAllCursor}
            self.setCursor(shapes.get(part, Qt.CursorShape.SizeHorCursor))
            self.update()

    def _drag(self, hold: _Hold, way: float) -> None:
        """Move what is held by so many values from where it was; the handles never pass each other."""
        before, fine = hold.before, self._fine
        low, high, white = before.low, before.high, before.white_at
        if hold.part == "white":
            self._set(replace(before, white_at=max(high + fine, _rounded(before.white + way, fine))))
            return
        if hold.part == "level":
            way = _rounded(way, fine)
            way = min(way, before.white - fine - high) if before.toned else way
            self._set(replace(before, level=before.level + way))
            return
        if hold.part == "low":
            low = min(high - fine, _rounded(low + way, fine))
        else:
            high = max(low + fine, _rounded(high + way, fine))
            high = min(high, before.white - fine) if before.toned else high
        self._set(Window((low + high) / 2, high - low, white))

    def _set(self, window: Window) -> None:
        self._workspace.view_model.set_window(self._side, window)

    def words_at(self, x: float) -> str:
        """The value at a place with its unit, and what the handle there is."""
        volume = self._workspace.document.state.volume(self._side)
        modality = volume.modality if volume is not None else ""
        part = self._hold.part if self._hold is not None else self.part_under(x)
        if part is None or part == "level":
            return written_value(_rounded(self.value_at(x), self._fine), modality)
        window = self.window_shown
        bright = f"{round(100 * SHOULDER)} % bright" if window.toned else "white"
        words = {"low": "black", "high": bright, "white": "white"}[part]
        return f"{words} at {written_value(self.handles()[part], modality)}"

    # Keyboard

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._count() is not None:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        # The window's shortcuts must not get the keys that are meant for this.
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and self._wants(event):
            event.accept()
            return True
        return super().event(event)

    def _wants(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        back = event.key() == Qt.Key.Key_Escape and self._hold is not None
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return back or (plain and event.key() in _KEYS)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or not self._wants(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._take_back()
        elif self._hold is None:
            times = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            level, width = (times * n for n in _KEYS[Qt.Key(event.key())])
            window = self.window_shown
            step = max(self._fine, _rounded(window.width / 50, self._fine))
            self._set(replace(window, level=window.level + level * step, width=window.width * _WIDEN ** (width / 2)))

    def _take_back(self) -> None:
        hold, self._hold = self._hold, None
        if hold is not None:
            self._set(hold.before)
        self.update()


def _rounded(value: float, step: float) -> float:
    return float(np.round(value / step) * step)
