"""What a report keeps of how its pose was found, and the same made again to see whether it is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.mirroring import AXES, mirror
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.displacement import displacement
from fusionviewer.registration import (
    Box,
    LandmarkPull,
    Region,
    RegistrationResult,
    RegistrationSettings,
    Start,
    fit_landmarks,
    register,
)
from fusionviewer.session.records import (
    box_from_record,
    limits_from_record,
    listed,
    number,
    one_of,
    pose_from_record,
    pose_record,
    settings_from_record,
    settings_record,
    some_point,
    text,
)
from fusionviewer.session.state import SIDES, FusionState, Side

Record: TypeAlias = dict[str, Any]

SAME_ENTRIES: Final = 1e-6
"""How far entries of the matrix may differ where the same versions computed both,"""

SAME_MM: Final = 0.05
"""and how far the corners of the head's box may lie apart where others did."""

_SAME_PAIRS_MM: Final = 1e-6
_SAME_FIT_MM: Final = 1e-3
_THE_MASK: Final = "the mask"
_BUILD: Final = ("fusionviewer", "numpy", "simpleitk", "platform")

_NO_RUN: Final = {
    "header": "The pose is the scanner's own: no registration has found it.",
    "centre": "The pose puts the centres of the images on each other: no registration has found it.",
    "correction": "The pose is a correction by the check of the fusion: no registration gives it again.",
    "file": "The pose comes from a file: how it was found is not known.",
    "hand": "The pose was adjusted manually: no registration gives it again.",
}
_LOST_RUN: Final = "The run that found the pose was not kept: the images were exchanged, or the study is an old one."
_REMEDY: Final = "Register the images, and write a new report."


def replay_record(state: FusionState, mask_fingerprint: str = "") -> Record:
    """What a report keeps to make its pose again, as a JSON object; LPS mm, poses 4×4 `moving_from_fixed`.

    `kind` is "registration", "landmarks", or null with a sentence in `why_not`. `missing` are sentences about what the
    run had and the study no longer has. `mask_fingerprint` is that of the study's mask.
    """
    alignment = state.alignment
    run, pose = alignment.run, alignment.moving_from_fixed
    out: Record = {"kind": None, "why_not": "", "missing": [], "moving_from_fixed": pose_record(pose)}
    if alignment.origin == "landmarks":
        return out | _fit_record(state)
    if run is None:
        return out | {"why_not": _NO_RUN.get(alignment.origin, _LOST_RUN)}
    region, missing_region = _region_record(state, run, mask_fingerprint)
    pull, missing_pull = _pull_record(state, run)
    limits = None
    if run.bounds is not None:
        limits = {"max_shift_mm": run.bounds.max_shift_mm, "max_rotation_deg": run.bounds.max_rotation_deg}
    return out | {
        "kind": "registration",
        "missing": [*missing_region, *missing_pull],
        "start_kind": run.start_kind,
        "start": pose_record(run.start),
        "settings": settings_record(run.settings),
        "limits": limits,
        "region": region,
        "landmarks": pull,
    }


def _fit_record(state: FusionState) -> Record:
    """The pairs of a fit, if they still give its pose."""
    fixed, moving = state.used_points()
    why_not = "The landmarks have changed since the fit: it cannot be made again."
    try:
        fitted = fit_landmarks(fixed, moving, state.used_fle()).moving_from_fixed
    except BadArgument:
        return {"why_not": why_not}
    if displacement(fixed, fitted, state.alignment.moving_from_fixed).max_mm > _SAME_FIT_MM:
        return {"why_not": why_not}
    return {"kind": "landmarks", "landmarks": _points_record(fixed, moving, state.used_fle(), 1.0)}


def _points_record(fixed: Points, moving: Points, fle_mm: Sequence[float], weight: float) -> Record:
    return {
        "weight": weight,
        "fixed_lps_mm": fixed.tolist(),
        "moving_lps_mm": moving.tolist(),
        "fle_mm": [float(mm) for mm in fle_mm],
    }


def _region_record(
    state: FusionState, run: RegistrationResult, mask_fingerprint: str
) -> tuple[Record | None, list[str]]:
    """The region that a run was restricted to, and what of it the study no longer has."""
    if not run.only:
        return None, []
    box = state.region.box if state.region else None
    masked = run.only.endswith(_THE_MASK)
    have = [str(Region(box=box))] if box else []
    have += [_THE_MASK] if masked and mask_fingerprint else []
    if " and ".join(have) != run.only:
        return None, [f"The run was restricted to {run.only}, which the study no longer has."]
    return {"box": box, "mask_fingerprint": mask_fingerprint if masked else ""}, []


def _pull_record(state: FusionState, run: RegistrationResult) -> tuple[Record | None, list[str]]:
    """The landmarks that held a run, and whether the study still has the same ones."""
    if run.landmarks is None:
        return None, []
    fixed, moving = state.used_points()
    told = run.landmarks
    if len(fixed) == told.pairs:
        pull = LandmarkPull(fixed, moving, np.asarray(state.used_fle()), told.weight)
        apart = pull.distances_mm(run.moving_from_fixed)
        found = (float(apart.mean()), float(apart.max()), float(pull.fle_mm.mean()))
        if np.allclose(found, (told.after_mean_mm, told.after_max_mm, told.fle_mm), rtol=0, atol=_SAME_PAIRS_MM):
            return _points_record(fixed, moving, state.used_fle(), told.weight), []
    return None, ["The landmarks that held the run have changed since."]


@dataclass(frozen=True, eq=False)
class Replay:
    """A report as it can be made again."""

    kind: Literal["registration", "landmarks"]
    moving_from_fixed: RigidTransform
    """The report's pose."""
    fingerprints: Mapping[Side, str]
    mirrored: Mapping[Side, tuple[Axis, ...]]
    versions: Mapping[str, str]
    start: Start = "auto"
    start_kind: str = ""
    settings: RegistrationSettings = RegistrationSettings()  # noqa: RUF009 - immutable
    limits: tuple[float | None, float | None] = (None, None)
    """Of translation (mm) and rotation (degrees)."""
    box: Box | None = None
    mask_fingerprint: str = ""
    pull: LandmarkPull | None = None


@dataclass(frozen=True)
class Replayed:
    """How a replay compares with its report. `max_mm` is at the corners of the head's box."""

    same: bool
    same_build: bool
    max_entry: float
    """The largest difference of two entries of the matrices."""
    max_mm: float
    moving_from_fixed: RigidTransform
    seconds: float | None
    """Of the registration; None for a fit to landmarks."""


def read_replay(told: Record) -> Replay:
    """What a report's record says of how its pose was found. Raises UnreadableInput, also if it cannot be repeated."""
    try:
        kept = told["replay"]
        if kept["kind"] is None:
            raise UnreadableInput(f"Nothing can be replayed. {text(kept['why_not'])}", _REMEDY)
        if kept["missing"]:
            sentences = " ".join(text(one) for one in listed(kept["missing"]))
            raise UnreadableInput(f"The run cannot be replayed. {sentences}", _REMEDY)
        return _read(told, kept)
    except (BadArgument, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UnreadableInput("The report is damaged.", "Write it again with fusionviewer report.") from error


def _read(told: Record, kept: Record) -> Replay:
    images = told["images"]
    common: Record = {
        "kind": one_of(kept["kind"], ("registration", "landmarks")),
        "moving_from_fixed": pose_from_record(kept["moving_from_fixed"]),
        "fingerprints": {side: text(images[side]["fingerprint"]) for side in SIDES},
        "mirrored": {side: tuple(one_of(a, AXES) for a in listed(images[side]["mirrored"])) for side in SIDES},
        "versions": {text(name): text(value) for name, value in told["versions"].items()},
    }
    pull = None if kept["landmarks"] is None else _pull_from_record(kept["landmarks"])
    if common["kind"] == "landmarks":
        if pull is None:
            raise ValueError("there are no landmarks")
        return Replay(**common, pull=pull)
    start_kind, region = text(kept["start_kind"]), kept["region"]
    limits = None if kept["limits"] is None else limits_from_record(kept["limits"])
    return Replay(
        **common,
        start="auto" if start_kind == "auto" else pose_from_record(kept["start"]),
        start_kind=start_kind,
        settings=settings_from_record(kept["settings"]),
        limits=(None, None) if limits is None else (limits.max_shift_mm, limits.max_rotation_deg),
        box=None if region is None else box_from_record(region["box"]),
        mask_fingerprint="" if region is None else text(region["mask_fingerprint"]),
        pull=pull,
    )


def _pull_from_record(kept: Record) -> LandmarkPull:
    fixed, moving = (
        np.array([some_point(p) for p in listed(kept[key])]).reshape(-1, 3) for key in ("fixed_lps_mm", "moving_lps_mm")
    )
    return LandmarkPull(fixed, moving, np.array([number(v) for v in listed(kept["fle_mm"])]), number(kept["weight"]))


def same_image(asked: Replay, side: Side, volume: Volume) -> Volume:
    """The image as the report used it: mirrored, if it was. Raises BadArgument if it is another one."""
    if volume.fingerprint_on_disk != asked.fingerprints[side]:
        raise BadArgument(
            f"The {side} image is not the one of the report: its fingerprint is {volume.fingerprint_on_disk}, and the "
            f"report has {asked.fingerprints[side]}.",
            "Give the same files in the same order, as they were.",
        )
    for axis in AXES:
        if (axis in asked.mirrored[side]) != (axis in volume.mirrored):
            volume = mirror(volume, axis)
    return volume


def replay(
    asked: Replay,
    fixed: Volume,
    moving: Volume,
    *,
    now: Mapping[str, str],
    mask: Volume | None = None,
    observer: Observer | None = None,
) -> Replayed:
    """Find the report's pose again, and compare. The images are as `same_image` gives them.

    `now` are the versions that compute it. Raises BadArgument for another mask, RegistrationFailed, Cancelled.
    """
    observer = observer or Observer()
    if asked.kind == "landmarks" and asked.pull is not None:
        fit = fit_landmarks(asked.pull.fixed_points, asked.pull.moving_points, asked.pull.fle_mm)
        found, seconds = fit.moving_from_fixed, None
    else:
        run = _run_again(asked, fixed, moving, mask, observer.part(0.0, 0.95))
        found, seconds = run.moving_from_fixed, run.seconds
    try:
        corners = head_mask(fixed).corners
    except UnreadableInput:  # a fit to landmarks needs no head
        corners = fixed.grid.corners
    entry = float(np.abs(found.matrix - asked.moving_from_fixed.matrix).max())
    max_mm = displacement(corners, asked.moving_from_fixed, found).max_mm
    same_build = all(now.get(name) == asked.versions.get(name) for name in _BUILD)
    same = entry <= SAME_ENTRIES if same_build else max_mm <= SAME_MM
    return Replayed(same, same_build, entry, max_mm, found, seconds)


def _run_again(
    asked: Replay, fixed: Volume, moving: Volume, mask: Volume | None, observer: Observer
) -> RegistrationResult:
    if asked.mask_fingerprint and (mask is None or mask.fingerprint_on_disk != asked.mask_fingerprint):
        raise BadArgument(
            "The run was restricted to a mask, and this is not it." if mask else "The run was restricted to a mask.",
            "Give it with --mask, or the study with --study.",
        )
    mask = mask if asked.mask_fingerprint else None
    region = None if mask is None and asked.box is None else Region(mask, asked.box)
    return register(
        fixed, moving, asked.start, settings=asked.settings,
        max_shift_mm=asked.limits[0], max_rotation_deg=asked.limits[1], start_kind=asked.start_kind,
        region=region, pull=asked.pull, observer=observer,
    )  # fmt: skip


def replayed_text(done: Replayed) -> str:
    """The outcome in sentences."""
    head = f"{done.max_mm:.2g} mm at the corners of the head's box"
    where = "The versions are those of the report" if done.same_build else "The versions are others than the report's"
    bound = f"{SAME_ENTRIES:g} in the matrix" if done.same_build else f"{SAME_MM:g} mm at the corners of the head's box"
    if done.same:
        return f"The same: the transform was found again to within {head}. {where}, so that {bound} may differ."
    return (
        f"It differs: the transform that was found now lies up to {head} from the report's (largest difference in the "
        f"matrix {done.max_entry:.2g}). {where}, so that only {bound} may differ."
    )
