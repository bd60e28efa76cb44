"""The window as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.ui.display_check import why_no_screen


def _view(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fusionviewer", "view", *arguments],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_it_opens_and_closes_without_a_word(tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume) -> None:
    write_volume(phantom_mr, tmp_path / "mr.nii.gz")
    write_volume(phantom_ct, tmp_path / "ct.nii.gz")
    done = _view(str(tmp_path / "mr.nii.gz"), str(tmp_path / "ct.nii.gz"), "--quit-after", "1.5")
    said = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, done.stdout, said) == (0, "", [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("one.nii.gz",), "a fixed and a moving image"),
        (("a", "b", "c"), "a fixed and a moving image"),
        (("missing-a.nii.gz", "missing-b.nii.gz"), "there is no missing-a.nii.gz"),
        (("missing.fusion.json",), "there is no missing.fusion.json"),
        (("--sample", "a.nii.gz"), "--sample"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_bad_arguments_end_with_two_and_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = _view(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of this kind are Linux's")
@pytest.mark.parametrize("display", ["", ":4711"])
def test_without_a_screen_it_says_so(display: str) -> None:
    done = _view("--sample", QT_QPA_PLATFORM="", DISPLAY=display, WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert "screen" in done.stderr
    assert "command line" in done.stderr


def test_offscreen_needs_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_screen() == ""
