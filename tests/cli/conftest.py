"""Runs the program as users do, on small images in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.imaging.writers import write_volume

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """`python -m fusionviewer …` with these arguments, in the test's folder."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fusionviewer", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            timeout=120,
            check=False,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def phantom_files(tmp_path_factory: pytest.TempPathFactory, phantom_mr: Any, phantom_ct: Any) -> tuple[Path, Path]:
    """The made-up head as MR (fixed) and CT (moving), in files."""
    folder = tmp_path_factory.mktemp("phantoms")
    fixed, moving = folder / "mr.nii.gz", folder / "ct.nii.gz"
    write_volume(phantom_mr, fixed)
    write_volume(phantom_ct, moving)
    return fixed, moving
