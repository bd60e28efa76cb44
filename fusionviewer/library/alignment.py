"""Two images, or pairs of points, to the transform between them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import fusionviewer.registration as engine
from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform
from fusionviewer.library.arguments import (
    AnyPath,
    Image,
    Landmarks,
    PointSet,
    Start,
    image_of,
    number_of,
    numbers_of,
    paired,
    pairs_of,
    path_of,
    placement_errors_of,
    transform_of,
    whole_number_of,
)
from fusionviewer.progress import Observer
from fusionviewer.registration import Bounds, LandmarkFit, Region, RegistrationResult, make_box
from fusionviewer.registration.bounds import DEFAULT_ROTATION_DEG, DEFAULT_SHIFT_MM
from fusionviewer.registration.presets import Preset, load_preset
from fusionviewer.session import edits
from fusionviewer.session.state import pull_of

_NAMED: Final[dict[str, engine.Start]] = {"auto": "auto", "header": "header", "centre": "centre", "landmarks": "auto"}
"""Starts by name; the fit to landmarks comes when the images have been read."""


def fit_landmarks(
    fixed_points: PointSet, moving_points: PointSet, fle_mm: Sequence[float] | None = None
) -> LandmarkFit:
    """The rigid fit to three or more pairs: `moving_from_fixed`, `residuals_mm` (n,), `fre_mm`.

    Points are (n, 3) arrays paired by row, or mappings or files paired by name, LPS mm of their own spaces; `fle_mm`
    (n,) is how well each pair could be placed (default: all alike). FRE says how well the pairs agree, not how accurate
    the fit is. What only one side names is left out with a UserWarning. Raises BadArgument where the pairs make no fit.
    """
    pairs = paired(fixed_points, moving_points)
    errors = None if fle_mm is None else placement_errors_of(fle_mm, len(pairs.names))
    return engine.fit_landmarks(pairs.fixed, pairs.moving, errors)


def register(
    fixed: Image,
    moving: Image,
    start: Start = "auto",
    *,
    preset: AnyPath = "rigid-default",
    seed: int | None = None,
    landmarks: Landmarks | None = None,
    landmark_weight: float = 0.0,
    mask: Image | None = None,
    box: Sequence[Sequence[float]] | None = None,
    observer: Observer | None = None,
) -> RegistrationResult:
    """Where the moving image lies on the fixed one: `moving_from_fixed`, with its `ending`, `reasons` and `evidence`.

    An `ending` of "doubtful" has a pose that should not be believed without a look; `describe` says why. `start` is
    "auto" (a search over all poses), "header", "centre" (the images' middles on each other), "landmarks" (the fit to
    `landmarks`), or a transform near which the search stays. With a `landmark_weight` of 1 the landmarks hold the
    result about as firmly as the images' last millimetre does. Only what lies where `mask` is not 0, and in `box` (two
    corners, fixed space, LPS mm), counts. `preset` is a name that `fusionviewer presets` lists, or a TOML file. The
    same images, settings and seed give the same result.

    Takes seconds; the observer's reports have a PoseUpdate as their detail. Raises RegistrationFailed, UnreadableInput,
    BadArgument, Cancelled.
    """
    chosen = _chosen(preset, seed)
    given = _Given(start, landmarks, landmark_weight, mask, box)
    return _run(fixed, moving, given, chosen, observer or Observer())


def refine(
    fixed: Image,
    moving: Image,
    start: Start,
    *,
    max_shift_mm: float | None = None,
    max_rotation_deg: float | None = None,
    preset: AnyPath = "refine",
    seed: int | None = None,
    landmarks: Landmarks | None = None,
    landmark_weight: float = 0.0,
    mask: Image | None = None,
    box: Sequence[Sequence[float]] | None = None,
    observer: Observer | None = None,
) -> RegistrationResult:
    """`register` that may not leave its start: within `max_shift_mm` at the head's centre and `max_rotation_deg` of it.

    Both limits are hard, totals and not for each axis; 0 locks a part. Without either, the preset's hold; if one is
    left out, it is 10 mm or 10°. An `ending` of "bounded", and `touched`, say that a limit was reached: the true pose
    may lie beyond. A start "auto" is refused: limits are measured from a start.
    """
    chosen = _chosen(preset, seed)
    if max_shift_mm is not None or max_rotation_deg is not None:
        shift = None if max_shift_mm is None else number_of(max_shift_mm, "max_shift_mm")
        turn = None if max_rotation_deg is None else number_of(max_rotation_deg, "max_rotation_deg")
        chosen = replace(chosen, max_shift_mm=shift, max_rotation_deg=turn)
    elif chosen.max_shift_mm is None and chosen.max_rotation_deg is None:
        chosen = replace(chosen, max_shift_mm=DEFAULT_SHIFT_MM, max_rotation_deg=DEFAULT_ROTATION_DEG)
    given = _Given(start, landmarks, landmark_weight, mask, box)
    return _run(fixed, moving, given, chosen, observer or Observer())


def _chosen(preset: AnyPath, seed: int | None) -> Preset:
    """The preset, with another seed if one is given."""
    chosen = load_preset(preset if isinstance(preset, str) else path_of(preset))
    if seed is None:
        return chosen
    return replace(chosen, settings=replace(chosen.settings, seed=whole_number_of(seed, "seed")))


@dataclass(frozen=True, eq=False)
class _Given:
    """What a run was asked for besides its images and settings."""

    start: Start
    landmarks: Landmarks | None
    weight: float
    mask: Image | None
    box: Sequence[Sequence[float]] | None


def _run(fixed: Image, moving: Image, given: _Given, preset: Preset, observer: Observer) -> RegistrationResult:
    """What can be known to be wrong is refused before an image is read."""
    limits = preset.max_shift_mm, preset.max_rotation_deg
    start, kind = _beginning(given.start)
    if limits != (None, None):
        Bounds.about(RigidTransform.identity(), (0.0, 0.0, 0.0), *limits)
        if kind == "auto":
            raise BadArgument(
                "Limits are measured from a start, and an automatic start is none.",
                'Let start be "header", "centre", "landmarks" or a transform.',
            )
    pairs, weight = pairs_of(given.landmarks), number_of(given.weight, "landmark_weight")
    if bool(pairs) != (kind == "landmarks" or weight != 0):
        raise BadArgument(
            "The landmarks would do nothing." if pairs else "There are no landmarks.",
            'Give landmarks together with start="landmarks", a landmark_weight above 0, or both.',
        )
    box = None if given.box is None else make_box(*numbers_of(given.box, (2, 3), "box"))
    mask = None if given.mask is None else image_of(given.mask, observer.part(0.0, 0.01))
    back = image_of(fixed, observer.part(0.01, 0.05))
    front = image_of(moving, observer.part(0.05, 0.1))
    study = edits.set_landmark_weight(replace(edits.new_study(back, front), landmarks=pairs), weight)
    return engine.register(
        back,
        front,
        edits.fit_to_landmarks(study).alignment.moving_from_fixed if kind == "landmarks" else start,
        settings=preset.settings,
        max_shift_mm=limits[0],
        max_rotation_deg=limits[1],
        start_kind=kind,
        region=Region(mask, box) if mask or box else None,
        pull=pull_of(study),
        observer=observer.part(0.1, 1.0),
    )


def _beginning(start: Start) -> tuple[engine.Start, str]:
    """Where a run begins, and what its result calls that. Raises BadArgument, UnreadableInput."""
    if isinstance(start, str) and start in _NAMED:
        return _NAMED[start], start
    if isinstance(start, (str, os.PathLike)):
        if not os.path.exists(start):
            raise BadArgument(
                f"The start “{start}” is neither a file nor one of {', '.join(_NAMED)}.",
                "Check the name and the folder.",
            )
        return transform_of(start), "file"
    return transform_of(start), "current"
