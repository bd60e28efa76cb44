"""Voxels read in the program itself: into the image's memory, stopped at once, and no more than there is room for."""

from __future__ import annotations

import gzip
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import Cancelled, UnreadableInput
from fusionviewer.imaging import files
from fusionviewer.imaging.intake import checked
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reading import allowances, in_program
from fusionviewer.imaging.reading.apart import ReaderDied
from fusionviewer.imaging.reading.handover import image_of
from fusionviewer.imaging.reading.image_room import image_in, room_for
from fusionviewer.imaging.stored import voxels
from fusionviewer.progress import Observer, Progress


@pytest.fixture
def path(tmp_path: Path) -> Path:
    sitk.WriteImage(sitk.Image([60, 60, 60], sitk.sitkInt16) + 7, str(tmp_path / "a.nii.gz"))
    return tmp_path / "a.nii.gz"


@pytest.mark.parametrize("kind", ["i2", "u2", "f4"])
def test_a_room_is_the_memory_of_its_image(kind: str) -> None:
    room = room_for((4, 3, 2), np.dtype(kind))
    assert not room.any()
    room[3, 2, 1] = 5
    image = image_of(room)
    assert image.GetSize() == (2, 3, 4)
    assert image[1, 2, 3] == 5
    assert image is image_in(room)


def test_other_arrays_are_copied() -> None:
    room = room_for((4, 3, 2), np.dtype("i2"))
    for array in (room[1:], room.copy(), np.zeros((4, 3, 2), np.int16)):
        assert image_in(array) is None
        image = image_of(array)
        array[:] = 9
        assert image[0, 0, 0] == 0


def test_progress_is_told_and_a_cancelled_reading_ends_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voxels, "_PIECE_BYTES", 1024)
    told: list[Progress] = []
    read_volume(path, observer=Observer(told.append))
    fractions = [p.fraction for p in told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 400
    cancelled = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.fraction > 0.5:
            cancelled.set()

    with pytest.raises(Cancelled):
        read_volume(path, observer=Observer(stop, cancelled))


def test_a_disk_that_does_not_answer_costs_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, asked = threading.Event(), threading.Event()

    def hanging(*_: object) -> None:
        asked.set()
        answers.wait(60)

    monkeypatch.setattr(allowances, "LEAST_PATIENCE_S", 0.2)
    monkeypatch.setattr(voxels, "_read_into", hanging)
    began = time.monotonic()
    try:
        with pytest.raises(ReaderDied, match="no progress"):
            read_volume(path)
        assert asked.is_set()
        assert time.monotonic() - began < 30
        with monkeypatch.context() as mended:
            mended.setattr(voxels, "_read_into", _read_into)
            assert read_volume(path).value_range == (7.0, 7.0)
    finally:
        answers.set()  # the reader that was left sees that it is no longer wanted, and ends


_read_into = voxels._read_into


def test_what_the_free_memory_does_not_hold_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_program, "available_bytes", lambda: 60 * 60 * 60 * 2 - 1)
    with pytest.raises(UnreadableInput, match="does not fit into memory"):
        read_volume(path)
    monkeypatch.setattr(in_program, "available_bytes", lambda: 60 * 60 * 60 * 2)
    assert read_volume(path).value_range == (7.0, 7.0)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_header_that_states_far_more_than_the_file_can_hold_gets_no_memory(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{ending}"
    sitk.WriteImage(sitk.Image([20, 20, 20], sitk.sitkInt16), str(path))
    with voxels.opened(path) as stream:
        content = bytearray(stream.read())
    content[40:56] = np.array([3, 900, 900, 900, 1, 1, 1, 1], "<i2").tobytes()
    packed = ending.endswith(".gz")
    path.write_bytes(gzip.compress(bytes(content)) if packed else bytes(content))
    monkeypatch.setattr(in_program, "room_for", lambda *_: pytest.fail("there is memory for it"))
    with pytest.raises(UnreadableInput, match="damaged or cut short"):
        read_volume(path)


def test_looking_through_the_voxels_may_take_longer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **kwargs: object) -> object:
        time.sleep(0.5)
        return checked(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "checked", slow)
    monkeypatch.setattr(allowances, "LEAST_PATIENCE_S", 0.3)
    assert read_volume(path).value_range == (7.0, 7.0)
