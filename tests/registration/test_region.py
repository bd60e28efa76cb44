"""The part of the fixed image that counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer
from fusionviewer.registration import Ending, Region, make_box, register
from fusionviewer.registration.levels import Subject, samples
from fusionviewer.registration.region import THINNEST_BOX_MM

corner = st.tuples(*[st.floats(-500, 500)] * 3)


def box_about(middle: Points, half: float) -> Any:
    return make_box(middle - half, middle + half)


@given(corner, corner, st.lists(corner, min_size=1, max_size=20))
def test_a_box_holds_what_lies_between_its_corners(one: Any, other: Any, points: list[Any]) -> None:
    sides = np.abs(np.subtract(one, other))
    if sides.min() < THINNEST_BOX_MM:
        with pytest.raises(BadArgument, match="thinner"):
            make_box(one, other)
        return
    low, high = make_box(one, other)
    assert np.all(np.asarray(low) < high)
    held = Region(box=(low, high)).holds(np.array(points))
    assert held.tolist() == [all(a <= p <= b for a, p, b in zip(low, q, high, strict=True)) for q in points]


@pytest.mark.parametrize("corners", [((0, 0, 0), (50, 50, float("nan"))), ((0, 0), (50, 50, 50))])
def test_what_is_no_box_is_refused(corners: Any) -> None:
    with pytest.raises(BadArgument, match="six finite numbers"):
        make_box(*corners)


def test_a_mask_counts_on_any_grid_whatever_its_labels(sample_points: Points) -> None:
    grid = Grid.axis_aligned((10, 10, 10), (4.0, 4.0, 4.0), sample_points.mean(axis=0))
    array = np.zeros((10, 10, 10), np.float32)
    array[5:] = -3.0
    array[0, 0, 0] = np.nan
    region = Region(mask=Volume(image_on_grid(array, grid), "mask"))
    up, down, away = (grid.centre + np.array([0, 0, d]) for d in (8.0, -8.0, 100.0))
    corner = grid.points(np.zeros(3))
    assert region.holds(np.stack([up, down, away, corner])).tolist() == [True, False, False, False]
    both = Region(region.mask, make_box(grid.centre, grid.centre + 50))
    assert both.holds(np.stack([up + 1, up - 2])).tolist() == [True, False]
    assert str(both).endswith(" and the mask")


def test_an_empty_mask_is_refused() -> None:
    grid = Grid.axis_aligned((4, 4, 4), (4.0, 4.0, 4.0), np.zeros(3))
    with pytest.raises(BadArgument, match="is empty"):
        Region(Volume(image_on_grid(np.zeros((4, 4, 4), np.uint8), grid), "nothing"))


def test_a_region_beside_the_head_is_refused(phantom_mr: Volume, phantom_ct: Volume) -> None:
    region = Region(box=make_box((500.0, 0, 0), (600, 100, 100)))
    with pytest.raises(BadArgument, match="too little of the head"):
        register(phantom_mr, phantom_ct, "header", region=region)


def test_points_are_taken_in_the_region_alone(sample_pair: Any, sample_points: Points) -> None:
    box = box_about(sample_points.mean(axis=0), 60)
    subject = Subject.of(sample_pair.fixed, 2.0, Region(box=box))
    rng = np.random.default_rng(0)
    points = samples(subject, 2.0, 32, 3000, rng=rng, observer=Observer()).points.T
    assert len(points) > 2500
    assert (points > np.array(box[0]) - 1e-3).all()  # the points are kept in 32 bits
    assert (points < np.array(box[1]) + 1e-3).all()
    whole = samples(subject, 2.0, 32, 3000, rng=rng, observer=Observer(), whole=True).points.T
    assert np.mean([(p > np.array(box[0])).all() and (p < np.array(box[1])).all() for p in whole]) < 0.6


@pytest.mark.parametrize("start", ["auto", "header"])
def test_a_box_of_half_the_head_is_enough(
    start: Any, sample_pair: Any, sample_points: Points, sample_error: Callable[[RigidTransform], float]
) -> None:
    region = Region(box=box_about(sample_points.mean(axis=0), 60))
    result = register(sample_pair.fixed, sample_pair.moving, start, region=region)
    assert result.ending is Ending.CONVERGED
    assert sample_error(result.moving_from_fixed) < 1.0  # 1 mm, as the whole head gives 0.3 and a part of it knows less
    assert "120 × 120 × 120 mm" in result.only


def test_a_small_box_cannot_lead_the_head_astray(
    sample_pair: Any, sample_points: Points, sample_error: Callable[[RigidTransform], float]
) -> None:
    """A deep box of 6 cm looks alike in many poses; the whole head says which, and a box that leads away says so."""
    result = register(
        sample_pair.fixed, sample_pair.moving, "auto", region=Region(box=box_about(sample_points.mean(axis=0), 30))
    )
    assert result.evidence is not None
    assert result.evidence.region_mm > 0
    off = sample_error(result.moving_from_fixed)
    assert off < 15.0
    assert off < 2.0 or result.ending is Ending.DOUBTFUL


def test_bounds_hold_with_a_small_box(sample_pair: Any, sample_points: Points, sample_truth: RigidTransform) -> None:
    middle = sample_points.mean(axis=0)
    off = RigidTransform.from_rotation_vector(np.array([0.03, 0, -0.03]), middle, np.array([2.0, -2.0, 1.0]))
    region = Region(box=box_about(middle, 30))
    result = register(
        sample_pair.fixed, sample_pair.moving, sample_truth @ off, region=region, max_shift_mm=1.0, max_rotation_deg=1.0
    )
    assert result.bounds is not None
    shift, angle = result.bounds.reached(result.moving_from_fixed)
    assert shift <= 1.0 + 1e-9
    assert angle <= 1.0 + 1e-9


def test_a_mask_is_looked_through_once_for_all_regions(sample_points: Points) -> None:
    grid = Grid.axis_aligned((4, 4, 4), (4.0, 4.0, 4.0), np.zeros(3))
    mask = Volume(image_on_grid(np.ones((4, 4, 4), np.uint8), grid), "mask")
    first, second = Region(mask), Region(mask, box_about(sample_points.mean(axis=0), 30))
    assert first.marked is second.marked
