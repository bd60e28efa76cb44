"""How the study is looked at: saved with it, but not undone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Matrix, Points, rotation_from_vector
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.colours import Colours
from fusionviewer.rendering.slab import Slab
from fusionviewer.rendering.window import Window
from fusionviewer.session.state import Point, Side

Layout: TypeAlias = Literal["fused", "large", "pairs", "nine", "mosaic"]
"""Three fused planes; one of them large; a row for each image; these and a fused row; slices side by side."""

ErrorSource: TypeAlias = Literal["landmarks", "check"]
"""Whose error is shown at places: that predicted of the fit to the landmarks, or that expected by the check."""

PlaneName: TypeAlias = Literal["axial", "sagittal", "coronal"]

PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")

ROWS: frozenset[Layout] = frozenset({"pairs", "nine"})
"""The layouts in which each image is seen in its own space."""

ORIGIN: Point = (0.0, 0.0, 0.0)
ANY_WINDOW = Window(500.0, 1000.0)
SMALLEST_ZOOM, LARGEST_ZOOM = 0.25, 40.0


@dataclass(frozen=True)
class SpaceView:
    """Where one image's space is looked at: the crosshair, the point in the middle of the panes, the magnification.

    `zoom` 1 shows the whole image in a pane. `focus` is shared by the three panes, so that they pan together.
    """

    cursor: Point = ORIGIN
    focus: Point = ORIGIN
    zoom: float = 1.0
    tilt_deg: Point = ORIGIN
    """By how much the three planes are turned about the crosshair: axis times angle in degrees, LPS. 0: standard."""

    @property
    def tilt(self) -> Matrix:
        """The 3×3 rotation that turns the standard planes into those that are shown."""
        return rotation_from_vector(np.deg2rad(np.asarray(self.tilt_deg)))

    @property
    def oblique(self) -> bool:
        """Whether the planes are not the standard ones."""
        return self.tilt_deg != ORIGIN

    def within(self, low: Points, high: Points, point: Points) -> Points:
        """A place for the crosshair (3,): the point, or where it lies outside a box, (3,) each, the nearest in it.

        With oblique planes the nearest could lie beside the plane, and the slice would change under the mouse: then it
        is the last place inside on the way from the crosshair to the point.
        """
        if not self.oblique:
            return np.asarray(np.clip(point, low, high))
        start = np.clip(np.asarray(self.cursor), low, high)
        way = np.asarray(point) - start
        moves = way != 0
        room = np.where(way > 0, high - start, start - low)[moves] / np.abs(way[moves])
        return np.asarray(start + float(np.min(room, initial=1.0)) * way)

    def zoomed(self, factor: float) -> SpaceView:
        """Magnified by a factor, within what is sensible."""
        return replace(self, zoom=min(LARGEST_ZOOM, max(SMALLEST_ZOOM, self.zoom * factor)))


@dataclass(frozen=True)
class Distance:
    """A measured distance: its two ends in the space of one image, LPS mm."""

    side: Side
    start: Point
    end: Point

    @property
    def length_mm(self) -> float:
        """How long it is."""
        return math.dist(self.start, self.end)


@dataclass(frozen=True)
class ViewState:
    """Everything about the display."""

    fixed: SpaceView = SpaceView()
    moving: SpaceView = SpaceView()
    """The moving row of the pair layout, in the moving image's own space."""
    blend: Blend = Blend()  # noqa: RUF009 - immutable
    bone_edges: bool = False
    smooth: bool = True
    """Interpolate between voxels; otherwise each voxel is seen as it is."""
    fixed_window: Window = ANY_WINDOW
    moving_window: Window = ANY_WINDOW
    fixed_colours: Colours = "grey"
    moving_colours: Colours = "grey"
    fixed_slab: Slab | None = None
    moving_slab: Slab | None = None
    """Thick slices of one image, across the plane of each pane; None: the plane itself."""
    colour_bar: bool = True
    """Show what the colours mean, where there are any."""
    layout: Layout = "fused"
    main_plane: PlaneName = "axial"
    """The large one of the layout with one large plane, and the one of the mosaic."""
    mosaic_step_mm: float = 8.0
    linked: bool = True
    """In the layouts with rows, both images are looked at in the same place."""
    wheel_moving: bool = False
    """In fused panes the wheel counts the moving image's slices, not the fixed one's."""
    enlarged: str = ""
    """The key of the pane that fills the window, for example "fixed.axial"; empty: none."""
    radiological: bool = True
    ras: bool = False
    """Write positions as RAS (x to the patient's right is negative: NIfTI, Slicer) and not as LPS (DICOM)."""
    selected_pair: int | None = None
    distances: tuple[Distance, ...] = ()
    hand_centre: Point | None = None
    """The pivot of manual rotation, in fixed space; None: the middle of the head."""
    show_limits: bool = False
    """Draw how far a refinement could move the moving image's outline."""
    show_error_lines: bool = False
    """Draw the TRE isocontours."""
    error_of: ErrorSource = "landmarks"
    """Draw the TRE isocontours of the landmark fit."""
    show_edge_distances: bool = False
    """Colour the contours of the CT's bone by how far the MR's skull lies from them."""

    @property
    def fade(self) -> float:
        """0: fixed alone, 1: moving alone."""
        return self.blend.fade

    @property
    def mode(self) -> BlendMode:
        """How the two images share a picture."""
        return self.blend.mode

    def colours(self, side: Side) -> Colours:
        """The colour map of one image."""
        return self.fixed_colours if side == "fixed" else self.moving_colours

    def with_colours(self, side: Side, colours: Colours) -> ViewState:
        """With another colour map for one image."""
        return replace(self, fixed_colours=colours) if side == "fixed" else replace(self, moving_colours=colours)

    def slab(self, side: Side) -> Slab | None:
        """The thick slice of one image."""
        return self.fixed_slab if side == "fixed" else self.moving_slab

    def with_slab(self, side: Side, slab: Slab | None) -> ViewState:
        """With another thick slice of one image, or none."""
        return replace(self, fixed_slab=slab) if side == "fixed" else replace(self, moving_slab=slab)

    def space(self, side: Side) -> SpaceView:
        """How one image's space is looked at."""
        return self.fixed if side == "fixed" else self.moving

    def with_space(self, side: Side, view: SpaceView) -> ViewState:
        """With one space looked at differently."""
        return replace(self, fixed=view) if side == "fixed" else replace(self, moving=view)

    def window(self, side: Side) -> Window:
        """The window of one image."""
        return self.fixed_window if side == "fixed" else self.moving_window

    def with_window(self, side: Side, window: Window) -> ViewState:
        """With one image shown at another window."""
        return replace(self, fixed_window=window) if side == "fixed" else replace(self, moving_window=window)

    def for_pairs(self, count: int) -> ViewState:
        """The same with no pair selected that is not among `count` pairs."""
        selected = self.selected_pair
        return self if selected is None or 0 <= selected < count else replace(self, selected_pair=None)
