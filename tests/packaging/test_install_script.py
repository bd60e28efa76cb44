"""The installer inside the .run: what it puts where, what it refuses, and that its removal leaves nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bundles.desktop import ENTRY, SOURCES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")


class Package:
    """The installer beside a program that only says its number, and a home with the user's own files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "unpacked", folder / "hö me"
        self.prefix = self.home / ".local"
        for name in ("fusionviewer.desktop", "fusionviewer.xml"):
            place = self.folder / "share" / ("applications" if name.endswith("p") else "mime/packages") / name
            place.parent.mkdir(parents=True)
            shutil.copy(SOURCES / name, place)
        (self.folder / "share" / "icons" / "hicolor").mkdir(parents=True)
        (self.folder / "share" / "icons" / "hicolor" / "x.png").touch()
        for name in ("install.sh", "uninstall.sh"):
            shutil.copy(SOURCES / name, self.folder / name)
        self.home.mkdir()
        self.make(1)

    def make(self, number: int) -> None:
        folder = self.folder / "fusionviewer"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / f"only-in-{number}").mkdir(parents=True)
        (folder / "fusionviewer").write_text(f"#!/bin/sh\necho number {number}\n")
        (folder / "fusionviewer").chmod(0o700)  # as makeself unpacks it

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run("sh", str(self.folder / "install.sh"), *options)

    def remove(self) -> subprocess.CompletedProcess[str]:
        return self._run(str(self.prefix / "lib" / "fusionviewer" / "fusionviewer-uninstall"))

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def says(self) -> str:
        return self._run(str(self.prefix / "bin" / "fusionviewer")).stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path)


def _all(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_it_is_installed_upgraded_and_removed_without_a_trace(package: Package) -> None:
    (package.home / ".local" / "share" / "applications").mkdir(parents=True)
    (package.home / ".local" / "share" / "applications" / "own.desktop").touch()
    before = _all(package.home)
    done = package.install("--user")
    assert done.returncode == 0, done.stderr
    assert package.says() == "number 1"
    modes = {path.stat().st_mode & 0o777 for path in package.prefix.rglob("*") if not path.is_symlink()}
    assert modes == {0o755, 0o644}, "all users can read what was installed for them"
    entry = (package.prefix / "share" / ENTRY).read_text(encoding="utf-8")
    assert f'Exec="{package.prefix}/bin/fusionviewer" view %f\n' in entry
    package.make(2)
    assert package.install("--user").returncode == 0
    assert package.says() == "number 2"
    assert not (package.prefix / "lib" / "fusionviewer" / "only-in-1").exists()
    done = package.remove()
    assert done.returncode == 0, done.stderr
    assert _all(package.home) - before <= {".local/share/applications/mimeinfo.cache"}
    assert before <= _all(package.home)


def test_a_folder_that_holds_something_else_by_then_stays(package: Package) -> None:
    package.install("--user")
    other = package.prefix / "share" / "icons" / "hicolor" / "other.png"
    other.touch()
    package.install("--user", "--uninstall")
    assert {path for path in package.home.rglob("*") if path.is_file()} == {other}


@pytest.mark.parametrize("place", ["bin/fusionviewer", "lib/fusionviewer"])
def test_what_it_did_not_make_is_not_touched(package: Package, place: str) -> None:
    there = package.prefix / place
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    done = package.install("--user")
    assert done.returncode == 2
    assert "was not made by this file" in done.stderr
    assert there.read_text() == "mine"
    assert {path for path in package.home.rglob("*") if path.is_file()} == {there}


def test_what_cannot_be_done_is_said(package: Package) -> None:
    done = package.install("--user", "--uninstall")
    assert (done.returncode, "Nothing that this file installed" in done.stderr) == (2, True)
    assert package.install("--everywhere").returncode == 2
    assert "--prefix needs a folder" in package.install("--prefix").stderr
    assert package.install("--help").stdout.startswith("Installs fusionviewer")
    assert _all(package.home) == set()
