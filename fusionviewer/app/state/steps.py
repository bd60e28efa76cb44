"""The four steps of a study, where each stands, and what the result of the alignment is. Pure functions of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.app.state.guard.checked import UNCHECKED, Checked
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.guard.assessment import Assessment, Verdict
from fusionviewer.quality.guard.words import SHORT_TITLES, TITLES, expected_line
from fusionviewer.quality.image_findings import odd_pair_findings
from fusionviewer.quality.run_findings import reason_findings
from fusionviewer.quality.wording import ORIGINS, outcome_text, sentence, shown
from fusionviewer.registration import Ending
from fusionviewer.session.alignment import Alignment
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import SIDES, FusionState

Step: TypeAlias = Literal["open", "align", "review", "export"]

STEPS: Final[tuple[tuple[Step, str], ...]] = (
    ("open", "Open"),
    ("align", "Align"),
    ("review", "Review"),
    ("export", "Export"),
)

Mark: TypeAlias = Literal["", "done", "caution", "failure"]

MARKS: Final[dict[Mark, str]] = {"": "", "done": "✓", "caution": "▲", "failure": "✗"}
"""The sign of each mark, so that it does not depend on a colour."""

ENOUGH: Final = 3
"""Pairs that a fit needs."""

_FAR_OFF: Final = {"images_apart", "overlap_little", "centres_apart"}
"""What makes headers or middles a doubtful beginning."""

VERDICT_MARKS: Final[dict[Verdict, Mark]] = {"fine": "done", "look": "caution", "wrong": "failure"}

_CHECKING: Final = "Checking …"

_SHORT_ENDINGS: Final = {Ending.DOUBTFUL: "Low confidence", Ending.BOUNDED: "Limit reached"}


@dataclass(frozen=True)
class StepState:
    """Where a step stands: a mark, and a few words; without words it has not begun."""

    mark: Mark = ""
    words: str = ""
    short: str = ""
    """The same where there is little room; empty: there is no shorter way to say it."""


def next_step(state: FusionState, verdict: Verdict | None = None) -> Step:
    """Which of the four steps comes next for a study; `verdict` is what the check says of its pose."""
    if not state.has_pair:
        return "open"
    review = None if changed_since_review(state) else state.alignment.review
    if not state.alignment.is_made or (review is not None and review.verdict == "rejected"):
        return "align"
    if review is not None:
        return "export"
    unseen = state.alignment.review is None
    return "align" if unseen and is_doubted(state, verdict) else "review"


def step_to_show(state: FusionState) -> Step:
    """The step with which a study that was just opened begins: remarks on its images come before everything else."""
    unseen = next_step(state) == "align" and state.alignment.origin == "header" and _remarks(state)
    return "open" if unseen else next_step(state)


def is_doubted(state: FusionState, verdict: Verdict | None) -> bool:
    """Whether a better start is wanted: the check calls the fusion wrong, or the run does not believe itself."""
    return verdict == "wrong" or low_confidence(state)


def low_confidence(state: FusionState) -> bool:
    """Whether the run that gave the pose says itself that it should not be believed without a look."""
    run = state.alignment.run
    return run is not None and run.ending is Ending.DOUBTFUL


def step_states(state: FusionState, exported: bool = False, checked: Checked = UNCHECKED) -> dict[Step, StepState]:
    """Where each step stands. `exported`: whether this alignment was exported since the study was opened."""
    return {
        "open": _open_state(state),
        "align": _align_state(state, checked),
        "review": _review_state(state),
        "export": StepState("done", "Exported") if exported and state.has_pair else StepState(),
    }


def _remarks(state: FusionState) -> int:
    return sum(len(volume.oddities) for volume in state.volumes().values()) + len(odd_pair_findings(state))


def _open_state(state: FusionState) -> StepState:
    if not state.has_pair:
        return StepState("", "1 of 2 images" if state.volumes() else "")
    remarks = _remarks(state)
    if not remarks:
        return StepState("done", "2 images")
    return StepState("caution", f"{remarks} remark{'' if remarks == 1 else 's'}")


def _align_state(state: FusionState, checked: Checked) -> StepState:
    """Of a pose that is made the check's assessment alone; without one, that it is not checked."""
    alignment = state.alignment
    if not state.has_pair:
        return StepState()
    origin = ORIGINS[alignment.origin]
    if not alignment.is_made:
        return StepState("", origin)
    if checked.assessment is not None:
        name, expected = SHORT_TITLES[checked.assessment.verdict], checked.assessment.expected
        words = name if expected is None else f"{name} · at most {expected.p95_upper_mm:.1f} mm"
        return StepState(VERDICT_MARKS[checked.assessment.verdict], words, name)
    if checked.phase != "off":
        return StepState("", _CHECKING)
    run = alignment.run
    if run is not None and run.ending in _SHORT_ENDINGS:
        return StepState("caution", _SHORT_ENDINGS[run.ending])
    return StepState("", f"{origin} · not checked", "Not checked")


def _review_state(state: FusionState) -> StepState:
    review = state.alignment.review
    if review is None or not state.has_pair:
        return StepState()
    if changed_since_review(state):
        return StepState("caution", "Out of date")
    accepted = review.verdict == "accepted"
    short = " ".join(filter(None, ("" if accepted else "Rejected", shown(review.by), review.date[:10])))
    return StepState("done" if accepted else "caution", _reviewed(state, day=True), short)


def _reviewed(state: FusionState, *, day: bool) -> str:
    """By whom the alignment was accepted or rejected, and on which day."""
    review = state.alignment.review
    if review is None:
        return ""
    parts = [
        review.verdict.capitalize(),
        f"by {shown(review.by)}" if review.by else "",
        review.date[:10] if day else "",
    ]
    return " ".join(part for part in parts if part)


def title_words(state: FusionState) -> str:
    """What the window's title says of the review; empty without one."""
    if state.alignment.review is None or not state.has_pair:
        return ""
    return "Review out of date" if changed_since_review(state) else _reviewed(state, day=False)


def first_thing(state: FusionState) -> str:
    """How to align images that nothing has aligned yet."""
    if sum(pair.used and pair.complete for pair in state.landmarks) >= ENOUGH:
        return "Register, or fit to the landmarks (Ctrl+L)."
    return "Register, or place three or more landmark pairs (N) for a start."


Next: TypeAlias = Literal["", "review", "landmarks"]
"""What to do after a result: look at it, or mark landmarks for a better one."""


@dataclass(frozen=True)
class Result:
    """The alignment as it is, for the card at the top of the step: what it is, what there is to say, what comes next.

    `reasons` are those of the assessment, in the order of their weight.
    """

    title: str
    sentence: str
    mark: Mark
    next: Next
    short: str = ""
    """The title where there is little room; empty: there is no shorter one."""
    reasons: tuple[Finding, ...] = ()


def result_of(state: FusionState, findings: tuple[Finding, ...], checked: Checked = UNCHECKED) -> Result:
    """What there is to say about the alignment. `findings` are all that there are, warnings first."""
    if not state.has_pair:
        missing = " and ".join(side for side in SIDES if state.volume(side) is None)
        return Result("No images yet", f"Open the {missing} image first.", "", "")
    if not state.alignment.is_made:
        told = next((one for one in findings if one.code in _FAR_OFF), None)
        text = sentence(told) if told else first_thing(state)
        return Result(ORIGINS[state.alignment.origin], text, "caution" if told else "", "")
    after: Next = "landmarks" if is_doubted(state, checked.verdict) else "review"
    if checked.assessment is not None:
        return _assessed(state, checked.assessment, after)
    warnings = tuple(_warnings(findings))
    if checked.phase == "waiting":
        return Result(_CHECKING, "The fusion is checked as soon as its pose rests.", "", after, reasons=warnings)
    if checked.phase == "checking":
        text = "Skull and skin of the CT are compared with the MR's edges, in the background."
        return Result(_CHECKING, text, "", after, reasons=warnings)
    return _unchecked(state, findings, after)


def _assessed(state: FusionState, assessment: Assessment, after: Next) -> Result:
    """The assessment, and as the last of its reasons how the run itself ended, where that speaks for it."""
    run, expected = state.alignment.run, assessment.expected
    told = "The check cannot say how far off this fusion may be." if expected is None else expected_line(expected)
    ending = tuple(one for one in reason_findings(run) if one.level == "fact") if run is not None else ()
    title = TITLES[assessment.verdict]
    short, mark = SHORT_TITLES[assessment.verdict], VERDICT_MARKS[assessment.verdict]
    return Result(title, told, mark, after, short, (*assessment.reasons, *ending))


def _unchecked(state: FusionState, findings: tuple[Finding, ...], after: Next) -> Result:
    """What the run says of itself, and what is known besides: none of it makes a fusion fine."""
    if low_confidence(state):
        return Result("Low confidence", _reasons(state.alignment, findings), "caution", after)
    marked, origin = _align_state(state, UNCHECKED), ORIGINS[state.alignment.origin]
    title = f"{origin} · {marked.words.lower()}" if marked.mark else marked.words
    short = marked.words if marked.mark else marked.short
    landmarks = next((one for one in findings if one.code == "pairs_off_the_pose"), None)
    if landmarks is not None:  # whatever the run thinks of itself
        return Result(title, sentence(landmarks), "caution", after, short)
    against = state.alignment.run is None and _warnings(findings)
    return Result(title, _reasons(state.alignment, findings), "caution" if against else marked.mark, after, short)


def _reasons(alignment: Alignment, findings: tuple[Finding, ...]) -> str:
    """Why a run ended as it did; of a pose that comes from no run, the first thing that speaks against it."""
    if alignment.run is not None:
        return outcome_text(alignment.run).removeprefix("Low confidence. ")
    warnings = _warnings(findings)
    return sentence(warnings[0]) if warnings else "No warnings. Look at the fusion before you use it."


def _warnings(findings: tuple[Finding, ...]) -> list[Finding]:
    """What speaks against the pose itself."""
    return [one for one in findings if one.level == "warning" and one.code != "review_out_of_date"]
