"""The second opinion on a pair of images: prepared once, asked for any pose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.head import looks_like_ct
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.second_opinion.edge_fit import Edges, edges_of, fit_edges
from fusionviewer.quality.second_opinion.motion import rigid_of
from fusionviewer.quality.second_opinion.residual import Residual, residual
from fusionviewer.quality.second_opinion.sampling import Sampler
from fusionviewer.quality.second_opinion.surface_points import Surface, SurfaceName
from fusionviewer.quality.second_opinion.surfaces import HeadSurfaces, head_surfaces
from fusionviewer.quality.second_opinion.ventricles import VentricleShift, ventricle_shift
from fusionviewer.quality.second_opinion.voxel_size import VoxelSize, best_voxel_size, once_more, stretched

_FINEST_MM: Final = 1.0

_MORE_TURNS: Final = 2
_WORTH_MORE: Final = 0.01
"""A stretch of less is told as it is; of more, its surfaces meet other edges, and are laid on them anew."""

CLEAR_FIT: Final = 0.15
"""A head whose edges are less clear than this fits nothing: in simulations right pairs had 0.3 to 0.6, noise 0.05."""


@dataclass(frozen=True, eq=False)
class PreparedPair:
    """A CT's surfaces and an MR to be sampled; `ct_is_fixed` says which of the two stays."""

    head: HeadSurfaces
    mr: Sampler
    ct_is_fixed: bool

    def mr_from_ct(self, moving_from_fixed: RigidTransform) -> RigidTransform:
        """The pose as it maps points of the CT."""
        return moving_from_fixed if self.ct_is_fixed else ~moving_from_fixed

    def corrected(self, moving_from_fixed: RigidTransform, found: Residual) -> RigidTransform:
        """The pose after the residual motion: the CT's surfaces lie on the MR's edges."""
        motion = rigid_of(found.motion, found.centre)
        return moving_from_fixed @ motion if self.ct_is_fixed else ~motion @ moving_from_fixed

    def fixed_from_ct(self, moving_from_fixed: RigidTransform) -> RigidTransform:
        """Where points of the CT lie in fixed space."""
        return RigidTransform.identity() if self.ct_is_fixed else ~moving_from_fixed


def prepared_pair(fixed: Volume, moving: Volume, observer: Observer | None = None) -> PreparedPair | None:
    """What a second opinion needs of two images; None unless one is a CT with a head in it and the other is not a CT.

    Takes one to two seconds. Raises Cancelled.
    """
    observer = observer or Observer()
    ct_is_fixed = looks_like_ct(fixed)
    if ct_is_fixed == looks_like_ct(moving):
        return None
    ct, mr = (fixed, moving) if ct_is_fixed else (moving, fixed)
    observer.report(0.0, "looking for skull and skin")
    head = head_surfaces(ct, observer.part(0.0, 0.9))
    observer.report(0.9, "looking for skull and skin")
    if head is None or not head.surfaces:
        return None
    return PreparedPair(head, Sampler.of(mr, _FINEST_MM), ct_is_fixed)


def second_opinion(
    pair: PreparedPair, moving_from_fixed: RigidTransform, observer: Observer | None = None
) -> Residual | None:
    """What skull and skin say about a pose; None if the MR holds too little of them. Raises Cancelled."""
    return residual(pair.head, pair.mr, pair.mr_from_ct(moving_from_fixed), observer or Observer())


def voxel_size(pair: PreparedPair, moving_from_fixed: RigidTransform, found: Residual) -> VoxelSize | None:
    """Which voxel size, changed, would make the images fit better at the corrected pose; None without any surface."""
    pose = pair.mr_from_ct(moving_from_fixed) @ rigid_of(found.motion, found.centre)
    head = pair.head
    parts = _edges(head, head.surfaces, pair.mr, pose)
    best = best_voxel_size(parts, head.centre, head.axes, pose.rotation.T @ pair.mr.direction)
    for _ in range(_MORE_TURNS):
        if best is None or abs(best.share) < _WORTH_MORE:
            break
        pose = pose @ rigid_of(best.motion, head.centre)
        larger = stretched(head.surfaces, head.centre, np.asarray(best.axis), best.share)
        best = once_more(best, _edges(head, larger, pair.mr, pose), head.centre)
    return best


def _edges(
    head: HeadSurfaces, surfaces: dict[SurfaceName, Surface], mr: Sampler, mr_from_ct: RigidTransform
) -> dict[SurfaceName, Edges]:
    every = {name: edges_of(surface, mr, mr_from_ct, head.centre) for name, surface in surfaces.items()}
    return {name: edges for name, edges in every.items() if edges is not None}


def ventricles(pair: PreparedPair, moving_from_fixed: RigidTransform) -> VentricleShift | None:
    """How far the ventricles lie apart at a pose; None unless both images show them."""
    surface = pair.head.ventricles
    pose = pair.mr_from_ct(moving_from_fixed)
    return None if surface is None else ventricle_shift(surface, pair.mr, pose, pair.head.centre)


def mirror_share(pair: PreparedPair, moving_from_fixed: RigidTransform, found: Residual) -> float:
    """How well the mirrored head fits the MR's edges, as a share of how well the head does; 0 where neither does.

    The plane goes through the head's centre, across the CT's right–left axis; a rigid fit follows, so that it need not
    be the head's own. Heads are not quite their own mirror images: the right way round fits better.
    """
    mirrored = _mirrored(pair.head)
    pose = pair.mr_from_ct(moving_from_fixed) @ rigid_of(found.motion, found.centre)
    own, other = _worth(pair.head, pair.mr, pose, 1), _worth(mirrored, pair.mr, pose, 3)
    return other / max(own, 1e-3) if other >= CLEAR_FIT else 0.0


def _worth(head: HeadSurfaces, mr: Sampler, mr_from_ct: RigidTransform, turns: int) -> float:
    total, worth = RigidTransform.identity(), 0.0
    for turn in range(turns):
        every = (edges_of(surface, mr, mr_from_ct @ total, head.centre) for surface in head.surfaces.values())
        parts = [edges for edges in every if edges is not None]
        if not parts:
            return 0.0
        fit = fit_edges(parts, starts=6 if turn == 0 and turns > 1 else 1)
        total, worth = total @ rigid_of(fit.motion, head.centre), max(worth, fit.worth)
    return worth


def _mirrored(head: HeadSurfaces) -> HeadSurfaces:
    across = np.array([-1.0, 1.0, 1.0])

    def flipped(points: Points) -> Points:
        return frozen((points - head.centre) * across + head.centre)

    surfaces = {
        name: replace(surface, points=flipped(surface.points), normals=frozen(surface.normals * across))
        for name, surface in head.surfaces.items()
    }
    return HeadSurfaces(surfaces, head.centre, flipped(head.places), head.axes)
