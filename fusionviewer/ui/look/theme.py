"""How the window looks: a dark or a light palette, letters in four sizes, and lengths on a grid of eight pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication, QStyleFactory, QWidget

from fusionviewer.ui.look.palettes import DARK, IMAGE, LIGHT, Palette
from fusionviewer.ui.look.style_sheet import TEXT, style_sheet
from fusionviewer.ui.look.typeface import text_font

ThemeName: TypeAlias = Literal["dark", "light", "system"]

_SCHEMES: Final[dict[ThemeName, Qt.ColorScheme]] = {
    "dark": Qt.ColorScheme.Dark,
    "light": Qt.ColorScheme.Light,
    "system": Qt.ColorScheme.Unknown,
}

UNIT: Final = 8
"""Distances are multiples of this many logical pixels, or its half."""

GAP: Final = 2
"""Between panes: all the frame that images need."""


@dataclass
class _Look:
    """How the application is dressed now."""

    theme: ThemeName = "dark"
    scale: float = 1.0
    palette: Palette = DARK


_look: Final = _Look()


def colours() -> Palette:
    """The palette of the theme that is shown. What paints by itself asks for it each time that it paints."""
    return _look.palette


def scaled(pixels: int) -> int:
    """A length (logical pixels) that holds text, at the size of letters that is shown; see `follow_theme`."""
    return round(pixels * _look.scale)


def number_font(font: QFont | None = None) -> QFont:
    """This font with digits of one width, so that changing numbers do not jump; without one, whatever is inherited."""
    out = QFont() if font is None else QFont(font)
    if hasattr(QFont, "setFeature"):  # Qt 6.7; the program's own typeface has such digits anyway
        out.setFeature(QFont.Tag("tnum"), 1)
    return out


def apply_theme(app: QApplication, theme: ThemeName = "dark", scale: float = 1.0) -> None:
    """Dress the whole application, the same on every system, or dress it anew while windows are open.

    "system" is dark or light as the system is, and follows it. `scale` is the size of letters, 1.0 the usual one.
    """
    hints = QGuiApplication.styleHints()
    if hints is not None:
        if _look.theme == "system":
            hints.colorSchemeChanged.disconnect(_follow_system)
        if hasattr(hints, "setColorScheme"):  # Qt 6.8; frames of windows and the system's own dialogs go along
            hints.setColorScheme(_SCHEMES[theme])
        if theme == "system":
            hints.colorSchemeChanged.connect(_follow_system)
    _look.theme, _look.scale = theme, scale
    _dress(app)


def _follow_system() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        _dress(app)


def _system_is_light() -> bool:
    """Whether the system says so: one that says nothing is taken for dark, as images want it."""
    hints = QGuiApplication.styleHints()
    return hints is not None and hints.colorScheme() == Qt.ColorScheme.Light


def _dress(app: QApplication) -> None:
    light = _look.theme == "light" or (_look.theme == "system" and _system_is_light())
    _look.palette = LIGHT if light else DARK
    style = QStyleFactory.create("Fusion")
    if style is not None:
        app.setStyle(style)
    app.setFont(text_font(scaled(TEXT)))
    app.setPalette(_qt_palette())
    for name in _OUTLINED:
        app.setPalette(_outlined_palette(), name)
    app.setStyleSheet(style_sheet(_look.palette, scaled))


class _Follower(QObject):
    """Calls a function whenever its widget is dressed anew."""

    def __init__(self, widget: QWidget, follow: Callable[[], object]) -> None:
        super().__init__(widget)
        self._follow = follow
        self._following = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        dressed = event is not None and event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange)
        if dressed and watched is self.parent() and not self._following:
            self._following = True  # what it does may itself change the widget's font
            try:
                self._follow()
            finally:
                self._following = False
        return False


def follow_theme(widget: QWidget, follow: Callable[[], object]) -> None:
    """Do this now, and again whenever the widget is dressed anew: for sizes and colours that no style sheet sets."""
    _Follower(widget, follow)
    follow()


def _qt_palette() -> QPalette:
    role, now = QPalette.ColorRole, _look.palette
    palette = QPalette()
    for which, colour in (
        (role.Window, now.window),
        (role.WindowText, now.text),
        (role.Base, now.field),
        (role.AlternateBase, now.window),
        (role.Text, now.text),
        (role.Button, now.raised),
        (role.ButtonText, now.text),
        (role.BrightText, now.text),
        (role.PlaceholderText, now.disabled),
        (role.Highlight, now.accent),
        (role.HighlightedText, now.on_accent),
        (role.Accent, now.accent),
        (role.Link, now.accent),
        (role.LinkVisited, now.accent),
        (role.ToolTipBase, now.raised),
        (role.ToolTipText, now.text),
        (role.Light, now.hover),
        (role.Midlight, now.hover),
        (role.Mid, now.line),
        (role.Dark, now.field if now.dark else now.outline),
        (role.Shadow, IMAGE if now.dark else now.outline),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(now.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(now.line))
    return palette


_OUTLINED: Final = ("QComboBox", "QAbstractSpinBox", "QCheckBox", "QRadioButton")


def _outlined_palette() -> QPalette:
    """The palette with which Fusion's own frames and ticks have an outline that is seen, and a fill like a button's.

    Fusion takes the outline's colour from the window's, 1.4 times darker, and lightens a dark button's by a fifth.
    """
    palette, now = _qt_palette(), _look.palette
    palette.setColor(QPalette.ColorRole.Window, QColor(now.outline).lighter(140))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Window, QColor(now.line).lighter(140))
    if now.dark:
        palette.setColor(QPalette.ColorRole.Button, QColor(now.raised).darker(122))
    return palette
