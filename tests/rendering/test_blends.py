"""What each blend does with greys, to the last digit."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering import blends
from fusionviewer.rendering.blend_words import MODE_NAMES, typed_names
from fusionviewer.rendering.blends import LARGEST_MM, OUTSIDE, SMALLEST_MM, Blend, BlendMode, Coded
from fusionviewer.rendering.colours import COLOUR_PAIRS, ColourPair, colour_table

GREYS = np.arange(256, dtype=np.uint16)
ALL_PAIRS = tuple(np.array(np.meshgrid(GREYS, GREYS), dtype=np.uint16))
"""Every grey of the back with every grey of the front, (256, 256) each."""


DOCS = Path(__file__).resolve().parents[2] / "docs"


def coded(codes: list[int] | np.ndarray, colours: str = "grey") -> Coded:
    return Coded(np.asarray(codes, dtype=np.uint16), colour_table(colours))


def channels(picture: np.ndarray) -> np.ndarray:
    """(…, 3) red, green, blue as whole numbers; the fourth byte must be full."""
    assert picture.dtype == blends.BGRX
    assert (picture >> 24 == 255).all()
    return np.stack([(picture >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(int)


def test_alone_is_the_colour_of_the_grey_and_black_outside() -> None:
    picture = channels(blends.alone(coded([0, 7, 255, OUTSIDE], "hot")))
    assert np.array_equal(picture, [*colour_table("hot")[[0, 7, 255]].astype(int), [0, 0, 0]])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.7, 1.0])
def test_fade_is_the_weighted_sum_of_every_pair_of_greys(share: float) -> None:
    back, front = ALL_PAIRS
    picture = channels(blends.fade(coded(back), coded(front), share))
    weight = round(256 * share)
    expected = (back.astype(int) * (256 - weight) >> 8) + ((front.astype(int) * weight + 255) >> 8)
    assert np.array_equal(picture, np.repeat(expected[..., None], 3, axis=-1))
    assert np.abs(picture[..., 0] - (back * (1 - share) + front * share)).max() <= 1.5


def test_fade_shows_what_lies_alone_at_full_brightness_but_for_the_last_tenth() -> None:
    lone = coded([256 + 200]), coded([OUTSIDE])
    seen = [int(channels(blends.fade(*lone, share))[0, 0]) for share in (0, 0.5, 0.9, 0.95, 1)]
    assert seen == [200, 200, 200, 100, 0]


@pytest.mark.parametrize("pair", list(COLOUR_PAIRS))
def test_two_colours_are_exactly_grey_where_the_images_are_alike(pair: ColourPair) -> None:
    picture = channels(blends.two_colour(coded(GREYS), coded(GREYS), 0.5, pair))
    assert np.array_equal(picture, np.repeat(GREYS[:, None], 3, axis=1))


@pytest.mark.parametrize("pair", list(COLOUR_PAIRS))
def test_two_colours_add_and_leave_each_image_its_own(pair: ColourPair) -> None:
    back, front = ALL_PAIRS
    picture = channels(blends.two_colour(coded(back), coded(front), 0.5, pair))
    one, other = (np.array(colour) for colour in COLOUR_PAIRS[pair])
    expected = (back[..., None].astype(int) * one) // 255 + -(-(front[..., None].astype(int) * other) // 255)
    assert np.array_equal(picture, expected)
    alone = channels(blends.two_colour(coded([255]), coded([255]), 0.0, pair))
    assert np.array_equal(alone[0], one)
    assert np.array_equal(channels(blends.two_colour(coded([255]), coded([255]), 1.0, pair))[0], other)


def test_difference_is_half_of_it_about_mid_grey_and_black_where_only_one_lies() -> None:
    back, front = ALL_PAIRS
    picture = channels(blends.difference(coded(back), coded(front)))
    expected = (256 + front.astype(int) - back.astype(int)) // 2
    assert np.array_equal(picture, np.repeat(expected[..., None], 3, axis=-1))
    assert picture[5, 5, 0] == 128
    lone = channels(blends.difference(coded([256 + 9, OUTSIDE, OUTSIDE]), coded([OUTSIDE, 256 + 9, OUTSIDE])))
    assert (lone == 0).all()


def test_choosing_takes_the_image_that_is_there() -> None:
    back, front = coded([10, 10, 256 + 10, OUTSIDE, OUTSIDE]), coded([20, 20, OUTSIDE, 256 + 20, OUTSIDE])
    wanted = np.array([False, True, True, False, True])
    assert channels(blends.chosen(back, front, wanted))[:, 0].tolist() == [10, 20, 10, 20, 0]


def test_patterns_lie_where_their_millimetres_say() -> None:
    view = Viewport(8, 6, -4.0, -3.0, 1.0)  # pixel centres at −4…3 and −3…2 mm
    x, y = np.meshgrid(np.arange(-4.0, 4.0), np.arange(-3.0, 3.0))
    assert np.array_equal(blends.squares(view, 2.0), (np.floor(x / 2) + np.floor(y / 2)) % 2 == 1)
    at = np.array([0.5, -0.5])
    assert np.array_equal(blends.beyond_curtain(view, at, "across"), x > 0.5)
    assert np.array_equal(blends.beyond_curtain(view, at, "down"), y > -0.5)
    assert np.array_equal(blends.beyond_curtain(view, at, "quarters"), (x > 0.5) != (y > -0.5))
    assert np.array_equal(blends.in_glass(view, at, 5.0), np.hypot(x - 0.5, y + 0.5) <= 2.5)


@given(st.sampled_from(BlendMode), st.floats(-1, 2))
def test_the_slider_of_every_mode_comes_back_to_where_it_was_put(mode: BlendMode, share: float) -> None:
    blend = Blend(mode).with_parameter(share)
    if blend.parameter is None:
        assert mode in (BlendMode.CURTAIN, BlendMode.DIFFERENCE)
        assert blend == Blend(mode)
        assert blend.parameter_text == ""
    else:
        # sizes are whole millimetres: half of one at 4 mm is 3.6 % of the range of ratios
        assert blend.parameter == pytest.approx(min(1, max(0, share)), abs=0.04)
        assert blend.with_parameter(blend.parameter) == blend
        assert any(c.isdigit() for c in blend.parameter_text)
    assert SMALLEST_MM <= blend.checker_mm <= LARGEST_MM


def test_swapping_twice_changes_nothing() -> None:
    for mode in BlendMode:
        blend = Blend(mode, fade=0.25)
        assert blend.swap() != blend
        assert blend.swap().swap() == blend


@pytest.mark.parametrize(
    "wrong", [{"fade": 1.1}, {"edge_strength": -0.1}, {"checker_mm": 0}, {"glass_mm": float("inf")}]
)
def test_nonsense_makes_no_blend(wrong: dict[str, float] | dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Blend(**wrong)


@pytest.mark.parametrize("size_mm", [1e300, 1e-300, 2e6])
def test_a_size_that_no_picture_can_show_is_refused(size_mm: float) -> None:
    with pytest.raises(ValueError, match="not a size"):
        Blend(BlendMode.SPY_GLASS, glass_mm=size_mm)
    with pytest.raises(ValueError, match="not a size"):
        Blend(BlendMode.CHECKERBOARD, checker_mm=size_mm)


@pytest.mark.parametrize("mode", BlendMode)
def test_every_mode_stands_in_the_documents(mode: BlendMode) -> None:
    cli, looking, rendering = (
        (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("cli", "looking", "rendering")
    )
    (options,) = re.findall(r"^\| `--mode` \|.*`difference`.*$", cli, re.M)
    assert all(f"`{typed}`" in options for typed in typed_names([mode]))
    name = MODE_NAMES[mode]
    assert f"\n| **{name}** (" in looking
    how, _, _ = rendering.partition("## Marks")
    assert re.search(rf"\b{name}\b", how, re.I)


@pytest.mark.parametrize(
    ("blend", "seen"),
    [
        (Blend(fade=0.0), (True, True)),
        (Blend(BlendMode.TWO_COLOUR), (True, True)),
        (Blend(BlendMode.EDGES), (True, False)),
        (Blend(BlendMode.EDGES, swapped=True), (False, True)),
        (Blend(BlendMode.DIFFERENCE), (False, False)),
    ],
)
def test_a_blend_says_which_images_are_seen_in_colours(blend: Blend, seen: tuple[bool, bool]) -> None:
    assert blend.in_colours == seen


def test_the_next_option_comes_back_to_the_first_and_other_modes_have_none() -> None:
    curtain = Blend(BlendMode.CURTAIN)
    ways = [curtain.curtain, (second := curtain.next_option()).curtain, second.next_option().curtain]
    assert ways == ["across", "down", "quarters"]
    assert second.next_option().next_option() == curtain
    colours = Blend(BlendMode.TWO_COLOUR)
    assert colours.next_option().pair == "magenta-green"
    assert colours.next_option().next_option() == colours
    for mode in set(BlendMode) - {BlendMode.CURTAIN, BlendMode.TWO_COLOUR}:
        assert Blend(mode).next_option() == Blend(mode)
