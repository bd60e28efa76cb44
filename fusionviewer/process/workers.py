"""The one kind of thread, and the end of a process in which one does not end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

from fusionviewer.process import log


class Worker(threading.Thread):
    """A thread that does one piece of work. Start it by `start`.

    Never a daemon: when Python closes, it would tear a daemon out of ITK's code, and the process would crash. A native
    call that does not return therefore holds the process up; `end_despite_workers` is what ends it then.
    """

    def __init__(self, work: Callable[[], object], name: str) -> None:
        super().__init__(target=work, name=name, daemon=False)


def wait_for_workers(seconds: float) -> bool:
    """True as soon as no worker is at work; False if one still is after so many seconds."""
    deadline = time.monotonic() + seconds
    for thread in threading.enumerate():
        if isinstance(thread, Worker) and thread is not threading.current_thread():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                return False
    return True


def end_despite_workers(code: int, patience_s: float = 0.0) -> None:
    """Return if all workers end within `patience_s`; otherwise end the process here and now, with this exit code.

    What must not be lost (files, locks) is closed before: neither `finally` nor `atexit` runs any more.
    """
    if wait_for_workers(patience_s):
        return
    log.note("A native call did not return: the process ends without it.")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):  # the terminal has gone
                continue
    os._exit(code)
