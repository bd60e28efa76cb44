"""Runs Windows programs under Wine, each time in a prefix of our own, which leaves the user's alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from system import SetupError, install

PLACES: Final = ("/usr/lib/wine/wine64", "/usr/bin/wine64")


class Wine:
    """Wine with its own `prefix`, made if it is not there."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.program = wine_program()
        if not (prefix / "drive_c").exists():
            prefix.parent.mkdir(parents=True, exist_ok=True)
            self("wineboot", "--init")

    def __call__(self, *command: str, cwd: Path | None = None, seconds: float = 3600, **variables: str) -> str:
        """Run a program and return what it printed. Raises SetupError with the end of it if it fails."""
        done = self.attempt(*command, cwd=cwd, seconds=seconds, **variables)
        if done.returncode != 0:
            raise SetupError(f"{Path(command[0]).name} under Wine ended with {done.returncode}: {done.stdout[-3000:]}")
        return done.stdout

    def attempt(
        self, *command: str, cwd: Path | None = None, seconds: float = 3600, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program, whatever comes of it; output and errors together."""
        environment = {
            **os.environ, "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all",
            "LC_ALL": "C.UTF-8",
            "WINEDLLOVERRIDES": "winemenubuilder.exe=d", **variables,
        }  # fmt: skip
        environment.pop("DISPLAY", None)
        return subprocess.run(
            [self.program, *command], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", timeout=seconds, check=False,
        )  # fmt: skip

    def drive_c(self, *parts: str) -> Path:
        """A place on its drive C:, as Linux sees it."""
        return self.prefix.joinpath("drive_c", *parts)


def wine_program() -> str:
    """Where Wine for 64-bit programs is; Debian's package is installed where that can be."""
    for _ in range(2):
        for place in PLACES:
            if Path(place).exists():
                return place
        if found := shutil.which("wine64") or shutil.which("wine"):
            return found
        install(["wine64", "wine"], "The Windows bundle is frozen under Wine.")
    raise SetupError("Wine is not where it was expected; install Debian's wine64.")


def windows_path(path: Path) -> str:
    """How Wine calls a place of this system."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


@contextmanager
def fresh_wine(prefix: Path) -> Iterator[Wine]:
    """Wine in a new prefix, which is removed at the end."""
    shutil.rmtree(prefix, ignore_errors=True)
    wine = Wine(prefix)
    try:
        yield wine
    finally:
        server = Path(wine.program).with_name("wineserver64")
        if server.exists():
            subprocess.run([str(server), "-k"], env={**os.environ, "WINEPREFIX": str(prefix)}, check=False)
        shutil.rmtree(prefix, ignore_errors=True)
