"""The program as users run it, on everything that can be wrong: one sentence, exit code 2, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import RigidTransform

Make = Callable[[Path], Path]

pytestmark = pytest.mark.usefixtures("phantom_files")


def written(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def image(name: str, *, size: tuple[int, ...] = (12, 12, 12), value: float = 0.0, **changes: Any) -> Make:
    def make(folder: Path) -> Path:
        components = changes.get("components", 1)
        kind = sitk.sitkVectorUInt8 if components > 1 else sitk.sitkFloat32
        out = sitk.Image(list(size), kind, components) if components > 1 else sitk.Image(list(size), kind)
        if value:
            out = out + value
        if "spacing" in changes:
            out.SetSpacing(changes["spacing"])
        sitk.WriteImage(out, str(folder / name))
        return folder / name

    return make


def truncated(folder: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 999, (20, 20, 20)).astype(np.int16)
    sitk.WriteImage(sitk.GetImageFromArray(noise), str(folder / "cut.nii.gz"))
    content = (folder / "cut.nii.gz").read_bytes()
    (folder / "cut.nii.gz").write_bytes(content[: len(content) // 2])
    return folder / "cut.nii.gz"


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    (folder / "empty" / "readme.txt").write_text("nothing here")
    return folder / "empty"


BAD_IMAGES: dict[str, tuple[Make, str]] = {
    "missing": (lambda folder: folder / "missing.nii.gz", "There is no file or folder"),
    "empty": (written("empty.nii.gz", b""), "is empty"),
    "truncated": (truncated, "damaged or cut short"),
    "text": (written("notes.nii.gz", b"Dear colleague,\n" * 40), "it is a text file"),
    "2D": (image("flat.nii.gz", size=(12, 12)), "2D image"),
    "4D": (image("time.nii.gz", size=(8, 8, 8, 5)), "4D image with 5 frames"),
    "RGB": (image("rgb.nii.gz", components=3), "3 values for each voxel"),
    "no images": (empty_folder, "no DICOM images"),
    "not finite": (image("nan.nii.gz", value=float("nan")), "are not numbers"),
    "absurd spacing": (image("far.nii.gz", spacing=(1.0, 1.0, 50.0)), "voxel size of far.nii.gz makes no sense"),
}


def snapshot(folder: Path) -> dict[str, float]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The program's complaint, which is one line after any lines of progress and notes."""
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    complaints = [line for line in done.stderr.splitlines() if line.startswith("fusionviewer: ")]
    assert len(complaints) == 1
    assert done.stderr.splitlines()[-1] == complaints[0]
    return complaints[0]


@pytest.mark.parametrize("name", sorted(BAD_IMAGES))
def test_bad_images(program: Any, tmp_path: Path, phantom_files: Any, name: str) -> None:
    make, why = BAD_IMAGES[name]
    bad = make(tmp_path)
    before = snapshot(tmp_path)
    done = program("register", phantom_files[0], bad, "--out", "new/result")
    assert done.returncode == 2
    assert why in one_sentence(done)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["truncated", "4D"])
@pytest.mark.parametrize("command", ["info", "resample", "picture"])
def test_bad_images_of_the_other_commands(
    program: Any, tmp_path: Path, phantom_files: Any, command: str, name: str
) -> None:
    make, why = BAD_IMAGES[name]
    bad = make(tmp_path)
    write_itk_transform(RigidTransform.identity(), tmp_path / "pose.tfm")
    before = snapshot(tmp_path)
    out = "out.png" if command == "picture" else "out.nii.gz"
    more = [] if command == "info" else [phantom_files[0], "--transform", "pose.tfm", "--out", out]
    done = program(command, bad, *more)
    assert done.returncode == 2
    assert why in one_sentence(done)
    assert snapshot(tmp_path) == before


def test_images_that_cannot_overlap(program: Any, tmp_path: Path, phantom_files: Any) -> None:
    far = sitk.ReadImage(str(phantom_files[1]))
    far.SetOrigin((5000.0, 0.0, 0.0))
    sitk.WriteImage(far, str(tmp_path / "far.nii.gz"))
    before = snapshot(tmp_path)
    done = program("register", phantom_files[0], "far.nii.gz", "--out", "out", "--start", "header")
    assert done.returncode == 3
    assert "overlap" in one_sentence(done)
    assert snapshot(tmp_path) == before


DAMAGED: dict[str, tuple[bytes, str]] = {
    "damaged.fusion.json": (b'{"format": "fusionviewer study", "version": 1}', "is damaged"),
    "cut.fusion.json": (b'{"format": "fusionviewer stu', "not a study file, or it is damaged"),
    "newer.fusion.json": (b'{"format": "fusionviewer study", "version": 999}', "newer fusionviewer"),
    "other.fusion.json": (b"[1, 2, 3]", "not a fusionviewer study"),
    "pose.tfm": (b"hello", "not an ITK transform file"),
    "empty.tfm": (b"", "is empty"),
}


@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_bad_starts(program: Any, tmp_path: Path, phantom_files: Any, name: str) -> None:
    content, why = DAMAGED[name]
    (tmp_path / name).write_bytes(content)
    before = snapshot(tmp_path)
    done = program("register", *phantom_files, "--out", "out", "--start", name)
    assert done.returncode == 2
    assert why in one_sentence(done)
    assert snapshot(tmp_path) == before


def test_a_file_where_the_folder_should_be(program: Any, tmp_path: Path, phantom_files: Any) -> None:
    (tmp_path / "taken").write_text("a file")
    for out in ("taken", "taken/below"):
        done = program("register", *phantom_files, "--out", out)
        assert done.returncode == 2
        assert "cannot be written" in one_sentence(done)
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write everywhere")
def test_a_folder_without_permission(program: Any, tmp_path: Path, phantom_files: Any) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    done = program("register", *phantom_files, "--out", "closed")
    assert done.returncode == 2
    assert "you may not write there" in one_sentence(done)


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="a place where no user can write, not even root: Linux has one"
)
def test_a_place_where_no_user_can_write(program: Any, phantom_files: Any) -> None:
    done = program("register", *phantom_files, "--out", "/proc/self/result")
    assert done.returncode == 2
    assert "cannot be written" in one_sentence(done)


def small_files_only() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")
def test_a_full_disk(new_process: Any, tmp_path: Path, phantom_files: Any) -> None:
    """The transform and the study still fit, the volume does not: none of the three is left."""
    done = new_process("register", *phantom_files, "--out", "new/out", "--start", "header", preexec_fn=small_files_only)
    assert done.returncode == 2
    assert "cannot be written" in one_sentence(done)
    assert snapshot(tmp_path) == {}


def start(folder: Path, files: tuple[Path, Path], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "fusionviewer", "register", *map(str, files), "--out", "new/out", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("phase", ["Reading", "taken for CT"])
def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, sample_files: tuple[Path, Path], number: signal.Signals, phase: str
) -> None:
    """While it reads, and in the midst of the registration: the note about the CT is the last word before it."""
    (tmp_path / "keep.txt").write_text("mine")
    with start(tmp_path, sample_files) as running:
        assert running.stderr is not None
        while phase not in running.stderr.readline():
            assert running.poll() is None
        time.sleep(0 if phase == "Reading" else 0.7)
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "fusionviewer: interrupted; nothing was written."
    assert os.listdir(tmp_path) == ["keep.txt"]


@pytest.fixture
def sample_files() -> tuple[Path, Path]:
    from fusionviewer.imaging.sample import sample_folder

    return sample_folder() / "t1.nii.gz", sample_folder() / "ct.nii.gz"


def test_the_sample_is_registered_and_repeats_itself(
    new_process: Any, tmp_path: Path, sample_files: tuple[Path, Path]
) -> None:
    truth = json.loads((sample_files[0].parent / "truth.json").read_text())
    points = np.array(truth["check_points_fixed_lps_mm"])
    expected = RigidTransform.from_matrix(truth["moving_from_fixed_lps_mm"]).apply(points)
    poses = []
    for out in ("one", "two"):
        done = new_process("register", *sample_files, "--out", out, "--json", "--no-volume")
        assert done.returncode == 0, done.stderr
        poses.append(RigidTransform.from_matrix(json.loads(done.stdout)["moving_from_fixed"]))
    assert np.linalg.norm(poses[0].apply(points) - expected, axis=1).mean() < 1.5
    assert poses[0].is_close(poses[1], 1e-6)
