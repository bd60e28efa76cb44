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

HALO_COLOUR: Final = "#3fb99f"
"""How far a refinement could move the skull: calm, and of the window's one accent."""

REGION_COLOUR: Final = "#d78bff"
"""The region that alone counts in a registration."""

ERROR_COLOUR: Final = "#f2ecff"
"""What is predicted: lines of equal error, and the targets. White, and thin: it belongs to neither image."""

TEXT_COLOUR: Final = "#e4e7eb"
"""Words that are read first."""

WARNING_COLOUR: Final = "#ff8d7a"
"""What must not be overlooked; always with a sign or words as well."""

PLANE_COLOURS: Final = {"axial": "#ff8fa3", "sagittal": "#c9d64b", "coronal": "#8be08b"}
"""The three planes, wherever a line or a number belongs to one of them."""

Colours: TypeAlias = Literal["grey", "inverted", "blue", "amber", "hot", "iron", "viridis"]
"""How a layer is coloured: grey or its opposite, a tint of the fixed or the moving image's colour, red-yellow-white,
DICOM's hot iron, or the even steps from dark violet to yellow that people with any colour vision can tell apart."""

COLOUR_NAMES: Final[dict[Colours, str]] = {
    "grey": "Grey",
    "inverted": "Inverted grey",
    "blue": "Blue",
    "amber": "Amber",
    "hot": "Hot",
    "iron": "Hot iron",
    "viridis": "Viridis",
}

ColourPair: TypeAlias = Literal["amber-blue", "magenta-green"]

Rgb: TypeAlias = tuple[int, int, int]

Table: TypeAlias = NDArray[np.uint8]
"""(256, 3) red, green, blue for brightness 0…255."""

COLOUR_PAIRS: Final[dict[ColourPair, tuple[Rgb, Rgb]]] = {
    "amber-blue": ((44, 112, 255), (211, 143, 0)),
    "magenta-green": ((30, 170, 45), (225, 85, 210)),
}
"""Colours of the fixed and of the moving image that together are white. Simulated (Machado 2009), both pairs stay
apart in every kind of dichromacy; the first one best for red-green, the second for blue-yellow deficiency."""


def rgb(colour: str) -> Rgb:
    """(red, green, blue), 0…255, of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


_STOPS: Final[dict[Colours, tuple[tuple[float, Rgb], ...]]] = {
    "grey": ((0.0, (0, 0, 0)), (1.0, (255, 255, 255))),
    "inverted": ((0.0, (255, 255, 255)), (1.0, (0, 0, 0))),
    "blue": ((0.0, (0, 0, 0)), (0.8, rgb(FIXED_COLOUR)), (1.0, (205, 229, 255))),
    "amber": ((0.0, (0, 0, 0)), (0.8, rgb(MOVING_COLOUR)), (1.0, (255, 236, 205))),
    "hot": ((0.0, (0, 0, 0)), (0.365, (255, 0, 0)), (0.746, (255, 255, 0)), (1.0, (255, 255, 255))),
    "iron": ((0.0, (0, 0, 0)), (0.5, (255, 0, 0)), (0.75, (255, 128, 0)), (1.0, (255, 255, 255))),
    "viridis": (
        (0.0, (68, 1, 84)),
        (0.125, (71, 45, 123)),
        (0.25, (59, 82, 139)),
        (0.375, (44, 114, 142)),
        (0.5, (33, 145, 140)),
        (0.625, (40, 174, 128)),
        (0.75, (94, 201, 98)),
        (0.875, (173, 220, 48)),
        (1.0, (253, 231, 37)),
    ),
}


@cache
def colour_table(colours: Colours) -> Table:
    """The table of a colour map; read-only."""
    at, values = zip(*_STOPS[colours], strict=True)
    brightness = np.linspace(0.0, 1.0, 256)
    channels = [np.interp(brightness, at, [value[c] for value in values]) for c in range(3)]
    table = np.round(np.stack(channels, axis=1)).astype(np.uint8)
    table.setflags(write=False)
    return table


@cache
def tint_table(colour: Rgb, *, up: bool = False) -> Table:
    """From black to one colour in equal steps, rounded down or up; read-only.

    Of two colours that together are white, one rounded down and the other up add to exactly grey.
    """
    scaled = np.arange(256)[:, None] * np.array(colour) + (254 if up else 0)
    table: Table = (scaled // 255).astype(np.uint8)
    table.setflags(write=False)
    return table
