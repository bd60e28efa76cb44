"""Pictures of series are made behind the scenes, and stop when they are told to."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from dicom_series import Series, oblique_mr, save
from pytestqt.qtbot import QtBot

from fusionviewer.app.tasks import series_thumbnails
from fusionviewer.app.tasks.series_thumbnails import SeriesThumbnails
from fusionviewer.imaging.dicom.folder import look_into
from fusionviewer.progress import Observer
from fusionviewer.rendering.thumbnail import slice_thumbnail


def test_each_series_that_can_be_seen_has_a_picture(tmp_path: Path, qtbot: QtBot) -> None:
    Series(number=1).write(tmp_path / "a")
    oblique_mr(number=2).write(tmp_path / "b")
    Series(number=3, n=1).write(tmp_path / "c")  # no volume, and yet to be seen
    broken = Series(number=4)
    for number, depth in enumerate(broken.places):
        ds = broken.dataset(depth, number)
        ds.PixelData = ds.PixelData[:50]
        save(ds, tmp_path / "d" / f"{number}.dcm")
    entries = look_into(tmp_path, Observer()).entries
    made: dict[object, np.ndarray] = {}
    thumbnails = SeriesThumbnails(entries, 32)
    thumbnails.made.connect(lambda key, greys: made.update({key: greys}))
    thumbnails.start()
    qtbot.waitUntil(lambda: len(made) == 3, timeout=10_000)
    thumbnails.stop()
    assert list(made) == [entry.choice.key for entry in entries[:3]]
    assert all(greys.shape == (32, 32) and greys.max() > greys.min() for greys in made.values())


def test_no_picture_comes_after_it_was_stopped(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        Series(number=number).write(tmp_path / str(number))
    begun: list[float] = []

    def slow(*arguments: object) -> np.ndarray:
        begun.append(time.monotonic())
        time.sleep(0.1)
        return np.zeros((4, 4), np.uint8)

    monkeypatch.setattr(series_thumbnails, "slice_thumbnail", slow)
    made: list[object] = []
    thumbnails = SeriesThumbnails(look_into(tmp_path, Observer()).entries, 32)
    thumbnails.made.connect(lambda key, greys: made.append(key))
    thumbnails.start()
    qtbot.waitUntil(lambda: bool(begun), timeout=10_000)
    thumbnails.stop()
    qtbot.wait(300)
    assert made == []
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("pixel_mm", "filled"), [((1.0, 1.0), (16, 32)), ((1.0, 2.0), (32, 32)), ((1.0, 0.5), (8, 32))]
)
def test_a_slice_is_seen_in_its_true_proportions(pixel_mm: tuple[float, float], filled: tuple[int, int]) -> None:
    values = np.full((50, 100), 1000, np.int16)
    values[0] = 999
    greys = slice_thumbnail(values, pixel_mm, 32, is_ct=True)
    assert (int(greys.any(axis=1).sum()), int(greys.any(axis=0).sum())) == filled


@pytest.mark.parametrize("darkest", [-3000, 1500])
def test_a_ct_that_is_not_in_hounsfield_units_is_seen_as_well(darkest: int) -> None:
    values = np.arange(darkest, darkest + 64, dtype=np.int16).reshape(8, 8)
    greys = slice_thumbnail(values, (1.0, 1.0), 8, is_ct=True)
    assert greys.max() - int(greys.min()) > 200


def test_a_slice_of_one_value_is_no_trouble() -> None:
    assert slice_thumbnail(np.zeros((8, 8), np.float32), (1.0, 1.0), 16, is_ct=False).shape == (16, 16)
