"""Rigid transforms of 3D points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry.types import FARTHEST, Matrix, Points, frozen

RIGID_TOLERANCE = 1e-4
"""How far RᵀR may be from the identity to pass as rigid: files with six digits reach some 1e-6."""

_LAST_ROW: Final = np.array([0.0, 0.0, 0.0, 1.0])
_LAST_ROW_TOLERANCE: Final = np.array([1e-9, 1e-9, 1e-9, 1e-5])

_POINTS: Final = "Give one point (3,) or many (n, 3)."


class NotRigid(BadArgument, ValueError):
    """Numbers that are no rigid transform; `why` says it without a capital and without a full stop."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"This is no rigid transform: {why}.",
            "Give a 4×4 of numbers, such as the matrix of a result's moving_from_fixed.",
        )
        self.why = why


@dataclass(frozen=True, eq=False)
class RigidTransform:
    """A rotation and a shift of points in LPS mm; `b_from_a` maps points of space a to space b.

    `c_from_b @ b_from_a` composes, `~b_from_a` inverts. Immutable and hashable; equal if all 16 numbers are equal.
    Raises NotRigid as `from_matrix` does, which takes numbers that are rigid to a few digits only.
    """

    matrix: Matrix
    """(4, 4), row-major, read-only."""

    def __post_init__(self) -> None:
        matrix = _checked(self.matrix)
        if matrix.flags.writeable:
            matrix = frozen(matrix)
        object.__setattr__(self, "matrix", matrix)

    @staticmethod
    def identity() -> RigidTransform:
        """The transform that leaves every point where it is."""
        return _made(np.eye(4))

    @staticmethod
    def from_matrix(matrix: object) -> RigidTransform:
        """From a 4×4 (row-major, LPS mm); the rotation is made orthogonal to the last digit.

        Raises NotRigid if it is not 4×4, not finite, mirrors, scales, shears, or moves by more than 1000 km.
        """
        m = _checked(matrix)
        return RigidTransform.from_rotation(m[:3, :3], m[:3, 3])

    @staticmethod
    def from_rotation(rotation: Matrix, translation: Points) -> RigidTransform:
        """From a 3×3 near a rotation (the nearest one is taken) and a translation in mm: x ↦ R x + t."""
        u, _, vt = np.linalg.svd(np.asarray(rotation, dtype=np.float64))
        if np.linalg.det(u @ vt) < 0:
            raise NotRigid("the transform mirrors the image")
        out = np.eye(4)
        out[:3, :3] = u @ vt
        out[:3, 3] = translation
        if not np.isfinite(out).all():
            raise NotRigid("a rigid transform is a 4×4 of finite numbers")
        return _made(out)

    @staticmethod
    def about(rotation: Matrix, centre: Points, shift_mm: Points) -> RigidTransform:
        """Turn about `centre`, then shift: x ↦ R (x − c) + c + s. `centre` moves by exactly `shift_mm`."""
        c = np.asarray(centre, dtype=np.float64)
        r = np.asarray(rotation, dtype=np.float64)
        return RigidTransform.from_rotation(r, c + np.asarray(shift_mm, dtype=np.float64) - r @ c)

    @staticmethod
    def from_rotation_vector(vector_rad: Iterable[float], centre: Points, shift_mm: Points) -> RigidTransform:
        """As `about`, with the rotation as axis times angle in radians (Rodrigues' formula)."""
        return RigidTransform.about(rotation_from_vector(np.asarray(list(vector_rad))), centre, shift_mm)

    @staticmethod
    def from_euler(parameters: Sequence[float], centre: Points) -> RigidTransform:
        """From ITK's Euler3D parameters: (rx, ry, rz) in degrees, (tx, ty, tz) in mm, about `centre` in mm.

        The rotation is Rz · Rx · Ry, the default order of itk::Euler3DTransform.
        """
        rx, ry, rz = np.deg2rad(np.asarray(parameters[:3], dtype=np.float64))
        cx, sx, cy, sy, cz, sz = (f(a) for a in (rx, ry, rz) for f in (math.cos, math.sin))
        rotation = (
            np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
            @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
            @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        )
        return RigidTransform.about(rotation, centre, np.asarray(parameters[3:6], dtype=np.float64))

    def euler(self, centre: Points) -> tuple[float, float, float, float, float, float]:
        """ITK's Euler3D parameters about `centre`: rx, ry, rz in degrees and tx, ty, tz in mm."""
        r = self.rotation
        rx = math.atan2(r[2, 1], math.hypot(r[2, 0], r[2, 2]))  # asin would lose half the digits near ±90°
        ry = math.atan2(-r[2, 0], r[2, 2])
        # Near ±90° only ry ± rz is known: take rz from what ry leaves over, so that their errors cancel.
        cy, sy = math.cos(ry), math.sin(ry)
        cz = r[0, 0] * cy + r[0, 2] * sy
        sz = r[1, 0] * cy + r[1, 2] * sy
        rz = math.atan2(sz, cz)
        t = self.apply(centre) - np.asarray(centre, dtype=np.float64)
        return (math.degrees(rx), math.degrees(ry), math.degrees(rz), float(t[0]), float(t[1]), float(t[2]))

    @property
    def rotation(self) -> Matrix:
        """The 3×3 rotation."""
        return self.matrix[:3, :3]

    @property
    def translation(self) -> Points:
        """Where the origin goes, (3,) mm."""
        return self.matrix[:3, 3]

    def rotation_vector(self) -> Points:
        """Axis times angle in radians, (3,); the angle lies in 0…π."""
        return vector_from_rotation(self.rotation)

    @property
    def angle_deg(self) -> float:
        """The angle of the rotation, 0…180°."""
        return math.degrees(float(np.linalg.norm(self.rotation_vector())))

    def shift_at(self, point: Points) -> Points:
        """How far a point is moved, (3,) or (n, 3) mm."""
        return self.apply(point) - np.asarray(point, dtype=np.float64)

    def apply(self, points: Points) -> Points:
        """One point (3,) or many (n, 3) mapped, LPS mm. Raises BadArgument where each is not three numbers."""
        try:
            given = np.asarray(points, dtype=np.float64)
        except (TypeError, ValueError) as problem:
            raise BadArgument("These are no points.", _POINTS) from problem
        if given.shape[-1:] != (3,):
            raise BadArgument(f"An array of shape {given.shape} holds no points.", _POINTS)
        return given @ self.rotation.T + self.translation

    def __matmul__(self, other: RigidTransform) -> RigidTransform:
        return RigidTransform.from_rotation(
            self.rotation @ other.rotation, self.rotation @ other.translation + self.translation
        )

    def __invert__(self) -> RigidTransform:
        return RigidTransform.from_rotation(self.rotation.T, -self.rotation.T @ self.translation)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, RigidTransform) and np.array_equal(self.matrix, other.matrix)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # -0.0 equals 0.0 and must have its hash
        return hash((self.matrix + 0.0).tobytes())

    def is_close(self, other: RigidTransform, tolerance: float = 1e-9) -> bool:
        """Whether all numbers agree to `tolerance` (mm, and direction cosines)."""
        return bool(np.abs(self.matrix - other.matrix).max() <= tolerance)


def _made(matrix: Matrix) -> RigidTransform:
    """The transform of a 4×4 that is known to be rigid: checking it again would take longer than making it."""
    transform = object.__new__(RigidTransform)
    object.__setattr__(transform, "matrix", frozen(matrix))
    return transform


def _checked(matrix: object) -> Matrix:
    """The numbers of a 4×4. Raises NotRigid."""
    try:
        m = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        m = np.empty(0)
    if m.shape != (4, 4) or not np.isfinite(m).all():
        raise NotRigid("a rigid transform is a 4×4 of finite numbers")
    if np.any(np.abs(m[3] - _LAST_ROW) > _LAST_ROW_TOLERANCE):
        raise NotRigid("the last row of a rigid transform is 0 0 0 1")
    if np.abs(m[:3, 3]).max() > FARTHEST:
        raise NotRigid("it moves the image by more than 1000 km")
    r = m[:3, :3]
    with np.errstate(over="ignore", invalid="ignore"):  # of huge numbers, which are not rigid then
        mirrors = np.linalg.det(r) < 0
        rigid = np.abs(r.T @ r - np.eye(3)).max() <= RIGID_TOLERANCE
    if mirrors:
        raise NotRigid("the transform mirrors the image")
    if not rigid:
        raise NotRigid("the transform scales or shears the image")
    return m


def rotation_from_vector(vector_rad: Points) -> Matrix:
    """Rodrigues' formula: 3×3 from axis times angle in radians."""
    angle = float(np.linalg.norm(vector_rad))
    x, y, z = vector_rad
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=np.float64)
    if angle < 1e-8:  # second order is exact to 1e-24 here
        return np.eye(3) + k + 0.5 * (k @ k)
    return np.eye(3) + math.sin(angle) / angle * k + (1 - math.cos(angle)) / angle**2 * (k @ k)


def vector_from_rotation(rotation: Matrix) -> Points:
    """Axis times angle in radians of a 3×3 rotation, by way of its unit quaternion (Shepperd's method)."""
    r = rotation
    trace = float(np.trace(r))
    choices = np.array([trace, r[0, 0], r[1, 1], r[2, 2]])
    q = np.empty(4)  # w, x, y, z
    i = int(np.argmax(choices))
    if i == 0:
        q[:] = 1 + trace, r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]
    else:
        a, b, c = i - 1, i % 3, (i + 1) % 3
        q[0] = r[c, b] - r[b, c]
        q[1 + a] = 1 + r[a, a] - r[b, b] - r[c, c]
        q[1 + b] = r[b, a] + r[a, b]
        q[1 + c] = r[c, a] + r[a, c]
    q /= np.linalg.norm(q)
    if q[0] < 0:
        q = -q
    sine = float(np.linalg.norm(q[1:]))
    if sine < 1e-12:
        return 2.0 * q[1:]
    return q[1:] / sine * (2.0 * math.atan2(sine, q[0]))
