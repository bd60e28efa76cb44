"""Near which places of an image well-known parts of a head lie, by the head's size and, in a CT, by its bone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.imaging.head import HeadMask, head_mask, looks_like_ct
from fusionviewer.imaging.volume import Volume

Part: TypeAlias = Literal[
    "left mastoid",
    "right mastoid",
    "vertex",
    "occiput",
    "left orbit",
    "right orbit",
    "falx",
    "ventricles",
    "clivus",
    "frontal bone",
    "left temporal bone",
    "right temporal bone",
]

USUAL_LENGTH_MM: Final = 190.0
"""From the forehead to the back of an adult's head; places are given for a head of this length, and scaled."""

_LENGTHS: Final = (0.7, 1.2)
"""Shares of it that a head may have: beyond, something else was measured."""

_BONE_HU: Final = 300.0
_FEW: Final = 20
"""Voxels of bone; with fewer the place stays where the head's size puts it."""

_USUAL: Final[dict[Part, tuple[float, float, float]]] = {
    "left mastoid": (57.0, 18.0, -132.0),
    "right mastoid": (-57.0, 18.0, -132.0),
    "vertex": (0.0, 0.0, -6.0),
    "occiput": (0.0, 88.0, -95.0),
    "left orbit": (33.0, -76.0, -107.0),
    "right orbit": (-33.0, -76.0, -107.0),
    "falx": (0.0, -45.0, -45.0),
    "ventricles": (0.0, -5.0, -66.0),
    "clivus": (0.0, -8.0, -118.0),
    "frontal bone": (0.0, -90.0, -60.0),
    "left temporal bone": (70.0, 0.0, -80.0),
    "right temporal bone": (-70.0, 0.0, -80.0),
}
"""mm to the left, to the back and to the head from the middle of the vertex, in a head of the usual length."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A head's own measures in its image's space, LPS mm: the middle of its top, and how long it is."""

    top: Points
    scale: float
    """Its length, as a share of the usual one."""

    def place(self, usual_mm: Iterable[float]) -> Points:
        """A place (3,) of the usual head in this one."""
        return self.top + self.scale * np.asarray(list(usual_mm))


def frame_of(head: HeadMask) -> Frame:
    """The measures of a head that was found: of its upper part, which the neck, the nose and the ears do not change."""
    k, j, i = np.nonzero(head.mask)
    points = head.grid.points(np.stack([i, j, k], axis=1))
    top = float(np.percentile(points[:, 2], 99.8))
    cap = points[(points[:, 2] > top - 95) & (points[:, 2] < top - 35)]
    if len(cap) < _FEW:
        cap = points
    (left, front), (right, back) = (np.percentile(cap[:, :2], share, axis=0) for share in (1.0, 99.0))
    scale = float(np.clip((back - front) / USUAL_LENGTH_MM, *_LENGTHS))
    return Frame(np.array([(left + right) / 2, (front + back) / 2, top]), scale)


def head_places(volume: Volume) -> dict[Part, Points]:
    """Near which point (3,) of an image, LPS mm, each part lies; empty where no head is seen.

    All but the orbits, the falx and the ventricles are on the bone of a CT.
    """
    try:
        frame = frame_of(head_mask(volume))
    except UnreadableInput:
        return {}
    places = {part: frame.place(usual) for part, usual in _USUAL.items()}
    if looks_like_ct(volume):
        bone = _bone(volume, frame)
        for part, near in _ON_BONE.items():
            found = near(bone)
            if found is not None:
                places[part] = frame.place(found)
    return places


def nearest_part(places: dict[Part, Points], point: Points) -> Part | None:
    """The part whose place lies nearest to a point (3,); None without any."""
    return min(places, key=lambda part: float(np.linalg.norm(places[part] - point)), default=None)


def _bone(volume: Volume, frame: Frame) -> Points:
    """Voxels of bone (n, 3), mm from the middle of the vertex as in a head of the usual length."""
    steps = [max(1, round(2.0 / spacing)) for spacing in volume.grid.spacing]
    k, j, i = np.nonzero(volume.array[:: steps[2], :: steps[1], :: steps[0]] > _BONE_HU)
    points = volume.grid.points(np.stack([i * steps[0], j * steps[1], k * steps[2]], axis=1))
    return np.asarray((points - frame.top) / frame.scale)


def _within(bone: Points, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> Points:
    """The voxels of bone in a box."""
    inside: NDArray[np.bool_] = np.ones(len(bone), dtype=np.bool_)
    for axis, (low, high) in enumerate((x, y, z)):
        inside &= (bone[:, axis] >= low) & (bone[:, axis] <= high)
    return bone[inside]


def _utmost(bone: Points, axis: int, *, last: bool) -> Points | None:
    """The middle (3,) of the twentieth of some voxels that lies furthest along an axis; None of few."""
    if len(bone) < _FEW:
        return None
    order = np.argsort(bone[:, axis])
    count = max(_FEW // 2, len(bone) // 20)
    return np.asarray(np.median(bone[order[-count:] if last else order[:count]], axis=0))


def _mastoid(bone: Points, side: float) -> Points | None:
    """The lowest lateral bone behind the ear: beside the spine, and behind the jaw."""
    across = (46.0, 85.0) if side > 0 else (-85.0, -46.0)
    return _utmost(_within(bone, across, (-4.0, 34.0), (-160.0, -95.0)), 2, last=False)


def _clivus(bone: Points) -> Points | None:
    """The bone in the middle before the brain stem: the hindmost before the great foramen."""
    return _utmost(_within(bone, (-5.0, 5.0), (-35.0, 12.0), (-138.0, -102.0)), 1, last=True)


_ON_BONE: Final[dict[Part, Callable[[Points], Points | None]]] = {
    "left mastoid": lambda bone: _mastoid(bone, 1.0),
    "right mastoid": lambda bone: _mastoid(bone, -1.0),
    "vertex": lambda bone: _utmost(_within(bone, (-20.0, 20.0), (-40.0, 50.0), (-60.0, 10.0)), 2, last=True),
    "occiput": lambda bone: _utmost(_within(bone, (-15.0, 15.0), (40.0, 120.0), (-125.0, -70.0)), 1, last=True),
    "clivus": _clivus,
    "frontal bone": lambda bone: _utmost(_within(bone, (-20.0, 20.0), (-120.0, -40.0), (-70.0, -50.0)), 1, last=False),
    "left temporal bone": lambda bone: _utmost(
        _within(bone, (40.0, 95.0), (-20.0, 20.0), (-95.0, -65.0)), 0, last=True
    ),
    "right temporal bone": lambda bone: _utmost(
        _within(bone, (-95.0, -40.0), (-20.0, 20.0), (-95.0, -65.0)), 0, last=False
    ),
}
