"""Make what installs fusionviewer: `python3 packaging/build.py [folder] [deb] [run] [windows]`, on Windows `py …`.

`folder` (the default) is dist/fusionviewer, which needs no Python, and an archive of it; `deb` a package for Debian;
`run` a file that installs the folder for one user or for all; `windows` the bundle and the installer for Windows, made
on Linux. With `--check`, the folder that was made is started afterwards: it registers the sample without a screen, and
opens and closes the window. With `--check-only`, one that stands already is.
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

KINDS = ("folder", "deb", "run", "windows")
FOLDER = ROOT / "dist" / "fusionviewer"
SAMPLE = FOLDER / "_internal" / "fusionviewer" / "resources" / "sample"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"what to make: {', '.join(KINDS)}")
    parser.add_argument("--check", action="store_true", help="start what was made, and register the sample with it")
    parser.add_argument("--check-only", action="store_true", help="do not make it anew")
    options = parser.parse_args()
    kinds = options.kinds or ["folder"]
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        parser.error(f"there is no kind {unknown[0]}: choose of {', '.join(KINDS)}")
    if not options.check_only:
        _make(kinds)
    if kinds == ["windows"]:
        return 0
    if options.check or options.check_only:
        _check()
    say(f"\nThe program is {program()}; the folder around it can be moved and copied as a whole.")
    return 0


def program(console: bool = False) -> Path:
    """The program in the folder; on Windows the one with or without a console."""
    if sys.platform == "win32":
        return FOLDER / ("fusionviewer-cli.exe" if console else "fusionviewer.exe")
    return FOLDER / "fusionviewer"


def _make(kinds: list[str]) -> None:
    """Have bundles/make.py make these, with the Python of an environment of the versions that were tested."""
    python = ready("build", qt_platform="")
    ensure_build_tools()
    scripts = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "packaging"), str(ROOT)])}
    done = subprocess.run([str(python), "-m", "bundles.make", *kinds], cwd=ROOT, env=scripts, check=False)
    if done.returncode != 0:
        raise SetupError("Not everything could be made; the reason is above.")


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
