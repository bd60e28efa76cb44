"""The program asks nothing of the network: command line, window, guide and *About*, under a guard that sees it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import no_network
import pytest
from marked_patient import MarkedPair

COMMANDS: Final = """
import sys
from fusionviewer.cli.main import run
mr, ct = sys.argv[1:]
codes = [run(words) for words in (
    ["info", mr], ["info", ct, "--json"],
    ["register", mr, ct, "--out", "r", "--start", "header", "--preset", "fast"],
    ["report", "r/study.fusion.json", "--out", "a.html"],
    ["archive", "r/study.fusion.json", "--out", "dicom"],
)]
sys.exit(max(codes))
"""

WINDOW: Final = """
import sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QDialog
from fusionviewer.ui import application
from fusionviewer.ui.guide.guide_window import GuideWindow
from fusionviewer.ui.window.main_window import MainWindow

class Used(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(100, self.wait)

    def wait(self):
        if self.workspace.runner.busy or not self.workspace.document.state.has_pair:
            QTimer.singleShot(50, self.wait)
            return
        for name in ("guide", "preferences"):
            self.actions_by_key[name].trigger()
            QApplication.processEvents()
        (guide,) = self.findChildren(GuideWindow)
        QTimer.singleShot(100, self.close_about)
        self.actions_by_key["about"].trigger()
        print("done", guide.isVisible())
        self.close()

    def close_about(self):
        box = QApplication.activeModalWidget()
        print("about", isinstance(box, QDialog))
        box.close()

application.MainWindow = Used
sys.exit(application.run_window(sys.argv[1:]))
"""

ASKS: Final = {
    "socket": "import socket; socket.socket()",
    "name": "import socket; socket.getaddrinfo('localhost', 80)",
    "urllib": "import urllib.request; urllib.request.urlopen('http://localhost/')",
    "IPv6": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
}


def _guarded(folder: Path, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Python code under Python's guard."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=folder, env=no_network.environment(folder), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def _by_the_system(folder: Path, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Python code under the system's guard alone."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=folder, preexec_fn=no_network.forbid, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


by_the_system = pytest.mark.skipif(bool(no_network.why_not_forbidden()), reason=no_network.why_not_forbidden())


@pytest.mark.parametrize("code", ASKS.values(), ids=ASKS)
def test_the_guard_sees_what_asks(tmp_path: Path, code: str) -> None:
    done = _guarded(tmp_path, code)
    assert done.returncode == 1
    assert "no network" in done.stderr
    assert no_network.asked(tmp_path)


@by_the_system
@pytest.mark.parametrize("name", ["socket", "IPv6"])
def test_the_system_kills_what_asks(tmp_path: Path, name: str) -> None:
    assert _by_the_system(tmp_path, ASKS[name]).returncode == -signal.SIGSYS


@by_the_system
def test_sockets_of_the_machine_itself_are_allowed(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_UNIX).close()"
    assert _by_the_system(tmp_path, code).returncode == 0
    assert _guarded(tmp_path, code).returncode == 0


@pytest.mark.parametrize("face", [COMMANDS, WINDOW], ids=["command line", "window"])
def test_the_program_asks_nothing(tmp_path: Path, marked_pair: MarkedPair, face: str) -> None:
    """Python's guard is in all of its processes, and under Linux the system's too."""
    code = face
    if not no_network.why_not_forbidden():
        tests = str(Path(no_network.__file__).parent)
        code = f"import sys; sys.path.append({tests!r}); import no_network; no_network.forbid()\n{face}"
    done = _guarded(tmp_path, code, marked_pair.fixed, marked_pair.moving)
    assert done.returncode == 0, done.stderr
    assert no_network.asked(tmp_path) == ""
    if face == WINDOW:
        assert done.stdout.split() == ["about", "True", "done", "True"]
    else:
        assert (tmp_path / "dicom" / "registration.dcm").exists()
        assert os.path.getsize(tmp_path / "a.html") > 10_000
