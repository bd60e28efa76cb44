"""What a machine lacks is found by trying, and installed or told."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import system
from system import SetupError

PYTHON = Path(sys.executable)


class Apt:
    """Stands in for apt-get: ends with these codes, one a call."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.calls: list[list[str]] = []

    def __call__(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        self.calls.append(command[1:])
        return subprocess.CompletedProcess(
            command, self.codes.pop(0), "", "Reading lists\nE: Unable to locate package x\n"
        )


def _machine(monkeypatch: pytest.MonkeyPatch, *, root: bool, programs: set[str], apt: Apt | None = None) -> None:
    monkeypatch.setattr(system, "is_root", lambda: root)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    if apt:
        monkeypatch.setattr(system, "_apt", apt)


def test_root_gets_the_packages_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    apt = Apt(0)
    _machine(monkeypatch, root=True, programs={"apt-get"}, apt=apt)
    system.install(["libegl1", "libgl1"], "Something is missing.")
    assert apt.calls == [["install", "-y", "--no-install-recommends", "libegl1", "libgl1"]]
    assert "libegl1 libgl1" in capsys.readouterr().out


def test_package_lists_are_fetched_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(100, 0, 0)
    _machine(monkeypatch, root=True, programs={"apt-get"}, apt=apt)
    system.install(["libegl1"], "Something is missing.")
    assert [call[0] for call in apt.calls] == ["install", "update", "install"]


def test_what_apt_says_and_the_line_to_type_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _machine(monkeypatch, root=True, programs={"apt-get"}, apt=Apt(100, 100, 100))
    with pytest.raises(
        SetupError, match=r"\(Unable to locate package x\)(.|\n)*  apt-get update && apt-get install -y libegl1"
    ):
        system.install(["libegl1"], "Something is missing.")


@pytest.mark.parametrize(
    ("programs", "line"),
    [
        ({"apt-get", "sudo"}, "\n  sudo apt-get update && sudo apt-get install -y libegl1 libgl1\n"),
        ({"apt-get"}, "\n  su -c 'apt-get update && apt-get install -y libegl1 libgl1'\n"),
        (set(), "package manager; Debian calls it: libegl1 libgl1"),
    ],
)
def test_others_are_told_the_line(monkeypatch: pytest.MonkeyPatch, programs: set[str], line: str) -> None:
    _machine(monkeypatch, root=False, programs=programs, apt=Apt())
    with pytest.raises(SetupError) as told:
        system.install(["libegl1", "libgl1"], "Something is missing.")
    assert str(told.value).startswith("Something is missing.")
    assert line in str(told.value)


def test_a_python_without_venv_asks_for_everything_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(system, "install", lambda packages, why: asked.append(list(packages)))
    monkeypatch.setattr(system, "_loads", lambda library: library != "libEGL.so.1")
    system.ensure_venv_module("offscreen")
    assert asked == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    system.ensure_venv_module("offscreen")
    system.ensure_venv_module(None)
    venv = f"python3.{sys.version_info[1]}-venv"
    assert asked == [[venv, *(["libegl1"] if sys.platform == "linux" else [])], [venv]]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize(
    ("environment", "there"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "minimal:fonts=none"}, False),
        ({"QT_QPA_PLATFORM": "vnc"}, True),
    ],
)
def test_a_screen_is_where_the_environment_says(environment: dict[str, str], there: bool) -> None:
    assert system.screen_is_there(environment) is there


def test_qt_really_starts() -> None:
    assert system.ensure_qt(PYTHON, "offscreen") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="X screens are a thing of Linux")
def test_a_screen_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_loads", lambda library: True)
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    said = system.ensure_qt(PYTHON, "xcb")
    assert "xcb" in said
    assert "\n" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings everything along")
@pytest.mark.parametrize(("platform", "packages"), [("offscreen", ["libegl1"]), ("xcb", ["libegl1", "libxcb-cursor0"])])
def test_libraries_that_are_missing_are_installed(
    monkeypatch: pytest.MonkeyPatch, platform: str, packages: list[str]
) -> None:
    asked: list[list[str]] = []
    starts = ["ImportError: libEGL.so.1: cannot open shared object file", ""]
    monkeypatch.setattr(system, "_start_qt", lambda python, platform: starts.pop(0))
    monkeypatch.setattr(system, "_loads", lambda library: library not in ("libEGL.so.1", "libxcb-cursor.so.0"))
    monkeypatch.setattr(system, "install", lambda packages, why: asked.append(list(packages)))
    assert system.ensure_qt(PYTHON, platform) == ""
    assert asked == [packages]


@pytest.mark.parametrize(
    ("ending", "code", "told"),
    [(None, 0, ""), (3, 3, ""), (SetupError("No screen."), 1, "No screen."), (KeyboardInterrupt(), 130, "Interrupted")],
)
def test_scripts_end_with_a_sentence(
    ending: BaseException | int | None, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> int:
        if isinstance(ending, BaseException):
            raise ending
        return ending or 0

    assert system.run_script(main) == code
    assert told in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyInstaller brings its tools along")
def test_what_is_packed_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(system, "install", lambda packages, why: asked.extend(packages))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: "/nowhere")
    monkeypatch.setattr(system, "_loads", lambda library: not library.startswith(("libpython", "libxcb-cursor")))
    system.ensure_build_tools()
    assert asked == ["libxcb-cursor0", "binutils", f"libpython3.{sys.version_info[1]}"]
