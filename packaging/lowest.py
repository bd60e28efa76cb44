"""Run the tests with the lowest versions that pyproject.toml allows: `python3.11 packaging/lowest.py`.

They are installed into an environment of their own, .venv-lowest, made anew each time. Arguments are handed to pytest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

from environment import ROOT
from system import run_script, say

VENV = ROOT / ".venv-lowest"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def lowest(dependencies: list[str]) -> list[str]:
    """What pip is to install: each dependency in the lowest version that its bound allows, and the Qt of that PyQt."""
    pins = []
    for dependency in dependencies:
        found = re.fullmatch(r"([\w-]+)>=([\w.]+)", dependency)
        if found is None:
            raise ValueError(f"no lower bound: {dependency}")
        pins.append(f"{found[1]}=={found[2]}")
        if found[1] == "PyQt6":  # it takes any newer Qt, and does not start with it
            pins.append(f"PyQt6-Qt6=={found[2]}")
    return pins


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = lowest(project["dependencies"])
    tools = project["optional-dependencies"]["test"]
    say(f"Installing {', '.join(pins)}")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, *pins, *tools], check=True)
    subprocess.run([*pip, "--no-deps", "--editable", str(ROOT)], check=True)
    count = str(min(os.cpu_count() or 1, 4))
    tests = [str(PYTHON), "-m", "pytest", "-n", count, "--dist", "loadfile", *sys.argv[1:]]
    env = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    return subprocess.run(tests, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_script(main))
