"""TRE isocontours over a slice, with their numbers and what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from fusionviewer.geometry import Grid, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.quality.guard.expected_error import ExpectedMap, expected_lines
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import why_withheld
from fusionviewer.registration.points.error_theory import FitError
from fusionviewer.rendering.marks.annotations import legend
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
    found, plane = _error(context), frame.plane
    drawn: list[Primitive] = []
    if not isinstance(found, str):
        cut = (plane.right.tobytes(), plane.down.tobytes(), plane.depth_mm)
        drawn += _lines(found, state.fixed.grid, frame.viewport, (frame.ratio, letters), cut)
    if context.first and context.size.width() >= _SMALLEST:
        told = f"No TRE isocontours: {found}" if isinstance(found, str) else _field(found, state.fixed.grid).legend[0]
        at = UNIT, context.size.height() - 3.5 * UNIT
        drawn += legend(told, at, letters, room=context.size.width() - 2 * UNIT)
    return drawn


def _error(context: PaneContext) -> FitError | ExpectedMap | str:
    """The error that is chosen, or in a few words why there is none to show."""
    if context.view.error_of == "check":
        return context.expected or "no check of this pose says how far off it may be"
    facts = landmark_facts(context.state)
    if facts.error is None:
        return "no fit to the landmarks yet"
    return why_withheld(facts) or facts.error


def _field(found: FitError | ExpectedMap, grid: Grid) -> PredictedError:
    return expected_lines(found, grid) if isinstance(found, ExpectedMap) else PredictedError(found.tre_mm, grid)


@lru_cache(maxsize=32)
def _lines(
    found: FitError | ExpectedMap,
    grid: Grid,
    viewport: Viewport,
    scale: tuple[float, PaneLetters],
    cut: tuple[bytes, bytes, float],
) -> tuple[Primitive, ...]:
    """The lines and their numbers; kept, as most paints change nothing."""
    right, down = (np.frombuffer(way) for way in cut[:2])
    view = Projection(SlicePlane(np.cross(right, down) * cut[2], right, down), viewport, scale[0])
    return tuple(draw_error_lines(_field(found, grid), view, scale[1]))
