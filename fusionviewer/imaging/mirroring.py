"""An image whose header has two sides the wrong way round, put right: its voxels mirrored within their own grid."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Final, get_args

import numpy as np

from fusionviewer.geometry import Grid, Points
from fusionviewer.imaging.volume import Axis, Volume, image_on_grid

AXES: Final[tuple[Axis, ...]] = get_args(Axis)

WAYS: Final[dict[Axis, str]] = {"x": "left–right", "y": "front–back", "z": "head–foot"}
"""What a mirror along each axis exchanges."""


def mirror(volume: Volume, axis: Axis) -> Volume:
    """The image mirrored along the index axis that runs nearest to an axis of LPS; the grid stays.

    The same again gives back the image as it was read. The notes say which mirrors are in force.
    """
    mirrored = tuple(a for a in AXES if (a in volume.mirrored) != (a == axis))
    flipped = np.flip(volume.array, 2 - index_axis(volume.grid, axis))
    # the copy is made here: handed over as it is, a flipped view would take five times as long
    image = image_on_grid(np.ascontiguousarray(flipped), volume.grid)
    notes = tuple(note for note in volume.notes if note != mirror_note(volume.mirrored))
    return replace(
        volume,
        image=image,
        notes=(*notes, mirror_note(mirrored)) if mirrored else notes,
        mirrored=mirrored,
        fingerprint_as_read=volume.fingerprint_on_disk if mirrored else "",
    )


def mirror_points(grid: Grid, axis: Axis, points: Points) -> Points:
    """Where points (3,) or (n, 3), LPS mm, lie after `mirror`: at the same anatomy."""
    number = index_axis(grid, axis)
    indices = np.array(grid.indices(points))
    indices[..., number] = grid.size[number] - 1 - indices[..., number]
    return grid.points(indices)


def index_axis(grid: Grid, axis: Axis) -> int:
    """The index axis (0 i, 1 j, 2 k) that stands for an axis of LPS: each for another, together as near as can be."""
    along = np.abs(np.asarray(grid.direction))
    best = max(permutations(range(3)), key=lambda order: sum(float(along[x, i]) for x, i in enumerate(order)))
    return best[AXES.index(axis)]


def ways(mirrored: tuple[Axis, ...]) -> str:
    """In words what mirrors exchange: "left–right and head–foot"."""
    return " and ".join(WAYS[axis] for axis in mirrored)


def mirror_note(mirrored: tuple[Axis, ...]) -> str:
    """What is said about an image that was mirrored; it must not be overlooked."""
    return (
        f"This image was mirrored {ways(mirrored)} in fusionviewer: "
        "transforms made now belong to the mirrored image only."
    )
