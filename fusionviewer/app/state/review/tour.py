"""The tour through the places that tell most: where it stands, what was said of each place, and the view meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.tasks.background import Background
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.review.tour_stops import TourStop, tour_stops
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session.changes import Changes
from fusionviewer.session.review.values import Looked, LookResult
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import LARGEST_ZOOM, ORIGIN, ViewState

_SHOWN_MM: Final = 110.0
"""So much of the image is seen about a place, across the large view."""

_SQUARES_MM: Final = 12.0
"""Sides of the checkerboard's squares: several of them cross an orbit or the ventricles."""

_POLL_MS: Final = 30

_LENT: Final = ("fixed", "moving", "blend", "bone_edges", "layout", "main_plane", "enlarged")
"""What of the view the tour changes, and gives back at its end."""


@dataclass(frozen=True)
class TourPlace:
    """The place that is looked at: its number from 1, of how many, and what was said of it before, if anything."""

    number: int
    of: int
    stop: TourStop
    result: LookResult | None


class Tour(QObject):
    """At most one tour at a time. What was said of the places is kept until pose or images change."""

    changed = pyqtSignal()
    begun = pyqtSignal()
    """The first place is shown: the next key is meant for the tour."""
    dropped = pyqtSignal(str)
    """Why what was looked at counts no longer, as a sentence."""

    def __init__(self, document: Document, view_model: ViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._view_model = document, view_model
        self._background: Background[tuple[TourStop, ...]] = Background("tour", _POLL_MS, self)
        self._searched: FusionState | None = None
        self._stops: tuple[TourStop, ...] = ()
        self._results: dict[int, LookResult] = {}
        self._at: int | None = None
        self._own_view: ViewState | None = None
        document.when(Changes.IMAGES).connect(self._forget_view)  # first: it must not be shown again
        document.when(Changes.POSE | Changes.IMAGES).connect(self._drop)

    @property
    def searching(self) -> bool:
        """Whether the places are being looked for."""
        return self._searched is not None

    @property
    def place(self) -> TourPlace | None:
        """The place that is looked at; None: no tour goes on."""
        if self._at is None:
            return None
        return TourPlace(self._at + 1, len(self._stops), self._stops[self._at], self._results.get(self._at))

    @property
    def looked_at(self) -> tuple[Looked, ...]:
        """The places that something was said of, for the pose as it is."""
        stops = self._stops
        return tuple(
            Looked(stops[number].name, self._results[number], stops[number].point, stops[number].of_target)
            for number in sorted(self._results)
        )

    @property
    def own_view(self) -> ViewState:
        """The user's own view, which is saved: the present one, with what the tour has changed as it was before."""
        view, own = self._view_model.view, self._own_view
        return view if own is None else replace(view, **{name: getattr(own, name) for name in _LENT})

    def begin(self, assessment: Assessment | None) -> None:
        """Look for the places, and go to the first. `assessment` is one of the present pose, if there is any."""
        if self._at is not None or self._background.busy:
            return
        self._searched = state = self._document.state
        self._background.start(partial(tour_stops, state, assessment), self._found)
        self.changed.emit()

    def mark(self, result: LookResult) -> None:
        """Say of the place that is looked at that it is right, wrong or skipped, and go to the next; after the last
        one the tour ends."""
        if self._at is None:
            return
        self._results[self._at] = result
        if self._at + 1 < len(self._stops):
            self._go_to(self._at + 1)
        else:
            self.end()

    def back(self) -> None:
        """Go to the place before."""
        if self._at:
            self._go_to(self._at - 1)

    def end(self) -> None:
        """End the tour: the view is as it was before. What was said is kept."""
        self._at = None
        view, self._own_view = self.own_view, None
        self._view_model.show(view)
        self.changed.emit()

    def _found(self, stops: tuple[TourStop, ...] | None) -> None:
        state, self._searched = self._searched, None
        now = self._document.state
        same = state is not None and state.fixed is now.fixed and state.moving is now.moving
        if not same or state is None or state.alignment.moving_from_fixed != now.alignment.moving_from_fixed:
            self.changed.emit()
            return
        self._results = {}
        self._stops = stops or ()
        if self._stops:
            self._own_view = self._view_model.view
            self._go_to(0)
            self.begun.emit()
        else:
            self.dropped.emit("No place was found that both images show.")
            self.changed.emit()

    def _go_to(self, number: int) -> None:
        self._at = number
        self._view_model.interlude.end()
        self._view_model.show(self._view_of(self._stops[number]))
        self.changed.emit()

    def _view_of(self, stop: TourStop) -> ViewState:
        """The present view, but for what shows the place best."""
        view, fixed = self._view_model.view, self._document.state.fixed
        widest = _SHOWN_MM if fixed is None else float(np.ptp(fixed.grid.corners, axis=0).max())
        zoom = min(LARGEST_ZOOM, max(1.0, widest / _SHOWN_MM))
        space = replace(view.fixed, cursor=stop.point, focus=stop.point, zoom=zoom, tilt_deg=ORIGIN)
        blend = replace(view.blend, mode=stop.mode, swapped=stop.swapped)
        if stop.mode is BlendMode.CHECKERBOARD:
            blend = replace(blend, checker_mm=_SQUARES_MM)
        elif stop.mode is BlendMode.CURTAIN:  # what runs from front to back goes on below its edge
            blend = replace(blend, curtain="down")
        return replace(
            view, fixed=space, blend=blend, bone_edges=False, layout="large", main_plane=stop.plane, enlarged=""
        )

    def _drop(self) -> None:
        """What was said was said of another pose."""
        if self._at is None and not self._results:
            return
        self._results = {}
        self._stops = ()
        self.end()
        self.dropped.emit("The alignment has changed: what was looked at counts no longer.")

    def _forget_view(self) -> None:
        """The view of before was one of other images."""
        self._own_view = None
