"""Runs the program as users do, on small images in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def registered(program: Any, tmp_path: Path, phantom_files: tuple[Path, Path]) -> Path:
    """The folder of a registration of the phantoms."""
    done = program("register", *phantom_files, "--out", "result", "--start", "header")
    assert done.returncode == 0, done.stderr
    return tmp_path / "result"
