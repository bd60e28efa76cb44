"""Reviews and their history as plain JSON values and back. Readers raise KeyError, TypeError or ValueError."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from fusionviewer.session.records import Record, flag, listed, number, one_of, pose_from_record, pose_record, text
from fusionviewer.session.records import some_point as point_from_record
from fusionviewer.session.review.history import History, first_entry
from fusionviewer.session.review.values import (
    AssessedThen,
    Changed,
    Decision,
    EventKind,
    Looked,
    LookResult,
    Review,
    Reviewed,
    ReviewEvent,
)


def review_record(review: Review) -> Record:
    """A review."""
    of, then = review.of, review.assessed
    return {
        "verdict": review.verdict,
        "by": review.by,
        "note": review.note,
        "date": review.date,
        "version": review.version,
        "looked_at": [
            {"name": one.name, "result": one.result, "point_lps_mm": one.point, "target": one.of_target}
            for one in review.looked_at
        ],
        "assessment": None
        if then is None
        else {"verdict": then.verdict, "p95_mm": then.p95_mm, "p95_upper_mm": then.p95_upper_mm},
        "of": {
            "moving_from_fixed": pose_record(of.moving_from_fixed),
            "fixed": of.fixed,
            "moving": of.moving,
            "landmarks": of.landmarks,
        },
    }


def review_from_record(record: Record, of: Reviewed | None = None) -> Review:
    """A review; `of` is what it speaks of where the record does not say it. Older studies do not have all of it."""
    then = record.get("assessment")
    return Review(
        one_of(record["verdict"], get_args(Decision)),
        text(record["note"]),
        text(record["date"]),
        of or _reviewed(record["of"]),
        text(record.get("by", "")),
        text(record.get("version", "")),
        tuple(_looked(one) for one in listed(record.get("looked_at", []))),
        None if then is None else _assessed(then),
    )


def history_record(history: History) -> list[Record]:
    """The history of the reviews, oldest first."""
    return [
        {
            "event": event.kind,
            "date": event.date,
            "changed": list(event.changed),
            "review": None if event.review is None else review_record(event.review),
        }
        for event in history
    ]


def history_from_record(records: object, review: Review | None) -> History:
    """The same back; a study of an earlier version has none, and its `review` is the only entry."""
    return first_entry(review) if records is None else tuple(_event(record) for record in listed(records))


def _event(record: Record) -> ReviewEvent:
    date, review = text(record["date"]), record["review"]
    if datetime.fromisoformat(date).tzinfo is None:
        raise ValueError("a date without its zone")
    kind = one_of(record["event"], get_args(EventKind))
    changed = tuple(one_of(what, get_args(Changed)) for what in listed(record["changed"]))
    return ReviewEvent(kind, date, None if review is None else review_from_record(review), changed)


def _looked(record: Record) -> Looked:
    result = one_of(record["result"], get_args(LookResult))
    return Looked(text(record["name"]), result, point_from_record(record["point_lps_mm"]), flag(record["target"]))


def _assessed(record: Record) -> AssessedThen:
    p95, upper = (None if record[key] is None else number(record[key]) for key in ("p95_mm", "p95_upper_mm"))
    return AssessedThen(one_of(record["verdict"], ("fine", "look", "wrong")), p95, upper)


def _reviewed(record: Record) -> Reviewed:
    names = ("fixed", "moving", "landmarks")
    return Reviewed(pose_from_record(record["moving_from_fixed"]), *(text(record[name]) for name in names))
