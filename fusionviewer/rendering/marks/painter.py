"""Draws what is marked on a pane of a picture: near its plane, in the shapes and colours of the window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from fusionviewer.geometry import SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import ERROR_COLOUR, FIXED_COLOUR, MOVING_COLOUR, rgb
from fusionviewer.rendering.marks import strokes
from fusionviewer.rendering.marks.annotations import BRIGHT, Pane, Sheet, rooms_of_words
from fusionviewer.rendering.marks.error_contours import error_lines
from fusionviewer.rendering.marks.values import (
    MEASURED_NEAR_MM,
    MarkedDistance,
    MarkedPair,
    MarkedTarget,
    Marks,
    PredictedError,
    strength,
    target_strength,
)

Pixel: TypeAlias = tuple[float, float]

_Room: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

WARNING_COLOUR: Final = "#ff8d7a"
LEGEND: Final = ("lines: predicted error of the landmark fit (TRE), mm RMS", "predicted TRE, mm RMS")
"""What the lines of predicted error are, in full and where there is little room."""

DOUBT: Final = "a pair does not fit"
"""That they cannot be believed."""

_MOST_LINES: Final = 3
_DARK: Final = (0, 0, 0)
_RIM: Final = 0.67
"""How dark the rim of a line is."""

_RADIUS, _TARGET_RADIUS, _TICK = 5.0, 6.0, 6.0
_LINE, _THIN = 1.5, 1.2
_FRAME: Final = 1.7
"""Half a check point's square over the radius of the mark."""

_DOT: Final = 1.1
_OFF: Final = 0.7
"""Pairs that are off are fainter."""

_LETTERS: Final = 14
_LONGEST: Final = 130.0
"""Units of the sheet; names take at most so much room."""

_FAINTEST_NAME: Final = 0.9


@dataclass(frozen=True)
class _Label:
    """Text that is to stand beside a place, `reach` pixels from it, on that side (right, down: ±1) if there is room."""

    at: Pixel
    reach: float
    text: str
    colour: str
    opacity: float
    side: tuple[int, int]


def draw_marks(sheet: Sheet, pane: Pane, marks: Marks, *, names: bool, legend: bool = True) -> None:
    """Draw what is marked near a pane's plane on a sheet that it fills; its letters and title come later.

    Without `names`, pairs and targets have their numbers. `legend` says what the lines of predicted error are.
    """
    if marks.empty:
        return
    drawing = _Drawing(sheet, pane.plane, pane.viewport, names, taken=rooms_of_words(sheet, pane))
    if marks.error is not None:
        drawing.error(marks.error)
    for distance in marks.distances:
        drawing.distance(distance)
    for target in marks.targets:
        drawing.target(target)
    for pair in marks.pairs:
        drawing.pair(pair)
    if marks.error is not None and legend:
        drawing.legend(marks.error.doubtful)
    drawing.write_labels()


@dataclass
class _Drawing:
    """One pane while it is drawn on; labels are written last, where they hide no mark and no other label."""

    sheet: Sheet
    plane: SlicePlane
    viewport: Viewport
    names: bool
    labels: list[_Label] = field(default_factory=list)
    taken: list[_Room] = field(default_factory=list)

    @property
    def _size(self) -> tuple[int, int]:
        return self.sheet.image.size

    def _px(self, units: float) -> float:
        return units * self.sheet.unit

    def _pixel(self, point: tuple[float, float, float]) -> tuple[Pixel, float]:
        """Where a point is seen, and how far it lies from the plane, mm."""
        place = np.asarray(point)
        x, y = self.viewport.pixels(self.plane.screen(place)).tolist()
        return (x, y), abs(float(self.plane.distance(place)))

    def _stroke(self, trace: strokes.Trace | None, colour: str, opacity: float, line: float = _LINE) -> None:
        """A line with its rim."""
        if trace is not None:
            width = self._width(line)
            trace.draw(self.sheet.image, width + 2 * self._px(1), _DARK, opacity * _RIM)
            trace.draw(self.sheet.image, width, rgb(colour), opacity)

    def _width(self, line: float) -> float:
        return max(1.1, self._px(line))

    @property
    def _beside(self) -> float:
        """Pixels that a line with its rim takes on either side."""
        return self._width(_LINE) / 2 + self._px(1) + 1

    def _take(self, at: Pixel, reach: float) -> None:
        self.taken.append((at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach))

    # Pairs

    def pair(self, pair: MarkedPair) -> None:
        """The points near the plane, and a line between the two: the pair's residual."""
        seen = {side: self._pixel(point) for side, point in _points(pair)}
        strengths = {side: strength(away) for side, (_, away) in seen.items()}
        shown = [side for side in seen if strengths[side] > 0]
        if not shown:
            return
        if len(seen) == 2:
            ends = np.array([at for at, _ in seen.values()])
            trace = strokes.lines(self.sheet.image, [ends], self._beside)
            self._stroke(trace, BRIGHT, max(strengths.values()), _THIN)
        for side in shown:
            self._point(pair, side, seen[side][0], strengths[side])
        at, faint = seen[shown[0]][0], max(_FAINTEST_NAME, strengths[shown[0]])
        text = pair.name if self.names else str(pair.number)
        opacity = _FAINTEST_NAME if pair.part == "off" else faint
        text = text if pair.complete else f"{text} ?"
        reach = self._px(_FRAME * _RADIUS + 3 if pair.part == "check" else _RADIUS + 5)
        self.labels.append(_Label(at, reach, text, pair.colour or BRIGHT, opacity, (1, -1)))

    def _point(self, pair: MarkedPair, side: str, at: Pixel, share: float) -> None:
        """The shape of its image: in a square for a check point, struck out for a pair that is off."""
        image, radius, fixed = self.sheet.image, self._px(_RADIUS), side == "fixed"
        opacity = _OFF * share if pair.part == "off" else share
        colour = FIXED_COLOUR if fixed else MOVING_COLOUR
        reach = _FRAME * radius if pair.part == "check" else 1.25 * radius
        self._take(at, reach + self._px(1))
        if pair.part == "check":
            self._stroke(strokes.square(image, at, reach, self._beside), colour, opacity)
        outline = strokes.circle if fixed else strokes.diamond
        trace = outline(image, at, radius if fixed else 1.25 * radius, self._beside)  # they look alike in size
        if trace is None:
            return
        width = self._width(_LINE)
        trace.draw(image, width + 2 * self._px(1), _DARK, opacity * _RIM)
        if pair.part == "fit":
            trace.fill(image, rgb(colour), 0.35 * opacity)
        line = trace if pair.complete else trace.dashed(at, 6 if fixed else 4, width)
        line.draw(image, width, rgb(colour), opacity)
        if pair.part == "off":
            arm = radius * (1.2 if fixed else 1.0)
            bars = [np.add(at, ((-arm, -rise), (arm, rise))) for rise in (-arm, arm)]
            self._stroke(strokes.lines(image, bars, self._beside), colour, opacity)
            return
        dot = strokes.circle(image, at, self._px(_DOT), 1)
        if dot is not None:
            dot.fill(image, rgb(colour), opacity)

    # Targets and distances

    def target(self, target: MarkedTarget) -> None:
        """A small cross in a circle."""
        at, away = self._pixel(target.place)
        share = target_strength(away)
        if share == 0:
            return
        radius, image = self._px(_TARGET_RADIUS), self.sheet.image
        ring = strokes.circle(image, at, radius, self._beside)
        cross = [np.add(at, ((-x, -y), (x, y))) for x, y in ((radius, 0.0), (0.0, radius))]
        bars = strokes.lines(image, cross, self._beside)
        if ring is not None and bars is not None:
            for trace in (ring, bars):
                trace.draw(image, self._width(_LINE) + 2 * self._px(1), _DARK, share * _RIM)
            for trace in (ring, bars):
                trace.draw(image, self._width(_LINE), rgb(ERROR_COLOUR), share)
        self._take(at, radius + self._px(2))
        text = target.name if self.names else f"T{target.number}"
        self.labels.append(_Label(at, radius + self._px(5), text, ERROR_COLOUR, max(_FAINTEST_NAME, share), (1, 1)))

    def distance(self, distance: MarkedDistance) -> None:
        """A line with ticks at its ends, and its length."""
        (start, near), (end, far) = self._pixel(distance.start), self._pixel(distance.end)
        if max(near, far) > MEASURED_NEAR_MM:
            return
        one, other = np.array(start), np.array(end)
        way, length = other - one, math.dist(start, end)
        tick = self._px(_TICK)
        across = np.array([-way[1], way[0]]) * (tick / length) if length > 0 else np.array([0.0, tick])
        runs = [np.array([one, other]), *(np.array([at - across, at + across]) for at in (one, other))]
        self._stroke(strokes.lines(self.sheet.image, runs, self._beside), "#ffffff", 1.0)
        for at in (start, end):
            self._take(at, tick)
        side = (1 if way[0] >= 0 else -1, -1)
        self.labels.append(_Label(end, tick + self._px(3), f"{distance.length_mm:.1f} mm", BRIGHT, 1.0, side))

    # Predicted error

    def error(self, error: PredictedError) -> None:
        """The lines at round levels with their numbers."""
        found = error_lines(error.tre_mm, self.plane, self.viewport, error.grid)
        runs = [self.viewport.pixels(piece) for line in found for piece in line.pieces]
        trace = strokes.lines(self.sheet.image, runs, self._beside)
        if trace is not None:
            width = self._width(_THIN)
            trace.draw(self.sheet.image, width + 2 * self._px(0.8), _DARK, 0.4)
            trace.draw(self.sheet.image, width, rgb(ERROR_COLOUR), 0.75)
        high = self.sheet.letters(_LETTERS)
        for line in found:
            if line.label is None:
                continue
            x, y = self.viewport.pixels(line.label).tolist()
            number = f"{line.level_mm:g}"
            half = self.sheet.length(number, _LETTERS) / 2 + self._px(2)
            room = (x - half, y - high / 2, x + half, y + high / 2)
            if any(_shared(room, other) > 0 for other in self.taken):
                continue  # crowded numbers could not be read, and the next line has its own
            self.sheet.draw.rectangle(tuple(map(round, room)), (0, 0, 0, 110))
            self.sheet.write((x + 0.5, y + 0.5), number, _LETTERS, ERROR_COLOUR, anchor="mm")
            self.taken.append(room)

    def legend(self, doubtful: bool) -> None:
        """What the lines are, at the lower left, and that they cannot be believed while a pair does not fit."""
        (width, height), sheet = self._size, self.sheet
        edge, letter, step = sheet.px(10), sheet.letters(17), 1.35 * sheet.letters(13)
        room, bottom = width / 2 - letter - edge, float(height - edge)  # left of the letter at the lower edge
        said = min((_wrapped(sheet, text, room) for text in LEGEND), key=lambda lines: len(lines) > _MOST_LINES)
        if len(said) > _MOST_LINES or max(sheet.length(text, 13) for text in said) > room:
            room, bottom = width - 2 * edge, bottom - 1.3 * letter
            said = _wrapped(sheet, LEGEND[1], room)
        lines = [(text, ERROR_COLOUR) for text in said]
        lines += [(text, WARNING_COLOUR) for text in _wrapped(sheet, DOUBT, room) if doubtful]
        top = bottom - step * len(lines)
        self.taken.append((edge, top, edge + max(sheet.length(text, 13) for text, _ in lines), bottom))
        for number, (text, colour) in enumerate(lines):
            sheet.write((edge, top + number * step), text, 13, colour)

    # Labels

    def write_labels(self) -> None:
        """Each beside its mark: on the side that it should stand on, or the next that is free and in the picture."""
        room = min(self._px(_LONGEST), 0.45 * self._size[0])
        for label in self.labels:
            length = min(room, self.sheet.length(label.text, _LETTERS))
            places = [self._beside_mark(label, length, side) for side in _sides_from(*label.side)]
            place = min(places, key=self._hidden)
            if _shared(place, (0, 0, *self._size)) == 0:
                continue
            self.taken.append(place)
            at = (place[0] + 0.5, (place[1] + place[3]) / 2 + 0.5)
            colour, opacity = label.colour, label.opacity
            self.sheet.write(at, label.text, _LETTERS, colour, anchor="lm", room=room, opacity=opacity)

    def _beside_mark(self, label: _Label, length: float, side: tuple[int, int]) -> _Room:
        (x, y), high = label.at, self.sheet.letters(_LETTERS)
        left = (x - label.reach - length, x - length / 2, x + label.reach)[side[0] + 1]
        if not side[0]:
            left = max(0.0, min(left, self._size[0] - length))
        middle = y + side[1] * (0.55 * high if side[0] else label.reach + high / 2)
        return left, middle - high / 2, left + length, middle + high / 2

    def _hidden(self, room: _Room) -> float:
        """How much of a label would lie on something else or outside, in pixels²."""
        left, top, right, bottom = room
        inside = _shared(room, (0, 0, *self._size))
        return 4 * ((right - left) * (bottom - top) - inside) + sum(_shared(room, other) for other in self.taken)


def _points(pair: MarkedPair) -> list[tuple[str, tuple[float, float, float]]]:
    """The points that there are, by their image."""
    both = (("fixed", pair.fixed), ("moving", pair.moving))
    return [(side, point) for side, point in both if point is not None]


def _sides_from(across: int, down: int) -> tuple[tuple[int, int], ...]:
    """The corners about a mark, the wanted one first, then right above and below it."""
    return (across, down), (across, -down), (-across, down), (-across, -down), (0, down), (0, -down)


def _shared(one: _Room, other: _Room) -> float:
    """What two boxes have in common, in pixels²."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def _wrapped(sheet: Sheet, text: str, room: float) -> list[str]:
    """A text in lines that are not longer than so many pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and sheet.length(longer, 13) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
