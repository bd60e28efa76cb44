"""How far a pose is off by a second opinion: six numbers, how sure they are, and where edges do not fit at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.quality.second_opinion.edge_fit import (
    PLACES,
    STEP_MM,
    WIDTHS_MM,
    EdgeFit,
    Edges,
    Lines,
    edges_of,
    fit_edges,
    forces,
    lines_with_offsets,
)
from fusionviewer.quality.second_opinion.motion import Motion, columns, motion_of, moved_mm, rigid_of
from fusionviewer.quality.second_opinion.sampling import Sampler
from fusionviewer.quality.second_opinion.surface_points import USUAL_OFFSETS_MM, SurfaceName
from fusionviewer.quality.second_opinion.surfaces import HeadSurfaces

MOST_TURNS: Final = 4
"""So often the surfaces are laid on the edges anew: normals that are off by much meet other edges."""

_SETTLED_MM: Final = 0.15
_PATCH_MM: Final = 28.0
_LEAST_IN_PATCH: Final = 12
_BOOTSTRAPS: Final = 200
_PATCH_REACH_MM: Final = 9.0


@dataclass(frozen=True, eq=False)
class Patch:
    """A piece of a surface: its middle (3,) in the CT's space, and how far (mm, along the normals, out of the bone or
    into the air) the MR's edge lies from it once the pose is corrected; how clear the edge is there (−1 to 1)."""

    surface: SurfaceName
    middle: Points
    distance_mm: float
    clearness: float


@dataclass(frozen=True, eq=False)
class Residual:
    """What the surfaces of a CT say about a pose.

    `motion` (6,) of the CT's space, about `centre`, brings its surfaces onto the MR's edges: (ct ← ct). `covariance`
    (6, 6) is that of the motion by the bootstrap over patches.
    """

    centre: Points
    places: Points
    motion: Motion
    covariance: NDArray[np.float64]
    patches: tuple[Patch, ...]
    patches_before: tuple[Patch, ...]
    """At the pose that is judged, less the usual offsets: how far bone and skin lie from where the MR has them."""

    @property
    def p95_mm(self) -> float:
        """How far the motion moves the head, the 95th percentile."""
        return float(np.percentile(moved_mm(self.motion, self.centre, self.places), 95))

    @property
    def unsure_mm(self) -> float:
        """The standard error over the head by the bootstrap, the 95th percentile of places."""
        d = self.places - self.centre
        levers = columns(d)
        variance = np.einsum("nij,jk,nik->n", levers, self.covariance, levers)
        return float(np.sqrt(np.percentile(variance, 95)))

    @property
    def misfit_mm(self) -> float:
        """How far edges lie from the surfaces after the correction: 1.48 × the median of the patches' distances."""
        apart = np.array([abs(p.distance_mm) for p in self.patches])
        return float(1.48 * np.median(apart)) if apart.size else float("nan")


def residual(head: HeadSurfaces, mr: Sampler, mr_from_ct: RigidTransform, observer: Observer) -> Residual | None:
    """The second opinion on a pose; None if the MR holds too little of the CT's surfaces. Raises Cancelled."""
    total = RigidTransform.identity()
    at_rest: tuple[Patch, ...] = ()
    fit: EdgeFit | None = None
    parts: dict[SurfaceName, Edges] = {}
    for turn in range(MOST_TURNS):
        observer.report(turn / MOST_TURNS, "comparing skull and skin")
        parts = {
            name: edges
            for name, surface in head.surfaces.items()
            if (edges := edges_of(surface, mr, mr_from_ct @ total, head.centre)) is not None
        }
        if not parts:
            return None
        if turn == 0:
            at_rest = _at_rest(parts)
        fit = fit_edges(list(parts.values()), starts=8 if turn == 0 else 1)
        total = total @ rigid_of(fit.motion, head.centre)
        if np.percentile(moved_mm(fit.motion, head.centre, head.places), 95) < _SETTLED_MM:
            break
    assert fit is not None
    lines = lines_with_offsets(list(parts.values()), WIDTHS_MM[-1])
    u = np.concatenate([fit.motion, fit.offsets_mm])
    patches, groups = _patches(parts, lines, u)
    return Residual(
        head.centre, head.places, motion_of(total, head.centre), _bootstrapped(lines, u, groups),
        patches, at_rest,
    )  # fmt: skip


def _at_rest(parts: dict[SurfaceName, Edges]) -> tuple[Patch, ...]:
    """The patches at the pose as it is."""
    lines = lines_with_offsets(list(parts.values()), WIDTHS_MM[-1])
    u = np.concatenate([np.zeros(6), [USUAL_OFFSETS_MM[name] for name in parts]])
    return _patches(parts, lines, u)[0]


def _patches(
    parts: dict[SurfaceName, Edges], lines: list[Lines], u: NDArray[np.float64]
) -> tuple[tuple[Patch, ...], list[list[NDArray[np.intp]]]]:
    """Pieces of each surface with their own distances; and for each piece of the head the points of all surfaces."""
    found: list[Patch] = []
    cells: dict[tuple[int, ...], list[NDArray[np.intp]]] = {}
    for k, (name, edges) in enumerate(parts.items()):
        place = lines[k].place_mm(u)
        cell = np.floor(edges.points / _PATCH_MM).astype(int)
        unique, which = np.unique(cell, axis=0, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        ends = np.flatnonzero(np.diff(which.ravel()[order])) + 1
        for key, members in zip(unique.tolist(), np.split(order, ends), strict=True):
            group = cells.setdefault(tuple(key), [np.zeros(0, dtype=np.intp) for _ in parts])
            group[k] = members
            if len(members) >= _LEAST_IN_PATCH:
                distance, clear = _distance(lines[k].values[members], place[members])
                found.append(Patch(name, edges.points[members].mean(axis=0), distance, clear))
    return tuple(found), list(cells.values())


def _distance(values: NDArray[np.float32], place_mm: NDArray[np.float64]) -> tuple[float, float]:
    """Where along the normals the strengths of these points together are highest, from `place_mm`, and how high."""
    shifts = np.arange(-_PATCH_REACH_MM, _PATCH_REACH_MM + 1e-6, STEP_MM)
    at = np.clip((place_mm[:, None] + shifts - PLACES[0]) / STEP_MM, 0, PLACES.size - 1.001)
    low = at.astype(np.int64)
    rows = np.arange(len(values))[:, None]
    mean = (values[rows, low] + (at - low) * (values[rows, low + 1] - values[rows, low])).mean(axis=0)
    mean = mean - 0.004 * np.abs(shifts)  # of two edges as clear as each other the nearer one
    top = int(np.argmax(mean))
    if 0 < top < len(mean) - 1:
        a, b, c = mean[top - 1 : top + 2]
        bend = a - 2 * b + c
        return float(shifts[top] + (0.5 * (a - c) / bend if bend < -1e-9 else 0.0) * STEP_MM), float(b)
    return float(shifts[top]), float(mean[top])


def _bootstrapped(
    lines: list[Lines], u: NDArray[np.float64], groups: list[list[NDArray[np.intp]]]
) -> NDArray[np.float64]:
    """The covariance (6, 6) of the motion if other patches had been seen: one Newton step for each draw of patches."""
    pieces = [forces(lines, u, group) for group in groups]
    gradients = np.stack([g for g, _ in pieces])
    curves = np.stack([h for _, h in pieces])
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(pieces), np.full(len(pieces), 1 / len(pieces)), size=_BOOTSTRAPS)
    g = draws @ gradients
    h = np.tensordot(draws, curves, axes=1)
    h += 1e-3 * np.trace(curves.sum(axis=0)) / u.size * np.eye(u.size)
    steps = np.linalg.solve(h, g[:, :, None])[:, :6, 0]
    return np.asarray(np.cov(steps.T))
