"""The picture of three views: what is where on it, what it says, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import AXIAL, CORONAL, ORIENTATIONS, Grid, Orientation, RigidTransform, rotation_from_vector
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering import panes
from fusionviewer.rendering.blends import FACTS, FADED, Blend, BlendMode
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, colour_table, rgb
from fusionviewer.rendering.layout import PixelBox
from fusionviewer.rendering.marks.annotations import scale_bar
from fusionviewer.rendering.marks.primitives import Primitive
from fusionviewer.rendering.marks.sheet import Sheet
from fusionviewer.rendering.panes import Pane
from fusionviewer.rendering.picture import LARGEST, SMALLEST, Framing, PictureForm, PictureLayout, draw_picture
from fusionviewer.rendering.scene import Scene, head_corners
from fusionviewer.rendering.slices import Layer, SliceRenderer
from fusionviewer.rendering.window import Window, auto_window

IDENTITY = RigidTransform.identity()


def boxed(value: float, name: str, bright: tuple[float, float, float] | None = None) -> Volume:
    """A cube of 160 mm around the origin, of one value, with a ball of 1000 where asked for."""
    grid = Grid.axis_aligned((80, 80, 80), (2.0, 2.0, 2.0), np.zeros(3))
    array = np.full((80, 80, 80), value, np.int16)
    if bright is not None:
        k, j, i = np.indices(array.shape)
        array[np.linalg.norm(grid.points(np.stack([i, j, k], -1)) - bright, axis=-1) < 12] = 1000
    return Volume(image_on_grid(array, grid), name, "MR")


FIXED, MOVING = boxed(100, "fixed.nii.gz", (40, 0, 0)), boxed(100, "moving.nii.gz", (0, -40, 0))
WINDOW = Window(500, 1000)


def pixels_like(picture: np.ndarray, colour: str, within: int = 40) -> np.ndarray:
    return np.argwhere(np.abs(picture.astype(int) - rgb(colour)).max(axis=2) <= within)


def middle_of_bright(picture: np.ndarray, box: PixelBox) -> tuple[float, float]:
    """Where the brightest round thing of a pane lies, from its middle, in shares of its size."""
    pane = picture[box.top : box.bottom, box.left : box.right].min(axis=2)
    margin_y, margin_x = box.height // 8, box.width // 8
    inner = pane[margin_y:-margin_y, margin_x:-margin_x]
    rows, columns = np.nonzero(inner > 200)
    return (columns.mean() / inner.shape[1] - 0.5, rows.mean() / inner.shape[0] - 0.5)


def scene_of(
    fixed: Volume = FIXED,
    moving: Volume = MOVING,
    pose: RigidTransform = IDENTITY,
    at: tuple[float, float, float] | None = (0.0, 0.0, 0.0),
    **changes: Any,
) -> Scene:
    """Two images at a point (None: the middle of the head), in windows that are given or found."""
    point = head_corners(fixed)[1] if at is None else np.array(at)
    back = Layer(fixed, changes.pop("fixed_window", None) or auto_window(fixed))
    front = Layer(moving, changes.pop("moving_window", None) or auto_window(moving), pose)
    back = replace(back, colours=changes.pop("fixed_colours", "grey"))
    front = replace(front, colours=changes.pop("moving_colours", "grey"))
    return Scene(back, front, point, **changes)


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> dict[str, PixelBox]:
    """Where the panes of the last picture are, by their titles: what `annotate_pane` was told."""
    found = {}
    annotate = panes.annotate_pane

    def remember(sheet: Sheet, pane: Pane, bar_mm: float) -> None:
        found[pane.title or pane.place] = pane.box
        annotate(sheet, pane, bar_mm)

    monkeypatch.setattr("fusionviewer.rendering.picture.annotate_pane", remember)
    return found


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All words of the last pictures: (place, text, colour, length, anchor)."""
    found = []
    write = Sheet.write

    def remember(
        sheet: Sheet,
        place: tuple[float, float] | tuple[float, int] | tuple[int, float],
        text: str,
        units: int,
        colour: str,
        **how: Any,
    ) -> float:
        length: float = write(sheet, place, text, units, colour, **how)
        found.append((place, text, colour, length, how.get("anchor", "la")))
        return length

    monkeypatch.setattr(Sheet, "write", remember)
    return found


WINDOWS: dict[str, Any] = {"fixed_window": WINDOW, "moving_window": WINDOW}
SMALL = PictureForm(size=(640, 480))


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (640, 480), (700, 1000)])
def test_the_patient_is_the_right_way_round_in_every_pane(size: tuple[int, int], boxes: dict[str, PixelBox]) -> None:
    form = PictureForm(size=size)
    left = draw_picture(scene_of(blend=Blend(fade=0.0), **WINDOWS), form)
    assert left.shape == (size[1], size[0], 3)
    assert left.dtype == np.uint8
    assert middle_of_bright(left, boxes["Axial"])[0] > 0.1  # the patient's left is on the right
    assert middle_of_bright(left, boxes["Coronal"])[0] > 0.1
    front = draw_picture(scene_of(blend=Blend(fade=1.0), **WINDOWS), form)
    assert middle_of_bright(front, boxes["Axial"])[1] < -0.1  # the nose is up
    assert middle_of_bright(front, boxes["Sagittal"])[0] < -0.1  # and to the left
    mirrored = draw_picture(scene_of(blend=Blend(fade=0.0), radiological=False, **WINDOWS), form)
    assert middle_of_bright(mirrored, boxes["Axial"])[0] < -0.1


def test_the_moving_image_is_drawn_through_its_pose(boxes: dict[str, PixelBox]) -> None:
    pose = RigidTransform.from_euler((0, 0, 0, 0, -40, 0), np.zeros(3))  # the ball is seen 40 mm further back
    picture = draw_picture(scene_of(pose=pose, blend=Blend(fade=1.0), **WINDOWS), SMALL)
    assert middle_of_bright(picture, boxes["Axial"]) == pytest.approx((0, 0), abs=0.03)


EVERY_SETTING: list[dict[str, Any]] = [
    {"blend": Blend(fade=0.8)},
    *({"blend": Blend(mode, swapped=swapped)} for mode in BlendMode for swapped in (False, True)
      if not swapped or (mode not in {*FADED, BlendMode.DIFFERENCE} and not FACTS[mode].symmetric)),
    {"blend": Blend(BlendMode.TWO_COLOUR, pair="magenta-green")},
    {"blend": Blend(BlendMode.CHECKERBOARD, checker_mm=10)},
    {"blend": Blend(BlendMode.CURTAIN, curtain="quarters")},
    {"blend": Blend(BlendMode.SPY_GLASS, glass_mm=20)},
    {"blend": Blend(BlendMode.EDGES, edge_strength=0.3)},
    {"bone_edges": True},
    {"mask": Volume(image_on_grid((FIXED.array > 500).astype(np.uint8), FIXED.grid), "mask")},
    {"radiological": False},
    {"interpolation": "nearest"},
    {"tilt": rotation_from_vector(np.array([0.0, 0.0, 0.3]))},
    {"fixed_window": Window(90, 300)},
    {"fixed_window": Window(90, 300, 900)},
    {"moving_window": Window(90, 300)},
    {"fixed_colours": "blue"},
    {"moving_colours": "hot"},
]  # fmt: skip


@pytest.mark.parametrize("annotated", [pytest.param(True, marks=pytest.mark.long), False])
def test_every_setting_of_the_view_shows(annotated: bool) -> None:
    form = PictureForm(size=(640, 480), annotated=annotated)
    bony = replace(MOVING, modality="CT")

    def draw(change: Any) -> np.ndarray:
        fixed = replace(FIXED, modality="CT") if change.get("blend", Blend()).mode is BlendMode.DIFFERENCE else FIXED
        return draw_picture(scene_of(fixed, bony, **change), form)

    pictures = [draw({}), *(draw(change) for change in EVERY_SETTING if change.get("blend") != Blend())]
    alike = [(i, j) for i, j in combinations(range(len(pictures)), 2) if np.array_equal(pictures[i], pictures[j])]
    assert alike == []
    assert np.array_equal(pictures[0], draw({}))


def test_images_of_different_kinds_are_not_subtracted() -> None:
    with pytest.raises(BadArgument, match="MR and CT"):
        draw_picture(scene_of(moving=replace(MOVING, modality="CT"), blend=Blend(BlendMode.DIFFERENCE)), SMALL)


SIZES = [PictureForm(size=(640, 480)), PictureForm(size=(1280, 800)), PictureForm("view", CORONAL, size=(320, 320)),
         PictureForm("view", size=(900, 700)), PictureForm("mosaic", size=(640, 480)),
         PictureForm("mosaic", tiles=(2, 2), size=(900, 900))]  # fmt: skip


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("form", SIZES, ids=lambda form: f"{form.layout}-{form.size[0]}")
def test_words_are_inside_and_name_no_patient_unless_asked(form: PictureForm, names: bool, written: list[Any]) -> None:
    long = replace(MOVING, name="Doe_Jane_" + 40 * "very_long_" + "_ct.nii.gz", modality="CT")
    scene = scene_of(moving=long, at=(1.0, -2.04, -0.04), blend=Blend(fade=0.55))
    picture = draw_picture(scene, replace(form, names=names))
    said = [text for _, text, *_ in written]
    assert {"FIXED", "MOVING", "fade 55 %"} <= set(said)
    assert ("fixed.nii.gz" in said) is names
    assert any(text.startswith("Doe_") for text in said) is names
    assert ({"MR", "CT"} <= set(said)) is not names
    assert any("not a medical device" in text for text in said)
    for (x, y), text, _, length, anchor in written:
        start = {"l": x, "m": x - length / 2, "r": x - length}[anchor[0]]
        assert start >= 0, text
        assert start + length <= form.size[0], text
        assert 0 <= y <= form.size[1], text
    assert len(pixels_like(picture, FIXED_COLOUR)) > 8
    assert len(pixels_like(picture, MOVING_COLOUR)) > 8


def test_the_three_planes_say_where_they_are(written: list[Any]) -> None:
    draw_picture(scene_of(at=(1.0, -2.04, -0.04)), PictureForm())
    said = {text for _, text, *_ in written}
    assert {"R", "L", "A", "P", "H", "F", "Axial", "Coronal", "Sagittal", "50 mm"} <= said
    assert {"z 0.0 mm", "y -2.0 mm", "x 1.0 mm", "x 1.0   y -2.0   z 0.0 mm LPS"} <= said
    written.clear()
    draw_picture(scene_of(at=(1.0, -2.04, -0.04)), PictureForm(ras=True))
    said = {text for _, text, *_ in written}
    assert {"z 0.0 mm", "y 2.0 mm", "x -1.0 mm", "x -1.0   y 2.0   z 0.0 mm RAS"} <= said


@pytest.mark.parametrize("layout", ["planes", "view", "mosaic"])
def test_the_sides_are_called_superior_and_inferior_where_that_is_asked_for(
    layout: PictureLayout, written: list[Any]
) -> None:
    draw_picture(scene_of(), PictureForm(layout, CORONAL, size=(640, 480), letters="SI"))
    said = {text for _, text, *_ in written}
    assert {"R", "L", "S", "I"} <= said
    assert not {"H", "F"} & said


@pytest.mark.parametrize("layout", ["planes", "view", "mosaic"])
def test_oblique_planes_have_letters_of_two_sides_that_stay_inside(layout: PictureLayout, written: list[Any]) -> None:
    tilt = rotation_from_vector(np.deg2rad([0.0, 0.0, 40.0]))
    draw_picture(scene_of(tilt=tilt), PictureForm(layout, size=(640, 480)))
    said = {text for _, text, *_ in written}
    assert {"Axial, oblique"} <= said
    assert {"RA", "LP"} <= said
    assert not any(text.startswith("z ") and text.endswith(" mm") for text in said)  # at no single coordinate
    for (x, _), text, _, length, anchor in written:
        if text in ("RA", "LP", "AL", "PR"):
            assert anchor == "ls"
            assert x >= 0
            assert x + length <= 640


def test_a_colour_bar_shows_what_the_colours_mean(written: list[Any]) -> None:
    window = Window(40, 80, 1000)
    scene = scene_of(moving=replace(MOVING, modality="CT"), moving_window=window, moving_colours="viridis")
    picture = draw_picture(scene, PictureForm())
    said = [text for _, text, *_ in written]
    assert {"0", "1000 HU"} <= set(said)
    assert not any("level 40" in text for text in said)  # the bar says it better
    values = np.linspace(window.low, 1000, 160, dtype=np.float32)
    expected = colour_table("viridis")[window.greys(values)]
    rows = [row for row in picture if _find(row, expected)]
    assert len(rows) >= 8


def _find(row: np.ndarray, colours: np.ndarray) -> bool:
    width = len(colours)
    return any(np.array_equal(row[x : x + width], colours) for x in range(len(row) - width))


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda o: o.name)
@pytest.mark.parametrize("mode", list(BlendMode))
def test_a_bare_view_is_what_the_renderer_draws_there(orientation: Orientation, mode: BlendMode) -> None:
    """No letter, line or word: each pixel is the renderer's."""
    scene = scene_of(at=(3.0, 4.0, 5.0), blend=Blend(mode), moving_colours="hot", **WINDOWS)
    form = PictureForm("view", orientation, size=(300, 200), annotated=False, framing=Framing((5.0, 6.0, 7.0), 2.5))
    picture = draw_picture(scene, form)
    plane = scene.plane(orientation)
    scale = 160 / 200 * 1.04 / 2.5  # the cube of 160 mm in 200 pixels, with the room for letters, magnified
    viewport = Viewport.around(plane.screen(np.array([5.0, 6.0, 7.0])), 300, 200, scale)
    expected = SliceRenderer().render(scene.request(plane, viewport))[..., 2::-1]
    assert np.array_equal(picture, expected)


@pytest.mark.parametrize("radiological", [True, False])
@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda o: o.name)
def test_the_mosaic_goes_inwards_in_reading_order(orientation: Orientation, radiological: bool) -> None:
    """A ball of the fixed image is met in the tile whose slice goes through it, and in no other."""
    axis = orientation.normal_axis
    inwards = np.array([-1.0, -1.0, 1.0])[axis]
    at = np.zeros(3)
    at[axis] = 45.0 * inwards  # of steps of 30 mm about 0: the fifth of six
    ball = boxed(100, "ball", (float(at[0]), float(at[1]), float(at[2])))
    scene = scene_of(ball, replace(MOVING, modality="CT"), blend=Blend(fade=0.0), radiological=radiological, **WINDOWS)
    form = PictureForm("mosaic", orientation, tiles=(3, 2), step_mm=30.0, size=(602, 402), annotated=False)
    picture = draw_picture(scene, form).min(axis=2)
    bright = [(picture[y : y + 200, x : x + 199] > 200).sum() for y in (0, 202) for x in (0, 202, 403)]
    assert np.argmax(bright) == 4
    assert sorted(bright)[-2] == 0


def test_the_mosaic_has_the_crosshair_on_its_own_slice_alone(
    written: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def remember(what: str, *args: Any, **how: Any) -> list[Any]:
        drawn.append(what)
        return []

    monkeypatch.setattr(panes, "crosshair", partial(remember, "cross"))
    monkeypatch.setattr(panes, "draw_marks", partial(remember, "pane"))
    scene = scene_of(at=(0.0, 0.0, 9.0))
    draw_picture(scene, PictureForm("mosaic", tiles=(4, 1), step_mm=20.0, middle=(0.0, 0.0, 0.0), size=(900, 400)))
    places = [text for _, text, *_ in written if text.startswith("z ") and text.endswith(" mm")]
    assert places == ["z -30.0 mm", "z -10.0 mm", "z 10.0 mm", "z 30.0 mm"]
    assert drawn == ["pane", "pane", "cross", "pane", "pane"]


def test_pixels_per_mm_make_the_size() -> None:
    for layout in ("planes", "view", "mosaic"):
        one, two = (
            draw_picture(scene_of(), PictureForm(layout, pixels_per_mm=scale, annotated=False)).shape
            for scale in (1, 2)
        )
        assert two[0] == pytest.approx(2 * one[0], abs=4)
        assert two[1] == pytest.approx(2 * one[1], abs=4)
    view = draw_picture(scene_of(), PictureForm("view", AXIAL, pixels_per_mm=3.0, annotated=False))
    assert view.shape == (round(160 * 1.14 * 3) + 1, round(160 * 1.14 * 3) + 1, 3)
    with pytest.raises(BadArgument, match="pixels"):
        draw_picture(scene_of(), PictureForm(pixels_per_mm=0.5))
    with pytest.raises(BadArgument, match="pixels"):
        draw_picture(scene_of(), PictureForm(pixels_per_mm=50.0))


def test_one_image_alone_can_be_drawn_and_its_words_are_its_own(written: list[Any]) -> None:
    scene = Scene(None, Layer(replace(MOVING, modality="CT"), WINDOW), np.zeros(3))
    picture = draw_picture(scene, PictureForm("view", size=(640, 480)))
    assert picture.max() > 200
    said = {text for _, text, *_ in written}
    assert {"MOVING", "CT"} <= said
    assert "FIXED" not in said
    with pytest.raises(ValueError, match="without an image"):
        Scene(None, None, np.zeros(3))


@pytest.mark.parametrize("size", [(1280, 800)])
def test_the_scale_bar_is_as_long_as_it_says(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, boxes: dict[str, PixelBox]
) -> None:
    shown: list[Any] = []

    def remember(*args: Any, **how: Any) -> list[Primitive]:
        shown.append(args)
        return scale_bar(*args, **how)

    monkeypatch.setattr(panes, "scale_bar", remember)
    picture = draw_picture(scene_of(fixed_window=Window(9e4, 1)), PictureForm(size=size))
    assert len(shown) == 3
    for (length_mm, mm_per_unit, (right, low)), box in zip(shown, boxes.values(), strict=True):
        inner = picture[box.top : box.bottom, box.left : box.right].min(axis=2)
        row = inner[round(low) - 1, round(right) - 200 :]
        assert (row > 200).sum() * mm_per_unit == pytest.approx(length_mm, abs=1.5 * mm_per_unit)


def test_without_a_point_it_shows_the_head(
    phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform
) -> None:
    scene = scene_of(phantom_mr, phantom_ct, phantom_truth, at=None, bone_edges=True)
    picture = draw_picture(scene, PictureForm(size=(900, 700)))
    assert (picture[: picture.shape[0] // 2].max(axis=2) > 60).mean() > 0.15


def test_constant_images_can_be_drawn() -> None:
    flat = boxed(7, "flat")
    assert draw_picture(scene_of(flat, flat), SMALL).shape == (480, 640, 3)


@pytest.mark.parametrize(
    "form",
    [
        {"size": (SMALLEST[0] - 1, 800)},
        {"size": (800, SMALLEST[1] - 1)},
        {"size": (LARGEST[0] + 1, 800)},
        {"layout": "view", "size": (200, 200)},
        {"layout": "mosaic", "size": (500, 480)},
        {"annotated": False, "size": (63, 64)},
        {"layout": "mosaic", "tiles": (0, 3)},
        {"layout": "mosaic", "tiles": (13, 3)},
        {"layout": "mosaic", "step_mm": 0.0},
        {"layout": "mosaic", "step_mm": float("nan")},
    ],
)
def test_pictures_that_cannot_be_read_are_refused(form: Any) -> None:
    with pytest.raises(BadArgument) as refusal:
        PictureForm(**form)
    assert refusal.value.remedy


@pytest.mark.parametrize("width", [320, 400, 640, 900, 1280, 3000])
@pytest.mark.parametrize("layout", ["view", "mosaic"])
def test_words_fit_into_their_strip_below_panes_that_keep_their_size(
    layout: PictureLayout, width: int, written: list[Any]
) -> None:
    form = PictureForm(layout, tiles=(2, 1), size=(1000, 1000))
    form = replace(form, size=form.with_room_for_words((width, 500)))
    draw_picture(scene_of(fixed_colours="hot"), form)
    assert form.size[0] == width
    assert 500 < form.size[1] < 800
    low = [y for (_, y), text, *_ in written if text in ("FIXED", "MOVING", "fade 50 %")]
    assert min(low) >= 500
    assert max(y for (_, y), *_ in written) + 11 <= form.size[1]


def test_it_needs_no_qt() -> None:
    import subprocess
    import sys

    code = "import sys, fusionviewer.rendering.picture, fusionviewer.cli.exports.picture; print('PyQt6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
