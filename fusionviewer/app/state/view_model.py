"""How the study is looked at, and the pose that a running job shows on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.state.alternation import Interlude
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.guard.error_map import ErrorMap
from fusionviewer.app.state.preferences import PreferenceStore
from fusionviewer.app.state.repeat_marking import Repeats
from fusionviewer.app.state.review.shown_edges import ShownEdges
from fusionviewer.geometry import Matrix, Points, RigidTransform, vector_from_rotation
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.colours import Colours
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.rendering.slab import Slab
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session.changes import Changes
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ORIGIN, PLANES, ROWS, Layout, SpaceView, ViewState

NUMBERS_MS: Final = 500
"""How often numbers of a pose that follows a job are written anew. Faster they could not be read; and they cost the
job its time, as everything does that is done in Python beside it."""

Tool: TypeAlias = Literal["crosshair", "window", "move", "turn", "measure"]
"""What a drag with the left button does in a view: the crosshair, window and level, the moving image, the
planes, a distance."""


class ViewModel(QObject):
    """Holds the `ViewState`, the live `preview` pose and the mouse mode. The signals carry nothing: read `view`."""

    cursor_changed = pyqtSignal()
    space_changed = pyqtSignal()
    window_changed = pyqtSignal()
    """The windows or the slabs: what the pixels of an image become."""
    slab_changed = pyqtSignal()
    """The slabs alone, for what need not follow each move of a window that is dragged."""
    blend_changed = pyqtSignal()
    """The blend, the colours, the lines over the images, or the interpolation."""
    layout_changed = pyqtSignal()
    preview_changed = pyqtSignal()
    numbers_changed = pyqtSignal()
    """The preview, for what tells of it in numbers: while a job runs it comes at most twice a second."""
    selection_changed = pyqtSignal()
    tool_changed = pyqtSignal()
    """The mouse mode, or whether the moving image can be moved manually."""
    aids_changed = pyqtSignal()
    """Measured distances, or the pivot of manual rotation."""
    halo_changed = pyqtSignal()

    def __init__(
        self, document: Document, parent: QObject | None = None, preferences: PreferenceStore | None = None
    ) -> None:
        super().__init__(parent)
        self.preferences = preferences or PreferenceStore(self)
        self.preferences.changed.connect(self.layout_changed)
        self._document = document
        self._view = ViewState()
        self._preview: RigidTransform | None = None
        self._by_hand = False
        self._numbers_timer = QTimer(self)
        self._numbers_timer.setSingleShot(True)
        self._numbers_timer.setInterval(NUMBERS_MS)
        self._numbers_timer.timeout.connect(self.numbers_changed)
        self._halo: Halo | None = None
        self._head_centre: Points | None = None
        self._locked = ""
        self._tool: Tool = "crosshair"
        self.interlude = Interlude(self)
        self.repeats = Repeats(document, self)
        self.expected_error = ErrorMap(self)
        self.edges = ShownEdges(self)
        self.selection_changed.connect(self.repeats.end)
        self._images = (document.state.fixed, document.state.moving)
        document.when(Changes.IMAGES).connect(self._follow_swap)
        self._pairs = document.state.landmarks
        document.when(Changes.LANDMARKS).connect(self._keep_selection)
        document.undo_stack.indexChanged.connect(self._drop_drag)

    @property
    def view(self) -> ViewState:
        """The display as it is now."""
        return self._view

    @property
    def pose(self) -> RigidTransform:
        """The `moving_from_fixed` to draw: the running job's or drag's, else the study's."""
        return self._preview if self._preview is not None else self._document.state.alignment.moving_from_fixed

    @property
    def shown_blend(self) -> Blend:
        """The blend to draw: the chosen one, but for flicker, rock and the other image while it is peeked at."""
        return self.interlude.seen(self._view.blend)

    @property
    def tool(self) -> Tool:
        """What a drag with the left button does in a view."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose what a drag does; the same mode again chooses the crosshair."""
        self._tool = "crosshair" if tool == self._tool else tool
        self.tool_changed.emit()

    def rest(self) -> None:
        """End what lasts only while the user looks: preview, flicker, rock, peeking, the mouse mode."""
        self.set_preview(None)
        self.interlude.end()
        self._tool = "crosshair"
        self.tool_changed.emit()

    def _keep_selection(self) -> None:
        """When pairs come, go or change places, the selected one stays selected under its new number, or none is."""
        before, after = ([pair.name for pair in pairs] for pairs in (self._pairs, self._document.state.landmarks))
        self._pairs = self._document.state.landmarks
        index = self._view.selected_pair
        if index is None or before == after or (len(before) == len(after) and set(before) != set(after)):
            return  # what else differs is a name or a point
        name = before[index] if index < len(before) else ""
        found = after.index(name) if name in after else None
        self.show(replace(self._view, selected_pair=found))

    def _follow_swap(self) -> None:
        """When the two images have changed places, their looks go along, and the same place is looked at."""
        before, state = self._images, self._document.state
        self._images = (state.fixed, state.moving)
        if None in before or self._images != (before[1], before[0]):
            return
        view = self._view
        back = ~state.alignment.moving_from_fixed
        there: dict[Side, Side] = {"fixed": "moving", "moving": "fixed"}
        self.show(
            replace(
                view,
                fixed=view.moving if view.layout in ROWS else _seen_through(view.fixed, back),
                moving=view.fixed,
                fixed_window=view.moving_window,
                moving_window=view.fixed_window,
                fixed_slab=view.moving_slab,
                moving_slab=view.fixed_slab,
                fixed_colours=view.moving_colours,
                moving_colours=view.fixed_colours,
                blend=replace(view.blend, fade=1.0 - view.fade, swapped=not view.blend.swapped),
                distances=tuple(replace(d, side=there[d.side]) for d in view.distances),
                hand_centre=None,
            )
        )

    def show(self, view: ViewState) -> None:
        """Look at the study in another way; announces what is different."""
        before, self._view = self._view, view
        spaces = [(before.space(side), view.space(side)) for side in SIDES]
        if any(_differ(one, other, "cursor") for one, other in spaces):
            self.cursor_changed.emit()
        if any(_differ(one, other, "focus zoom tilt_deg") for one, other in spaces):
            self.space_changed.emit()
        for names, signal in (
            ("fixed_window moving_window fixed_slab moving_slab", self.window_changed),
            ("fixed_slab moving_slab", self.slab_changed),
            ("blend bone_edges fixed_colours moving_colours colour_bar smooth show_limits show_error_lines "
             "show_edge_distances",
             self.blend_changed),
            ("layout enlarged radiological main_plane mosaic_step_mm linked ras wheel_moving", self.layout_changed),
            ("selected_pair", self.selection_changed),
            ("distances hand_centre", self.aids_changed),
            ("error_of", self.expected_error.changed),
        ):  # fmt: skip
            if _differ(before, view, names):
                signal.emit()

    def set_slab(self, side: Side, slab: Slab | None) -> None:
        """Show an image as a thick slice, or as the plane itself."""
        self.show(self._view.with_slab(side, slab))

    def change(self, **changes: object) -> None:
        """Look at the study with these parts of the `ViewState` changed."""
        self.show(replace(self._view, **changes))  # type: ignore[arg-type]

    @property
    def by_hand(self) -> bool:
        """Whether the preview follows the mouse, which waits for it, and not a job."""
        return self._by_hand

    @property
    def following(self) -> bool:
        """Whether the preview follows a job: another one is on its way, and nothing waits for this one."""
        return self._preview is not None and not self._by_hand

    def set_preview(self, pose: RigidTransform | None, *, by_hand: bool = False) -> None:
        """Draw the moving image at a pose that is not (yet) the study's; None: the study's again."""
        if pose is not self._preview:
            self._preview, self._by_hand = pose, by_hand
            self.preview_changed.emit()
            if self.following:
                if not self._numbers_timer.isActive():
                    self._numbers_timer.start()
            else:
                self._numbers_timer.stop()
                self.numbers_changed.emit()

    @property
    def halo(self) -> Halo | None:
        """The limits of a refinement to draw over the fused images; see `app.limits`."""
        return self._halo

    def set_halo(self, halo: Halo | None) -> None:
        """Draw other limits, or none."""
        if halo != self._halo:
            self._halo = halo
            self.halo_changed.emit()

    # Manual alignment

    @property
    def hand_centre(self) -> Points:
        """The pivot of manual rotation (fixed space, LPS mm), (3,).

        Where the user put it; else the head's centre; without a head the middle of the fixed image.
        """
        if self._view.hand_centre is not None:
            return np.asarray(self._view.hand_centre)
        if self._head_centre is not None:
            return self._head_centre
        fixed = self._document.state.fixed
        return np.zeros(3) if fixed is None else fixed.grid.centre

    @property
    def head_known(self) -> bool:
        """Whether the fixed image's head was found."""
        return self._head_centre is not None

    def know_head_centre(self, centre: Points | None) -> None:
        """Be told where the middle of the fixed image's head is, (3,) LPS mm; None: no head was found."""
        self._head_centre = centre
        self.aids_changed.emit()

    @property
    def locked(self) -> str:
        """Why the moving image cannot be moved manually now, as a sentence; empty if it can."""
        return self._locked

    def lock(self, why: str) -> None:
        """Forbid manual alignment, and say why; empty: allow it again. A drag is dropped."""
        self._locked = why
        self._drop_drag()
        self.tool_changed.emit()

    def _drop_drag(self) -> None:
        """The study has changed under a drag, or a job needs its pose."""
        if self._by_hand:
            self.set_preview(None)

    # How the images are put together

    def set_blend(self, **changes: object) -> None:
        """Change parts of the `Blend`."""
        self.change(blend=replace(self._view.blend, **changes))  # type: ignore[arg-type]

    def set_fade(self, fade: float) -> None:
        """0: fixed alone, 1: moving alone."""
        self.set_blend(fade=min(1.0, max(0.0, fade)))

    def set_parameter(self, share: float) -> None:
        """Put the slider of the blend's mode to a place, 0…1."""
        self.change(blend=self._view.blend.with_parameter(share))

    def set_window(self, side: Side, window: Window) -> None:
        """Show one image at another window."""
        self.show(self._view.with_window(side, window.in_reach()))

    def set_colours(self, side: Side, colours: Colours) -> None:
        """Show one image in other colours."""
        self.show(self._view.with_colours(side, colours))

    def auto_windows(self) -> None:
        """A sensible window for each image."""
        view = self._view
        for side, volume in self._document.state.volumes().items():
            view = view.with_window(side, auto_window(volume))
        self.show(view)

    # Where the images are looked at

    @property
    def _rows_linked(self) -> bool:
        """Whether both rows look at the same place. Not while a pair is marked: its points lie where they lie."""
        view, state = self._view, self._document.state
        selected = view.selected_pair
        marking = selected is not None and selected < len(state.landmarks) and not state.landmarks[selected].complete
        return view.linked and view.layout in ROWS and state.has_pair and not marking and not self.repeats.sides

    def _look(self, side: Side, space: SpaceView) -> None:
        """Look at one space otherwise, and where the rows are linked at the other one in the same way."""
        view = self._view.with_space(side, space)
        if self._rows_linked:
            pose = self.pose if side == "fixed" else ~self.pose
            other: Side = "moving" if side == "fixed" else "fixed"
            ratio = space.zoom / self._view.space(side).zoom
            seen = _seen_through(space, pose)
            view = view.with_space(other, replace(seen, zoom=view.space(other).zoomed(ratio).zoom))
        self.show(view)

    def set_cursor(self, side: Side, point: Points) -> None:
        """Put the crosshair of a space at a point (LPS mm of that space), kept inside its image's box."""
        volume = self._document.state.volume(side) or self._document.state.moving
        if volume is not None:
            low, high = volume.grid.corners.min(axis=0), volume.grid.corners.max(axis=0)
            point = self._view.space(side).within(low, high, point)
        self._look(side, replace(self._view.space(side), cursor=point_of(point)))

    def set_focus(self, side: Side, point: Points) -> None:
        """Put a point (LPS mm of that space) in the middle of that space's panes."""
        self._look(side, replace(self._view.space(side), focus=point_of(point)))

    def zoom(self, side: Side, factor: float) -> None:
        """Magnify a space by a factor."""
        self._look(side, self._view.space(side).zoomed(factor))

    def turn_planes(self, side: Side, rotation: Matrix) -> None:
        """Turn the three planes of a space about its crosshair by a 3×3 rotation in LPS; the crosshair stays in place.

        The focus turns along, so that what lies under the crosshair stays where it is on the screen.
        """
        space = self._view.space(side)
        cursor, focus = np.asarray(space.cursor), np.asarray(space.focus)
        tilt = np.rad2deg(vector_from_rotation(rotation @ space.tilt))
        turned = replace(space, tilt_deg=point_of(tilt), focus=point_of(cursor + rotation @ (focus - cursor)))
        self._look(side, turned)

    def straighten_planes(self) -> None:
        """Show the standard planes again."""
        for side in SIDES:
            space = self._view.space(side)
            if space.oblique:
                self.turn_planes(side, space.tilt.T)
        view = self._view
        for side in SIDES:
            view = view.with_space(side, replace(view.space(side), tilt_deg=ORIGIN))
        self.show(view)

    def reset_zoom(self) -> None:
        """Show the whole images again."""
        view = self._view
        for side, volume in self._document.state.volumes().items():
            view = view.with_space(side, replace(view.space(side), focus=point_of(volume.grid.centre), zoom=1.0))
        if self._rows_linked:
            view = view.with_space("moving", _seen_through(view.fixed, self.pose))
        self.show(view)

    # Panes

    def set_layout(self, layout: Layout) -> None:
        """Arrange the panes; a moving row then looks at the same place as the others."""
        if layout == self._view.layout:
            self.show_all_panes()
            return
        view = replace(self._view, layout=layout, enlarged="")
        if layout in ROWS and self._view.layout not in ROWS:
            view = replace(view, moving=_seen_through(view.fixed, self.pose))
        self.show(view)

    def link_rows(self, linked: bool) -> None:
        """Let both rows look at the same place from now on, or each at its own."""
        view = replace(self._view, linked=linked)
        if linked and view.layout in ROWS:
            view = replace(view, moving=_seen_through(view.fixed, self.pose))
        self.show(view)

    def show_all_panes(self) -> None:
        """Let no pane be enlarged."""
        self.show(replace(self._view, enlarged=""))

    def enlarge(self, key: str) -> None:
        """Let one pane fill the window, or (the same again) all be seen; a small pane becomes the large one."""
        view, name = self._view, key.removeprefix("fused.")
        if view.layout == "large" and not view.enlarged and name in PLANES and name != view.main_plane:
            self.change(main_plane=name)
        else:
            self.change(enlarged="" if key == view.enlarged else key)

    def select_pair(self, index: int | None) -> None:
        """Choose a pair; each space's crosshair jumps to its point of it, where there is one."""
        view = replace(self._view, selected_pair=index)
        if index is not None:
            pair = self._document.state.landmarks[index]
            for side in SIDES:
                point = pair.point(side)
                if point is not None:
                    space = replace(view.space(side), cursor=point)
                    if view.space(side).zoom > 1.0 or view.layout in ROWS:
                        space = replace(space, focus=point)
                    view = view.with_space(side, space)
        self.show(view)


def _differ(before: object, after: object, names: str) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names.split())


def _seen_through(space: SpaceView, other_from_space: RigidTransform) -> SpaceView:
    """The same place looked at in another space: crosshair and focus mapped, planes and zoom as they are."""
    cursor, focus = (point_of(other_from_space.apply(np.asarray(p))) for p in (space.cursor, space.focus))
    return replace(space, cursor=cursor, focus=focus)
