"""The program's front door: help, versions, commands that do not exist, and endings that were not foreseen."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fusionviewer import __version__
from fusionviewer.cli import info
from fusionviewer.cli.main import COMMANDS, run
from fusionviewer.errors import Cancelled, RegistrationFailed
from fusionviewer.process import log


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command_and_every_exit_code(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for word in (*COMMANDS, "view", "130", "examples:", "Not a medical device"):
        assert word in out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert f"usage: fusionviewer {command}" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["--version"], ["-V"]])
def test_version(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 0
    assert capsys.readouterr().out == f"fusionviewer {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["regster"], "Did you mean “register”?"),
        (
            ["xyzzy"],
            "There are: register, landmarks, check, report, replay, batch, convert, resample, picture, fuse, scene, "
            "bids, points, archive, info, presets, view.",
        ),
        (["info"], "The following arguments are required: FILE|FOLDER."),
        (["register", "a", "b"], "The following arguments are required: --out."),
        (["register", "a", "b", "--out", "c", "--max-shift", "much"], "invalid float value: 'much'"),
        (["register", "a", "b", "--out", "c", "--seed", "1.5"], "invalid int value: '1.5'"),
        (["register", "a", "b", "--out", "c", "--max", "5"], "Unrecognized arguments: --max 5."),
        (["register", "a", "b", "--out", "c", "--landmarks", "d"], "expected 2 arguments"),
        (["resample", "a", "b", "--transform", "t", "--out", "c", "--grid", "both"], "invalid choice: 'both'"),
    ],
)
def test_bad_arguments_get_one_sentence(argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.startswith("fusionviewer: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (RegistrationFailed("No alignment.", "Use landmarks."), 3, "No alignment. Use landmarks."),
        (Cancelled(), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 2, "do not fit into memory"),
        (ImportError("_SimpleITK.so: failed to map segment from shared object"), 2, "do not fit into memory"),
        (ImportError("No module named 'other'"), 1, "An error of the program, not yours: ImportError"),
        (OSError(5, "Input/output error", "/media/stick/a.nii"), 2, "/media/stick/a.nii: Input/output error."),
        (ZeroDivisionError("secret of Doe^Jane"), 1, "An error of the program, not yours: ZeroDivisionError"),
    ],
)
def test_every_ending_is_a_sentence_and_a_code(
    problem: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise problem

    monkeypatch.setattr(info, "run", fail)
    assert run(["info", "a"]) == code
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err
    assert "Doe" not in err
    assert err.count("\n") == 1


def test_an_error_of_the_program_is_logged_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise ZeroDivisionError("secret of Doe^Jane")

    monkeypatch.setattr(info, "run", fail)
    assert run(["info", "a"]) == 1
    text = (log.folder() / log.NAME).read_text("utf-8")
    assert "fusionviewer/cli/main.py" in text
    assert "Doe" not in text + capsys.readouterr().err


def test_it_answers_at_once() -> None:
    """Nothing heavy is loaded before it is known what for."""
    code = (
        "import sys\nfrom fusionviewer.__main__ import main\nmain(['--help'])\n"
        "sys.exit(len({'numpy', 'SimpleITK', 'pydicom', 'PyQt6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0


def test_the_reader_of_the_results_may_leave(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m fusionviewer --help | "{sys.executable}" -c "pass"'
    done: Any = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
