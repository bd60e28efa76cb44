"""What callers may hand over, and the values that are made of it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.formats import read_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.points.pairing import PairedPoints, pair_points
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.edits import point_of
from fusionviewer.session.pose_file import read_pose
from fusionviewer.session.state import LandmarkPair

AnyPath: TypeAlias = str | os.PathLike[str]

Image: TypeAlias = Volume | AnyPath
"""A volume, or what `read_volume` reads."""

Transform: TypeAlias = RigidTransform | ArrayLike | AnyPath
"""A transform, or its 4×4 (row-major, LPS mm), or what `read_transform` reads."""

PointSet: TypeAlias = ArrayLike | Mapping[str, ArrayLike] | AnyPath
"""Points of one image in its own space, LPS mm: (n, 3), or by name, or a file that `fusionviewer landmarks` takes."""

Landmarks: TypeAlias = Sequence[LandmarkPair] | tuple[PointSet, PointSet]
"""Pairs, as a study has them; or the fixed points and the moving points, paired by name or, without names, by row."""

Start: TypeAlias = Literal["auto", "header", "centre", "landmarks"] | Transform

AS_HEADERS_SAY: Final = RigidTransform.identity()


def image_of(image: Image, observer: Observer) -> Volume:
    """The volume itself, or read from its path. Raises UnreadableInput, Cancelled."""
    return image if isinstance(image, Volume) else read_volume(Path(image), observer=observer)


def transform_of(transform: Transform) -> RigidTransform:
    """The transform itself, or from its matrix or file. Raises BadArgument, UnreadableInput."""
    if isinstance(transform, RigidTransform):
        return transform
    if isinstance(transform, (str, os.PathLike)):
        return read_pose(Path(transform))
    try:
        return RigidTransform.from_matrix(transform)
    except (TypeError, ValueError) as problem:
        raise BadArgument(
            f"This is no rigid transform: {problem}.",
            "Give a RigidTransform, such as a result's moving_from_fixed, a 4×4 of numbers, or a file.",
        ) from problem


def numbers_of(values: ArrayLike, shape: tuple[int | None, ...], what: str) -> Points:
    """Finite numbers of a shape; None stands for any length. Raises BadArgument."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    fits = len(numbers.shape) == len(shape) and all(
        wanted in (None, have) for wanted, have in zip(shape, numbers.shape, strict=True)
    )
    if not (fits and np.isfinite(numbers).all()):
        size = " × ".join("n" if n is None else str(n) for n in shape)
        raise BadArgument(f"{what} is not made of {size} finite numbers.", "Check its shape and values.")
    return numbers


def check_one_of(value: object, allowed: Iterable[str], what: str) -> None:
    """Raise BadArgument for a word that is none of those that are allowed."""
    known = list(allowed)
    if value not in known:
        raise BadArgument(f"{value!r} is no {what}.", f"Use one of: {', '.join(known)}.")


def paired(fixed: PointSet, moving: PointSet) -> PairedPoints:
    """The points that both sides have. What only one side names is left out with a UserWarning.

    Raises BadArgument where they do not belong together, UnreadableInput for a file.
    """
    names = _called(fixed, "fixed_points"), _called(moving, "moving_points")
    both = pair_points(_named(fixed, names[0]), _named(moving, names[1]), names)
    if both.unpaired:
        alone = ", ".join(both.unpaired)
        warnings.warn(f"Left out, because only one side has them: {alone}. {both.hint}".rstrip(), stacklevel=3)
    return both


def pairs_of(landmarks: Landmarks | None) -> tuple[LandmarkPair, ...]:
    """Landmarks as a study has them. Raises as `paired`."""
    given: tuple[Any, ...] = tuple(landmarks or ())
    if all(isinstance(pair, LandmarkPair) for pair in given):
        return given
    if len(given) != 2:
        raise BadArgument(
            "These are no landmarks.", "Give a study's landmarks, or the fixed points and the moving points."
        )
    both = paired(*given)
    rows = zip(both.names, both.fixed, both.moving, strict=True)
    return tuple(LandmarkPair(name, point_of(fixed), point_of(moving)) for name, fixed, moving in rows)


def _called(given: PointSet, otherwise: str) -> str:
    return Path(given).name if isinstance(given, (str, os.PathLike)) else otherwise


def _named(given: PointSet, what: str) -> NamedPoints:
    if isinstance(given, (str, os.PathLike)):
        return read_points(Path(given))
    if isinstance(given, Mapping):
        return NamedPoints.of({name: numbers_of(point, (3,), f"{what}[{name!r}]") for name, point in given.items()})
    points = numbers_of(given, (None, 3), what)
    return NamedPoints(tuple(f"P{n + 1}" for n in range(len(points))), points, in_order=True)
