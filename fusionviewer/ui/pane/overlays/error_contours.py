"""TRE isocontours over a slice, with their numbers and what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from fusionviewer.geometry import Grid, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import why_withheld
from fusionviewer.registration.points.error_theory import FitError
from fusionviewer.rendering.marks.annotations import LEGEND, legend
from fusionviewer.rendering.marks.error_contours import draw_error_lines
from fusionviewer.rendering.marks.primitives import Primitive
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.marks.values import PredictedError
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.painter import PaneLetters

_SMALLEST: Final = 24 * UNIT
"""A narrower pane has no room for the words about the lines."""


def draw_error_contours(context: PaneContext, letters: PaneLetters) -> list[Primitive]:
    """The lines, where the pane shows them: in the space of the fixed image, if they are chosen and can be believed."""
    state, frame = context.state, context.frame
    if not context.view.show_error_lines or context.space != "fixed" or state.fixed is None:
        return []
    facts, plane = landmark_facts(state), frame.plane
    why_not = why_withheld(facts) if facts.error else "no fit to the landmarks yet"
    drawn: list[Primitive] = []
    if facts.error is not None and not why_not:
        cut = (plane.right.tobytes(), plane.down.tobytes(), plane.depth_mm)
        drawn += _lines(facts.error, state.fixed.grid, frame.viewport, (frame.ratio, letters), cut)
    if context.first and context.size.width() >= _SMALLEST:
        text = f"No TRE isocontours: {why_not}" if why_not else LEGEND[0]
        at = UNIT, context.size.height() - 3.5 * UNIT
        drawn += legend(text, at, letters, room=context.size.width() - 2 * UNIT)
    return drawn


@lru_cache(maxsize=32)
def _lines(
    error: FitError,
    grid: Grid,
    viewport: Viewport,
    scale: tuple[float, PaneLetters],
    cut: tuple[bytes, bytes, float],
) -> tuple[Primitive, ...]:
    """The lines and their numbers; kept, as most paints change nothing."""
    right, down = (np.frombuffer(way) for way in cut[:2])
    view = Projection(SlicePlane(np.cross(right, down) * cut[2], right, down), viewport, scale[0])
    return tuple(draw_error_lines(PredictedError(error.tre_mm, grid), view, scale[1]))
