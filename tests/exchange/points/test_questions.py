"""Points that lie outside their image: what they can have meant instead, and when nothing is asked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from layouts import spread_over_a_head

from fusionviewer.exchange.points.questions import suggest_readings
from fusionviewer.geometry import Grid, Points, RigidTransform

# a head whose middle is not at the origin, in an image that lies obliquely, and another one elsewhere
TURN = RigidTransform.from_euler((5.0, -3.0, 8.0, 0.0, 0.0, 0.0), np.zeros(3)).rotation
GRID = Grid((200, 240, 180), (0.9, 0.95, 1.1), (-30.0, -20.0, 110.0), TURN)
OTHER = Grid((256, 256, 100), (0.8, 0.8, 2.0), (-700.0, -300.0, -900.0), np.eye(3))
MIDDLE = GRID.centre


def head(seed: int, count: int = 8, grid: Grid = GRID) -> Points:
    return spread_over_a_head(np.random.default_rng(seed), count) * 0.9 + grid.centre


MISREAD: dict[str, Callable[[Points], Points]] = {
    "RAS": lambda points: points * (-1, -1, 1),
    "centimetres": lambda points: points / 10,
    "metres": lambda points: points / 1000,
    "RAS and metres": lambda points: points * (-1, -1, 1) / 1000,
    "voxels": GRID.indices,
    "voxels counted k, j, i": lambda points: GRID.indices(points)[:, ::-1],
    "columns z, x, y": lambda points: points[:, [2, 0, 1]],
    "columns z, y, x": lambda points: points[:, ::-1],
}


@pytest.mark.parametrize("reading", MISREAD)
@pytest.mark.parametrize("seed", range(5))
def test_the_right_reading_is_among_the_suggestions_and_brings_the_points_back(reading: str, seed: int) -> None:
    points = head(seed)
    suggestions = suggest_readings(MISREAD[reading](points), GRID, OTHER)
    (right,) = (one for one in suggestions if one.reading == reading and not one.other_image)
    assert right.inside == 8
    assert right.apply(MISREAD[reading](points)) == pytest.approx(points, abs=1e-6)
    assert all(one.inside <= suggestions[0].inside for one in suggestions)


@pytest.mark.parametrize("reading", ["RAS", "centimetres", "metres", "RAS and metres", "voxels"])
def test_the_right_reading_comes_first(reading: str) -> None:
    first = [suggest_readings(MISREAD[reading](head(seed)), GRID, OTHER)[0].reading for seed in range(20)]
    assert first.count(reading) >= 19


def test_points_of_the_other_image_are_told() -> None:
    points = head(3, grid=OTHER)
    first = suggest_readings(points, GRID, OTHER, "the CT", "the MR")[0]
    assert first.other_image
    assert first.sentence == "8 of 8 lie inside the MR; as written, 0 do inside the CT."
    assert first.apply(points).tolist() == points.tolist()
    assert not any(one.other_image for one in suggest_readings(points, GRID))


def test_the_sentence() -> None:
    points = head(1)
    first = suggest_readings(points * (-1, -1, 1), GRID, image="the head image")[0]
    assert first.sentence == "Read as RAS, 8 of 8 lie inside the head image; as written, 0 do."
    one = suggest_readings(points[:1] * (-1, -1, 1), GRID, image="the head image")[0]
    assert one.sentence == "Read as RAS, 1 of 1 lies inside the head image; as written, 0 do."


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_asked_where_the_points_lie_in_the_image(seed: int) -> None:
    """A head around the origin holds its points in RAS as well: that alone is no question."""
    around = Grid.axis_aligned((200, 240, 200), (1.0, 1.0, 1.0), np.zeros(3))
    points = spread_over_a_head(np.random.default_rng(seed), 6)
    assert suggest_readings(points, around, OTHER) == ()
    assert suggest_readings(points * (-1, -1, 1), around, around) == ()
    assert suggest_readings(head(seed), GRID, OTHER) == ()
    some_outside = head(seed)
    some_outside[:3] += 1000.0
    assert suggest_readings(some_outside, GRID, OTHER) == ()


def test_nothing_is_suggested_where_no_reading_helps() -> None:
    assert suggest_readings(head(0) * (1, 1, -40) + 3e4, GRID, OTHER) == ()
    assert suggest_readings(np.zeros((0, 3)), GRID) == ()


@pytest.mark.parametrize(("reading", "share"), [("centimetres", 0.1), ("metres", 0.001)])
def test_a_tiny_head_around_the_origin_is_asked_about(reading: str, share: float) -> None:
    """As written all its points lie in the image, but no head is that small."""
    around = Grid.axis_aligned((200, 240, 200), (1.0, 1.0, 1.0), np.zeros(3))
    points = spread_over_a_head(np.random.default_rng(4), 8)
    suggestions = suggest_readings(points * share, around)
    assert suggestions[0].reading == reading
    assert "spread over the head; as written, all 8 lie close together" in suggestions[0].sentence
    assert suggestions[0].apply(points * share) == pytest.approx(points)


def test_landmarks_close_together_are_not_taken_for_a_tiny_head() -> None:
    """The commissures and the inner ears are small things, and not in centimetres."""
    around = Grid.axis_aligned((200, 240, 200), (1.0, 1.0, 1.0), np.zeros(3))
    commissures = np.array([[0.0, 0, 0], [0, 25, -1], [0, 12, 8], [3, 20, 5]])
    assert suggest_readings(commissures, around) == ()
    assert suggest_readings(commissures + np.array([40, 10, -20]), around) == ()
