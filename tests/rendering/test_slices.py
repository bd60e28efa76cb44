"""Pictures of two volumes: what is where, at which brightness, and what is remembered."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.geometry import AXIAL, SAGITTAL, Grid, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid
from fusionviewer.rendering import slices
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.colours import BONE_COLOUR, FIXED_COLOUR, MOVING_COLOUR, Colours, colour_table, rgb
from fusionviewer.rendering.contour import ContourLine, bone_line
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

UNIT = Window(127.5, 255)
"""Values are greys."""


def flat(value: int, low: tuple[int, int], high: tuple[int, int], modality: Modality = "MR") -> Volume:
    """One value in the box from `low` to `high` (x, y in mm), from z = −5 to 5."""
    size = (high[0] - low[0], high[1] - low[1], 10)
    grid = Grid.axis_aligned(size, (1, 1, 1), np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 0]))
    return Volume(image_on_grid(np.full(size[::-1], value, np.int16), grid), "flat", modality)


BACK = Layer(flat(100, (-20, -20), (10, 20)), UNIT)
FRONT = Layer(flat(200, (-10, -20), (20, 20)), UNIT)
PLACES = {"nowhere": (0, 50), "back alone": (50, 35), "both": (50, 50), "front alone": (50, 65)}
"""Rows and columns of a picture of 101 pixels of 1 mm around the origin."""


def request(**changes: Any) -> SliceRequest:
    plane = SlicePlane.through(np.zeros(3), AXIAL)
    whole = SliceRequest(plane, Viewport.around(np.zeros(2), 101, 101, 1.0), BACK, FRONT)
    blend = {field.name: changes.pop(field.name) for field in fields(Blend) if field.name in changes}
    return replace(whole, blend=Blend(**blend), **changes)


def greys(picture: np.ndarray) -> dict[str, int]:
    values = {}
    for name, place in PLACES.items():
        blue, green, red, x = (int(v) for v in picture[place])
        assert blue == green == red
        assert x == 255
        values[name] = blue
    return values


@pytest.mark.parametrize(
    ("fade", "expected"),
    [
        (0.0, {"nowhere": 0, "back alone": 100, "both": 100, "front alone": 0}),
        (0.25, {"nowhere": 0, "back alone": 100, "both": 125, "front alone": 200}),
        (0.5, {"nowhere": 0, "back alone": 100, "both": 150, "front alone": 200}),
        (1.0, {"nowhere": 0, "back alone": 0, "both": 200, "front alone": 200}),
    ],
)
def test_fading_goes_from_one_image_to_the_other_and_keeps_both_fields_of_view(
    fade: float, expected: dict[str, int]
) -> None:
    picture = SliceRenderer().render(request(fade=fade))
    assert greys(picture) == pytest.approx(expected, abs=1)
    if fade in (0.0, 1.0):
        alone = request(back=None) if fade == 1.0 else request(front=None)
        assert np.array_equal(picture, SliceRenderer().render(alone))


def test_fading_never_jumps() -> None:
    pictures = [greys(SliceRenderer().render(request(fade=fade))) for fade in np.linspace(0, 1, 101)]
    for name in PLACES:
        assert np.abs(np.diff([picture[name] for picture in pictures])).max() <= 22


@settings(max_examples=30)
@given(st.floats(0, 1), st.sampled_from(["grey", "blue", "amber", "hot"]), st.sampled_from(["grey", "blue", "hot"]))
def test_no_channel_ever_overflows_into_its_neighbour(
    fade: float, back_colours: Colours, front_colours: Colours
) -> None:
    ramp = np.arange(256, dtype=np.int16).reshape(1, 1, 256)
    grid = Grid.axis_aligned((256, 1, 1), (1, 1, 1), np.zeros(3))
    volume = Volume(image_on_grid(ramp, grid), "ramp")
    plane, viewport = SlicePlane.through(np.zeros(3), AXIAL), Viewport.around(np.zeros(2), 256, 1, 1.0)
    layers = Layer(volume, UNIT, colours=back_colours), Layer(volume, UNIT, colours=front_colours)
    picture = SliceRenderer().render(
        SliceRequest(plane, viewport, back=layers[0], front=layers[1], blend=Blend(fade=fade))
    )
    expected = (1 - fade) * colour_table(back_colours) + fade * colour_table(front_colours)
    assert np.abs(picture[0, :, 2::-1] - expected).max() <= 2
    assert (picture[..., 3] == 255).all()


def test_the_picture_is_what_a_screen_wants() -> None:
    picture = SliceRenderer().render(request(viewport=Viewport.around(np.zeros(2), 31, 17, 1.0)))
    assert picture.shape == (17, 31, 4)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert picture.flags.writeable
    empty = SliceRenderer().render(request(back=None, front=None))
    assert (empty[..., :3] == 0).all()
    assert (empty[..., 3] == 255).all()


def test_a_picture_that_was_handed_out_does_not_change_any_more() -> None:
    renderer = SliceRenderer()
    first = renderer.render(request(fade=0.2))
    kept = first.copy()
    renderer.render(request(fade=0.9))
    assert np.array_equal(first, kept)
    first[:] = 0
    assert np.array_equal(renderer.render(request(fade=0.2)), kept)


def test_the_front_is_drawn_through_its_pose() -> None:
    shifted = replace(FRONT, volume_from_view=RigidTransform.from_euler((0, 0, 0, 5, 0, 0), np.zeros(3)))
    picture = SliceRenderer().render(request(back=None, front=shifted))
    columns = np.nonzero(picture[50, :, 0])[0] - 50
    assert (columns.min(), columns.max()) == (-15, 14)  # its box from −10 to 20 is seen 5 mm to the patient's right


def test_checkers_hold_still_in_the_patient() -> None:
    renderer = SliceRenderer()
    wide = (flat(100, (-50, -50), (50, 50)), flat(200, (-50, -50), (50, 50)))
    layers = {"back": Layer(wide[0], UNIT), "front": Layer(wide[1], UNIT), "mode": BlendMode.CHECKERBOARD}
    here = renderer.render(request(**layers, checker_mm=10, viewport=Viewport(60, 60, -30, -30, 1.0)))
    panned = renderer.render(request(**layers, checker_mm=10, viewport=Viewport(60, 60, -23, -11, 1.0)))
    zoomed = renderer.render(request(**layers, checker_mm=10, viewport=Viewport(60, 60, -30, -30, 0.5)))
    assert np.array_equal(here[19:, 7:], panned[:-19, :-7])
    assert np.array_equal(here[:30, :30], zoomed[::2, ::2])
    assert set(np.unique(here[..., 0])) == {100, 200}
    assert (here[0:10, 0:10] == here[0, 0]).all()
    assert (here[0, 10] != here[0, 0]).any()
    assert (here[10, 10] == here[0, 0]).all()


def test_checkers_show_the_image_that_is_there() -> None:
    picture = greys(SliceRenderer().render(request(mode=BlendMode.CHECKERBOARD, checker_mm=1000)))
    assert picture["back alone"] == 100
    assert picture["front alone"] == 200
    assert picture["nowhere"] == 0


def bone_disc() -> Volume:
    """A disc of 1000 HU with a radius of 20 mm in soft tissue."""
    grid = Grid.axis_aligned((80, 80, 10), (1, 1, 1), np.zeros(3))
    k, j, i = np.indices((10, 80, 80))
    radius = np.hypot(*np.moveaxis(grid.points(np.stack([i, j, k], -1))[..., :2], -1, 0))
    values = np.clip((20.35 - radius) * 960 + 40, 40, 1000)
    return Volume(image_on_grid(values.astype(np.int16), grid), "disc", "CT")


def test_bone_edges_are_a_thin_closed_line_where_bone_begins() -> None:
    view = Viewport.around(np.zeros(2), 161, 161, 0.5)
    layer = Layer(bone_disc(), Window(40, 400))
    plain = SliceRenderer().render(request(back=layer, front=None, viewport=view))
    lined = SliceRenderer().render(request(back=layer, front=None, viewport=view, bone_edges=True))
    rows, columns = np.nonzero((lined != plain).any(axis=2))
    radius = np.hypot(rows - 80, columns - 80) / 2
    assert np.abs(radius - 20).max() < 1.2
    assert len(rows) < 2.6 * 2 * np.pi * 40  # about a pixel wide, two with its soft rim
    around = np.degrees(np.arctan2(rows - 80, columns - 80))
    assert np.diff(np.sort(around)).max() < 3
    strongest = lined[rows, columns, 2::-1].astype(int)
    assert (np.abs(strongest - rgb(BONE_COLOUR)).max(axis=1) < 64).mean() > 0.4


def test_bone_edges_are_of_the_ct_only_and_in_either_layer() -> None:
    disc = bone_disc()
    for layers in ({"back": Layer(disc, UNIT), "front": FRONT}, {"back": BACK, "front": Layer(disc, UNIT)}):
        plain = SliceRenderer().render(request(**layers))
        assert (SliceRenderer().render(request(**layers, bone_edges=True)) != plain).any()
    not_ct = Layer(replace(disc, modality="MR"), UNIT)
    plain = SliceRenderer().render(request(back=not_ct))
    assert np.array_equal(SliceRenderer().render(request(back=not_ct, bone_edges=True)), plain)


def test_soft_noise_around_the_threshold_draws_no_lines() -> None:
    rng = np.random.default_rng(0)
    smooth = 300 + 10 * rng.standard_normal((1, 60, 60))
    grid = Grid.axis_aligned((60, 60, 1), (1, 1, 1), np.zeros(3))
    layer = Layer(Volume(image_on_grid(smooth.astype(np.int16), grid), "noise", "CT"), UNIT)
    line = request(back=layer, front=None, bone_edges=True, plane=SlicePlane.through(np.zeros(3), AXIAL))
    plain = SliceRenderer().render(replace(line, bone_edges=False))
    assert (SliceRenderer().render(line) != plain).any(axis=2).mean() < 0.01


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 3)])
def test_tiny_pictures_are_drawn(size: tuple[int, int]) -> None:
    tiny = Viewport.around(np.zeros(2), *size, 1.0)
    layer = Layer(bone_disc(), UNIT)
    assert SliceRenderer().render(request(front=layer, viewport=tiny, bone_edges=True)).shape == (*size[::-1], 4)


class Counted:
    """Counts the calls of the expensive stages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reslices = self.windows = self.lines = 0
        cut, windowing, line = reslice, Window.greys, bone_line

        def count_reslice(*args: Any) -> np.ndarray:
            self.reslices += 1
            return cut(*args)

        def count_window(window: Window, values: np.ndarray) -> np.ndarray:
            self.windows += 1
            return windowing(window, values)

        def count_line(*args: Any) -> ContourLine:
            self.lines += 1
            return line(*args)

        monkeypatch.setattr(slices, "reslice", count_reslice)
        monkeypatch.setattr(Window, "greys", count_window)
        monkeypatch.setattr(slices, "bone_line", count_line)

    def since(self) -> tuple[int, int, int]:
        counts = (self.reslices, self.windows, self.lines)
        self.reslices = self.windows = self.lines = 0
        return counts


def test_a_change_enters_at_its_own_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, renderer = Counted(monkeypatch), SliceRenderer()
    ct = Layer(bone_disc(), UNIT)
    first = request(front=ct, bone_edges=True)
    renderer.render(first)
    assert counted.since() == (2, 2, 1)
    for fade in (0.1, 0.7):
        renderer.render(replace(first, blend=Blend(fade=fade)))
    renderer.render(replace(first, blend=Blend(BlendMode.CHECKERBOARD)))
    renderer.render(replace(first, back=replace(BACK, colours="blue")))
    renderer.render(replace(first, back=ct, front=BACK))  # swapped
    renderer.render(replace(first, plane=SlicePlane.through(np.array([7.0, -3.0, 0.0]), AXIAL)))  # within the plane
    renderer.render(first)
    assert counted.since() == (0, 0, 0)
    renderer.render(replace(first, front=replace(ct, window=Window(40, 80))))
    assert counted.since() == (0, 1, 0)
    turned = replace(ct, volume_from_view=RigidTransform.from_euler((1, 0, 0, 0, 0, 0), np.zeros(3)))
    renderer.render(replace(first, front=turned))
    assert counted.since() == (1, 1, 1)
    renderer.render(replace(first, front=turned, plane=SlicePlane.through(np.zeros(3), SAGITTAL)))
    assert counted.since() == (2, 2, 1)
    renderer.render(replace(first, front=turned, plane=SlicePlane.through(np.array([0, 0, 1.0]), AXIAL)))
    assert counted.since() == (2, 2, 1)


def test_it_draws_the_same_from_memory_as_afresh() -> None:
    renderer = SliceRenderer()
    rng = np.random.default_rng(3)
    for _ in range(40):
        back = None if rng.random() < 0.15 else replace(BACK, window=Window(*rng.choice([60, 90, 200], 2)))
        front = None if rng.random() < 0.15 else replace(FRONT, window=Window(*rng.choice([60, 90, 200], 2)))
        asked = request(
            back=back,
            front=front,
            fade=float(rng.random()),
            mode=rng.choice(list(BlendMode)),
            bone_edges=bool(rng.random() < 0.5),
            plane=SlicePlane.through(np.array([0.0, 0.0, rng.integers(0, 2)]), AXIAL),
        )
        assert np.array_equal(renderer.render(asked), SliceRenderer().render(asked))


def test_memory_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = SliceRenderer()
    for z in np.linspace(-4, 4, 12):
        renderer.render(request(plane=SlicePlane.through(np.array([0, 0, z]), AXIAL), bone_edges=True))
    assert len(renderer._memory._now) == 2 * len(("values", "outside", "greys", "flags", "codes"))
    assert not renderer._memory._before


def test_colours_that_mean_an_image_are_told_apart_by_every_eye() -> None:
    blue, amber = np.array(rgb(FIXED_COLOUR)), np.array(rgb(MOVING_COLOUR))
    assert blue[2] - amber[2] > 120  # the channel that the common colour-vision deficiencies keep
    for colours in ("grey", "blue", "amber", "hot"):
        table = colour_table(colours).astype(int)
        assert table.shape == (256, 3)
        assert table[0].tolist() == [0, 0, 0]
        assert (np.diff(table.sum(axis=1)) >= 0).all()  # brighter stays brighter


changes = st.one_of(
    st.fixed_dictionaries({"fade": st.integers(0, 16).map(lambda n: n / 16)}),
    st.fixed_dictionaries({"mode": st.sampled_from([BlendMode.FADE, BlendMode.TWO_COLOUR, BlendMode.CHECKERBOARD])}),
    st.fixed_dictionaries({"pair": st.sampled_from(["amber-blue", "magenta-green"])}),
    st.fixed_dictionaries({"back_level": st.sampled_from([90.0, 127.5, 140.0])}),
    st.fixed_dictionaries({"front_level": st.sampled_from([90.0, 127.5, 140.0])}),
    st.fixed_dictionaries({"z": st.sampled_from([0.0, 1.0, 40.0])}),
    st.fixed_dictionaries({"colours": st.sampled_from(["grey", "hot"])}),
)


@settings(max_examples=30)
@given(st.lists(changes, min_size=2, max_size=8))
def test_what_is_remembered_never_changes_the_picture(steps: Any) -> None:
    renderer = SliceRenderer()
    now: dict[str, Any] = {"back_level": 127.5, "front_level": 127.5, "z": 0.0, "colours": "grey"}
    for step in steps:
        now |= step
        looks = dict(now)
        wanted = request(
            plane=SlicePlane.through(np.array([0, 0, looks.pop("z")]), AXIAL),
            back=replace(BACK, window=Window(looks.pop("back_level"), 200)),
            front=replace(FRONT, window=Window(looks.pop("front_level"), 200), colours=looks.pop("colours")),
            **looks,
        )
        assert np.array_equal(renderer.render(wanted), SliceRenderer().render(wanted))
