"""The colours that mean something, everywhere in the product, and the tables that turn brightness into colour."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FIXED_COLOUR: Final = "#5aa9ff"
"""Whatever belongs to the fixed image."""

MOVING_COLOUR: Final = "#ffb454"
"""Whatever belongs to the moving image."""

BONE_COLOUR: Final = "#2cf5c0"
"""The contour of bone: far in hue from both images' colours, and bright on every grey."""

REGION_COLOUR: Final = "#d78bff"
"""The region that alone counts in a registration."""

Colours: TypeAlias = Literal["grey", "blue", "amber", "hot"]
"""How a layer is coloured: plain grey, a tint of the fixed or the moving image's colour, or red-yellow-white."""

Rgb: TypeAlias = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """(red, green, blue), 0…255, of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


_STOPS: Final[dict[Colours, tuple[tuple[float, Rgb], ...]]] = {
    "grey": ((0.0, (0, 0, 0)), (1.0, (255, 255, 255))),
    "blue": ((0.0, (0, 0, 0)), (0.8, rgb(FIXED_COLOUR)), (1.0, (205, 229, 255))),
    "amber": ((0.0, (0, 0, 0)), (0.8, rgb(MOVING_COLOUR)), (1.0, (255, 236, 205))),
    "hot": ((0.0, (0, 0, 0)), (0.365, (255, 0, 0)), (0.746, (255, 255, 0)), (1.0, (255, 255, 255))),
}


@cache
def colour_table(colours: Colours) -> NDArray[np.uint8]:
    """(256, 3) red, green, blue for brightness 0…255; read-only."""
    at, values = zip(*_STOPS[colours], strict=True)
    brightness = np.linspace(0.0, 1.0, 256)
    channels = [np.interp(brightness, at, [value[c] for value in values]) for c in range(3)]
    table = np.round(np.stack(channels, axis=1)).astype(np.uint8)
    table.setflags(write=False)
    return table
