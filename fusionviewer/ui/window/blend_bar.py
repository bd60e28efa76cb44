"""How the two images are put together, and the fade between them, as wide as the window."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QStandardItemModel
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from fusionviewer.app.actions.registry import BY_KEY
from fusionviewer.app.actions.view import MODES
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.guidance import why_apart, why_no_mode, why_no_swap
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.rendering.blends import FADED, BlendMode
from fusionviewer.rendering.colours import COLOUR_PAIRS
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.widgets.controls import allow, guard_wheel

_STEPS: Final = 1000
_MIDDLE: Final = _STEPS // 2
_BUTTONS: Final = {
    "Fixed": "The fixed image alone",
    "50:50": "Both images equally",
    "Moving": "The moving image alone",
    "Swap": f"{BY_KEY['swap'].tip} ({BY_KEY['swap'].keys[0]})",
}
"""What the buttons are called, and what they do."""

_PAIRS: Final = {pair: pair.replace("-", "/") for pair in COLOUR_PAIRS}
_CURTAINS: Final = {"across": "side by side", "down": "upper, lower", "quarters": "quarters"}
_OPTIONS: Final = (*_PAIRS.values(), *_CURTAINS.values())
"""What else can be chosen about a mode."""


class BlendBar(QWidget):
    """How the two images are put together, and what can be set about it, in fixed places.

    A slider from the fixed image (left, blue) to the moving one (right, amber) with its usual places as buttons; in the
    modes that do not fade it sets the size of checkerboard or spyglass or the strength of edges.
    """

    def __init__(self, document: Document, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._view_model = view_model
        self.mode = QComboBox(self)
        self.mode.setObjectName("blend_mode")
        self.mode.setAccessibleName("Comparison mode")
        for mode, name, _, _ in MODES:
            self.mode.addItem(name, mode)
        guard_wheel(self.mode)
        self.mode.activated.connect(lambda index: view_model.set_blend(mode=self.mode.itemData(index)))
        self.slider = _BlendSlider(self)
        self.slider.valueChanged.connect(lambda value: view_model.set_parameter(value / _STEPS))
        self.number = QLabel(self)
        self.number.setFont(number_font())
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ends: dict[Side, _End] = {"fixed": _End("fixed", self), "moving": _End("moving", self)}
        self.option = self._button("", "")
        self.option.setObjectName("blend_option")
        self.option.clicked.connect(lambda: view_model.change(blend=view_model.view.blend.next_option()))
        kept = self.option.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # or the slider would change its length with the mode
        self.option.setSizePolicy(kept)
        self.buttons = {text: self._button(text, tip) for text, tip in _BUTTONS.items()}
        self.buttons["Fixed"].clicked.connect(lambda: view_model.set_fade(0.0))
        self.buttons["50:50"].clicked.connect(lambda: view_model.set_fade(0.5))
        self.buttons["Moving"].clicked.connect(lambda: view_model.set_fade(1.0))
        self.buttons["Swap"].clicked.connect(lambda: view_model.change(blend=view_model.view.blend.swap()))
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        row.setSpacing(UNIT)
        row.addWidget(self.mode)
        row.addWidget(self.ends["fixed"])
        row.addWidget(self.slider, 1)
        row.addWidget(self.ends["moving"])
        row.addWidget(self.number)
        row.addWidget(self.option)
        for button in self.buttons.values():
            row.addWidget(button)
        document.when(Changes.IMAGES).connect(self._show_images)
        view_model.blend_changed.connect(self._show_blend)
        view_model.layout_changed.connect(self._show_ability)
        self._show_images()
        self._show_blend()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # the images take what is left
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        """Fixed widths, so that the slider keeps its length whatever is said beside it."""
        metrics = QFontMetrics(self.number.font())
        self.number.setFixedWidth(metrics.horizontalAdvance("diameter 120 mm") + UNIT)
        self.option.setFixedWidth(max(metrics.horizontalAdvance(text) for text in _OPTIONS) + 3 * UNIT)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        for end in self.ends.values():
            end.show_name(self.width() >= 140 * UNIT)

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

    def _show_blend(self) -> None:
        blend = self._view_model.view.blend
        self.mode.setCurrentIndex(self.mode.findData(blend.mode))
        self.slider.blockSignals(True)  # or a fade between two of the slider's steps would be rounded to one
        self.slider.setValue(round((blend.parameter or 0.0) * _STEPS))
        self.slider.blockSignals(False)
        self.slider.show_as_fade(blend.mode in FADED)
        self.number.setText(blend.parameter_text)
        text, _ = self._option_now()
        self.option.setText(text)
        self.option.setVisible(bool(text))
        self._show_ability()

    def _option_now(self) -> tuple[str, str]:
        """What else can be chosen about the mode, and what it does; empty if there is nothing."""
        blend = self._view_model.view.blend
        if blend.mode is BlendMode.TWO_COLOUR:
            return _PAIRS[blend.pair], f"Other pair of colours ({BY_KEY['colour_pair'].keys[0]})"
        if blend.mode is BlendMode.CURTAIN:
            return _CURTAINS[blend.curtain], f"Next direction ({BY_KEY['curtain_way'].keys[0]})"
        return "", ""

    def _show_ability(self) -> None:
        pair, blend = self._why_no_pair(), self._view_model.view.blend
        self.setToolTip(pair)
        allow(self.mode, "Comparison mode", pair)
        model = self.mode.model()
        if isinstance(model, QStandardItemModel):
            for row, (mode, _, key, tip) in enumerate(MODES):
                entry, why_not = model.item(row), why_no_mode(self._document.state, mode)
                if entry is not None:
                    entry.setEnabled(not why_not)
                    entry.setToolTip(why_not or (f"{tip} ({key})" if key else tip))
        for widget in (*self.ends.values(), self.number):
            widget.setEnabled(not pair)
        no_slider = pair or ("" if blend.parameter is not None else "This mode has nothing to set.")
        tip = "Drag, or click where you want it; double-click for half and half" if blend.mode in FADED else "Drag"
        allow(self.slider, tip, no_slider)
        no_fade = pair or ("" if blend.mode in FADED else "Choose Fade or Colour overlay to use this.")
        no_swap = pair or why_no_swap(blend.mode)
        for name, button in self.buttons.items():
            allow(button, _BUTTONS[name], no_swap if name == "Swap" else no_fade)
        text, tip = self._option_now()
        allow(self.option, tip, pair if text else "This mode has no other option.")

    def _why_no_pair(self) -> str:
        """Why nothing can be put together now; empty if it can."""
        if not self._document.state.has_pair:
            return "Open a fixed and a moving image to see both together."
        return why_apart(self._view_model.view)


class _BlendSlider(QSlider):
    """A slider whose handle jumps to where it is pressed, and to the middle at a double click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setSingleStep(_STEPS // 100)
        self.setPageStep(_STEPS // 10)
        self._fades = False
        self.show_as_fade(True)
        self.setAccessibleName("Fade from the fixed to the moving image, or the size of what the mode shows")
        self.setMinimumWidth(14 * UNIT)
        self.setMinimumHeight(4 * UNIT)

    def show_as_fade(self, fades: bool) -> None:
        """Show the two images' colours at its ends, or be a plain slider."""
        if fades != self._fades:
            self._fades = fades
            self.setProperty("role", "fade" if fades else "")
            style = self.style()
            if style is not None:
                style.unpolish(self)
                style.polish(self)

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
        self._named = True
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What is written, where there is room."""
        name = self._name if self._named else ""
        words = (self._side.upper(), name) if self._side == "fixed" else (name, self._side.upper())
        return " ".join(word for word in words if word)

    def show_name(self, shown: bool) -> None:
        """Write the image's name beside its part, if there is room."""
        if shown != self._named:
            self._named = shown
            self.updateGeometry()
            self.update()

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
        return QSize(min(max(wanted, scaled(10 * UNIT)), scaled(20 * UNIT)), metrics.height() + UNIT)

    def _shown(self, metrics: QFontMetrics, room: int) -> str:
        """The image's word, and as much of its name as there is room for."""
        word = self._side.upper()
        left = room - metrics.horizontalAdvance(f"{word} ")
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, left)
        if not name or (name != self._name and left < metrics.horizontalAdvance("x…x")):
            return word
        return f"{word} {name}" if self._side == "fixed" else f"{name} {word}"

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._side.upper()) + 3 * UNIT, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(colours().sides[self._side] if self.isEnabled() else colours().disabled)
        fixed = self._side == "fixed"
        middle = self.height() / 2
        outline = shape(self._side, (6 if fixed else self.width() - 6, middle), 4.5)
        paint(painter, [Stroke((outline,), colour.name(), 1.0, rim=0.0, fill=1.0)])
        painter.setPen(colour)
        metrics = self.fontMetrics()
        text = self._shown(metrics, self.width() - 2 * UNIT)
        x = 2 * UNIT if fixed else self.width() - 2 * UNIT - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), text)
