"""Damaged files of every kind, by command line and window: a result or a sentence, within seconds, and nothing else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

import pytest
from answers import Answers
from fusion_checks import no_checks
from mutated_files import Kind, damaged, kinds
from pytestqt.qtbot import QtBot
from waiting import open_workspace

from fusionviewer.app.commands import open_save
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.cli.main import run
from fusionviewer.errors import FusionError

HANG_S: Final = 10.0
SHORT: Final = 60
WHOLE: Final = 2000
UNEXPECTED: Final = ("An error of the program", "Something unexpected", "Traceback")

amounts = pytest.mark.parametrize(
    "count", [SHORT, pytest.param(WHOLE, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the good files."""
    return tmp_path_factory.mktemp("good")


@pytest.fixture(scope="module")
def known(place: Path) -> list[Kind]:
    return kinds(place)


def _outputs(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _in_process(words: list[str]) -> tuple[int, str]:
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        return run(words), text.getvalue()


def _as_process(words: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "fusionviewer", *words], capture_output=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@amounts
def test_the_command_line_takes_or_refuses_them(count: int, place: Path, known: list[Kind]) -> None:
    endings: Counter[str] = Counter()
    wrong: list[str] = []
    with chdir(place):
        for seed in range(count):
            kind = known[seed % len(known)]
            bad = Path(f"bad-{seed}{kind.ending}")
            bad.write_bytes(damaged(kind, seed))
            before = _outputs(place)
            words = kind.command.format(bad=bad).split()
            began, as_process = time.monotonic(), seed % 97 == 50
            code, said = (_as_process if as_process else _in_process)(words)
            seconds = time.monotonic() - began
            endings["accepted" if code in (0, 4, 5) else "refused" if code in (2, 3) else f"code {code}"] += 1
            new = _outputs(place) - before
            if code not in (0, 2, 3, 4, 5) or any(words in said for words in UNEXPECTED):
                wrong.append(f"{kind.name} {seed}: {code} {said[-300:]}")
            if code == 2 and new:
                wrong.append(f"{kind.name} {seed}: left {sorted(new)}")
            if seconds > HANG_S and not as_process:  # whose start alone takes that long on a busy machine
                wrong.append(f"{kind.name} {seed}: {seconds:.0f} s")
            bad.unlink()
            for name in sorted(new, reverse=True):
                path = place / name
                path.rmdir() if path.is_dir() else path.unlink()
    print(f"\n{count} mutated files by command line: {dict(endings)}, {len(wrong)} wrong", *wrong, sep="\n")
    assert wrong == []
    assert endings["refused"] > count / 5
    assert endings["accepted"] > count / 30, "most damage must reach what is read"


@pytest.fixture
def workspace(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    no_checks(monkeypatch)
    with open_workspace(Answers()) as made:
        yield made


@amounts
def test_the_window_takes_or_refuses_them(
    count: int, place: Path, known: list[Kind], workspace: Workspace, qtbot: QtBot
) -> None:
    """Each is dropped: by its name and what it holds it is an image, a study, points or a transform."""
    told: list[str] = []
    workspace.failed.connect(lambda problem: told.append(str(problem)))
    able = [kind for kind in known if kind.in_window]
    endings: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(count):
        kind = able[seed % len(able)]
        if not workspace.document.state.has_pair:
            open_save.open_paths(workspace, [place / "fixed.nii.gz", place / "moving.nii.gz"])
            qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=60_000)
        bad = place / f"bad-{seed}{kind.ending}"
        bad.write_bytes(damaged(kind, seed + 1_000_000))
        told.clear()
        workspace.questions.side = "moving"  # type: ignore[attr-defined] # an image that is dropped on two goes there
        began = time.monotonic()
        open_save.open_paths(workspace, [bad])
        qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=120_000)
        seconds = time.monotonic() - began
        endings["refused" if told else "accepted"] += 1
        wrong += [f"{kind.name} {seed}: {text}" for text in told if any(words in text for words in UNEXPECTED)]
        if seconds > HANG_S:
            wrong.append(f"{kind.name} {seed}: {seconds:.0f} s")
        bad.unlink()
        if not told and not kind.name.startswith(("points", "pairs", "transform")):
            open_save.close_study(workspace)
    print(f"\n{count} mutated files by window: {dict(endings)}, {len(wrong)} wrong", *wrong, sep="\n")
    assert wrong == []
    assert endings["refused"] > count / 5


def test_a_defect_would_be_seen(place: Path, known: list[Kind], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program did not foresee is told as such, and not as a refusal."""
    from fusionviewer.session import study_file

    def broken(path: Path) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(study_file, "_parse", broken)
    with chdir(place):
        code, said = _in_process(["convert", "good.fusion.json", "o.tfm", "--to", "itk"])
    assert UNEXPECTED[0] in said
    assert code not in (0, 2, 3, 4, 5)
    assert not issubclass(ZeroDivisionError, FusionError)
