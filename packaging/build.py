"""Make the standalone folder dist/fusionviewer: `python3 packaging/build.py`, on Windows `py packaging/build.py`.

With `--check`, the folder that was made is started afterwards: it registers the sample without a screen, and opens and
closes the window. With `--check-only`, one that stands already is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import ROOT, ready
from system import SetupError, ensure_build_tools, run_script, say

DIST = ROOT / "dist"
FOLDER = DIST / "fusionviewer"
SAMPLE = FOLDER / "_internal" / "fusionviewer" / "resources" / "sample"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="start what was made, and register the sample with it")
    parser.add_argument("--check-only", action="store_true", help="do not make it anew")
    options = parser.parse_args()
    if not options.check_only:
        python = ready("build", qt_platform="")
        ensure_build_tools()
        _build(python)
    if options.check or options.check_only:
        _check()
    say(f"\nThe program is {program()}; the folder around it can be moved and copied as a whole.")
    return 0


def program(console: bool = False) -> Path:
    """The program in the folder; on Windows the one with or without a console."""
    if sys.platform == "win32":
        return FOLDER / ("fusionviewer-cli.exe" if console else "fusionviewer.exe")
    return FOLDER / "fusionviewer"


def _build(python: Path) -> None:
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(DIST), "--workpath", str(ROOT / "build")]
    say("Making dist/fusionviewer; this takes some minutes.")
    done = subprocess.run([*command, *places, str(ROOT / "packaging" / "fusionviewer.spec")], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SetupError("PyInstaller could not make the folder; its own words are above.")


def _check() -> None:
    """Use the folder as on a machine that has nothing else: none of this environment reaches it."""
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "USERPROFILE")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {"QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory(prefix="fusionviewer-check-") as folder:
        out = Path(folder) / "out"
        pair = [str(SAMPLE / "t1.nii.gz"), str(SAMPLE / "ct.nii.gz")]
        told = _run([str(program(console=True)), "register", *pair, "--out", str(out), "--json"], environment, folder)
        say(f"registered the sample: {json.loads(told)['ending']}, {len(list(out.iterdir()))} files")
        picture = out / "fused.png"
        transform = ["--transform", str(out / "transform.tfm")]
        _run([str(program(console=True)), "picture", *pair, *transform, "--out", str(picture)], environment, folder)
        say(f"made a picture: {picture.stat().st_size} bytes")
        table, batch = Path(folder) / "pairs.csv", str(Path(folder) / "batch")
        table.write_text(f"fixed,moving,preset\n{pair[0]},{pair[1]},fast\n", encoding="utf-8")
        _run([str(program(console=True)), "batch", str(table), "--out", batch], environment, folder)
        say("did a batch, whose row the program runs in a process of its own")
        _run([str(program()), "view", "--sample", "--quit-after", "5"], environment, folder)
        say("opened the window on the sample, and closed it")


def _run(command: list[str], environment: dict[str, str], folder: str) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, errors="replace", timeout=600, check=False
    )
    if done.returncode != 0:
        raise SetupError(f"{' '.join(command)} ended with code {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(run_script(main))
