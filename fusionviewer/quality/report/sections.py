"""A report in words: its head and its two pages; the appendix has a module of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fusionviewer.quality.guard.expected_error import ExpectedError
from fusionviewer.quality.guard.words import TITLES, expected_text
from fusionviewer.quality.report.appendix import appendix_of
from fusionviewer.quality.report.blocks import (
    Figure,
    Lines,
    Mark,
    Paper,
    Section,
    Table,
    finding_lines,
    millimetres,
    plain,
)
from fusionviewer.quality.report.facts import Report, sides_of
from fusionviewer.quality.report.replay import Record

_MARKS: Final[dict[str, Mark]] = {"fine": "good", "look": "look", "wrong": "bad"}
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
_CHANGED: Final = {"pose": "the pose", "images": "the images", "landmarks": "the landmarks"}


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
            Section("Reasons", (finding_lines(assessment["findings"][:_REASONS]),)),
            Section("Images", (_images(told),)),
            Section("How it was aligned", (_aligned(told),)),
            Section("Tolerances", (_tolerances(told),)),
            Section("Manual steps and review", (*_manual(told), _review(told))),
            Section("What this report does not cover", (plain(told["not_covered"]),)),
        ),
        second=(Section("Screenshots", tuple(Figure(picture) for picture in report.pictures)),),
        appendix=tuple(appendix_of(report)),
        foot="Not a medical device: for research, not for diagnosis or treatment. Look at the fused images before you "
        "rely on them.",
    )


def _expected(assessment: Record) -> str:
    told = assessment["expected_tre_mm"]
    if told is None:
        return "The expected error cannot be judged."
    return expected_text(ExpectedError(told["median"], told["p95"], told["p95_upper"], told["group"]))


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
        rows.append((one["name"], millimetres(one["mm"]), words, _MEASURED[one["measured"]]))
        marks.append(mark)
    head = ("Tolerance", "", "Expected error (95 % of the head)", "Measured at check points")
    return Table(tuple(rows), head, tuple(marks))


def _manual(told: Record) -> tuple[Lines, ...]:
    """What was done manually, but for the review, which stands below; nothing where there was nothing."""
    steps = [one["sentence"] for one in told["manual_steps"] if one["what"] != "review"]
    return (plain(steps),) if steps else ()


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
