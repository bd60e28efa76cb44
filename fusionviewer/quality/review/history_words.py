"""The history of the reviews in words, a sentence or two for each entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from fusionviewer.quality.wording import shown
from fusionviewer.session.review.values import Changed, EventKind, Looked, LookResult, Review, ReviewEvent
from fusionviewer.session.state import FusionState

RESULT_WORDS: Final[dict[LookResult, str]] = {"pass": "passed", "skip": "skipped", "fail": "failed"}

SERIOUS_EVENTS: Final[frozenset[EventKind]] = frozenset({"rejected", "withdrawn", "undone", "out_of_date"})
"""After these the pose is not accepted any more."""


def history_lines(state: FusionState) -> list[tuple[str, ReviewEvent]]:
    """Each entry of a study's history as words, oldest first."""
    return [(event_text(event), event) for event in state.alignment.history]


def event_text(event: ReviewEvent) -> str:
    """What happened, and when."""
    return f"{event.date[:16].replace('T', ' ')} UTC: {_what(event)}"


def _what(event: ReviewEvent) -> str:
    review = event.review
    if event.kind == "withdrawn" or review is None:
        return "Review withdrawn." if event.kind == "withdrawn" else f"{event.kind.capitalize()}: there is no review."
    given = f"{review.verdict.capitalize()}{f' by {shown(review.by)}' if review.by else ''}"
    match event.kind:
        case "accepted" | "rejected":
            return " ".join(filter(None, (f"{given}.", looked_text(review.looked_at), assessed_text(review))))
        case "note":
            return "The note was changed."
        case "undone" | "redone":
            stale = f", out of date: {_changed(event.changed)}" if event.changed else ""
            return f"{event.kind.capitalize()}: the review is “{given}” again{stale}."
        case "out_of_date":
            return f"Out of date: {_changed(event.changed)}."
        case _:
            return f"“{given}” holds again: everything is as it was reviewed."


def looked_text(places: Sequence[Looked]) -> str:
    """How many places were looked at, and which failed; empty without any."""
    if not places:
        return ""
    counts = Counter(place.result for place in places)
    told = ", ".join(f"{counts[result]} {word}" for result, word in RESULT_WORDS.items() if counts[result])
    failed = ", ".join(place.name for place in places if place.result == "fail")
    return f"Places: {told}{f' ({failed})' if failed else ''}."


def assessed_text(review: Review) -> str:
    """What the program's own assessment said when the review was given; empty if there was none."""
    then = review.assessed
    if then is None:
        return ""
    if then.p95_mm is None or then.p95_upper_mm is None:
        return f"Assessment then: {then.verdict}."
    return f"Assessment then: {then.verdict}, expected error {then.p95_mm:.1f} mm, at most {then.p95_upper_mm:.1f} mm."


def _changed(changed: Sequence[Changed]) -> str:
    parts = " and ".join(f"the {what}" for what in changed)
    return f"{parts} {'has' if parts == 'the pose' else 'have'} changed since it was given"
