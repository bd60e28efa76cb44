"""Runs the program as users do, on small images in a folder of their own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.cli.main import run as run_command_line

Program = Callable[..., subprocess.CompletedProcess[str]]


def run_in(folder: Path, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fusionviewer", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
        **options,
    )


def _run_here(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    words = [str(argument) for argument in arguments]
    said, told = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(said), redirect_stderr(told):
        code = run_command_line(words)
    return subprocess.CompletedProcess(words, code, said.getvalue(), told.getvalue())


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command line with these arguments, in the test's folder and in this process: a new one takes a second."""
    return partial(_run_here, tmp_path)


@pytest.fixture
def new_process(tmp_path: Path) -> Program:
    """`python -m fusionviewer …` with these arguments, in the test's folder."""
    return partial(run_in, tmp_path)


@pytest.fixture(scope="session")
def registered_once(tmp_path_factory: pytest.TempPathFactory, phantom_files: tuple[Path, Path]) -> Path:
    """The folder that a registration of the phantoms has made."""
    folder = tmp_path_factory.mktemp("registered")
    done = run_in(folder, "register", *phantom_files, "--out", "result", "--start", "header")
    assert done.returncode == 0, done.stderr
    return folder / "result"


@pytest.fixture
def registered(registered_once: Path, tmp_path: Path) -> Path:
    """A registration of the phantoms in the test's folder, to do with as it likes."""
    return Path(shutil.copytree(registered_once, tmp_path / "result"))
