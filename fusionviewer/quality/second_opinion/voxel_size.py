"""Would the images agree better if one of the voxel sizes were another? A rigid fit hides it, and errs by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.quality.second_opinion.edge_fit import Edges, Lines, climb
from fusionviewer.quality.second_opinion.motion import RADIUS_MM, Motion
from fusionviewer.quality.second_opinion.surface_points import USUAL_OFFSETS_MM, Surface, SurfaceName

_WIDTHS_MM: Final = (3.0, 2.0, 1.2)
_STRETCH_MM: Final = 0.15 * RADIUS_MM


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
    motion: Motion
    """(6,) that goes with it, after the pose at which it was looked for."""


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
                found = VoxelSize(float(u[6] / RADIUS_MM), (x, y, z), number, of_ct, gain, worth, u[:6])
    return found


def stretched(
    surfaces: dict[SurfaceName, Surface], centre: Points, axis: Points, share: float
) -> dict[SurfaceName, Surface]:
    """The surfaces of a head that is larger by a share along an axis (3,)."""
    out = {}
    for name, surface in surfaces.items():
        along = (surface.points - centre) @ axis
        out[name] = replace(surface, points=frozen(surface.points + share * along[:, None] * axis))
    return out


def once_more(found: VoxelSize, parts: dict[SurfaceName, Edges], centre: Points) -> VoxelSize:
    """The same with what is left of the stretch once the stretched surfaces are laid on the edges anew."""
    if len(parts) < 2:
        return found
    u, worth = _worth_with(parts, centre, np.asarray(found.axis))
    share = (1 + found.share) * (1 + float(u[6]) / RADIUS_MM) - 1
    return replace(found, share=share, clearness=worth, motion=u[:6])


def _worth_with(
    parts: dict[SurfaceName, Edges], centre: Points, axis: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], float]:
    """The best motion, with a stretch along an axis if one is given, and how clear the edges are then.

    The offsets stay as they usually are: free ones would take up a scale that is the same along all axes.
    """
    u, worth = np.zeros(6 if axis is None else 7), 0.0
    for width in _WIDTHS_MM:
        lines = []
        for name, edges in parts.items():
            stretch = [] if axis is None else [((edges.points - centre) @ axis) * (edges.normals @ axis) / RADIUS_MM]
            lines.append(Lines(edges, width, np.column_stack([edges.lever, *stretch]), USUAL_OFFSETS_MM[name]))
        u, worth = climb(lines, u, 15, _STRETCH_MM)
    return u, worth
