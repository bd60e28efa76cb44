"""How long it takes from the command to the painted first page, as a user waits for it.

    python benchmarks/start.py [--runs 9] [--program dist/fusionviewer/fusionviewer]

Each run is a process of its own, Python's own start included, that opens the window on nothing; the clock stops once
the first page and all that stands on it have been painted. Uses Qt's offscreen platform unless QT_QPA_PLATFORM says
otherwise. The first run, which fills the system's file cache, does not count.

A standalone `--program` is watched from outside, on a screen of its own (Xvfb, Linux): the clock stops when the screen
is no longer black, which is a little later than the paint event that is waited for otherwise.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LIMIT_S = 1.5
SCREEN = ":96"
PATIENCE_S = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from the command to the painted first page.")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--program", type=Path, help="the program of a bundle, instead of the one in this environment")
    parser.add_argument("--watch", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.watch:
        _watch()
        return
    if args.program:
        sys.path.append(str(Path(__file__).resolve().parent.parent / "packaging"))
        with import_module("xvfb").x_screen(SCREEN) as pixels:
            _once_on_screen(args.program, pixels)
            seconds = sorted(_once_on_screen(args.program, pixels) for _ in range(args.runs))
    else:
        _once()
        seconds = sorted(_once() for _ in range(args.runs))
    median = statistics.median(seconds)
    print(f"{args.runs} starts: median {median:.2f} s, from {seconds[0]:.2f} to {seconds[-1]:.2f} s")
    print(f"asked: at most {LIMIT_S} s; load before the end {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def _once() -> float:
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.time()
    told = subprocess.run(  # with compiled modules, as installed
        (sys.executable, __file__, "--watch"), check=True, capture_output=True, text=True, env=usual
    )
    return float(told.stdout) - began


def _once_on_screen(program: Path, pixels: Path) -> float:
    """Seconds until the program has painted something on the screen. It is ended by closing its window's session."""
    environment = {**os.environ, "DISPLAY": SCREEN}
    del environment["QT_QPA_PLATFORM"]
    with tempfile.TemporaryDirectory() as home, pixels.open("rb") as screen:
        began = time.time()
        with subprocess.Popen([program, "view"], env={**environment, "HOME": home}) as process:
            while not _is_painted(screen.fileno()):
                if time.time() - began > PATIENCE_S or process.poll() is not None:
                    raise SystemExit("The program showed nothing.")
                time.sleep(0.01)
            seconds = time.time() - began
            process.terminate()
        while _is_painted(screen.fileno()):
            time.sleep(0.05)
    return seconds


def _is_painted(screen: int) -> bool:
    """Whether a line through the middle of the screen holds anything but black; 4 bytes a pixel after XWD's header."""
    line = os.pread(screen, 4 * 1400, 4096 + 4 * 1400 * 300)
    return any(line)


def _watch() -> None:
    """In the process that is measured: start as the command does, and print when the first page has been painted."""
    from PyQt6.QtCore import QEvent, QObject, QTimer

    from fusionviewer.ui import application

    def painted() -> None:
        print(time.time(), flush=True)
        os._exit(0)

    class FirstPaint(QObject):
        """What is painted first is followed by the rest of the window, in the same turn of Qt's loop."""

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt calls it
            if event is not None and event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, painted)
            return False

    made = application.make_application()
    made.installEventFilter(FirstPaint(made))
    application.run_window([])


if __name__ == "__main__":
    main()
