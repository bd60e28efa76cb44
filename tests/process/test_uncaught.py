"""Exceptions that nothing expected, wherever they are raised, in programs that do not import pyqtgraph."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionviewer.process import log, uncaught

BEGIN = """
import sys, threading, time
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
ticks, begun = [], time.monotonic()
def tick():
    ticks.append(1)
    if len(ticks) > 3 and time.monotonic() > begun + 0.4:  # as long as a busy machine needs
        app.quit()
alive = QTimer()
alive.timeout.connect(tick)
alive.start(10)
app.exec()  # for ever if the program did not go on
assert "pyqtgraph" not in sys.modules
print(len(told), told[0].sentence if told else "")
print(told[0].details if told else "")
"""
HEARTBEAT = """
missed = QTimer()
missed.timeout.connect(uncaught.take_missed)
missed.start(20)
"""
"""As the window has it."""

DEEP = f"""
import inspect
def down(frames):
    if frames:
        return down(frames - 1)
    end()
QTimer.singleShot(10, lambda: down(sys.getrecursionlimit() - len(inspect.stack()) - 20))
{HEARTBEAT}
"""
"""Calls `end` where there is hardly any room on the stack."""

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
    "a slot deep in a recursion": f"sender = Sender(); sender.sent.connect(fail); end = sender.sent.emit{DEEP}",
    "a destructor deep in a recursion": f"end = Dying{DEEP}",
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


LOOP = f"""
sender = Sender()
sender.sent.connect(lambda: sender.sent.emit())
QTimer.singleShot(10, sender.sent.emit)
{HEARTBEAT}
"""


def test_slots_that_call_each_other_without_end_are_logged_and_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"{BEGIN}\n{LOOP}\n{END}", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 An error of the program, not yours: RecursionError")
    assert len(done.stdout.splitlines()) < 50
    assert "Uncaught RecursionError (its text is left out)" in (tmp_path / log.NAME).read_text("utf-8")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[uncaught.Problem]]:
    """What is told while the hooks are in place."""
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))  # so that they are as before afterwards
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


@pytest.mark.parametrize("raised", [BrokenPipeError("gone"), ValueError("closed"), RuntimeError("reentrant call")])
def test_it_is_told_though_the_terminal_has_gone(
    told: list[uncaught.Problem], monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    class Gone:
        def write(self, _: str) -> int:
            raise raised

    monkeypatch.setattr(sys, "stderr", Gone())
    uncaught.report(KeyError("x"))
    assert len(told) == 1
    assert "KeyError" in told[0].sentence


def test_a_destructor_that_raises_while_another_exception_is_taken_is_told_as_well(
    told: list[uncaught.Problem], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, waiting = time.monotonic, [TypeError("in a destructor")]

    def monotonic() -> float:  # stands for the garbage collector, which may choose this moment
        if waiting:
            uncaught.report(waiting.pop())
        return clock()

    monkeypatch.setattr("time.monotonic", monotonic)
    thread = threading.Thread(target=uncaught.report, args=(KeyError("x"),), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert ["TypeError" in told[0].sentence, "KeyError" in told[1].sentence] == [True, True]
    assert capsys.readouterr().err.count("uncaught") == 2


def test_of_many_different_ones_the_newest_are_remembered(told: list[uncaught.Problem]) -> None:
    errors = [type(f"Number{number}", (Exception,), {})() for number in range(150)]
    for error in errors:
        uncaught.report(error)
    assert len(told) == 150
    uncaught.report(errors[-100])
    assert len(told) == 150
    uncaught.report(errors[0])
    assert len(told) == 151


def test_an_interruption_is_none_of_its_business(
    told: list[uncaught.Problem], capsys: pytest.CaptureFixture[str]
) -> None:
    error = KeyboardInterrupt("Marked^Name")
    error.__context__ = ValueError("Marked^Name")
    sys.excepthook(KeyboardInterrupt, error, None)
    assert told == []
    said = capsys.readouterr().err
    assert "KeyboardInterrupt" in said
    assert "Marked" not in said
