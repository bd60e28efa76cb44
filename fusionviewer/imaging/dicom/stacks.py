"""From the slices of a series to a stack that is a volume, or the reason why they are none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader
from fusionviewer.imaging.dicom.remarks import remarks_of
from fusionviewer.imaging.dicom.series_choice import Plane
from fusionviewer.imaging.intake import FEW_SLICES, check_size, check_spacing, is_possible_mm
from fusionviewer.imaging.reading.unplaced import check_can_be_stacked, needs_spacing

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

MOST_STRAIGHTENED: Final = 4.0
"""So many times its slices a volume of slices that lean may be, once they are put straight."""

SAME_AXES: Final = 0.004
"""How far the cosines of two slices of one stack may differ."""

MAIN_SHARE: Final = 0.7
"""Share of the images that must belong together for the others to be left out as localizers."""

_MOST_NAMED: Final = 6
_FEWEST_FOR_STRAYS: Final = 5
_OTHERS: Final = "images of another orientation or size (localizers) were"

MOST_STRAYS: Final = 0.05
"""Share of the slices that may lie apart from all others, and are left out then; one may always."""

_OBLIQUE_DEG: Final = 30.0
"""A plane that is turned further than this out of the nearest one of the patient's has none of their names."""

_PLANES: Final[tuple[Plane, ...]] = ("sagittal", "coronal", "axial")
"""By the axis (x, y, z) on which the plane stands."""


@dataclass(frozen=True, eq=False)
class Stack:
    """Parallel slices of one size, sorted along their normal, each at a place of its own."""

    slices: tuple[SliceHeader, ...]
    notes: tuple[str, ...]
    """What was left out, and what will be corrected."""
    left_out: tuple[str, ...] = ()
    """The former alone."""
    copies: Mapping[SliceHeader, tuple[SliceHeader, ...]] = field(default_factory=dict)
    """Further slices at the places of some: one may be read where the first cannot."""

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
    """The volume in a series, or in a part of one. Raises UnreadableInput with the reason if there is none."""
    placed, notes = _placed(series)
    main, more = _main_part(placed)
    slices, copies = _one_at_each_place(main)
    one, many = "slice is there more than once", "slices are there more than once"
    found = [*notes, *more, *_counted(len(copies), one, many, _LAST_TAKEN if series.last_first else _FIRST_TAKEN)]
    if "LOCALIZER" in series.facts.image_type and len(slices) < FEW_SLICES:
        raise UnreadableInput(f"It is a localizer of {len(slices)} slices, not a volume.", "Choose another series.")
    slices, strays = _without_strays(slices)
    found.extend(_counted(strays, "slice lies apart from all others", "slices lie apart from all others", _LEFT_OUT))
    if series.announced > len(series.slices):
        found.append(f"The scanner made {series.announced} images; {len(series.slices)} are here.")
    return replace(checked_stack(slices, (*series.remarks, *found, *remarks_of(series))), copies=copies)


def checked_stack(slices: tuple[SliceHeader, ...], notes: tuple[str, ...]) -> Stack:
    """Slices in their order as a stack, with notes on what will be corrected. Raises UnreadableInput as `stack_of`."""
    if len(slices) < 2:
        raise UnreadableInput("It is a single slice, not a volume.", "Choose the whole series.")
    stack = Stack(slices, notes)
    _check_straight(stack)
    stack = Stack(slices, (*notes, *_gaps(stack)), notes)
    check_spacing(stack.grid.spacing, "the series")
    check_size(stack.grid.size, "the series")
    _check_drift(stack)
    return stack


def plane_of(axes: Points | None) -> Plane:
    """The plane that two directions (2, 3) of unit length span, LPS; empty for None."""
    if axes is None:
        return ""
    normal = np.abs(np.cross(axes[0], axes[1]))
    axis = int(np.argmax(normal))
    return _PLANES[axis] if math.degrees(math.acos(min(1.0, float(normal[axis])))) <= _OBLIQUE_DEG else "oblique"


def _placed(series: SeriesHeaders) -> tuple[list[SliceHeader], tuple[str, ...]]:
    """The grey slices that say where they lie and what their numbers mean, and a note about others."""
    placed = [s for s in series.slices if is_placed(s)]
    if not placed:
        check_can_be_stacked(series)
        raise needs_spacing(series)
    scaled = [s for s in placed if math.isfinite(s.slope) and s.slope and math.isfinite(s.intercept)]
    if not scaled:
        raise UnreadableInput(
            "Its headers do not say how stored numbers become values (rescale slope and intercept).",
            "Export the original series again.",
        )
    one, many = (f"{do} not say how stored numbers become values" for do in ("slice does", "slices do"))
    return scaled, _counted(len(placed) - len(scaled), one, many, _LEFT_OUT)


_LEFT_OUT: Final = ("it was left out", "they were left out")
_LAST_TAKEN: Final = ("the last was taken", "the last of each was taken")
_FIRST_TAKEN: Final = ("the first was taken", "the first of each was taken")


def _counted(n: int, one: str, many: str, done: tuple[str, str] = _FIRST_TAKEN) -> tuple[str, ...]:
    """A note about so many slices and what was done; none about none."""
    if not n:
        return ()
    return (f"1 {one}; {done[0]}.",) if n == 1 else (f"{n} {many}; {done[1]}.",)


def is_placed(header: SliceHeader) -> bool:
    """Whether it is a grey slice that says where it lies."""
    pixel_mm = header.pixel_mm
    known = header.position is not None and header.axes is not None and pixel_mm is not None
    return header.samples == 1 and known and all(is_possible_mm(mm) for mm in pixel_mm or ())


def _main_part(slices: list[SliceHeader]) -> tuple[list[SliceHeader], tuple[str, ...]]:
    """The slices that share one orientation and size; the others are left out if they are few."""
    main, *others = alike(slices)
    if not others:
        return slices, ()
    if len(main) < MAIN_SHARE * len(slices):
        raise UnreadableInput(
            f"It mixes images of {1 + len(others)} orientations or sizes, none of which is the main part.",
            "Put the images that belong together into a folder of their own.",
        )
    return main, (left_out(len(slices) - len(main)),)


def left_out(n: int) -> str:
    """A note about images that belong to no volume."""
    what = "image of another orientation or size (a localizer) was" if n == 1 else _OTHERS
    return f"{n} {what} left out."


def alike(slices: Sequence[SliceHeader]) -> list[list[SliceHeader]]:
    """The slices by size and orientation, the largest group first.

    Headers of one stack differ in the last digits, so that orientations count as the same within half a degree.
    """
    exact: dict[tuple[object, ...], list[SliceHeader]] = {}
    rounded: dict[int, tuple[float, ...]] = {}
    for header in slices:
        assert header.axes is not None
        assert header.pixel_mm is not None
        about = rounded.get(id(header.axes))  # most slices of a series have the very same
        if about is None:
            about = rounded[id(header.axes)] = tuple(np.round(header.axes, 3).ravel().tolist())
        exact.setdefault((header.shape, tuple(round(mm, 3) for mm in header.pixel_mm), about), []).append(header)
    groups: list[list[SliceHeader]] = []
    for kind, members in sorted(exact.items(), key=lambda item: -len(item[1])):
        own = next((group for group in groups if _is_alike(group[0], members[0], kind)), None)
        if own is None:
            groups.append(members)
        else:
            own.extend(members)
    return sorted(groups, key=len, reverse=True)


def _is_alike(one: SliceHeader, other: SliceHeader, kind: tuple[object, ...]) -> bool:
    assert one.axes is not None
    assert other.axes is not None
    assert one.pixel_mm is not None
    same = (one.shape, tuple(round(mm, 3) for mm in one.pixel_mm)) == kind[:2]
    return same and bool(np.abs(one.axes - other.axes).max() <= SAME_AXES)


def depth_of(header: SliceHeader) -> float:
    """How far along its normal a slice lies, mm."""
    assert header.axes is not None
    assert header.position is not None
    return float(header.position @ np.cross(header.axes[0], header.axes[1]))


def at_places(slices: Sequence[SliceHeader]) -> list[list[SliceHeader]]:
    """Parallel slices by their depth along the normal, which grows."""
    axes = slices[0].axes
    assert axes is not None
    normal = np.cross(axes[0], axes[1])
    with_depth = [(float(s.position @ normal), s) for s in slices if s.position is not None]
    places: list[list[SliceHeader]] = []
    last = -np.inf
    for depth, header in sorted(with_depth, key=lambda pair: pair[0]):
        if depth - last > SAME_PLACE_MM:
            places.append([])
            last = depth
        places[-1].append(header)
    return places


def _one_at_each_place(
    slices: list[SliceHeader],
) -> tuple[tuple[SliceHeader, ...], Mapping[SliceHeader, tuple[SliceHeader, ...]]]:
    """One slice for each depth, and those that lie there too. Raises UnreadableInput where all lie at one."""
    places = at_places(slices)
    if len(places) == 1 and len(slices) > 1:
        raise UnreadableInput(
            f"All its {len(slices)} images lie at the same place.", "Choose a series through the head."
        )
    return tuple(place[0] for place in places), {place[0]: tuple(place[1:]) for place in places if len(place) > 1}


def _without_strays(slices: tuple[SliceHeader, ...]) -> tuple[tuple[SliceHeader, ...], int]:
    """The slices without the few that lie beside the line of all others or far beyond its ends, and how many those are.

    A header with one wrong digit must not cost the whole series.
    """
    if len(slices) < _FEWEST_FOR_STRAYS:
        return slices, 0
    places = Stack(slices, ()).places
    depths, beside = places[:, 2], places[:, :2]
    drift = np.median(np.diff(beside, axis=0) / np.diff(depths)[:, None], axis=0)
    off = beside - drift * depths[:, None]
    straight = np.abs(off - np.median(off, axis=0)).max(axis=1) <= STRAY_MM
    gaps = np.diff(depths)
    allowed = _largest_gap(float(np.median(gaps)))
    near = np.concatenate([[gaps[0] <= allowed], np.minimum(gaps[:-1], gaps[1:]) <= allowed, [gaps[-1] <= allowed]])
    keep = straight & near
    strays = int((~keep).sum())
    if not 0 < strays <= max(1.0, MOST_STRAYS * len(slices)):
        return slices, 0
    return tuple(header for header, kept in zip(slices, keep.tolist(), strict=True) if kept), strays


def _largest_gap(usual_mm: float) -> float:
    """What may lie between two slices, mm."""
    return min(LARGEST_GAP_MM, max(SMALL_GAP_MM, LARGEST_GAP_RATIO * usual_mm))


def _check_straight(stack: Stack) -> None:
    depths = stack.places[:, 2] - stack.places[0, 2]
    line = stack.places[0, :2] + depths[:, None] * (stack.places[-1, :2] - stack.places[0, :2]) / depths[-1]
    if np.abs(stack.places[:, :2] - line).max() > STRAY_MM:
        raise UnreadableInput("Its slices do not lie above each other.", "Export the original series again.")


def _check_drift(stack: Stack) -> None:
    """Raise UnreadableInput where slices lie so far beside each other that most of a volume of them would be empty."""
    pixel = np.asarray(stack.grid.spacing[:2])
    wide = np.asarray(stack.grid.size[:2])
    wider = wide + np.abs(stack.drift) * (stack.grid.size[2] - 1) * stack.grid.spacing[2] / pixel
    times = float(np.prod(wider / wide))
    if times > MOST_STRAIGHTENED:
        raise UnreadableInput(
            f"Its slices lie so far beside each other that they would fill 1/{times:.0f} of a volume.",
            "Export the original series again.",
        )


def _gaps(stack: Stack) -> tuple[str, ...]:
    """A note about what will be corrected. Raises UnreadableInput where too much is missing."""
    notes = []
    if not stack.is_even:
        gaps = np.diff(stack.places[:, 2])
        largest = float(gaps.max())
        if largest > _largest_gap(stack.gap_mm):
            raise UnreadableInput(
                f"Slices are missing: there is a gap of {largest:.3g} mm, elsewhere of {stack.gap_mm:.3g} mm.",
                "Export the whole series again.",
            )
        notes.append(
            f"The slices lie unevenly, {float(gaps.min()):.3g} to {largest:.3g} mm apart; "
            f"they were interpolated to {stack.gap_mm:.3g} mm."
        )
        notes.extend(_missing(stack))
    angle = float(np.degrees(np.arctan(np.linalg.norm(stack.drift))))
    if angle > 0:
        notes.append(f"The gantry was tilted by {angle:.1f}°; the slices were put straight by interpolation.")
    return tuple(notes)


def _missing(stack: Stack) -> tuple[str, ...]:
    """Which slices are missing, where all others lie as if none were; the first one is the lowest along the normal."""
    numbers = (stack.places[:, 2] - stack.places[0, 2]) / stack.gap_mm
    whole = np.rint(numbers).astype(int)
    if np.abs(numbers - whole).max() > 2 * EVEN_SHARE:
        return ()
    n, there = int(whole[-1]) + 1, set(whole.tolist())
    absent = [str(k + 1) for k in range(n) if k not in there]
    if not absent or len(absent) > _MOST_NAMED:
        return (f"{len(absent)} of {n} slices are missing.",) if absent else ()
    if len(absent) == 1:
        return (f"Slice {absent[0]} of {n} is missing.",)
    return (f"Slices {', '.join(absent[:-1])} and {absent[-1]} of {n} are missing.",)
