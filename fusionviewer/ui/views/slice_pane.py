"""A pane of the window: a view with its head above and its slice bar at the right."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QEnterEvent, QShowEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from fusionviewer.session.changes import Changes
from fusionviewer.ui.pane.geometry import SliceCount, side_place
from fusionviewer.ui.views.pane_head import ENLARGE, Heading, PaneHead
from fusionviewer.ui.views.slice_bar import SliceBar
from fusionviewer.ui.views.slice_view import SliceView

TOLD_MS: int = 40
"""Head and bar follow a drag 25 times a second, the picture as often as it can."""


class SlicePane(QWidget):
    """Keeps head and bar in step with what the view shows."""

    asked = pyqtSignal(str)
    """An icon of the head was clicked: the key of an action, for this pane."""

    def __init__(self, view: SliceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.head = PaneHead(view.key)
        self.bar = SliceBar(view.key)
        shown = "" if view.fused else f", {view.side} image"
        self.bar.setAccessibleName(f"Slices of the {view.orientation.name} view{shown}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.head, 0, 0, 1, 2)
        grid.addWidget(view, 1, 0)
        grid.addWidget(self.bar, 1, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        self._late = False
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.timeout.connect(self._catch_up)
        self.head.asked.connect(self._ask)
        self.head.typed.connect(self.go_to_slice)
        self.head.left.connect(lambda: view.setFocus(Qt.FocusReason.OtherFocusReason))
        self.bar.chosen.connect(self.go_to_slice)
        self.bar.wheeled.connect(view.wheelEvent)
        model = view.view_model
        for signal in (
            model.cursor_changed, model.space_changed, model.layout_changed, model.numbers_changed,
            model.window_changed,
            view.document.when(Changes.IMAGES | Changes.POSE),
        ):  # fmt: skip
            signal.connect(self._follow)
        self._follow()

    def _ask(self, key: str) -> None:
        self.view.activated.emit()
        if key == ENLARGE:
            self.view.view_model.enlarge(self.view.key)
        else:
            self.asked.emit(key)

    def _follow(self) -> None:
        """Say what the view shows now; while it is not seen, or was told just now, that can wait."""
        if not self.isVisible():
            return
        self._late = self._told.isActive()
        if not self._late:
            self._show()
            self._told.start(TOLD_MS)

    def _catch_up(self) -> None:
        if self._late:
            self._follow()

    def _show(self) -> None:
        view = self.view
        side = None if view.fused else view.side
        count = self.slice_count()
        self.head.show_heading(
            Heading(view.orientation.name, view.plane_name, side, count, self._place(), self._slabs())
        )
        self.head.show_enlarged(view.view_model.view.enlarged == view.key)
        self.bar.show_count(count)

    def _place(self) -> str:
        """Where a standard plane lies, towards which side of the patient; empty for an oblique one, or no image."""
        view = self.view
        look = view.view_model.view.space(view.space)
        if view.volume is None or look.oblique:
            return ""
        return side_place(look.cursor, view.orientation, view.view_model.preferences.now.side_letters)

    def _slabs(self) -> str:
        """Which of the view's images are shown as slabs: what is seen lies beside the plane as well."""
        view = self.view.view_model.view
        slabs = [(side, view.slab(side)) for side in self.view.sides if side in self.view.document.state.volumes()]
        return ", ".join(f"{side[0].upper()} {slab.kind} {slab.thickness_mm:g} mm" for side, slab in slabs if slab)

    def slice_count(self) -> SliceCount | None:
        """Which of the slices that the wheel counts is shown; None without an image."""
        view, volume = self.view, self.view.volume
        if volume is None:
            return None
        cursor = np.asarray(view.view_model.view.space(view.space).cursor)
        return SliceCount.of(*view.stepped(volume), cursor, view.way_in)

    def go_to_slice(self, number: int) -> None:
        """Put the crosshair into the middle of a slice, counted from 1, as far as the image goes."""
        view, count = self.view, self.slice_count()
        if count is not None:
            cursor, way = np.asarray(view.view_model.view.space(view.space).cursor), view.way_in
            further = count.depth_mm(number) - float(cursor @ way)
            view.view_model.set_cursor(view.space, cursor + further * way)

    def showEvent(self, event: QShowEvent | None) -> None:
        self._show()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self.head.show_tools(bool(self.head.heading.name) and self.view.volume is not None)

    def leaveEvent(self, event: QEvent | None) -> None:
        self.head.show_tools(False)
