"""From the slices of a series to a stack that is a volume, or the reason why they are none."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader
from fusionviewer.imaging.intake import check_size, check_spacing

SAME_PLACE_MM: Final = 0.01
EVEN_SHARE: Final = 0.05
"""How far a slice may lie from where even spacing puts it, as a share of the spacing."""

LARGEST_GAP_MM: Final = 12.0
LARGEST_GAP_RATIO: Final = 3.5
"""A gap of up to two missing slices is filled by interpolation; with more, too much would be made up."""

SMALL_GAP_MM: Final = 4.0
"""Below this a gap may have any ratio: ordinary slices are as far apart."""

STRAIGHT_MM: Final = 0.1
"""How far slices may drift sideways through the stack before this is corrected (gantry tilt)."""

STRAY_MM: Final = 1.0
"""How far a slice may lie beside the straight line of the others before the stack counts as no volume."""

MAIN_SHARE: Final = 0.7
"""Share of the images that must belong together for the others to be left out as localizers."""


@dataclass(frozen=True, eq=False)
class Stack:
    """Parallel slices of one size, sorted along their normal, each at a place of its own."""

    slices: tuple[SliceHeader, ...]
    notes: tuple[str, ...]

    @cached_property
    def axes(self) -> Points:
        """(3, 3): columns are the directions of i, j and the normal, right-handed."""
        pair = self.slices[0].axes
        assert pair is not None
        return np.stack([pair[0], pair[1], np.cross(pair[0], pair[1])], axis=1)

    @cached_property
    def places(self) -> Points:
        """(n, 3): the first pixels' centres along the axes i, j and normal, mm."""
        return np.stack([s.position for s in self.slices if s.position is not None]) @ self.axes

    @cached_property
    def gap_mm(self) -> float:
        """The distance of neighbouring slices: the mean if they lie evenly, else the median."""
        depths = self.places[:, 2]
        return float(depths[-1] - depths[0]) / (len(depths) - 1) if self.is_even else float(np.median(np.diff(depths)))

    @cached_property
    def is_even(self) -> bool:
        """Whether the slices lie where even spacing puts them."""
        depths = self.places[:, 2]
        even = np.linspace(depths[0], depths[-1], len(depths))
        return bool(np.abs(depths - even).max() <= EVEN_SHARE * (depths[-1] - depths[0]) / (len(depths) - 1))

    @cached_property
    def drift(self) -> Points:
        """(2,): sideways drift along i and j for each millimetre of depth; 0 if it is too little to matter."""
        depths = self.places[:, 2]
        step = (self.places[-1, :2] - self.places[0, :2]) / (depths[-1] - depths[0])
        return step if np.abs(step * (depths[-1] - depths[0])).max() > STRAIGHT_MM else np.zeros(2)

    @cached_property
    def grid(self) -> Grid:
        """The grid of the slices as if they lay evenly and straight above each other, from the first one on."""
        first = self.slices[0]
        assert first.pixel_mm is not None
        assert first.position is not None
        depths = self.places[:, 2]
        n = len(depths) if self.is_even else round((depths[-1] - depths[0]) / self.gap_mm) + 1
        x, y, z = (float(v) for v in first.position)
        return Grid((first.shape[1], first.shape[0], n), (*first.pixel_mm, self.gap_mm), (x, y, z), frozen(self.axes))


def stack_of(series: SeriesHeaders) -> Stack:
    """The volume in a series. Raises UnreadableInput with the reason if there is none."""
    main, notes = _main_part(_placed(series))
    slices, more = _one_at_each_place(_sorted(main))
    stack = Stack(slices, (*notes, *more))
    if len(slices) < 2:
        raise UnreadableInput("It is a single slice, not a volume.", "Choose the whole series.")
    _check_straight(stack)
    found = [*stack.notes, *_gaps(stack)]
    if series.announced > len(series.slices):
        found.append(f"The scanner made {series.announced} images; {len(series.slices)} are here.")
    check_spacing(stack.grid.spacing, "the series")
    check_size(stack.grid.size, "the series")
    return Stack(slices, tuple(found))


def _placed(series: SeriesHeaders) -> list[SliceHeader]:
    """The grey slices that say where they lie."""
    grey = [s for s in series.slices if s.samples == 1]
    if not grey:
        raise UnreadableInput("Its images are in colour.", "Choose the original grey series.")
    placed = [s for s in grey if s.position is not None and s.axes is not None and s.pixel_mm is not None]
    if not placed:
        raise UnreadableInput("Its images do not say where they lie in space.", "Export the original series again.")
    if not all(math.isfinite(s.slope) and s.slope and math.isfinite(s.intercept) for s in placed):
        raise UnreadableInput(
            "Its headers do not say how stored numbers become values (rescale slope and intercept).",
            "Export the original series again.",
        )
    return placed


def _main_part(slices: list[SliceHeader]) -> tuple[list[SliceHeader], tuple[str, ...]]:
    """The slices that share one orientation and size; the others are left out if they are few."""
    kinds = [_kind(s) for s in slices]
    (main, n), *others = Counter(kinds).most_common()
    if not others:
        return slices, ()
    if n < MAIN_SHARE * len(slices):
        raise UnreadableInput(
            f"It mixes images of {1 + len(others)} orientations or sizes, none of which is the main part.",
            "Put the images that belong together into a folder of their own.",
        )
    left = f"{len(slices) - n} images of another orientation or size (localizers) were left out."
    return [s for s, kind in zip(slices, kinds, strict=True) if kind == main], (left,)


def _kind(header: SliceHeader) -> tuple[object, ...]:
    """What slices must share; rounded, because headers of one series differ in the last digits."""
    assert header.axes is not None
    assert header.pixel_mm is not None
    angles = tuple((np.round(header.axes, 2) + 0.0).ravel().tolist())
    return header.shape, angles, tuple(round(mm, 3) for mm in header.pixel_mm)


def _sorted(slices: list[SliceHeader]) -> list[tuple[float, SliceHeader]]:
    axes = slices[0].axes
    assert axes is not None
    normal = np.cross(axes[0], axes[1])
    with_depth = [(float(s.position @ normal), s) for s in slices if s.position is not None]
    return sorted(with_depth, key=lambda pair: pair[0])


def _one_at_each_place(slices: list[tuple[float, SliceHeader]]) -> tuple[tuple[SliceHeader, ...], tuple[str, ...]]:
    """One slice for each depth. Raises UnreadableInput for series over time and the like."""
    places: list[list[SliceHeader]] = []
    last = -np.inf
    for depth, header in slices:
        if depth - last > SAME_PLACE_MM:
            places.append([])
            last = depth
        places[-1].append(header)
    counts = Counter(len(place) for place in places)
    if len(places) == 1 and len(slices) > 1:
        raise UnreadableInput(
            f"All its {len(slices)} images lie at the same place.", "Choose a series through the head."
        )
    if set(counts) == {1}:
        return tuple(place[0] for place in places), ()
    if len(counts) == 1:
        n = next(iter(counts))
        raise UnreadableInput(
            f"It is a 4D series with {n} frames (times, echoes or directions) at each of {len(places)} places.",
            "Put the images of one frame into a folder of their own.",
        )
    usual, _ = counts.most_common(1)[0]
    if usual > 1:
        raise UnreadableInput(
            f"It is a 4D series, and not complete: most places have {usual} images, but not all.",
            "Put the images of one frame into a folder of their own.",
        )
    twice = sum(len(place) > 1 for place in places)
    note = f"{twice} slices are there more than once; the first of each was taken."
    return tuple(place[0] for place in places), (note,)


def _check_straight(stack: Stack) -> None:
    depths = stack.places[:, 2] - stack.places[0, 2]
    line = stack.places[0, :2] + depths[:, None] * (stack.places[-1, :2] - stack.places[0, :2]) / depths[-1]
    if np.abs(stack.places[:, :2] - line).max() > STRAY_MM:
        raise UnreadableInput("Its slices do not lie above each other.", "Export the original series again.")


def _gaps(stack: Stack) -> tuple[str, ...]:
    """A note about what will be corrected. Raises UnreadableInput where too much is missing."""
    notes = []
    if not stack.is_even:
        gaps = np.diff(stack.places[:, 2])
        largest = float(gaps.max())
        allowed = min(LARGEST_GAP_MM, max(SMALL_GAP_MM, LARGEST_GAP_RATIO * stack.gap_mm))
        if largest > allowed:
            raise UnreadableInput(
                f"Slices are missing: there is a gap of {largest:.3g} mm, elsewhere of {stack.gap_mm:.3g} mm.",
                "Export the whole series again.",
            )
        notes.append(
            f"The slices lie unevenly, {float(gaps.min()):.3g} to {largest:.3g} mm apart; "
            f"they were interpolated to {stack.gap_mm:.3g} mm."
        )
    angle = float(np.degrees(np.arctan(np.linalg.norm(stack.drift))))
    if angle > 0:
        notes.append(f"The gantry was tilted by {angle:.1f}°; the slices were put straight by interpolation.")
    return tuple(notes)
