from __future__ import annotations

import numpy as np

from fusionviewer.geometry.rigid import vector_from_rotation
from fusionviewer.registration.starts import distinct, even_rotations, pose_distance, random_offsets


def test_rotations_are_rotations_and_leave_no_gap() -> None:
    rotations = even_rotations(1000)
    np.testing.assert_allclose(rotations[0], np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(rotations), 1.0)
    np.testing.assert_allclose(rotations @ rotations.transpose(0, 2, 1), np.tile(np.eye(3), (1000, 1, 1)), atol=1e-12)
    rng = np.random.default_rng(0)
    for _ in range(50):
        some, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        some *= np.sign(np.linalg.det(some))
        cosines = (np.einsum("nij,ij->n", rotations, some) - 1) / 2
        assert np.degrees(np.arccos(cosines.max())) < 25


def test_offsets_stay_in_the_balls_and_begin_in_the_middle() -> None:
    offsets = random_offsets(200)
    assert not offsets[0].any()
    lengths = np.linalg.norm(offsets.reshape(-1, 2, 3), axis=2)
    assert lengths.max() <= 1
    assert np.quantile(lengths[1:], 0.5) > 0.6  # spread in the balls, not huddled in the middle
    assert np.abs(offsets.mean(axis=0)).max() < 0.1


def test_distance_of_poses_is_in_mm_at_the_rim() -> None:
    shifted, turned = np.eye(4), np.eye(4)
    shifted[:3, 3] = [3, 4, 0]
    turned[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    assert pose_distance(np.eye(4), shifted, np.zeros(3)) == 5
    assert np.isclose(
        pose_distance(np.eye(4), turned, np.zeros(3)),
        np.linalg.norm(vector_from_rotation(turned[:3, :3])) * 80 * np.sqrt(2 / 3),
    )
    assert distinct(np.stack([np.eye(4), shifted, turned]), np.zeros(3), 3, 10.0) == [0, 2]
