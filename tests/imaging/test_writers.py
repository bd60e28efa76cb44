"""Writing volumes: everything comes back, and a disk that refuses leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from noise_volumes import make_volume

from fusionviewer.errors import BadArgument, Cancelled, CannotWrite
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.whole_files import check_writable, written_whole
from fusionviewer.imaging.writers import SUFFIXES, write_volume
from fusionviewer.progress import Observer


@pytest.fixture
def volume() -> Volume:
    return make_volume()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_volume_comes_back(tmp_path: Path, ending: str, dtype: Any, mirrored: bool) -> None:
    volume = make_volume(dtype, mirrored=mirrored)
    path = tmp_path / f"a volume.of mine{ending}"
    write_volume(volume, path)
    again = read_volume(path)
    np.testing.assert_array_equal(again.array, volume.array)
    places = 1e-4 if ".nii" in ending else 1e-9
    np.testing.assert_allclose(again.grid.corners, volume.grid.corners, atol=places)
    theirs = sitk.ReadImage(str(path))
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(theirs), volume.array)
    files = {path.name} | ({"a volume.of mine.zraw"} if ending == ".mhd" else set())
    assert set(os.listdir(tmp_path)) == files


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_both_files_of_a_link_go_where_it_leads(tmp_path: Path, volume: Volume) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "a.mhd", tmp_path / "a.mhd"
    write_volume(make_volume(np.float32), target)
    link.symlink_to(target)
    write_volume(volume, link)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mhd", "far"]
    assert link.is_symlink()
    np.testing.assert_array_equal(read_volume(target).array, volume.array)


def test_writing_again_replaces_the_file(tmp_path: Path, volume: Volume) -> None:
    path = tmp_path / "a.mhd"
    write_volume(make_volume(np.float32, (3, 4, 5)), path)
    write_volume(volume, path)
    assert read_volume(path).fingerprint == volume.fingerprint


def test_nothing_about_the_patient_is_written(tmp_path: Path, volume: Volume) -> None:
    volume.image.SetMetaData("0010|0010", "Doe^Jane")
    for ending in SUFFIXES:
        write_volume(Volume(volume.image, "Doe Jane", "CT"), tmp_path / f"a{ending}")
    for path in tmp_path.iterdir():
        assert b"Doe" not in path.read_bytes()


@pytest.mark.parametrize("name", ["a.png", "a", "a.gz", "a.dcm"])
def test_other_formats_are_refused(tmp_path: Path, volume: Volume, name: str) -> None:
    with pytest.raises(BadArgument, match="does not say a format"):
        write_volume(volume, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path: Path, volume: Volume) -> None:
    with pytest.raises(CannotWrite, match="there is no such folder") as caught:
        write_volume(volume, tmp_path / "nowhere" / "a.nii.gz")
    assert caught.value.remedy


def test_a_folder_in_the_way(tmp_path: Path, volume: Volume) -> None:
    (tmp_path / "a.nii.gz").mkdir()
    with pytest.raises(CannotWrite, match="in the way"):
        write_volume(volume, tmp_path / "a.nii.gz")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write everywhere")
def test_a_folder_that_is_closed(tmp_path: Path, volume: Volume) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CannotWrite, match="may not write there"):
            write_volume(volume, tmp_path / "a.nii.gz")
    finally:
        tmp_path.chmod(0o700)


def test_a_refusal_of_the_system_is_said(tmp_path: Path, volume: Volume, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, too: what counts is the error that the system gives."""

    def refuse(self: Path, *args: Any, **kwargs: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(CannotWrite, match="you may not write there"):
        write_volume(volume, tmp_path / "a.nii.gz")


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from fusionviewer.errors import CannotWrite
from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.imaging.writers import write_volume
noise = np.random.default_rng(0).integers(0, 9999, (40, 80, 80)).astype(np.int16)
volume = Volume(image_on_grid(noise, Grid.axis_aligned((80, 80, 40), (1.0, 1.0, 1.0), np.zeros(3))), "noise")
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    write_volume(volume, Path(sys.argv[1]))
except CannotWrite as problem:
    print(problem)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")
@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_full_disk_is_noticed_and_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"an older file")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "cannot be written" in done.stdout
    assert done.stderr == ""
    assert path.read_bytes() == b"an older file"
    assert os.listdir(tmp_path) == [path.name]


def test_an_interrupted_block_leaves_nothing(tmp_path: Path) -> None:
    def work() -> None:
        with written_whole(tmp_path / "a.txt") as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_cancel_while_the_disk_is_slow_leaves_what_was_there(
    tmp_path: Path, volume: Volume, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    observer = Observer()
    monkeypatch.setattr(os, "fsync", lambda _: observer.cancelled.set())
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"an older file")
    with pytest.raises(Cancelled):
        write_volume(volume, path, observer)
    assert path.read_bytes() == b"an older file"
    assert os.listdir(tmp_path) == [path.name]


def test_a_block_that_ends_well_leaves_the_file(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.txt") as temporary:
        assert temporary.name.endswith(".txt")
        temporary.write_text("whole")
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "whole"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_asking_whether_one_may_write_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.nii.gz")
    assert not list(tmp_path.iterdir())
