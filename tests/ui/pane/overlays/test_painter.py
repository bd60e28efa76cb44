"""One display list, two painters: panes and pictures show the same shapes in the same places."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from fusionviewer.rendering.colours import colour_table
from fusionviewer.rendering.marks.landmarks import sign
from fusionviewer.rendering.marks.primitives import (
    Block,
    Circle,
    Line,
    Primitive,
    Rule,
    Strip,
    Stroke,
    Text,
    cross,
    rectangle,
    start_of,
)
from fusionviewer.rendering.marks.sheet import Sheet
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.overlays.painter import letters_of, paint

SIZE = (120, 100)
GREY = 110
AT = (60.4, 50.7)
Picture = NDArray[np.int_]


def on_pane(items: list[Primitive], ratio: float = 1.0) -> Picture:
    image = QImage(round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(GREY, GREY, GREY))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter, items)
    painter.end()
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., 2::-1].astype(int)


def on_sheet(items: list[Primitive], unit: float = 1.0) -> Picture:
    image = Image.new("RGB", (round(SIZE[0] * unit), round(SIZE[1] * unit)), (GREY, GREY, GREY))
    Sheet(image, unit).paint(items)
    return np.asarray(image).astype(int)


SHAPES: dict[str, Primitive] = {
    "circle": Stroke((Circle(AT, 12.3),), "#5aa9ff"),
    "large circle": Stroke((Circle((60.0, 51.0), 40.0),), "#ffffff"),
    "filled diamond": Stroke(
        (Line(((60.4, 40.0), (71.0, 50.7), (60.4, 61.4), (49.8, 50.7)), closed=True),), "#ffb454", fill=0.35
    ),
    "faint square": Stroke((rectangle((40.2, 30.9, 80.6, 70.1)),), "#5aa9ff", 2.0, opacity=0.5),
    "cross": Stroke(cross(AT, (9.0, 0.0), (0.0, 9.0)), "#f2ecff"),
    "line": Stroke((Line(((10.2, 20.8), (100.7, 77.3))),), "#ffffff", 1.2, rim=0.9),
    "long line": Stroke(
        (Line(tuple((x + 10.0, 50 + 30 * np.sin(x / 16)) for x in range(100))),), "#f2ecff", 1.0, 0.75, rim_opacity=0.43
    ),
    "dot": Stroke((Circle(AT, 3.0),), "#ffb454", 0.0, rim=0.0, fill=1.0),
    "rule": Rule((60, 10), (60, 90), "#ff8fa3", 0.5),
    "level rule": Rule((10, 50), (110, 50), "#8be08b", 0.5),
    "strip": Strip((20, 30, 80, 40), colour_table("viridis")),
    "upright strip": Strip((20, 30, 30, 90), colour_table("hot")),
    "block": Block((20, 30, 55, 44), "#c9d64b", 0.6),
}


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("name", list(SHAPES))
def test_both_painters_draw_a_shape_in_the_same_place_and_as_strongly(
    qapp: QApplication, name: str, ratio: float
) -> None:
    if name.endswith("rule"):
        ratio = 1.0  # one pixel of a picture, and of a pane one logical one
    one, other = on_pane([SHAPES[name]], ratio) - GREY, on_sheet([SHAPES[name]], ratio) - GREY
    assert np.abs(one).max() > 40
    rows, columns = np.indices(one.shape[:2])
    middles = [
        [(np.abs(p).sum(axis=2) * where).sum() / np.abs(p).sum() for where in (rows, columns)] for p in (one, other)
    ]
    assert middles[0] == pytest.approx(middles[1], abs=0.3)
    assert np.abs(one).sum() == pytest.approx(np.abs(other).sum(), rel=0.25)
    shifted = 0.6 if name == "long line" else 0.45  # in panes its rim is three thin lines, for speed
    assert np.abs(one - other).sum() < shifted * np.abs(one).sum()


@pytest.mark.parametrize("side", ["fixed", "moving"])
@pytest.mark.parametrize("part", ["fit", "check", "off"])
def test_signs_of_landmarks_look_alike(qapp: QApplication, side: Side, part: PairUse) -> None:
    items: list[Primitive] = [*sign(side, AT, part, complete=True)]
    one, other = on_pane(items), on_sheet(items)
    assert np.abs(one - other).mean() < 0.2 * np.abs(one - GREY).mean()


def test_half_pairs_are_dashed_by_both(qapp: QApplication) -> None:
    whole, half = ([*sign("fixed", AT, "fit", complete=c, radius=15.0)] for c in (True, False))
    for draw in (on_pane, on_sheet):
        bright = [(draw(items)[..., 2] > 200).sum() for items in (whole, half)]  # type: ignore[arg-type]
        assert bright[1] == pytest.approx(0.5 * bright[0], rel=0.3)


@pytest.mark.parametrize("anchor", ["ls", "ms", "rs", "lm", "mm", "rm", "lt", "mt", "rt"])
def test_texts_stand_on_the_side_of_their_place_that_the_anchor_says(qapp: QApplication, anchor: str) -> None:
    text = Text((60.0, 50.0), "HHH", "#ffffff", anchor=anchor)  # type: ignore[arg-type]
    for picture in (on_pane([text]), on_sheet([text])):
        rows, columns = np.nonzero(picture.min(axis=2) > 200)
        across = {"l": columns.min(), "m": (columns.min() + columns.max() + 1) / 2, "r": columns.max() + 1}[anchor[0]]
        down = {"t": rows.min(), "m": (rows.min() + rows.max() + 1) / 2, "s": rows.max() + 1}[anchor[1]]
        assert across == pytest.approx(60, abs=2.1)
        assert down == pytest.approx(50, abs=1.6)


def test_faint_letters_have_a_faint_rim(qapp: QApplication) -> None:
    for draw in (on_pane, on_sheet):
        strong, faint = (draw([Text(AT, "HHH", "#ffffff", opacity=o)]) for o in (1.0, 0.4))
        assert faint.min() > strong.min() + 20
        assert faint.max() < strong.max() - 20


def test_letters_are_as_large_as_they_are_said_to_be(qapp: QApplication) -> None:
    from PyQt6.QtGui import QFont

    letters = letters_of(QFont())
    assert letters_of(QFont()) is letters
    text = Text((10.0, 50.0), "HHHHHH", "#ffffff", "strong")
    rows, columns = np.nonzero(on_pane([text]).min(axis=2) > 200)
    assert columns.max() + 1 - columns.min() == pytest.approx(letters.length(text.text, "strong"), abs=3)
    assert rows.max() + 1 - rows.min() == pytest.approx(letters.cap("strong"), abs=1.5)
    assert start_of(text, letters) == text.at
    assert letters.length(letters.elided("a long name", "name", 40.0), "name") <= 40.0
