"""The one style sheet of the window, written in the roles of a palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from string import Template
from typing import Final

from fusionviewer.ui.look.palettes import Palette

CAPTION, TEXT, HEADING, TITLE = 12, 13, 14, 21
"""The four sizes of letters, logical pixels: what is read last, everything, what stands above a part, and the one large
line of an empty window. There are no others."""


def style_sheet(palette: Palette, scaled: Callable[[int], int]) -> str:
    """The style sheet in the colours of a palette; `scaled` gives lengths that follow the size of letters."""
    return Template(_SHEET).substitute(
        asdict(palette),
        small=scaled(CAPTION),
        heading=scaled(HEADING),
        title=scaled(TITLE),
        height=scaled(24),
        framed=scaled(24) - 4,  # with what Fusion adds, these two are as high as buttons
        drawn=scaled(24) - 3,
        step=scaled(36),
        low=scaled(20),
        lower=scaled(20) - 2,
    )


# Combo and spin boxes keep Fusion's own frame, whose arrows are sharp at every scale; the palette colours them.
_SHEET: Final = """
QMainWindow, QDialog { background: $window; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }

QPushButton, QToolButton {
    min-height: ${height}px; padding: 0 12px; border: 1px solid $line; border-radius: 4px;
    background: $raised; color: $text;
}
QToolButton { min-height: ${drawn}px; padding: 0 8px; }
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
    min-height: ${step}px; padding: 0 8px; border: none; border-bottom: 2px solid transparent; border-radius: 0;
    background: transparent; color: $caption;
}
QToolButton[role="step"]:hover, QPushButton[role="step"]:hover { color: $text; background: $raised; }
QToolButton[role="step"]:checked, QPushButton[role="step"]:checked {
    color: $text; border-bottom: 2px solid $accent; font-weight: 600;
}
QToolButton[role="step"]:focus, QPushButton[role="step"]:focus { background: $hover; padding: 0 8px; }
QToolButton[role="step"]:disabled, QPushButton[role="step"]:disabled { color: $disabled; background: transparent; }

QPushButton[role="narrow"] { padding: 0 4px; }
QPushButton[role="narrow"]:focus { padding: 0 3px; }

QToolButton[role="fold"] { min-height: ${low}px; padding: 0 4px; margin-top: 6px; border-color: transparent;
    background: transparent; color: $caption; }
QToolButton[role="fold"]:hover { background: $hover; color: $text; }
QToolButton[role="fold"]:focus { border: 2px solid $accent; padding: 0 3px; min-height: ${lower}px; }
QToolButton[role="heading"] {
    min-height: ${low}px; padding: 0 4px 0 0; border: 2px solid transparent; border-radius: 4px;
    background: transparent; color: $text; font-size: ${heading}px; font-weight: 600;
}
QToolButton[role="heading"]:hover { background: $hover; }
QToolButton[role="heading"]:focus { border-color: $accent; padding: 0 4px 0 0; }
QToolButton[role="menu"] {
    min-height: ${low}px; padding: 0 9px 0 0; border: 2px solid transparent; border-radius: 4px;
    background: transparent; color: $caption;
}
QToolButton[role="menu"]:hover { background: $hover; color: $text; }
QToolButton[role="menu"]:focus { border-color: $accent; padding: 0 9px 0 0; }
QToolButton[role="menu"]::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; width: 10px; }
QToolButton[role="side"] {
    min-height: ${low}px; min-width: ${low}px; padding: 0; border: 2px solid transparent; border-radius: 4px;
    background: transparent; color: $caption;
}
QToolButton[role="side"]:hover { background: $hover; color: $text; }
QToolButton[role="side"]:focus { border-color: $accent; padding: 0; }
QToolButton[role="link"] {
    min-height: 0; padding: 0 4px; border: 1px solid transparent; border-radius: 4px;
    background: transparent; color: $text; font-size: ${small}px; text-decoration: underline;
}
QToolButton[role="link"]:hover { background: $hover; }
QToolButton[role="link"]:focus { border: 1px solid $accent; padding: 0 4px; }
QToolButton[role="swatch"] { padding: 0 2px; }
QToolButton[role="swatch"]:focus { padding: 0 1px; }
QToolButton[role="swatch"]::menu-indicator { image: none; width: 0; }

QToolButton[role="tool"], QToolButton[role="icon"] {
    padding: 0 6px; border: 1px solid transparent; border-radius: 4px; background: transparent; color: $caption;
}
QToolButton[role="tool"] { font-size: ${small}px; min-height: ${step}px; padding: 0 4px; }
QToolButton[role="icon"] { padding: 0 4px; }
QToolButton[role="tool"]:hover, QToolButton[role="icon"]:hover { background: $hover; color: $text; }
QToolButton[role="tool"]:checked, QToolButton[role="icon"]:checked {
    background: $hover; border-color: $outline; color: $text;
}
QToolButton[role="tool"]:focus, QToolButton[role="icon"]:focus { border: 1px solid $accent; }
QToolButton[role="tool"]:disabled, QToolButton[role="icon"]:disabled {
    background: transparent; border-color: transparent; color: $disabled;
}

QToolButton[role="flat"] { min-height: 0; padding: 0; border: none; border-radius: 3px; background: transparent; }
QToolButton[role="flat"]:hover { background: $hover; }
QToolButton[role="flat"]:checked { background: $hover; }
QToolButton[role="flat"]:focus { border: 2px solid $accent; padding: 0; }

QComboBox, QSpinBox, QDoubleSpinBox { min-height: ${framed}px; }
QLineEdit { min-height: ${height}px; }
QLineEdit[role="low"] { min-height: 0; padding: 0 4px; font-size: ${small}px; border-radius: 2px; }
QDoubleSpinBox[plane] {
    min-height: ${drawn}px;
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

QFrame[role="message"] { background: $raised; border: 1px solid $caution; border-radius: 4px; }
QFrame[role="rule"] { background: $line; }
QLabel[role="section"] {
    color: $text; font-size: ${heading}px; font-weight: 600; padding-top: 8px; qproperty-indent: 0;
}
QLabel[role="strong"] { color: $text; font-weight: 600; }
QLabel[role="strong_warning"] { color: $caution; font-weight: 600; }
QLabel[role="strong_failure"] { color: $failure; font-weight: 600; }
QLabel[role="caption"] { color: $caption; font-size: ${small}px; }
QLabel[role="position"] { font-size: ${small}px; }
QLabel[role="warning"] { color: $caution; }
QLabel[role="caption_warning"] { color: $caution; font-size: ${small}px; }
QLabel[role="failure"] { color: $failure; }
QLabel[role="key"] { color: $caption; }
QLabel[role="fixed"] { color: $fixed_text; font-weight: 600; }
QLabel[role="moving"] { color: $moving_text; font-weight: 600; }
QLabel[role="headline"] { color: $text; font-size: ${title}px; }

QTableView, QTreeView {
    background: $field; alternate-background-color: $window; border: 1px solid $line; border-radius: 4px;
    gridline-color: $raised; selection-background-color: $hover; selection-color: $text;
}
QTableView:focus, QTreeView:focus { border-color: $accent; }
QTableView::item { padding: 2px 4px; }
QTableView::item:selected, QTreeView::item:selected { background: $hover; color: $text; }
QTableView::indicator:unchecked {
    width: 11px; height: 11px; border: 1px solid $outline; border-radius: 2px; background: $field;
}
QTableView:disabled { color: $disabled; }
QHeaderView { background: $window; font-size: ${small}px; }
QHeaderView::section {
    background: $window; color: $caption; border: none; border-bottom: 1px solid $line; padding: 4px;
}
QTableCornerButton::section { background: $window; border: none; }

QListWidget[role="pages"] {
    background: $window; border: none; color: $text; outline: none;
}
QListWidget[role="pages"]::item { padding: 4px 8px; border-radius: 4px; }
QListWidget[role="pages"]::item:hover { background: $raised; }
QListWidget[role="pages"]::item:selected { background: $hover; color: $text; }
QListWidget[role="pages"]::item:disabled { color: $caption; padding-top: 12px; background: transparent; }
QTextBrowser[role="page"] { font-size: ${heading}px; padding: 0; border: 1px solid $line; background: $window; }

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
    background: qlineargradient(x1:0, y1:0, x2:1, y2:0, stop:0 $fixed_text, stop:1 $moving_text);
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
QScrollBar::handle:disabled { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $window; }
"""
