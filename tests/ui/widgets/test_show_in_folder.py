"""A file is shown in the system's own window for files, without waiting for that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import QProcess, QUrl
from PyQt6.QtGui import QDesktopServices

from fusionviewer.ui.widgets.show_in_folder import show_in_folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, qapp: object) -> list[Path]:
    """The folders that the system was asked to open; there is no session bus."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    folders: list[Path] = []

    def take(url: QUrl) -> bool:
        folders.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return folders


@pytest.mark.skipif(sys.platform == "win32", reason="there the file itself is shown")
def test_without_a_file_manager_on_a_bus_its_folder_is_opened(opened: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "with space & ü"
    folder.mkdir()
    (folder / "a.png").touch()
    show_in_folder(folder / "a.png", pytest.fail)
    assert opened == [folder]


def test_of_a_file_that_is_gone_the_folder_is_opened_and_of_a_folder_nothing(
    opened: list[Path], tmp_path: Path
) -> None:
    told: list[str] = []
    show_in_folder(tmp_path / "gone.png", told.append)
    assert opened == [tmp_path]
    assert told == []
    show_in_folder(tmp_path / "gone" / "a.png", told.append)
    assert opened == [tmp_path]
    assert told == ["The folder of a.png is no longer there."]


@pytest.mark.parametrize("there", [True, False])
def test_without_any_file_manager_it_is_said_where_the_file_is(
    opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    if there:
        (tmp_path / "a.png").touch()
    told: list[str] = []
    show_in_folder(tmp_path / "a.png", told.append)
    assert told == [f"No file manager could be opened: a.png is in {tmp_path}."]


def test_on_windows_explorer_is_asked_to_mark_it(
    opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, list[str]]] = []

    def start(program: str, arguments: list[str]) -> tuple[bool, int]:
        started.append((program, arguments))
        return len(started) == 1, 1

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("SYSTEMROOT", "W")
    monkeypatch.setattr(QProcess, "startDetached", start)
    path = tmp_path / "a b.png"
    path.touch()
    show_in_folder(path, pytest.fail)
    assert started == [(os.path.join("W", "explorer.exe"), ["/select,", str(path)])]
    assert opened == []
    show_in_folder(path, pytest.fail)  # it could not be started
    assert opened == [tmp_path]


FILE_MANAGER = """
import sys
from PyQt6.QtCore import QCoreApplication, QObject, QTimer, pyqtClassInfo, pyqtSlot
from PyQt6.QtDBus import QDBusConnection

@pyqtClassInfo("D-Bus Interface", "org.freedesktop.FileManager1")
class Files(QObject):
    @pyqtSlot("QStringList", str)
    def ShowItems(self, places, start):
        print(*places, sep="|", flush=True)
        QTimer.singleShot(50, QCoreApplication.quit)

application = QCoreApplication([])
files = Files()
bus = QDBusConnection.sessionBus()
assert bus.registerObject("/org/freedesktop/FileManager1", files, QDBusConnection.RegisterOption.ExportAllSlots)
assert bus.registerService("org.freedesktop.FileManager1")
print("ready", flush=True)
QTimer.singleShot(60_000, QCoreApplication.quit)
application.exec()
"""

ASKING = """
import subprocess, sys, time
from pathlib import Path
from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtGui import QGuiApplication
from fusionviewer.ui.widgets import show_in_folder as module

application = QGuiApplication([])
opened = []
manager = True
module.open_folder = lambda folder: opened.append(str(folder)) or manager
told = []
path = Path(sys.argv[1])

def ask():
    began = time.monotonic()
    module.show_in_folder(path, told.append)
    assert time.monotonic() - began < 1
    while module._waiting:
        application.processEvents()
        time.sleep(0.01)

ask()
print("alone", *opened, *told)
manager = False
ask()
print("refused", *told)
files = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=subprocess.PIPE, text=True)
assert files.stdout.readline() == "ready\\n"
ask()
print("asked", files.stdout.readline().strip(), len(opened))
files.wait(10)
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no D-Bus on this machine")
def test_the_file_manager_on_the_bus_marks_it_and_where_there_is_none_the_folder_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a file.png"
    path.touch()
    began = time.monotonic()
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", ASKING, str(path), FILE_MANAGER],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert time.monotonic() - began < 60
    assert done.stdout.splitlines() == [
        f"alone {tmp_path}",
        f"refused No file manager could be opened: a file.png is in {tmp_path}.",
        f"asked {path.as_uri()} 2",
    ], done.stderr
