"""One pair made better: found on the sample, refused where nothing can be told, and never farther than the search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import BadArgument, Cancelled
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.geometry.rigid import rotation_from_vector
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer
from fusionviewer.registration.points.pair_refinement import refine_pair

PLACES = np.array(
    [
        [-9.3, 124.1, -45.4],
        [51.7, 96.1, -52.4],
        [-76.3, -21.9, -23.4],
        [19.7, 29.1, -54.4],
        [-64.3, -10.9, -54.4],
        [-67.3, 51.1, -53.4],
        [-8.3, -39.9, -9.4],
        [0.7, -50.9, -2.4],
        [-53.3, 36.1, -54.4],
        [-0.3, -43.9, 2.6],
    ]
)
"""Corners of skull and sinuses in the sample's T1, LPS mm; none was looked at when the method was chosen."""


def displaced(place: Points, truth: RigidTransform, seed: int, mm: float = 2.5) -> Points:
    away = np.random.default_rng(seed).normal(size=3)
    return truth.apply(place) + mm * away / np.linalg.norm(away)


def test_points_of_the_sample_come_nearer_to_the_truth(sample_pair: Any, sample_truth: RigidTransform) -> None:
    off, refused, high = [], 0, []
    for seed, place in enumerate(PLACES):
        try:
            better = refine_pair(
                sample_pair.fixed, sample_pair.moving, place, displaced(place, sample_truth, seed), sample_truth
            )
        except BadArgument:
            refused += 1
            continue
        off.append(float(np.linalg.norm(better.moving_point - sample_truth.apply(place))))
        if better.level == "high":
            high.append(off[-1])
        assert better.moved_mm <= 5.8
        assert 0 < better.confidence <= 1
        assert f"Confidence {better.level}" in better.reasons
    assert refused <= 3
    assert np.median(off) < 1.0
    assert max(off) < 2.2
    assert high
    assert np.median(high) < 0.9


def test_a_rotation_that_is_a_little_wrong_does_no_harm(sample_pair: Any, sample_truth: RigidTransform) -> None:
    off = []
    for seed, place in enumerate(PLACES[::3]):
        turn = rotation_from_vector(np.deg2rad([1.5, -1.0, 1.0])) @ sample_truth.rotation
        pose = RigidTransform.from_rotation(turn, np.zeros(3))
        try:
            better = refine_pair(
                sample_pair.fixed, sample_pair.moving, place, displaced(place, sample_truth, seed), pose
            )
        except BadArgument:
            continue
        off.append(float(np.linalg.norm(better.moving_point - sample_truth.apply(place))))
    assert len(off) >= 2
    assert np.median(off) < 1.2


def test_like_images_are_matched_to_a_fraction_of_a_voxel(sample_pair: Any) -> None:
    t1 = sample_pair.fixed
    values = np.asarray(t1.array, dtype=np.float32)
    brighter = np.linspace(0.7, 1.3, len(values), dtype=np.float32)[:, None, None]
    noisy = values * brighter + np.random.default_rng(1).normal(0, 20, values.shape).astype(np.float32)
    other = Volume(image_on_grid(noisy, t1.grid), "other", "MR")
    off = []
    for seed, place in enumerate(PLACES):
        start = displaced(place, RigidTransform.identity(), seed)
        better = refine_pair(t1, other, place, start, RigidTransform.identity())
        off.append(float(np.linalg.norm(better.moving_point - place)))
    assert np.median(off) < 0.25
    assert max(off) < 1.2


def test_the_same_again_is_the_same(sample_pair: Any, sample_truth: RigidTransform) -> None:
    place = PLACES[0]
    start = displaced(place, sample_truth, 0)
    one, other = (refine_pair(sample_pair.fixed, sample_pair.moving, place, start, sample_truth) for _ in range(2))
    np.testing.assert_array_equal(one.moving_point, other.moving_point)


def cube(values: np.ndarray[Any, Any]) -> Volume:
    from fusionviewer.geometry import Grid

    size = values.shape[::-1]
    return Volume(
        image_on_grid(values.astype(np.float32), Grid.axis_aligned(size, (1.0, 1.0, 1.0), np.zeros(3))), "cube"
    )


def blobs(shift: tuple[int, int, int] = (0, 0, 0)) -> np.ndarray[Any, Any]:
    noise = sitk.GetImageFromArray(np.random.default_rng(3).normal(size=(80, 80, 80)))
    values = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(noise, 3.0))
    return np.asarray(np.roll(values / values.std() * 100, shift, axis=(0, 1, 2)))


@pytest.mark.parametrize(
    ("fixed", "moving", "why"),
    [
        (blobs(), np.zeros((80, 80, 80)), "moving image is flat"),
        (np.full((80, 80, 80), 7.0), blobs(), "fixed image is flat"),
        (blobs(), np.random.default_rng(5).normal(0, 100, (80, 80, 80)), "nothing around this point that both"),
        (blobs(), blobs((0, 0, 7)), "edge of the search"),
    ],
)
def test_a_neighbourhood_that_says_nothing_is_refused(fixed: Any, moving: Any, why: str) -> None:
    with pytest.raises(BadArgument, match=why) as caught:
        refine_pair(cube(fixed), cube(moving), np.zeros(3), np.zeros(3), RigidTransform.identity())
    assert caught.value.remedy


def test_a_pattern_that_repeats_is_refused() -> None:
    z, y, x = np.indices((80, 80, 80))
    stripes = 100 * np.sin(2 * np.pi * x / 4) * np.sin(2 * np.pi * y / 9) * np.sin(2 * np.pi * z / 9)
    with pytest.raises(BadArgument, match=r"look alike|edge of the search"):
        refine_pair(cube(stripes), cube(stripes), np.zeros(3), np.zeros(3), RigidTransform.identity())


def test_a_plane_says_nothing_along_itself() -> None:
    x = np.arange(80.0)
    noise = np.random.default_rng(2).normal(0, 8, (2, 80, 80, 80))
    step = 100 * np.tanh((x - 40) / 1.5)
    with pytest.raises(BadArgument):
        refine_pair(cube(step + noise[0]), cube(step + noise[1]), np.zeros(3), np.zeros(3), RigidTransform.identity())


@pytest.mark.parametrize("point", [np.array([38.0, 38, 38]), np.array([300.0, 0, 0])])
def test_at_the_rim_and_outside_is_refused(point: Points) -> None:
    image = cube(blobs())
    with pytest.raises(BadArgument, match=r"inside both images|outside its image"):
        refine_pair(image, image, point, point, RigidTransform.identity())


@pytest.mark.parametrize("wrong", [{"radius_mm": 3}, {"radius_mm": float("nan")}, {"search_mm": 0}, {"search_mm": 20}])
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    image = cube(blobs())
    with pytest.raises(BadArgument, match="neighbourhood is 5 to 40"):
        refine_pair(image, image, np.zeros(3), np.zeros(3), RigidTransform.identity(), **wrong)


def test_it_can_be_cancelled() -> None:
    observer = Observer()
    observer.cancelled.set()
    image = cube(blobs())
    with pytest.raises(Cancelled):
        refine_pair(image, image, np.zeros(3), np.zeros(3), RigidTransform.identity(), observer=observer)
