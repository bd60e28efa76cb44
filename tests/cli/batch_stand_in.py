"""`fusionviewer batch` with a registration that takes a moment and looks at no image, for tests of all around it.

A row whose fixed image is called `crash` ends its process, with `bad` it is refused, with `full` and `large` disk and
memory do not suffice. Each row that is begun adds a line to `begun.txt` in the folder of the results.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from fusionviewer.cli import main, terminal
from fusionviewer.cli.batch_run import one_row, processes
from fusionviewer.cli.batch_run.table import TableRow, register_arguments
from fusionviewer.cli.terminal import Terminal
from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.quality.batch.records import MADE, RowRecord

SECONDS = float(os.environ.get("STAND_IN_SECONDS", "0.05"))


def stand_in(row: TableRow, folder: Path, record: RowRecord, said: Terminal) -> RowRecord:
    register_arguments(row, folder)
    name = os.path.basename(row.path("fixed"))
    with (folder.parent / "begun.txt").open("a") as begun:
        begun.write(f"{row.id}\n")
    if name == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "full":
        raise CannotWrite(f"{folder / MADE[-1]} cannot be written: the disk is full.", "Make room.")
    if name == "large":
        raise MemoryError
    if name == "bad":
        raise UnreadableInput(f"{row.path('fixed')} is damaged.", "Copy it again.")
    for step in range(10):
        said.observer.report(step / 10, "Registering")
        time.sleep(SECONDS / 10)
    for made in MADE:
        (folder / made).write_bytes(b"")
    (folder / MADE[0]).unlink()
    return replace(record, outcome="done", verdict="fine", expected_p95_mm=0.7, reasons=())


if __name__ == "__main__":
    setattr(one_row, "_done", stand_in)  # noqa: B010 - a private name, which mypy would not let through
    setattr(terminal, "_PLAIN_LINE_EVERY_S", 0.1)  # noqa: B010
    setattr(processes, "own_command", lambda: [sys.executable, __file__])  # noqa: B010
    sys.exit(main.run(sys.argv[1:]))
