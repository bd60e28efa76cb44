"""The README's commands, from what they decide up to the whole of it on a fresh copy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
from system import SetupError

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable)


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", ROOT / "packaging" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Runs:
    """run.py with an environment that stands, a screen that is or refuses, and a fusionviewer that remembers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.script = _script("run")
        self.monkeypatch = monkeypatch
        self.commands: list[list[str]] = []
        self.codes: dict[str, int] = {}
        monkeypatch.setattr(self.script, "ready", lambda **_: PYTHON)
        monkeypatch.setattr(self.script, "_fusionviewer", self._fusionviewer)
        monkeypatch.setattr(self.script, "_hand_over", self._fusionviewer)

    def _fusionviewer(self, python: Path, *arguments: object) -> int:
        self.commands.append([str(a) for a in arguments])
        return self.codes.get(str(arguments[0]), 0)

    def __call__(self, *arguments: str, screen: bool, refusal: str = "") -> int:
        self.monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
        self.monkeypatch.setattr(self.script, "screen_is_there", lambda: screen)
        self.monkeypatch.setattr(self.script, "ensure_qt", lambda python: refusal)
        code = self.script.main()
        assert isinstance(code, int)
        return code


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    return Runs(monkeypatch)


def test_run_opens_the_window_on_the_sample(runs: Runs) -> None:
    assert runs(screen=True) == 0
    assert runs.commands == [["view", "--sample"]]


@pytest.mark.parametrize(("screen", "refusal"), [(False, ""), (True, "could not connect to display :7")])
def test_run_does_the_main_job_where_no_window_can_be(
    runs: Runs, screen: bool, refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runs(screen=screen, refusal=refusal) == 0
    assert [command[0] for command in runs.commands] == ["register", "picture"]
    told = capsys.readouterr().out
    assert refusal in told
    for place in (str(ROOT / "sample-result"), "transform.tfm", "moving-on-fixed.nii.gz", "fused.png"):
        assert place in told


def test_run_ends_as_a_failed_registration_did(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs.codes["register"] = 3
    assert runs(screen=False) == 3
    assert [command[0] for command in runs.commands] == ["register"]
    assert "fused.png" not in capsys.readouterr().out


def test_run_hands_arguments_on(runs: Runs) -> None:
    runs.codes["info"] = 2
    assert runs("info", "ct.nii.gz", "--json", screen=False) == 2
    assert runs("view", "t1.nii.gz", "ct.nii.gz", screen=True) == 0
    assert runs.commands == [["info", "ct.nii.gz", "--json"], ["view", "t1.nii.gz", "ct.nii.gz"]]


def test_run_says_why_a_window_that_was_asked_for_cannot_be(runs: Runs) -> None:
    with pytest.raises(SetupError, match="there is no screen"):
        runs("view", "t1.nii.gz", "ct.nii.gz", screen=False)
    assert runs.commands == []


def test_test_runs_every_part_and_ends_as_the_worst(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    script = _script("test")
    monkeypatch.setattr(script, "ready", lambda *_, **__: PYTHON)
    monkeypatch.setattr(script, "ensure_qt", lambda *_: "")
    monkeypatch.setattr(sys, "argv", ["test.py", "-k", "one"])
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(script, "compile_tests", lambda python: subprocess.Popen([python, "-c", "print('compiled')"]))
    end = "import sys; print('args', sys.argv[1:]); sys.exit({})"
    for codes, expected in (((0, 0), 0), ((1, 0), 1), ((0, 5), 5), ((1, 2), 2)):
        parts = {"style": ["-c", end.format(codes[0])], "tests": ["-c", end.format(codes[1])]}
        monkeypatch.setattr(script, "PARTS", parts)
        assert script.main() == expected
        told = capfd.readouterr().out
        assert max(told.index("args []"), told.index("compiled")) < told.index("args ['-k', 'one']")
        assert told.count("FAILED") == sum(code != 0 for code in codes)


def test_test_runs_the_parts_that_are_named_first() -> None:
    chosen = _script("test").chosen
    every = ["style", "layout", "types", "floors", "tests"]
    assert chosen([]) == (every, [])
    assert chosen(["-k", "types"]) == (every, ["-k", "types"])
    assert chosen(["style", "types"]) == (["style", "types"], [])
    assert chosen(["tests", "tests/geometry", "-x"]) == (["tests"], ["tests/geometry", "-x"])


def test_test_fails_where_qt_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    script = _script("test")
    monkeypatch.setattr(script, "ready", lambda *_, **__: PYTHON)
    monkeypatch.setattr(script, "ensure_qt", lambda *_: "libodd.so: not there")
    with pytest.raises(SetupError, match="libodd"):
        script.main()


def test_the_lowest_versions_are_those_of_the_bounds() -> None:
    lowest = _script("lowest").lowest
    assert lowest(["PyQt6>=6.6", "numpy>=1.26"]) == ["PyQt6==6.6", "PyQt6-Qt6==6.6", "numpy==1.26"]
    with pytest.raises(ValueError, match="no lower bound: numpy"):
        lowest(["numpy"])


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "python3 packaging/test.py"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith(command)
    assert sys.platform == "win32" or os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What is tracked, elsewhere: in a folder with a space and letters beyond ASCII."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells what belongs to it")
    target = tmp_path / "Kopie für α"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


@pytest.mark.long
@pytest.mark.timeout(900)
def test_run_on_a_fresh_copy_without_a_screen(copy: Path, users_environment: Mapping[str, str]) -> None:
    screen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in users_environment.items() if name not in screen}
    command = [sys.executable, str(copy / "packaging" / "run.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(copy / "sample-result") in done.stdout
    left = {path.name for path in (copy / "sample-result").iterdir()}
    assert left == {"transform.tfm", "moving-on-fixed.nii.gz", "study.fusion.json", "fused.png"}

    began = time.monotonic()
    done = subprocess.run([*command, "--version"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 2


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_standalone_folder_works(copy: Path, users_environment: Mapping[str, str]) -> None:
    command = [sys.executable, str(copy / "packaging" / "build.py"), "--check"]
    done = subprocess.run(command, env=dict(users_environment), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "registered the sample: converged" in done.stdout
    assert "opened the window on the sample" in done.stdout
    texts = copy / "dist" / "fusionviewer" / "_internal" / "licences"
    for name in ("pyqt6", "pyqt6-qt6", "simpleitk", "numpy", "python"):
        assert any(path.stat().st_size > 500 for path in (texts / name).rglob("*") if path.is_file()), name
