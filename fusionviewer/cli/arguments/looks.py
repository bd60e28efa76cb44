"""How two images are put together and shown, as arguments: what `picture` and `fuse` have in common."""

from __future__ import annotations

import argparse
import math
import re
from contextlib import suppress
from typing import get_args

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blend_words import typed_names
from fusionviewer.rendering.blends import Blend, BlendMode, CurtainWay
from fusionviewer.rendering.colours import ColourPair, Colours
from fusionviewer.rendering.slab import THICKEST_MM, Slab, SlabKind
from fusionviewer.rendering.slices import Layer
from fusionviewer.rendering.window import Window, auto_window

_NUMBER = re.compile(r"^-[\d.]")

_LARGEST = 1e30
"""Values of images have 32 bits, which hold this and its sums."""


def add_looks(parser: argparse.ArgumentParser, modes: tuple[BlendMode, ...], *, slabs: bool = False) -> None:
    """Add the arguments about blend, windows and colours, for these modes; of pictures also those about slabs."""
    # argparse takes "-12,31,8" for an option unless it knows such things as negative numbers; no option has a digit.
    parser._negative_number_matcher = _NUMBER
    group = parser.add_argument_group("how the images are put together and shown")
    group.add_argument("--mode", choices=list(typed_names(modes)), default=modes[0].value)
    group.add_argument("--fade", metavar="0..1", default="0.5", help="0: fixed alone, 1: moving alone (default: 0.5)")
    group.add_argument("--swap", action="store_true", help="the images change places (the fade becomes its opposite)")
    group.add_argument("--pair", choices=get_args(ColourPair), default="amber-blue", help="of the colour overlay")
    group.add_argument("--square-mm", metavar="MM", default="24", help="side of the checkerboard's squares (24)")
    for side in ("fixed", "moving"):
        group.add_argument(
            f"--{side}-window",
            metavar="L,W[,WHITE]",
            help="level and width, in HU for a CT; with WHITE, brightness goes on from the window's end to white there",
        )
        if slabs:
            group.add_argument(
                f"--{side}-slab",
                metavar="KIND:MM",
                help="maximum, mean or minimum over so many mm across the plane (up to 30), for example maximum:10",
            )
        group.add_argument(f"--{side}-colours", choices=get_args(Colours), default="grey")
    group.add_argument("--nearest", action="store_true", help="show voxels as they are, do not interpolate")


def blend_from(args: argparse.Namespace) -> Blend:
    """The blend that the arguments mean. Raises BadArgument."""
    given = vars(args)
    curtain: CurtainWay = given.get("curtain", "across")
    blend = Blend(
        typed_names(BlendMode)[args.mode],
        share_from("--fade", args.fade, "a fade", "from 0 (fixed alone) to 1 (moving alone)"),
        pair=args.pair,
        checker_mm=millimetres_from("--square-mm", args.square_mm),
        curtain=curtain,
        glass_mm=millimetres_from("--glass-mm", given.get("glass_mm", "50")),
        edge_strength=share_from("--edge-strength", given.get("edge_strength", "0.8"), "a strength", "from 0 to 1"),
    )
    return blend.swap() if args.swap else blend


def layers_from(
    args: argparse.Namespace,
    windows: tuple[Window | None, Window | None],
    images: tuple[Volume, Volume],
    moving_from_fixed: RigidTransform,
    slabs: tuple[Slab | None, Slab | None] = (None, None),
) -> tuple[Layer, Layer]:
    """The fixed and the moving image with their windows (None: one that suits the image) and colours."""
    fixed, moving = images
    fixed_colours: Colours = args.fixed_colours
    moving_colours: Colours = args.moving_colours
    return (
        Layer(
            fixed,
            windows[0] or auto_window(fixed),
            colours=fixed_colours,
            slab=slabs[0],
        ),
        Layer(
            moving,
            windows[1] or auto_window(moving),
            moving_from_fixed,
            moving_colours,
            slabs[1],
        ),
    )


def windows_from(args: argparse.Namespace) -> tuple[Window | None, Window | None]:
    """The two windows; None where none is given. Raises BadArgument."""
    return window_from("--fixed-window", args.fixed_window), window_from("--moving-window", args.moving_window)


def window_from(option: str, text: str | None) -> Window | None:
    """A window from "40,80" or "40,80,1300". Raises BadArgument."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) not in (2, 3) or any(abs(number) > _LARGEST for number in numbers):
            raise ValueError(text)
        return Window(*numbers)
    except ValueError as problem:
        raise BadArgument(
            f"{text!r} is not a window.", f"Give {option} a level and a width above 0, for example {option} 40,80."
        ) from problem


def slabs_from(args: argparse.Namespace) -> tuple[Slab | None, Slab | None]:
    """The two slabs; None where none is given. Raises BadArgument."""
    return slab_from("--fixed-slab", args.fixed_slab), slab_from("--moving-slab", args.moving_slab)


def slab_from(option: str, text: str | None) -> Slab | None:
    """A slab from "maximum:10"; None for none. Raises BadArgument."""
    if text is None:
        return None
    kind, _, thickness = text.partition(":")
    for known in get_args(SlabKind):
        if kind == known:
            with suppress(ValueError):
                return Slab(known, _number(thickness))
    raise BadArgument(
        f"{text!r} is not a slab.",
        f"Give {option} maximum, mean or minimum, a colon, and a thickness above 0 and up to {THICKEST_MM:g} mm, "
        f"for example {option} maximum:10.",
    )


def share_from(option: str, text: str, what: str, range_text: str) -> float:
    """A number from 0 to 1. Raises BadArgument."""
    share = _number(text)
    if not 0 <= share <= 1:
        raise BadArgument(f"{text!r} is not {what}.", f"Give {option} a number {range_text}.")
    return share


def millimetres_from(option: str, text: str) -> float:
    """A length above 0, in mm, and no longer than a metre. Raises BadArgument."""
    length_mm = _number(text)
    if not 0.1 <= length_mm <= 1000:
        raise BadArgument(f"{text!r} is not a length.", f"Give {option} a number of mm from 0.1 to 1000.")
    return length_mm


def scale_from(text: str) -> float:
    """Pixels in a millimetre. Raises BadArgument."""
    scale = _number(text)
    if not 0.1 <= scale <= 50:
        raise BadArgument(f"{text!r} is not a scale.", "Give --scale a number of pixels for each mm, from 0.1 to 50.")
    return scale


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
