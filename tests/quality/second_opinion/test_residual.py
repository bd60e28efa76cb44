"""How far a pose is off, and whether anything fits at all."""

from __future__ import annotations

from threading import Event

import numpy as np
import phantoms
import pytest

from fusionviewer.errors import Cancelled
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer
from fusionviewer.quality.second_opinion.motion import moved_mm, rigid_of
from fusionviewer.quality.second_opinion.opinion import PreparedPair, mirror_share, prepared_pair, second_opinion

pytestmark = pytest.mark.usefixtures("quick_opinion")

MOTIONS = ([0.0] * 6, [2, -1, 1, 1, 0, 1], [-4, 3, 2, 2, -3, 1], [0, 0, 0, 0, 0, 7])


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_residual_motion_is_how_far_the_pose_is_off(phantom_pair: PreparedPair, motion: list[float]) -> None:
    head = phantom_pair.head
    pose = rigid_of(np.array(motion, dtype=np.float64), head.centre) @ phantoms.MOVING_FROM_FIXED
    found = second_opinion(phantom_pair, pose)
    assert found is not None
    true_mm = float(np.percentile(moved_mm(np.array(motion), head.centre, head.places), 95))
    assert found.p95_mm == pytest.approx(true_mm, abs=0.6)  # a fifth of the phantom's voxels
    assert phantoms.error_mm(phantom_pair.corrected(pose, found)) < 0.8
    assert found.unsure_mm < 0.3


def test_it_is_the_same_the_other_way_round(phantom_pair: PreparedPair) -> None:
    other = prepared_pair(phantoms.phantom_ct(), phantoms.phantom_mr())
    assert other is not None
    assert other.ct_is_fixed
    assert not phantom_pair.ct_is_fixed
    motion = np.array([2.0, -1, 1, 1, 0, 1])
    pose = rigid_of(motion, phantom_pair.head.centre) @ phantoms.MOVING_FROM_FIXED
    one, two = second_opinion(phantom_pair, pose), second_opinion(other, ~pose)
    assert one is not None
    assert two is not None
    np.testing.assert_allclose(one.motion, two.motion, atol=1e-6)
    back = other.corrected(~pose, two)
    assert phantoms.error_mm(~back) < 0.8


def test_another_anatomy_fits_nowhere(phantom_pair: PreparedPair) -> None:
    mr = phantoms.phantom_mr()
    k, j, i = np.indices(mr.array.shape)
    # bent by 8 mm to and fro along the head, as another patient's head is shaped otherwise
    bent = np.clip(np.rint(i + 2.7 * np.sin(j / 9.0) * np.cos(k / 9.0)), 0, mr.array.shape[2] - 1).astype(int)
    other = Volume(image_on_grid(mr.array[k, j, bent], mr.grid), "other", "MR")
    pair = prepared_pair(other, phantoms.phantom_ct())
    assert pair is not None
    found = second_opinion(pair, phantoms.MOVING_FROM_FIXED)
    right = second_opinion(phantom_pair, phantoms.MOVING_FROM_FIXED)
    assert found is not None
    assert right is not None
    assert found.unsure_mm > 1.5 * right.unsure_mm
    assert found.misfit_mm > 1.5 * right.misfit_mm


def test_a_head_that_is_nearly_its_own_mirror_image_fits_both_ways(phantom_pair: PreparedPair) -> None:
    found = second_opinion(phantom_pair, phantoms.MOVING_FROM_FIXED)
    assert found is not None
    assert mirror_share(phantom_pair, phantoms.MOVING_FROM_FIXED, found) == pytest.approx(1.0, abs=0.1)


def test_images_far_apart_are_not_compared(phantom_pair: PreparedPair) -> None:
    away = rigid_of(np.array([500.0, 0, 0, 0, 0, 0]), phantom_pair.head.centre) @ phantoms.MOVING_FROM_FIXED
    assert second_opinion(phantom_pair, away) is None


def test_two_images_of_one_kind_are_not_compared() -> None:
    ct, mr = phantoms.phantom_ct(), phantoms.phantom_mr()
    assert prepared_pair(ct, ct) is None
    assert prepared_pair(mr, mr) is None


def test_it_can_be_cancelled(phantom_pair: PreparedPair) -> None:
    cancelled = Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        second_opinion(phantom_pair, phantoms.MOVING_FROM_FIXED, Observer(cancelled=cancelled))
