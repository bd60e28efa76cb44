"""Make the two files of resources/typeface from Inter's own variable font.

`pip install fonttools fontpkg-inter`, then run this with the same Python. What is changed, and why, stands in
docs/decisions/0006-typeface.md: one weight a file, digits of one width, an l with a tail, a family name of its own.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "typeface"
SOURCE: Final = ("fontpkg_inter", "files/Inter[opsz,wght].ttf")
FAMILY: Final = "Inter Tabular"
"""Not Inter's own name: a machine may have that one, with other digits, and it would be taken for this."""

STYLES: Final = {"Regular": 400, "Bold": 600}
"""Drawn weights. The bold one is a semi-bold that answers to bold: there are only two."""

TEXT_SIZE: Final = 14
"""The optical size that is drawn for text, the smallest that Inter has."""

USUAL: Final = {"tnum": "0123456789+−", "cv05": "lłľĺļ"}
"""Alternates that are drawn always. tnum: digits and signs of one width, while full stops and spaces keep their own.
cv05: an l with a tail, which is else the same stroke as I."""

KEPT: Final = ["ccmp", "kern", "locl", "mark", "mkmk"]
"""OpenType's features that are kept; the others are alternates, which the program never asks for."""

COPYRIGHT, FAMILY_ID, STYLE, UNIQUE, FULL, VERSION, POSTSCRIPT = range(7)
LICENCE_IDS: Final = (7, 8, 9, 11, 12, 13, 14)


def made(style: str) -> TTFont:
    """One of the two fonts."""
    package, name = SOURCE
    with resources.as_file(resources.files(package) / name) as path:
        font = instantiateVariableFont(TTFont(path), {"opsz": TEXT_SIZE, "wght": STYLES[style]})
    _set_usual(font)
    options = Options()
    options.layout_features = KEPT
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    _name(font, style)
    return font


def _set_usual(font: TTFont) -> None:
    """Let the alternates of `USUAL` be what is drawn when nothing is asked for."""
    table: Any = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        swaps: dict[str, str] = {}
        for index in record.Feature.LookupListIndex if record.FeatureTag in USUAL else ():
            for part in table.LookupList.Lookup[index].SubTable:
                swaps.update(getattr(part, "ExtSubTable", part).mapping)
        for mapping in font["cmap"].tables:
            for letter in USUAL.get(record.FeatureTag, ""):
                glyph = mapping.cmap.get(ord(letter)) if mapping.isUnicode() else None
                if glyph in swaps:  # two tables may share one mapping
                    mapping.cmap[ord(letter)] = swaps[glyph]
    letters = font.getBestCmap()
    font["hmtx"][letters[0x2007]] = (font["hmtx"][letters[ord("0")]][0], 0)  # the figure space, by its definition


def _name(font: TTFont, style: str) -> None:
    bold = style == "Bold"
    names: Any = font["name"]
    version = names.getDebugName(VERSION)
    full = FAMILY if not bold else f"{FAMILY} Bold"
    texts = {
        COPYRIGHT: names.getDebugName(COPYRIGHT),
        FAMILY_ID: FAMILY,
        STYLE: style,
        UNIQUE: f"{full}; {version}",
        FULL: full,
        VERSION: version,
        POSTSCRIPT: f"{FAMILY.replace(' ', '')}-{style}",
        **{number: names.getDebugName(number) for number in LICENCE_IDS},
    }
    names.names = []
    for number, text in texts.items():
        if text:
            names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 700 if bold else 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b1100001) | (1 << 5 if bold else 1 << 6)
    font["head"].macStyle = int(bold)
    if "STAT" in font:
        del font["STAT"]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        made(style).save(FOLDER / f"InterTabular-{style}.ttf")


if __name__ == "__main__":
    main()
