"""One tile of the mosaic: a fused slice at a fixed distance from the middle of the mosaic."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Orientation, Points
from fusionviewer.ui.pane.geometry import SliceFrame, spacing_along
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.widgets.value_text import written_point

COLUMNS: Final = 4
ROWS: Final = 3


class MosaicView(SliceView):
    """A fused slice of the mosaic's plane, `number` 0…11 in reading order, so many steps from the focus.

    The wheel moves all tiles by one slice: it moves the focus.
    """

    def __init__(
        self, document: Document, view_model: ViewModel, number: int, *, parent: QWidget | None = None
    ) -> None:
        self._number = number
        super().__init__(document, view_model, "fixed", ORIENTATIONS[0], True, parent=parent)

    @property
    def key(self) -> str:
        return f"mosaic.{self._number}"

    @property
    def orientation(self) -> Orientation:
        """The plane of the mosaic as it is chosen now."""
        wanted = self.view_model.view.main_plane
        return next(orientation for orientation in ORIENTATIONS if orientation.name == wanted)

    @property
    def beyond_focus(self) -> Points | None:
        return self._beyond_mm * self.way_in

    @property
    def _beyond_mm(self) -> float:
        return (self._number - (COLUMNS * ROWS - 1) / 2) * self.view_model.view.mosaic_step_mm

    def title(self, frame: SliceFrame) -> str:
        """Where the tile lies: its coordinate, or with oblique planes its distance from the middle of the mosaic."""
        if self.view_model.view.fixed.oblique:  # it lies at no single coordinate
            return f"{self._beyond_mm:+.1f} mm"
        axis = self.orientation.normal_axis
        at = written_point(frame.plane.point, ras=self.view_model.view.ras)[axis]
        return f"{'xyz'[axis]} {at:z.1f} mm"

    def shows_crosshair(self, frame: SliceFrame) -> bool:
        """Whether the crosshair lies nearer to this tile than to its neighbours."""
        cursor = np.asarray(self.view_model.view.fixed.cursor)
        return abs(float(frame.plane.distance(cursor))) <= self.view_model.view.mosaic_step_mm / 2

    def scroll_slices(self, number: int) -> None:
        """Move all tiles by so many slices of the image, until the middle of the mosaic is at its end."""
        volume = self.volume
        if volume is not None:
            stepped, pose = self.stepped(volume)
            step = number * spacing_along(stepped, pose.rotation @ self.way_in)
            focus, depths = np.asarray(self.view_model.view.fixed.focus), volume.grid.corners @ self.way_in
            now = float(focus @ self.way_in)
            there = float(np.clip(now + step, min(now, depths.min()), max(now, depths.max())))  # no tile is left beyond
            self.view_model.set_focus("fixed", focus + (there - now) * self.way_in)
