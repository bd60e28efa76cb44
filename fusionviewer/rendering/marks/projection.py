"""Where the points of a space are seen on a pane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.marks.primitives import Spot


@dataclass(frozen=True)
class Projection:
    """A plane, and the pixels of a pane that show it; `ratio` pixels are one unit of what is drawn over them."""

    plane: SlicePlane
    viewport: Viewport
    ratio: float

    @property
    def mm_per_unit(self) -> float:
        """Millimetres in a unit."""
        return self.viewport.mm_per_pixel * self.ratio

    @property
    def extent(self) -> Spot:
        """Width and height of the pane in units."""
        return self.viewport.width / self.ratio, self.viewport.height / self.ratio

    def on_pane(self, screen_mm: Points) -> Points:
        """Places on the pane (…, 2) of screen coordinates (…, 2), as `SlicePlane.screen`."""
        return np.asarray((self.viewport.pixels(screen_mm) + 0.5) / self.ratio)

    def spots(self, points: Points) -> list[Spot]:
        """Where points (n, 3) are seen, projected along the normal."""
        return [(x, y) for x, y in self.on_pane(self.plane.screen(points)).tolist()]

    def away(self, points: Points) -> list[float]:
        """How far points (n, 3) lie from the plane, mm."""
        return [float(mm) for mm in np.abs(self.plane.distance(points))]
