"""When the limits of a refinement are drawn over the images, about which pose, and how much of them is used."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.tasks.image_lookup import Lookup
from fusionviewer.app.tasks.jobs import JobRunner
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.outline import Outline, outline_of
from fusionviewer.registration.bounds import Bounds
from fusionviewer.rendering.contour import BONE_HU
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.session.changes import Changes
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState

REFINING: Final = "Refining"
"""What the job runner calls a refinement."""

LINGER_MS: Final = 3000
"""How long the limits stay to be seen after they were changed, or a refinement within them has ended."""


def wanted(state: FusionState, *, chosen: bool, refining: bool, minded: bool) -> bool:
    """Whether the limits are drawn: they are chosen to be, a refinement runs, or the user minds them just now."""
    return state.has_pair and (chosen or refining or minded)


def in_use(state: FusionState, centre: Points, *, refining: bool) -> Bounds | None:
    """The limits that the pose has been moved within: those of the running refinement, or of the one that gave it."""
    if refining:  # until it ends, the study keeps the pose that it began with
        return _about(state, state.alignment.moving_from_fixed, centre)
    run = state.alignment.run
    return None if run is None else run.bounds


def to_draw(state: FusionState, centre: Points, *, refining: bool, dragged: RigidTransform | None) -> Bounds:
    """The limits to draw.

    Those in use, so that one sees how much of them was used; but where the mouse drags the image, or limits have been
    changed since, those of the next refinement, which would begin at the pose shown. `centre`: (3,) of fixed space.
    """
    if dragged is not None and not refining:
        return _about(state, dragged, centre)
    used = in_use(state, centre, refining=refining)
    limits = state.alignment.limits
    if used is not None and (used.max_shift_mm, used.max_rotation_deg) == (
        limits.max_shift_mm,
        limits.max_rotation_deg,
    ):
        return used
    return _about(state, state.alignment.moving_from_fixed, centre)


def _about(state: FusionState, pose: RigidTransform, centre: Points) -> Bounds:
    limits = state.alignment.limits
    return Bounds.about(pose, centre, limits.max_shift_mm, limits.max_rotation_deg)


class LimitDisplay(QObject):
    """Keeps the limit band of the `ViewModel` true. What it needs of an image is found in the background."""

    def __init__(self, document: Document, view_model: ViewModel, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._view_model = view_model
        self._runner = runner
        self._outlines: Lookup[Outline] = Lookup(partial(outline_of, bone_hu=BONE_HU), self._show, self)
        self._centres: Lookup[Points] = Lookup(lambda volume: head_mask(volume).centre_point, self._show, self)
        self._focused = False
        self._was_refining = False
        self._lingering = QTimer(self)
        self._lingering.setSingleShot(True)
        self._lingering.setInterval(LINGER_MS)
        self._lingering.timeout.connect(self._show)
        for signal in (
            document.when(Changes.IMAGES | Changes.POSE | Changes.LIMITS | Changes.RESULTS),
            view_model.blend_changed, view_model.preview_changed, runner.started,
        ):  # fmt: skip
            signal.connect(self._show)
        runner.ended.connect(self._see_end)

    @property
    def refining(self) -> bool:
        """Whether a refinement within limits runs."""
        return self._runner.title == REFINING

    @property
    def in_use(self) -> Bounds | None:
        """The limits that the pose shown has been moved within, if there are any."""
        return in_use(self._document.state, self._centre(), refining=self.refining)

    def mind(self, focused: bool) -> None:
        """The user edits the limits, and they are to be seen; or no longer."""
        self._focused = focused
        self._show()

    def linger(self) -> None:
        """Let the limits be seen for a while: they were changed."""
        self._lingering.start()
        self._show()

    def _see_end(self) -> None:
        if self._was_refining:
            self.linger()

    def _centre(self) -> Points:
        """What the engine measures shifts at: the middle of the fixed head; while it is not known, of the image."""
        fixed = self._document.state.fixed
        if fixed is None:
            return np.zeros(3)
        found = self._centres.get(fixed)
        return fixed.grid.centre if found is None else found

    def _show(self) -> None:
        self._was_refining = self.refining
        self._view_model.set_halo(self._halo())

    def _halo(self) -> Halo | None:
        state, model = self._document.state, self._view_model
        minded = self._focused or self._lingering.isActive()
        shown = wanted(state, chosen=model.view.show_limits, refining=self.refining, minded=minded)
        if state.fixed is None or state.moving is None or not shown:
            return None
        known = self._outlines.ask(state.moving) and self._centres.ask(state.fixed)
        outline = self._outlines.get(state.moving)
        if not known or outline is None:
            return None
        dragged = model.pose if model.by_hand else None
        bounds = to_draw(state, self._centre(), refining=self.refining, dragged=dragged)
        return Halo(outline, bounds.start, point_of(bounds.centre), bounds.max_shift_mm, bounds.max_rotation_deg)
