"""Where a registration begins: as headers or middles say, or after a look at all rotations, head over head."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.imaging.head import HeadMask
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.registration.metric import CodedImage, Samples
from fusionviewer.registration.optimizer import RADIUS_MM

CHUNK = 24
"""Poses scored at a time: their points fit the processor's cache."""

ENDS_APART_MM = 12.0
"""Heads whose ends along an axis are further apart than this, with their centres together, are also laid end to end."""


def starting_pose(fixed: Volume, moving: Volume, kind: str) -> RigidTransform:
    """The pose of the headers as they are ("header": the identity), or the one that lays the images' middles together
    ("centre"). Raises BadArgument for another kind."""
    if kind == "header":
        return RigidTransform.identity()
    if kind == "centre":
        return RigidTransform.from_rotation(np.eye(3), moving.grid.centre - fixed.grid.centre)
    raise BadArgument(f"There is no start called {kind!r}.", "Use auto, header or centre.")


def even_rotations(n: int) -> NDArray[np.float64]:
    """n rotations (n, 3, 3) spread evenly over all there are, the identity first.

    Super-Fibonacci spirals (Alexa, CVPR 2022) as unit quaternions, turned so that the first is the identity.
    """
    s = np.arange(n) + 0.5
    r, big = np.sqrt(s / n), np.sqrt(1 - s / n)
    alpha, beta = 2 * np.pi * s / math.sqrt(2), 2 * np.pi * s / 1.533751168755204288118041
    q = np.stack([r * np.sin(alpha), r * np.cos(alpha), big * np.sin(beta), big * np.cos(beta)], axis=1)
    x, y, z, w = q.T
    m = np.stack(
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
            2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
            2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
        ],
        axis=1,
    ).reshape(n, 3, 3)  # fmt: skip
    return np.asarray(m @ m[0].T)


@dataclass(frozen=True, eq=False)
class Scores:
    """Poses (n, 4, 4) and for each the metric and the share of points inside the moving image."""

    poses: NDArray[np.float64]
    metric: NDArray[np.float64]
    overlap: NDArray[np.float64]


def score(samples: Samples, image: CodedImage, poses: NDArray[np.float64], observer: Observer) -> Scores:
    """Quick normalised mutual information of many poses, with the nearest voxel and coarse bins."""
    nk, nj, ni = image.codes.shape
    codes = np.clip(np.rint(image.flat).astype(np.int64), 0, image.n_bins - 1)
    size = np.array([ni, nj, nk])
    to_index = (image.index_from_point @ poses).astype(np.float32)
    x, y, z = samples.points
    rows = samples.bins * image.n_bins
    cells = samples.n_bins * image.n_bins
    metric, overlap = np.zeros(len(poses)), np.zeros(len(poses))
    for first in range(0, len(poses), CHUNK):
        observer.check()
        m = to_index[first : first + CHUNK, :3]
        rows_of = (m[:, r, :, None] for r in range(3))
        places = [np.rint(r[:, 0] * x + r[:, 1] * y + r[:, 2] * z + r[:, 3]) for r in rows_of]  # 3 of (chunk, n)
        index = np.stack(places, axis=1).astype(np.int32)
        inside = np.all((index >= 0) & (index < size[:, None]), axis=1)
        at = (index[:, 2] * nj + index[:, 1]) * ni + index[:, 0]
        cell = rows + np.take(codes, at, mode="clip") + cells * np.arange(len(m))[:, None]
        joint = np.bincount(cell[inside], minlength=cells * len(m)).reshape(len(m), samples.n_bins, image.n_bins)
        n = np.maximum(joint.sum(axis=(1, 2)), 1)
        metric[first : first + len(m)] = _nmi(joint / n[:, None, None])
        overlap[first : first + len(m)] = n / x.size
    return Scores(poses, metric, overlap)


def _nmi(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    def entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(-np.sum(p * np.log(np.maximum(p, 1e-12)), axis=tuple(range(1, p.ndim))))

    both = entropy(joint)
    return np.asarray((entropy(joint.sum(axis=1)) + entropy(joint.sum(axis=2))) / np.maximum(both, 1e-9) - 1.0)


def candidate_poses(fixed: HeadMask, moving: HeadMask, rotations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poses (n, 4, 4) that lay one head over the other in every rotation (m, 3, 3).

    The centres of mass agree, and, where the heads are not equally long (a neck, a cut), also their ends along each
    axis of the moving image's grid.
    """
    axes = np.asarray(moving.grid.direction)
    fixed_points, moving_points = _some_points(fixed), _some_points(moving) @ axes
    turned = rotations @ (fixed_points - fixed.centre_point).T  # (m, 3, n)
    along = np.einsum("xa,mxn->man", axes, turned)
    ends = np.quantile(moving_points, [0.02, 0.98], axis=0) - moving.centre_point @ axes  # (2, 3)
    gaps = ends[:, None, :] - np.quantile(along, [0.02, 0.98], axis=2)  # (2, m, 3)
    poses = [_about(rotations, fixed.centre_point, moving.centre_point[None])]
    for end in range(2):
        for axis in range(3):
            apart = np.abs(gaps[end, :, axis]) > ENDS_APART_MM
            if apart.any():
                there = moving.centre_point + gaps[end, apart, axis][:, None] * axes[:, axis]
                poses.append(_about(rotations[apart], fixed.centre_point, there))
    return np.concatenate(poses)


def _some_points(head: HeadMask) -> Points:
    k, j, i = np.nonzero(head.mask)
    step = max(1, i.size // 150)
    return head.grid.points(np.stack([i, j, k], axis=1)[::step].astype(np.float64))


def _about(rotations: NDArray[np.float64], centre: Points, there: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros((len(rotations), 4, 4))
    out[:, :3, :3] = rotations
    out[:, :3, 3] = there - rotations @ centre
    out[:, 3, 3] = 1
    return out


def distinct(poses: NDArray[np.float64], centre: Points, count: int, mm: float) -> list[int]:
    """The first `count` of the poses (n, 4, 4), best first, that differ by more than `mm` at a head's rim."""
    chosen: list[int] = []
    for k, pose in enumerate(poses):
        if all(pose_distance(pose, poses[c], centre) > mm for c in chosen):
            chosen.append(k)
            if len(chosen) == count:
                break
    return chosen


def pose_distance(a: Matrix, b: Matrix, centre: Points) -> float:
    """How far apart two poses (4×4) put a head's points, about, in mm: the centre's way and the turn at the rim."""
    shift = (a[:3, :3] - b[:3, :3]) @ centre + a[:3, 3] - b[:3, 3]
    half = min(1.0, float(np.linalg.norm(a[:3, :3] - b[:3, :3])) / math.sqrt(8.0))
    return math.hypot(float(np.linalg.norm(shift)), 2 * math.asin(half) * RADIUS_MM * math.sqrt(2 / 3))


def random_offsets(count: int) -> NDArray[np.float64]:
    """`count` points (n, 6) spread evenly in two unit balls (shift, turn), the middle first: no chance involved."""
    ratio = 1.0
    for _ in range(60):  # the generalised golden ratio of seven dimensions (Roberts' R sequence)
        ratio = (1 + ratio) ** (1 / 7)
    n = np.arange(1, count)
    cube = (0.5 + n[:, None] / ratio ** np.arange(1, 7)) % 1.0
    out = np.zeros((count, 6))
    for part in (slice(0, 3), slice(3, 6)):
        c = cube[:, part]
        z, angle = 2 * c[:, 0] - 1, 2 * np.pi * c[:, 1]
        flat = np.sqrt(1 - z * z)
        direction = np.stack([flat * np.cos(angle), flat * np.sin(angle), z], axis=1)
        out[1:, part] = direction * np.cbrt(c[:, 2])[:, None]
    return out
