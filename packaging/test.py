"""Run every check of the project: `python3 packaging/test.py`, on Windows `py packaging/test.py`.

The first time, this makes an environment in .venv. Names of parts that come first leave out the others: `style types`.
Other arguments are handed to pytest: `-k landmarks`, `--long`, and `-n0` for one process alone, which a debugger needs.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

from environment import ROOT, ready
from system import SetupError, ensure_qt, run_script, say

PARTS = {
    "style": ["-m", "ruff", "check"],
    "layout": ["-m", "ruff", "format", "--check"],
    "types": ["-m", "mypy"],
    "floors": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "tests": ["-m", "pytest", "-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "loadfile"],
}
"""What is checked, and how Python is asked to; the tests come last, so that their closing line is not far to seek.

They run in one process more than there are cores, up to four, since tests wait for processes that they start; those of
one file in one process, since they share what took long to make."""


def main() -> int:
    parts, arguments = chosen(sys.argv[1:])
    platform = os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no windows flash by, no screen is needed
    python = ready("test", qt_platform=platform)
    refusal = ensure_qt(python, platform) if "tests" in parts else ""
    if refusal:
        raise SetupError(f"Qt does not start, so the window cannot be tested: {refusal}.")
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # Python leaves a torn file where a test lets the disk be full
    codes, seconds = {}, {}
    compiling = compile_tests(python) if "tests" in parts[1:] else None
    for name in parts:
        if name == "tests" and compiling is not None:
            compiling.wait()
        command = [str(python), *PARTS[name], *(arguments if name == "tests" else [])]
        say(f"\n== {name}: {' '.join(command[2:])}")
        began = time.monotonic()
        codes[name] = subprocess.run(command, cwd=ROOT, check=False).returncode
        seconds[name] = time.monotonic() - began
    say("")
    for name, code in codes.items():
        say(f"{name:<8} {'ok' if code == 0 else 'FAILED':<8} {seconds[name]:6.1f} s")
    return next((code for code in reversed(list(codes.values())) if code != 0), 0)


def compile_tests(python: Path) -> subprocess.Popen[bytes]:
    """A process that leaves the tests compiled for those that run them, on a core that the other checks do not need."""
    command = [str(python), "-m", "pytest", "--collect-only", "--quiet"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def chosen(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The parts that the first arguments name, all if they name none, and the arguments that are left for pytest."""
    named = list(itertools.takewhile(PARTS.__contains__, arguments))
    return named or list(PARTS), arguments[len(named) :]


if __name__ == "__main__":
    sys.exit(run_script(main))
