"""Pictures that programs draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import phantoms
import pytest
from PIL import Image

from fusionviewer import Cancelled, Observer, Target, Volume, draw_picture, write_picture
from fusionviewer.cli.main import run
from fusionviewer.errors import BadArgument

TRUTH = phantoms.MOVING_FROM_FIXED
FIXED = [phantoms.centre_of(name) for name in ("left eye", "right eye", "nose", "lesion")]
MOVING = [TRUTH.apply(point) for point in FIXED]
Head = tuple[Volume, Volume]
SMALL: dict[str, Any] = {"layout": "axial", "size": (320, 360), "at": (0, 0, 10)}


def test_it_is_that_of_the_command_line(tmp_path: Path, files: tuple[Path, Path]) -> None:
    out = tmp_path / "fused.png"
    assert run(["picture", *map(str, files), "--fade", "0.3", "--mode", "fade", "--out", str(out)]) == 0
    picture = draw_picture(*files, fade=0.3)
    assert picture.shape == (800, 1280, 3)
    np.testing.assert_array_equal(picture, np.asarray(Image.open(out)))
    write_picture(picture, str(tmp_path / "mine.tif"))
    np.testing.assert_array_equal(picture, np.asarray(Image.open(tmp_path / "mine.tif")))


@pytest.mark.parametrize(
    "more",
    [
        {"mode": "checkerboard"},
        {"fade": 0.0},
        {"fixed_window": (300, 100)},
        {"moving_window": (40, 80, 1300)},
        {"moving_colours": "hot"},
        {"bone_edges": True},
        {"fixed_slab": ("mean", 12)},
        {"moving_slab": ("maximum", 20.0)},
        {"neurological": True},
        {"annotated": False},
        {"at": (0, 0, 20)},
        {"moving_from_fixed": TRUTH},
        {"landmarks": (FIXED, MOVING), "at": FIXED[0]},
        {"targets": [Target("here", (0.0, 0.0, 10.0))]},
        {"names": True},
        {"size": (400, 400)},
        {"layout": "coronal"},
        {"layout": "mosaic", "tiles": (2, 1), "size": (400, 400), "step_mm": 20},
    ],
    ids=str,
)
def test_what_is_asked_for_is_seen(head: Head, more: dict[str, Any]) -> None:
    plain = draw_picture(*head, **SMALL)
    other = draw_picture(*head, **{**SMALL, **more})
    assert other.dtype == np.uint8
    assert other.shape != plain.shape or not np.array_equal(other, plain)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"mode": "blur"}, "'blur' is no mode"),
        ({"mode": "difference"}, "Only images of the same kind can be subtracted"),
        ({"layout": "diagonal"}, "'diagonal' is no layout"),
        ({"fade": 2}, "2 is not a fade"),
        ({"fade": float("nan")}, "not a fade"),
        ({"fixed_window": (40, 0)}, "not a window"),
        ({"fixed_window": (40,)}, "not a window"),
        ({"fixed_slab": ("median", 3)}, "'median' is no slab"),
        ({"moving_slab": ("mean", 31)}, "not a slab"),
        ({"moving_slab": "mean"}, "not a slab"),
        ({"fixed_colours": "pink"}, "'pink' is no colours"),
        ({"at": (1e6, 0, 0)}, "outside both images"),
        ({"at": (1, 2)}, "at is not made of 3 finite numbers"),
        ({"size": (10, 10)}, "cannot have 10×10 pixels"),
        ({"layout": "mosaic", "tiles": (0, 3)}, "cannot have 0×3 slices"),
        ({"step_mm": 0, "layout": "mosaic"}, "no distance between slices"),
    ],
)
def test_what_cannot_be_drawn_is_refused(head: Head, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadArgument, match=sentence):
        draw_picture(*head, **{**SMALL, **more})


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"fused\.gif"):
        write_picture(np.zeros((4, 4, 3), np.uint8), tmp_path / "fused.gif")


def test_drawing_hears_of_a_cancel(head: Head) -> None:
    observer = Observer()
    observer.cancelled.set()
    with pytest.raises(Cancelled):
        draw_picture(*head, observer=observer)
