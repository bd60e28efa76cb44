"""Would the images agree better if one of the voxel sizes were another? A rigid fit hides it, and errs by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points
from fusionviewer.quality.second_opinion.edge_fit import Edges, Lines
from fusionviewer.quality.second_opinion.motion import RADIUS_MM
from fusionviewer.quality.second_opinion.surfaces import USUAL_OFFSETS_MM, SurfaceName

_WIDTHS_MM: Final = (3.0, 2.0, 1.2)


@dataclass(frozen=True)
class VoxelSize:
    """That the CT's head, larger by `share` along `axis` (a unit vector of the CT's space), fits the MR better.

    `gain` is how much clearer the edges are then, as a share of the clearness without, and `clearness`
    how clear. `of_ct` says whose axis it is.
    """

    share: float
    axis: tuple[float, float, float]
    number: int
    """Which of the image's axes: 0, 1 or 2."""
    of_ct: bool
    gain: float
    clearness: float


def best_voxel_size(
    parts: dict[SurfaceName, Edges], centre: Points, ct_axes: Matrix, mr_axes: Matrix
) -> VoxelSize | None:
    """The axis of either image along which another size would help most; None with fewer than two surfaces.

    `parts` are the edges at a pose that fits; the axes are columns (3, 3) in the CT's space.
    """
    if len(parts) < 2:
        return None
    plain = _worth_with(parts, centre, None)[1]
    found: VoxelSize | None = None
    for of_ct, axes in ((True, ct_axes), (False, mr_axes)):
        for number in range(3):
            axis = axes[:, number]
            u, worth = _worth_with(parts, centre, axis)
            gain = (worth - plain) / max(plain, 1e-6)
            if found is None or gain > found.gain:
                x, y, z = (float(v) for v in axis)
                found = VoxelSize(float(u[6] / RADIUS_MM), (x, y, z), number, of_ct, gain, worth)
    return found


def _worth_with(
    parts: dict[SurfaceName, Edges], centre: Points, axis: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], float]:
    """The best motion, with a stretch along an axis if one is given, and how clear the edges are then."""
    levers, offsets = [], []
    for name, edges in parts.items():
        stretch = [] if axis is None else [((edges.points - centre) @ axis) * (edges.normals @ axis) / RADIUS_MM]
        levers.append(np.column_stack([edges.lever, *stretch]))
        offsets.append(USUAL_OFFSETS_MM[name])
    u, worth = np.zeros(levers[0].shape[1]), 0.0
    for width in _WIDTHS_MM:
        lines = [Lines(edges, width) for edges in parts.values()]
        u, worth = _climb(lines, levers, offsets, u)
    return u, worth


def _climb(
    lines: Sequence[Lines], levers: Sequence[NDArray[np.float64]], offsets: Sequence[float], u: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The top near u and its worth: damped Newton steps as in `edge_fit.climb`, with offsets that stay.

    A free offset would take up a scale that is the same along all axes.
    """
    total, damping = sum(len(lever) for lever in levers), 0.003

    def worth_at(v: NDArray[np.float64]) -> float:
        rows = zip(lines, levers, offsets, strict=True)
        return float(sum(line.at(lever @ v + offset)[0].sum() for line, lever, offset in rows)) / total

    worth = worth_at(u)
    for _ in range(15):
        gradient, hessian = np.zeros(u.size), np.zeros((u.size, u.size))
        for line, lever, offset in zip(lines, levers, offsets, strict=True):
            _, slope, bend = line.at(lever @ u + offset)
            gradient += slope @ lever / total
            hessian += (np.maximum(-bend, 0)[:, None] * lever).T @ lever / total
        for _ in range(5):
            step = np.linalg.solve(hessian + damping * np.eye(u.size), gradient)
            there = u + step * min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-9))
            better = worth_at(there)
            if better > worth:
                break
            damping *= 4
        else:
            return u, worth
        moved, u, worth, damping = float(np.abs(there - u).max()), there, better, max(damping / 3, 1e-4)
        if moved < 0.01:
            break
    return u, worth
