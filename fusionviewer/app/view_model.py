"""How the study is looked at, and the pose that a running job shows on its way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.document import Document
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.rendering.slices import BlendMode
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_state import Layout, SpaceView, ViewState

FADE_STEP = 0.1

FLICKER_MS = 300
"""How long each image is seen: fast enough to see what jumps, slow enough to look at it."""


def opening_view(state: FusionState, before: ViewState | None = None) -> ViewState:
    """A sensible first look at a study: middle of the images, automatic windows; the convention is kept."""
    view = ViewState(radiological=before.radiological if before else True)
    for side in SIDES:
        volume = state.volume(side)
        if volume is not None:
            middle = point_of(volume.grid.centre)
            view = view.with_space(side, SpaceView(middle, middle))
            view = view.with_window(side, auto_window(volume))
    if state.fixed is None and state.moving is not None:
        view = replace(view, fade=1.0, fixed=view.moving)
    elif state.moving is None:
        view = replace(view, fade=0.0)
    return view


class ViewModel(QObject):
    """Holds the `ViewState` and the live `preview` pose. The signals carry nothing: read `view`."""

    cursor_changed = pyqtSignal()
    space_changed = pyqtSignal()
    window_changed = pyqtSignal()
    blend_changed = pyqtSignal()
    layout_changed = pyqtSignal()
    preview_changed = pyqtSignal()
    selection_changed = pyqtSignal()
    tool_changed = pyqtSignal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._view = ViewState()
        self._preview: RigidTransform | None = None
        self._peeking = False
        self._window_tool = False
        self._flicker = QTimer(self)
        self._flicker.setInterval(FLICKER_MS)
        self._flicker.timeout.connect(self._swap_flicker)
        self._flicker_fade = 0.0
        self._images = (document.state.fixed, document.state.moving)
        document.volumes_changed.connect(self._follow_swap)
        self._pairs = document.state.landmarks
        document.landmarks_changed.connect(self._keep_selection)

    @property
    def view(self) -> ViewState:
        """The display as it is now."""
        return self._view

    @property
    def pose(self) -> RigidTransform:
        """The `moving_from_fixed` to draw: the running job's, else the study's."""
        return self._preview if self._preview is not None else self._document.state.moving_from_fixed

    @property
    def shown_fade(self) -> float:
        """The fade to draw: the chosen one, but for flicker and for the other image while it is peeked at."""
        fade = self._flicker_fade if self.flickering else self._view.fade
        return (0.0 if fade >= 0.5 else 1.0) if self._peeking else fade

    @property
    def flickering(self) -> bool:
        """Whether the two images are shown in turn."""
        return self._flicker.isActive()

    @property
    def window_tool(self) -> bool:
        """Whether dragging in a view changes its window instead of moving the crosshair."""
        return self._window_tool

    def set_window_tool(self, chosen: bool) -> None:
        """Let dragging change windows, or move the crosshair."""
        self._window_tool = chosen
        self.tool_changed.emit()

    def peek(self, peeking: bool) -> None:
        """Show the other image alone as long as a key is held."""
        if peeking != self._peeking:
            self._peeking = peeking
            self.blend_changed.emit()

    def set_flicker(self, on: bool) -> None:
        """Show the two images in turn, or stop that."""
        if on:
            self._flicker.start()
        else:
            self._flicker.stop()
        self.blend_changed.emit()

    def _swap_flicker(self) -> None:
        self._flicker_fade = 1.0 - self._flicker_fade
        self.blend_changed.emit()

    def rest(self) -> None:
        """End what lasts only while somebody looks: preview, flicker, peeking, the window tool."""
        self.set_preview(None)
        self.set_flicker(False)
        self.peek(False)
        self.set_window_tool(False)

    def _keep_selection(self) -> None:
        """When pairs come or go, the selected one stays selected under its new number, or none is."""
        before, after = self._pairs, self._document.state.landmarks
        self._pairs = after
        index = self._view.selected_pair
        if index is None or len(before) == len(after):
            return
        name = before[index].name if index < len(before) else ""
        found = next((number for number, pair in enumerate(after) if pair.name == name), None)
        self.show(replace(self._view, selected_pair=found))

    def _follow_swap(self) -> None:
        """When the two images have changed places, their windows go along, and the same place is looked at."""
        before, state = self._images, self._document.state
        self._images = (state.fixed, state.moving)
        if None in before or self._images != (before[1], before[0]):
            return
        view = self._view
        back = ~state.moving_from_fixed
        seen = replace(
            view.fixed,
            cursor=point_of(back.apply(np.asarray(view.fixed.cursor))),
            focus=point_of(back.apply(np.asarray(view.fixed.focus))),
        )
        pairs = view.layout == "pairs"
        self.show(
            replace(
                view,
                fixed=view.moving if pairs else seen,
                moving=view.fixed,
                fixed_window=view.moving_window,
                moving_window=view.fixed_window,
                fade=1.0 - view.fade,
            )
        )

    def show(self, view: ViewState) -> None:
        """Look at the study in another way; announces what is different."""
        before, self._view = self._view, view
        if before.fixed.cursor != view.fixed.cursor or before.moving.cursor != view.moving.cursor:
            self.cursor_changed.emit()
        if (before.fixed.focus, before.fixed.zoom) != (view.fixed.focus, view.fixed.zoom) or (
            before.moving.focus,
            before.moving.zoom,
        ) != (view.moving.focus, view.moving.zoom):
            self.space_changed.emit()
        if before.fixed_window != view.fixed_window or before.moving_window != view.moving_window:
            self.window_changed.emit()
        if (before.fade, before.mode, before.checker_mm, before.bone_edges) != (
            view.fade,
            view.mode,
            view.checker_mm,
            view.bone_edges,
        ):
            self.blend_changed.emit()
        if (before.layout, before.enlarged, before.radiological) != (view.layout, view.enlarged, view.radiological):
            self.layout_changed.emit()
        if before.selected_pair != view.selected_pair:
            self.selection_changed.emit()

    def set_preview(self, pose: RigidTransform | None) -> None:
        """Draw the moving image at a pose that is not (yet) the study's; None: the study's again."""
        if pose is not self._preview:
            self._preview = pose
            self.preview_changed.emit()

    def set_fade(self, fade: float) -> None:
        """0: fixed alone, 1: moving alone."""
        self.show(replace(self._view, fade=min(1.0, max(0.0, fade))))

    def set_mode(self, mode: BlendMode) -> None:
        """How the two images are put together."""
        self.show(replace(self._view, mode=mode))

    def set_checker_mm(self, side_mm: float) -> None:
        """How large the squares of the checkerboard are."""
        self.show(replace(self._view, checker_mm=side_mm))

    def set_bone_edges(self, shown: bool) -> None:
        """Draw the CT's bone edges over everything, or not."""
        self.show(replace(self._view, bone_edges=shown))

    def set_window(self, side: Side, window: Window) -> None:
        """Show one image at another window."""
        self.show(self._view.with_window(side, window))

    def auto_windows(self) -> None:
        """A sensible window for each image."""
        view = self._view
        for side in SIDES:
            volume = self._document.state.volume(side)
            if volume is not None:
                view = view.with_window(side, auto_window(volume))
        self.show(view)

    def set_cursor(self, side: Side, point: Points) -> None:
        """Put the crosshair of a space at a point (LPS mm of that space), kept inside its image's box."""
        volume = self._document.state.volume(side) or self._document.state.moving
        if volume is not None:
            low, high = volume.grid.corners.min(axis=0), volume.grid.corners.max(axis=0)
            point = np.clip(point, low, high)
        self.show(self._view.with_space(side, replace(self._view.space(side), cursor=point_of(point))))

    def set_focus(self, side: Side, point: Points) -> None:
        """Put a point (LPS mm of that space) in the middle of that space's panes."""
        self.show(self._view.with_space(side, replace(self._view.space(side), focus=point_of(point))))

    def zoom(self, side: Side, factor: float) -> None:
        """Magnify a space by a factor."""
        self.show(self._view.with_space(side, self._view.space(side).zoomed(factor)))

    def reset_zoom(self) -> None:
        """Show the whole images again."""
        view = self._view
        for side in SIDES:
            volume = self._document.state.volume(side)
            if volume is not None:
                space = replace(view.space(side), focus=point_of(volume.grid.centre), zoom=1.0)
                view = view.with_space(side, space)
        self.show(view)

    def set_layout(self, layout: Layout) -> None:
        """Fused panes, or a row for each image; the moving row then looks at the same place."""
        if layout == self._view.layout:
            return
        view = replace(self._view, layout=layout, enlarged="")
        if layout == "pairs":
            cursor, focus = (point_of(self.pose.apply(np.asarray(p))) for p in (view.fixed.cursor, view.fixed.focus))
            view = replace(view, moving=SpaceView(cursor, focus, view.fixed.zoom))
        self.show(view)

    def show_all_panes(self) -> None:
        """Let no pane be enlarged."""
        self.show(replace(self._view, enlarged=""))

    def enlarge(self, key: str) -> None:
        """Let one pane fill the window, or (the same again) all be seen."""
        self.show(replace(self._view, enlarged="" if key == self._view.enlarged else key))

    def set_radiological(self, radiological: bool) -> None:
        """Patient's right on the screen's left (radiological), or on its right."""
        self.show(replace(self._view, radiological=radiological))

    def select_pair(self, index: int | None) -> None:
        """Choose a pair; each space's crosshair jumps to its point of it, where there is one."""
        view = replace(self._view, selected_pair=index)
        if index is not None:
            pair = self._document.state.landmarks[index]
            for side in SIDES:
                point = pair.point(side)
                if point is not None:
                    space = replace(view.space(side), cursor=point)
                    if view.space(side).zoom > 1.0 or view.layout == "pairs":
                        space = replace(space, focus=point)
                    view = view.with_space(side, space)
        self.show(view)
