"""The images at the start and now, side by side, with how they share their values; made in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.tasks.background import Background
from fusionviewer.geometry import Points, RigidTransform, SideLetters
from fusionviewer.progress import Observer
from fusionviewer.quality.review.joint_histogram import JointHistogram, joint_histograms
from fusionviewer.rendering.picture import Framing, PictureForm, draw_picture
from fusionviewer.session.changes import Changes
from fusionviewer.session.scene import scene_of
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import ViewState

_POLL_MS: Final = 30
_REST_MS: Final = 150
"""After the last move of crosshair or pose."""


@dataclass(frozen=True, eq=False)
class Compared:
    """The start and the present pose, in this order: pictures (height, width, 3) RGB, and joint histograms."""

    pictures: tuple[NDArray[np.uint8], ...]
    histograms: tuple[JointHistogram, ...]


@dataclass(frozen=True, eq=False)
class _Wanted:
    state: FusionState
    view: ViewState
    size: tuple[int, int]
    letters: SideLetters
    head: Points | None
    known: tuple[JointHistogram, ...]
    """Those of the same images and poses; none: they are to be made."""


def compare(wanted: _Wanted) -> Compared:
    """Draw both poses as the views show the images now, without names; and count."""
    state, view = wanted.state, wanted.view
    poses = state.alignment.start, state.alignment.moving_from_fixed
    framing = Framing(view.fixed.focus, view.fixed.zoom)
    form = PictureForm(size=wanted.size, framing=framing, marks=False, ras=view.ras, letters=wanted.letters)
    pictures = tuple(draw_picture(scene_of(state, view, pose=pose), form, Observer()) for pose in poses)
    histograms = wanted.known
    if not histograms and state.fixed is not None and state.moving is not None:
        histograms = joint_histograms(state.fixed, state.moving, poses, wanted.head)
    return Compared(pictures, histograms)


class BeforeAfter(QObject):
    """Keeps the comparison up to date while it is looked at. `size`: of each picture, in pixels."""

    changed = pyqtSignal()

    def __init__(self, document: Document, view_model: ViewModel, head: Points | None, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._view_model, self._head = document, view_model, head
        self._background: Background[Compared] = Background("before and after", _POLL_MS, self)
        self._size = (640, 480)
        self._of: tuple[object, ...] = ()
        self._found: Compared | None = None
        self._again = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._begin)
        for signal in (
            view_model.cursor_changed, view_model.space_changed, view_model.blend_changed, view_model.window_changed,
            document.when(Changes.POSE | Changes.IMAGES),
        ):  # fmt: skip
            signal.connect(self._rest.start)

    @property
    def found(self) -> Compared | None:
        """What was drawn last; None: nothing yet."""
        return self._found

    def show_size(self, width: int, height: int) -> None:
        """Draw pictures of this size from now on."""
        if (width, height) != self._size or self._found is None:
            self._size = (width, height)
            self._rest.start()

    def stop(self) -> None:
        """It is looked at no longer."""
        self._rest.stop()

    def _begin(self) -> None:
        state = self._document.state
        if self._background.busy:
            self._again = True
            return
        if not state.has_pair:
            return
        of = (state.fixed, state.moving, state.alignment.start, state.alignment.moving_from_fixed)
        known = self._found.histograms if self._found is not None and _same(of, self._of) else ()
        self._of = of
        letters = self._view_model.preferences.now.side_letters
        wanted = _Wanted(state, self._view_model.view, self._size, letters, self._head, known)
        self._background.start(partial(compare, wanted), self._take)

    def _take(self, found: Compared | None) -> None:
        if found is not None:
            self._found = found
            self.changed.emit()
        if self._again:
            self._again = False
            self._begin()


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def poses_differ(state: FusionState) -> bool:
    """Whether the present pose is another than that at the start."""
    start: RigidTransform = state.alignment.start
    return not start.is_close(state.alignment.moving_from_fixed)
