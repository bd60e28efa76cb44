"""Run every check of the project: `python3 packaging/test.py`, on Windows `py packaging/test.py`.

The first time, this makes an environment in .venv. Arguments are handed to pytest: `-k landmarks`, `--long`, and
`-n0` for one process alone, which a debugger needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from environment import ROOT, ready
from system import SetupError, ensure_qt, run_script, say

PARTS = {
    "style": ["-m", "ruff", "check"],
    "layout": ["-m", "ruff", "format", "--check"],
    "types": ["-m", "mypy"],
    "floors": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "tests": ["-m", "pytest", "-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"],
}
"""What is checked, and how Python is asked to; the tests come last, so that their closing line is not far to seek.

They run in as many processes as there are cores, up to four; those of one file in one process, since they share what
took long to make."""


def main() -> int:
    platform = os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no windows flash by, no screen is needed
    python = ready("test", qt_platform=platform)
    refusal = ensure_qt(python, platform)
    if refusal:
        raise SetupError(f"Qt does not start, so the window cannot be tested: {refusal}.")
    codes, seconds = {}, {}
    for name, how in PARTS.items():
        command = [str(python), *how, *(sys.argv[1:] if name == "tests" else [])]
        say(f"\n== {name}: {' '.join(command[2:])}")
        began = time.monotonic()
        codes[name] = subprocess.run(command, cwd=ROOT, check=False).returncode
        seconds[name] = time.monotonic() - began
    say("")
    for name, code in codes.items():
        say(f"{name:<8} {'ok' if code == 0 else 'FAILED':<8} {seconds[name]:6.1f} s")
    return next((code for code in reversed(list(codes.values())) if code != 0), 0)


if __name__ == "__main__":
    sys.exit(run_script(main))
