"""What the command line says while it works, and how it hears that it should stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Final

from fusionviewer.errors import printable
from fusionviewer.progress import Observer, Progress

_OF_LINES: Final = "\n\t"
_REDRAW_EVERY_S: Final = 0.1
_PLAIN_LINE_EVERY_S: Final = 3.0


class Terminal:
    """Progress and warnings go to standard error, results to standard output.

    On a terminal, progress is one line that rewrites itself; in a log it is a plain line now and then.
    """

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure:  # a console that has no “×” must not stop a run
                reconfigure(errors="replace")
        self._heard = sys.stderr is not None
        self._live = self._heard and sys.stderr.isatty()
        self._lock = threading.Lock()
        self._drawn = 0
        self._next = 0.0
        self.cancelled = threading.Event()
        self.end_unheard = False
        """Whether the work is no longer wanted once its progress cannot be told: its listener has ended."""
        self.observer = Observer(self._progressed, self.cancelled)

    def say(self, text: str) -> None:
        """A line on standard error."""
        with self._lock:
            self._clear()
            self._write(f"{printable(text, _OF_LINES)}\n")

    def result(self, text: str) -> None:
        """Lines on standard output."""
        with self._lock:
            self._clear()
        print(printable(text, _OF_LINES), flush=True)

    def done(self) -> None:
        """Take the progress line away."""
        with self._lock:
            self._clear()

    def _progressed(self, progress: Progress) -> None:
        now = time.monotonic()
        with self._lock:
            if now < self._next:
                return
            self._next = now + (_REDRAW_EVERY_S if self._live else _PLAIN_LINE_EVERY_S)
            line = f"{100 * progress.fraction:3.0f} %  {printable(progress.text)}"
            if self._live:
                line = line[: max(20, _columns() - 1)]
                self._write("\r" + line.ljust(self._drawn))
                self._drawn = len(line)
            else:
                self._write(f"{line}\n")

    def _clear(self) -> None:
        if self._drawn:
            self._write("\r" + " " * self._drawn + "\r")
            self._drawn = 0

    def _write(self, text: str) -> None:
        if not self._heard:
            return
        try:
            sys.stderr.write(
                text
            )  # asked for each time: another stream stands there while a library's remarks are kept
            sys.stderr.flush()
        except (OSError, ValueError):  # its reader has gone
            self._heard = False
            if self.end_unheard:
                self.cancelled.set()


def labelled(observer: Observer, label: str) -> Observer:
    """The same observer, whose reports are all about one thing."""
    return replace(observer, listener=lambda p: observer.listener(replace(p, text=label)))


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns
    except OSError:
        return 80


def hold_interruptions() -> None:
    """Until the command ends, let Ctrl+C and the request to end be ignored: the last moment's work is done whole."""
    if threading.current_thread() is threading.main_thread():
        for number in _asked_to_stop():
            signal.signal(number, signal.SIG_IGN)


def _asked_to_stop() -> list[signal.Signals]:
    """Ctrl+C, the request to end, and the terminal's end, but for what is to be ignored, as under nohup."""
    wanted = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    return [one for one in wanted if one is not None and signal.getsignal(one) is not signal.SIG_IGN]


@contextmanager
def interruptible(cancelled: threading.Event) -> Iterator[None]:
    """Let Ctrl+C and the request to end stop the block, once: by KeyboardInterrupt here, by the event in threads.

    Later signals are ignored, so that what is half-written can be removed in peace.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        for one in kept:
            signal.signal(one, signal.SIG_IGN)
        cancelled.set()
        raise KeyboardInterrupt

    kept = {number: signal.getsignal(number) for number in _asked_to_stop()}
    for number in kept:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
