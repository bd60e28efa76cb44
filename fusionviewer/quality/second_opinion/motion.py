"""Small rigid motions as six numbers in mm: what the estimates speak of."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform

RADIUS_MM: Final = 80.0
"""A rotation by an angle is counted as the way of a point so far from the centre: about that of a head's surface."""

Motion = NDArray[np.float64]
"""(6,): shift in mm, and rotation vector × RADIUS_MM, about a centre in the CT's space, axes of LPS."""


def rigid_of(motion: Motion, centre: Points) -> RigidTransform:
    """The motion as a transform of the CT's space into itself."""
    return RigidTransform.from_rotation_vector(motion[3:] / RADIUS_MM, centre, motion[:3])


def motion_of(transform: RigidTransform, centre: Points) -> Motion:
    """The six numbers (6,) of a transform of the CT's space into itself."""
    return np.concatenate([transform.shift_at(centre), transform.rotation_vector() * RADIUS_MM])


def moved_mm(motion: Motion, centre: Points, places: Points) -> NDArray[np.float64]:
    """How far the motion moves places (n, 3) of the CT's space, (n,) mm."""
    turned = np.cross(motion[3:] / RADIUS_MM, places - centre)
    return np.asarray(np.linalg.norm(motion[:3] + turned, axis=1))


def along_normals(points: Points, normals: Points, centre: Points) -> NDArray[np.float64]:
    """(n, 6): how far each number of a motion moves a point along its normal."""
    return np.concatenate([normals, np.cross(points - centre, normals) / RADIUS_MM], axis=1)


def columns(d: Points) -> NDArray[np.float64]:
    """(n, 3, 6): what each number of a motion does, in mm, to places at `d` (n, 3) from the centre."""
    out = np.zeros((len(d), 3, 6))
    for k in range(3):
        out[:, k, k] = 1.0
        out[:, :, 3 + k] = np.cross(np.eye(3)[k], d) / RADIUS_MM
    return out
