"""Images and studies that belong together, or do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_study_of_other_images_is_told_and_swapped_ones_are_refused(
    program: Any, phantom_files: tuple[Path, Path], registered: Path
) -> None:
    fixed, moving = phantom_files
    study = registered / "study.fusion.json"
    fits = program("resample", fixed, moving, "--transform", study, "--out", "a.nii.gz")
    assert (fits.returncode, "Warning" in fits.stderr) == (0, False)
    swapped = program("resample", moving, fixed, "--transform", study, "--out", "b.nii.gz")
    assert swapped.returncode == 2
    assert "each other's part" in swapped.stderr
    drawn = program("picture", moving, fixed, "--transform", study, "--out", "b.png")
    assert drawn.returncode == 2
    assert "each other's part" in drawn.stderr
    other = program("register", fixed, fixed, "--out", "c", "--start", study, "--no-volume")
    assert "made with other images" in other.stderr
