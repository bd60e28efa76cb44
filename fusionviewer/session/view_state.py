"""How the study is looked at: saved with it, but not undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fusionviewer.rendering.slices import BlendMode
from fusionviewer.rendering.window import Window
from fusionviewer.session.state import Point, Side

Layout: TypeAlias = Literal["fused", "pairs"]

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

    def zoomed(self, factor: float) -> SpaceView:
        """Magnified by a factor, within what is sensible."""
        return replace(self, zoom=min(LARGEST_ZOOM, max(SMALLEST_ZOOM, self.zoom * factor)))


@dataclass(frozen=True)
class ViewState:
    """Everything about the display."""

    fixed: SpaceView = SpaceView()
    moving: SpaceView = SpaceView()
    """The moving row of the pair layout, in the moving image's own space."""
    fade: float = 0.5
    """0: fixed alone, 1: moving alone."""
    mode: BlendMode = BlendMode.FADE
    checker_mm: float = 24.0
    bone_edges: bool = False
    fixed_window: Window = ANY_WINDOW
    moving_window: Window = ANY_WINDOW
    layout: Layout = "fused"
    enlarged: str = ""
    """The key of the pane that fills the window, for example "fixed.axial"; empty: none."""
    radiological: bool = True
    selected_pair: int | None = None

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
