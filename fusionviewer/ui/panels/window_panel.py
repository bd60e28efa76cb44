"""Which values of each image are black and which are white, in which colours, and its histogram."""

from __future__ import annotations

import math
from dataclasses import replace

from PyQt6.QtCore import QSettings, QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup, QIcon, QImage, QPaintEvent, QPixmap
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.colours import COLOUR_NAMES, Colours, colour_table
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window, middle_window, whole_range
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.panels.slab_button import SlabButton
from fusionviewer.ui.panels.window_histogram import WindowHistogram
from fusionviewer.ui.widgets.controls import Section, allow, column_of, guard_wheel, label, show_value, spin
from fusionviewer.ui.widgets.value_text import written_value

LARGEST = 1e9
NO_IMAGE = "Open this image first."
LEVEL_TIP = "Level: the value that is shown mid-grey"
WIDTH_TIP = "Width: the range from black to white"
CUSTOM, AUTOMATIC, MIDDLE, WHOLE = "Custom", "Auto", "Middle of the head", "Whole range"
TIPS = {
    AUTOMATIC: "What suits the image at first sight",
    MIDDLE: "What fills the middle half of the head, without its outermost 2 %: mostly brain",
    WHOLE: "From the smallest value to the largest",
    "Brain and bone": "Brain as usual, and bone up to 1300 HU is still told apart: above the window it goes on "
    "brightening, more slowly",
}
FOLDED, SHOWN = "Show the histograms", "Hide the histograms"
SETTING = "panels/histograms"
ROOM = 800
"""A column of at least so many pixels has room for the histograms as well, unless the user decided otherwise."""

_SWATCH = QSize(24, 14)


class WindowPanel(QWidget):
    """For each image a preset, the level (middle) and width of what is shown from black to white, colours, histogram.

    The histograms can be folded away; that is remembered. Until the user does, the room decides.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [WindowRow(workspace, side) for side in SIDES]
        self._fold = QToolButton()
        self._fold.setObjectName("histograms")
        self._fold.setProperty("role", "fold")
        self._fold.setAccessibleName("Histograms")
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.clicked.connect(self._turn_over)
        section = Section("Window/Level", corner=self._fold)
        for row in self._rows:
            section.add(row)
        column_of(self, 0).addWidget(section)
        self._shown = False
        self.show_histograms(QSettings().value(SETTING, False, bool))

    def show_histograms(self, shown: bool) -> None:
        """Show the histograms, or fold them away."""
        self._shown = shown
        for row in self._rows:
            row.histogram.setVisible(shown)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._fold.setToolTip(SHOWN if shown else FOLDED)

    def adapt_to_height(self, height: int) -> None:
        """Show the histograms if the column is high enough for them, or as the user has decided."""
        if not QSettings().contains(SETTING):
            self.show_histograms(height >= ROOM)

    def _turn_over(self) -> None:
        self.show_histograms(not self._shown)
        QSettings().setValue(SETTING, self._shown)


class WindowRow(QWidget):
    """The window and the colours of one image."""

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side
        self._preset = PresetBox()
        self._preset.setObjectName(f"{side}_preset")
        self._preset.setAccessibleName(f"Window/Level preset of the {side} image")
        self._level = spin(-LARGEST, LARGEST, lambda level: self._type(level=level), step=5)
        self._level.setObjectName(f"{side}_level")
        self._level.setAccessibleName(f"Level of the {side} image")
        self._level.setPrefix("L ")
        self._width = spin(0, LARGEST, lambda width: self._type(width=width), step=10)
        self._width.setObjectName(f"{side}_width")
        self._width.setAccessibleName(f"Width of the {side} image's window")
        self._width.setPrefix("W ")
        for box in (self._level, self._width):
            box.setButtonSymbols(box.ButtonSymbols.NoButtons)
        guard_wheel(self._preset)
        self._preset.activated.connect(self._chosen)
        self._colours = ColourButton(workspace, side)
        self.histogram = WindowHistogram(workspace, side)
        self._lay_out()
        workspace.document.when(Changes.IMAGES).connect(self._show_volume)
        workspace.view_model.window_changed.connect(self._show)
        self._show_volume()

    def _lay_out(self) -> None:
        letter = label(self._side[0].upper(), self._side)
        row = QHBoxLayout()
        row.setSpacing(UNIT // 2)
        row.addWidget(letter)
        row.addWidget(self._preset, 1)
        for control in (self._level, self._width, self._colours, SlabButton(self._workspace, self._side)):
            row.addWidget(control)
        column = column_of(self, UNIT // 2)
        column.addLayout(row)
        column.addWidget(self.histogram)

        def fit() -> None:  # the two rows line up, whatever the numbers are
            letter.setFixedWidth(letter.fontMetrics().horizontalAdvance(SIDES[1][0].upper()) + 1)
            for box in (self._level, self._width):
                box.setFixedWidth(scaled(8 * UNIT))

        follow_theme(self, fit)

    def _show_volume(self) -> None:
        volume = self._workspace.document.state.volume(self._side)
        self._preset.clear()
        self._preset.addItem(CUSTOM)
        for name, window in self._presets():
            self._preset.addItem(name, window)
            self._preset.setItemData(self._preset.count() - 1, TIPS.get(name), Qt.ItemDataRole.ToolTipRole)
        for box, tip in ((self._level, LEVEL_TIP), (self._width, WIDTH_TIP)):
            allow(box, tip, "" if volume else NO_IMAGE)
        if volume is not None:
            self._fit_digits(*volume.value_range)
        self._show()

    def _presets(self) -> list[tuple[str, Window | None]]:
        """The windows by name: those of a CT are the same for all, those of other images come from their values."""
        volume = self._workspace.document.state.volume(self._side)
        if volume is None:
            return [(AUTOMATIC, None)]
        presets: list[tuple[str, Window | None]] = [(AUTOMATIC, auto_window(volume))]
        corners = self._workspace.head_in(volume)
        if volume.modality == "CT":
            presets += CT_PRESETS
        elif corners is not None:
            presets.append((MIDDLE, middle_window(volume, corners)))
        return [*presets, (WHOLE, whole_range(volume))]

    def _fit_digits(self, low: float, high: float) -> None:
        """As many decimals, and steps as large, as the image's values need: 0…1 is as good a range as 0…4000."""
        step = 10.0 ** math.floor(math.log10(max(high - low, 1e-6) / 50))
        decimals = max(0, -round(math.log10(step)) + 1) if step < 1 else 0
        for box in (self._level, self._width):
            with QSignalBlocker(box):  # what the box rounds is not what the user typed
                box.setDecimals(decimals)
                box.setSingleStep(max(step, 10.0**-decimals))
                if box is self._width:
                    box.setMinimum(10.0**-decimals)

    def _show(self) -> None:
        volume = self._workspace.document.state.volume(self._side)
        window = self._workspace.view_model.view.window(self._side)
        show_value(self._level, window.level)
        show_value(self._width, window.width)
        found = next((i for i in range(self._preset.count()) if self._preset.itemData(i) == window), 0)
        self._preset.setCurrentIndex(found)
        bone = f"White at {written_value(window.white, volume.modality)}" if volume and window.toned else ""
        self._preset.setItemText(0, bone or CUSTOM)
        name = self._preset.currentText()
        words = f"{name}: {TIPS[name]}" if name in TIPS else name
        allow(self._preset, "\n".join(dict.fromkeys(filter(None, (words, bone)))), "" if volume else NO_IMAGE)

    def _chosen(self, index: int) -> None:
        window = self._preset.itemData(index)
        if isinstance(window, Window):
            self._workspace.view_model.set_window(self._side, window)

    def _type(self, **typed: float) -> None:
        # only the number that was typed changes: the other one may have digits that its box does not show
        window = self._workspace.view_model.view.window(self._side)
        self._workspace.view_model.set_window(self._side, replace(window, **typed))


class PresetBox(QComboBox):
    """A list of names that are read in full when it is open; closed, one that is too long ends in dots."""

    def showPopup(self) -> None:
        view = self.view()
        if view is not None:
            view.setMinimumWidth(view.sizeHintForColumn(0) + 3 * UNIT)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        style, whole, field = self.style(), QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        if style is not None:
            room = style.subControlRect(whole, option, field, self).width() - UNIT // 2
            option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(whole, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ColourButton(QToolButton):
    """The colours of one image: shows them, and offers the others."""

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side
        self.setObjectName(f"{side}_colours")
        self.setProperty("role", "swatch")
        self.setIconSize(_SWATCH)
        self.setFixedWidth(_SWATCH.width() + UNIT + 2)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._choices: dict[Colours, QAction] = {}
        for colours, name in COLOUR_NAMES.items():
            action = QAction(swatch(colours), name, group)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, chosen=colours: workspace.view_model.set_colours(side, chosen))
            menu.addAction(action)
            self._choices[colours] = action
        self.setMenu(menu)
        workspace.document.when(Changes.IMAGES).connect(self._show)
        workspace.view_model.blend_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        colours = self._workspace.view_model.view.colours(self._side)
        self._choices[colours].setChecked(True)
        self.setIcon(swatch(colours))
        self.setAccessibleName(f"Colours of the {self._side} image: {COLOUR_NAMES[colours]}")
        there = self._workspace.document.state.volume(self._side) is not None
        allow(self, f"Colours: {COLOUR_NAMES[colours]}", "" if there else NO_IMAGE)


def swatch(colours: Colours) -> QIcon:
    """A small picture of a colour map, from dark to bright."""
    table = colour_table(colours)
    strip = QImage(table.tobytes(), len(table), 1, 3 * len(table), QImage.Format.Format_RGB888)
    return QIcon(QPixmap.fromImage(strip.scaled(_SWATCH)))
