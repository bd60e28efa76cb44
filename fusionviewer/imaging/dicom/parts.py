"""The volumes that one series holds: its stacks, and of each the echoes, b-values, times, phases and kinds of image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader
from fusionviewer.imaging.dicom.labels import Labels
from fusionviewer.imaging.dicom.stacks import MAIN_SHARE, alike, at_places, depth_of, is_placed, left_out, plane_of
from fusionviewer.imaging.intake import FEW_SLICES

_KINDS: Final = {
    "W": "water", "WATER": "water", "F": "fat", "FAT": "fat",
    "IP": "in phase", "IN_PHASE": "in phase", "INPHASE": "in phase",
    "OP": "out of phase", "OPP_PHASE": "out of phase", "OUT_PHASE": "out of phase", "OUTPHASE": "out of phase",
    "M": "magnitude", "M_FFE": "magnitude", "M_SE": "magnitude", "M_IR": "magnitude", "MAGNITUDE": "magnitude",
    "P": "phase", "PHASE": "phase", "PHASE MAP": "phase", "PHASE_MAP": "phase",
    "R": "real part", "REAL": "real part", "I": "imaginary part", "IMAGINARY": "imaginary part",
    "ADC": "ADC", "FA": "FA", "TRACEW": "trace", "TRACE": "trace", "MIP": "MIP", "MINIP": "minIP", "MPR": "reformat",
    "T1 MAP": "T1 map", "T2 MAP": "T2 map", "T2_STAR_MAP": "T2* map", "MEAN": "mean", "SUB": "subtraction",
    "DERIVED": "derived", "ORIGINAL": "original",
}  # fmt: skip
"""What a word of the image type means, the first that tells two images apart."""


STACKS_APART_MM: Final = 30.0
"""Parallel slices with such a gap between them may be stacks of their own: the joints of both sides, for one."""


@dataclass(frozen=True)
class _Volume:
    name: str
    slices: tuple[SliceHeader, ...]


def parts_of(series: SeriesHeaders) -> tuple[SeriesHeaders, ...]:
    """The volumes in a series, each with its slices alone; the series itself where it is one volume, or none.

    The first part is the one for which the whole series was taken where few of its images belong to others.
    """
    placed = [header for header in series.slices if is_placed(header)]
    apart = [stack for group in (alike(placed) if placed else ()) for stack in _apart(group)]
    groups = sorted(apart, key=len, reverse=True)
    stacks = [group for group in groups if len(at_places(group)) > 1]
    if not stacks or stacks[0] is not groups[0]:
        return (series,)
    is_main = len(groups[0]) >= MAIN_SHARE * len(placed)
    least = FEW_SLICES if is_main else 2
    stacks = [stacks[0], *(group for group in stacks[1:] if len(at_places(group)) >= least)]
    names = _stack_names(stacks)
    volumes = [
        _Volume(", ".join(part for part in (stack, volume.name) if part), volume.slices)
        for stack, group in zip(names, stacks, strict=True)
        for volume in _volumes(group)
    ]
    if len(volumes) == 1 and len(volumes[0].slices) == len(placed):
        return (series,)
    others = len(placed) - sum(len(volume.slices) for volume in volumes)
    remarks = (*series.remarks, left_out(others)) if others else series.remarks
    return tuple(
        replace(
            series, slices=volume.slices, announced=0, part=number, parts=len(volumes), part_name=volume.name,
            remarks=remarks if number == 1 else series.remarks,
        )
        for number, volume in enumerate(volumes, 1)
    )  # fmt: skip


def _apart(group: list[SliceHeader]) -> list[list[SliceHeader]]:
    """The stacks of a group of parallel slices, which lie further apart than any of them is high."""
    places = at_places(group)
    depths = [depth_of(place[0]) for place in places]
    cuts = [n for n in range(1, len(places)) if depths[n] - depths[n - 1] >= STACKS_APART_MM]
    ends = list(zip((0, *cuts), (*cuts, len(places)), strict=True))
    heights = [depths[last - 1] - depths[first] for first, last in ends]
    gaps = [depths[n] - depths[n - 1] for n in cuts]
    if any(gap <= max(heights[n : n + 2]) for n, gap in enumerate(gaps)) or any(end - begin < 2 for begin, end in ends):
        return [group]  # slices are missing, or one is a stray
    return [[header for place in places[begin:end] for header in place] for begin, end in ends]


def _stack_names(stacks: Sequence[Sequence[SliceHeader]]) -> list[str]:
    """The plane of each stack, numbered where several share it; empty for a single one."""
    if len(stacks) == 1:
        return [""]
    planes = [f"{plane_of(stack[0].axes)} stack".strip() for stack in stacks]
    numbers: Counter[str] = Counter()
    names = []
    for plane in planes:
        numbers[plane] += 1
        names.append(plane if planes.count(plane) == 1 else f"{plane} {numbers[plane]}")
    return names


_EXACT: Final[tuple[tuple[str, Callable[[Labels], Hashable]], ...]] = (
    ("kind", lambda labels: labels.kind),
    ("echo", lambda labels: (labels.echo_ms, labels.echo)),
    ("inversion", lambda labels: labels.inversion_ms),
    ("b", lambda labels: labels.b_value),
    ("time", lambda labels: labels.time),
    ("phase", lambda labels: labels.phase_ms),
    ("acquisition", lambda labels: labels.acquisition),
    ("direction", lambda labels: labels.direction),
)
"""What may tell images at one place apart, the most telling first."""


def _volumes(slices: list[SliceHeader]) -> list[_Volume]:
    """The volumes of a stack that has several images at its places; the stack itself where it has one."""
    places = at_places(slices)
    most = max(len(place) for place in places)
    whole = [_Volume("", tuple(slices))]
    if most == 1:
        return whole
    keys = _telling(places, most)
    usual = Counter(len(place) for place in places).most_common(1)[0][0]
    resolved = all(len({_values(header, keys) for header in place}) == len(place) for place in places)
    if not resolved and usual == 1:
        return whole  # copies: the first of each is taken
    groups: dict[tuple[Any, ...], list[SliceHeader]] = {}
    for place in places:
        seen: Counter[tuple[Any, ...]] = Counter()
        for header in sorted(place, key=_in_time):
            values = _values(header, keys)
            seen[values] += 1
            groups.setdefault((*values, 0 if resolved else seen[values]), []).append(header)
    largest = max(len(group) for group in groups.values())
    if usual == 1 and largest < MAIN_SHARE * len(places):
        return whole  # acquisitions that overlap
    least = FEW_SLICES if usual == 1 else 2
    kept = {values: group for values, group in groups.items() if len(group) == largest or len(group) >= least}
    order = _order(kept, keys, main_first=usual == 1)
    return [_Volume(_name(values, order, keys, kept), tuple(kept[values])) for values in order]


def _telling(places: Sequence[Sequence[SliceHeader]], most: int) -> list[str]:
    """The fewest of the labels, in their order, that tell apart all images at each place, or as many as can be.

    A label with more values than there are images at a place belongs to the slices, not to the volumes.
    """
    keys: list[str] = []
    everything = [header for place in places for header in place]
    told = len(places)
    for name, _ in _EXACT:
        tried = [*keys, name]
        if len({_values(header, tried) for header in everything}) > most:
            continue
        now = sum(len({_values(header, tried) for header in place}) for place in places)
        if now > told:
            keys, told = tried, now
        if told == len(everything):
            break
    return keys


def _values(header: SliceHeader, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(value(header.labels) for name, value in _EXACT if name in keys)


def _in_time(header: SliceHeader) -> tuple[Any, ...]:
    labels = header.labels
    return labels.phase_ms, labels.moment, labels.instance, header.path, header.frame


def _order(
    groups: dict[tuple[Any, ...], list[SliceHeader]], keys: Sequence[str], *, main_first: bool
) -> list[tuple[Any, ...]]:
    """By their labels; kinds of image in the order in which they were made."""
    kinds = list(dict.fromkeys(values[0] for values in groups)) if "kind" in keys else []

    def place(values: tuple[Any, ...]) -> tuple[Any, ...]:
        size = -len(groups[values]) if main_first else 0
        return (size, kinds.index(values[0]), *values[1:]) if kinds else (size, *values)

    return sorted(groups, key=place)


def _name(
    values: tuple[Any, ...],
    order: Sequence[tuple[Any, ...]],
    keys: Sequence[str],
    groups: dict[tuple[Any, ...], list[SliceHeader]],
) -> str:
    """What tells a volume from the others, in words."""
    named = []
    for n, (key, value) in enumerate(zip((name for name, _ in _EXACT if name in keys), values, strict=False)):
        every = list(dict.fromkeys(other[n] for other in order))
        named.append(_in_words(key, value, every))
    if values[-1]:
        same = [other for other in order if other[:-1] == values[:-1]]
        if len(same) > 1:
            named.append(f"{_what_differs(groups, same)} {values[-1]} of {len(same)}")
    return ", ".join(part for part in named if part)


def _in_words(key: str, value: Any, every: list[Any]) -> str:
    number = f"{every.index(value) + 1} of {len(every)}"
    match key:
        case "kind":
            return _kind_words(value, every)
        case "echo":
            return f"echo {value[0]:g} ms" if value[0] and len({one[0] for one in every}) > 1 else f"echo {number}"
        case "inversion":
            return f"inversion {value:g} ms"
        case "b":
            return f"b {value:g}" if value >= 0 else "without a b-value"
        case "direction":
            directed = [one for one in every if any(one)]
            return f"direction {directed.index(value) + 1} of {len(directed)}" if any(value) else ""
    return f"{key} {number}"


def _kind_words(kind: tuple[str, ...], every: list[tuple[str, ...]]) -> str:
    """What is said by the words of the image type that not all have."""
    shared = set.intersection(*(set(one) for one in every))
    told = list(dict.fromkeys(_KINDS[word] for word in reversed(kind) if word in _KINDS and word not in shared))
    same = [one for one in every if {_KINDS.get(word) for word in one if word not in shared} & set(told[:1])]
    if told and len(same) == 1:
        return told[0]
    return " ".join((*told[:1], f"kind {every.index(kind) + 1} of {len(every)}"))


def _what_differs(groups: dict[tuple[Any, ...], list[SliceHeader]], same: Sequence[tuple[Any, ...]]) -> str:
    """By what images were put in order that no label tells apart."""
    first = [groups[values][0].labels for values in same]
    if len({labels.phase_ms for labels in first}) == len(first):
        return "phase"
    return "time" if len({labels.moment for labels in first}) == len(first) else "image"
