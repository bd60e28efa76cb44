"""How a surface is lit: a lamp above the viewer's left shoulder, a little light from everywhere, and dark hollows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.rendering.surface.fields import Floats, averaged, interpolated
from fusionviewer.rendering.surface.ray_casting import Hits


def _unit(x: float, y: float, z: float) -> Floats:
    return np.asarray(np.array([x, y, z]) / math.hypot(x, y, z), dtype=np.float32)


_LIGHT: Final = _unit(-0.38, -0.50, -0.78)
_GLANCE: Final = _unit(_LIGHT[0], _LIGHT[1], _LIGHT[2] - 1)
"""Half the way between the light and the viewer: where a surface faces it, it shines."""

_AMBIENT, _LAMP, _FRONT = 0.16, 0.66, 0.24
_HOLLOW_MM: Final = 5.0
"""Deeper by this than its surroundings, and a place is as dark as hollows get."""
_HOLLOW: Final = 0.55
_EVEN_MM: Final = np.float32(0.25)
"""Less than this is no hollow: the steps of thick slices would be seen on a smooth skull."""
_AROUND_MM: Final = 6.0
_FAR_MM: Final = 260.0
_FADING: Final = 0.30
"""So much light is lost over the depth of a head: what is far lies further back at a glance."""


@dataclass(frozen=True)
class Material:
    """What a surface looks like: red, green and blue 0…255, and how much it shines."""

    red: int
    green: int
    blue: int
    shine: float
    sharpness: int

    def colour_of(self, normal: tuple[float, float, float]) -> int:
        """The lit colour, 0xFFRRGGBB, of a place with this unit normal (right, down, away from the viewer)."""
        ways = np.array(normal, dtype=np.float32)[:, None]
        return int(self.mixed(ways, np.ones(1, dtype=np.float32))[0])

    def mixed(self, normals: Floats, share: Floats) -> NDArray[np.uint32]:
        """The lit colours (n,) of places with these normals (3, n); `share` of the light (n,) comes there."""
        lamp, glance = (
            np.maximum(normals[0] * way[0] + normals[1] * way[1] + normals[2] * way[2], 0) for way in (_LIGHT, _GLANCE)
        )
        light = np.float32(_AMBIENT) + np.float32(_LAMP) * lamp
        light += np.float32(_FRONT) * np.maximum(-normals[2], 0)
        light *= share
        shine = np.float32(255 * self.shine) * glance**self.sharpness * share
        out = np.full(light.shape, 0xFF000000, dtype=np.uint32)
        for value, shift in ((self.red, 16), (self.green, 8), (self.blue, 0)):
            channel = np.minimum(light * np.float32(value) + shine, 255)
            out |= channel.astype(np.uint32) << np.uint32(shift)
        return out


BONE: Final = Material(240, 229, 207, 0.10, 20)
SKIN: Final = Material(216, 182, 158, 0.07, 12)
METAL: Final = Material(150, 214, 255, 0.55, 12)
"""Bright and bluish, as no bone is: an electrode is told from a tooth."""


def lit(hits: Hits, depths: Floats, mm_per_pixel: float, material: Material) -> NDArray[np.uint32]:
    """The colours (n,) of 0xFFRRGGBB of what rays have met; `depths` (h, w) is what lies around, inf where nothing."""
    if not hits.pixels.size:
        return np.zeros(0, dtype=np.uint32)
    deeper = hits.depths - _level_around(depths, mm_per_pixel).ravel()[hits.pixels]
    deeper -= np.clip(deeper, -_EVEN_MM, _EVEN_MM)
    share = 1 - np.float32(_HOLLOW) * np.clip(deeper * np.float32(1 / _HOLLOW_MM), np.float32(-0.15), 1)
    away = (hits.depths - hits.depths.min()) * np.float32(_FADING / _FAR_MM)
    share *= 1 - np.minimum(away, np.float32(_FADING))
    return material.mixed(hits.normals, share)


def _level_around(depths: Floats, mm_per_pixel: float) -> Floats:
    """(h, w) the mean depth of what lies some millimetres around each pixel."""
    step = max(1, int(2.0 / mm_per_pixel))
    few = depths[::step, ::step]
    there = np.isfinite(few)
    reach = max(1, round(_AROUND_MM / (step * mm_per_pixel) / 2))
    weights = averaged(there.astype(np.float32), reach)
    level = averaged(np.where(there, few, np.float32(0)), reach) / np.maximum(weights, np.float32(1e-6))
    rows, columns = (np.arange(n, dtype=np.float32) * np.float32(1 / step) for n in depths.shape)
    return interpolated(level.astype(np.float32, copy=False), rows, columns)
