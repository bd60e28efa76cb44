"""What the machine must bring along: Debian packages, the libraries that Qt loads, a screen. Standard library only."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What PyQt6 links to, and the Debian package that brings it."""

SCREEN_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-image.so.0": "libxcb-image0",
    "libX11-xcb.so.1": "libx11-xcb1",
}
"""What Qt's plugin for X screens links to."""

SCREENLESS = ("offscreen", "minimal")
"""Qt platforms that show nothing."""

START_QT = "from PyQt6 import QtSvg, QtTest, QtWidgets; QtWidgets.QApplication(['fusionviewer'])"


class SetupError(Exception):
    """Something that the user must mend: a sentence that says what, and how."""


def say(text: str) -> None:
    """Tell the user, at once, also where the output is a pipe."""
    print(text, flush=True)


def run_script(main: Callable[[], int]) -> int:
    """Run a script's main function; trouble becomes sentences, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a path may hold what the console cannot show
    try:
        return main()
    except SetupError as error:
        print(f"\nfusionviewer: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr, flush=True)
        return 130


def is_root() -> bool:
    """Whether packages may be installed for the whole machine."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def ensure_venv_module(qt_platform: str | None) -> None:
    """Have a Python that can make environments: Debian keeps that part in a package of its own.

    If it must be installed, what Qt will need on its platform is installed with it, so that there is one line to type.
    """
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    qt = [] if qt_platform is None else _missing_for_qt(qt_platform).values()
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    install([package, *qt], f"This Python ({sys.executable}) cannot make environments: its venv module is incomplete.")


def install(packages: Iterable[str], why: str) -> None:
    """Install Debian packages as root; anybody else is told the line to type, by a SetupError."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise SetupError(f"{why} Install what holds it with your system's package manager; Debian calls it: {names}")
    if not is_root():
        raise SetupError(f"{why} Type this line, then run the same command again:\n\n  {_line(names)}\n")
    say(why)
    say(f"Installing with apt-get: {names}")
    install_command = ["apt-get", "install", "-y", "--no-install-recommends", *names.split()]
    done = _apt(install_command)
    if done.returncode != 0:  # a fresh machine has no package lists, an old one has stale ones
        _apt(["apt-get", "update"])
        done = _apt(install_command)
    if done.returncode != 0:
        told = [line[3:] for line in done.stderr.splitlines() if line.startswith("E: ")] or ["it gives no reason"]
        raise SetupError(
            f"apt-get could not install {names} ({told[0]}). Mend that, or type this line, then run the same "
            f"command again:\n\n  {_line(names)}\n"
        )


def _apt(command: list[str]) -> subprocess.CompletedProcess[str]:
    command = [command[0], "-q", "-o", "DPkg::Lock::Timeout=120", *command[1:]]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _line(names: str) -> str:
    """What a person types to have these packages."""
    both = f"apt-get update && apt-get install -y {names}"
    if is_root():
        return both
    return both.replace("apt-get", "sudo apt-get") if shutil.which("sudo") else f"su -c '{both}'"


def screen_is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window could be seen. Windows and macOS always have a screen; elsewhere the environment names it."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in SCREENLESS:
        return False
    if platform or sys.platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def ensure_qt(python: Path, platform: str = "") -> str:
    """Have a Qt that starts, on the screen or on `platform` ("offscreen"); install the libraries that it lacks.

    Returns what Qt says where nothing is missing and it does not start all the same, for then it is the screen that
    refuses; otherwise an empty string. Raises SetupError where libraries are missing and cannot be installed.
    """
    refusal = _start_qt(python, platform)
    if not refusal:
        return ""
    missing = _missing_for_qt(platform)
    if not missing:
        return refusal
    install(missing.values(), f"Qt needs libraries that this system lacks: {', '.join(missing)}.")
    return _start_qt(python, platform)


def _missing_for_qt(platform: str) -> dict[str, str]:
    """The libraries that Qt would look for in vain, and the Debian packages that hold them."""
    wanted = QT_LIBRARIES if platform in SCREENLESS else {**QT_LIBRARIES, **SCREEN_LIBRARIES}
    return {name: package for name, package in wanted.items() if sys.platform == "linux" and not _loads(name)}


def _start_qt(python: Path, platform: str) -> str:
    """Start Qt for a moment, in a process of its own, because it aborts where it cannot. What it said, if so."""
    environment = {**os.environ, **({"QT_QPA_PLATFORM": platform} if platform else {})}
    command = [str(python), "-c", START_QT]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return "the screen did not answer within a minute"
    if done.returncode == 0:
        return ""
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    telling = [line for line in said if "ImportError" in line or line.startswith("qt.qpa")]
    return (telling or said or [f"Qt ended with code {done.returncode}"])[0]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def ensure_build_tools() -> None:
    """Have what PyInstaller works with on Linux: binutils, and to be packed, Python's library and all that Qt loads."""
    if sys.platform != "linux":
        return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    missing = list(_missing_for_qt("").values())
    if not shutil.which("objdump"):
        missing.append("binutils")
    library = f"libpython{version}.so.1.0"
    beside = Path(sysconfig.get_config_var("LIBDIR") or "") / library
    if not beside.exists() and not _loads(library):
        missing.append(f"libpython{version}")
    if missing:
        install(missing, "PyInstaller needs tools and libraries that this system lacks.")
