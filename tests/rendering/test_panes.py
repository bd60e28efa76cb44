"""What is marked on a picture: in the right place and colour, near the plane alone, and naming no patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.geometry import AXIAL, CORONAL, ORIENTATIONS, Grid, SlicePlane, rotation_from_vector
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, rgb
from fusionviewer.rendering.layout import PixelBox
from fusionviewer.rendering.marks.sheet import Sheet
from fusionviewer.rendering.marks.values import (
    MarkedDistance,
    MarkedPair,
    MarkedTarget,
    Marks,
    PredictedError,
    strength,
    target_strength,
)
from fusionviewer.rendering.panes import Pane, draw_over, rooms_of_words
from fusionviewer.rendering.picture import PictureForm, PictureLayout, draw_picture
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slices import Layer, SliceRequest
from fusionviewer.rendering.window import Window

GREY = 40
GRID = Grid.axis_aligned((80, 80, 80), (2.0, 2.0, 2.0), np.zeros(3))
FLAT = Volume(image_on_grid(np.full((80, 80, 80), 100, np.int16), GRID), "flat", "MR")
LAYER = Layer(FLAT, Window(500, 1000))

Picture = NDArray[np.uint8]
Written = list[tuple[tuple[float, float], str, float]]


def pair(
    fixed: tuple[float, float, float] | None = None,
    moving: tuple[float, float, float] | None = None,
    number: int = 1,
    name: str = "Doe",
    **more: Any,
) -> MarkedPair:
    return MarkedPair(
        number, name, fixed, moving, more.pop("complete", fixed is not None and moving is not None), **more
    )


def pane_of(plane: SlicePlane, size: tuple[int, int] = (240, 200), mm_per_pixel: float = 0.5) -> Pane:
    middle = plane.screen(np.zeros(3)) + np.array([0.13, -0.21])  # no whole pixels
    return Pane(
        PixelBox(0, 0, *size), plane, Viewport.around(middle, *size, mm_per_pixel), "Axial", "z 0.0 mm", crosshair=False
    )


def draw_marks(sheet: Sheet, pane: Pane, marks: Marks, *, names: bool, legend: bool = True) -> None:
    draw_over(sheet, pane, SliceRequest(pane.plane, pane.viewport, None, None), marks, names=names, legend=legend)


def drawn(marks: Marks, plane: SlicePlane | None = None, unit: float = 1.0, **how: Any) -> Picture:
    """A grey pane with the marks alone."""
    pane = pane_of(plane or SlicePlane.through(np.zeros(3), AXIAL))
    image = Image.new("RGB", (pane.box.width, pane.box.height), (GREY, GREY, GREY))
    draw_marks(Sheet(image, unit), pane, marks, names=how.pop("names", False), **how)
    return np.asarray(image)


BARE = drawn(Marks())


def pixel_of(point: np.ndarray | tuple[float, float, float], plane: SlicePlane | None = None) -> tuple[float, float]:
    pane = pane_of(plane or SlicePlane.through(np.zeros(3), AXIAL))
    x, y = pane.viewport.pixels(pane.plane.screen(np.asarray(point, dtype=float)))
    return float(x), float(y)


def middle(picture: Picture, colour: str, around: tuple[float, float], reach: int = 9) -> tuple[float, float]:
    """The middle of what has a colour's hue about a place, weighted by how much of it there is."""
    x, y = (round(v) for v in around)
    part = picture[y - reach : y + reach + 1, x - reach : x + reach + 1].astype(float)
    red, _, blue = rgb(colour)
    weight = np.maximum((part[..., 2] - part[..., 0]) * (1 if blue > red else -1), 0)
    rows, columns = np.indices(weight.shape)
    return (columns * weight).sum() / weight.sum() + x - reach, (rows * weight).sum() / weight.sum() + y - reach


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """(where the base line begins, text, length) of all words."""
    found: Written = []
    write = Sheet.write

    def remember(
        sheet: Sheet, place: tuple[float, float] | tuple[int, float], text: str, units: int, colour: str, **how: Any
    ) -> float:
        length = write(sheet, place, text, units, colour, **how)
        found.append((place, text, length))
        return length

    monkeypatch.setattr(Sheet, "write", remember)
    return found


# Landmarks

PLANES = [
    SlicePlane.through(np.array([3.0, -4.0, 5.0]), orientation, radiological, tilt)
    for orientation in ORIENTATIONS
    for radiological in (True, False)
    for tilt in (None, rotation_from_vector(np.array([0.2, -0.1, 0.3])))
]


@pytest.mark.parametrize("plane", PLANES)
def test_points_are_drawn_where_they_lie_in_the_colour_of_their_image(plane: SlicePlane) -> None:
    """To a third of a pixel, and the two images' points apart in hue."""
    fixed, moving = (tuple(plane.points(np.array(x), np.array(y)).tolist()) for x, y in ((-21.3, 8.2), (13.7, -12.1)))
    for marked, colour, at in ((pair(fixed), FIXED_COLOUR, fixed), (pair(None, moving), MOVING_COLOUR, moving)):
        picture = drawn(Marks((replace(marked, complete=True),)), plane)
        expected = pixel_of(at, plane)
        assert middle(picture, colour, expected) == pytest.approx(expected, abs=0.34)
        x, y = (round(v) for v in expected)
        assert np.abs(picture[y, x].astype(int) - rgb(colour)).max() < 70  # the dot in the middle


def test_the_two_shapes_differ_and_not_by_their_colours_alone() -> None:
    at = (0.0, 0.0, 0.0)
    grey = [drawn(Marks((replace(one, complete=True),))).astype(int) for one in (pair(at), pair(None, at))]
    lit = [(np.abs(picture - BARE.astype(int)).max(axis=2) > 60) for picture in grey]
    x, y = (round(v) for v in pixel_of(at))
    assert lit[1][y - 6, x]  # the diamond has a corner there, the circle has none
    assert lit[1][y, x + 6]
    assert (lit[0] ^ lit[1])[y - 9 : y + 9, x - 9 : x + 9].sum() > 20


def test_the_line_between_both_points_of_a_pair_is_its_residual() -> None:
    fixed, moving = (-20.0, 3.0, 0.0), (22.0, -5.0, 0.0)
    picture = drawn(Marks((pair(fixed, moving),)))
    for share in (0.3, 0.5, 0.7):
        x, y = pixel_of(np.array(fixed) * (1 - share) + np.array(moving) * share)
        assert picture[round(y), round(x)].min() > 150
    assert np.array_equal(drawn(Marks((pair(fixed), pair(None, moving)))), picture) is False


def test_a_pair_fades_with_its_distance_from_the_plane_and_is_gone_beyond_5_mm() -> None:
    def contrast(z: float) -> int:
        return int(np.abs(drawn(Marks((pair((0.0, 0.0, z), complete=True),))).astype(int) - BARE).sum())

    strong = [contrast(z) for z in (0.0, 0.4, 2.0, -3.5, 4.9, 5.1, -40.0)]
    assert strong[0] == strong[1] > strong[2] > strong[3] > strong[4] > 0
    assert strong[5:] == [0, 0]
    assert [strength(mm) for mm in (0, 0.5, 5.0, 5.01)] == [1, 1, 0.25, 0]
    assert [target_strength(mm) for mm in (0, 5.0, 5.01)] == [1, pytest.approx(0.45), 0]


def test_a_point_off_the_plane_is_not_drawn_though_its_twin_is() -> None:
    picture = drawn(Marks((pair((-20.0, 0.0, 0.0), (20.0, 0.0, 9.0)),)))
    x, y = (round(v) for v in pixel_of((20.0, 0.0, 0.0)))
    part = picture[y - 9 : y + 10, x + 2 : x + 12].astype(int)
    assert (part[..., 0] - part[..., 2]).max() <= 0  # nothing amber


def test_half_pairs_check_points_and_pairs_that_are_off_look_different() -> None:
    at = (0.0, 0.0, 0.0)
    kinds = [
        Marks((pair(at, None, complete=complete, part=part),))
        for complete, part in ((True, "fit"), (False, "fit"), (True, "check"), (True, "off"))
    ]
    x, y = (round(v) for v in pixel_of(at))
    pictures = [drawn(marks)[y - 10 : y + 11, x - 10 : x + 11].astype(int) for marks in kinds]
    for n, one in enumerate(pictures):
        for other in pictures[n + 1 :]:
            assert np.abs(one - other).max(axis=2).clip(0, 1).sum() > 12


def test_without_names_there_are_numbers(written: list[Any]) -> None:
    marks = Marks((pair((0.0, 0.0, 0.0), number=7, name="Doe Jane"),), (MarkedTarget(2, "Roe", (20.0, 5.0, 0.0)),))
    plain = drawn(marks)
    assert [text for _, text, _ in written] == ["T2", "7 ?"]
    others = Marks((replace(marks.pairs[0], name="Smith"),), (replace(marks.targets[0], name="STN"),))
    assert np.array_equal(drawn(others), plain)
    written.clear()
    assert not np.array_equal(drawn(marks, names=True), plain)
    assert [text for _, text, _ in written] == ["Roe", "Doe Jane ?"]


def test_a_label_has_the_pairs_own_colour() -> None:
    red = drawn(Marks((pair((0.0, 0.0, 0.0), colour="#ff0000"),))).astype(int)
    assert ((red[..., 0] > 180) & (red[..., 1] < 60)).any()


@pytest.mark.parametrize("unit", [0.7, 1.0])
def test_labels_hide_neither_each_other_nor_the_letters_and_stay_inside(written: list[Any], unit: float) -> None:
    near = [(-4.0, 0.0), (4.0, 0.0), (0.0, 8.0), (57.0, 44.0), (-57.0, -25.0), (0.0, -47.0), (57.0, 1.0)]
    marks = Marks(tuple(pair((x, y, 0.0), number=n + 10, complete=True) for n, (x, y) in enumerate(near)))
    drawn(marks, unit=unit)
    high = max(11, round(14 * unit))
    rooms = [(x, y - 0.8 * high, x + length, y + 0.15 * high) for (x, y), _, length in written]
    assert len(rooms) == len(near)
    pane = pane_of(SlicePlane.through(np.zeros(3), AXIAL))
    sheet = Sheet(Image.new("RGB", (240, 200)), unit)
    words = [tuple(unit * edge for edge in room) for room in rooms_of_words(sheet, pane)]
    for number, (left, top, right, bottom) in enumerate(rooms):
        assert left >= 0
        assert top >= 0
        assert right <= 241
        assert bottom <= 201
        for other in rooms[number + 1 :] + words:
            wide = min(right, other[2]) - max(left, other[0])
            assert wide <= 1 or min(bottom, other[3]) - max(top, other[1]) <= 1


def test_long_names_are_elided(written: list[Any]) -> None:
    drawn(Marks((pair((0.0, 0.0, 0.0), name="a very " * 30, complete=True),)), names=True)
    assert written[0][2] <= 0.45 * 240 + 1


# Targets, distances, predicted error


def test_a_target_is_a_cross_in_a_circle_about_its_place() -> None:
    place = (11.2, -7.7, 2.0)
    picture = drawn(Marks(targets=(MarkedTarget(1, "STN", place),))).astype(int)
    x, y = (round(v) for v in pixel_of(place))
    assert picture[y, x].min() > 110
    light = np.argwhere(picture[y - 9 : y + 10, x - 9 : x + 10].min(axis=2) > 100)
    assert light.mean(axis=0) == pytest.approx((9 + pixel_of(place)[1] - y, 9 + pixel_of(place)[0] - x), abs=0.5)
    assert np.array_equal(drawn(Marks(targets=(MarkedTarget(1, "STN", (11.2, -7.7, 5.1)),))), BARE)


def test_a_distance_is_a_line_with_its_length_where_both_ends_are_on_the_plane(written: list[Any]) -> None:
    line = MarkedDistance((-30.0, 10.0, 0.5), (30.0, -20.0, -0.9))
    picture = drawn(Marks(distances=(line,)))
    assert [text for _, text, _ in written] == ["67.1 mm"]
    for share in (0.02, 0.4, 0.98):
        x, y = pixel_of(np.array(line.start) * (1 - share) + np.array(line.end) * share)
        assert picture[round(y), round(x)].min() > 200
    for away in (1.1, -1.1):
        assert np.array_equal(drawn(Marks(distances=(replace(line, end=(30.0, -20.0, away)),))), BARE)
    point = MarkedDistance((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert not np.array_equal(drawn(Marks(distances=(point,))), BARE)


def test_lines_of_equal_error_lie_where_the_prediction_says(written: list[Any]) -> None:
    spread = np.array([[20.0, 0, 10], [-25, 5, -10], [0, 30, 0], [5, -20, 15]])
    fit = predict_error(spread, [1.0] * 4)
    plane = SlicePlane.through(np.array([0.0, 0.0, 12.0]), AXIAL)
    picture = drawn(Marks(error=PredictedError(fit.tre_mm, GRID)), plane, legend=False).astype(int)
    levels = sorted(float(text) for _, text, _ in written)
    assert len(levels) >= 2
    step = levels[1] - levels[0]
    pane = pane_of(plane)
    rows, columns = np.nonzero(picture.min(axis=2) > 150)
    for (x, y), _, length in written:  # the numbers themselves are no line
        far = (np.abs(columns - x - length / 2) > length / 2 + 4) | (np.abs(rows - y + 5) > 10)
        rows, columns = rows[far], columns[far]
    mm = pane.viewport.screen(np.stack([columns, rows], axis=1).astype(float))
    values = fit.tre_mm(plane.points(mm[:, 0], mm[:, 1]))
    assert len(values) > 200
    assert np.abs(values - step * np.round(values / step)).max() < 0.1 * step


@pytest.mark.parametrize("width", [160, 240, 320, 600])
def test_the_lines_say_once_what_they_are(written: list[Any], width: int) -> None:
    plane = SlicePlane.through(np.zeros(3), AXIAL)
    fit = predict_error(np.array([[20.0, 0, 10], [-25, 5, -10], [0, 30, 0], [5, -20, 15]]), [1.0] * 4)
    marks = Marks(error=PredictedError(fit.tre_mm, GRID))
    for legend in (True, False):
        written.clear()
        pane = pane_of(plane, (width, width * 3 // 4))
        draw_marks(Sheet(Image.new("RGB", (width, width * 3 // 4)), 0.8), pane, marks, names=False, legend=legend)
        said = " ".join(text for _, text, _ in written if not text.replace(".", "").isdigit())
        assert ("TRE" in said) is ("landmark fit" in said) is legend
        for (x, y), text, length in written:
            assert x >= 0 or text.replace(".", "").isdigit()
            assert x + length <= width + 10
            assert 0 <= y <= width * 3 // 4


# On a picture


def scene(marks: Marks) -> Scene:
    return Scene(LAYER, LAYER, np.zeros(3), marks=marks)


EDGE = Marks((pair((0.0, 0.0, 0.0), (0.5, 0.5, 0.0)), pair((78.0, 78.0, -78.0), complete=True, number=2)))


@pytest.mark.parametrize("layout", ["planes", "view", "mosaic"])
def test_pictures_have_their_marks_unless_they_are_bare(layout: PictureLayout) -> None:
    form = PictureForm(layout, size=(900, 700))
    with_marks, without = draw_picture(scene(EDGE), form), draw_picture(scene(Marks()), form)
    assert not np.array_equal(with_marks, without)
    assert np.array_equal(draw_picture(scene(EDGE), replace(form, marks=False)), without)
    bare = replace(form, annotated=False)
    assert np.array_equal(draw_picture(scene(EDGE), bare), draw_picture(scene(Marks()), bare))


def test_a_mark_is_on_the_slices_of_the_mosaic_that_lie_near_it() -> None:
    form = PictureForm("mosaic", CORONAL, tiles=(4, 1), step_mm=12.0, size=(900, 400))
    marks = Marks((pair((0.0, 6.0, 0.0), complete=True),))  # towards the front: 18, 6, −6, −18 mm
    changed = np.abs(draw_picture(scene(marks), form).astype(int) - draw_picture(scene(Marks()), form)).max(axis=(0, 2))
    assert changed[225:450].max() > 100
    assert changed[:224].max() == 0
    assert changed[451:].max() == 0


def test_marks_do_not_reach_beyond_their_pane() -> None:
    """One near the edge of the first pane changes nothing in the others, and nothing between them."""
    form = PictureForm("mosaic", tiles=(2, 1), step_mm=20.0, size=(640, 400))
    other = draw_picture(scene(Marks()), replace(form, names=True)).astype(int)
    for x in np.linspace(60, 110, 13):
        marks = Marks((pair((float(x), 0.0, -10.0), complete=True, name="a long name"),))
        one = draw_picture(scene(marks), replace(form, names=True)).astype(int)
        assert np.abs(one - other)[:, 319:].max() == 0
