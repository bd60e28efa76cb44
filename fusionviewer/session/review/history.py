"""The history of a study's reviews: entries are added, also by Undo, and none is taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.review.values import EventKind, Review, ReviewEvent
from fusionviewer.session.state import FusionState

History: TypeAlias = tuple[ReviewEvent, ...]

StepKind: TypeAlias = Literal["do", "undo", "redo"]

NOTE_PAUSE_S: Final = 60.0
"""A note is kept with every letter that is typed: what follows an entry so soon is the same change of the note."""


def iso_time(now: datetime | None = None) -> str:
    """A moment (now, unless given) as it stands in a study: ISO, UTC, to the second."""
    return (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")


def recorded(state: FusionState, kind: EventKind, now: datetime | None = None) -> FusionState:
    """The study with an entry about its review as it is now."""
    history, event = state.alignment.history, _event(state, kind, now)
    if kind == "note" and history and history[-1].kind == "note" and _apart_s(history[-1], event) <= NOTE_PAUSE_S:
        history = history[:-1]
    return _with(state, (*history, event))


def carried(before: FusionState, after: FusionState, step: StepKind, now: datetime | None = None) -> FusionState:
    """The state after a step of editing, Undo or Redo, with the history of the state before it and what the step added.

    `after` itself if it has that already. A review that an Undo or Redo brings, changes or takes away is an entry; so
    is one that the step puts out of date, or that holds again.
    """
    then, history = before.alignment, after.alignment.history
    if step != "do" or len(history) < len(then.history):
        after = _with(after, then.history)
    if step != "do" and after.alignment.review != then.review:
        after = recorded(after, "undone" if step == "undo" else "redone", now)
    changed = changed_since_review(after)
    if after.alignment.review is not None and changed != _known(after.alignment.history):
        after = recorded(after, "out_of_date" if changed else "current", now)
    return after


def first_entry(review: Review | None) -> History:
    """The history of a study of an earlier version, which kept no other than its last review."""
    return () if review is None else (ReviewEvent(review.verdict, review.date, review),)


def _event(state: FusionState, kind: EventKind, now: datetime | None) -> ReviewEvent:
    return ReviewEvent(kind, iso_time(now), state.alignment.review, changed_since_review(state))


def _known(history: History) -> tuple[str, ...]:
    return history[-1].changed if history else ()


def _with(state: FusionState, history: History) -> FusionState:
    if history is state.alignment.history:
        return state
    return replace(state, alignment=replace(state.alignment, history=history))


def _apart_s(one: ReviewEvent, other: ReviewEvent) -> float:
    return abs((datetime.fromisoformat(other.date) - datetime.fromisoformat(one.date)).total_seconds())
