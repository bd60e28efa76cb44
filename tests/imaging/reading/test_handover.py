"""From the child's memory to an image: what is there afterwards, and how much of it at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.imaging.intake import CheckedImage, as_volume, checked
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reading import handover
from fusionviewer.imaging.reading.handover import give_back, handing_over, image_of
from fusionviewer.imaging.reading.voxel_store import VoxelStore

SHAPE = (9, 40, 50)

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems copy the voxels")


def stored(values: np.ndarray, before: int = 0) -> tuple[VoxelStore, np.ndarray]:
    """A store with these values in it, which begin after so many bytes, and an array of them there."""
    store = VoxelStore()
    memory = store.make(before + values.nbytes, 1)
    store.write(before, values)
    return store, np.frombuffer(memory, values.dtype, values.size, before).reshape(values.shape)


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else takes large images to be tried."""
    monkeypatch.setattr(handover, "LARGE_BYTES", 1)
    monkeypatch.setattr(handover, "PIECE_BYTES", 3 * 4096)
    monkeypatch.setattr(handover, "_PIPE_BYTES", 4096)


@pytest.mark.usefixtures("small_is_large")
@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("before", [0, 4096, 1000])
def test_voxels_become_an_image_and_leave_the_store(dtype: Any, before: int) -> None:
    values = np.random.default_rng(0).integers(0, 30000, SHAPE).astype(dtype)
    store, array = stored(values, before)
    with handing_over(store):
        image = image_of(array)
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(image), values)
    assert image.GetSpacing() == (1.0, 1.0, 1.0)
    if store.can_be_piped:
        assert store.poured
        assert os.fstat(int(store.handle)).st_blocks * 512 <= 2 * 4096  # the pages at both ends
    store.close()


@pytest.mark.usefixtures("small_is_large")
def test_what_cannot_be_piped_is_copied_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(18000, dtype=np.int16).reshape(SHAPE)
    for way in ("no pipe", "elsewhere", "no such file", "sliced"):
        store, array = stored(values)
        with monkeypatch.context() as patched:
            if way == "no pipe":
                patched.setattr(VoxelStore, "can_be_piped", property(lambda self: False))
            if way == "no such file":
                patched.setattr(sitk, "ReadImage", _fails)
            given = values.copy() if way == "elsewhere" else array[:, ::2] if way == "sliced" else array
            with handing_over(store):
                image = image_of(given)
            wanted = values[:, ::2] if way == "sliced" else values
            np.testing.assert_array_equal(sitk.GetArrayViewFromImage(image), wanted)
            np.testing.assert_array_equal(array, values)
        store.close()


def _fails(path: str) -> None:
    raise RuntimeError(path)


def test_without_a_store_it_is_a_copy() -> None:
    values = np.arange(18000, dtype=np.int16).reshape(SHAPE)
    image = image_of(values)
    values[:] = 0
    assert sitk.GetArrayViewFromImage(image).max() == 17999


@on_linux
def test_memory_of_a_large_array_is_given_back() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    array = np.ones(100_000_000, np.uint8)
    before = resident()
    give_back(array[10:60_000_000])
    assert before - resident() > 55_000_000
    assert array[:10].tolist() == [1] * 10
    assert array[-1] == 1


@on_linux
@pytest.mark.usefixtures("small_is_large")
@pytest.mark.parametrize("name", ["a.gipl", "a.hdr"])
def test_no_second_copy_of_the_voxels_is_ever_there(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is empty when the image is whole: of each voxel there is one copy, but for a piece on its way."""
    image = sitk.Image([60, 60, 60], sitk.sitkInt16) + 7
    sitk.WriteImage(image, str(tmp_path / name))
    left: list[int] = []

    def watched(store: VoxelStore, array: np.ndarray) -> sitk.Image | None:
        made = piped(store, array)
        left.append(os.fstat(int(store.handle)).st_blocks * 512)
        return made

    piped = handover._piped
    monkeypatch.setattr(handover, "_piped", watched)
    volume = read_volume(tmp_path / name)
    assert left in ([0], [4096])  # the page at the end
    assert (float(volume.array.min()), float(volume.array.max())) == (7, 7)


def test_a_callers_array_is_not_changed() -> None:
    values = np.ones((6, 30, 30), np.float32)
    values[3, 4, 5] = np.nan
    from fusionviewer.geometry import Grid
    from fusionviewer.imaging.intake import volume_of

    grid = Grid((30, 30, 6), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), np.eye(3))
    assert volume_of(values, grid, "a", None).array[3, 4, 5] == 1
    assert np.isnan(values[3, 4, 5])
    kept: CheckedImage = checked(values, grid, "a", None)
    assert as_volume(kept).array[3, 4, 5] == 1
