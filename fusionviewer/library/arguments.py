"""What callers may hand over, and the values that are made of it. Everything here raises BadArgument for what is none.

Ranges of numbers are checked where they are used, so that the window and the command line have the same ones.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

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
from fusionviewer.registration.points.fit import MOST_FLE_MM
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, LandmarkPair, Point, Target
from fusionviewer.session.study_file import read_pose

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


def path_of(path: AnyPath) -> Path:
    """The path. Raises BadArgument for an empty one, and for what names no file."""
    try:
        name = os.fspath(path)
    except TypeError:
        name = ""
    if not isinstance(name, str) or not name:
        raise BadArgument(f"{_told(path)} is no path of a file or folder.", "Give its name as a str or a pathlib.Path.")
    return Path(name)


def image_of(image: Image, observer: Observer) -> Volume:
    """The volume itself, or read from its path. Raises BadArgument, UnreadableInput, Cancelled."""
    if isinstance(image, Volume):
        return image
    if not isinstance(image, (str, os.PathLike)):
        raise BadArgument(
            f"{_told(image)} is no image.", "Give a Volume, such as volume_from_array makes, or the path of an image."
        )
    return read_volume(path_of(image), observer=observer)


def transform_of(transform: Transform) -> RigidTransform:
    """The transform itself, or from its matrix or file. Raises BadArgument, UnreadableInput."""
    if isinstance(transform, RigidTransform):
        return transform
    if isinstance(transform, (str, os.PathLike)):
        return read_pose(path_of(transform))
    return RigidTransform.from_matrix(transform)


def numbers_of(values: ArrayLike, shape: tuple[int | None, ...], what: str) -> Points:
    """Finite numbers of a shape; None stands for any length. Raises BadArgument."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        numbers = np.empty(0)
    fits = len(numbers.shape) == len(shape) and all(
        wanted in (None, have) for wanted, have in zip(shape, numbers.shape, strict=True)
    )
    if not (fits and np.isfinite(numbers).all()):
        size = " × ".join("n" if n is None else str(n) for n in shape)
        raise BadArgument(f"{what} is not made of {size} finite numbers.", "Check its shape and values.")
    return numbers


def number_of(value: float, what: str) -> float:
    """A number as a plain float; it may be infinite or not a number. Raises BadArgument."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise BadArgument(f"{what} is {_told(value)}, which is no number.", "Give an int or a float.")
    try:
        return float(value)
    except OverflowError as problem:
        raise BadArgument(f"{what} is too large a number.", "Give one that a float can hold.") from problem


def whole_number_of(value: int, what: str) -> int:
    """A whole number as a plain int. Raises BadArgument."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise BadArgument(f"{what} is {_told(value)}, which is no whole number.", "Give an int.")
    return int(value)


def two_whole_numbers_of(values: tuple[int, int], what: str) -> tuple[int, int]:
    """Two whole numbers. Raises BadArgument."""
    try:
        one, other = values
    except (TypeError, ValueError) as problem:
        raise BadArgument(f"{what} is not made of two whole numbers.", "Give two, for example (4, 3).") from problem
    return whole_number_of(one, f"A number of {what}"), whole_number_of(other, f"A number of {what}")


def text_of(value: str, what: str) -> str:
    """A text that can be written to a file. Raises BadArgument."""
    if not isinstance(value, str):
        raise BadArgument(f"{what} is {_told(value)}, which is no text.", "Give a str.")
    if value.encode("utf-8", "replace").decode("utf-8") != value:
        raise BadArgument(f"{what} holds what cannot be written as UTF-8.", "Leave single surrogates out.")
    return value


def placement_errors_of(fle_mm: Sequence[float], count: int) -> Points:
    """Localisation errors (count,) in mm. Raises BadArgument."""
    errors = numbers_of(fle_mm, (count,), "fle_mm")
    for error in errors.tolist():
        _check_placement_error(error, "A number of fle_mm")
    return errors


def check_one_of(value: object, allowed: Iterable[str], what: str) -> None:
    """Raise BadArgument for a word that is none of those that are allowed."""
    known = list(allowed)
    if not isinstance(value, str) or value not in known:
        raise BadArgument(f"{_told(value)} is no {what}.", f"Use one of: {', '.join(known)}.")


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
    """Landmarks as a study has them, of plain numbers. Raises as `paired`."""
    given: tuple[Any, ...] = () if landmarks is None else _parts(landmarks)
    if all(isinstance(pair, LandmarkPair) for pair in given):
        return tuple(_plain_pair(pair) for pair in given)
    if len(given) != 2:
        raise BadArgument(
            "These are no landmarks.", "Give a study's landmarks, or the fixed points and the moving points."
        )
    both = paired(*given)
    rows = zip(both.names, both.fixed, both.moving, strict=True)
    return tuple(LandmarkPair(name, point_of(fixed), point_of(moving)) for name, fixed, moving in rows)


def targets_of(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Targets as a study has them, of plain numbers. Raises BadArgument."""
    given = _parts(targets)
    if not all(isinstance(target, Target) for target in given):
        raise BadArgument("These are no targets.", 'Give a list of Target("a name", (x, y, z)), LPS mm.')
    out = []
    for target in given:
        name = text_of(target.name, "The name of a target")
        out.append(Target(name, point_of(numbers_of(target.point, (3,), f"The point of “{name}”"))))
    return tuple(out)


def _parts(given: object) -> tuple[Any, ...]:
    """The members of a sequence; those of a text or a mapping would be letters or names, and there are none of 5."""
    if isinstance(given, (str, os.PathLike, Mapping)) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


def _plain_pair(pair: LandmarkPair) -> LandmarkPair:
    """The same pair as a study file can hold it."""
    name = text_of(pair.name, "The name of a landmark")
    fle = None if pair.fle_mm is None else number_of(pair.fle_mm, f"fle_mm of “{name}”")
    if fle is not None:
        _check_placement_error(fle, f"fle_mm of “{name}”")
    check_one_of(pair.use, get_args(PairUse), f"use of “{name}”")
    if not isinstance(pair.locked, (bool, np.bool_)):
        raise BadArgument(f"locked of “{name}” is {_told(pair.locked)}.", "Give True or False.")
    again = []
    for mark in _parts(pair.again):
        if not isinstance(mark, (tuple, list)) or len(mark) != 2:
            raise BadArgument(f"again of “{name}” is not made of pairs (side, point).", 'Give ("fixed", (x, y, z)).')
        side, point = mark
        check_one_of(side, SIDES, f"side of a repeated mark of “{name}”")
        again.append((side, point_of(numbers_of(point, (3,), f"A repeated mark of “{name}”"))))
    return LandmarkPair(
        name,
        _point_or_none(pair.fixed_point, f"fixed_point of “{name}”"),
        _point_or_none(pair.moving_point, f"moving_point of “{name}”"),
        pair.use,
        fle,
        bool(pair.locked),
        text_of(pair.colour, f"colour of “{name}”"),
        tuple(again),
    )


def _point_or_none(point: Point | None, what: str) -> Point | None:
    return None if point is None else point_of(numbers_of(point, (3,), what))


def _check_placement_error(fle_mm: float, what: str) -> None:
    """Raise BadArgument for what is no localisation error."""
    if not 0 < fle_mm <= MOST_FLE_MM:
        raise BadArgument(f"{what} is {fle_mm:g}, which is no localisation error.", "Give mm above 0, for example 1.")


def _told(value: object) -> str:
    """A wrong value as a message can name it: short ones as they are, others by their type."""
    if value is None or isinstance(value, (bool, int, float, str, tuple)):
        written = repr(value)
        if len(written) <= 60:
            return written
    return f"a value of type {type(value).__name__}"


def _called(given: PointSet, otherwise: str) -> str:
    return Path(given).name if isinstance(given, (str, os.PathLike)) else otherwise


def _named(given: PointSet, what: str) -> NamedPoints:
    if isinstance(given, (str, os.PathLike)):
        return read_points(path_of(given))
    if isinstance(given, Mapping):
        named = {text_of(name, f"A name in {what}"): point for name, point in given.items()}
        return NamedPoints.of({name: numbers_of(point, (3,), f"{what}[{name!r}]") for name, point in named.items()})
    points = numbers_of(given, (None, 3), what)
    return NamedPoints(tuple(f"P{n + 1}" for n in range(len(points))), points, in_order=True)
