"""Start fusionviewer from a fresh checkout: `python3 packaging/run.py`, on Windows `py packaging/run.py`.

The first time, this makes an environment in .venv. Then it opens the window on the bundled sample; where there is no
screen, it registers the sample and leaves the results in sample-result. Arguments are handed to fusionviewer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from environment import ROOT, ready
from system import SetupError, ensure_qt, run_script, say, screen_is_there

SAMPLE = Path("resources", "sample")
RESULT = Path("sample-result")


def main() -> int:
    arguments = sys.argv[1:]
    window = screen_is_there() and arguments[:1] in ([], ["view"])
    python = ready(qt_platform="" if window else None)
    if arguments:
        refusal = _why_no_window(python) if arguments[0] == "view" else ""
        if refusal:
            raise SetupError(f"The window cannot be opened: {refusal}.")
        return _hand_over(python, *arguments)
    refusal = _why_no_window(python)
    if not refusal:
        return _hand_over(python, "view", "--sample")
    say(f"No window can be shown ({refusal}): registering the sample without one.\n")
    return _register_sample(python)


def _why_no_window(python: Path) -> str:
    """Why no window can be opened; empty if one can, after installing what that needs."""
    if not screen_is_there():
        return "there is no screen"
    said = ensure_qt(python)
    return f"the screen refuses: {said}" if said else ""


def _register_sample(python: Path) -> int:
    """The main job without a window. Paths are relative to the checkout, which `_fusionviewer` then works in."""
    fixed, moving, transform = SAMPLE / "t1.nii.gz", SAMPLE / "ct.nii.gz", RESULT / "transform.tfm"
    picture = RESULT / "fused.png"
    code = _fusionviewer(python, "register", fixed, moving, "--out", RESULT) or _fusionviewer(
        python, "picture", fixed, moving, "--transform", transform, "--out", picture
    )
    if code == 0:
        say(f"""
The CT of the sample is registered to its MRI. In {ROOT / RESULT}:
  {transform.name:<22} where each point of the MRI lies in the CT (ITK transform file)
  {"moving-on-fixed.nii.gz":<22} the CT, resampled onto the MRI's grid
  {picture.name:<22} the two fused: look at this one first
  {"study.fusion.json":<22} all of it, for: fusionviewer view sample-result/study.fusion.json""")
    return code


def _fusionviewer(python: Path, *arguments: object) -> int:
    """Run fusionviewer in the checkout, and wait for it. Returns its exit code."""
    with subprocess.Popen(_command(python, *arguments), cwd=ROOT) as program:
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:  # the program hears of it too, and ends in its own way: nothing is half written
                continue


def _hand_over(python: Path, *arguments: str) -> int:
    """Let fusionviewer take this script's place, where the user is. Returns its exit code on Windows, else never."""
    command = _command(python, *arguments)
    if sys.platform != "win32":  # so that ending this process ends fusionviewer, and nothing is left behind
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def _command(python: Path, *arguments: object) -> list[str]:
    return [str(python), "-m", "fusionviewer", *map(str, arguments)]


if __name__ == "__main__":
    sys.exit(run_script(main))
