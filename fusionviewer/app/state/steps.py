"""The four steps of a study, where each stands, and what the result of the alignment is. Pure functions of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.quality.finding import Finding
from fusionviewer.quality.image_findings import odd_pair_findings
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

Mark: TypeAlias = Literal["", "done", "caution"]

MARKS: Final[dict[Mark, str]] = {"": "", "done": "✓", "caution": "▲"}
"""The sign of each mark, so that it does not depend on a colour."""

ENOUGH: Final = 3
"""Pairs that a fit needs."""

_FAR_OFF: Final = {"images_apart", "overlap_little", "centres_apart"}
"""What makes headers or middles a doubtful beginning."""

_SHORT_ENDINGS: Final = {Ending.DOUBTFUL: "Low confidence", Ending.BOUNDED: "Limit reached"}


@dataclass(frozen=True)
class StepState:
    """Where a step stands: a mark, and a few words; without words it has not begun."""

    mark: Mark = ""
    words: str = ""
    short: str = ""
    """The same where there is little room; empty: there is no shorter way to say it."""


def next_step(state: FusionState) -> Step:
    """Which of the four steps comes next for a study."""
    if not state.has_pair:
        return "open"
    review = None if changed_since_review(state) else state.alignment.review
    if not state.alignment.is_made or (review is not None and review.verdict == "rejected"):
        return "align"
    if review is not None:
        return "export"
    unseen = state.alignment.review is None
    return "align" if unseen and low_confidence(state) else "review"


def step_to_show(state: FusionState) -> Step:
    """The step with which a study that was just opened begins: remarks on its images come before everything else."""
    unseen = next_step(state) == "align" and state.alignment.origin == "header" and _remarks(state)
    return "open" if unseen else next_step(state)


def low_confidence(state: FusionState) -> bool:
    """Whether the run that gave the pose says itself that it should not be believed without a look."""
    run = state.alignment.run
    return run is not None and run.ending is Ending.DOUBTFUL


def step_states(state: FusionState, exported: bool = False) -> dict[Step, StepState]:
    """Where each step stands. `exported`: whether this alignment was exported since the study was opened."""
    return {
        "open": _open_state(state),
        "align": _align_state(state),
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


def _align_state(state: FusionState) -> StepState:
    alignment = state.alignment
    if not state.has_pair:
        return StepState()
    if not state.alignment.is_made:
        return StepState("", ORIGINS[alignment.origin])
    run = alignment.run
    if run is None:
        return StepState("done", ORIGINS[alignment.origin])
    if run.ending in _SHORT_ENDINGS:
        return StepState("caution", _SHORT_ENDINGS[run.ending])
    origin = ORIGINS[alignment.origin]
    return StepState("done", f"{origin} · {run.seconds:.1f} s", origin)


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
    """The alignment as it is, for the card at the top of the step: what it is, one sentence, what comes next."""

    title: str
    sentence: str
    mark: Mark
    next: Next
    short: str = ""
    """The title where there is little room; empty: there is no shorter one."""


def result_of(state: FusionState, findings: tuple[Finding, ...]) -> Result:
    """What there is to say about the alignment in two lines. `findings` are all that there are, warnings first."""
    if not state.has_pair:
        missing = " and ".join(side for side in SIDES if state.volume(side) is None)
        return Result("No images yet", f"Open the {missing} image first.", "", "")
    if not state.alignment.is_made:
        told = next((one for one in findings if one.code in _FAR_OFF), None)
        text = sentence(told) if told else first_thing(state)
        return Result(ORIGINS[state.alignment.origin], text, "caution" if told else "", "")
    if low_confidence(state):
        return Result("Low confidence", _reasons(state.alignment, findings), "caution", "landmarks")
    marked = _align_state(state)
    landmarks = next((one for one in findings if one.code == "pairs_off_the_pose"), None)
    title, short = marked.words, marked.short
    if marked.mark != "done":
        title, short = f"{ORIGINS[state.alignment.origin]} · {marked.words.lower()}", marked.words
    if landmarks is not None:  # whatever the run thinks of itself
        return Result(title, sentence(landmarks), "caution", "review", short)
    against = state.alignment.run is None and _warnings(findings)
    return Result(title, _reasons(state.alignment, findings), "caution" if against else marked.mark, "review", short)


def _reasons(alignment: Alignment, findings: tuple[Finding, ...]) -> str:
    """Why a run ended as it did; of a pose that comes from no run, the first thing that speaks against it."""
    if alignment.run is not None:
        return outcome_text(alignment.run).removeprefix("Low confidence. ")
    warnings = _warnings(findings)
    return sentence(warnings[0]) if warnings else "No warnings. Look at the fusion before you use it."


def _warnings(findings: tuple[Finding, ...]) -> list[Finding]:
    """What speaks against the pose itself."""
    return [one for one in findings if one.level == "warning" and one.code != "review_out_of_date"]
