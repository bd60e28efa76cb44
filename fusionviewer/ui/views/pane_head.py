"""The line above a pane: its plane, which slice it shows and where that lies, and what can be done with the pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QToolTip, QWidget

from fusionviewer.app.actions.registry import BY_KEY
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.session.state import Side
from fusionviewer.ui.look.icons import icon
from fusionviewer.ui.look.style_sheet import CAPTION
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled
from fusionviewer.ui.pane.geometry import SliceCount
from fusionviewer.ui.pane.overlays.painter import paint

HEIGHT: Final = 3 * UNIT - 2

ENLARGE: Final = "enlarge"
_ICONS: Final = (
    ("turn_tool", "rotate-3d"),
    ("zoom_reset", "fullscreen"),
    ("export_view", "camera"),
)
"""(action, icon) of what a pane's head offers besides enlarging the pane."""


@dataclass(frozen=True)
class Heading:
    """What the head of a pane says."""

    plane: str
    """The standard plane whose colour it has."""
    name: str
    side: Side | None
    """The one image that the pane shows; None: both."""
    count: SliceCount | None = None
    place: str = ""
    """Where the slice lies, with its unit."""
    slabs: str = ""
    """Which images are shown as thick slices."""

    @property
    def spoken(self) -> str:
        """All of it in one sentence."""
        of = "" if self.count is None else f"slice {self.count.number} of {self.count.count}"
        return ", ".join(
            part for part in (self.name, self.side and f"{self.side} image", of, self.place, self.slabs) if part
        )


class PaneHead(QWidget):
    """One line, never higher; what finds no room is left out from the right. Its icons show under the mouse."""

    asked = pyqtSignal(str)
    """An icon was clicked: the key of its action, or `ENLARGE`."""
    typed = pyqtSignal(int)
    """The number of a slice was typed."""
    left = pyqtSignal()
    """The keyboard is done with the field for the number."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._heading = Heading("axial", "", None)
        self._room_of_number = QRectF()
        self._field: _NumberField | None = None
        self._enlarged: bool | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies below is painted as well
        self.setObjectName(f"head_{name}")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._tools = QWidget(self)
        self._tools.setAutoFillBackground(True)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, drawing in _ICONS:
            action = BY_KEY[key]
            keys = f" ({action.keys[0]})" if action.keys else ""
            row.addWidget(self._button(key, drawing, action.text, f"{action.text.rstrip('…')}{keys}"))
        self._enlarge = self._button(ENLARGE, "maximize-2", "Enlarge", "")
        row.addWidget(self._enlarge)
        self._tools.hide()
        self.show_enlarged(False)
        follow_theme(self, self._fit)

    def _button(self, key: str, drawing: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self._tools)
        button.setObjectName(f"{self._name}_{key}")
        button.setIcon(icon(drawing))
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setProperty("role", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each has a key, and Tab is for the panes
        button.clicked.connect(lambda: self.asked.emit(key))
        return button

    @property
    def heading(self) -> Heading:
        """What it says."""
        return self._heading

    def show_heading(self, heading: Heading) -> None:
        """Say something else."""
        if heading != self._heading:
            self._heading = heading
            self.setAccessibleName(heading.spoken)
            self.update()

    def show_enlarged(self, enlarged: bool) -> None:
        """Say whether the pane is alone in the window."""
        if enlarged == self._enlarged:
            return
        self._enlarged = enlarged
        self._enlarge.setIcon(icon("minimize-2" if enlarged else "maximize-2"))
        self._enlarge.setToolTip("Show all panes (double-click)" if enlarged else "Enlarge this pane (double-click)")

    def show_tools(self, shown: bool) -> None:
        """Show the icons, or only the words."""
        self._tools.setVisible(shown)
        self._place_tools()

    def type_number(self) -> None:
        """Let the user type the number of a slice."""
        count = self._heading.count
        if count is None or self._field is not None:
            return
        field = _NumberField(str(count.number), self)
        field.setGeometry(self._room_of_field())
        field.returnPressed.connect(self._take_number)
        field.left.connect(self._end_typing)
        self._field = field
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _room_of_field(self) -> QRect:
        room = self._room_of_number
        wide = self._metrics[False].horizontalAdvance("00000") + 2 * UNIT
        left = room.left() - UNIT / 2 if room.isValid() else float(UNIT)
        return QRectF(left, 0, max(room.width() + UNIT, wide), self.height()).toRect()

    def _take_number(self) -> None:
        field, count = self._field, self._heading.count
        if field is None or count is None:
            return
        text = field.text().strip()
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= count.count:
            self.typed.emit(int(text))
            self._end_typing()
        else:
            below = field.mapToGlobal(QPoint(0, field.height()))
            QToolTip.showText(below, f"Type a number from 1 to {count.count}.", field)
            field.selectAll()

    def _end_typing(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            had = field.hasFocus()
            field.hide()
            field.deleteLater()
            if had:
                self.left.emit()

    def _fit(self) -> None:
        self.setFixedHeight(scaled(HEIGHT))
        self._plain, self._bold = self._font(), self._font(bold=True)
        self._metrics = {False: QFontMetrics(self._plain), True: QFontMetrics(self._bold)}
        for button in self._tools.findChildren(QToolButton):
            button.setIconSize(QSize(scaled(15), scaled(15)))
            button.setFixedSize(scaled(3 * UNIT), scaled(HEIGHT))
        self._place_tools()

    def _place_tools(self) -> None:
        size = self._tools.sizeHint()
        self._tools.setGeometry(self.width() - size.width(), 0, size.width(), self.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_tools()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._room_of_number.contains(event.position()):
            self.type_number()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and not self._room_of_number.contains(event.position()):
            self.asked.emit(ENLARGE)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        over = event is not None and self._room_of_number.contains(event.position())
        self.setCursor(Qt.CursorShape.IBeamCursor if over else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Click to type the number of a slice (Shift+G)" if over else "")

    def sizeHint(self) -> QSize:
        return QSize(24 * UNIT, scaled(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, scaled(HEIGHT))

    def _font(self, *, bold: bool = False) -> QFont:
        font = number_font(self.font())
        font.setPixelSize(scaled(CAPTION))
        font.setBold(bold)
        return font

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, now, said = QPainter(self), colours(), self._heading
        painter.fillRect(self.rect(), QColor(now.window))
        self._room_of_number = QRectF()
        if not said.name:
            return
        middle, x = self.height() / 2, float(UNIT)
        painter.fillRect(QRectF(x, middle - 5, 3, 10), QColor(PLANE_COLOURS[said.plane]))
        x += UNIT
        if said.side is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            outline = shape(said.side, (x + 5, middle), 4.0)
            paint(painter, [Stroke((outline,), now.sides[said.side], 1.0, rim=0.0, fill=1.0)])
            x += 2 * UNIT
        x = self._write(painter, x, said.name, now.text, bold=True, elided=True)
        if said.count is not None:
            start = x
            x = self._write(painter, x, f"{said.count.number}/{said.count.count}", now.text)
            self._room_of_number = QRectF(start - UNIT / 2, 0, x - start, self.height()) if x > start else QRectF()
        x = self._write(painter, x, said.place, now.caption)
        self._write(painter, x, said.slabs, now.caution, elided=True)

    def _write(
        self, painter: QPainter, x: float, text: str, colour: str, *, bold: bool = False, elided: bool = False
    ) -> float:
        """Write a word where it fits, or as much of it as fits if `elided`; where the next one begins."""
        font, metrics, room = self._bold if bold else self._plain, self._metrics[bold], self.width() - x - UNIT / 2
        if elided:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        if not text or metrics.horizontalAdvance(text) > room:
            return x
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(x, self.height() / 2 + metrics.capHeight() / 2), text)
        return x + metrics.horizontalAdvance(text) + 1.5 * UNIT


class _NumberField(QLineEdit):
    """Takes a number; Esc and the loss of the keyboard leave it."""

    left = pyqtSignal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setObjectName("slice_number")
        self.setAccessibleName("Number of the slice")
        self.setProperty("role", "low")
        self.setMaxLength(6)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()  # what is typed here is meant for the field
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
            if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # else the views, which have the keyboard by now, would be given it as well

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()
