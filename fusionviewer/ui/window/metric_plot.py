"""The course of the metric during a registration."""

from __future__ import annotations

import math
from typing import Final

import pyqtgraph
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.style_sheet import CAPTION
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, scaled
from fusionviewer.ui.look.typeface import text_font
from fusionviewer.ui.widgets.controls import label

REDRAW_MS = 480
"""A running registration has to wait for each time: twice a second is live enough."""

AXES: Final = {"left": "Similarity", "bottom": "Iteration"}

LOWEST = 80
"""Logical pixels at the usual size of letters: in a lower plot the numbers at the axes would lie over each other."""

STEPS = 50.0
"""The axes end at multiples of it and of a round similarity: they are drawn anew where the course leaves them, and not
at each of its steps."""


class MetricPlot(QWidget):
    """The best similarity so far in each stage of the running registration, else of the one that gave the pose."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT, UNIT, UNIT, 0)
        column.setSpacing(UNIT // 2)
        self._title = label("Similarity", "caption", wrap=True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._title)
        self._plot = pyqtgraph.PlotWidget()
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(False, False)
        self._plot.hideButtons()
        self._plot.disableAutoRange()
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to do in it
        self._plot.setAccessibleName("Similarity by step")
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setStyle(tickLength=4)
        self._curve = self._plot.plot(connect="finite")
        self._levels: list[pyqtgraph.TextItem] = []
        """The names of the pyramid levels, each at the beginning of its part of the curve."""
        self._plot.setMinimumHeight(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # the numbers above come first
        column.addWidget(self._plot, 1)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._show)
        follow_theme(self, self._dress)
        workspace.live_trace_changed.connect(self._redraw_soon)
        workspace.document.when(Changes.RESULTS).connect(self._redraw_soon)
        self._show()

    def _dress(self) -> None:
        now = colours()
        self._plot.setBackground(now.window)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(now.caption)
            axis.setTextPen(now.caption)
            axis.setTickFont(text_font(scaled(CAPTION)))
            axis.label.setFont(text_font(scaled(CAPTION)))
            axis.enableAutoSIPrefix(False)
            axis.setLabel(AXES[side], color=now.caption)
        self._plot.getAxis("left").setWidth(scaled(60))  # a fixed width: it must not move as the numbers change
        self._curve.setPen(pyqtgraph.mkPen(now.accent, width=2))
        self._make_room()

    def _redraw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()
        self._redraw_soon()

    def _make_room(self) -> None:
        """Without room for an axis of numbers that can be read, the curve alone is drawn: the title has the last."""
        room = self.height() - self._title.fontMetrics().lineSpacing() >= scaled(LOWEST)
        for side in ("left", "bottom"):
            self._plot.showAxis(side, room)

    def _show(self) -> None:
        trace = self._workspace.trace or ()
        xs: list[float] = []
        ys: list[float] = []
        best = -math.inf
        for step, (stage, _, metric) in enumerate(trace):
            if step and trace[step - 1][0] != stage:
                xs.append(step - 0.5)
                ys.append(math.nan)
                best = metric
            best = max(best, metric)
            xs.append(float(step))
            ys.append(best)
        if xs:
            heights = [y for y in ys if not math.isnan(y)]
            low, high = _round_ends(min(heights), max(heights))
            high += (high - low) * self._room_for_names()
            self._plot.setRange(xRange=(0.0, _rounded_up(xs[-1], STEPS)), yRange=(low, high), padding=0.02)
        self._curve.setData(xs, ys)
        stages = [stage for stage, _, _ in trace]
        self._name_levels([(n, stage) for n, stage in enumerate(stages) if n == 0 or stages[n - 1] != stage])
        self._plot.setVisible(bool(trace))
        self._title.setText(f"Similarity, {trace[-1][0]}: {best:.4f}" if trace else self._why_none())

    def _room_for_names(self) -> float:
        """How much of the curve's height is to be left free above it, for two lines of names."""
        line = self._title.fontMetrics().lineSpacing()
        return 2.2 * line / max(self.height() - 6.7 * line, 4.4 * line)  # without title, numbers and the axis' name

    def _name_levels(self, starts: list[tuple[int, str]]) -> None:
        """Write each pyramid level's name at the top, over the iteration with which it begins."""
        while len(self._levels) < len(starts):
            self._levels.append(pyqtgraph.TextItem(anchor=(0, 0)))
            self._plot.addItem(self._levels[-1], ignoreBounds=True)
        (left, right), (_, top) = self._plot.getViewBox().viewRange()
        for number, item in enumerate(self._levels):
            item.setVisible(number < len(starts))
            if number < len(starts):
                step, stage = starts[number]
                item.setText(stage, color=colours().caption)
                item.setFont(text_font(scaled(CAPTION)))
                late = step > left + 0.75 * (right - left)
                item.setAnchor((float(late), -float(number % 2)))  # the last levels are short: two lines, to the left
                item.setPos(step, top)

    def _why_none(self) -> str:
        if self._workspace.trace is not None:
            return "Similarity: no step yet"
        alternatives = self._workspace.document.state.alignment.alternatives
        if any(found.run is not None for found in alternatives):
            return "Similarity: this pose comes from no registration"
        return "Similarity: no registration yet"


def _rounded_up(value: float, unit: float) -> float:
    """The next multiple of a unit above a value."""
    return (math.floor(value / unit) + 1) * unit


def _round_ends(low: float, high: float) -> tuple[float, float]:
    """Round numbers below and above, so near that two tenths of the height at least are filled."""
    unit = 10.0 ** math.floor(math.log10(max(high - low, 1e-4))) / 2
    return math.floor(low / unit) * unit, _rounded_up(high, unit)
