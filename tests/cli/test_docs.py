"""The examples in docs/cli.md, the guide and the README run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import SimpleITK as sitk
from archive_pairs import ct, made, mr
from fewer_points import fewer_points

from fusionviewer.cli.main import run as run_program
from fusionviewer.imaging.sample import sample_folder

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "docs" / "cli.md"
MADE = {
    "docs/cli.md": (
        "result/transform.tfm",
        "refined/moving-on-fixed.nii.gz",
        "ct-to-t1.mat",
        "back.json",
        "t1-to-ct.xfm",
        "ct-on-t1.nii.gz",
        "t1-on-ct.nrrd",
        "ct-on-both.nrrd",
        "fused.png",
        "axial.tif",
        "mosaic.png",
        "marked.png",
        "fused.nii.gz",
        "grey.nii.gz",
        "for-slicer/scene.mrml",
        "dataset/derivatives/fusionviewer/sub-01/ct/sub-01_space-T1w_ct.nii.gz",
        "for-itksnap/t1.nii.gz",
        "fit/moving_from_fixed.tfm",
        "report.html",
        "report.pdf",
        "report.json",
        "batch/row-001/report.html",
        "batch/overview.html",
        "batch/results.csv",
        "for-the-archive/registration.dcm",
        "to-share/colour.dcm",
    ),
    "docs/guide/command-line.md": (
        "result/study.fusion.json",
        "refined/transform.tfm",
        "fit/moving_from_fixed.tfm",
        "fused.png",
        "ct-on-t1.nii.gz",
        "fused.nii.gz",
    ),
    "README.md": (
        "result/study.fusion.json",
        "refined/moving-on-fixed.nii.gz",
        "t1-on-ct.nii.gz",
        "fused.png",
        "fused.nii.gz",
        "report.html",
    ),
}


def _open_window(words: list[str]) -> int:
    """The exit code of a window that closes by itself; it has a process of its own. 0 where Qt is not installed."""
    if find_spec("PyQt6") is None:
        return 0
    command = [sys.executable, "-m", "fusionviewer", *words, "--quit-after", "1"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, timeout=120, check=False).returncode


@pytest.fixture(scope="module")
def already_run(tmp_path_factory: pytest.TempPathFactory, phantom_files: tuple[Path, Path]) -> tuple[Path, set[str]]:
    """A folder for the examples of all documents, and those that have run in it: the same one need not twice.

    It holds the sample with voxels of 2 mm, which is as good an example and takes half the time, the table that the
    examples of `batch` are about, with a small head, and the study that those of `archive` are about.
    """
    folder = tmp_path_factory.mktemp("examples")
    fixed, moving = phantom_files
    (folder / "pairs.csv").write_text(f"fixed,moving,start,preset\n{fixed},{moving},header,fast\n", "utf-8")
    coarse = folder / "sample"
    coarse.mkdir()
    for name, factors in (("t1", [2, 2, 2]), ("ct", [2, 2, 1])):
        image = sitk.ReadImage(str(sample_folder() / f"{name}.nii.gz"), sitk.sitkFloat32)
        shrunk = sitk.Cast(sitk.BinShrink(image, factors), sitk.sitkInt16)
        sitk.WriteImage(shrunk, str(coarse / f"{name}.nii.gz"))
        shutil.copy(sample_folder() / f"{name}-points.csv", coarse)
    made(folder / "patient", mr(), ct()).save(folder / "patient.fusion.json")
    return folder, set()


@pytest.mark.parametrize("document", MADE)
def test_every_example_runs(
    already_run: tuple[Path, set[str]],
    document: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, done = already_run
    monkeypatch.chdir(folder)
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text("utf-8"), re.S)
    told = [line.strip() for block in blocks for line in block.splitlines()]
    lines = [line for line in told if line.startswith("fusionviewer ")]
    assert len(lines) >= 5
    for line in lines:
        example = line.replace("$S", "resources/sample").replace("resources/sample", "sample")
        words = shlex.split(example, comments=True)
        if (command := shlex.join(words[1:])) not in done:
            with fewer_points():
                code = _open_window(words[1:]) if words[1] == "view" else run_program(words[1:])
            assert code == 0, f"{line}: {capsys.readouterr().err}"
            done.add(command)
    for name in MADE[document]:
        assert (folder / name).is_file(), name


@pytest.mark.parametrize("code", [0, 2, 3, 130])
def test_every_exit_code_is_named(code: int) -> None:
    assert f"| {code} |" in TEXT.read_text("utf-8")
