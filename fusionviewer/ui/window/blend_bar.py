"""How the two images are put together, and the fade between them, as wide as the window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
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
from fusionviewer.ui.look.icons import icon
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.widgets.controls import ICON, allow, obey_toggle

_STEPS: Final = 1000
_MIDDLE: Final = _STEPS // 2
_BUTTONS: Final = {
    "Fixed": "The fixed image alone",
    "50:50": "Both images equally",
    "Moving": "The moving image alone",
    "Swap": f"{BY_KEY['swap'].tip} ({BY_KEY['swap'].keys[0]})",
}
"""What the buttons are called, and what they do."""

MODE_ICONS: Final[dict[BlendMode, str]] = {
    BlendMode.FADE: "blend",
    BlendMode.TWO_COLOUR: "palette",
    BlendMode.CHECKERBOARD: "grid-2x2",
    BlendMode.CURTAIN: "square-split-horizontal",
    BlendMode.SPY_GLASS: "search",
    BlendMode.EDGES: "spline",
    BlendMode.DIFFERENCE: "diff",
}

_PAIRS: Final = {pair: pair.replace("-", "/") for pair in COLOUR_PAIRS}
_CURTAINS: Final = {"across": "side by side", "down": "upper, lower", "quarters": "quarters"}
_OPTIONS: Final = (*_PAIRS.values(), *_CURTAINS.values())
"""What else can be chosen about a mode."""

_ALL_WORDS, _ONE_WORD, _NUMBER = 220 * UNIT, 140 * UNIT, 120 * UNIT
"""From these widths on each mode has its word, the chosen one has, and what the slider sets is written beside it."""


_ROUND_ICON: Final = 13
_SPACES: Final = 12
"""Pixels that a button adds to its icon, and `UNIT`s of what lies between the parts and beside them."""


class BlendBar(QWidget):
    """How the two images are put together, and what can be set about it, in fixed places.

    A slider from the fixed image (left, blue) to the moving one (right, amber); its ends are buttons for that image
    alone. In the modes that do not fade it sets the size of checkerboard or spyglass or the strength of edges.
    `tools` stand beside the modes: what else compares the images.
    """

    def __init__(
        self,
        document: Document,
        view_model: ViewModel,
        tools: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._view_model = view_model
        self.modes = {mode: self._mode_button(mode, name) for mode, name, _, _ in MODES}
        self._chosen = QLabel(self)
        """The word of the chosen mode, where the others have none."""
        self.slider = _BlendSlider(self)
        self.slider.valueChanged.connect(lambda value: view_model.set_parameter(value / _STEPS))
        self.number = QLabel(self)
        self.number.setFont(number_font())
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ends: dict[Side, _End] = {"fixed": _End("fixed", self), "moving": _End("moving", self)}
        self.option = self._button("")
        self.option.setObjectName("blend_option")
        self.option.clicked.connect(lambda: view_model.change(blend=view_model.view.blend.next_option()))
        self.buttons: dict[str, QAbstractButton] = {
            "Fixed": self.ends["fixed"], "50:50": self._button("50:50"), "Moving": self.ends["moving"],
            "Swap": self._button(""),
        }  # fmt: skip
        self.buttons["Swap"].setIcon(icon("arrow-left-right"))
        self.buttons["Swap"].setAccessibleName("Swap the images")
        self.buttons["Fixed"].clicked.connect(lambda: view_model.set_fade(0.0))
        self.buttons["50:50"].clicked.connect(lambda: view_model.set_fade(0.5))
        self.buttons["Moving"].clicked.connect(lambda: view_model.set_fade(1.0))
        self.buttons["Swap"].clicked.connect(lambda: view_model.change(blend=view_model.view.blend.swap()))
        self._tools = tools
        self._lay_out(tools)
        document.when(Changes.IMAGES).connect(self._show_images)
        view_model.blend_changed.connect(self._show_blend)
        view_model.layout_changed.connect(self._show_ability)
        self._show_images()
        self._show_blend()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # the images take what is left
        follow_theme(self, self._fit)

    def _lay_out(self, tools: Sequence[QWidget]) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        row.setSpacing(UNIT)
        near = QHBoxLayout()
        near.setSpacing(UNIT // 4)
        for button in self.modes.values():
            near.addWidget(button)
        row.addLayout(near)
        row.addWidget(self._chosen)
        beside = QHBoxLayout()
        beside.setSpacing(UNIT // 4)
        for tool in tools:
            beside.addWidget(tool)
        row.addLayout(beside)
        row.addWidget(self.ends["fixed"])
        row.addWidget(self.slider, 1)
        row.addWidget(self.ends["moving"])
        row.addWidget(self.number)
        row.addWidget(self.option)
        row.addWidget(self.buttons["50:50"])
        row.addWidget(self.buttons["Swap"])

    def _mode_button(self, mode: BlendMode, name: str) -> QToolButton:
        button = self._button(name)
        button.setObjectName(f"mode_{mode.value}")
        button.setIcon(icon(MODE_ICONS[mode]))
        button.setProperty("role", "icon")
        button.setAccessibleName(name)
        button.setCheckable(True)
        button.clicked.connect(partial(self._choose, mode))
        obey_toggle(button, partial(self._is_chosen, mode), partial(self._choose, mode))
        return button

    def _is_chosen(self, mode: BlendMode) -> bool:
        return self._view_model.view.mode is mode

    def _choose(self, mode: BlendMode, _: bool = True) -> None:
        self._view_model.set_blend(mode=mode)
        self._show_blend()  # a click on the chosen one must not take its mark away

    def _fit(self) -> None:
        """Fixed widths, so that the slider keeps its length whatever is said beside it."""
        metrics = QFontMetrics(self.number.font())
        self.number.setFixedWidth(metrics.horizontalAdvance("diameter 120 mm") + UNIT)
        self.option.setFixedWidth(max(metrics.horizontalAdvance(text) for text in _OPTIONS) + 3 * UNIT)
        self._chosen.setFixedWidth(max(metrics.horizontalAdvance(name) for _, name, _, _ in MODES) + UNIT)
        for button in (*self.modes.values(), self.buttons["Swap"]):
            button.setIconSize(QSize(scaled(ICON), scaled(ICON)))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        """What it needs without words: else a window that shows some could not be made narrow enough to drop them."""
        icons = (len(self.modes) + len(self._tools)) * (scaled(ICON) + _ROUND_ICON)
        parts = (*self.ends.values(), self.slider, self.buttons["50:50"], self.buttons["Swap"])
        rest = sum(max(part.minimumWidth(), part.minimumSizeHint().width()) for part in parts)
        return QSize(icons + rest + _SPACES * UNIT, super().minimumSizeHint().height())

    def _make_room(self) -> None:
        """Leave words out where there is no room for them; each control stays, and its tool tip says what it is."""
        width, style = self.width(), Qt.ToolButtonStyle
        words = width >= scaled(_ALL_WORDS)
        for button in self.modes.values():
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)
        self._chosen.setVisible(not words and width >= scaled(_ONE_WORD))
        self.number.setVisible(width >= scaled(_NUMBER))
        kept = self.option.sizePolicy()
        kept.setRetainSizeWhenHidden(width >= scaled(_NUMBER))  # or the slider would change its length with the mode
        self.option.setSizePolicy(kept)
        for end in self.ends.values():
            end.show_name(width >= scaled(_ONE_WORD))

    def _button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
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
        for mode, button in self.modes.items():
            button.setChecked(mode is blend.mode)
        self._chosen.setText(next((name for mode, name, _, _ in MODES if mode is blend.mode), ""))
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
        for mode, name, key, tip in MODES:
            why_not = pair or why_no_mode(self._document.state, mode)
            allow(self.modes[mode], f"{name}: {tip[0].lower()}{tip[1:]}{f' ({key})' if key else ''}", why_not)
        for widget in (self._chosen, self.number):
            widget.setEnabled(not pair)
        no_slider = pair or ("" if blend.parameter is not None else "This mode has nothing to set.")
        tip = "Drag, or click where you want it; double-click for half and half" if blend.mode in FADED else "Drag"
        allow(self.slider, f"{tip} ({blend.parameter_text})" if blend.parameter_text else tip, no_slider)
        no_fade = pair or ("" if blend.mode in FADED else "Choose Fade or Colour overlay to use this.")
        no_swap = pair or why_no_swap(blend.mode)
        for name, button in self.buttons.items():
            allow(button, _BUTTONS[name], no_swap if name == "Swap" else no_fade)
        for end in self.ends.values():
            end.tell_name()
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


class _End(QAbstractButton):
    """Which image lies at an end of the fade: shape, word and name, in its colour. A click shows it alone."""

    def __init__(self, side: Side, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"end_{side}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._side: Side = side
        self._name = ""
        self._named = True
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """What is written, where there is room."""
        name = self._name if self._named else ""
        parts = (self._side.upper(), name) if self._side == "fixed" else (name, self._side.upper())
        return " ".join(part for part in parts if part)

    def show_name(self, shown: bool) -> None:
        """Write the image's name beside its part, if there is room."""
        if shown != self._named:
            self._named = shown
            self.updateGeometry()
            self.update()

    def set_name(self, name: str) -> None:
        """Show another image's name."""
        self._name = name
        self.setAccessibleName(f"The {self._side} image alone{f': {name}' if name else ''}")
        self.updateGeometry()
        self.update()

    def tell_name(self) -> None:
        """Add the whole name to the tool tip, as long as it says what a click does."""
        if self.isEnabled() and self._name:
            self.setToolTip(f"{self.toolTip()}: {self._name}")

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wanted = metrics.horizontalAdvance(self.words) + 7 * UNIT // 2
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
        return QSize(self.fontMetrics().horizontalAdvance(self._side.upper()) + 7 * UNIT // 2, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = colours()
        colour = QColor(now.sides[self._side] if self.isEnabled() else now.disabled)
        if self.isEnabled() and (self.underMouse() or self.hasFocus()):
            painter.setPen(QColor(now.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        fixed = self._side == "fixed"
        middle = self.height() / 2
        outline = shape(self._side, (8 if fixed else self.width() - 8, middle), 4.5)
        paint(painter, [Stroke((outline,), colour.name(), 1.0, rim=0.0, fill=1.0)])
        painter.setPen(colour)
        metrics = self.fontMetrics()
        text = self._shown(metrics, self.width() - 3 * UNIT)
        x = 20 if fixed else self.width() - 20 - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), text)
