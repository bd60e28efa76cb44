"""Window and level of both images, always at hand below the panel of the step."""

from __future__ import annotations

import math
from dataclasses import replace

from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from fusionviewer.app.workspace import Workspace
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.controls import Section, allow, guard_wheel, label, show_value, spin
from fusionviewer.ui.theme import UNIT

LARGEST = 1e9
NO_IMAGE = "Open this image first."
LEVEL_TIP = "Level: the value that is shown mid-grey"
WIDTH_TIP = "Width: the range from black to white"
CUSTOM, AUTOMATIC = "Custom", "Automatic"


class WindowPanel(QWidget):
    """For each image a preset, the level (middle) and the width of what is shown from black to white."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        section = Section("Brightness and contrast")
        for side in SIDES:
            section.add(WindowRow(workspace, side))
        column.addWidget(section)


class WindowRow(QWidget):
    """The window of one image."""

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side = side
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT // 2)
        self._preset = QComboBox()
        self._preset.setObjectName(f"{side}_preset")
        self._level = spin(-LARGEST, LARGEST, lambda level: self._type(level=level), step=5)
        self._level.setObjectName(f"{side}_level")
        self._level.setPrefix("L ")
        self._width = spin(0, LARGEST, lambda width: self._type(width=width), step=10)
        self._width.setObjectName(f"{side}_width")
        self._width.setPrefix("W ")
        for box in (self._level, self._width):
            box.setFixedWidth(11 * UNIT)  # the two rows line up, whatever the numbers are
            box.setButtonSymbols(box.ButtonSymbols.NoButtons)
        guard_wheel(self._preset)
        self._preset.activated.connect(self._chosen)
        letter = label(side[0].upper(), side)
        letter.setFixedWidth(2 * UNIT)
        row.addWidget(letter)
        row.addWidget(self._preset, 1)
        row.addWidget(self._level)
        row.addWidget(self._width)
        workspace.document.volumes_changed.connect(self._show_volume)
        workspace.view_model.window_changed.connect(self._show)
        self._show_volume()

    def _show_volume(self) -> None:
        volume = self._workspace.document.state.volume(self._side)
        self._preset.clear()
        self._preset.addItem(CUSTOM)
        self._preset.addItem(AUTOMATIC, auto_window(volume) if volume else None)
        if volume is not None and volume.modality == "CT":
            for name, window in CT_PRESETS:
                self._preset.addItem(name, window)
        for box, tip in ((self._preset, "A window by name"), (self._level, LEVEL_TIP), (self._width, WIDTH_TIP)):
            allow(box, tip, "" if volume else NO_IMAGE)
        if volume is not None:
            self._fit_digits(*volume.value_range)
        self._show()

    def _fit_digits(self, low: float, high: float) -> None:
        """As many decimals, and steps as large, as the image's values need: 0…1 is as good a range as 0…4000."""
        step = 10.0 ** math.floor(math.log10(max(high - low, 1e-6) / 50))
        for box in (self._level, self._width):
            box.setDecimals(max(0, -round(math.log10(step)) + 1) if step < 1 else 0)
            box.setSingleStep(max(step, 10.0 ** -box.decimals()))
        self._width.setMinimum(10.0 ** -self._width.decimals())

    def _show(self) -> None:
        window = self._workspace.view_model.view.window(self._side)
        show_value(self._level, window.level)
        show_value(self._width, window.width)
        found = next((i for i in range(self._preset.count()) if self._preset.itemData(i) == window), 0)
        self._preset.setCurrentIndex(found)

    def _chosen(self, index: int) -> None:
        window = self._preset.itemData(index)
        if isinstance(window, Window):
            self._workspace.view_model.set_window(self._side, window)

    def _type(self, **typed: float) -> None:
        # only the number that was typed changes: the other one may have digits that its box does not show
        window = self._workspace.view_model.view.window(self._side)
        self._workspace.view_model.set_window(self._side, replace(window, **typed))
