"""The history of the reviews in words."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from phantoms import MOVING_FROM_FIXED

from fusionviewer.quality.review.history_words import history_lines
from fusionviewer.session import edits
from fusionviewer.session.review.history import StepKind, carried
from fusionviewer.session.review.values import AssessedThen, Looked
from fusionviewer.session.state import FusionState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALIGNED = edits.set_pose(FusionState(), MOVING_FROM_FIXED, "file")
PLACES = (Looked("Near the left mastoid", "fail", (1, 2, 3)), Looked("Vertex", "pass", (1, 2, 3)))


def test_each_entry_says_when_what_happened_to_which_review() -> None:
    reviewed = edits.set_review(
        ALIGNED, "accepted", "", NOW, by="AB", looked_at=PLACES, assessed=AssessedThen("look", 1.25, 2.0)
    )
    moved = edits.nudge(reviewed, np.array([1.0, 0, 0]), np.zeros(3), np.zeros(3))
    steps: tuple[tuple[FusionState, StepKind], ...] = (
        (moved, "do"),
        (reviewed, "undo"),
        (ALIGNED, "undo"),
        (reviewed, "redo"),
    )
    state = reviewed
    for after, step in steps:
        state = carried(state, after, step, NOW)
    state = edits.clear_review(edits.change_note(state, "else", NOW), NOW)
    said = [text for text, _ in history_lines(state)]
    assert all(text.startswith("2026-03-01 12:00 UTC: ") for text in said)
    assert [text.removeprefix("2026-03-01 12:00 UTC: ") for text in said] == [
        "Accepted by AB. Places: 1 passed, 1 failed (Near the left mastoid). "
        "Assessment then: look, expected error 1.2 mm, at most 2.0 mm.",
        "Out of date: the pose has changed since it was given.",
        "“Accepted by AB” holds again: everything is as it was reviewed.",
        "Undone: there is no review.",
        "Redone: the review is “Accepted by AB” again.",
        "The note was changed.",
        "Review withdrawn.",
    ]
