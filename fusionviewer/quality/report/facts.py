"""Everything that a report tells, in numbers: one record that JSON knows, and the screenshots that go with it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.displacement import displacement, overlap
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.guard.assessment import Assessment, assess
from fusionviewer.quality.guard.words import assessment_record
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.prediction_findings import why_no_prediction
from fusionviewer.quality.report.evidence import evidence_record, region_record
from fusionviewer.quality.report.manual_steps import manual_record
from fusionviewer.quality.report.pictures import ReportPicture, error_map, report_pictures
from fusionviewer.quality.report.replay import Record, replay_record
from fusionviewer.quality.report.transform_files import transform_files_record
from fusionviewer.quality.review.history_words import event_text
from fusionviewer.quality.run_findings import evidence_findings
from fusionviewer.quality.wording import ORIGINS, record, row
from fusionviewer.registration import RegistrationResult
from fusionviewer.session.records import pose_record, settings_record
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.review.values import Review, ReviewEvent
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, points_of
from fusionviewer.version import __version__

FORMAT: Final = "fusionviewer report"
REPORT_VERSION: Final = 1

CONVENTION: Final = (
    "4×4, row-major, acting on columns (x, y, z, 1) in LPS mm: +x to the patient's left, +y to the back, +z to the "
    "head. moving_from_fixed maps points of the fixed image to the moving image, as ITK does when it resamples; "
    "fixed_from_moving is its inverse."
)

NOT_COVERED: Final = (
    "The registration is rigid: brain shift after opening the skull or draining fluid is not followed.",
    "Distortion of the MR (gradients, susceptibility near air and metal) is neither measured nor put right.",
    "Thick slices hide motion across them: between two slices nothing was seen.",
    "What lies outside either field of view was not compared, and the transform is a guess there.",
    "The expected error is calibrated on simulations and is no measurement. Only check points measure.",
)

_AT_HEAD: Final = (
    ("Middle of the head", (0.0, 0.0, 0.0)),
    ("Right", (-0.8, 0.0, 0.0)),
    ("Left", (0.8, 0.0, 0.0)),
    ("Front", (0.0, -0.8, 0.0)),
    ("Back", (0.0, 0.8, 0.0)),
    ("Vertex", (0.0, 0.0, 0.8)),
    ("Base", (0.0, 0.0, -0.8)),
)
"""Where the expected error is told: shares of the way from the middle of the head's box to its sides, LPS."""


@dataclass(frozen=True, eq=False)
class Report:
    """A report: all its numbers as a JSON object, its screenshots, and the map of the expected error if it is known."""

    record: Record
    pictures: tuple[ReportPicture, ...]
    error_map: ReportPicture | None = None


def report_of(
    state: FusionState,
    *,
    tolerance_mm: float | None = None,
    names: bool = False,
    mask_fingerprint: str = "",
    observer: Observer | None = None,
) -> Report:
    """The report of a study with both images.

    Without `names` the names of images, landmarks and targets are left out, and the note of the review with them: they
    may tell who the patient is. `tolerance_mm` is one to compare with besides the usual ones, `mask_fingerprint` that
    of the study's mask. Raises BadArgument without two images, Cancelled.
    """
    observer, noted = observer or Observer(), _has_note(state)
    state = state.for_files(descriptions=False) if names else anonymous(state)
    if state.fixed is None or state.moving is None:
        raise BadArgument("The study has only one image.", "A report needs a fixed and a moving image.")
    observer.report(0.0, "looking for the head")
    try:
        corners = head_mask(state.fixed).corners
    except UnreadableInput:
        corners = None
    box = state.fixed.grid.corners if corners is None else corners
    findings = alignment_findings(state, corners)
    places = [(target.name, target.point) for target in state.targets] + _places_of(box)
    checked = assess(
        state.fixed, state.moving, state.alignment.moving_from_fixed,
        targets=[place for _, place in places], known=findings, observer=observer.part(0.05, 0.7),
    )  # fmt: skip
    expected = assessment_record(checked, [name for name, _ in places], [place for _, place in places])
    inside = overlap(box, state.moving.grid, state.alignment.moving_from_fixed).share
    aligned = _alignment_record(state, box)
    out: Record = {
        "format": FORMAT,
        "report_version": REPORT_VERSION,
        "study": study_name(state.fixed, state.moving),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "names_written": names,
        "versions": versions(),
        "images": {side: _image_record(volume) for side, volume in state.volumes().items()},
        "head_overlap": inside,
        "alignment": aligned,
        "transform_files": transform_files_record(state),
        "run": None if state.alignment.run is None else _run_record(state.alignment.run),
        "replay": replay_record(state, mask_fingerprint),
        "evidence": evidence_record(state, checked, inside, aligned["displacement_mm"]["max"]),
        "regions": region_record(checked),
        "landmarks": _landmarks_record(state),
        "manual_steps": manual_record(state),
        "review": _review_record(state, noted),
        "review_history": [_event_record(event) for event in state.alignment.history],
        "findings": [record(finding) for finding in findings],
        "assessment": _with_targets_apart(expected, len(state.targets)),
        "tolerances": _tolerances(state, checked, tolerance_mm),
        "not_covered": list(NOT_COVERED),
    }
    pictures = report_pictures(state, checked, observer.part(0.7, 0.95))
    return Report(out, pictures, error_map(state, checked))


def anonymous(state: FusionState) -> FusionState:
    """The same study with numbers for the names of pairs and targets, without the names of images and the note."""
    volumes = {side: replace(volume, name=f"{side} image") for side, volume in state.volumes().items()}
    review = state.alignment.review
    return replace(
        state.with_volumes(volumes),
        landmarks=tuple(replace(pair, name=f"pair {n}") for n, pair in enumerate(state.landmarks, 1)),
        targets=tuple(replace(target, name=f"T{n}") for n, target in enumerate(state.targets, 1)),
        alignment=replace(
            state.alignment,
            review=None if review is None else _unnamed(review),
            history=tuple(
                replace(event, review=None if event.review is None else _unnamed(event.review))
                for event in state.alignment.history
            ),
        ),
    )


def _unnamed(review: Review) -> Review:
    """The same without its note and the names of targets."""
    places = tuple(replace(one, name="Near a target") if one.of_target else one for one in review.looked_at)
    return replace(review, note="", looked_at=places)


def study_name(fixed: Volume, moving: Volume) -> str:
    """A name that the same two images always have, and that tells of the patient nothing."""
    digest = hashlib.blake2b(digest_size=4)
    digest.update(f"{fixed.fingerprint_on_disk}+{moving.fingerprint_on_disk}".encode())
    return f"Study {digest.hexdigest()}"


def versions() -> dict[str, str]:
    """The versions of what computes a registration."""
    return {
        "fusionviewer": __version__,
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "simpleitk": metadata.version("SimpleITK"),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def _has_note(state: FusionState) -> bool:
    return state.alignment.review is not None and bool(state.alignment.review.note)


def _places_of(box: Points) -> list[tuple[str, tuple[float, float, float]]]:
    low, high = box.min(axis=0), box.max(axis=0)
    out = []
    for name, shares in _AT_HEAD:
        x, y, z = ((low + high) / 2 + np.asarray(shares) * (high - low) / 2).tolist()
        out.append((name, (x, y, z)))
    return out


def _with_targets_apart(assessment: Record, targets: int) -> Record:
    """The record of an assessment whose first places are the study's targets, and the others those over the head."""
    expected = assessment["expected_tre_mm"]
    if expected is None:
        return assessment
    told = expected["targets"]
    return assessment | {"expected_tre_mm": expected | {"targets": told[:targets], "over_head": told[targets:]}}


def _image_record(volume: Volume) -> Record:
    grid = volume.grid
    return {
        "name": volume.name,
        "modality": volume.modality,
        "modality_guessed": volume.modality_guessed,
        "fingerprint": volume.fingerprint_on_disk,
        "mirrored": list(volume.mirrored),
        "size": list(grid.size),
        "spacing_mm": list(grid.spacing),
        "extent_mm": [float(mm) for mm in grid.extent_mm],
        "origin_lps_mm": list(grid.origin),
        "direction": grid.direction.tolist(),
        "pixel_type": volume.array.dtype.name,
        "range": list(volume.value_range),
        "remarks": list(volume.notes),
    }


def _alignment_record(state: FusionState, box: Points) -> Record:
    pose, centre = state.alignment.moving_from_fixed, box.mean(axis=0)
    moved = displacement(box, state.alignment.start, pose)
    numbers = (~pose).euler(centre)
    return {
        "origin": state.alignment.origin,
        "title": ORIGINS[state.alignment.origin],
        "convention": CONVENTION,
        "moving_from_fixed": pose_record(pose),
        "fixed_from_moving": pose_record(~pose),
        "start": pose_record(state.alignment.start),
        "head_centre_lps_mm": centre.tolist(),
        "seen_rotation_deg": list(numbers[:3]),
        "seen_translation_mm": list(numbers[3:]),
        "displacement_mm": {"max": moved.max_mm, "mean": moved.mean_mm},
    }


def _run_record(run: RegistrationResult) -> Record:
    bounds, evidence = run.bounds, []
    if run.evidence is not None:
        evidence = [record(fact) | {"row": list(row(fact))} for fact in evidence_findings(run.evidence, run.only)]
    reached = None
    if bounds is not None:
        shift, angle = bounds.reached(run.moving_from_fixed)
        reached = {
            "max_shift_mm": bounds.max_shift_mm,
            "max_rotation_deg": bounds.max_rotation_deg,
            "centre_lps_mm": bounds.centre.tolist(),
            "shift_mm": shift,
            "rotation_deg": angle,
            "touched": list(run.touched),
        }
    return {
        "ending": run.ending.value,
        "start_kind": run.start_kind,
        "settings": settings_record(run.settings),
        "limits": reached,
        "only": run.only,
        "metric": run.metric,
        "seconds": run.seconds,
        "evidence": evidence,
        "landmarks": None if run.landmarks is None else asdict(run.landmarks),
    }


def _landmarks_record(state: FusionState) -> Record:
    facts = landmark_facts(state)
    trusted = facts.error is not None and why_no_prediction(facts) is None
    checks = [pair for pair in state.landmarks if pair.checks]
    fixed, moving = points_of(checks)
    apart = np.linalg.norm(state.alignment.moving_from_fixed.apply(fixed) - moving, axis=1) if checks else np.empty(0)
    return {
        "fle_mm": facts.fle_mm,
        "fre_mm": None if facts.fit is None else facts.fit.fre_mm,
        "fitted": [
            _pair_record(state.landmarks[pair.index])
            | {"fle_mm": pair.fle_mm, "residual_mm": pair.residual_mm, "leave_one_out_mm": pair.left_out_mm}
            for pair in facts.pairs
        ],
        "held_out": [
            _pair_record(pair) | {"distance_mm": float(mm)} for pair, mm in zip(checks, apart.tolist(), strict=True)
        ],
        "measured_tre_mm": None
        if facts.measured is None
        else {"count": facts.measured.count, "mean": facts.measured.mean_mm, "max": facts.measured.max_mm},
        "predicted_tre_mm": [
            {"name": target.name, "point_lps_mm": list(target.point), "mm": facts.tre_mm(np.asarray(target.point))}
            for target in state.targets
            if trusted
        ],
    }


def _pair_record(pair: LandmarkPair) -> Record:
    return {"name": pair.name, "fixed_lps_mm": pair.fixed_point, "moving_lps_mm": pair.moving_point}


def _review_record(state: FusionState, noted: bool) -> Record | None:
    review = state.alignment.review
    if review is None:
        return None
    return {
        "verdict": review.verdict,
        "by": review.by,
        "date": review.date,
        "note": review.note,
        "note_left_out": noted and not review.note,
        "changed_since": list(changed_since_review(state)),
        "version": review.version,
        "looked_at": [
            {"name": one.name, "result": one.result, "point_lps_mm": list(one.point)} for one in review.looked_at
        ],
        "assessment": None if review.assessed is None else asdict(review.assessed),
    }


def _event_record(event: ReviewEvent) -> Record:
    """An entry of the history; its sentence says what of the review there is to say."""
    return {
        "event": event.kind,
        "date": event.date,
        "by": "" if event.review is None else event.review.by,
        "note": "" if event.review is None else event.review.note,
        "changed_since": list(event.changed),
        "sentence": event_text(event),
    }


def _tolerances(state: FusionState, checked: Assessment, own_mm: float | None) -> list[dict[str, Any]]:
    """Each tolerance in mm with what the expected error says of it, and the measured one where there is any."""
    voxel = max(max(volume.grid.spacing) for volume in state.volumes().values())
    asked: Sequence[tuple[str, float]] = [("Largest voxel dimension", voxel), ("Stereotactic, 1 mm", 1.0)]
    asked = [*asked, ("Own", own_mm)] if own_mm is not None else asked
    measured = landmark_facts(state).measured
    return [
        {
            "name": name,
            "mm": mm,
            "expected": _held(checked, mm),
            "measured": None if measured is None else measured.max_mm <= mm,
        }
        for name, mm in asked
    ]


def _held(checked: Assessment, mm: float) -> str:
    """Whether the expected error keeps to a tolerance: yes, perhaps, no, or it is not known."""
    expected = checked.expected
    if expected is None:
        return "unknown"
    return "yes" if expected.p95_upper_mm <= mm else "perhaps" if expected.p95_mm <= mm else "no"


def sides_of(told: Record) -> list[Record]:
    """The fixed and the moving image of a report's record."""
    return [told["images"][side] for side in SIDES]
