from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import BadArgument, Cancelled, RegistrationFailed
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.native_calls import use_threads
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer, Progress
from fusionviewer.registration import Ending, PoseUpdate, Reason, RegistrationSettings, register, starting_pose

Error = Callable[[RigidTransform], float]


def off_by(truth: RigidTransform, centre: Points, mm: float, deg: float, seed: int = 0) -> RigidTransform:
    """A pose that moves `centre` mm away from the truth and turns by deg."""
    rng = np.random.default_rng(seed)
    turn, shift = rng.normal(size=3), rng.normal(size=3)
    turn *= np.deg2rad(deg) / np.linalg.norm(turn)
    shift *= mm / np.linalg.norm(shift)
    return RigidTransform.from_rotation_vector(turn, truth.apply(centre), shift) @ truth


@pytest.mark.parametrize("start", ["auto", "header", "centre"])
def test_the_sample_from_each_start(sample_pair: Any, sample_error: Error, start: Any) -> None:
    result = register(sample_pair.fixed, sample_pair.moving, start)
    assert sample_error(result.moving_from_fixed) < 0.7
    assert result.ending is Ending.CONVERGED
    assert result.start_kind == start
    assert result.bounds is None


def test_the_same_seed_gives_the_same_pose_and_another_nearly(sample_pair: Any, sample_error: Error) -> None:
    first, again = register(*sample_pair), register(*sample_pair)
    np.testing.assert_allclose(again.moving_from_fixed.matrix, first.moving_from_fixed.matrix, atol=1e-6, rtol=0)
    other = register(sample_pair.fixed, sample_pair.moving, settings=RegistrationSettings(seed=5))
    assert not np.array_equal(other.moving_from_fixed.matrix, first.moving_from_fixed.matrix)
    assert abs(sample_error(other.moving_from_fixed) - sample_error(first.moving_from_fixed)) < 0.3


def test_the_number_of_threads_changes_nothing(phantom_mr: Volume, phantom_ct: Volume) -> None:
    """To the last digit: a study registered again on another machine must give the same pose."""
    usual = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    poses = []
    try:
        for number in (1, 2, 5):
            use_threads(number)
            assert sitk.ResampleImageFilter().GetNumberOfThreads() == number
            # other objects: what is found of a volume once is kept with it
            fixed, moving = (Volume(sitk.Image(volume.image), volume.name) for volume in (phantom_mr, phantom_ct))
            poses.append(register(fixed, moving).moving_from_fixed.matrix)
        use_threads(0)
        assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == usual
    finally:
        use_threads(0)
    assert np.array_equal(poses[0], poses[1])
    assert np.array_equal(poses[0], poses[2])


def test_comes_back_within_bounds_that_hold_the_truth(
    sample_pair: Any, sample_truth: RigidTransform, sample_points: Points, sample_error: Error
) -> None:
    start = off_by(sample_truth, sample_points.mean(axis=0), 4, 4)
    result = register(
        sample_pair.fixed, sample_pair.moving, start, max_shift_mm=8, max_rotation_deg=8, start_kind="file"
    )
    assert sample_error(result.moving_from_fixed) < 0.7
    assert result.bounds is not None
    assert result.bounds.contains(result.moving_from_fixed)
    assert result.ending is Ending.CONVERGED
    assert result.touched == ()
    assert result.start == start
    assert result.start_kind == "file"


def test_tight_bounds_hold_and_are_named(sample_pair: Any, sample_truth: RigidTransform, sample_points: Points) -> None:
    start = off_by(sample_truth, sample_points.mean(axis=0), 4, 4)
    result = register(sample_pair.fixed, sample_pair.moving, start, max_shift_mm=1, max_rotation_deg=1)
    assert result.bounds is not None
    assert result.bounds.contains(result.moving_from_fixed, 1e-6)
    assert result.touched == ("shift", "rotation")
    assert result.ending is Ending.BOUNDED
    assert result.reasons[0] == Reason("limit_reached", {"max_shift_mm": 1.0, "max_rotation_deg": 1.0})


@pytest.mark.parametrize(("shift", "angle"), [(0.0, 6.0), (6.0, 0.0), (0.0, 0.0)])
def test_a_limit_of_zero_locks(
    sample_pair: Any, sample_truth: RigidTransform, sample_points: Points, shift: float, angle: float
) -> None:
    start = off_by(sample_truth, sample_points.mean(axis=0), 3, 3)
    result = register(sample_pair.fixed, sample_pair.moving, start, max_shift_mm=shift, max_rotation_deg=angle)
    assert result.bounds is not None
    reached = result.bounds.reached(result.moving_from_fixed)
    for got, limit in zip(reached, (shift, angle), strict=True):
        assert got <= limit + 1e-6
        assert (got > 0.5) == (limit > 0)


def test_one_limit_alone_leaves_the_other_at_its_default(sample_pair: Any, sample_truth: RigidTransform) -> None:
    result = register(sample_pair.fixed, sample_pair.moving, sample_truth, max_shift_mm=2)
    assert result.bounds is not None
    assert (result.bounds.max_shift_mm, result.bounds.max_rotation_deg) == (2.0, 10.0)


def test_bounds_need_a_start(phantom_mr: Volume, phantom_ct: Volume) -> None:
    with pytest.raises(BadArgument, match="Bounds need a start"):
        register(phantom_mr, phantom_ct, "auto", max_rotation_deg=5)
    with pytest.raises(BadArgument, match="no start called"):
        register(phantom_mr, phantom_ct, "somewhere")  # type: ignore[arg-type]  # what a user may type


def test_steps_are_reported_with_poses(phantom_mr: Volume, phantom_ct: Volume) -> None:
    seen: list[Progress] = []
    result = register(phantom_mr, phantom_ct, observer=Observer(seen.append))
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    poses = [p.detail for p in seen if isinstance(p.detail, PoseUpdate)]
    assert len(poses) > 20
    assert {"8 mm", "4 mm", "2 mm"} <= {p.stage for p in poses}
    assert len(result.trace) == len(poses)
    assert poses[-1].metric == result.trace[-1][2]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.8])
def test_a_cancelled_run_stops_where_it_is(phantom_mr: Volume, phantom_ct: Volume, share: float) -> None:
    cancelled = threading.Event()
    after: list[float] = []

    def listen(progress: Progress) -> None:
        if cancelled.is_set():
            after.append(progress.fraction)
        elif progress.fraction >= share:
            cancelled.set()

    with pytest.raises(Cancelled):
        register(phantom_mr, phantom_ct, observer=Observer(listen, cancelled))
    assert not after


@pytest.mark.parametrize("seed", range(3))
def test_the_phantom_from_anywhere(
    phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    turn = rng.normal(size=3)
    turn *= np.deg2rad(170) / np.linalg.norm(turn)
    moved = RigidTransform.from_rotation_vector(turn, np.zeros(3), rng.normal(0, 200, 3))
    image = sitk.Image(phantom_ct.image)  # the same voxels in another frame, as a wrong header puts them
    direction = moved.rotation @ np.asarray(image.GetDirection()).reshape(3, 3)
    image.SetOrigin(moved.apply(np.asarray(image.GetOrigin())).tolist())
    image.SetDirection(direction.ravel().tolist())
    result = register(phantom_mr, Volume(image, "turned", "CT"))
    points = rng.normal(0, 30, (40, 3))
    expected = (moved @ phantom_truth).apply(points)
    assert np.linalg.norm(result.moving_from_fixed.apply(points) - expected, axis=1).mean() < 0.7


def test_a_start_without_overlap_fails_with_a_remedy(phantom_mr: Volume, phantom_ct: Volume) -> None:
    far = RigidTransform.from_rotation(np.eye(3), np.array([0.0, 0, 900]))
    with pytest.raises(RegistrationFailed, match="overlap") as caught:
        register(phantom_mr, phantom_ct, far)
    assert "automatic" in caught.value.remedy


def test_an_automatic_start_without_overlap_is_not_advised_again(phantom_mr: Volume) -> None:
    noise = np.random.default_rng(0).normal(100.0, 30.0, (60, 80, 80)).astype(np.float32)
    with pytest.raises(RegistrationFailed, match="overlap") as caught:
        register(phantom_mr, Volume(sitk.GetImageFromArray(noise), "noise", ""))
    assert "automatic" not in caught.value.remedy
    assert "landmarks" in caught.value.remedy


def test_an_empty_image_fails_with_a_remedy(phantom_mr: Volume, phantom_ct: Volume) -> None:
    empty = Volume(phantom_mr.image * 0, "empty", "MR")
    for pair in ((empty, phantom_ct), (phantom_mr, empty)):
        with pytest.raises(RegistrationFailed, match="No head") as caught:
            register(*pair)
        assert caught.value.remedy


def test_starting_poses(phantom_mr: Volume, phantom_ct: Volume) -> None:
    assert starting_pose(phantom_mr, phantom_ct, "header") == RigidTransform.identity()
    centre = starting_pose(phantom_mr, phantom_ct, "centre")
    np.testing.assert_allclose(centre.apply(phantom_mr.grid.centre), phantom_ct.grid.centre)
