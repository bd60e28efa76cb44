"""The points of two files that belong together: by name, or by their order where a file has no names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import Points


@dataclass(frozen=True, eq=False)
class PairedPoints:
    """What both files have, in the order of the fixed one and by its names; (n, 3) points, LPS mm of their spaces."""

    names: tuple[str, ...]
    fixed: Points
    moving: Points
    unpaired: tuple[str, ...]
    """Names that only one of the files has."""
    hint: str
    """What is known of why they are not paired, as a sentence, or nothing."""


def pair_points(fixed: NamedPoints, moving: NamedPoints, files: tuple[str, str]) -> PairedPoints:
    """The pairs of two files of these names, perhaps none.

    Names are the same if they look the same: however letters with accents are encoded, and however wide the spaces are.
    Raises BadArgument where a file has no names and its order cannot tell which points belong together.
    """
    _check_order(fixed, moving, files)
    here, there = _keys(fixed.names), _keys(moving.names)
    rows = {key: row for row, key in enumerate(there)}
    both = [(row, rows[key]) for row, key in enumerate(here) if key in rows]
    common = {here[row] for row, _ in both}
    alone = [
        (name, key)
        for names, keys in ((fixed.names, here), (moving.names, there))
        for name, key in zip(names, keys, strict=True)
        if key not in common
    ]
    return PairedPoints(
        tuple(fixed.names[row] for row, _ in both),
        np.array([fixed.points[row] for row, _ in both]).reshape(-1, 3),
        np.array([moving.points[row] for _, row in both]).reshape(-1, 3),
        tuple(name for name, _ in alone),
        _hint([name for name, _ in alone]),
    )


def _check_order(fixed: NamedPoints, moving: NamedPoints, files: tuple[str, str]) -> None:
    if not (fixed.in_order or moving.in_order):
        return
    if not set(fixed.names) & set(moving.names):
        nameless, named = files if fixed.in_order else files[::-1]
        raise BadArgument(f"{nameless} has no names, and {named} has.", "Give two files with names, or two without.")
    if len(fixed.names) != len(moving.names):
        counts = [f"{name} holds {len(points.names)}" for name, points in zip(files, (fixed, moving), strict=True)]
        raise BadArgument(
            f"{' points and '.join(counts)}, and without names it is unknown which ones belong together.",
            "Give the same points in the same order, or files with names.",
        )


def _keys(names: Iterable[str]) -> list[str]:
    """What two names must have in common; a name as it stands, if another one of its file looks the same."""
    keys = [" ".join(unicodedata.normalize("NFC", name).split()) for name in names]
    counts = Counter(keys)
    return [key if counts[key] == 1 else name for name, key in zip(names, keys, strict=True)]


def _hint(alone: list[str]) -> str:
    """That two names differ in capitals only."""
    first: dict[str, str] = {}
    for name in alone:
        other = first.setdefault(name.casefold(), name)
        if other != name:
            return f"“{other}” and “{name}” differ in capitals."
    return ""
