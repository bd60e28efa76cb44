"""Small parts that the panels are made of."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QLocale, QObject, QSize, Qt
from PyQt6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QShortcut, QValidator
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.errors import printable
from fusionviewer.ui.look.theme import UNIT, follow_theme, number_font, scaled

MARGIN = 2 * UNIT
"""Left and right of what stands in a panel."""

ICON = 18
"""Logical pixels of an icon on a button, at the usual size of letters."""

ZERO_WIDTH_SPACE = "\u200b"

_LONG_WORD = 24
"""Letters that surely fit on a line of a panel."""


class Rows(QFrame):
    """Widgets below each other, in one `column`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout()
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(UNIT)

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self.column.addWidget(widget)

    def add_row(self, *widgets: QWidget, stretch: int = -1) -> None:
        """Put widgets side by side; the one numbered `stretch` takes the room that is left (-1: share it)."""
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for number, widget in enumerate(widgets):
            row.addWidget(widget, 1 if stretch in (-1, number) else 0)
        self.column.addLayout(row)


class Section(Rows):
    """A titled part of a panel, its content below the title in one column. `corner` stands right of the title."""

    def __init__(self, title: str, parent: QWidget | None = None, *, corner: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(self.column)
        self.column.setContentsMargins(0, 0, 0, UNIT)
        if corner is None:
            self.column.addWidget(label(title, "section"))
        else:
            self.add_row(label(title, "section"), corner, stretch=0)


def column_of(panel: QWidget, spacing: int = UNIT) -> QVBoxLayout:
    """The one column that a panel is made of, without margins."""
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return column


def scrolled(panel: QWidget) -> QScrollArea:
    """A panel that scrolls up and down where there is not room for all of it."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    panel.setContentsMargins(MARGIN, 0, MARGIN, UNIT)
    area.setWidget(panel)
    return area


def label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """A label with a role of the theme."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setIndent(0)  # a label with padding would else stand a few pixels to the right of its neighbours
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another role of the theme."""
    _dress(widget, "role", role)


def _dress(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, which it does by itself only once."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        style = widget.style()
        if style is not None:
            style.unpolish(widget)
            style.polish(widget)


def number_label(text: str = "") -> QLabel:
    """A label whose digits all have the same width, so that nothing jumps."""
    made = label(text)
    made.setFont(number_font())
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


class _WheelGuard(QObject):
    """Keeps the wheel from changing a control that has not got the keyboard: it is meant for the panel's scrolling."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        unasked = isinstance(watched, QWidget) and not watched.hasFocus()
        if unasked and event is not None and event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def guard_wheel(control: QWidget) -> None:
    """Let the wheel change a spin or combo box only after it was clicked."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_WheelGuard(control))


def allow(control: QWidget, tip: str, why_not: str = "") -> None:
    """Enable a control and say what it does; or disable it and say why."""
    control.setEnabled(not why_not)
    control.setToolTip(why_not or tip)
    if isinstance(control, QComboBox):  # where Qt gives a screen reader the choice in place of the box's name
        told = (control.accessibleName(), why_not or tip)
        control.setAccessibleDescription(": ".join(part for part in told if part))


def breakable(name: str) -> str:
    """A name that may be long, with invisible places where a line may end: within long words alone."""
    out, length = [], 0
    for letter in name:
        length = 0 if letter.isspace() else length + 1
        out.append(letter)
        if letter in "_-." or length == _LONG_WORD:
            out.append(ZERO_WIDTH_SPACE)
            length = 0
    return "".join(out)


def plain(name: str) -> str:
    """A name as it is written on a button or in a menu, where a lone & would underline the next letter."""
    return printable(name).replace("&", "&&")


def spoken(text: str) -> str:
    """What is written on a button or in a menu, as it is said."""
    return text.replace("&&", "&")


def labelled(text: str, control: QWidget) -> QLabel:
    """The label of a control, which a screen reader says before it."""
    made = label(text)
    made.setBuddy(control)
    return made


def obey_toggle(button: QAbstractButton, is_on: Callable[[], bool], do: Callable[[], object]) -> None:
    """Do what a click does when a screen reader turns a button over, which Qt does without a click.

    `is_on` says whether what the button stands for is so; after a click it is as the button shows, and nothing is done.
    """

    def catch_up() -> None:
        if not sip.isdeleted(button) and button.isChecked() != is_on():  # its window may have been closed meanwhile
            do()

    queued = Qt.ConnectionType.QueuedConnection
    button.toggled.connect(catch_up, queued)  # type: ignore[call-arg] # PyQt6's stubs do not know it


def action_button(action: QAction, text: str = "", accent: bool = False) -> QPushButton:
    """A button that does what an action does, and is enabled, marked and explained as it is.

    A `text` that is short because of where it stands is said in full to those who hear it: as the action's own.
    Clicking it leaves the keyboard where it was, so that the keys for the images go on working.
    """
    button = QPushButton(text or action.text())
    button.setProperty("accent", accent)
    _obey_action(button, action)
    return button


def icon_button(action: QAction, drawing: QIcon, text: str = "") -> QToolButton:
    """The same as an icon, with a word below it if there is a `text`."""
    button = QToolButton()
    button.setIcon(drawing)
    button.setText(text)
    button.setProperty("role", "tool" if text else "icon")
    if text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    follow_theme(button, lambda: button.setIconSize(QSize(scaled(ICON), scaled(ICON))))
    _obey_action(button, action)
    return button


def _obey_action(button: QAbstractButton, action: QAction) -> None:
    button.setObjectName(f"button_{action.objectName()}")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCheckable(action.isCheckable())

    def follow() -> None:
        button.setAccessibleName(spoken(action.text()))
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())
        button.setChecked(action.isChecked())

    action.changed.connect(follow)
    button.clicked.connect(action.trigger)
    if action.isCheckable():
        obey_toggle(button, action.isChecked, action.trigger)
    follow()


def enter_only_here(button: QPushButton) -> None:
    """Let Enter press a dialog's button where it has the focus, and nowhere else.

    Qt lets Enter in a list or a box press the first button that is an "auto default"; and on a button that is none, it
    presses the dialog's default button instead.
    """
    button.setAutoDefault(False)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QShortcut(key, button, button.click, context=Qt.ShortcutContext.WidgetShortcut)


def set_accent(button: QPushButton, accent: bool) -> None:
    """Make a button the next sensible one, or an ordinary one."""
    _dress(button, "accent", accent)


class NumberBox(QDoubleSpinBox):
    """A number, written with a point as everywhere in the program; a comma that is typed is taken for one.

    In the machine's own language "0.25" may mean 25: there the point divides thousands. Esc undoes what was typed, as
    Ctrl+Z does; where nothing is typed, Ctrl+Z and Ctrl+Y are those of the study.
    """

    def __init__(self) -> None:
        super().__init__()
        plain = QLocale.c()
        plain.setNumberOptions(QLocale.NumberOption.RejectGroupSeparator | QLocale.NumberOption.OmitGroupSeparator)
        self.setLocale(plain)

    def validate(self, input: str | None, pos: int) -> tuple[QValidator.State, str, int]:
        return super().validate((input or "").replace(",", "."), pos)

    @property
    def _typed(self) -> bool:
        """Whether something is written that is not the number that holds."""
        special = self.specialValueText() if self.value() == self.minimum() else ""
        return self.text() != (special or f"{self.prefix()}{self.textFromValue(self.value())}{self.suffix()}")

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._typed and event.key() == Qt.Key.Key_Escape:
                event.accept()  # before it cancels anything else
                return True
            history = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if not self._typed and any(event.matches(key) for key in history):
                event.ignore()  # else Qt's field would keep them for itself
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.setValue(self.value())  # shows the number that holds
        super().keyPressEvent(event)


def spin(
    low: float, high: float, changed: Callable[[float], None], *, step: float, decimals: int = 0, suffix: str = ""
) -> NumberBox:
    """A number with its unit. `changed` hears of what the user typed, when it is complete."""
    made = NumberBox()
    made.setRange(low, high)
    made.setSingleStep(step)
    made.setDecimals(decimals)
    made.setSuffix(suffix)
    made.setFont(number_font())
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setKeyboardTracking(False)
    made.valueChanged.connect(changed)
    guard_wheel(made)
    return made


def show_value(box: QDoubleSpinBox, value: float) -> None:
    """Show a number without a signal that it changed, and without rounding what the user is typing."""
    if abs(box.value() - value) > 0.5 * 10.0 ** -box.decimals():
        box.blockSignals(True)
        box.setValue(value)
        box.blockSignals(False)
