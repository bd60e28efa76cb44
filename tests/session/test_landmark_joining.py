"""Points and pairs from elsewhere, put to the pairs that there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.session.landmark_joining import Mismatch, join_pairs, join_points, mismatch
from fusionviewer.session.landmark_names import COMMON_NAMES, names_left
from fusionviewer.session.state import FusionState, LandmarkPair, Point

HERE, THERE = (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)
NAMES = st.lists(st.sampled_from("ABCDEFGH"), unique=True, max_size=6)


def study(*names: str) -> FusionState:
    return FusionState(landmarks=tuple(LandmarkPair(name, fixed_point=HERE) for name in names))


def points(count: int) -> list[Point]:
    return [(float(n), 0.0, -float(n)) for n in range(count)]


@given(old=NAMES, new=NAMES)
def test_names_alone_pair_and_nothing_is_lost(old: list[str], new: list[str]) -> None:
    before = study(*old)
    after = join_points(before, "moving", new, points(len(new)))
    assert [pair.name for pair in after.landmarks] == old + [name for name in new if name not in old]
    placed = dict(zip(new, points(len(new)), strict=True))
    for pair in after.landmarks:
        assert pair.moving_point == placed.get(pair.name)
        assert pair.fixed_point == (HERE if pair.name in old else None)
    common = join_points(before, "moving", new, points(len(new)), "common")
    assert common.landmarks == after.landmarks[: len(old)]


@given(old=NAMES, new=NAMES)
def test_a_question_is_there_where_the_names_differ_and_only_there(old: list[str], new: list[str]) -> None:
    different = mismatch(study(*old), new)
    assert (different is None) == (not old or sorted(old) == sorted(new))
    if different is not None:
        assert set(different.common) == set(old) & set(new)
        assert set(different.only_new) == set(new) - set(old)
        assert set(different.only_old) == set(old) - set(new)
        assert different.can_go_by_order == (len(old) == len(new))


def test_points_can_go_by_their_order() -> None:
    after = join_points(study("AC", "PC"), "moving", ["P1", "P2"], points(2), "order")
    assert [(pair.name, pair.moving_point) for pair in after.landmarks] == list(
        zip(("AC", "PC"), points(2), strict=True)
    )
    assert mismatch(study("AC", "PC"), ["P1", "P2"]) == Mismatch((), ("P1", "P2"), ("AC", "PC"))


def test_a_locked_point_stays_and_a_locked_pair_gets_the_one_it_lacks() -> None:
    state = FusionState(landmarks=(LandmarkPair("A", HERE, None, locked=True),))
    assert join_points(state, "fixed", ["A"], [THERE]).landmarks == state.landmarks
    assert join_points(state, "moving", ["A"], [THERE]).landmarks[0].moving_point == THERE


def test_pairs_come_instead_or_are_added() -> None:
    state = FusionState(landmarks=(LandmarkPair("A", HERE, HERE), LandmarkPair("B", HERE, HERE, locked=True)))
    new = [LandmarkPair("B", THERE, THERE), LandmarkPair("A", THERE, THERE), LandmarkPair("C")]
    assert join_pairs(state, new, instead=True).landmarks == tuple(new)
    assert join_pairs(state, new, instead=False).landmarks == (new[1], state.landmarks[1], new[2])


def test_common_names_are_each_there_once_and_go_when_they_are_taken() -> None:
    assert len(set(COMMON_NAMES)) == len(COMMON_NAMES)
    assert {"AC", "Petrous apex L", "Petrous apex R", "Fiducial screw 1"} <= set(COMMON_NAMES)
    assert set(COMMON_NAMES) - set(names_left(["ac", "Something else"])) == {"AC"}
