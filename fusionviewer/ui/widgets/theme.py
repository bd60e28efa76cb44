"""How the window looks: colours, sizes on a grid of eight pixels, one style sheet."""

from __future__ import annotations

from string import Template
from typing import Final

from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication, QStyleFactory

from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, PLANE_COLOURS, TEXT_COLOUR, WARNING_COLOUR
from fusionviewer.session.state import Side

UNIT: Final = 8
"""Distances and heights are multiples of this many logical pixels, or its half."""

GAP: Final = 2
"""Between panes: all the frame that images need."""

CONTROL_HEIGHT: Final = 3 * UNIT

IMAGE: Final = "#000000"
FIELD: Final = "#17191c"
WINDOW: Final = "#202327"
RAISED: Final = "#2d3137"
HOVER: Final = "#383d45"
LINE: Final = "#464c55"
TEXT: Final = TEXT_COLOUR
CAPTION: Final = "#a9b0ba"
DISABLED: Final = "#969da7"
"""Paler than captions, and still 4.5 : 1 on every surface above."""
OUTLINE: Final = "#6d7580"
"""The edge of what can be filled in or ticked: 3 : 1 on the window."""
ACCENT: Final = "#3fb99f"
"""The one next thing to do, what is chosen, and where the keyboard is. Neither image's colour."""
ACCENT_HOVER: Final = "#55cbb2"
ON_ACCENT: Final = "#08130f"

WARNING: Final = WARNING_COLOUR

SIDE_COLOURS: Final[dict[Side, str]] = {"fixed": FIXED_COLOUR, "moving": MOVING_COLOUR}


def number_font(font: QFont | None = None) -> QFont:
    """The application's (or this) font with digits of one width, so that changing numbers do not jump."""
    out = QFont(font if font is not None else QApplication.font())
    if hasattr(QFont, "setFeature"):  # Qt 6.7; the usual system fonts have such digits anyway
        out.setFeature(QFont.Tag("tnum"), 1)
    return out


def apply_theme(app: QApplication, theme: str = "dark", scale: float = 1.0) -> None:
    """Dress the whole application, the same on every system. Raises ValueError for a look that there is not."""
    if (theme, scale) != ("dark", 1.0):
        raise ValueError(f"there is no theme {theme} at {scale}")
    style = QStyleFactory.create("Fusion")
    if style is not None:
        app.setStyle(style)
    app.setPalette(_palette())
    for name in _OUTLINED:
        app.setPalette(_outlined_palette(), name)
    app.setStyleSheet(_style_sheet())


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in (
        (role.Window, WINDOW),
        (role.WindowText, TEXT),
        (role.Base, FIELD),
        (role.AlternateBase, WINDOW),
        (role.Text, TEXT),
        (role.Button, RAISED),
        (role.ButtonText, TEXT),
        (role.BrightText, TEXT),
        (role.PlaceholderText, DISABLED),
        (role.Highlight, ACCENT),
        (role.HighlightedText, ON_ACCENT),
        (role.Accent, ACCENT),
        (role.Link, ACCENT),
        (role.LinkVisited, ACCENT),
        (role.ToolTipBase, RAISED),
        (role.ToolTipText, TEXT),
        (role.Light, HOVER),
        (role.Midlight, HOVER),
        (role.Mid, LINE),
        (role.Dark, FIELD),
        (role.Shadow, IMAGE),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(DISABLED))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(LINE))
    return palette


def _outlined_palette() -> QPalette:
    """The palette with which Fusion's own frames and ticks have an outline that is seen, and a fill like a button's.

    Fusion takes the outline's colour from the window's, 1.4 times darker, and lightens a dark button's by a fifth.
    """
    palette = _palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(OUTLINE).lighter(140))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Window, QColor(LINE).lighter(140))
    palette.setColor(QPalette.ColorRole.Button, QColor(RAISED).darker(122))
    return palette


def _style_sheet() -> str:
    return Template(_SHEET).substitute(
        field=FIELD,
        window=WINDOW,
        raised=RAISED,
        hover=HOVER,
        line=LINE,
        outline=OUTLINE,
        text=TEXT,
        caption=CAPTION,
        disabled=DISABLED,
        accent=ACCENT,
        accent_hover=ACCENT_HOVER,
        on_accent=ON_ACCENT,
        warning=WARNING,
        fixed=FIXED_COLOUR,
        moving=MOVING_COLOUR,
        height=CONTROL_HEIGHT,
        **PLANE_COLOURS,
    )


_OUTLINED: Final = ("QComboBox", "QAbstractSpinBox", "QCheckBox", "QRadioButton")

# Combo and spin boxes keep Fusion's own frame, whose arrows are sharp at every scale; the palette colours them.
_SHEET: Final = """
QMainWindow, QDialog { background: $window; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }

QPushButton, QToolButton {
    min-height: ${height}px; padding: 0 12px; border: 1px solid $line; border-radius: 4px;
    background: $raised; color: $text;
}
QToolButton { padding: 0 8px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $field; }
QPushButton:checked, QToolButton:checked { background: $hover; border-color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 0 11px; }
QToolButton:focus { padding: 0 7px; }
QPushButton:disabled, QToolButton:disabled { background: $window; color: $disabled; border-color: $raised; }
QPushButton[accent="true"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[accent="true"]:hover { background: $accent_hover; }
QPushButton[accent="true"]:focus { border: 2px solid $text; }
QPushButton[accent="true"]:disabled { background: $raised; color: $disabled; border-color: $line; }
QPushButton::menu-indicator, QToolButton::menu-indicator { width: 12px; }

QToolButton[role="step"], QPushButton[role="step"] {
    min-height: 32px; padding: 0 16px; border: none; border-bottom: 2px solid transparent; border-radius: 0;
    background: transparent; color: $caption;
}
QToolButton[role="step"]:hover, QPushButton[role="step"]:hover { color: $text; background: $raised; }
QToolButton[role="step"]:checked, QPushButton[role="step"]:checked {
    color: $text; border-bottom: 2px solid $accent; font-weight: 600;
}
QToolButton[role="step"]:focus, QPushButton[role="step"]:focus { background: $hover; padding: 0 16px; }
QToolButton[role="step"]:disabled, QPushButton[role="step"]:disabled { color: $disabled; background: transparent; }

QPushButton[role="narrow"] { padding: 0 4px; }
QPushButton[role="narrow"]:focus { padding: 0 3px; }

QToolButton[role="fold"] { min-height: 20px; padding: 0 4px; margin-top: 6px; border-color: transparent;
    background: transparent; color: $caption; }
QToolButton[role="fold"]:hover { background: $hover; color: $text; }
QToolButton[role="fold"]:focus { border: 2px solid $accent; padding: 0 3px; min-height: 18px; }
QToolButton[role="heading"] { min-height: 20px; padding: 0 4px 0 0; border: 2px solid transparent; border-radius: 4px;
    background: transparent; color: $text; font-weight: 600; }
QToolButton[role="heading"]:hover { background: $hover; }
QToolButton[role="heading"]:focus { border-color: $accent; padding: 0 4px 0 0; }
QToolButton[role="swatch"] { padding: 0 2px; }
QToolButton[role="swatch"]:focus { padding: 0 1px; }
QToolButton[role="swatch"]::menu-indicator { image: none; width: 0; }

QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit { min-height: ${height}px; }
QDoubleSpinBox[plane] {
    background: $field; color: $text; border: 1px solid $outline; border-left-width: 4px; border-radius: 4px;
    padding: 0 4px; selection-background-color: $accent; selection-color: $on_accent;
}
QDoubleSpinBox[plane]:focus { border-top-color: $accent; border-right-color: $accent; border-bottom-color: $accent; }
QDoubleSpinBox[plane]:disabled { background: $window; color: $disabled; }
QDoubleSpinBox[plane="axial"] { border-left-color: $axial; }
QDoubleSpinBox[plane="sagittal"] { border-left-color: $sagittal; }
QDoubleSpinBox[plane="coronal"] { border-left-color: $coronal; }
QLineEdit, QPlainTextEdit, QTextEdit {
    background: $field; border: 1px solid $outline; border-radius: 4px; padding: 0 6px; color: $text;
    selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled { color: $disabled; background: $window; }
QCheckBox, QRadioButton { spacing: 8px; min-height: ${height}px; }
QCheckBox:disabled, QRadioButton:disabled, QLabel:disabled { color: $disabled; }

QTabBar::tab {
    min-height: ${height}px; padding: 0 8px; border: none; border-bottom: 2px solid $line; background: transparent;
    color: $caption;
}
QTabBar::tab:hover { color: $text; background: $raised; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { background: $hover; }

QFrame[role="rule"] { background: $line; }
QLabel[role="section"] { color: $text; font-weight: 600; padding-top: 8px; qproperty-indent: 0; }
QLabel[role="caption"] { color: $caption; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="key"] { color: $caption; }
QLabel[role="fixed"] { color: $fixed; font-weight: 600; }
QLabel[role="moving"] { color: $moving; font-weight: 600; }
QLabel[role="headline"] { color: $text; font-size: 16pt; }

QTableView {
    background: $field; alternate-background-color: $window; border: 1px solid $line; border-radius: 4px;
    gridline-color: $raised; selection-background-color: $hover; selection-color: $text;
}
QTableView:focus { border-color: $accent; }
QTableView::item { padding: 2px 4px; }
QTableView::item:selected { background: $hover; color: $text; }
QTableView::indicator:unchecked {
    width: 11px; height: 11px; border: 1px solid $outline; border-radius: 2px; background: $field;
}
QTableView:disabled { color: $disabled; }
QHeaderView { background: $window; }
QHeaderView::section {
    background: $window; color: $caption; border: none; border-bottom: 1px solid $line; padding: 4px;
}
QTableCornerButton::section { background: $window; border: none; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -6px 0; border: 1px solid $window; border-radius: 8px; background: $text;
}
QSlider::handle:horizontal:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QSlider::sub-page:horizontal:disabled { background: $line; }
QSlider::handle:horizontal:disabled { background: $disabled; }
QSlider[role="fade"]::groove:horizontal {
    height: 6px; border-radius: 3px;
    background: qlineargradient(x1:0, y1:0, x2:1, y2:0, stop:0 $fixed, stop:1 $moving);
}
QSlider[role="fade"]::sub-page:horizontal { background: transparent; }
QSlider[role="fade"]::handle:horizontal { width: 18px; height: 18px; margin: -7px 0; border-radius: 10px; }
QSlider[role="fade"]::handle:horizontal:focus { width: 16px; height: 16px; }
QSlider[role="fade"]::groove:horizontal:disabled { background: $line; }

QProgressBar {
    min-height: 16px; max-height: 16px; border: 1px solid $line; border-radius: 4px; background: $field;
    color: $text; text-align: center;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenuBar { background: $window; color: $text; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px 0; }
QMenu::item { padding: 4px 24px; }
QMenu::icon { margin-left: 8px; padding: 2px; border: 2px solid transparent; border-radius: 4px; }
QMenu::icon:checked { border-color: $accent; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QStatusBar { background: $window; color: $caption; border-top: 1px solid $raised; }
QStatusBar::item { border: none; }
QToolBar { background: $window; border: none; spacing: 4px; padding: 2px 8px; }
QToolBar::separator { width: 1px; background: $line; margin: 6px 4px; }

QScrollArea { background: $window; border: none; }
QScrollBar:vertical { width: 12px; background: $window; margin: 0; }
QScrollBar:horizontal { height: 12px; background: $window; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $window; }
"""
