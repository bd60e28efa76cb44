"""The CT's bone contours in the colours of how far the MR's skull lies from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import Table
from fusionviewer.rendering.contour import ContourLine

SCALE_MM: Final = 3.0
"""The colours end at so many mm inwards and outwards; what is further off has the last one."""

_INWARDS: Final = (205, 110, 255)
_ON_IT: Final = (255, 255, 255)
_OUTWARDS: Final = (40, 205, 60)
UNKNOWN: Final = (128, 134, 142)
"""Violet, white and green: apart in every kind of colour vision, and neither image's colour. Grey: not known."""

_EARLY: Final = 0.6
"""Below 1: colours are full early, so that a distance of 1 mm differs from none at a glance."""

_WIDTH_MM: Final = 15.0
"""Sigma of the weights of the places around a point."""

_REACH_MM: Final = 32.0
"""Further from every place than this nothing is known."""


def distance_table() -> Table:
    """(256, 3) red, green, blue from the furthest inwards to the furthest outwards."""
    stops = np.array([_INWARDS, _ON_IT, _OUTWARDS], dtype=np.float64)
    signed = np.linspace(-1, 1, 256)
    shares = 1 + np.sign(signed) * np.abs(signed) ** _EARLY
    return np.stack([np.interp(shares, (0, 1, 2), stops[:, n]) for n in range(3)], axis=1).round().astype(np.uint8)


_TABLE: Final = distance_table()


@dataclass(frozen=True, eq=False)
class EdgeField:
    """Distances at places (n, 3) of a CT's own space, LPS mm: `mm` (n,) is positive where the other image's skull lies
    further out."""

    places: Points
    mm: NDArray[np.float64]

    def at(self, points: Points) -> NDArray[np.float64]:
        """The distances (m,) at points (m, 3) of the CT's space, smooth in between; NaN far from every place."""
        middle = self.places.mean(axis=0)
        here, there = ((some - middle).astype(np.float32) for some in (points, self.places))  # half as long as float64
        squared = here @ (-2 * there.T)
        squared += (here**2).sum(axis=1)[:, None]
        squared += (there**2).sum(axis=1)[None]
        known = squared.min(axis=1) <= _REACH_MM**2
        weights = np.exp(squared * np.float32(-0.5 / _WIDTH_MM**2))
        sums = np.maximum(weights.sum(axis=1), np.float32(1e-12))
        return np.where(known, weights @ self.mm.astype(np.float32) / sums, np.nan).astype(np.float64)

    def colours(self, points: Points) -> NDArray[np.uint8]:
        """(m, 3) red, green, blue at points (m, 3) of the CT's space."""
        mm = self.at(points)
        shares = np.clip((np.nan_to_num(mm) + SCALE_MM) / (2 * SCALE_MM), 0, 1)
        out = _TABLE[np.round(shares * 255).astype(np.intp)]
        out[np.isnan(mm)] = UNKNOWN
        return np.asarray(out)


@dataclass(frozen=True, eq=False)
class ColouredLine:
    """A contour each pixel of which has its own colour, (n, 4) blue, green, red, 255."""

    line: ContourLine
    colours: NDArray[np.uint16]

    def draw(self, picture: NDArray[np.uint8]) -> None:
        """Draw into a (height, width, 4) picture in the order blue, green, red, 255."""
        flat = picture.reshape(-1, 4)
        under = flat[self.line.pixels].astype(np.uint16)
        cover = self.line.cover[:, None]
        flat[self.line.pixels] = (under * (256 - cover) + self.colours * cover) >> 8


def coloured_line(
    line: ContourLine, field: EdgeField, ct_from_view: RigidTransform, plane: SlicePlane, viewport: Viewport
) -> ColouredLine:
    """A contour on a plane of the view's space in the colours of its distances."""
    rows, columns = np.divmod(line.pixels, viewport.width)
    right, down = viewport.screen(np.stack([columns, rows], axis=1)).T
    points = ct_from_view.apply(plane.points(right, down))
    colours = np.full((len(line.pixels), 4), 255, dtype=np.uint16)
    if len(line.pixels):
        colours[:, :3] = field.colours(points)[:, ::-1]
    return ColouredLine(line, colours)
