"""Exceptions that nothing expected, wherever they are raised, in programs that do not import pyqtgraph."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionviewer.process import log, uncaught

BEGIN = """
import sys, threading
from pathlib import Path
from PyQt6.QtCore import QObject, QThread, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QApplication, QWidget
from fusionviewer.process import log, uncaught
from fusionviewer.process.workers import Worker

log.begin("test", Path(sys.argv[1]))
told = []
uncaught.install(told.append)
app = QApplication([])

def fail(*_):
    raise KeyError("Marked^Name /data/marked-path/ct.nii")

class Sender(QObject):
    sent = pyqtSignal()

class Painted(QWidget):
    times = 0
    def paintEvent(self, event):
        painter = QPainter(self)
        self.times += 1
        fail()

class Failing(QThread):
    def run(self):
        fail()

class Dying:
    def __del__(self):
        fail()
"""
END = """
ticks = []
alive = QTimer()
alive.timeout.connect(lambda: ticks.append(1))
alive.start(10)
QTimer.singleShot(400, app.quit)
app.exec()
assert "pyqtgraph" not in sys.modules
assert len(ticks) > 3, "the program did not go on"
print(len(told), told[0].sentence if told else "")
print(told[0].details if told else "")
"""
PLACES = {
    "a slot": "sender = Sender(); sender.sent.connect(fail); sender.sent.emit()",
    "a timer": "QTimer.singleShot(10, fail)",
    "a timer again and again": "timer = QTimer(); timer.timeout.connect(fail); timer.start(2)",
    "a worker": "worker = Worker(fail, 'failing'); worker.start(); worker.join()",
    "a thread": "thread = threading.Thread(target=fail); thread.start(); thread.join()",
    "a QThread": "thread = Failing(); thread.start(); thread.wait()",
    "a destructor": "Dying()",
    "a paint event": "widget = Painted(); widget.show(); QTimer.singleShot(100, widget.update)",
    "a paint event again and again": """
widget = Painted()
widget.show()
again = QTimer()
again.timeout.connect(widget.update)
again.start(2)
""",
}


@pytest.mark.parametrize("place", PLACES)
def test_the_program_goes_on_and_says_so_once(place: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"{BEGIN}\n{PLACES[place]}\n{END}", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 An error of the program, not yours: KeyError")
    text = (tmp_path / log.NAME).read_text("utf-8")
    assert "Uncaught KeyError (its text is left out)" in text
    assert text.count("Uncaught") <= 4  # the first, and each power of ten
    for marked in ("Marked", "marked", "/data", "ct.nii"):
        assert marked not in text + done.stdout + done.stderr


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[uncaught.Problem]]:
    """What is told while the hooks are in place."""
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))  # so that they are as before afterwards
    import threading

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    problems: list[uncaught.Problem] = []
    uncaught.install(problems.append)
    yield problems
    uncaught._uncaught.listen(None)


def test_the_same_is_told_again_after_a_while(
    told: list[uncaught.Problem], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    error, other = ValueError("a"), TypeError("b")
    for seconds, raised, expected in ((0, error, 1), (59, error, 1), (59, other, 2), (61, error, 3), (62, error, 3)):
        now[0] = float(seconds)
        uncaught.report(raised)
        assert len(told) == expected
    assert capsys.readouterr().err.count("uncaught") == 3


def test_telling_that_raises_leads_to_no_circle(
    told: list[uncaught.Problem], capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(_: uncaught.Problem) -> None:
        uncaught.report(RuntimeError("while telling"))
        raise ValueError("while telling")

    uncaught.install(tell)
    uncaught.report(KeyError("x"))
    assert "KeyError" in capsys.readouterr().err


def test_an_interruption_is_none_of_its_business(
    told: list[uncaught.Problem], capsys: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert told == []
    assert "KeyboardInterrupt" in capsys.readouterr().err
