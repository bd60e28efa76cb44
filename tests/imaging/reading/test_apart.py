"""Reading in a child process: what it hands over, and what its death costs."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from reading_calls import (
    REACHED,
    array_of,
    crash,
    fails,
    its_process,
    its_voxels,
    patient,
    sleep,
    steps,
    takes,
)

from fusionviewer.errors import Cancelled, UnreadableInput
from fusionviewer.imaging.intake import CheckedImage
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reading import allowances, apart, child, direct
from fusionviewer.imaging.reading.apart import ReaderDied
from fusionviewer.progress import Observer, Progress


def call(function: object, *arguments: object, observer: Observer | None = None) -> object:
    assert function in REACHED
    return apart.apart(function, *arguments, name="scan.nrrd", then=_copied, observer=observer or Observer())


def _copied(result: object) -> object:
    return result.copy() if isinstance(result, np.ndarray) else result


def test_results_arrays_and_errors_come_back() -> None:
    assert its_process() == os.getpid()
    assert call(its_process) != os.getpid()
    for function in (array_of, its_voxels):
        array = call(function, (3, 200, 100))
        assert isinstance(array, np.ndarray)
        np.testing.assert_array_equal(array, np.arange(60_000).reshape(3, 200, 100))
    with pytest.raises(UnreadableInput, match=r"It is broken\. Mend it\."):
        call(fails, "known")
    with pytest.raises(RuntimeError, match=r"ZeroDivisionError in the child process"):
        call(fails, "unknown")
    assert call(its_process) == call(its_process)  # one child for all of these


def test_a_crash_costs_a_sentence_and_the_next_file_is_read() -> None:
    before = call(its_process)
    with pytest.raises(ReaderDied, match=r"^scan\.nrrd cannot be read: the reader of its format crashed\."):
        call(crash)
    assert call(its_process) != before


def test_a_hang_costs_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LEAST_PATIENCE_S", 0.3)
    with pytest.raises(ReaderDied, match="no progress"):
        call(sleep, 60.0)
    assert call(patient, 0.8) == "done"  # it said how long it takes


def test_too_much_memory_costs_a_sentence() -> None:
    assert call(takes, 100_000_000, 230_000_000) == 230_000_000
    with pytest.raises(ReaderDied, match="far more memory than its header states"):
        call(takes, 100_000_000, 2 * (250_000_000 + child._BESIDES_BYTES))
    assert isinstance(call(its_process), int)


def test_progress_is_told_and_a_cancelled_call_ends_at_once() -> None:
    told: list[Progress] = []
    assert call(steps, 3, observer=Observer(told.append)) == "done"
    assert [round(p.fraction, 2) for p in told] == [0.0, 0.33, 0.67]
    cancelled = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.fraction > 0.01:
            cancelled.set()

    began = time.monotonic()
    with pytest.raises(Cancelled):
        call(steps, 1000, observer=Observer(stop, cancelled))
    assert isinstance(call(its_process), int)
    assert time.monotonic() - began < 20  # the call would go on for 100 s


def test_where_no_child_can_be_had_files_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_pool", apart._Pool())
    monkeypatch.setattr(apart, "_CODE", "raise SystemExit(1)")
    assert call(its_process) == os.getpid()
    assert call(its_process) == os.getpid()


def test_voxels_are_the_same_as_read_here(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    image = sitk.GetImageFromArray(rng.integers(-1000, 2000, (20, 60, 50)).astype(np.int16))
    for name in ("a.hdr", "a.gipl"):
        sitk.WriteImage(image, str(tmp_path / name))
        volume = read_volume(tmp_path / name)
        there = direct.read_image(tmp_path / name, "", Observer())
        assert isinstance(there, CheckedImage)
        np.testing.assert_array_equal(volume.array, there.array)
        assert (volume.grid, volume.name, volume.notes, volume.source) == (
            there.grid, there.name, there.notes, there.source,
        )  # fmt: skip


def test_a_header_that_ends_the_native_reader(tmp_path: Path) -> None:
    """Of SimpleITK 2.5: a vector line of a thousand numbers."""
    path = tmp_path / "long.nrrd"
    sizes = " ".join(["2"] * 1000)
    path.write_bytes(f"NRRD0004\ntype: short\ndimension: 3\nsizes: {sizes}\nencoding: raw\n\n".encode() + bytes(64))
    with pytest.raises(UnreadableInput):
        read_volume(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nii")
    (tmp_path / "link.nii").symlink_to("/dev/zero")
    for name in ("pipe.nii", "link.nii"):
        with pytest.raises(UnreadableInput, match="neither a file nor a folder"):
            read_volume(tmp_path / name)
    with pytest.raises(UnreadableInput, match="no DICOM images"):
        read_volume(tmp_path)


def test_without_a_child_needs_are_not_limited() -> None:
    allowances.expect_voxels(10**12, np.int16)
    allowances.be_patient_with(10**12)
    assert allowances.voxel_array((2, 3), np.int16).shape == (2, 3)
