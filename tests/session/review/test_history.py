"""The history of reviews: only ever longer, whatever is undone, saved and opened again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from phantoms import MOVING_FROM_FIXED

from fusionviewer.errors import UnreadableInput
from fusionviewer.session import edits
from fusionviewer.session.review.history import carried
from fusionviewer.session.review.values import AssessedThen, Looked
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import load_study, save_study
from fusionviewer.version import __version__

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALIGNED = edits.set_pose(FusionState(), MOVING_FROM_FIXED, "file")
PLACES = (Looked("Near the left mastoid", "fail", (60.0, 20.0, -50.0)), Looked("Target T1", "pass", (1, 2, 3), True))
REVIEWED = edits.set_review(
    ALIGNED, "accepted", "fine", NOW, by="AB", looked_at=PLACES, assessed=AssessedThen("look", 1.2, 2.4)
)


def nudged(state: FusionState) -> FusionState:
    return edits.nudge(state, np.array([1.0, 0, 0]), np.zeros(3), np.zeros(3))


def kinds(state: FusionState) -> list[str]:
    return [event.kind for event in state.alignment.history]


def test_an_undone_review_is_an_entry_of_its_own() -> None:
    shown = carried(ALIGNED, REVIEWED, "do")
    assert shown is REVIEWED
    undone = carried(shown, ALIGNED, "undo", NOW)
    assert undone.alignment.review is None
    assert kinds(undone) == ["accepted", "undone"]
    redone = carried(undone, REVIEWED, "redo", NOW)
    assert redone.alignment.review == REVIEWED.alignment.review
    assert kinds(redone) == ["accepted", "undone", "redone"]
    assert redone.alignment.history[-1].review == REVIEWED.alignment.review
    assert kinds(edits.clear_review(redone, NOW)) == ["accepted", "undone", "redone", "withdrawn"]


def test_going_out_of_date_is_an_entry_with_its_reason_once() -> None:
    moved = carried(REVIEWED, nudged(REVIEWED), "do", NOW)
    again = carried(moved, nudged(moved), "do", NOW)
    assert kinds(again) == ["accepted", "out_of_date"]
    assert again.alignment.history[-1].changed == ("pose",)
    back = carried(again, REVIEWED, "undo", NOW)
    assert kinds(back) == ["accepted", "out_of_date", "current"]
    assert back.alignment.history[-1].changed == ()


def test_an_edit_of_an_earlier_state_does_not_shorten_it() -> None:
    longer = edits.change_note(REVIEWED, "else", NOW)
    late = carried(longer, edits.set_review(ALIGNED, "rejected", "", NOW), "do")
    assert late.alignment.history[: len(longer.alignment.history)] == longer.alignment.history


def test_a_note_that_is_typed_is_one_entry() -> None:
    state = REVIEWED
    for second, note in enumerate(("f", "fi", "fin"), start=1):
        state = edits.change_note(state, note, NOW + timedelta(seconds=second))
    assert kinds(state) == ["accepted", "note"]
    later = edits.change_note(state, "other", NOW + timedelta(minutes=5))
    assert kinds(later) == ["accepted", "note", "note"]
    assert [event.review.note for event in later.alignment.history if event.review] == ["fine", "fin", "other"]


def test_the_history_is_saved_with_all_that_a_review_says(tmp_path: Path) -> None:
    state = carried(carried(ALIGNED, REVIEWED, "do"), ALIGNED, "undo", NOW)
    state = edits.set_review(state, "rejected", "no", NOW, by="CD")
    path = tmp_path / "s.fusion.json"
    save_study(state, None, path)
    back = load_study(path).without_images.alignment
    assert back.history == state.alignment.history
    given = back.history[0].review
    assert given is not None
    assert (given.version, given.looked_at, given.failed) == (__version__, PLACES, PLACES[:1])
    assert given.assessed == AssessedThen("look", 1.2, 2.4)


def test_a_study_of_an_earlier_version_begins_its_history_with_its_review(tmp_path: Path) -> None:
    path = tmp_path / "s.fusion.json"
    save_study(REVIEWED, None, path)
    document = json.loads(path.read_text("utf-8"))
    del document["review_history"]
    for key in ("version", "looked_at", "assessment"):
        del document["review"][key]
    path.write_text(json.dumps(document), "utf-8")
    alignment = load_study(path).without_images.alignment
    assert alignment.review is not None
    assert [(event.kind, event.date) for event in alignment.history] == [("accepted", alignment.review.date)]
    save_study(replace(REVIEWED, alignment=replace(alignment, review=None)), None, path)
    assert len(load_study(path).without_images.alignment.history) == 1


@pytest.mark.parametrize(
    ("key", "nonsense"), [("event", "forged"), ("date", "yesterday"), ("date", "2026-01-01"), ("changed", ["all"])]
)
def test_a_history_that_makes_no_sense_is_refused(key: str, nonsense: object, tmp_path: Path) -> None:
    path = tmp_path / "s.fusion.json"
    save_study(REVIEWED, None, path)
    document = json.loads(path.read_text("utf-8"))
    document["review_history"][0][key] = nonsense
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(UnreadableInput, match="damaged"):
        load_study(path)
