"""Rigid transforms: composing, inverting, the two ways of writing a rotation in three numbers, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from poses import axes, points, transforms

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import NotRigid, RigidTransform, as_point
from fusionviewer.geometry.rigid import rotation_from_vector, vector_from_rotation

Array = NDArray[np.float64]

angles = st.floats(-180, 180)


@settings(max_examples=30)
@given(transforms(), transforms(), points)
def test_composing_applies_the_right_one_first(b_from_a: RigidTransform, c_from_b: RigidTransform, p: Array) -> None:
    np.testing.assert_allclose((c_from_b @ b_from_a).apply(p), c_from_b.apply(b_from_a.apply(p)), atol=1e-9)


@settings(max_examples=30)
@given(transforms(), points)
def test_the_inverse_brings_points_back(t: RigidTransform, p: Array) -> None:
    np.testing.assert_allclose((~t).apply(t.apply(p)), p, atol=1e-9)
    assert (t @ ~t).is_close(RigidTransform.identity())


@settings(max_examples=30)
@given(transforms(), points, points)
def test_distances_and_handedness_are_kept(t: RigidTransform, p: Array, q: Array) -> None:
    assert np.linalg.norm(t.apply(p) - t.apply(q)) == pytest.approx(np.linalg.norm(p - q), abs=1e-9)
    assert np.linalg.det(t.rotation) == pytest.approx(1, abs=1e-12)


@settings(max_examples=50)
@given(axes, st.floats(0, 180))
@example(np.array([1.0, 0, 0]), 180.0)
@example(np.array([0, 1.0, 1e-3]), 180.0)
@example(np.array([0, 0, 1.0]), 1e-9)
@example(np.array([1.0, 2.0, 3.0]), 179.9999999)
def test_rotation_vectors_come_back(axis: Array, angle_deg: float) -> None:
    rotation = rotation_from_vector(axis / np.linalg.norm(axis) * math.radians(angle_deg))
    np.testing.assert_allclose(rotation_from_vector(vector_from_rotation(rotation)), rotation, atol=1e-12)
    transform = RigidTransform.from_rotation(rotation, np.zeros(3))
    assert transform.angle_deg == pytest.approx(angle_deg, abs=1e-6)


@settings(max_examples=50)
@given(st.tuples(angles, angles, angles), points, points)
@example((90.0, 30.0, 20.0), np.zeros(3), np.zeros(3))
@example((-90.0, 10.0, 0.0), np.zeros(3), np.zeros(3))
@example((90.0 - 1e-7, 30.0, 20.0), np.zeros(3), np.zeros(3))
@example((90.0 - 1e-5, 30.0, -120.0), np.zeros(3), np.zeros(3))
@example((89.999, 77.0, 20.0), np.zeros(3), np.zeros(3))
def test_euler_angles_come_back_even_in_the_gimbals_lock(
    angles_deg: tuple[float, float, float], shift: Array, centre: Array
) -> None:
    transform = RigidTransform.from_euler((*angles_deg, *shift), centre)
    again = RigidTransform.from_euler(transform.euler(centre), centre)
    assert again.is_close(transform, 1e-11)


@settings(max_examples=30)
@given(st.tuples(angles, angles, angles), points, points, points)
def test_euler_parameters_are_itks(
    angles_deg: tuple[float, float, float], shift: Array, centre: Array, p: Array
) -> None:
    theirs = sitk.Euler3DTransform(centre.tolist(), *(math.radians(a) for a in angles_deg), shift.tolist())
    ours = RigidTransform.from_euler((*angles_deg, *shift), centre)
    np.testing.assert_allclose(ours.apply(p), theirs.TransformPoint(p.tolist()), atol=1e-9)


@settings(max_examples=25)
@given(transforms(), points, points)
def test_about_moves_the_centre_by_the_shift(t: RigidTransform, centre: Array, shift: Array) -> None:
    about = RigidTransform.about(t.rotation, centre, shift)
    np.testing.assert_allclose(about.shift_at(centre), shift, atol=1e-9)


@settings(max_examples=25)
@given(transforms())
def test_matrices_come_back_to_the_last_digits(t: RigidTransform) -> None:
    assert RigidTransform.from_matrix(t.matrix.tolist()).is_close(t, 1e-14)


def test_a_matrix_with_six_digits_is_made_orthogonal() -> None:
    exact = RigidTransform.from_euler((11, -22, 33, 4, 5, 6), np.zeros(3))
    read = RigidTransform.from_matrix(np.round(exact.matrix, 6))
    np.testing.assert_allclose(read.rotation.T @ read.rotation, np.eye(3), atol=1e-15)
    assert read.is_close(exact, 2e-6)


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (np.eye(3), "4×4"),
        (np.full((4, 4), np.nan), "finite"),
        (np.diag([1.0, 1.0, -1.0, 1.0]), "mirrors"),
        (np.diag([1.01, 1.0, 1.0, 1.0]), "scales"),
        (np.eye(4) + np.eye(4, k=1) * 0.01, "scales or shears|last row"),
        (np.diag([1.0, 1.0, 1.0, 2.0]), "last row"),
    ],
)
def test_what_is_not_rigid_is_refused(matrix: Array, why: str) -> None:
    for make in (RigidTransform.from_matrix, RigidTransform):
        with pytest.raises(NotRigid, match=why) as refused:
            make(matrix)
        assert refused.value.remedy


def test_huge_numbers_are_no_transform() -> None:
    with pytest.raises(NotRigid, match="scales or shears"):
        RigidTransform.from_matrix(np.diag([1e200, 1e200, 1e200, 1.0]))
    far = np.eye(4)
    far[2, 3] = -1e300
    with pytest.raises(NotRigid, match="more than 1000 km"):
        RigidTransform.from_matrix(far)


def test_a_matrix_that_was_handed_over_can_change_without_the_transform() -> None:
    matrix = np.eye(4)
    one = RigidTransform(matrix)
    matrix[0, 3] = 5.0
    assert one == RigidTransform.identity()


@pytest.mark.parametrize("points", [[1, 2], 3, "here", np.zeros((3, 2)), [[1, 2, 3], [4]]])
def test_what_is_no_point_is_not_mapped(points: Any) -> None:
    with pytest.raises(BadArgument, match="no points") as refused:
        RigidTransform.identity().apply(points)
    assert refused.value.remedy


def test_transforms_are_values() -> None:
    one, same = (RigidTransform.from_euler((1, 2, 3, 4, 5, 6), np.zeros(3)) for _ in range(2))
    assert one == same
    assert len({one, same, RigidTransform.identity()}) == 2
    assert one != RigidTransform.identity()
    with pytest.raises(ValueError, match="read-only"):
        one.matrix[0, 0] = 7


@pytest.mark.parametrize("values", [(1, 2), (1, 2, 3, 4), (1, 2, math.nan), (1, 2, math.inf)])
def test_a_point_is_three_finite_numbers(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="three finite numbers"):
        as_point(values)
