"""The picture of three views: what is where on it, what it says, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fusionviewer.errors import CannotWrite
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering import annotations, lettering
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, rgb
from fusionviewer.rendering.layout import Box, arrange
from fusionviewer.rendering.picture import LARGEST, SMALLEST, fused_picture, write_png
from fusionviewer.rendering.window import Window

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


def pixels_like(picture, colour: str, within: int = 40):
    return np.argwhere(np.abs(picture.astype(int) - rgb(colour)).max(axis=2) <= within)


def middle_of_bright(picture, box: Box):
    """Where the brightest round thing of a pane lies, from its middle, in shares of its size."""
    pane = picture[box.top : box.bottom, box.left : box.right].min(axis=2)
    margin_y, margin_x = box.height // 8, box.width // 8
    inner = pane[margin_y:-margin_y, margin_x:-margin_x]
    rows, columns = np.nonzero(inner > 200)
    return (columns.mean() / inner.shape[1] - 0.5, rows.mean() / inner.shape[0] - 0.5)


def layout_of(size, monkeypatch):
    """Where the panes are: what `annotate_pane` was told."""
    boxes = {}
    annotate = annotations.annotate_pane

    def remember(sheet, pane, bar_mm):
        boxes[pane.orientation.name] = pane.box
        annotate(sheet, pane, bar_mm)

    monkeypatch.setattr("fusionviewer.rendering.picture.annotate_pane", remember)
    return boxes


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (640, 480), (700, 1000)])
def test_the_patient_is_the_right_way_round_in_every_pane(size, monkeypatch):
    boxes = layout_of(size, monkeypatch)
    windows = {"fixed_window": WINDOW, "moving_window": WINDOW}
    left = fused_picture(FIXED, MOVING, IDENTITY, np.zeros(3), Blend(fade=0.0), size=size, **windows)
    assert left.shape == (size[1], size[0], 3)
    assert left.dtype == np.uint8
    assert middle_of_bright(left, boxes["axial"])[0] > 0.1  # the patient's left is on the right
    assert middle_of_bright(left, boxes["coronal"])[0] > 0.1
    front = fused_picture(FIXED, MOVING, IDENTITY, np.zeros(3), Blend(fade=1.0), size=size, **windows)
    assert middle_of_bright(front, boxes["axial"])[1] < -0.1  # the nose is up
    assert middle_of_bright(front, boxes["sagittal"])[0] < -0.1  # and to the left
    mirrored = fused_picture(
        FIXED, MOVING, IDENTITY, np.zeros(3), Blend(fade=0.0), size=size, radiological=False, **windows
    )
    assert middle_of_bright(mirrored, boxes["axial"])[0] < -0.1


def test_the_moving_image_is_drawn_through_its_pose(monkeypatch):
    boxes = layout_of((640, 480), monkeypatch)
    pose = RigidTransform.from_euler((0, 0, 0, 0, -40, 0), np.zeros(3))  # the ball is seen 40 mm further back
    picture = fused_picture(FIXED, MOVING, pose, np.zeros(3), Blend(fade=1.0), size=(640, 480), moving_window=WINDOW)
    assert middle_of_bright(picture, boxes["axial"]) == pytest.approx((0, 0), abs=0.03)


def test_every_setting_of_the_view_shows():
    def draw(**changes):
        return fused_picture(FIXED, replace(MOVING, modality="CT"), IDENTITY, np.zeros(3), size=(640, 480), **changes)

    plain = draw()
    changes = [
        {"blend": Blend(fade=0.8)},
        {"blend": Blend(BlendMode.CHECKERBOARD)},
        {"blend": Blend(BlendMode.CHECKERBOARD, checker_mm=10)},
        {"bone_edges": True},
        {"radiological": False},
        {"fixed_window": Window(90, 300)},
        {"moving_window": Window(90, 300)},
        {"fixed_colours": "blue"},
        {"moving_colours": "hot"},
    ]
    pictures = [plain, *(draw(**change) for change in changes)]
    for one, other in combinations(pictures, 2):
        assert not np.array_equal(one, other)
    assert np.array_equal(plain, draw())


@pytest.mark.parametrize("size", [(640, 480), (1280, 800)])
def test_the_words_are_in_the_colours_of_the_images_and_inside_the_picture(size, monkeypatch):
    written = []
    write = annotations.Sheet.write

    def remember(sheet, place, text, units, colour, **how):
        length = write(sheet, place, text, units, colour, **how)
        written.append((place, text, colour, length, how.get("anchor", "la")))
        return length

    monkeypatch.setattr(annotations.Sheet, "write", remember)
    long = replace(MOVING, name="sub-01_" + 40 * "very_long_" + "_ct.nii.gz")
    picture = fused_picture(FIXED, long, IDENTITY, np.array([1.0, -2.04, -0.04]), Blend(fade=0.55), size=size)
    said = [text for _, text, *_ in written]
    assert {"R", "L", "A", "P", "H", "F"} <= set(said)
    assert {"Axial", "Coronal", "Sagittal", "50 mm", "fade 55 %", "fixed.nii.gz"} <= set(said)
    assert "x 1.0   y -2.0   z 0.0 mm" in said
    assert any("not a medical device" in text for text in said)
    for (x, _), text, _, length, anchor in written:
        start = {"l": x, "m": x - length / 2, "r": x - length}[anchor[0]]
        assert start >= 0, text
        assert start + length <= size[0], text
    assert len(pixels_like(picture, FIXED_COLOUR)) > 15
    assert len(pixels_like(picture, MOVING_COLOUR)) > 15


def test_the_scale_bar_is_as_long_as_it_says(monkeypatch):
    shown = []
    bar = annotations._scale_bar
    monkeypatch.setattr(annotations, "_scale_bar", lambda *args: (shown.append(args), bar(*args)))
    picture = fused_picture(FIXED, MOVING, IDENTITY, np.zeros(3), size=(1280, 800), fixed_window=Window(9e4, 1))
    for _, inner, length_mm, mm_per_pixel in shown:
        row = picture[inner.bottom - 1, inner.left : inner.right].min(axis=1)
        assert (row > 200).sum() * mm_per_pixel == pytest.approx(length_mm, abs=1.5 * mm_per_pixel)


def test_without_a_point_it_shows_the_head(phantom_mr, phantom_ct, phantom_truth):
    picture = fused_picture(phantom_mr, phantom_ct, phantom_truth, size=(900, 700), bone_edges=True)
    assert (picture[: picture.shape[0] // 2].max(axis=2) > 60).mean() > 0.15


def test_constant_images_can_be_drawn():
    flat = boxed(7, "flat")
    assert fused_picture(flat, flat, IDENTITY, size=SMALLEST).shape == (SMALLEST[1], SMALLEST[0], 3)


@pytest.mark.parametrize("size", [(SMALLEST[0] - 1, 800), (800, SMALLEST[1] - 1), (LARGEST[0] + 1, 800)])
def test_sizes_that_cannot_be_read_are_refused(size):
    with pytest.raises(ValueError, match="pixels"):
        fused_picture(FIXED, MOVING, IDENTITY, size=size)


sizes_mm = st.tuples(st.floats(20, 600), st.floats(20, 600), st.floats(20, 600))


@settings(max_examples=200)
@given(st.tuples(st.integers(640, 4000), st.integers(480, 4000)), sizes_mm, st.integers(1, 6), st.integers(40, 100))
def test_panes_tile_the_picture_and_hold_what_they_must_show(size, box_mm, gap, strip):
    x, y, z = box_mm
    needed = {"axial": (x, y), "coronal": (x, z), "sagittal": (y, z)}
    layout = arrange(size, ((x, y), (x, z), (y, z)), gap, strip)
    boxes = [layout.axial, layout.coronal, layout.sagittal, layout.words]
    assert min(box.left for box in boxes) == min(box.top for box in boxes) == 0
    assert (max(box.right for box in boxes), max(box.bottom for box in boxes)) == size
    for one, other in combinations(boxes, 2):
        apart = (other.left - one.right, one.left - other.right, other.top - one.bottom, one.top - other.bottom)
        assert max(apart) >= gap
    for name, (wide, high) in needed.items():
        box = getattr(layout, name)
        assert box.width * layout.mm_per_pixel >= wide - 1.01 * layout.mm_per_pixel
        assert box.height * layout.mm_per_pixel >= high - 1.01 * layout.mm_per_pixel


@given(st.text(min_size=1, max_size=80), st.integers(40, 400))
def test_elided_text_fits_and_keeps_its_ends(text, room):
    short = lettering.elided(text, 15, room)
    written, font = lettering.lettering(short, 15)
    assert font.getlength(written) <= room or short == "…"
    if short != text:
        head, tail = short.split("…")[0], short.split("…")[-1]
        assert text.startswith(head)
        assert text.endswith(tail)


def test_letters_that_the_font_lacks_are_replaced(monkeypatch):
    assert lettering.lettering("t1.nii.gz", 12)[0] == "t1.nii.gz"
    monkeypatch.setattr(lettering, "_SYSTEM_FONTS", ("there-is-no-such-font.ttf",))
    assert lettering.lettering("Schädel Ж", 12)[0] == "Schadel ?"


def test_a_png_is_written_whole_or_not_at_all(tmp_path):
    picture = np.arange(60 * 50 * 3, dtype=np.uint8).reshape(50, 60, 3)
    write_png(picture, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.format == "PNG"
        assert np.array_equal(np.asarray(image), picture)
    with pytest.raises(CannotWrite):
        write_png(picture, tmp_path / "missing" / "a.png")
    (tmp_path / "b.png").mkdir()
    with pytest.raises(CannotWrite):
        write_png(picture, tmp_path / "b.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_it_needs_no_qt():
    import subprocess
    import sys

    code = "import sys, fusionviewer.rendering.picture, fusionviewer.cli.picture; print('PyQt6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
