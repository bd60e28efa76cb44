"""The appendix of a report in words: every number that stands behind the first page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fusionviewer.exchange.transforms.proof import Proof
from fusionviewer.quality.report.blocks import (
    Block,
    Figure,
    Lines,
    Mark,
    Section,
    Table,
    finding_lines,
    millimetres,
    plain,
)
from fusionviewer.quality.report.facts import Report
from fusionviewer.quality.report.replay import Record
from fusionviewer.quality.review.history_words import RESULT_WORDS, SERIOUS_EVENTS

_WITH_NOTE: Final = frozenset({"accepted", "rejected", "note"})
_EVIDENCE: Final = {
    "residual_mm": "Skull and skin off the MR's edges (95 % of the head)",
    "standard_error_mm": "Standard error of that, by the bootstrap",
    "head_overlap": "Head inside the moving image",
    "displacement_mm": "Displacement of the head from the start",
    "contrast": "Similarity vs random poses",
    "mirror_share": "Left–right flip check",
    "parts_mm": "Split-head consistency",
    "rival_share": "Best alternative pose",
    "region_mm": "Region alone against the whole head",
    "limit_shift_mm": "Translation within its limit",
    "limit_rotation_deg": "Rotation within its limit",
}
_UNITS: Final = {"mm": " mm", "degrees": "°"}
_KEPT: Final[dict[str, tuple[str, Mark]]] = {
    "yes": ("kept", "good"), "look": ("worth a look", "look"), "no": ("against the pose", "bad"),
}  # fmt: skip


def appendix_of(report: Report) -> list[Section]:
    """Its sections, in their order."""
    told, pose = report.record, report.record["alignment"]
    out = [
        Section("Transform", (
            _matrix("moving_from_fixed", pose["moving_from_fixed"]),
            _matrix("fixed_from_moving", pose["fixed_from_moving"]),
            plain([pose["convention"], _seen(pose)]),
        )),
        Section("The transform as files of other programs", (_transform_files(told),)),
        Section("Expected error over the head", (*_map(report), _places(told["assessment"]))),
        Section("Evidence and its limits", (_evidence(told), *_by_region(told))),
        Section("Landmarks", tuple(_landmarks(told))),
        Section("Review and its history", tuple(_history(told))),
    ]  # fmt: skip
    if told["run"] is not None:
        out.append(Section("Run", tuple(_run(told["run"]))))
    out.append(Section("All findings", (finding_lines(told["findings"]), finding_lines(_only_checked(told)))))
    rows = tuple((name, version) for name, version in told["versions"].items())
    out.append(Section("Versions", (Table(rows),)))
    return out


def _only_checked(told: Record) -> list[Record]:
    """What the assessment adds to the findings."""
    known = [one["sentence"] for one in told["findings"]]
    return [one for one in told["assessment"]["findings"] if one["sentence"] not in known]


def _matrix(name: str, rows: Sequence[Sequence[float]]) -> Table:
    return Table(tuple(tuple(f"{v:z.9f}" for v in row) for row in rows), (name, "", "", ""))


def _seen(pose: Record) -> str:
    rx, ry, rz = pose["seen_rotation_deg"]
    tx, ty, tz = pose["seen_translation_mm"]
    x, y, z = pose["head_centre_lps_mm"]
    return (
        f"As seen over the fixed image (fixed_from_moving), in ITK's Euler3D order about the centre of the head's box "
        f"({x:z.1f}, {y:z.1f}, {z:z.1f}): rotation {rx:z.2f}°, {ry:z.2f}°, {rz:z.2f}°, translation {tx:z.2f}, "
        f"{ty:z.2f}, {tz:z.2f} mm."
    )


def _transform_files(told: Record) -> Table:
    rows: list[tuple[str, ...]] = []
    marks: list[Mark] = []
    for one in told["transform_files"]:
        agrees = one["max_mm"] is not None
        told_of_it = Proof(one["max_mm"], one["points"]).agreement if agrees else one["why_not"]
        rows.append((one["program"], one["maps"], told_of_it))
        marks.append("good" if agrees else "bad")
    return Table(tuple(rows), ("Program", "Its 4×4 maps", "Read back by a second path"), tuple(marks))


def _map(report: Report) -> tuple[Figure, ...]:
    return () if report.error_map is None else (Figure(report.error_map),)


def _places(assessment: Record) -> Block:
    told = assessment["expected_tre_mm"]
    if told is None:
        return plain(["The expected error cannot be judged."])
    rows = tuple(
        (one["name"], _point(one["point_lps_mm"]), f"{one['expected']:.1f} mm", f"{one['upper']:.1f} mm")
        for one in (*told["targets"], *told["over_head"])
    )
    return Table(rows, ("Place", "LPS mm, fixed image", "Expected", "At most, in 95 of 100 cases"))


def _evidence(told: Record) -> Table:
    rows, marks = [], []
    for one in told["evidence"]:
        words, mark = _KEPT[one["kept"]]
        limits = (_amount(one[limit], one["unit"], "g") for limit in ("look", "wrong"))
        rows.append((_EVIDENCE[one["code"]], _amount(one["value"], one["unit"]), words, *limits))
        marks.append(mark)
    head = ("Evidence", "Found", "", "A look beyond", "Against the pose beyond")
    return Table(tuple(rows), head, tuple(marks))


def _by_region(told: Record) -> tuple[Block, ...]:
    if not told["regions"]:
        return ()
    head = ("Region", *(one["region"].capitalize() for one in told["regions"]))
    row = ("MR's skull outside of the CT's, median", *(f"{one['mm']:+z.1f} mm" for one in told["regions"]))
    return (Table((row,), head),)


def _amount(value: float | None, unit: str, digits: str = ".1f") -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.0f} %"
    return f"{value:{digits}}{_UNITS.get(unit, '')}"


def _point(point: Sequence[float] | None) -> str:
    return "not placed" if point is None else ", ".join(f"{v:z.1f}" for v in point)


def _landmarks(told: Record) -> list[Block]:
    marks = told["landmarks"]
    out = [*_fitted(marks), *_held_out(marks)]
    if marks["predicted_tre_mm"]:
        rows = tuple((one["name"], millimetres(one["mm"])) for one in marks["predicted_tre_mm"])
        out.append(Table(rows, ("Target", "Predicted TRE of the fit to the landmarks, RMS")))
    return out or [plain(["There are no landmarks."])]


def _fitted(marks: Record) -> list[Block]:
    if not marks["fitted"]:
        return []
    rows = tuple(
        (
            one["name"],
            _point(one["fixed_lps_mm"]),
            _point(one["moving_lps_mm"]),
            millimetres(one["fle_mm"]),
            millimetres(one["residual_mm"]),
            millimetres(one["leave_one_out_mm"]),
        )
        for one in marks["fitted"]
    )
    fits = "how well the pairs fit each other. It does not say how far off the fusion is."
    head = ("Fitted", "Fixed, LPS mm", "Moving, LPS mm", "FLE", "Residual", "Leave-one-out")
    return [Table(rows, head), plain([f"FRE {millimetres(marks['fre_mm'])}: {fits}"])]


def _held_out(marks: Record) -> list[Block]:
    if not marks["held_out"]:
        return []
    rows = tuple(
        (one["name"], _point(one["fixed_lps_mm"]), _point(one["moving_lps_mm"]), millimetres(one["distance_mm"]))
        for one in marks["held_out"]
    )
    measured = marks["measured_tre_mm"]
    told = (
        f"Measured TRE at check points: mean {millimetres(measured['mean'])}, at most {millimetres(measured['max'])}."
    )
    return [
        Table(rows, ("Held out (check)", "Fixed, LPS mm", "Moving, LPS mm", "Distance under this pose")),
        plain([told]),
    ]


def _history(told: Record) -> list[Block]:
    """What was looked at for the review, and everything that happened to the reviews."""
    review, events = told["review"], told["review_history"]
    out: list[Block] = []
    if review is not None and review["looked_at"]:
        rows = tuple(
            (one["name"], RESULT_WORDS[one["result"]], _point(one["point_lps_mm"])) for one in review["looked_at"]
        )
        marks: tuple[Mark, ...] = tuple("bad" if one["result"] == "fail" else "" for one in review["looked_at"])
        out.append(Table(rows, ("Looked at", "", "LPS mm, fixed image"), marks))
    lines: list[tuple[str, Mark]] = []
    for event in events:
        note = f" Note: {event['note']}" if event["note"] and event["event"] in _WITH_NOTE else ""
        lines.append((event["sentence"] + note, "look" if event["event"] in SERIOUS_EVENTS else ""))
    return [*out, Lines(tuple(lines)) if lines else plain(["There has been no review."])]


def _run(run: Record) -> list[Block]:
    settings = tuple((name, _setting(value)) for name, value in run["settings"].items())
    evidence = tuple((name, value) for name, value in (one["row"] for one in run["evidence"]))
    out: list[Block] = [Table(settings, ("Setting", "Value"))]
    if evidence:
        out.append(Table(evidence, ("Registration summary", "None of this measures an error")))
    return out


def _setting(value: object) -> str:
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, (list, tuple)) else str(value)
