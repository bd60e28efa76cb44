"""From the command `fusionviewer view …` to a window on the screen."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtGui import QIcon, QSessionManager
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.recovery import restore
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.state.open_studies import OpenStudy
from fusionviewer.app.state.preferences import read_preferences
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.imaging.readers import locate
from fusionviewer.imaging.reading.apart import get_ready
from fusionviewer.imaging.reading.options import file_part
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.process import log, uncaught
from fusionviewer.process.faults import FaultFile
from fusionviewer.process.workers import end_despite_workers
from fusionviewer.session.recovery import find_leftovers, state_folder
from fusionviewer.session.state import SIDES
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.ui.dialogs.recovery import RecoveryDialog
from fusionviewer.ui.display_check import why_no_screen
from fusionviewer.ui.look.appearance import dress
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.version import __version__

PATIENCE_S: Final = 1.0
"""How long a native call that was left may go on after the window has gone."""

_QUIET_MS: Final = 300
"""After the first page, what the first image will need is made ready."""

LONGEST_S: Final = (2**31 - 1) // 1000
"""How long a timer of Qt can run: its milliseconds have 31 bits."""

WITHOUT_SCREEN = "Without one, use the command line: fusionviewer --help."


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit code; 2 for arguments that make no sense."""
    parser = _parser()
    try:
        wanted = parser.parse_args(list(arguments))
        _check(parser, wanted)
    except SystemExit as stop:
        return int(stop.code or 0)
    problem = why_no_screen()
    if problem:
        print(f"fusionviewer: {problem} {WITHOUT_SCREEN}", file=sys.stderr)
        return 2
    log.begin("window")
    faults = FaultFile.open(log.folder(), os.getpid())
    application = make_application()
    window = MainWindow()
    uncaught.install(window.messages.problem.emit)
    log.note(f"Started: {log.environment()}")
    window.show()
    autosave, offer = keep_work(window, state_folder())
    QTimer.singleShot(0, lambda: _open(window, wanted))
    QTimer.singleShot(0, offer)
    QTimer.singleShot(_QUIET_MS, get_ready)
    if wanted.quit_after is not None:
        QTimer.singleShot(round(wanted.quit_after * 1000), window.close)
    _begin_heartbeat(window)
    _listen_for_the_end(application, window, autosave)
    code = application.exec()
    autosave.leave()  # the end of a session closes no window
    for number in _asked_to_end():
        signal.signal(number, signal.SIG_IGN)  # it is under way
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.workspace.runner.cancel()
    window.workspace.check.end()
    uncaught.install()  # there is no window any more to tell of anything
    for ended in (window, application):  # the application would delete what is left of windows in an order by chance
        sip.delete(ended)
    if faults is not None:
        faults.close()
    end_despite_workers(code, PATIENCE_S)
    return code


def keep_work(window: MainWindow, folder: Path) -> tuple[Autosave, Callable[[], RecoveryDialog | None]]:
    """Keep the window's unsaved work in a folder in case of a crash; the call offers what crashes left there."""
    workspace = window.workspace
    autosave = Autosave(workspace, folder / "recovery")
    autosave.failed.connect(window.messages.show_message)
    study = OpenStudy(workspace.document, folder / "open")
    study.shared.connect(
        lambda name: window.messages.show_message(
            f"⚠ {name} is open in another window as well: who saves second is asked first."
        )
    )
    window.closing.connect(autosave.end)
    window.closing.connect(study.release)

    def offer() -> RecoveryDialog | None:
        leftovers = find_leftovers(folder / "recovery")
        if not leftovers:
            return None
        dialog = RecoveryDialog(leftovers, partial(restore, workspace, autosave), window)
        dialog.show()
        return dialog

    return autosave, offer


def make_application() -> QApplication:
    """The application object, dressed; made once."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setOrganizationName("fusionviewer")
    QCoreApplication.setApplicationName("fusionviewer")
    QCoreApplication.setApplicationVersion(__version__)
    application.setWindowIcon(QIcon(str(sample_folder().parent / "icon" / "fusionviewer.png")))
    dress(application, read_preferences())
    return application


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fusionviewer view", description="Open the window, on nothing, on two images, on a study or on the sample."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="FIXED MOVING | STUDY.fusion.json")
    parser.add_argument("--sample", action="store_true", help="open the head study that comes with the program")
    parser.add_argument("--quit-after", type=float, metavar="SECONDS", help="close by itself, to try an installation")
    return parser


def _check(parser: argparse.ArgumentParser, wanted: argparse.Namespace) -> None:
    paths: list[Path] = wanted.paths
    if wanted.sample and paths:
        parser.error("--sample opens the sample; give either it or files.")
    if len(paths) > 2 or (len(paths) == 1 and not paths[0].name.endswith(SUFFIX)):
        parser.error(f"give a fixed and a moving image, or one study that ends in {SUFFIX}.")
    if wanted.quit_after is not None and not 0 <= wanted.quit_after <= LONGEST_S:  # nan is neither
        parser.error(f"--quit-after takes from 0 to {LONGEST_S} seconds.")
    for path in paths:
        if not os.path.exists(file_part(str(path))):
            parser.error(f"there is no {path}. Check its name and folder.")


def _open(window: MainWindow, wanted: argparse.Namespace) -> None:
    if wanted.sample:
        open_save.open_sample(window.workspace)
    elif len(wanted.paths) == 1:
        open_save.open_study(window.workspace, wanted.paths[0])
    elif wanted.paths:
        located = window.workspace.attempt(lambda: [Wanted(*locate(str(path))) for path in wanted.paths])
        if located is not None:
            open_save.open_images(window.workspace, dict(zip(SIDES, located, strict=True)))


def _asked_to_end() -> list[signal.Signals]:
    """The signals with which a system asks a program to end; Windows has one of them, and ends without it."""
    wanted = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    return [one for one in wanted if one is not None and signal.getsignal(one) is not signal.SIG_IGN]  # as under nohup


def _listen_for_the_end(application: QApplication, window: MainWindow, autosave: Autosave) -> None:
    """When the system asks to end: keep what is not saved, ask nothing, go. The next start offers it as after a crash.

    The end of a session may still be called off: then it was only kept.
    """

    def end(number: int) -> None:
        autosave.keep()
        window.workspace.runner.cancel()  # half-written files go while the window does
        application.exit(128 + number)

    def keep(_: QSessionManager) -> None:
        autosave.keep()

    for number in _asked_to_end():
        signal.signal(number, lambda asked, _: QTimer.singleShot(0, partial(end, asked)))
    application.commitDataRequest.connect(keep)
    application.saveStateRequest.connect(keep)


def _begin_heartbeat(window: MainWindow) -> None:
    """Let Ctrl+C in the terminal close the window: Python's handlers only run when Python code does."""
    # Closing may ask, and a question has a loop of its own, which must not begin in the middle of painting.
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window.close))
    heartbeat = QTimer(window)
    heartbeat.timeout.connect(uncaught.take_missed)
    heartbeat.start(200)
