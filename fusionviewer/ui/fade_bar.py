"""The fade between the two images, as wide as the window."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QToolButton, QWidget

from fusionviewer.app.document import Document
from fusionviewer.app.view_model import ViewModel
from fusionviewer.rendering.slices import BlendMode
from fusionviewer.session.state import Side
from fusionviewer.ui import slice_overlay as overlay
from fusionviewer.ui.theme import DISABLED, SIDE_COLOURS, UNIT, number_font

_STEPS: Final = 1000
_MIDDLE: Final = _STEPS // 2


class FadeBar(QWidget):
    """A slider from the fixed image (left, blue) to the moving one (right, amber), and its usual places as buttons."""

    def __init__(self, document: Document, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._view_model = view_model
        self.slider = _FadeSlider(self)
        self.slider.valueChanged.connect(lambda value: view_model.set_fade(value / _STEPS))
        self.number = QLabel(self)
        self.number.setFont(number_font())
        self.number.setFixedWidth(QFontMetrics(self.number.font()).horizontalAdvance("fade 100 %") + UNIT)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ends: dict[Side, _End] = {"fixed": _End("fixed", self), "moving": _End("moving", self)}
        self.buttons = {
            text: self._button(text, tip) for text, tip in (
                ("Fixed", "The fixed image alone"),
                ("50:50", "Both images alike"),
                ("Moving", "The moving image alone"),
                ("Swap", "As much of the moving image as now of the fixed one"),
            )
        }  # fmt: skip
        self.buttons["Fixed"].clicked.connect(lambda: view_model.set_fade(0.0))
        self.buttons["50:50"].clicked.connect(lambda: view_model.set_fade(0.5))
        self.buttons["Moving"].clicked.connect(lambda: view_model.set_fade(1.0))
        self.buttons["Swap"].clicked.connect(lambda: view_model.set_fade(1.0 - view_model.view.fade))
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        row.setSpacing(UNIT)
        row.addWidget(self.ends["fixed"])
        row.addWidget(self.slider, 1)
        row.addWidget(self.ends["moving"])
        row.addWidget(self.number)
        for button in self.buttons.values():
            row.addWidget(button)
        document.volumes_changed.connect(self._show_images)
        view_model.blend_changed.connect(self._show_fade)
        view_model.layout_changed.connect(self._show_ability)
        self._show_images()
        self._show_fade()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show_images(self) -> None:
        state = self._document.state
        for side, end in self.ends.items():
            volume = state.volume(side)
            end.set_name(volume.name if volume is not None else "")
        self._show_ability()

    def _show_fade(self) -> None:
        fade = self._view_model.view.fade
        self.slider.blockSignals(True)  # or a fade between two of the slider's steps would be rounded to one
        self.slider.setValue(round(fade * _STEPS))
        self.slider.blockSignals(False)
        self.number.setText(f"fade {round(100 * fade)} %")
        self._show_ability()

    def _show_ability(self) -> None:
        reason = self._why_not()
        self.setToolTip(reason)
        self.slider.setToolTip(reason or "Drag, or click where you want it; double-click for half and half")
        for widget in (self.slider, self.number, *self.buttons.values(), *self.ends.values()):
            widget.setEnabled(not reason)

    def _why_not(self) -> str:
        """Why there is nothing to fade now; empty if there is."""
        if not self._document.state.has_pair:
            return "Open a fixed and a moving image to fade between them"
        if self._view_model.view.layout == "pairs":
            return "Each row shows one image alone; choose the fused layout to fade between them"
        if self._view_model.view.mode is BlendMode.CHECKERBOARD:
            return "The checkerboard shows each image at full strength; choose the fade to use this"
        return ""


class _FadeSlider(QSlider):
    """A slider whose handle jumps to where it is pressed, and to the middle at a double click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setSingleStep(_STEPS // 100)
        self.setPageStep(_STEPS // 10)
        self.setProperty("role", "fade")
        self.setAccessibleName("Fade from the fixed to the moving image")
        self.setMinimumWidth(20 * UNIT)
        self.setMinimumHeight(4 * UNIT)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            style = self.style()
            if style is not None:
                control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
                handle = style.subControlRect(control, option, part, self).width()
                at = round(event.position().x() - handle / 2)
                self.setValue(QStyle.sliderValueFromPosition(0, _STEPS, at, self.width() - handle))
        super().mousePressEvent(event)  # the handle is under the mouse now, and a drag can begin

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.setValue(_MIDDLE)


class _End(QWidget):
    """Which image lies at an end of the fade: shape, word and name, in its colour."""

    def __init__(self, side: Side, parent: QWidget) -> None:
        super().__init__(parent)
        self._side: Side = side
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What is written, where there is room."""
        words = (self._side.upper(), self._name) if self._side == "fixed" else (self._name, self._side.upper())
        return " ".join(word for word in words if word)

    def set_name(self, name: str) -> None:
        """Show another image's name."""
        self._name = name
        self.setToolTip(name)
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wanted = metrics.horizontalAdvance(self.text) + 3 * UNIT
        return QSize(min(max(wanted, 10 * UNIT), 24 * UNIT), metrics.height() + UNIT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(SIDE_COLOURS[self._side] if self.isEnabled() else DISABLED)
        painter.setPen(colour)
        painter.setBrush(colour)
        fixed = self._side == "fixed"
        middle = self.height() / 2
        painter.drawPath(overlay.shape(self._side, QPointF(6 if fixed else self.width() - 6, middle), 4.5))
        metrics = self.fontMetrics()
        text = metrics.elidedText(self.text, Qt.TextElideMode.ElideMiddle, self.width() - 2 * UNIT)
        x = 2 * UNIT if fixed else self.width() - 2 * UNIT - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), text)
