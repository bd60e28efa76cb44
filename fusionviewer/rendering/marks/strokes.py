"""Smooth lines on a picture: each pixel is covered as its distance from the line says, so that nothing is jagged.

Places are (column, row) in pixels as `Viewport.pixels` gives them: whole numbers are the centres of pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.geometry import Points
from fusionviewer.rendering.colours import Rgb

_FAR: Final = 1e4
"""Pixels from a line that nothing is drawn of."""

_PIECE: Final = 48.0
"""Long lines are looked at in pieces of so many pixels: only pixels near to them count."""


@dataclass(frozen=True, eq=False)
class Trace:
    """How far pixels lie from a line, in pixels: (h, w), negative within a closed one; where their first pixel lies."""

    left: int
    top: int
    away: NDArray[np.float32]

    def draw(self, image: Image.Image, width: float, colour: Rgb, opacity: float = 1.0) -> None:
        """Draw the line, so many pixels wide."""
        self._paste(image, np.float32(width / 2 + 0.5) - np.abs(self.away), colour, opacity)

    def fill(self, image: Image.Image, colour: Rgb, opacity: float = 1.0) -> None:
        """Fill what the line encloses."""
        self._paste(image, np.float32(0.5) - self.away, colour, opacity)

    def _paste(self, image: Image.Image, cover: NDArray[np.float32], colour: Rgb, opacity: float) -> None:
        mask = np.round(np.clip(cover, 0, 1) * (255 * opacity)).astype(np.uint8)
        image.paste(colour, (self.left, self.top), Image.fromarray(mask))


def circle(image: Image.Image, at: tuple[float, float], radius: float, room: float) -> Trace | None:
    """A circle, told `room` pixels beyond it; None: it lies beside the picture."""
    found = _window(image, [at], radius + room)
    if found is None:
        return None
    left, top, shape = found
    x, y = _grid(left, top, shape, at)
    return Trace(left, top, np.hypot(x, y) - np.float32(radius))


def polygon(image: Image.Image, corners: Points, room: float) -> Trace | None:
    """A convex one with corners (n, 2) that go round clockwise on the screen."""
    found = _window(image, corners, 1.5 * room)
    if found is None:
        return None
    left, top, shape = found
    away = np.full(shape, -_FAR, np.float32)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        x, y = _grid(left, top, shape, (float(start[0]), float(start[1])))
        across, down = ((end - start) / math.dist(start, end)).tolist()
        np.maximum(away, x * np.float32(down) - y * np.float32(across), out=away)
    return Trace(left, top, away)


def dashes(places: Points, length: float, width: float) -> list[Points]:
    """Pieces of a closed line through places (n, 2): dashes that are as long as the gaps between them.

    They are shorter by a line's width, as ends are round, and there is a whole number of them.
    """
    ring = np.vstack([places, places[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    count = max(1, round(float(along[-1]) / (2 * length)))
    half = max(along[-1] / (4 * count) - width / 2, 0.0)
    pieces = []
    for middle in (np.arange(count) + 0.25) * along[-1] / count:
        inner = along[(along > middle - half) & (along < middle + half)]
        at = np.concatenate([[middle - half], inner, [middle + half]])
        pieces.append(np.stack([np.interp(at, along, ring[:, axis]) for axis in (0, 1)], axis=1))
    return pieces


def lines(image: Image.Image, runs: Sequence[Points], room: float) -> Trace | None:
    """Lines from place to place of each run (n, 2), told `room` pixels beside them; None as for a circle."""
    pieces = np.concatenate([np.stack([run[:-1], run[1:]], axis=1) for run in runs] or [np.zeros((0, 2, 2))])
    found = _window(image, pieces.reshape(-1, 2), room)
    if found is None:
        return None
    left, top, shape = found
    away = np.full(shape, _FAR, np.float32)
    for start, end in pieces:
        count = max(1, math.ceil(float(np.abs(end - start).max()) / _PIECE))
        ends = start + np.linspace(0, 1, count + 1)[:, None] * (end - start)
        for one, other in pairwise(ends):
            _take_nearest(away, one - (left, top), other - (left, top), room)
    return Trace(left, top, away)


def _take_nearest(away: NDArray[np.float32], start: Points, end: Points, room: float) -> None:
    """Put the distances from a short straight line into those that are there, where they are smaller."""
    low = np.floor(np.minimum(start, end) - room).astype(int)
    high = np.ceil(np.maximum(start, end) + room).astype(int) + 1
    (x0, y0), (x1, y1) = np.maximum(low, 0), np.minimum(high, (away.shape[1], away.shape[0]))
    if x0 >= x1 or y0 >= y1:
        return
    x, y = _grid(int(x0), int(y0), (int(y1 - y0), int(x1 - x0)), (float(start[0]), float(start[1])))
    across, down = (float(v) for v in end - start)
    share = np.clip((x * across + y * down) / max(across**2 + down**2, 1e-12), 0, 1)
    part = away[y0:y1, x0:x1]
    np.minimum(part, np.hypot(x - share * across, y - share * down), out=part)


def _window(
    image: Image.Image, places: Points | list[tuple[float, float]], room: float
) -> tuple[int, int, tuple[int, int]] | None:
    """The pixels about places (n, 2) that lie in the picture: left, top, (height, width); None: there are none."""
    at = np.asarray(places, dtype=np.float64)
    if not len(at):
        return None
    low = np.maximum(np.floor(at.min(axis=0) - room), 0)
    high = np.minimum(np.ceil(at.max(axis=0) + room) + 1, image.size)
    if (low >= high).any():
        return None
    (left, top), (right, bottom) = low.astype(int).tolist(), high.astype(int).tolist()
    return left, top, (bottom - top, right - left)


def _grid(
    left: int, top: int, shape: tuple[int, ...], at: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far right and down of a place pixels lie: (1, w) and (h, 1)."""
    across = np.arange(left, left + shape[1], dtype=np.float32)[None, :] - np.float32(at[0])
    return across, np.arange(top, top + shape[0], dtype=np.float32)[:, None] - np.float32(at[1])
