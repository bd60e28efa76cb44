"""One row of a batch: registered, checked and reported, in the process that does nothing else."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fusionviewer.cli.batch_run.table import TableRow, register_arguments, row_words
from fusionviewer.errors import CannotWrite, FusionError
from fusionviewer.imaging.whole_files import cannot_write, written_whole
from fusionviewer.quality.batch.records import (
    MADE,
    NUMBERS,
    RECORD,
    REPORT,
    THUMBNAIL,
    Outcome,
    RowRecord,
    record_of_report,
    save_row,
)
from fusionviewer.version import __version__

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


_TOO_LARGE: Final = "The images do not fit into memory. Use coarser images, or --resume with a smaller --jobs."


def do_row(row: TableRow, out: Path, terminal: Terminal) -> RowRecord:
    """What became of a row, as its record in `out`/id tells it; that is written last.

    What is wrong with the row is a sentence in the record. Raises CannotWrite, Cancelled.
    """
    begun = time.monotonic()
    clear_row(out / row.id)
    record = RowRecord(row.id, "refused", done_for=row.digest(), program=__version__)
    try:
        record = _done(row, out / row.id, record, terminal)
    except FusionError as problem:
        clear_row(out / row.id)
        outcome: Outcome = "died" if isinstance(problem, CannotWrite) else "refused"  # that is not the row's fault
        record = replace(record, outcome=outcome, sentence=row_words(row, str(problem)))
    except MemoryError:
        clear_row(out / row.id)
        record = replace(record, outcome="died", sentence=_TOO_LARGE)
    record = replace(record, seconds=round(time.monotonic() - begun, 2))
    save_row(out, record)
    return record


def clear_row(folder: Path) -> None:
    """Make the folder of a row, and take away what an earlier run has left in it. Raises CannotWrite."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RECORD).unlink(missing_ok=True)  # first: without it nothing here counts
        for path in (*(folder / name for name in MADE), *folder.glob(".*.part*")):
            path.unlink(missing_ok=True)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem


def is_done(row: TableRow, out: Path, record: RowRecord | None) -> bool:
    """Whether a record tells of this very row and its files, and what it tells of is there."""
    if record is None or record.outcome == "died" or record.done_for != row.digest():
        return False
    return record.outcome == "refused" or all(os.path.isfile(out / row.id / name) for name in MADE)


def _done(row: TableRow, folder: Path, record: RowRecord, terminal: Terminal) -> RowRecord:
    """The record of a row that could be done; all its other files are written."""
    from fusionviewer.cli.main import parsed
    from fusionviewer.cli.register import register_into_folder
    from fusionviewer.cli.report import write_report
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.quality.batch.thumbnail import thumbnail_jpeg
    from fusionviewer.quality.report.facts import report_of

    observer = terminal.observer
    args = parsed(register_arguments(row, folder))
    args.terminal = terminal
    state, _ = register_into_folder(args, observer.part(0.0, 0.5))
    mask = None if state.region is None else state.region.mask
    report = report_of(
        state,
        mask_fingerprint="" if mask is None else mask.fingerprint_on_disk,
        observer=labelled(observer.part(0.5, 0.95), "Reporting"),
    )
    for name in (NUMBERS, REPORT):
        write_report(report, folder / name, observer)
    with written_whole(folder / THUMBNAIL, observer) as temporary:
        temporary.write_bytes(thumbnail_jpeg(state, observer.part(0.95, 1.0)))
    return record_of_report(record, report.record)
