"""One assessment of a fusion, with its reasons in order of weight. A guard: it warns, and it is no proof."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Finding, Place, found
from fusionviewer.quality.grades import (
    FINE_MM,
    MIRRORED_EDGES,
    NO_FIT_MM,
    STRETCH_GAIN,
    STRETCH_MM,
    STRETCHED,
    SUSPECT_MM,
    UNSURE_MM,
    VENTRICLES_MM,
    WRONG_MM,
)
from fusionviewer.quality.guard.expected_error import ExpectedError, expected_at, expected_error, group_of
from fusionviewer.quality.second_opinion.bone_distance import bone_distance
from fusionviewer.quality.second_opinion.motion import RADIUS_MM
from fusionviewer.quality.second_opinion.opinion import (
    CLEAR_FIT,
    PreparedPair,
    mirror_share,
    prepared_pair,
    second_opinion,
    ventricles,
    voxel_size,
)
from fusionviewer.quality.second_opinion.residual import Residual

Verdict: TypeAlias = Literal["fine", "look", "wrong"]

SERIOUS: Final = frozenset(
    {"images_apart", "mirror_better", "mirrored_edges", "edges_fit_nowhere", "residual_far", "same_image"}
)
"""What makes a fusion wrong; every other warning makes it one to look at."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a check says of a pose. `reasons` are findings, those that weigh most first.

    `expected` is None where it cannot be judged, `residual` where nothing could be compared. `at_targets` are
    (estimate, upper) in mm for each target that was asked for, in their order.
    """

    verdict: Verdict
    reasons: tuple[Finding, ...]
    expected: ExpectedError | None
    at_targets: tuple[tuple[float, float], ...] | None
    residual: Residual | None
    corrected: RigidTransform | None
    """The pose after the residual motion."""
    shift_mm: tuple[float, float, float] | None
    rotation_deg: tuple[float, float, float] | None
    """The residual motion of the CT in fixed space, about the head's centre; the rotation as a rotation vector."""
    seconds: float


def assess(
    fixed: Volume,
    moving: Volume,
    moving_from_fixed: RigidTransform,
    *,
    targets: Sequence[Place] = (),
    known: Iterable[Finding] = (),
    pair: PreparedPair | None = None,
    observer: Observer | None = None,
) -> Assessment:
    """Judge a pose by evidence that no registration has optimised.

    `targets` are points of fixed space, LPS mm. `known` are findings about the same study: their warnings count.
    `pair` saves preparing the images again. The observer gets progress. Raises Cancelled.
    """
    begun, observer = time.monotonic(), observer or Observer()
    pair = pair or prepared_pair(fixed, moving, observer.part(0.0, 0.5))
    judged = assess_prepared(pair, moving_from_fixed, targets=targets, known=known, observer=observer.part(0.5, 1.0))
    return replace(judged, seconds=time.monotonic() - begun)


def assess_prepared(
    pair: PreparedPair | None,
    moving_from_fixed: RigidTransform,
    *,
    targets: Sequence[Place] = (),
    known: Iterable[Finding] = (),
    observer: Observer | None = None,
) -> Assessment:
    """The same of images that are prepared already; a pair that is None has nothing to compare."""
    begun, observer = time.monotonic(), observer or Observer()
    residual = second_opinion(pair, moving_from_fixed, observer.part(0.0, 0.8)) if pair else None
    if pair is None or residual is None:
        nothing = found("cannot_judge", because="nothing_to_compare")
        alone = Assessment("look", (nothing,), None, None, residual, None, None, None, time.monotonic() - begun)
        return with_known(alone, known)
    expected = expected_error(residual)
    fixed_from_ct = pair.fixed_from_ct(moving_from_fixed)
    ordered = _weighed(_evidence(pair, moving_from_fixed, residual, observer))
    at = None
    if targets:
        at = expected_at(residual, (~fixed_from_ct).apply(np.asarray(targets, dtype=np.float64).reshape(-1, 3)))
    shift, rotation = (fixed_from_ct.rotation @ part for part in (residual.motion[:3], residual.motion[3:] / RADIUS_MM))
    alone = Assessment(
        _verdict(ordered), ordered, expected, at, residual, pair.corrected(moving_from_fixed, residual),
        _three(shift), _three(np.rad2deg(rotation)), time.monotonic() - begun,
    )  # fmt: skip
    return with_known(alone, known)


def with_known(assessment: Assessment, known: Iterable[Finding]) -> Assessment:
    """The same assessment with the warnings among `known` findings about the study, which can only raise an alarm."""
    warnings = [finding for finding in known if finding.level == "warning"]
    reasons = _weighed([*warnings, *assessment.reasons])
    return replace(assessment, verdict=_verdict(reasons), reasons=reasons)


def with_evidence(assessment: Assessment, finding: Finding) -> Assessment:
    """The same assessment with evidence that was looked for later: it counts as if it had been there at once."""
    reasons = _weighed([*(one for one in assessment.reasons if one.code not in _same_matter(finding)), finding])
    return replace(assessment, verdict=_verdict(reasons), reasons=reasons)


def _same_matter(finding: Finding) -> frozenset[str]:
    """The codes that an earlier finding about the same matter may have: `inverse_near` and `inverse_apart`."""
    matter = finding.code.rpartition("_")[0]
    return frozenset({f"{matter}_near", f"{matter}_apart"})


def _evidence(
    pair: PreparedPair,
    moving_from_fixed: RigidTransform,
    residual: Residual,
    observer: Observer,
) -> list[Finding]:
    """What skull and skin say, as findings."""
    out = []
    if residual.unsure_mm > SUSPECT_MM:
        observer.report(0.8, "comparing with the mirrored head")
        share = mirror_share(pair, moving_from_fixed, residual)
        if share > MIRRORED_EDGES:
            out.append(found("mirrored_edges", mirror_share=share))
    if residual.unsure_mm > STRETCH_MM:
        size = voxel_size(pair, moving_from_fixed, residual)
        clear = size is not None and size.clearness >= CLEAR_FIT and size.gain >= STRETCH_GAIN
        if size is not None and clear and abs(size.share) >= STRETCHED:
            axis = patient_axis(np.asarray(size.axis))
            out.append(found("voxel_size_wrong", percent=100 * size.share, axis=axis, image_axis=size.number))
    worst = max(residual.patches, key=lambda patch: abs(patch.distance_mm), default=None)
    where = None if worst is None else _place(pair.fixed_from_ct(moving_from_fixed).apply(worst.middle))
    if residual.unsure_mm > NO_FIT_MM:
        out.append(found("edges_fit_nowhere", where, unsure_mm=residual.unsure_mm, misfit_mm=residual.misfit_mm))
    elif residual.unsure_mm > UNSURE_MM or group_of(residual.unsure_mm) is None:
        if residual.p95_mm - 2 * residual.unsure_mm > WRONG_MM:  # by how much is not sure, but that it is far is
            out.append(_motion_found(residual))
        out.append(found("cannot_judge", where, because="unsure", unsure_mm=residual.unsure_mm))
    else:
        out.append(_motion_found(residual))
    bone = bone_distance(residual)
    if bone is not None:
        at = _place(pair.fixed_from_ct(moving_from_fixed).apply(bone.worst_place))
        distances = {"mean_mm": bone.mean_mm, "median_mm": bone.median_mm}
        out.append(found("bone_distance", at, **distances, worst=bone.worst, regions=bone.by_region))
    brain = ventricles(pair, moving_from_fixed)
    if brain is not None:
        fixed_from_ct = pair.fixed_from_ct(moving_from_fixed)
        code = "ventricles_apart" if brain.distance_mm > VENTRICLES_MM else "ventricles_near"
        shift = (fixed_from_ct.rotation @ np.asarray(brain.shift_mm)).tolist()
        at = _place(fixed_from_ct.apply(np.asarray(brain.middle)))
        out.append(found(code, at, distance_mm=brain.distance_mm, shift_mm=shift))
    return out


def _motion_found(residual: Residual) -> Finding:
    """How far off the pose is."""
    moved = residual.p95_mm
    code = "residual_far" if moved > WRONG_MM else "residual_some" if moved > FINE_MM else "residual_small"
    shift = float(np.linalg.norm(residual.motion[:3]))
    turn = float(np.rad2deg(np.linalg.norm(residual.motion[3:]) / RADIUS_MM))
    return found(code, p95_mm=moved, shift_mm=shift, rotation_deg=turn, unsure_mm=residual.unsure_mm)


def _weighed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings: what makes it wrong, other warnings, notes, facts."""

    def weight(finding: Finding) -> int:
        if finding.code in SERIOUS:
            return 0
        return {"warning": 1, "note": 2, "fact": 3}[finding.level]

    return tuple(sorted(findings, key=weight))


def _verdict(reasons: Sequence[Finding]) -> Verdict:
    if any(one.code in SERIOUS for one in reasons):
        return "wrong"
    return "look" if any(one.level != "fact" for one in reasons) else "fine"


def patient_axis(axis: Points) -> str:
    """Which way a direction (3,) of LPS runs in the patient."""
    return ("left–right", "front–back", "head–feet")[int(np.argmax(np.abs(axis)))]


def _three(v: Points) -> tuple[float, float, float]:
    x, y, z = (float(n) for n in v)
    return x, y, z


def _place(point: Points) -> Place:
    return _three(np.asarray(point))
