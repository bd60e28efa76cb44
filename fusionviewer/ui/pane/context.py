"""What a pane shows at one moment, as its overlays and interactions read it, and what these may do with the pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import Tool, ViewModel
from fusionviewer.geometry import Orientation, Points, RigidTransform, SideLetters
from fusionviewer.quality.guard.expected_error import ExpectedMap
from fusionviewer.registration import Box
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.marks.edge_field import EdgeField
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.session.state import FusionState, LandmarkPair, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.pane.geometry import SliceFrame


@dataclass(frozen=True, eq=False)
class MagnifiedPoint:
    """A point (3,) of the space that is looked at, shown magnified in one image, away from the mouse."""

    side: Side
    point: Points
    mouse: QPointF


@dataclass(frozen=True, eq=False)
class DragFeedback:
    """What a drag that is going on adds to the picture."""

    rubber: QRectF | None = None
    """A box that is being drawn, logical pixels."""
    turned: tuple[float, float] | None = None
    """Where on the rotation handle a turn began and how far it has gone, radians clockwise; None: it is no turn."""
    predicted_point: Points | None = None
    """Where the mouse has the predicted point (3,), in the space that is looked at; None: where it was."""
    magnified: MagnifiedPoint | None = None
    said: tuple[str, Side] | None = None
    """What it changes, in a few words, and of which image."""


@dataclass(frozen=True, eq=False)
class PaneContext:
    """A pane that shows an image: the study, how it is looked at, and the pane's own share of that.

    It is made once for each paint or event.
    """

    state: FusionState
    view: ViewState
    blend: Blend
    """The blend to draw: flicker, rock and the other image while it is peeked at included."""
    pose: RigidTransform
    """The `moving_from_fixed` to draw: the running job's or drag's, else the study's."""
    limit_band: Halo | None
    expected: ExpectedMap | None
    """The expected error of the pose, if the check knows it."""
    edge_field: EdgeField | None
    """Distances to colour the contours of the CT's bone by."""
    landmarks: tuple[LandmarkPair, ...]
    """The pairs that may be seen, by their numbers: the one whose placement is repeated is without its points."""
    repeating: bool
    """Whether the placement of a pair is repeated."""
    placing: Side | None
    """The image whose point of the selected pair a click in this pane marks; None: a click marks nothing."""
    tool: Tool
    locked: str
    """Why the moving image cannot be moved manually now, as a sentence; empty if it can."""
    rotation_centre: Points
    """What the moving image is turned about manually, (3,), fixed space, LPS mm."""

    space: Side
    """The space that is looked at."""
    sides: tuple[Side, ...]
    """The images that the pane shows."""
    orientation: Orientation
    side_letters: SideLetters
    """What the sides towards the head and the feet are called."""
    frame: SliceFrame
    size: QSize
    """Logical pixels."""
    title: str
    shows_crosshair: bool
    active: bool
    """Whether keys act in this pane."""
    first: bool
    """Whether no pane that shows the same images comes before this one in reading order."""
    mouse: QPointF | None
    """Where the mouse is over the pane, logical pixels; None: elsewhere."""
    drag: DragFeedback | None
    """None: no drag is going on."""

    @property
    def fused(self) -> bool:
        """Whether the pane is for both images."""
        return len(self.sides) > 1

    @property
    def shows_pair(self) -> bool:
        """Whether both images are there and shown."""
        return self.fused and self.state.has_pair

    @property
    def region_box(self) -> Box | None:
        """The box that alone counts in a registration, where the pane shows the fixed image's space."""
        return self.state.region.box if self.state.region and self.space == "fixed" else None

    @property
    def moving_from_space(self) -> RigidTransform:
        """From the space that is looked at to the moving image's: without a fixed image that is its own."""
        alone = not self.fused or self.state.fixed is None
        return RigidTransform.identity() if alone else self.pose

    @property
    def crosshair(self) -> QPointF:
        """Where a painter finds the crosshair."""
        return self.frame.position(np.asarray(self.view.space(self.space).cursor))

    def own_point(self, side: Side, point: Points) -> Points:
        """A point (3,) of the space that is looked at, in one image's own space."""
        return self.moving_from_space.apply(point) if side == "moving" and self.fused else point


class PaneHost(Protocol):
    """The pane in which an interaction began."""

    @property
    def document(self) -> Document:
        """The study that is worked on."""

    @property
    def view_model(self) -> ViewModel:
        """How it is looked at."""

    def context(self) -> PaneContext | None:
        """The pane as it is now; None without an image."""

    def update(self) -> None:
        """Draw the pane again."""

    def mark_point(self, side: Side, point: Points) -> None:
        """Mark the selected pair's point of an image, (3,) of that image's own space."""

    def explain(self, text: str, at: QPointF) -> None:
        """Show a sentence at a place of the pane, logical pixels."""
