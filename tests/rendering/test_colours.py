"""Colour tables: what is brighter stays brighter, and what must be told apart is, by every eye."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from fusionviewer.rendering.colours import COLOUR_NAMES, COLOUR_PAIRS, ColourPair, colour_table, rgb, tint_table

VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado, Oliveira and Fernandes 2009 (IEEE TVCG 15:1291), severity 1, on linear RGB."""

XYZ_FROM_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colours: np.ndarray | tuple[int, int, int]) -> np.ndarray:
    """sRGB 0…255 (…, 3) as linear light 0…1."""
    share = np.asarray(colours, dtype=float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of linear light (3,)."""
    relative = XYZ_FROM_RGB @ light / (XYZ_FROM_RGB @ np.ones(3))
    f = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colours: np.ndarray) -> np.ndarray:
    return np.asarray(linear(colours) @ XYZ_FROM_RGB[1])


def test_the_measure_itself_is_right() -> None:
    assert lab(np.ones(3)) == pytest.approx([100, 0, 0], abs=1e-6)
    assert lab(linear((255, 0, 0))) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)  # as Lindbloom gives it
    for matrix in VISIONS.values():
        assert matrix.sum(axis=1) == pytest.approx(1, abs=2e-6)  # grey stays grey


def test_grey_is_exact_and_its_opposite_too() -> None:
    numbers = np.arange(256)
    assert colour_table("grey").tolist() == np.stack([numbers] * 3, axis=1).tolist()
    assert colour_table("inverted").tolist() == (255 - np.stack([numbers] * 3, axis=1)).tolist()


@pytest.mark.parametrize("colours", COLOUR_NAMES)
def test_brighter_stays_brighter(colours: str) -> None:
    table = colour_table(colours)
    assert table.shape == (256, 3)
    assert not table.flags.writeable
    way = -1 if colours == "inverted" else 1
    steps = way * np.diff(luminance(table))
    assert steps.min() >= 0
    assert way * (luminance(table[-1]) - luminance(table[0])) > 0.7
    assert np.count_nonzero(steps == 0) < 4  # nearly every grey is another colour


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("colours", COLOUR_NAMES)
def test_every_eye_sees_brighter_as_brighter(vision: str, colours: str) -> None:
    light = np.clip(linear(colour_table(colours)) @ VISIONS[vision].T, 0, 1) @ XYZ_FROM_RGB[1]
    way = -1 if colours == "inverted" else 1
    assert (way * np.diff(light[::8])).min() > -1e-3


@pytest.mark.parametrize("pair", COLOUR_PAIRS)
def test_the_two_colours_together_are_white_and_every_grey(pair: ColourPair) -> None:
    fixed, moving = COLOUR_PAIRS[pair]
    assert np.add(fixed, moving).tolist() == [255, 255, 255]
    together = tint_table(fixed).astype(int) + tint_table(moving, up=True)
    assert together.tolist() == np.stack([np.arange(256)] * 3, axis=1).tolist()


@pytest.mark.parametrize(("pair", "vision"), list(product(COLOUR_PAIRS, VISIONS)))
def test_the_two_colours_stay_apart_for_every_eye(pair: ColourPair, vision: str) -> None:
    fixed, moving = (lab(np.clip(VISIONS[vision] @ linear(colour), 0, 1)) for colour in COLOUR_PAIRS[pair])
    assert float(np.linalg.norm(fixed - moving)) >= 60


def test_red_and_green_would_not_pass() -> None:
    red, green = (lab(np.clip(VISIONS["deutan"] @ linear(c), 0, 1)) for c in (rgb("#c05040"), rgb("#709040")))
    assert float(np.linalg.norm(red - green)) < 60
