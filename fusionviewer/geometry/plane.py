"""Planes through the patient, and which side of the screen is which side of the patient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry.types import Matrix, Points, frozen

SideLetters: TypeAlias = Literal["SI", "HF"]
"""What the ends of the patient's long axis are called: superior and inferior, or head and feet."""


_TELLING: Final = 0.2588
"""The sine of 15°: a direction's letters tell every axis that it leans towards by more."""


@dataclass(frozen=True)
class Orientation:
    """One of the three standard views: a name, and the screen's axes in LPS for the radiological convention."""

    name: str
    right: tuple[float, float, float]
    down: tuple[float, float, float]
    mirrors: bool
    """Whether the neurological convention shows it mirrored (it has left and right on the screen)."""

    @property
    def normal_axis(self) -> int:
        """The LPS axis that the view looks along: 0, 1 or 2."""
        return int(np.argmax(np.abs(np.cross(self.right, self.down))))


AXIAL: Final = Orientation("axial", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), True)
CORONAL: Final = Orientation("coronal", (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), True)
SAGITTAL: Final = Orientation("sagittal", (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), False)
ORIENTATIONS: Final = (AXIAL, SAGITTAL, CORONAL)


@dataclass(frozen=True, eq=False)
class SlicePlane:
    """A plane through `point` (LPS mm); `right` and `down` are the screen's unit vectors in LPS, (3,) each."""

    point: Points
    right: Points
    down: Points

    @staticmethod
    def through(
        point: Points, orientation: Orientation, radiological: bool = True, tilt: Matrix | None = None
    ) -> SlicePlane:
        """The standard view through a point, or with a `tilt` (a 3×3 rotation in LPS) that view turned.

        Radiological: the patient's right is on the screen's left.
        """
        right, down = np.asarray(orientation.right), np.asarray(orientation.down)
        if orientation.mirrors and not radiological:
            right = -right
        if tilt is not None:
            right, down = tilt @ right, tilt @ down
        return SlicePlane(frozen(np.asarray(point)), frozen(right), frozen(down))

    @cached_property
    def normal(self) -> Points:
        """The unit vector right × down, (3,)."""
        (rx, ry, rz), (dx, dy, dz) = self.right.tolist(), self.down.tolist()  # np.cross takes twenty times as long
        return frozen(np.array([ry * dz - rz * dy, rz * dx - rx * dz, rx * dy - ry * dx]))

    @cached_property
    def depth_mm(self) -> float:
        """The plane's distance from the origin along its normal; planes that are parallel differ only in it."""
        return float(np.dot(self.point, self.normal))

    def points(self, right_mm: Points, down_mm: Points) -> Points:
        """Points of the plane (…, 3) at screen distances from the projection of the LPS origin, in mm."""
        base = self.normal * self.depth_mm
        r, d = np.asarray(right_mm, dtype=np.float64), np.asarray(down_mm, dtype=np.float64)
        return base + r[..., None] * self.right + d[..., None] * self.down

    def screen(self, points: Points) -> Points:
        """Screen coordinates (right, down) in mm (…, 2) of points (…, 3), projected along the normal."""
        return np.asarray(points, dtype=np.float64) @ np.stack([self.right, self.down], axis=1)

    def distance(self, points: Points) -> Points:
        """Signed distances of points (…, 3) from the plane, mm, positive along the normal."""
        return np.asarray(points, dtype=np.float64) @ self.normal - self.depth_mm

    def axes(self) -> Matrix:
        """3×3 whose columns are right, down and normal."""
        return np.stack([self.right, self.down, self.normal], axis=1)

    def sides(self, letters: SideLetters = "HF") -> tuple[str, str, str, str]:
        """The letters at the screen's left, right, top and bottom: R L A P, and H F or S I.

        Where a side of the screen lies between sides of the patient, by 15° or more, it has two letters or three, the
        nearest first, as DICOM's Patient Orientation (0020,0020).
        """
        left, right = _ends(self.right, letters)
        top, bottom = _ends(self.down, letters)
        return left, right, top, bottom


def _ends(direction: Points, letters: SideLetters) -> tuple[str, str]:
    """The side letters where a direction comes from and where it goes to."""
    names = (("L", "R"), ("P", "A"), (letters[0], letters[1]))  # of the positive and the negative end of each LPS axis
    start, end = "", ""
    for axis in np.argsort(-np.abs(direction), kind="stable"):
        share = float(direction[axis])
        if abs(share) >= _TELLING or not end:
            positive, negative = names[axis]
            start, end = (start + negative, end + positive) if share > 0 else (start + positive, end + negative)
    return start, end
