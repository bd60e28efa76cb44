"""How two images share a picture, in words: one case for each mode."""

from __future__ import annotations

from typing import Final, NamedTuple

from fusionviewer.rendering.blends import Blend, BlendMode

_CURTAINS: Final = {"across": "side by side", "down": "one above the other", "quarters": "in quarters"}


class BlendWords(NamedTuple):
    """What a blend shows: in a strip of words that names the mode itself, and in a sentence about both images."""

    label: str
    sentence: str


def blend_words(blend: Blend) -> BlendWords:
    """What is said of a blend; in the sentence the mode need not be named."""
    one, other = ("moving", "fixed") if blend.swapped else ("fixed", "moving")
    setting = blend.parameter_text
    match blend.mode:
        case BlendMode.FADE:
            return BlendWords(setting, f"faded {round(blend.fade * 100)} %")
        case BlendMode.TWO_COLOUR:
            return BlendWords(setting, "in two colours: grey where they are alike")
        case BlendMode.CHECKERBOARD:
            label = f"{setting}, swapped" if blend.swapped else setting
            return BlendWords(label, f"in squares of {blend.checker_mm:g} mm")
        case BlendMode.CURTAIN:
            label = f"{_CURTAINS[blend.curtain]}, {one} first"
            return BlendWords(label, f"parted at the crosshair, the {one} one first")
        case BlendMode.SPY_GLASS:
            return BlendWords(f"{setting}, {other} in it", f"the {other} one in the glass")
        case BlendMode.EDGES:
            return BlendWords(f"{setting}, {other} on {one}", f"edges of the {other} one on the {one} one")
        case BlendMode.DIFFERENCE:
            return BlendWords(f"{other} minus {one}", f"{other} minus {one}: grey where they are alike")
