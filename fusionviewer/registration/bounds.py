"""Hard limits of a refinement about its start."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Points, RigidTransform, as_point
from fusionviewer.geometry.types import frozen

TOUCHED = 0.99
"""Share of a limit from which it counts as touched."""

DEFAULT_SHIFT_MM = 10.0
DEFAULT_ROTATION_DEG = 10.0
"""What the other limit is when only one is given."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """A ball of poses about `start`: how far the stated centre may move, and by what angle the head may turn.

    With c = `centre` (fixed space, LPS mm), a pose T has shift |T(c) − start(c)| in mm and rotation
    angle(R_T · R_startᵀ) in degrees. Both are totals, not per axis. A limit of 0 locks that part.
    """

    start: RigidTransform
    centre: Points
    max_shift_mm: float
    max_rotation_deg: float

    @staticmethod
    def about(
        start: RigidTransform,
        centre: Iterable[float],
        max_shift_mm: float | None,
        max_rotation_deg: float | None,
    ) -> Bounds:
        """Bounds from what a user gave; a limit left out is 10 mm or 10°. Raises BadArgument on a bad number."""
        shift = DEFAULT_SHIFT_MM if max_shift_mm is None else float(max_shift_mm)
        angle = DEFAULT_ROTATION_DEG if max_rotation_deg is None else float(max_rotation_deg)
        if not (math.isfinite(shift) and shift >= 0):
            raise BadArgument("The maximum shift is not a number of millimetres ≥ 0.", "Give for example 10.")
        if not (math.isfinite(angle) and 0 <= angle <= 180):
            raise BadArgument("The maximum rotation does not lie between 0 and 180 degrees.", "Give for example 10.")
        return Bounds(start, frozen(as_point(centre)), shift, angle)

    def reached(self, pose: RigidTransform) -> tuple[float, float]:
        """(shift in mm, rotation in degrees) of a pose from the start."""
        shift = float(np.linalg.norm(pose.apply(self.centre) - self.start.apply(self.centre)))
        angle = RigidTransform.from_rotation(pose.rotation @ self.start.rotation.T, np.zeros(3)).angle_deg
        return shift, angle

    def contains(self, pose: RigidTransform, tolerance: float = 1e-6) -> bool:
        """Whether a pose lies inside both limits (mm, degrees)."""
        shift, angle = self.reached(pose)
        return shift <= self.max_shift_mm + tolerance and angle <= self.max_rotation_deg + tolerance

    def project(self, pose: RigidTransform) -> RigidTransform:
        """The pose itself if it lies inside, else the nearest one in shift and in angle on the limits."""
        c = np.asarray(self.centre)
        step = pose.apply(c) - self.start.apply(c)
        length = float(np.linalg.norm(step))
        if length > self.max_shift_mm:
            step = step * (self.max_shift_mm / length)
        turn = RigidTransform.from_rotation(pose.rotation @ self.start.rotation.T, np.zeros(3)).rotation_vector()
        angle = float(np.linalg.norm(turn))
        limit = math.radians(self.max_rotation_deg)
        if length <= self.max_shift_mm and angle <= limit:
            return pose
        if angle > limit:
            turn = turn * (limit / angle)
        moved = self.start.apply(c)
        return RigidTransform.from_rotation_vector(turn, moved, step) @ self.start

    def touched(self, pose: RigidTransform) -> tuple[str, ...]:
        """Which of "shift" and "rotation" a pose has used to 99 % or more. A locked part does not count."""
        shift, angle = self.reached(pose)
        names = []
        if self.max_shift_mm > 0 and shift >= TOUCHED * self.max_shift_mm:
            names.append("shift")
        if self.max_rotation_deg > 0 and angle >= TOUCHED * self.max_rotation_deg:
            names.append("rotation")
        return tuple(names)

    def limits_reached(self, pose: RigidTransform) -> dict[str, float]:
        """The limits that a pose touches, by name, in mm and degrees."""
        limits = {"shift": ("max_shift_mm", self.max_shift_mm), "rotation": ("max_rotation_deg", self.max_rotation_deg)}
        return dict(limits[name] for name in self.touched(pose))
