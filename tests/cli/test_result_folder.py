"""Results of an earlier run in the folder of a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_an_old_volume_does_not_stay_beside_a_new_transform(
    program: Any, phantom_files: tuple[Path, Path], registered: Path
) -> None:
    assert (registered / "moving-on-fixed.nii.gz").is_file()
    done = program("register", *phantom_files, "--out", registered, "--start", "centre", "--no-volume")
    assert done.returncode == 0
    assert not (registered / "moving-on-fixed.nii.gz").exists()
    assert "Removed" in done.stderr
