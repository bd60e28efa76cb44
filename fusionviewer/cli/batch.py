"""`fusionviewer batch`: register, check and report many pairs, and say which of them need a look."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.batch_run import OVERVIEW, RESULTS
from fusionviewer.errors import BadArgument

if TYPE_CHECKING:
    from fusionviewer.cli.batch_run.table import TableRow
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.quality.batch.records import BatchFolder, RowRecord

EXIT_NOT_ALL: Final = 5
_INTERRUPTED: Final = 130
_LOCK: Final = ".batch.lock"
_MOST_JOBS: Final = 64


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "batch",
        help="register, check and report many pairs, and say which need a look",
        description=f"Register, check and report each line of a table, in a process of its own. Ends with "
        f"DIR/{OVERVIEW}, worst first, and DIR/{RESULTS}. Exit codes: 0 all are done, 5 some are not, 2 the table or "
        "the folder cannot be used.",
    )
    parser.add_argument(
        "table", metavar="TABLE.csv", type=Path,
        help="a line for each pair, with the columns fixed and moving (relative to the table), and id, start … if "
        "wanted",
    )  # fmt: skip
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the results; made if needed")
    parser.add_argument("--jobs", metavar="N", help="rows at once (default: half as many as there are cores)")
    parser.add_argument(
        "--resume", action="store_true", help="do what is left: rows that are not done, or whose files have changed"
    )
    parser.add_argument("--row", metavar="ID", help="do this row alone, as each is done in a process of its own")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the table, do its rows, tell. Raises FusionError about table and folder, never about a row."""
    from fusionviewer.cli.batch_run.table import read_table

    table = read_table(args.table)
    jobs = _jobs(args.jobs)
    return _alone(args, table) if args.row is not None else _all(args, table, jobs)


def _jobs(text: str | None) -> int:
    """How many rows are done at once. A registration uses several cores itself."""
    if text is None:
        return max(1, (os.cpu_count() or 1) // 2)
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_JOBS:
        raise BadArgument(f"--jobs “{text}” is no number of rows.", f"Give a number from 1 to {_MOST_JOBS}.")
    return int(text)


def _alone(args: argparse.Namespace, table: Sequence[TableRow]) -> int:
    """Do one row here. It ends as soon as what listens to it is gone."""
    from fusionviewer.cli.batch_run.one_row import do_row
    from fusionviewer.quality.batch.records import LIST, row_record, save_list

    terminal: Terminal = args.terminal
    row = next((one for one in table if one.id == args.row), None)
    if row is None:
        raise BadArgument(f"{args.table.name} has no row “{args.row}”.", f"There are: {_some(table)}.")
    _make(args.out)
    if not os.path.isfile(args.out / LIST):
        save_list(args.out, [one.id for one in table])
    terminal.end_unheard = True
    record = do_row(row, args.out, terminal)
    terminal.done()
    told = json.dumps(row_record(record), indent=1, ensure_ascii=False, allow_nan=False)
    terminal.result(told if args.json else f"{record.id}: {record.sentence or record.verdict}")
    return 0 if record.outcome == "done" else EXIT_NOT_ALL


def _some(table: Sequence[TableRow]) -> str:
    names = [row.id for row in table[:8]]
    return ", ".join(names if len(table) <= 8 else [*names, "…"])


def _all(args: argparse.Namespace, table: Sequence[TableRow], jobs: int) -> int:
    from fusionviewer.cli.batch_run.one_row import is_done
    from fusionviewer.process.locks import HeldLock
    from fusionviewer.quality.batch.records import load_batch, load_row, save_list

    terminal: Terminal = args.terminal
    begun = time.monotonic()
    _check_folder(args.out, args.resume)
    _make(args.out)
    lock = HeldLock.take(args.out / _LOCK)
    if lock is None:
        raise BadArgument(f"Another batch is at work in {args.out}.", "Wait for it, or choose another folder.")
    try:
        save_list(args.out, [row.id for row in table])
        left = [row for row in table if not is_done(row, args.out, load_row(args.out, row.id))]
        if not _worked(args, left, jobs):
            return _INTERRUPTED
        batch = load_batch(args.out.absolute())
        _write(batch)
    finally:
        lock.release()
    terminal.done()
    seconds = time.monotonic() - begun
    terminal.result(_json(batch, len(left), seconds) if args.json else _text(batch, args.out, len(left), seconds))
    return 0 if all(row.outcome == "done" for row in batch.rows) else EXIT_NOT_ALL


def _check_folder(out: Path, resume: bool) -> None:
    """Refuse a folder whose content is none of this batch's."""
    from fusionviewer.quality.batch.records import LIST

    if not os.path.isdir(out) or not any(out.iterdir()):
        return
    if not os.path.isfile(out / LIST):
        raise BadArgument(f"{out} holds other files.", "Choose an empty folder, or a new one.")
    if not resume:
        raise BadArgument(
            f"{out} holds the results of a batch.", "Give --resume to do what is left, or choose another folder."
        )


def _make(out: Path) -> None:
    from fusionviewer.imaging.whole_files import cannot_write

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise cannot_write(out, problem) from problem


def _worked(args: argparse.Namespace, left: Sequence[TableRow], jobs: int) -> bool:
    """Do what is left; False if it was interrupted, which is said."""
    from fusionviewer.cli.batch_run.processes import RowProcesses
    from fusionviewer.errors import Cancelled

    terminal: Terminal = args.terminal
    done: list[RowRecord] = []

    def tell(record: RowRecord) -> None:
        done.append(record)
        terminal.say(f"{record.id}: {record.sentence or record.verdict}")

    try:
        RowProcesses(args.table.absolute(), args.out.absolute(), jobs, tell).run(left, terminal.observer)
    except (Cancelled, KeyboardInterrupt):
        terminal.done()
        terminal.say(
            f"fusionviewer: interrupted; {len(done)} of {len(left)} rows were done. Go on with the same line and "
            "--resume."
        )
        return False
    return True


def _write(batch: BatchFolder) -> None:
    """The overview and the table of results. Raises CannotWrite."""
    from fusionviewer.imaging.whole_files import written_whole
    from fusionviewer.quality.batch.overview import overview_html
    from fusionviewer.quality.batch.results_csv import results_csv

    for name, text in ((RESULTS, results_csv(batch)), (OVERVIEW, overview_html(batch))):
        with written_whole(batch.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")


def _text(batch: BatchFolder, out: Path, worked: int, seconds: float) -> str:
    found = Counter(row.verdict if row.outcome == "done" else "without a result" for row in batch.rows)
    told = ", ".join(f"{found[word]} {word}" for word in ("fine", "look", "wrong", "without a result") if found[word])
    before = "" if worked == len(batch.rows) else f" ({len(batch.rows) - worked} done before)"
    rows = "1 row" if len(batch.rows) == 1 else f"{len(batch.rows)} rows"
    lines = [f"{rows} in {seconds:.0f} s{before}: {told}."]
    lines += [f"  {row.id}: {row.sentence}" for row in batch.rows if row.outcome != "done"]
    overview, results = str(out / OVERVIEW), str(out / RESULTS)
    lines += ["Written:", f"  {overview}  every row, worst first", f"  {results:<{len(overview)}}  for a spreadsheet"]
    lines.append("Look at the fused images before you rely on them. Not a medical device.")
    return "\n".join(lines)


def _json(batch: BatchFolder, worked: int, seconds: float) -> str:
    from fusionviewer.quality.batch.records import row_record
    from fusionviewer.version import __version__

    facts = {
        "rows": [row_record(row) for row in batch.rows],
        "done": sum(row.outcome == "done" for row in batch.rows),
        "worked": worked,
        "seconds": round(seconds, 2),
        "version": __version__,
    }
    return json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
