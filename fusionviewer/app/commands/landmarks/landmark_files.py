"""Commands: landmarks from files and to files. Each file that is read is one step of undo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.exchange.points.formats import ENDINGS, format_of, read_points, write_points
from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags
from fusionviewer.exchange.points.pairs_csv import PointPair, read_pairs, write_pairs
from fusionviewer.exchange.points.questions import outside_of, suggest_readings
from fusionviewer.geometry import Points
from fusionviewer.session.edits import point_of
from fusionviewer.session.landmark_joining import join_pairs, join_points, mismatch
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.session.study_file import SUFFIX

PAIR_TABLE: Final = "name,fixed_x"
"""What a table of pairs begins with."""

_PEEK: Final = 64


def holds_points(path: Path) -> bool:
    """Whether a file that is dropped is one of points, by its ending."""
    name = path.name.lower()
    return name.endswith(ENDINGS) and not name.endswith(SUFFIX) and not os.path.isdir(path)


def holds_pairs(path: Path) -> bool:
    """Whether a file is a table of pairs, and not of points of one image."""
    if not path.name.lower().endswith(".csv") or not os.path.isfile(path):  # a pipe would be waited for
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_PEEK).decode("utf-8-sig", "replace")
    except OSError:
        return False  # what reads it says why it cannot be read
    return "".join(start.lower().split()).startswith(PAIR_TABLE)


def open_dropped(workspace: Workspace, paths: Sequence[Path]) -> None:
    """Read files that were dropped: tables of pairs, or points of an image; of two, the one named so is the moving."""
    if _not_ready(workspace):
        return
    points = workspace.on_disk(lambda: [path for path in paths if not holds_pairs(path)], paths[0])
    if points is None:
        return
    for path in paths:
        if path not in points:
            open_pairs(workspace, path)
    if len(points) == len(SIDES):
        first, second = sorted(
            points, key=lambda path: "moving" in path.name.lower() or "fixed" not in path.name.lower()
        )
        if open_points(workspace, "fixed", first):
            open_points(workspace, "moving", second)
        return
    for path in points:
        side = workspace.questions.choose_points_side(path.name)
        if side is None or not open_points(workspace, side, path):
            return


def open_pairs(workspace: Workspace, path: Path) -> None:
    """Read a table of pairs; ask what becomes of the pairs that there are."""
    if _not_ready(workspace):
        return
    read = workspace.on_disk(lambda: read_pairs(path), path)
    if read is None:
        return
    for side in SIDES:
        placed = [(row, point) for row, pair in enumerate(read) if (point := _side(pair, side)) is not None]
        if not placed:
            continue
        found = _as_meant(workspace, path, side, np.array([point for _, point in placed]))
        if found is None or found[0] != side:
            return
        read = _with_side(read, side, {row: point for (row, _), point in zip(placed, found[1], strict=True)})
    state = workspace.document.state
    count = len(state.landmarks)
    how = workspace.questions.choose_joining(path.name, len(read), count) if count else "instead"
    if how is not None:
        after = join_pairs(state, [_landmark(pair) for pair in read], instead=how == "instead")
        workspace.document.apply(f"Open {path.name}", after)
        workspace.said.emit(f"{_count(len(read), 'pair')} from {path.name}.")


def open_points(workspace: Workspace, side: Side, path: Path) -> bool:
    """Read the points of one image and put them to the pairs of the same names. False: they were not taken."""
    if _not_ready(workspace):
        return False
    if holds_pairs(path):
        open_pairs(workspace, path)
        return False
    volume = workspace.document.state.volume(side)
    read = workspace.on_disk(lambda: read_points(path, None if volume is None else volume.grid), path)
    found = None if read is None else _as_meant(workspace, path, side, read.points)
    if read is None or found is None:
        return False
    side, points = found
    state = workspace.document.state
    different = mismatch(state, read.names)
    pairing = "all" if different is None else workspace.questions.choose_pairing(path.name, side, different)
    if pairing is None:
        return False
    after = join_points(state, side, read.names, [point_of(point) for point in points], pairing)
    workspace.document.apply(f"Open {path.name}", after)
    complete = sum(pair.complete for pair in after.landmarks)
    notes = " ".join(read.notes)
    workspace.said.emit(
        f"{_count(len(points), f'{side} point')} from {path.name}; {_count(complete, 'complete pair')}. {notes}".strip()
    )
    return True


def _as_meant(workspace: Workspace, path: Path, side: Side, points: Points) -> tuple[Side, Points] | None:
    """The image that points (n, 3) are for, and their places, LPS mm; asks where they do not lie in the image."""
    other: Side = "moving" if side == "fixed" else "fixed"
    volume, twin = workspace.document.state.volume(side), workspace.document.state.volume(other)
    if volume is None or not len(points):
        return side, points
    names = f"the {side} image", f"the {other} image"
    suggestions = suggest_readings(points, volume.grid, None if twin is None else twin.grid, *names)
    outside = len(outside_of(points, volume.grid))
    if not suggestions and 2 * outside <= len(points):
        return side, points
    chosen = workspace.questions.choose_reading(path.name, names[0], (outside, len(points)), suggestions)
    if chosen is None:
        return None
    if chosen == "as written":
        return side, points
    return (other if chosen.other_image else side), chosen.apply(points)


def save_pairs(workspace: Workspace, path: Path) -> None:
    """Write all pairs as a table, LPS mm."""
    pairs = [
        PointPair(pair.name, pair.fixed_point, pair.moving_point, pair.use, pair.fle_mm, pair.colour, pair.locked)
        for pair in workspace.document.state.landmarks
    ]
    if workspace.written(lambda: write_pairs(path, pairs), path):
        workspace.exported.emit(f"Saved {_count(len(pairs), 'pair')} as {path.name}.", path)


def save_points(workspace: Workspace, path: Path, side: Side, key: str = "") -> None:
    """Write the points of one image in a format, by default in the one that the ending of the name means."""
    placed = [pair for pair in workspace.document.state.landmarks if pair.point(side) is not None]
    points = NamedPoints(
        tuple(pair.name for pair in placed),
        np.array([pair.point(side) for pair in placed], dtype=np.float64),
        tuple(PointFlags(locked=pair.locked, selected=pair.use != "off") for pair in placed),
    )
    chosen = workspace.attempt(lambda: format_of(path, key))
    if chosen is not None and workspace.written(lambda: write_points(path, points, key), path):
        lost = "" if chosen.keeps_names else " This format keeps no names, only their order."
        workspace.exported.emit(f"Saved {_count(len(placed), f'{side} point')} as {path.name}.{lost}", path)


def _not_ready(workspace: Workspace) -> bool:
    """Points lie in images: without both of them nothing can be said about them."""
    if workspace.refuse_if_busy():
        return True
    if not workspace.document.state.has_pair:
        workspace.refuse(FusionError("Points of landmarks belong to images.", "Open a fixed and a moving image first."))
    return not workspace.document.state.has_pair


def _landmark(pair: PointPair) -> LandmarkPair:
    return LandmarkPair(
        pair.name, pair.fixed, pair.moving,
        use=pair.role, fle_mm=pair.fle_mm, locked=pair.locked, colour=pair.colour,
    )  # fmt: skip


def _with_side(pairs: tuple[PointPair, ...], side: Side, places: dict[int, Points]) -> tuple[PointPair, ...]:
    """The pairs with other points of one image, by their rows."""
    out = list(pairs)
    for row, place in places.items():
        point = point_of(place)
        out[row] = replace(out[row], fixed=point) if side == "fixed" else replace(out[row], moving=point)
    return tuple(out)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _side(pair: PointPair, side: Side) -> tuple[float, float, float] | None:
    return pair.fixed if side == "fixed" else pair.moving
