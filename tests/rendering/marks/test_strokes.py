"""Smooth lines on a picture: where they should be, as thick and as long as they should be."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image

from fusionviewer.rendering.marks import strokes

Place: TypeAlias = tuple[float, float]


def there(trace: strokes.Trace | None) -> strokes.Trace:
    """A shape of which some lies in the picture."""
    assert trace is not None
    return trace


def canvas(size: tuple[int, int] = (60, 50)) -> Image.Image:
    return Image.new("RGB", size)


def diamond(image: Image.Image, at: Place, radius: float, room: float) -> strokes.Trace | None:
    corners = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]])
    return strokes.polygon(image, np.array(at) + radius * corners, room)


def square(image: Image.Image, at: Place, half: float, room: float) -> strokes.Trace | None:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return strokes.polygon(image, np.array(at) + half * corners, room)


@pytest.mark.parametrize(
    ("shape", "length"),
    [(strokes.circle, 2 * math.pi * 9), (diamond, 4 * math.sqrt(2) * 9), (square, 8 * 9)],
)
@pytest.mark.parametrize("at", [(30.0, 25.0), (29.6, 24.3), (30.49, 25.51)])
def test_a_shape_lies_where_it_should_to_a_tenth_of_a_pixel_and_is_as_thick(
    shape: Any, length: float, at: Place
) -> None:
    image = canvas()
    shape(image, at, 9.0, 3.0).draw(image, 2.0, (255, 255, 255))
    cover = np.asarray(image)[..., 0] / 255
    rows, columns = np.indices(cover.shape)
    assert (columns * cover).sum() / cover.sum() == pytest.approx(at[0], abs=0.1)
    assert (rows * cover).sum() / cover.sum() == pytest.approx(at[1], abs=0.1)
    assert cover.sum() == pytest.approx(2 * length, rel=0.04)
    assert 0.2 < (cover > 0).mean() * cover.size / (2 * length) < 3  # a line, not a blot


def test_what_a_shape_encloses_is_filled() -> None:
    image = canvas()
    there(strokes.circle(image, (30.2, 24.9), 9.0, 1.0)).fill(image, (255, 255, 255), 0.5)
    assert np.asarray(image)[..., 0].sum() / 128 == pytest.approx(math.pi * 81, rel=0.02)


def test_lines_are_smooth_as_long_as_they_should_be_and_cut_off_at_the_edge() -> None:
    image = canvas((200, 150))
    there(strokes.lines(image, [np.array([[10.3, 20.7], [160.0, 100.0]])], 3.0)).draw(image, 2.0, (255, 255, 255))
    cover = np.asarray(image)[..., 0] / 255
    assert cover.sum() == pytest.approx(2 * math.dist((10.3, 20.7), (160, 100)) + math.pi, rel=0.02)
    assert len(np.unique(cover)) > 20
    rows, columns = np.nonzero(cover > 0.5)
    way = np.array([149.7, 79.3]) / math.hypot(149.7, 79.3)
    away = (columns - 10.3) * way[1] - (rows - 20.7) * way[0]
    assert np.abs(away).max() < 1.05
    beyond = canvas()
    there(strokes.lines(beyond, [np.array([[-1e4, 10.0], [1e4, 10.0]])], 2.0)).draw(beyond, 1.0, (255, 255, 255))
    assert (np.asarray(beyond)[10, :, 0] == 255).all()
    assert np.asarray(beyond)[..., 0].sum() == 255 * 60


def test_half_of_a_dashed_line_is_left() -> None:
    whole, dashed = canvas(), canvas()
    trace = there(strokes.circle(whole, (30.0, 25.0), 12.0, 3.0))
    trace.draw(whole, 2.0, (255, 255, 255))
    turn = np.linspace(0, 2 * math.pi, 200, endpoint=False)
    ring = np.stack([30 + 12 * np.cos(turn), 25 + 12 * np.sin(turn)], axis=1)
    pieces = strokes.dashes(ring, 6.3, 2.0)
    there(strokes.lines(dashed, pieces, 3.0)).draw(dashed, 2.0, (255, 255, 255))
    assert len(pieces) == 6
    share = np.asarray(dashed).sum() / np.asarray(whole).sum()
    assert share == pytest.approx(0.5, abs=0.03)
    assert np.asarray(dashed)[28, 42, 0] > 200  # begins with a dash
    far = np.asarray(dashed)[..., 0] - np.asarray(whole)[..., 0].astype(int)
    assert far.max() < 130  # and lies nowhere else


@pytest.mark.parametrize("at", [(-20.0, 10.0), (80.0, 10.0), (10.0, -20.0), (10.0, 70.0)])
def test_nothing_is_drawn_of_what_lies_beside_the_picture(at: Place) -> None:
    image = canvas()
    assert strokes.circle(image, at, 9.0, 3.0) is None
    assert diamond(image, at, 9.0, 3.0) is None
    assert square(image, at, 9.0, 3.0) is None
    assert strokes.lines(image, [np.array([at, np.add(at, 5)])], 1.0) is None
    assert strokes.lines(image, [], 1.0) is None
