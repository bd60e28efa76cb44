"""How two images share a picture, in words: one case for each mode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from fusionviewer.rendering.blends import Blend, BlendMode

MODE_NAMES: Final[dict[BlendMode, str]] = {
    BlendMode.FADE: "Fade",
    BlendMode.TWO_COLOUR: "Colour overlay",
    BlendMode.CHECKERBOARD: "Checkerboard",
    BlendMode.CURTAIN: "Wipe",
    BlendMode.SPY_GLASS: "Spyglass",
    BlendMode.EDGES: "Edges",
    BlendMode.DIFFERENCE: "Subtraction",
}
"""What the modes are called in the window, in the order in which they are offered."""

_WIPES: Final = {"across": "side by side", "down": "one above the other", "quarters": "in quarters"}


class BlendWords(NamedTuple):
    """What a blend shows: in a strip of words that names the mode itself, and in a sentence about both images."""

    label: str
    sentence: str


def typed_names(modes: Iterable[BlendMode]) -> dict[str, BlendMode]:
    """What may be typed for these modes: the values that files keep, then the names of the window."""
    wanted = tuple(modes)
    named = {MODE_NAMES[mode].lower().replace(" ", "-"): mode for mode in wanted}
    return {mode.value: mode for mode in wanted} | named


def blend_words(blend: Blend) -> BlendWords:
    """What is said of a blend; in the sentence the mode need not be named."""
    one, other = ("moving", "fixed") if blend.swapped else ("fixed", "moving")
    setting = blend.parameter_text
    match blend.mode:
        case BlendMode.FADE:
            return BlendWords(setting, f"Fade {round(blend.fade * 100)} %")
        case BlendMode.TWO_COLOUR:
            return BlendWords(setting, "Colour overlay: grey where both are alike")
        case BlendMode.CHECKERBOARD:
            label = f"{setting}, swapped" if blend.swapped else setting
            return BlendWords(label, f"Checkerboard of {blend.checker_mm:g} mm")
        case BlendMode.CURTAIN:
            label = f"{_WIPES[blend.curtain]}, {one} first"
            return BlendWords(label, f"Wipe at the crosshair, {one} image first")
        case BlendMode.SPY_GLASS:
            return BlendWords(f"{setting}, {other} in it", f"Spyglass with the {other} image")
        case BlendMode.EDGES:
            return BlendWords(f"{setting}, {other} on {one}", f"Edges of the {other} image on the {one} image")
        case BlendMode.DIFFERENCE:
            return BlendWords(f"{other} minus {one}", f"Subtraction: {other} minus {one}, grey where both are alike")
