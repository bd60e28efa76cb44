"""The environment is made once, kept up to date, and made again where it is broken."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import environment
import pytest
from system import SetupError

PYPROJECT = '[project]\nname = "fusionviewer"\n'


class Pip:
    """Stands in for pip: remembers what it was asked to install, and fails or is interrupted if told to."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.ends = (0, "")
        self.raises: BaseException | None = None

    def __call__(self, *arguments: str) -> tuple[int, str]:
        self.targets.append(arguments[-1])
        if self.raises:
            raise self.raises
        return self.ends


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pip, as Python makes it: that takes seconds, so it is made once and copied."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Path) -> Path:
    """A checkout with nothing but a pyproject.toml, in a folder with a space and letters beyond ASCII."""
    root = tmp_path / "Fusion Prüfung α"
    root.mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "VENV", root / ".venv")
    for name in ("STAMP", "UNFINISHED", "LOG"):
        monkeypatch.setattr(environment, name, root / ".venv" / getattr(environment, name).name)
    run = subprocess.run

    def run_or_copy(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if command[1:3] != ["-m", "venv"]:
            return run(command, **options)
        shutil.copytree(whole, command[3], symlinks=True, dirs_exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run_or_copy)
    return root


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Pip:
    pip = Pip()
    monkeypatch.setattr(environment, "_pip", pip)
    return pip


@pytest.fixture
def made(checkout: Path, pip: Pip) -> Path:
    """A checkout whose environment has been made, without extras."""
    environment.ready()
    pip.targets.clear()
    return checkout


def _mark(checkout: Path) -> Path:
    """A file that is gone if the environment is made anew."""
    mark = checkout / ".venv" / "mark"
    mark.touch()
    return mark


def test_first_run_makes_it_and_second_does_nothing(checkout: Path, pip: Pip) -> None:
    python = environment.ready("test")
    assert python.exists()
    assert python.is_relative_to(checkout)
    assert pip.targets == [".[test]"]
    assert environment.ready("test") == python
    assert environment.ready() == python
    assert pip.targets == [".[test]"]


def test_other_extras_are_added_to_those_that_are_there(made: Path, pip: Pip) -> None:
    mark = _mark(made)
    environment.ready("test")
    environment.ready("build")
    assert pip.targets == [".[test]", ".[build,test]"]
    environment.ready("test", "build")
    assert len(pip.targets) == 2
    assert mark.exists()


def test_a_changed_project_file_installs_again(made: Path, pip: Pip) -> None:
    mark = _mark(made)
    (made / "pyproject.toml").write_text(PYPROJECT + 'dependencies = ["numpy"]\n', encoding="utf-8")
    environment.ready()
    assert pip.targets == ["."]
    assert mark.exists()


def test_a_moved_checkout_installs_again(made: Path, pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", made / ".." / made.name)
    environment.ready()
    assert pip.targets == ["."]


def test_an_environment_of_the_users_own_is_used(checkout: Path, made: Path, pip: Pip) -> None:
    mark = _mark(made)
    environment.STAMP.unlink()
    environment.ready()
    assert pip.targets == ["."]
    assert mark.exists()


def test_a_half_made_one_is_made_anew(checkout: Path, pip: Pip) -> None:
    pip.raises = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        environment.ready()
    mark = _mark(checkout)
    pip.raises = None
    environment.ready()
    assert not mark.exists()
    assert pip.targets == [".", "."]
    environment.ready()
    assert len(pip.targets) == 2


def test_an_interrupted_update_is_made_anew(made: Path, pip: Pip) -> None:
    mark = _mark(made)
    pip.raises = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        environment.ready("test")
    pip.raises = None
    environment.ready()
    assert not mark.exists()


def test_one_whose_python_is_gone_is_made_anew(made: Path, pip: Pip) -> None:
    mark = _mark(made)
    environment.venv_python().unlink()
    environment.ready()
    assert environment.venv_python().exists()
    assert not mark.exists()


def test_a_failed_installation_is_no_installation(checkout: Path, pip: Pip) -> None:
    pip.ends = (1, "ERROR: something odd\n")
    for _ in range(2):
        with pytest.raises(SetupError, match="something odd"):
            environment.ready()
    assert len(pip.targets) == 2


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "WARNING: Retrying (...): Failed to establish: NewConnectionError('...')\nERROR: No matching",
            "does not answer",
        ),
        ("Temporary failure in name resolution\nERROR: No matching distribution", "does not answer"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for SimpleITK>=2.4", "No matching distribution found for SimpleITK"),
        ("", "gives no reason"),
    ],
)
def test_what_pip_says_becomes_a_sentence(output: str, told: str) -> None:
    assert told in environment._why_pip_failed(output)


def test_no_answer_from_the_index_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(SetupError, match="does not answer"):
        environment.ready("test")
    assert "trying again" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_to_is_told(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "file").touch()
    monkeypatch.setattr(environment, "VENV", checkout / "file" / ".venv")  # root may write to every real folder
    with pytest.raises(SetupError, match="cannot be made in"):
        environment.ready()


def test_an_old_python_is_told(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "OLDEST", (sys.version_info[0], sys.version_info[1] + 1))
    with pytest.raises(SetupError, match=r"or newer is needed; this is 3\."):
        environment.ready()


def _work(root: str, log: str) -> None:
    environment.ROOT = Path(root)
    with environment._alone():
        with open(log, "a", encoding="utf-8") as file:
            file.write("in\n")
        time.sleep(0.3)
        with open(log, "a", encoding="utf-8") as file:
            file.write("out\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no flock")
def test_two_at_once_work_one_after_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_work, args=(str(tmp_path), str(log))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert log.read_text(encoding="utf-8").split() == ["in", "out", "in", "out"]
