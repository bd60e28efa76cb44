"""Parts of a study as plain JSON values and back. Readers raise KeyError, TypeError or ValueError on nonsense."""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from typing import Any, get_args

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform
from fusionviewer.geometry.types import FARTHEST, frozen
from fusionviewer.registration import (
    VALUES_OF,
    Bounds,
    Box,
    Ending,
    Evidence,
    Reason,
    ReasonCode,
    RegistrationResult,
    RegistrationSettings,
    make_box,
)
from fusionviewer.registration.points.fit import MOST_FLE_MM
from fusionviewer.registration.points.landmark_prior import LandmarkReport, check_weight
from fusionviewer.session.alignment import Alternative, AlternativeKind, Limits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, LandmarkPair, Point, Target

Record = dict[str, Any]


def pose_record(pose: RigidTransform) -> list[list[float]]:
    """4×4, row-major."""
    rows: list[list[float]] = pose.matrix.tolist()
    return rows


def pose_from_record(rows: object) -> RigidTransform:
    """The same transform to the last bit, if the file was not edited so that it bends."""
    checked = RigidTransform.from_matrix(rows)
    exact = RigidTransform(frozen(rows))  # type: ignore[arg-type]  # from_matrix has just checked the shape
    return exact if exact.is_close(checked, 1e-12) else checked


def number(value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("not a finite number")
    return float(value)


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def listed(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def one_of(value: object, allowed: tuple[Any, ...]) -> Any:
    """One of the values that are allowed."""
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {allowed}")
    return value


def positive(value: object) -> float:
    """A finite number above 0."""
    if number(value) <= 0:
        raise ValueError(f"{value!r} is not above 0")
    return number(value)


def placement_error(value: object) -> float | None:
    """A localisation error in mm, or None."""
    if value is None:
        return None
    if positive(value) > MOST_FLE_MM:
        raise ValueError(f"{value!r} is no localisation error in mm")
    return number(value)


def some_point(value: object) -> Point:
    """Three numbers."""
    point = point_from_record(value)
    if point is None:
        raise TypeError("there is no point")
    return point


def point_from_record(value: object) -> Point | None:
    """Three numbers, or None."""
    if value is None:
        return None
    return point_of(_coordinate(v) for v in listed(value))


def _coordinate(value: object) -> float:
    """A number that can be one of a place."""
    if abs(number(value)) > FARTHEST:
        raise ValueError("a place that is none")
    return number(value)


def landmark_record(pair: LandmarkPair) -> Record:
    """A landmark pair."""
    return {
        "name": pair.name,
        "fixed_point": pair.fixed_point,
        "moving_point": pair.moving_point,
        "enabled": pair.use != "off",
        "role": "check" if pair.use == "check" else "fit",
        "fle_mm": pair.fle_mm,
        "locked": pair.locked,
        "colour": pair.colour,
        "again": pair.again,
    }


def landmark_from_record(record: Record) -> LandmarkPair:
    """A landmark pair; what an older file does not have is as in a new one."""
    full = {**landmark_record(LandmarkPair("")), **record}
    return LandmarkPair(
        text(record["name"]),
        point_from_record(record["fixed_point"]),
        point_from_record(record["moving_point"]),
        one_of(full["role"], ("fit", "check")) if flag(record["enabled"]) else "off",
        placement_error(full["fle_mm"]),
        flag(full["locked"]),
        text(full["colour"]),
        tuple((one_of(side, SIDES), some_point(point)) for side, point in listed(full["again"])),
    )


def target_record(target: Target) -> Record:
    """A target."""
    return {"name": target.name, "point": target.point}


def target_from_record(record: Record) -> Target:
    """A target."""
    return Target(text(record["name"]), some_point(record["point"]))


def alternative_record(found: Alternative) -> Record:
    """A pose that was found in one of the ways."""
    return {
        "kind": found.kind,
        "moving_from_fixed": pose_record(found.moving_from_fixed),
        "run": run_record(found.run) if found.run else None,
    }


def alternative_from_record(record: Record) -> Alternative:
    """The same back."""
    run = record["run"]
    kind = one_of(record["kind"], get_args(AlternativeKind))
    return Alternative(
        kind, pose_from_record(record["moving_from_fixed"]), None if run is None else run_from_record(run)
    )


def box_from_record(value: object) -> Box | None:
    """Two corners, or None."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError("a box is two points")
    low, high = (point_from_record(corner) for corner in value)
    if low is None or high is None:
        raise ValueError("a box is two points")
    try:
        return make_box(low, high)
    except BadArgument as error:
        raise ValueError(error.message) from error


def weight_from_record(value: object) -> float:
    """How much a run respects the landmarks."""
    weight = number(value)
    try:
        check_weight(weight)
    except BadArgument as error:
        raise ValueError(error.message) from error
    return weight


def limits_from_record(record: Record) -> Limits:
    """Limits of a refinement."""
    return Limits(number(record["max_shift_mm"]), number(record["max_rotation_deg"]))


def settings_record(settings: RegistrationSettings) -> Record:
    """Settings of a run."""
    return asdict(settings)


def settings_from_record(record: Record) -> RegistrationSettings:
    """Settings of a run; those that the file does not name have their defaults."""
    names = {field.name for field in fields(RegistrationSettings)}
    if not names >= set(record):
        raise ValueError("an unknown setting")
    for value in record.values():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            number(part)
    if not isinstance(record.get("seed", 0), int):
        raise TypeError("the seed is not a whole number")
    try:
        plain: Record = {name: tuple(v) if isinstance(v, list) else v for name, v in record.items()}
        return RegistrationSettings(**plain)
    except BadArgument as error:
        raise ValueError(error.message) from error


def run_record(run: RegistrationResult) -> Record:
    """A finished run, its trace included."""
    bounds = run.bounds
    return {
        "moving_from_fixed": pose_record(run.moving_from_fixed),
        "start": pose_record(run.start),
        "start_kind": run.start_kind,
        "ending": run.ending.value,
        "reasons": [reason_record(reason) for reason in run.reasons],
        "settings": settings_record(run.settings),
        "metric": run.metric,
        "seconds": run.seconds,
        "bounds": None
        if bounds is None
        else {
            "start": pose_record(bounds.start),
            "centre_lps_mm": bounds.centre.tolist(),
            "max_shift_mm": bounds.max_shift_mm,
            "max_rotation_deg": bounds.max_rotation_deg,
        },
        "only": run.only,
        "evidence": None if run.evidence is None else asdict(run.evidence),
        "landmarks": None if run.landmarks is None else asdict(run.landmarks),
        "trace": [list(step) for step in run.trace],
    }


def run_from_record(record: Record) -> RegistrationResult:
    """A finished run."""
    bounds = record["bounds"]
    return RegistrationResult(
        moving_from_fixed=pose_from_record(record["moving_from_fixed"]),
        start=pose_from_record(record["start"]),
        start_kind=text(record["start_kind"]),
        ending=Ending(record["ending"]),
        reasons=_reasons(record),
        settings=settings_from_record(record["settings"]),
        metric=number(record["metric"]),
        seconds=number(record["seconds"]),
        bounds=None
        if bounds is None
        else Bounds.about(
            pose_from_record(bounds["start"]),
            [number(v) for v in listed(bounds["centre_lps_mm"])],
            number(bounds["max_shift_mm"]),
            number(bounds["max_rotation_deg"]),
        ),
        only=text(record.get("only", "")),
        evidence=None if record["evidence"] is None else _evidence(record["evidence"]),
        landmarks=_landmarks(record.get("landmarks")),
        trace=tuple((text(stage), int(step), number(metric)) for stage, step, metric in listed(record["trace"])),
    )


def reason_record(reason: Reason) -> Record:
    """Why a run ended as it did."""
    return {"code": reason.code, "values": dict(reason.values)}


def _reasons(record: Record) -> tuple[Reason, ...]:
    """The same back; a study of version 1 has only a text."""
    if "reasons" not in record:
        return (Reason("told", {"text": text(record["reason"])}),)
    return tuple(_reason(reason) for reason in listed(record["reasons"]))


def _reason(record: Record) -> Reason:
    code: ReasonCode = one_of(text(record["code"]), get_args(ReasonCode))
    given, known = record["values"], VALUES_OF[code]
    if not isinstance(given, dict):
        raise TypeError("the values have no names")
    if code == "limit_reached":
        known = {name: kind for name, kind in known.items() if name in given}
        if not known:
            raise ValueError("neither limit was reached")
    return Reason(
        code, {name: text(given[name]) if kind is str else number(given[name]) for name, kind in known.items()}
    )


def _landmarks(record: Record | None) -> LandmarkReport | None:
    if record is None:
        return None
    values: Record = {field.name: number(record[field.name]) for field in fields(LandmarkReport)}
    return LandmarkReport(**values | {"pairs": int(values["pairs"]), "outvoted": int(values["outvoted"])})


def _evidence(record: Record) -> Evidence:
    plain = {"region_mm": 0.0, "mirror_share": 0.0, **record}  # older studies do not have them
    values: Record = {field.name: number(plain[field.name]) for field in fields(Evidence)}
    return Evidence(**values | {"starts": int(values["starts"]), "agreeing": int(values["agreeing"])})
