"""A report in words: sections of tables, lists and figures, which page and paper only lay out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.quality.guard.expected_error import ExpectedError
from fusionviewer.quality.guard.words import TITLES, expected_text
from fusionviewer.quality.report.facts import Report, sides_of
from fusionviewer.quality.report.pictures import ReportPicture
from fusionviewer.quality.report.replay import Record
from fusionviewer.quality.review.history_words import RESULT_WORDS, SERIOUS_EVENTS

Mark: TypeAlias = Literal["good", "look", "bad", ""]
"""How a line is told from the others, beside its words: nothing depends on a colour alone."""

_LEVELS: Final[dict[str, Mark]] = {"warning": "bad", "note": "look", "fact": ""}
_MARKS: Final[dict[str, Mark]] = {"fine": "good", "look": "look", "wrong": "bad"}
_WORDS: Final = {"warning": "Warning: ", "note": "Note: ", "fact": ""}
_REASONS: Final = 8
"""So many stand on the first page; all of them in the appendix."""

_HELD: Final[dict[str, tuple[str, Mark]]] = {
    "yes": ("kept: the upper bound is within it", "good"),
    "perhaps": ("uncertain: the estimate is within it, the upper bound is not", "look"),
    "no": ("exceeded by the estimate", "bad"),
    "unknown": ("cannot be judged", "look"),
}
_MEASURED: Final[dict[bool | None, str]] = {None: "no check points", True: "kept at all of them", False: "exceeded"}
_STARTS: Final = {
    "auto": "a search over all poses",
    "header": "the scanner alignment",
    "centre": "the centres of the images on each other",
    "landmarks": "the fit to landmarks",
    "file": "a transform from a file",
    "current": "the pose before the run",
}
_WITH_NOTE: Final = frozenset({"accepted", "rejected", "note"})
_CHANGED: Final = {"pose": "the pose", "images": "the images", "landmarks": "the landmarks"}


@dataclass(frozen=True)
class Table:
    """Rows under a heading; without `head`, the first cell of each row names the others."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    """One for each row, or none at all."""


@dataclass(frozen=True)
class Lines:
    """Sentences below each other."""

    lines: tuple[tuple[str, Mark], ...]


@dataclass(frozen=True)
class Figure:
    """A screenshot."""

    picture: ReportPicture


Block: TypeAlias = Table | Lines | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Paper:
    """The report as it is read: its head, two pages, and an appendix."""

    title: str
    made: str
    assessment: str
    mark: Mark
    expected: str
    first: tuple[Section, ...]
    second: tuple[Section, ...]
    appendix: tuple[Section, ...]
    foot: str


def paper_of(report: Report) -> Paper:
    """The report in words. Each number has its unit, and each judgement its words."""
    told = report.record
    assessment, verdict = told["assessment"], told["assessment"]["verdict"]
    made = f"{told['created'][:16].replace('T', ' ')} UTC, fusionviewer {told['versions']['fusionviewer']}"
    return Paper(
        title=told["study"],
        made=made,
        assessment=TITLES[verdict],
        mark=_MARKS[verdict],
        expected=_expected(assessment),
        first=(
            Section("Reasons", (_findings(assessment["findings"][:_REASONS]),)),
            Section("Images", (_images(told),)),
            Section("How it was aligned", (_aligned(told),)),
            Section("Tolerances", (_tolerances(told),)),
            Section("Manual steps and review", (*_manual(told), _review(told))),
            Section("What this report does not cover", (_plain(told["not_covered"]),)),
        ),
        second=(Section("Screenshots", tuple(Figure(picture) for picture in report.pictures)),),
        appendix=tuple(_appendix(report)),
        foot="Not a medical device: for research, not for diagnosis or treatment. Look at the fused images before you "
        "rely on them.",
    )


def _expected(assessment: Record) -> str:
    told = assessment["expected_tre_mm"]
    if told is None:
        return "The expected error cannot be judged."
    return expected_text(ExpectedError(told["median"], told["p95"], told["p95_upper"], told["group"]))


def _plain(sentences: Iterable[str]) -> Lines:
    return Lines(tuple((line, "") for line in sentences))


def _findings(findings: Sequence[Record]) -> Lines:
    if not findings:
        return _plain(["There is nothing to tell."])
    return Lines(tuple((_WORDS[one["level"]] + one["sentence"], _LEVELS[one["level"]]) for one in findings))


def _images(told: Record) -> Table:
    def row(name: str, values: Iterable[str]) -> tuple[str, ...]:
        return (name, *values)

    both = sides_of(told)
    rows = [
        row("Modality", (one["modality"] + (" (guessed)" if one["modality_guessed"] else "") for one in both)),
        row("Size, voxels", (" × ".join(str(n) for n in one["size"]) for one in both)),
        row("Voxel, mm", (" × ".join(f"{mm:.4g}" for mm in one["spacing_mm"]) for one in both)),
        row("Extent, mm", (" × ".join(f"{mm:.0f}" for mm in one["extent_mm"]) for one in both)),
        row("Values", (_values(one) for one in both)),
        row("Fingerprint", (one["fingerprint"] for one in both)),
        row("Remarks", (" ".join(one["remarks"]) or "none" for one in both)),
    ]
    if told["names_written"]:
        rows.insert(0, row("Name", (one["name"] for one in both)))
    return Table(tuple(rows), ("", "Fixed image", "Moving image"))


def _values(image: Record) -> str:
    low, high = image["range"]
    return f"{low:g} to {high:g}{' HU' if image['modality'] == 'CT' else ''}, {image['pixel_type']}"


def _aligned(told: Record) -> Table:
    pose, run = told["alignment"], told["run"]
    moved = pose["displacement_mm"]
    rows = [
        ("Alignment", f"{pose['title']}."),
        ("Displacement", f"At most {moved['max']:.1f} mm from the start, {moved['mean']:.1f} mm on average."),
        ("Overlap", f"{100 * told['head_overlap']:.0f} % of the head lies inside the moving image."),
    ]
    if run is not None:
        rows.append(("Start", f"{_STARTS.get(run['start_kind'], run['start_kind']).capitalize()}."))
        rows.append(("Limits", _limits(run["limits"])))
        rows += [("Restricted to", run["only"])] if run["only"] else []
        rows.append(
            ("Run", f"Ended as {run['ending']}, random seed {run['settings']['seed']}, {run['seconds']:.1f} s.")
        )
    kept = told["replay"]
    again = kept["why_not"] or " ".join(kept["missing"]) or "It can be made again: fusionviewer replay REPORT.json."
    return Table((*rows, ("Replay", again)))


def _limits(limits: Record | None) -> str:
    if limits is None:
        return "None."
    return (
        f"Translation {limits['shift_mm']:.2f} of {limits['max_shift_mm']:g} mm, rotation "
        f"{limits['rotation_deg']:.2f} of {limits['max_rotation_deg']:g}°; "
        f"reached: {' and '.join(limits['touched']) or 'none'}."
    )


def _tolerances(told: Record) -> Table:
    rows, marks = [], []
    for one in told["tolerances"]:
        words, mark = _HELD[one["expected"]]
        rows.append((one["name"], _mm(one["mm"]), words, _MEASURED[one["measured"]]))
        marks.append(mark)
    head = ("Tolerance", "", "Expected error (95 % of the head)", "Measured at check points")
    return Table(tuple(rows), head, tuple(marks))


def _manual(told: Record) -> tuple[Lines, ...]:
    """What was done manually, but for the review, which stands below; nothing where there was nothing."""
    steps = [one["sentence"] for one in told["manual_steps"] if one["what"] != "review"]
    return (_plain(steps),) if steps else ()


def _review(told: Record) -> Lines:
    review = told["review"]
    if review is None:
        return Lines((("This alignment has not been reviewed.", "look"),))
    by = f" by {review['by']}" if review["by"] else ""
    out: list[tuple[str, Mark]] = [
        (f"{review['verdict'].capitalize()}{by} on {review['date'][:16].replace('T', ' ')} UTC.", "")
    ]
    if review["changed_since"]:
        changed = " and ".join(_CHANGED[what] for what in review["changed_since"])
        out.append((f"Out of date: changed since: {changed}.", "bad"))
    failed = [one["name"] for one in review["looked_at"] if one["result"] == "fail"]
    if failed:
        out.append((f"Failed when it was looked at: {', '.join(failed)}.", "bad"))
    if review["note"]:
        out.append((f"Note: {review['note']}", ""))
    if review["note_left_out"]:
        out.append(("There is a note, left out because it may name the patient.", ""))
    return Lines(tuple(out))


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
    return [*out, Lines(tuple(lines)) if lines else _plain(["There has been no review."])]


def _appendix(report: Report) -> list[Section]:
    told, pose = report.record, report.record["alignment"]
    out = [
        Section("Transform", (
            _matrix("moving_from_fixed", pose["moving_from_fixed"]),
            _matrix("fixed_from_moving", pose["fixed_from_moving"]),
            _plain([pose["convention"], _seen(pose)]),
        )),
        Section("Expected error over the head", (*_map(report), _places(told["assessment"]))),
        Section("Evidence and its limits", (_evidence(told), *_by_region(told))),
        Section("Landmarks", tuple(_landmarks(told))),
        Section("Review and its history", tuple(_history(told))),
    ]  # fmt: skip
    if told["run"] is not None:
        out.append(Section("Run", tuple(_run(told["run"]))))
    out.append(Section("All findings", (_findings(told["findings"]), _findings(_only_checked(told)))))
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


def _map(report: Report) -> tuple[Figure, ...]:
    return () if report.error_map is None else (Figure(report.error_map),)


def _places(assessment: Record) -> Block:
    told = assessment["expected_tre_mm"]
    if told is None:
        return _plain(["The expected error cannot be judged."])
    rows = tuple(
        (one["name"], _point(one["point_lps_mm"]), f"{one['expected']:.1f} mm", f"{one['upper']:.1f} mm")
        for one in (*told["targets"], *told["over_head"])
    )
    return Table(rows, ("Place", "LPS mm, fixed image", "Expected", "At most, in 95 of 100 cases"))


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
        rows = tuple((one["name"], _mm(one["mm"])) for one in marks["predicted_tre_mm"])
        out.append(Table(rows, ("Target", "Predicted TRE of the fit to the landmarks, RMS")))
    return out or [_plain(["There are no landmarks."])]


def _fitted(marks: Record) -> list[Block]:
    if not marks["fitted"]:
        return []
    rows = tuple(
        (
            one["name"],
            _point(one["fixed_lps_mm"]),
            _point(one["moving_lps_mm"]),
            _mm(one["fle_mm"]),
            _mm(one["residual_mm"]),
            _mm(one["leave_one_out_mm"]),
        )
        for one in marks["fitted"]
    )
    fre = f"FRE {_mm(marks['fre_mm'])}: how well the pairs fit each other. It does not say how far off the fusion is."
    head = ("Fitted", "Fixed, LPS mm", "Moving, LPS mm", "FLE", "Residual", "Leave-one-out")
    return [Table(rows, head), _plain([fre])]


def _held_out(marks: Record) -> list[Block]:
    if not marks["held_out"]:
        return []
    rows = tuple(
        (one["name"], _point(one["fixed_lps_mm"]), _point(one["moving_lps_mm"]), _mm(one["distance_mm"]))
        for one in marks["held_out"]
    )
    measured = marks["measured_tre_mm"]
    told = f"Measured TRE at check points: mean {_mm(measured['mean'])}, at most {_mm(measured['max'])}."
    return [
        Table(rows, ("Held out (check)", "Fixed, LPS mm", "Moving, LPS mm", "Distance under this pose")),
        _plain([told]),
    ]


def _mm(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}\u00a0mm"


def _run(run: Record) -> list[Block]:
    settings = tuple((name, _setting(value)) for name, value in run["settings"].items())
    evidence = tuple((name, value) for name, value in (one["row"] for one in run["evidence"]))
    out: list[Block] = [Table(settings, ("Setting", "Value"))]
    if evidence:
        out.append(Table(evidence, ("Registration summary", "None of this measures an error")))
    return out


def _setting(value: object) -> str:
    return ", ".join(f"{v:g}" for v in value) if isinstance(value, (list, tuple)) else str(value)
