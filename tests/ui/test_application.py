"""The window as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.process import log
from fusionviewer.session.recovery import find_leftovers
from fusionviewer.ui.display_check import why_no_screen


def _view(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fusionviewer", "view", *arguments],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_it_opens_and_closes_without_a_word(tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume) -> None:
    write_volume(phantom_mr, tmp_path / "mr.nii.gz")
    write_volume(phantom_ct, tmp_path / "ct.nii.gz")
    done = _view(str(tmp_path / "mr.nii.gz"), str(tmp_path / "ct.nii.gz"), "--quit-after", "1.5")
    said = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, done.stdout, said) == (0, "", [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("one.nii.gz",), "a fixed and a moving image"),
        (("a", "b", "c"), "a fixed and a moving image"),
        (("missing-a.nii.gz", "missing-b.nii.gz"), "there is no missing-a.nii.gz"),
        (("missing.fusion.json",), "there is no missing.fusion.json"),
        (("--sample", "a.nii.gz"), "--sample"),
        (("--nonsense",), "--nonsense"),
        (("--quit-after", "inf"), "--quit-after takes from 0 to 2147483 seconds."),
        (("--quit-after", "nan"), "--quit-after takes"),
        (("--quit-after", "1e9"), "--quit-after takes"),
        (("--quit-after", "-1"), "--quit-after takes"),
    ],
)
def test_bad_arguments_end_with_two_and_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = _view(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of this kind are Linux's")
@pytest.mark.parametrize("display", ["", ":4711"])
def test_without_a_screen_it_says_so(display: str) -> None:
    done = _view("--sample", QT_QPA_PLATFORM="", DISPLAY=display, WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert "screen" in done.stderr
    assert "command line" in done.stderr


def test_offscreen_needs_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_screen() == ""


BUSY = """
import sys, time
from PyQt6.QtCore import QTimer
from fusionviewer.ui import application
from fusionviewer.ui.window.main_window import MainWindow

class Busy(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(100, self.work)

    def work(self):
        self.workspace.runner.start("Stuck", lambda _: time.sleep(60), lambda _: None)
        QTimer.singleShot(200, self.leave)

    def leave(self):
        before = time.monotonic()
        assert self.close()
        print("hidden" if not self.isVisible() and time.monotonic() - before < 0.5 else "still there", time.time())

application.MainWindow = Busy
sys.exit(application.run_window([]))
"""

FAILING = """
import sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from fusionviewer.ui import application
from fusionviewer.ui.window.main_window import MainWindow

class Failing(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(50, self.fail)
        QTimer.singleShot(400, self.look)

    def fail(self):
        raise KeyError("Marked^Name")

    def look(self):
        self.messages.button("Copy details").click()
        print(self.messages.sentence.text(), QApplication.clipboard().text(), sep="\\n")
        self.close()

application.MainWindow = Failing
sys.exit(application.run_window([]))
"""


STRUCK = """
import ctypes, sys
from dataclasses import replace
from PyQt6.QtCore import QTimer
from fusionviewer.session.state import Target
from fusionviewer.ui import application
from fusionviewer.ui.window.main_window import MainWindow

class Struck(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(50, self.work)

    def work(self):
        workspace = self.workspace
        if workspace.runner.busy or not workspace.document.state.has_pair:
            QTimer.singleShot(50, self.work)
            return
        target = Target("made before the crash", (0.0, 0.0, 0.0))
        workspace.document.apply("Edit", replace(workspace.document.state, targets=(target,)))
        workspace.runner.start("Native", lambda _: ctypes.string_at(0), lambda _: None)

application.MainWindow = Struck
sys.exit(application.run_window(sys.argv[1:]))
"""

RESTORING = """
import sys
from PyQt6.QtCore import QTimer
from fusionviewer.ui import application
from fusionviewer.ui.dialogs.recovery import RecoveryDialog
from fusionviewer.ui.window.main_window import MainWindow

class Restoring(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(50, self.look)

    def look(self):
        dialog = self.findChild(RecoveryDialog)
        if dialog is None:
            QTimer.singleShot(50, self.look)
            return
        print("|".join(dialog.table.item(0, column).text() for column in range(1, 4)))
        dialog.restore_button.click()
        self.wait()

    def wait(self):
        document = self.workspace.document
        if self.workspace.runner.busy or not document.state.has_pair:
            QTimer.singleShot(50, self.wait)
            return
        print(document.state.targets[0].name, document.modified, document.path)
        self.workspace.questions.may_discard_changes = lambda: True
        self.close()

application.MainWindow = Restoring
sys.exit(application.run_window([]))
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="there no variable of the environment moves the folder of the state"
)
def test_a_worker_that_is_struck_down_ends_the_process_and_the_next_start_offers_the_work(
    tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    write_volume(phantom_mr, tmp_path / "mr.nii.gz")
    write_volume(phantom_ct, tmp_path / "ct.nii.gz")
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, timeout=120, check=False, env=environment,
        )  # fmt: skip

    struck = run(STRUCK, str(tmp_path / "mr.nii.gz"), str(tmp_path / "ct.nii.gz"))
    assert struck.returncode == -signal.SIGSEGV
    restored = run(RESTORING)
    assert (restored.returncode, restored.stdout) == (
        0, "mr and ct|1|never saved\nmade before the crash True None\n",
    ), restored.stderr  # fmt: skip
    assert not [path for path in (tmp_path / "state").rglob("*") if path.is_file() and path.suffix != ".log"]
    text = next((tmp_path / "state").rglob("*.log")).read_text("utf-8")
    assert "An earlier process crashed:\nFatal Python error: Segmentation fault" in text
    assert "fusionviewer/app/tasks/jobs.py" in text


ASKED_TO_END = """
import sys, time
from dataclasses import replace
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from fusionviewer.session.state import Target
from fusionviewer.ui import application
from fusionviewer.ui.window.main_window import MainWindow

class Working(MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(50, self.work)

    def work(self):
        document = self.workspace.document
        self.workspace.runner.start("Stuck", lambda _: time.sleep(60), lambda _: None)
        document.apply("Edit", replace(document.state, targets=(Target("not saved", (0.0, 0.0, 0.0)),)))
        app = QApplication.instance()
        print("working", app.receivers(app.commitDataRequest), app.receivers(app.saveStateRequest), flush=True)

application.MainWindow = Working
sys.exit(application.run_window([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are not Windows's")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_when_the_system_ends_it_in_a_run_the_work_is_kept(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", ASKED_TO_END]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "working 1 1\n"  # the end of a session is heard as well
        window.send_signal(number)
        asked = time.monotonic()
        assert window.wait(30) == 128 + number
        took = time.monotonic() - asked
    assert took < 3  # 2 s are promised, and the machine is busy
    (left,) = find_leftovers(tmp_path / "fusionviewer" / "recovery")
    assert left.study.without_images.targets[0].name == "not saved"
    left.discard()


def test_it_ends_within_two_seconds_while_a_call_does_not_return() -> None:
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, timeout=120, check=False)
    ended = time.time()
    assert done.returncode == 0, done.stderr
    words, closed = done.stdout.rsplit(maxsplit=1)
    assert words == "hidden"
    assert ended - float(closed) < 2
    assert not list(log.folder().glob("fault-*.txt"))


def test_an_error_of_the_program_is_told_in_the_window_and_it_goes_on() -> None:
    done = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "An error of the program, not yours: KeyError" in done.stdout
    assert "in fail" in done.stdout
    assert "Marked" not in done.stdout + done.stderr + (log.folder() / log.NAME).read_text("utf-8")
