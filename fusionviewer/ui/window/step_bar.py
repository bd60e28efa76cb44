"""The four steps with their state, always visible, and the two choices that belong to all of them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from fusionviewer.app.actions.view import LAYOUTS
from fusionviewer.app.actions.window import STEP_TIPS
from fusionviewer.app.commands import window
from fusionviewer.app.state.steps import MARKS, STEPS, Step, StepState
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.look.icons import drawn_icon, icon
from fusionviewer.ui.look.style_sheet import CAPTION
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, scaled
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import ICON, icon_button, obey_toggle

TOOL_ICONS: Final = (
    ("crosshair_tool", "crosshair", "Crosshair"),
    ("window_tool", "contrast", "Window/Level"),
    ("move_tool", "move", "Move"),
    ("turn_tool", "rotate-3d", "Oblique"),
    ("measure_tool", "ruler", "Measure"),
)
"""(action, icon, word) of each mouse mode."""

_THUMBNAILS: Final[dict[Layout, tuple[int, int, tuple[tuple[int, int, int, int], ...]]]] = {
    "fused": (2, 2, tuple((x, y, 1, 1) for y in range(2) for x in range(2))),
    "large": (3, 2, ((0, 0, 2, 2), (2, 0, 1, 1), (2, 1, 1, 1))),
    "pairs": (3, 2, tuple((x, y, 1, 1) for y in range(2) for x in range(3))),
    "nine": (3, 3, tuple((x, y, 1, 1) for y in range(3) for x in range(3))),
    "mosaic": (4, 3, tuple((x, y, 1, 1) for y in range(3) for x in range(4))),
}
"""Columns, rows and the panes (column, row, width, height) of each layout."""

_WORDS = 124 * UNIT
"""From this width on the mouse modes have words."""

_ROUND_ICON = 13
"""Pixels that a button adds to its icon."""

_NARROWEST, _WIDEST = 10 * UNIT, 27 * UNIT
_DOT = 3.0

_PARTS: Final[dict[Step, int]] = {"open": 10, "align": 14, "review": 12, "export": 8}
"""How the steps share the width: what stands below each name fits in the smallest window."""


class StepBar(QWidget):
    """Open, Align, Review, Export: chooses the panel of the side column, and says where each step stands."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, 0, UNIT, 0)
        row.setSpacing(0)
        self._workspace = workspace
        self._group = QButtonGroup(self)
        self._buttons: dict[Step, StepButton] = {}
        for step, name in STEPS:
            button = StepButton(name)
            button.setObjectName(f"step_{step}")
            button.clicked.connect(partial(self._choose, step))
            obey_toggle(button, partial(self._is_shown, step), partial(self._choose, step))
            self._group.addButton(button)
            self._buttons[step] = button
            row.addWidget(button, _PARTS[step])
        row.addStretch(1)
        self._fusion = QWidget()
        """What belongs to a fusion: hidden until there are two images."""
        tools = QHBoxLayout(self._fusion)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(0)
        self._tools = [icon_button(actions[key], icon(drawing), word) for key, drawing, word in TOOL_ICONS]
        for tool in self._tools:
            tools.addWidget(tool)
        tools.addSpacing(UNIT)
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedWidth(1)
        tools.addWidget(rule)
        tools.addSpacing(UNIT)
        for layout, _, _, _ in LAYOUTS:
            tools.addWidget(icon_button(actions[f"layout_{layout}"], drawn_icon(partial(draw_layout, layout))))
        row.addWidget(self._fusion)
        workspace.window.changed.connect(self._show_step)
        self._show_step()
        follow_theme(self, self._make_room)

    def _choose(self, step: Step, _: bool = True) -> None:
        window.show_step(self._workspace, step)

    def _is_shown(self, step: Step) -> bool:
        return self._buttons[step].isChecked() and self._workspace.window.step == step

    def _show_step(self) -> None:
        self._buttons[self._workspace.window.step].setChecked(True)

    def show_states(self, states: dict[Step, StepState], recommended: Step, *, fusion: bool) -> None:
        """Say where each step stands and, in its tool tip, which comes next; `fusion`: whether there are two images."""
        self._fusion.setVisible(fusion)
        for number, (step, button) in enumerate(self._buttons.items(), start=1):
            state = states[step]
            button.show_state(state, next_one=step == recommended)
            button.setEnabled(fusion or step == "open")
            told = [f"{STEP_TIPS[step]} (Alt+{number})."]
            if not button.isEnabled():
                told.append("Open a fixed and a moving image first.")
            elif state.words:
                told.append(f"{state.words}.")
            if step == recommended:
                told.append("This is the next step.")
            button.setToolTip(" ".join(told))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        """What it needs without the words of the mouse modes, whether they are shown now or not."""
        whole, words = super().minimumSizeHint(), Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        saved = sum(
            tool.sizeHint().width() - scaled(ICON) - _ROUND_ICON
            for tool in self._tools
            if tool.toolButtonStyle() == words
        )
        return QSize(whole.width() - (saved if self._fusion.isVisibleTo(self) else 0), whole.height())

    def _make_room(self) -> None:
        """Where each step stands says more than the words of the mouse modes."""
        style, words = Qt.ToolButtonStyle, self.width() >= scaled(_WORDS)
        for tool in self._tools:
            tool.setToolButtonStyle(style.ToolButtonTextUnderIcon if words else style.ToolButtonIconOnly)


class StepButton(QToolButton):
    """A step's name, and below it in small letters where it stands. Its width depends on the window's alone."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._state = StepState()
        self._next_one = False
        self.setText(name)
        self.setProperty("role", "step")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_WIDEST)
        self.show_state(StepState())

    @property
    def state(self) -> StepState:
        """Where the step stands."""
        return self._state

    def show_state(self, state: StepState, *, next_one: bool = False) -> None:
        """Say where the step stands, and mark it with a dot if it comes next."""
        self._state, self._next_one = state, next_one
        self.setText(f"{MARKS[state.mark]} {self._name}".strip())
        self.setAccessibleName(f"{self._name}: {state.words}" if state.words else self._name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(18 * UNIT, 2 * self.fontMetrics().lineSpacing() + UNIT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, self.sizeHint().height())

    def initStyleOption(self, option: QStyleOptionToolButton | None) -> None:
        super().initStyleOption(option)
        if option is not None:
            option.text = ""  # both lines are painted below

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(UNIT, UNIT / 2, -UNIT, -UNIT / 2)
        words = self._state.words
        upper = QRectF(room.left(), room.top(), room.width(), room.height() / 2 if words else room.height())
        plain, bold = self.font(), self.font()
        bold.setBold(self.isChecked())
        now = colours()
        colour = now.disabled if not self.isEnabled() else now.text if self.isChecked() else now.caption
        end = _write(painter, upper, self.text(), bold, colour)
        if self._next_one and not self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.accent))
            painter.drawEllipse(QPointF(end + UNIT, upper.center().y() + 1), _DOT, _DOT)
        plain.setPixelSize(scaled(CAPTION))
        marked = {"caution": now.caution, "failure": now.failure} if self.isEnabled() else {}
        painter.setFont(plain)
        if self._state.short and painter.fontMetrics().horizontalAdvance(words) > room.width():
            words = self._state.short
        _write(painter, upper.translated(0, upper.height()), words, plain, marked.get(self._state.mark, colour))


def draw_layout(layout: Layout, painter: QPainter, room: QRectF, colour: str) -> None:
    """Draw a layout small: each pane as a box."""
    columns, rows, panes = _THUMBNAILS[layout]
    left, top, width, height = room.left(), room.top() + room.height() / 10, room.width(), room.height() * 0.8
    gap = max(1.0, room.width() / 14)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    across, down = (width + gap) / columns, (height + gap) / rows
    for x, y, wide, high in panes:
        painter.drawRoundedRect(QRectF(left + x * across, top + y * down, wide * across - gap, high * down - gap), 1, 1)


def _write(painter: QPainter, room: QRectF, text: str, font: QFont, colour: str) -> float:
    """Write one line into a room, elided to its width; where it ends."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
    return room.left() + painter.fontMetrics().horizontalAdvance(elided)
