"""The project's own Python environment in .venv: made, mended and kept up to date. Standard library only.

`ready("test")` is all that the scripts beside this file need: it returns the environment's Python, and costs a few
milliseconds when nothing is to be done. A stamp in .venv, written last, says what is installed; a mark, written first,
says that an installation was begun, so that one which was interrupted is thrown away and made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from system import SetupError, ensure_venv_module, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "fusionviewer-installed.json"
UNFINISHED = VENV / "fusionviewer-unfinished"
LOG = VENV / "fusionviewer-install.log"
CONSTRAINTS = Path("packaging") / "constraints.txt"
"""The versions that were tested, below ROOT; what is built is built with them. Made by constraints.py."""

OLDEST = (3, 11)
"""The oldest Python that fusionviewer runs on. The scripts here can be read by 3.7, so that they can say so."""

NO_CONNECTION = (
    "NameResolutionError",
    "name resolution",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "SSLError",
    "Connection refused",
    "Network is unreachable",
    "ConnectionResetError",
)
"""Words in pip's output by which a network that does not work is known."""


def ready(*extras: str, qt_platform: str | None = None) -> Path:
    """The Python of the environment in .venv, with fusionviewer and these extras of it installed.

    Whatever is missing is made or installed first; `qt_platform` is where Qt will be started afterwards ("" for the
    screen), None if it will not be. Raises SetupError with a sentence if that cannot be done.
    """
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {found} ({sys.executable}). "
            f"Install a newer one and start this script with it."
        )
    if not _is_ready(set(extras)):
        try:
            with _alone():
                _bring_up_to_date(set(extras), qt_platform)
        except OSError as error:
            raise SetupError(
                f"The environment cannot be made in {VENV}: {error.strerror or error}. Use a checkout that you may "
                f"write to, on a disk with 2 GB of room."
            ) from error
    return venv_python()


def venv_python() -> Path:
    """Where the environment's Python is."""
    return VENV / "Scripts" / "python.exe" if sys.platform == "win32" else VENV / "bin" / "python"


def _key() -> str:
    """Changes with everything that makes an installed environment stale: sources do not, the install is editable."""
    files = [ROOT / "pyproject.toml", ROOT / CONSTRAINTS]
    told = [
        *(file.read_bytes() for file in files if file.exists()),
        f"{sys.version_info[:2]} {ROOT}".encode("utf-8", "surrogateescape"),
    ]
    return hashlib.sha256(b"\0".join(told)).hexdigest()


def _stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _extras(stamp: dict[str, object]) -> set[str]:
    names = stamp.get("extras")
    return {str(name) for name in names} if isinstance(names, list) else set()


def _is_ready(extras: set[str]) -> bool:
    """Whether the package and these extras are installed as pyproject.toml has them now."""
    stamp = _stamp()
    whole = venv_python().exists() and not UNFINISHED.exists()
    return whole and stamp.get("key") == _key() and extras <= _extras(stamp)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time work on the environment: a second one waits, and then finds it ready."""
    if sys.platform == "win32":  # there a file in use cannot be deleted, which ends the second one with a sentence
        yield
        return
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is making the environment; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _bring_up_to_date(wanted: set[str], qt_platform: str | None) -> None:
    if _is_ready(wanted):  # another command made it while this one waited
        return
    began = time.monotonic()
    wanted = wanted | _extras(_stamp())
    if not _usable():
        _make(qt_platform)
    _install(wanted)
    say(f"The environment is ready after {time.monotonic() - began:.0f} s.\n")


def _usable() -> bool:
    """Whether .venv holds a whole environment of this Python version, ours or the user's own."""
    if UNFINISHED.exists() or not venv_python().exists():
        return False
    code = "import sys, pip; print(sys.version_info[:2])"
    done = subprocess.run([str(venv_python()), "-c", code], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == str(sys.version_info[:2])


def _make(qt_platform: str | None) -> None:
    ensure_venv_module(qt_platform)
    if VENV.exists():
        what = "is half made" if UNFINISHED.exists() else "has no pip, or another version of Python"
        say(f"The environment in .venv {what}; making it anew.")
        shutil.rmtree(VENV)
    say(f"Making an environment for Python {sys.version_info[0]}.{sys.version_info[1]} in {VENV}")
    VENV.mkdir()
    UNFINISHED.touch()
    python = getattr(sys, "_base_executable", sys.executable)  # the outer one, should this run inside the old .venv
    done = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        told = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise SetupError(f"Python could not make an environment in {VENV}: {told[-1]}")


def _install(extras: set[str]) -> None:
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    say("Installing fusionviewer and what it needs (some 200 MB the first time)")
    target = f".[{','.join(sorted(extras))}]" if extras else "."
    tested = "build" in extras and (ROOT / CONSTRAINTS).exists()
    constraints = ["--constraint", str(CONSTRAINTS)] if tested else []
    code, output = _pip("install", *constraints, "--editable", target)
    if code != 0:
        raise SetupError(_why_pip_failed(output))
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({"key": _key(), "extras": sorted(extras)}), encoding="utf-8")
    os.replace(fresh, STAMP)
    UNFINISHED.unlink()


def _pip(*arguments: str) -> tuple[int, str]:
    """Run pip in the environment, showing how far it is. Its exit code and all that it said, which is also in LOG."""
    output = []
    with subprocess.Popen(
        [str(venv_python()), "-m", "pip", "--disable-pip-version-check", *arguments],
        cwd=ROOT,
        env={**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"},  # "user" installs do not go into a venv
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        for line in pip.stdout or ():
            output.append(line)
            _show(line)
    LOG.write_text("".join(output), encoding="utf-8")
    return pip.returncode, "".join(output)


def _show(line: str) -> None:
    """What is worth seeing of pip's output: what comes over the network, and that the rest takes a while."""
    words = line.split()
    if line.lstrip().startswith("Downloading ") and not words[1].endswith(".metadata"):
        say(f"  {words[1].rpartition('/')[2]} {' '.join(words[2:])}".rstrip())
    elif line.startswith("Installing collected packages"):
        say("  unpacking")
    elif "Retrying (" in line:
        say("  no answer from the package index, trying again")


def _why_pip_failed(output: str) -> str:
    errors = [line.partition("ERROR:")[2].strip() for line in output.splitlines() if "ERROR:" in line]
    told = f"pip says: {errors[-1]}" if errors else "pip gives no reason"
    whole = f"The whole of its output is in {LOG}."
    if any(word in output for word in NO_CONNECTION):
        return (
            "The packages could not be fetched: the package index does not answer. Check the connection, or the proxy "
            f"and index in pip's settings, then run the same command again. {whole}"
        )
    if "No space left on device" in output:
        return f"The disk is full. Make some 2 GB of room, then run the same command again. {whole}"
    return f"The packages could not be installed ({told}). {whole}"
