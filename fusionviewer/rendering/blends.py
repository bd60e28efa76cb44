"""How two images share a picture: one small function for each way, from greys to 0xFFRRGGBB.

All arrays are (h, w). A `Coded` image holds `codes`: 0…255 is its grey where both images lie, 256…511 its grey where it
lies alone, 512 where it does not lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import COLOUR_PAIRS, ColourPair, Table, colour_table, tint_table

LONE_FADE: Final = 0.1
"""Where only one image lies, it keeps its full brightness but for this last part of the fade, so that its field of
view stays visible and nothing jumps when the slider reaches the end."""

OUTSIDE: Final = 512
"""The code of a pixel where the image does not lie."""

_CODES: Final = 513
"""How many codes there are."""

BGRX: Final = np.dtype("<u4")
"""0xFFRRGGBB with the least byte first, whatever the machine: blue, green, red, 255."""

BLACK: Final = 0xFF000000

_Choice = TypeVar("_Choice")

Picture: TypeAlias = NDArray[np.uint32]

CurtainWay: TypeAlias = Literal["across", "down", "quarters"]
"""The wipe's edge is upright (the images lie side by side), level (one above the other), or both."""

SMALLEST_MM: Final = 4.0
LARGEST_MM: Final = 120.0
"""Of the squares of a checkerboard and of the spyglass, as far as a slider goes."""

_HUGE_MM: Final = 1e6
"""A size beyond this, or below its inverse, is a mistake and no size."""


class BlendMode(StrEnum):
    """How two images share a picture."""

    FADE = "fade"
    TWO_COLOUR = "two-colour"
    CHECKERBOARD = "checkerboard"
    CURTAIN = "curtain"
    SPY_GLASS = "spy-glass"
    EDGES = "edges"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Slider:
    """What a mode lets one set."""

    field: Literal["fade", "checker_mm", "glass_mm", "edge_strength"]
    """Of `Blend`. A share 0…1, or a size if it ends in `_mm`."""
    word: str


@dataclass(frozen=True)
class ModeFacts:
    """What holds of a mode, whatever else is chosen about it."""

    slider: Slider | None = None
    option: Literal["pair", "curtain"] | None = None
    """The field of `Blend` that can be chosen from a few values."""
    colours: Literal["own", "pair", "base", "none"] = "own"
    """In which colours the images are seen: each in its own; in the pair's; one in its own, and the other as lines;
    none of either."""
    shows_lone: bool = False
    """Each image is seen where it alone lies; one that fades, unless it is faded out."""
    symmetric: bool = False
    """Swapping the images changes nothing."""
    like_images: str = ""
    """What is done with images of the same kind only, as in “can be subtracted”; empty: any two can be shown."""


FACTS: Final = {
    BlendMode.FADE: ModeFacts(Slider("fade", "fade"), shows_lone=True),
    BlendMode.TWO_COLOUR: ModeFacts(Slider("fade", "fade"), option="pair", colours="pair", shows_lone=True),
    BlendMode.CHECKERBOARD: ModeFacts(Slider("checker_mm", "size"), shows_lone=True),
    BlendMode.CURTAIN: ModeFacts(option="curtain", shows_lone=True),
    BlendMode.SPY_GLASS: ModeFacts(Slider("glass_mm", "diameter"), shows_lone=True),
    BlendMode.EDGES: ModeFacts(Slider("edge_strength", "edges"), colours="base"),
    BlendMode.DIFFERENCE: ModeFacts(colours="none", like_images="subtracted"),
}

FADED: Final = frozenset(mode for mode in BlendMode if (s := FACTS[mode].slider) is not None and s.field == "fade")
"""The modes that look at the fade."""


@dataclass(frozen=True)
class Blend:
    """A mode and what can be chosen about each of them, so that every mode remembers its own.

    Raises ValueError for numbers that make no picture.
    """

    mode: BlendMode = BlendMode.FADE
    fade: float = 0.5
    """0 shows the back (fixed) alone, 1 the front (moving) alone."""
    swapped: bool = False
    """In the modes that do not fade, the two images change places."""
    pair: ColourPair = "amber-blue"
    checker_mm: float = 24.0
    """Side of the squares, which hold still in the patient when the view is panned or zoomed."""
    curtain: CurtainWay = "across"
    glass_mm: float = 50.0
    """Diameter of the spyglass."""
    edge_strength: float = 0.8
    """How much of what lies under an edge it covers, 0…1."""

    def __post_init__(self) -> None:
        if not (0 <= self.fade <= 1 and 0 <= self.edge_strength <= 1):
            raise ValueError(f"not a share: {self.fade}, {self.edge_strength}")
        if not all(1 / _HUGE_MM <= size <= _HUGE_MM for size in (self.checker_mm, self.glass_mm)):
            raise ValueError(f"not a size: {self.checker_mm}, {self.glass_mm}")

    @property
    def facts(self) -> ModeFacts:
        """What holds of the mode."""
        return FACTS[self.mode]

    @property
    def parameter(self) -> float | None:
        """What the mode's slider says, 0…1: a share as it is, a size in equal ratios. None: the mode has none."""
        slider = self.facts.slider
        if slider is None:
            return None
        value: float = getattr(self, slider.field)
        return _share_of(value) if slider.field.endswith("_mm") else value

    @property
    def parameter_text(self) -> str:
        """The same in words, with its unit; empty if there is none."""
        slider = self.facts.slider
        if slider is None:
            return ""
        value: float = getattr(self, slider.field)
        return f"{slider.word} {f'{value:g} mm' if slider.field.endswith('_mm') else f'{round(100 * value)} %'}"

    def with_parameter(self, share: float) -> Blend:
        """With another place of the mode's slider, 0…1; beyond is cut. Sizes are whole millimetres."""
        slider, share = self.facts.slider, min(1.0, max(0.0, share))
        if slider is None:
            return self
        size_mm = float(round(SMALLEST_MM * (LARGEST_MM / SMALLEST_MM) ** share))
        changed: dict[str, Any] = {slider.field: size_mm if slider.field.endswith("_mm") else share}
        return replace(self, **changed)

    @property
    def shows_lone(self) -> bool:
        """Whether each image is seen where it alone lies, whatever is chosen about that place."""
        return self.facts.shows_lone and (self.mode not in FADED or 0 < self.fade < 1)

    @property
    def tint(self) -> ColourPair | None:
        """The two colours of the overlay; None: no colour overlay."""
        return self.pair if self.facts.colours == "pair" else None

    @property
    def in_colours(self) -> tuple[bool, bool]:
        """Whether (back, front) are seen in colours that can be told: their own, or that of the pair."""
        if self.facts.colours == "base":  # the other one is lines
            return not self.swapped, self.swapped
        return (self.facts.colours != "none",) * 2

    def next_option(self) -> Blend:
        """With the next of what can be chosen about the mode besides its slider; after the last the first."""
        match self.facts.option:
            case "pair":
                return replace(self, pair=_after(self.pair, tuple(COLOUR_PAIRS)))
            case "curtain":
                return replace(self, curtain=_after(self.curtain, get_args(CurtainWay)))
            case None:
                return self

    def swap(self) -> Blend:
        """With the two images in each other's place."""
        return replace(self, fade=1 - self.fade) if self.mode in FADED else replace(self, swapped=not self.swapped)


def _after(now: _Choice, choices: tuple[_Choice, ...]) -> _Choice:
    return choices[(choices.index(now) + 1) % len(choices)]


def _share_of(size_mm: float) -> float:
    share = math.log(size_mm / SMALLEST_MM) / math.log(LARGEST_MM / SMALLEST_MM)
    return min(1.0, max(0.0, share))


class Coded(NamedTuple):
    """One image of a picture: its codes, and the (256, 3) colours of its greys."""

    codes: NDArray[np.uint16]
    colours: Table


def alone(image: Coded) -> Picture:
    """One image as it is, black elsewhere."""
    return weighted(image.colours, 256, 256, BLACK).take(image.codes)


def fade(back: Coded, front: Coded, share: float) -> Picture:
    """(1 − share) · back + share · front where both lie; each at its full brightness where it lies alone."""
    return _added(faded(back.colours, front.colours, share), back, front)


def two_colour(back: Coded, front: Coded, share: float, pair: ColourPair) -> Picture:
    """Each image in one of two colours that together are white: where both are alike, the picture is grey.

    At half of the fade both are whole; towards an end the other one goes.
    """
    return _added(tinted(share, pair), back, front)


def faded(back: Table, front: Table, share: float) -> tuple[Picture, Picture]:
    """The tables (513,) whose sum is a fade of two images of these colours (256, 3)."""
    weight = round(share * 256)
    lone_back, lone_front = (round(min(1.0, part / LONE_FADE) * 256) for part in (1 - share, share))
    # Rounding one up and the other down never carries from one colour into the next.
    return weighted(back, 256 - weight, lone_back, BLACK), weighted(front, weight, lone_front, 0, up=True)


def tinted(share: float, pair: ColourPair) -> tuple[Picture, Picture]:
    """The tables whose sum is two images in a pair of colours."""
    (back, front), weights = COLOUR_PAIRS[pair], [round(min(1.0, 2 * part) * 256) for part in (1 - share, share)]
    return (
        weighted(tint_table(back), weights[0], weights[0], BLACK),
        weighted(tint_table(front, up=True), weights[1], weights[1], 0),
    )


def _added(tables: tuple[Picture, Picture], back: Coded, front: Coded) -> Picture:
    picture = tables[0].take(back.codes)
    picture += tables[1].take(front.codes)
    return picture


def joint_codes(back: NDArray[np.uint16], front: NDArray[np.uint16]) -> NDArray[np.intp]:
    """One number for the codes of both images, for `joint_table`."""
    codes = back.astype(np.intp)
    codes *= _CODES
    codes += front
    return codes


def joint_table(back: Picture, front: Picture) -> Picture:
    """(513²,) the sums of two tables: one look-up then puts two images together, in half the time of two."""
    table: Picture = (back[:, None] + front).ravel()
    return table


def difference(back: Coded, front: Coded) -> Picture:
    """128 + (front − back) / 2 as grey: what is alike is mid-grey. Black where not both images lie."""
    both = back.codes < 256
    both &= front.codes < 256
    grey = (256 + front.codes - back.codes) >> 1  # wraps only where it is thrown away
    grey &= 255
    picture: Picture = weighted(colour_table("grey"), 256, 256, BLACK).take(grey)
    picture[~both] = BLACK
    return picture


def chosen(back: Coded, front: Coded, use_front: NDArray[np.bool_]) -> Picture:
    """Each pixel from one of the images; where only one of them lies, from that one."""
    use_front = use_front & (front.codes != OUTSIDE)
    use_front |= back.codes == OUTSIDE
    tables = [weighted(image.colours, 256, 256, BLACK) for image in (back, front)]
    # one look-up for both: the front's codes come after the back's
    codes = np.where(use_front, front.codes + np.uint16(len(tables[0])), back.codes)
    picture: Picture = np.concatenate(tables).take(codes)
    return picture


def squares(viewport: Viewport, side_mm: float) -> NDArray[np.bool_]:
    """Which pixels lie in the front's squares of a checkerboard that begins at the screen coordinates' zero."""
    x = np.floor((viewport.left_mm + viewport.mm_per_pixel * np.arange(viewport.width)) / side_mm)
    y = np.floor((viewport.top_mm + viewport.mm_per_pixel * np.arange(viewport.height)) / side_mm)
    return np.asarray((x % 2)[None, :] != (y % 2)[:, None])


def beyond_curtain(viewport: Viewport, at_mm: Points, way: CurtainWay) -> NDArray[np.bool_]:
    """Which pixels lie right of (`across`) or below (`down`) a place (2,) in screen mm, or in just one (`quarters`)."""
    column, row = viewport.pixels(at_mm)
    right = np.arange(viewport.width)[None, :] > column
    below = np.arange(viewport.height)[:, None] > row
    shape = (viewport.height, viewport.width)
    if way == "quarters":
        return np.asarray(right != below)
    return np.broadcast_to(right if way == "across" else below, shape)


def in_glass(viewport: Viewport, at_mm: Points, diameter_mm: float) -> NDArray[np.bool_]:
    """Which pixels lie in a disc around a place (2,) in screen mm."""
    column, row = viewport.pixels(at_mm)
    radius = diameter_mm / 2 / viewport.mm_per_pixel
    across = (np.arange(viewport.width) - column) ** 2
    down = (np.arange(viewport.height) - row) ** 2
    return np.asarray(across[None, :] <= radius**2 - down[:, None])


def weighted(colours: Table, weight: int, lone_weight: int, plus: int, *, up: bool = False) -> Picture:
    """(513,) colours as 0x00RRGGBB + `plus` for all codes, times the weights (of 256), rounded down or up."""
    rgb = colours.astype(np.uint32)
    scaled = np.concatenate([rgb * weight, rgb * lone_weight, np.zeros((1, 3), np.uint32)])
    scaled = (scaled + 255 if up else scaled) >> 8
    table: Picture = ((scaled[:, 0] << 16) + (scaled[:, 1] << 8) + scaled[:, 2] + plus).astype(BGRX)
    return table
