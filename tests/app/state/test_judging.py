"""What the check's thread finds of real images, and what it keeps."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from fewer_points import fewer_points
from phantoms import MOVING_FROM_FIXED as TRUTH

from fusionviewer.app.state.guard import judging
from fusionviewer.app.state.guard.judging import Pair, judge
from fusionviewer.errors import Cancelled
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer


def test_two_images_are_prepared_once_for_all_poses(
    phantom_mr: Volume, phantom_ct: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = Pair(phantom_mr, phantom_ct)
    with fewer_points():
        found = judge(pair, TRUTH, Observer())
    assert found is not None
    assert (found.pose, found.assessment.verdict) == (TRUTH, "fine")
    assert found.expected is not None
    mm, upper = found.expected.at(np.zeros(3))
    assert 0 < mm < upper < 3
    monkeypatch.setattr(judging, "prepared_pair", None)
    off = TRUTH @ RigidTransform.from_rotation(np.eye(3), np.array([0, 6.0, 0]))
    again = judge(pair, off, Observer())
    assert again is not None
    assert again.assessment.verdict == "wrong"
    assert again.expected is not None
    assert again.expected.at(np.zeros(3))[0] == pytest.approx(6.0, abs=1.0)


def test_images_that_cannot_be_compared_are_asked_about_once(phantom_mr: Volume) -> None:
    found = judge(Pair(phantom_mr, phantom_mr), TRUTH, Observer())
    assert found is not None
    assert (found.assessment.verdict, found.expected) == ("look", None)
    assert found.assessment.reasons[0].values["because"] == "nothing_to_compare"


def test_a_check_that_is_left_keeps_what_was_prepared(
    phantom_mr: Volume, phantom_ct: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def leave(*_: object, **__: object) -> None:
        raise Cancelled

    monkeypatch.setattr(judging, "prepared_pair", lambda *_: None)
    monkeypatch.setattr(judging, "assess_prepared", leave)
    pair = Pair(phantom_mr, phantom_ct)
    assert judge(pair, TRUTH, Observer(cancelled=stop)) is None
    assert pair.is_prepared
    monkeypatch.undo()
    stop.set()
    fresh = Pair(phantom_mr, phantom_ct)
    assert judge(fresh, TRUTH, Observer(cancelled=stop)) is None
    assert not fresh.is_prepared
