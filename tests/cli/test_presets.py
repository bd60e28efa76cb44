from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_presets_are_listed_copied_and_used(program: Any, tmp_path: Path, phantom_files: tuple[Path, Path]) -> None:
    listed = program("presets")
    assert listed.returncode == 0
    for name in ("rigid-default", "fast", "thorough", "refine"):
        assert name in listed.stdout
    assert program("presets", "--copy", "fast", "mine-for-test").returncode == 0
    again = program("presets", "--copy", "fast", "mine-for-test")
    assert again.returncode == 2
    assert "already" in again.stderr
    done = program("register", *phantom_files, "--out", "out", "--preset", "mine-for-test", "--no-volume", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bounds"] is None


def test_a_preset_with_limits_needs_a_start_and_keeps_to_them(program: Any, phantom_files: tuple[Path, Path]) -> None:
    refused = program("register", *phantom_files, "--out", "out", "--preset", "refine")
    assert refused.returncode == 2
    assert "start" in refused.stderr
    done = program(
        "register", *phantom_files, "--out", "out", "--preset", "refine", "--start", "centre", "--no-volume", "--json"
    )
    assert done.returncode == 0, done.stderr
    bounds = json.loads(done.stdout)["bounds"]
    assert (bounds["max_shift_mm"], bounds["max_rotation_deg"]) == (10, 10)
    assert bounds["shift_mm"] <= 10 + 1e-6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--preset", "nonsense"), "There is no preset called nonsense"),
        (("--preset", "missing.toml"), "does not exist"),
    ],
)
def test_a_preset_that_is_not_there_is_refused(
    program: Any, phantom_files: tuple[Path, Path], arguments: tuple[str, ...], words: str
) -> None:
    done = program("register", *phantom_files, "--out", "out", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize("new", ["", "../escape", "a b"])
def test_a_name_that_is_no_file_name_is_refused(program: Any, new: str) -> None:
    assert program("presets", "--copy", "fast", new).returncode == 2
