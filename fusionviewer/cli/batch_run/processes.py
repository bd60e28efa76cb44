"""The rows of a batch, each in a process of its own: what happens to one costs only that row."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fusionviewer.cli.batch_run.one_row import clear_row
from fusionviewer.cli.batch_run.table import TableRow
from fusionviewer.errors import FusionError
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer
from fusionviewer.quality.batch.records import RowRecord, load_row, save_row
from fusionviewer.version import __version__

_PERCENT: Final = re.compile(r"\s*(\d+) %  ")
_LOOK_EVERY_S: Final = 0.2
_INTERRUPTED: Final = 130
_PATIENCE_S: Final = 2.0
"""How long a process may take to end that was asked to."""


def own_command() -> list[str]:
    """What starts this very program again, followed by a command and its arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "fusionviewer"]


class RowProcesses:
    """Runs rows `jobs` at once. `ended` is called for each row as it ends, in a thread of its own."""

    def __init__(self, table: Path, out: Path, jobs: int, ended: Callable[[RowRecord], None]) -> None:
        self._arguments = ["batch", str(table), "--out", str(out)]
        self._out, self._jobs, self._ended = out, jobs, ended
        self._lock = threading.Lock()
        self._waiting: list[TableRow] = []
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._shares: dict[str, float] = {}
        self._failed: Exception | None = None
        self._total, self._stopped = 0, False

    def run(self, rows: Sequence[TableRow], observer: Observer) -> None:
        """Do the rows. On Cancelled or an interruption the processes are ended before it is raised again.

        Raises CannotWrite as well.
        """
        self._waiting, self._total = list(reversed(rows)), len(rows)
        workers = [Worker(self._work, f"batch-{n}") for n in range(min(self._jobs, len(rows)))]
        try:
            for worker in workers:
                worker.start()
            for worker in workers:
                while worker.is_alive():
                    worker.join(_LOOK_EVERY_S)
                    self._report(observer)
        finally:
            self._stop()
            for worker in workers:
                worker.join()
        if self._failed is not None:
            raise self._failed

    def _report(self, observer: Observer) -> None:
        with self._lock:
            left, now = len(self._waiting) + len(self._running), ", ".join(sorted(self._running))
            share = (self._total - left + sum(self._shares.values())) / max(1, self._total)
        observer.report(share, f"{self._total - left} of {self._total} rows done; now {now}" if now else "")

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._waiting.clear()
            running = list(self._running.values())
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:  # it writes its last files, and does not hear
                process.kill()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                row = self._waiting.pop()
            try:
                record = self._done(row)
            except Exception as problem:  # raised again by `run`: a thread would end without a word, and its rows wait
                with self._lock:
                    self._failed, self._waiting = problem, []
                return
            if record is not None:
                self._ended(record)

    def _done(self, row: TableRow) -> RowRecord | None:
        """What became of a row; None if it was stopped."""
        clear_row(self._out / row.id)
        with self._lock:
            if self._stopped:
                return None
            try:
                process = subprocess.Popen(
                    [*own_command(), *self._arguments, "--row", row.id],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    text=True, encoding="utf-8", errors="replace",
                )  # fmt: skip
            except OSError as problem:
                raise FusionError(
                    f"The system gives no process for row {row.id} ({problem.strerror}).",
                    "Close other programs, and run batch again with --resume.",
                ) from problem
            self._running[row.id] = process
        said = self._listened(row, process)
        code = process.wait()
        with self._lock:
            del self._running[row.id]
            self._shares.pop(row.id, None)
            stopped = self._stopped
        record = load_row(self._out, row.id)
        if record is None and not stopped and code != _INTERRUPTED:  # a terminal interrupts all of them at once
            record = RowRecord(row.id, "died", row.digest(), _why_it_ended(code, said), program=__version__)
            save_row(self._out, record)
        return record

    def _listened(self, row: TableRow, process: subprocess.Popen[str]) -> str:
        """The last line that it said, but for those of its progress, which are kept."""
        assert process.stderr is not None
        last = ""
        with process.stderr as lines:
            for line in lines:
                if percent := _PERCENT.match(line):
                    with self._lock:
                        self._shares[row.id] = int(percent[1]) / 100
                elif line.strip():
                    last = line.strip()
        return last


def _why_it_ended(code: int, said: str) -> str:
    """A sentence about a process that has left no record."""
    how = f"signal {-code}" if code < 0 else f"code {code}"
    told = f" It said: {said}" if code == 1 and said.startswith("fusionviewer: An error of the program") else ""
    why = ", perhaps for lack of memory" if code in {-9, 137} else ""
    return f"The program ended unexpectedly ({how}{why}). Run batch again with --resume.{told}"
