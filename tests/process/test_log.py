from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionviewer.process import log


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Path]:
    """A folder for the log of this test."""
    log.begin("test", tmp_path / "logs")
    yield tmp_path / "logs"
    log.begin("", None)


def test_it_lies_in_the_platforms_folder() -> None:
    assert log.folder().name.lower() in {"log", "logs"}
    assert "fusionviewer" in log.folder().parts


def test_without_a_beginning_nothing_is_written(where: Path) -> None:
    log.begin("")
    log.note("Started")
    assert not where.exists()


def test_entries_are_lines_with_time_and_part(where: Path) -> None:
    log.note("Started")
    log.note_error("Autosave failed", OSError(13, "no", "/data/smith"))
    log.note_remark("cannot open /data/smith")
    text = (where / log.NAME).read_text("utf-8")
    assert " test " in text
    assert text.count("\n") == 3
    assert "smith" not in text
    assert "PermissionError" in text
    assert "cannot open …" in text


def test_the_same_again_is_counted_instead_of_written(where: Path) -> None:
    for _ in range(1000):
        log.note("Again")
    lines = (where / log.NAME).read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert [words in line for words, line in zip(("", "(10 ", "(100 ", "(1000 "), lines, strict=True)] == [True] * 4


def test_it_rotates_by_size_and_keeps_few(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST_BYTES", 1000)
    for number in range(100):
        log.note(f"Entry {number} " + "x" * 100)
    files = sorted(path.name for path in where.iterdir())
    assert files == [log.NAME, *(f"{log.NAME}.{number}" for number in range(1, log.KEPT + 1))]
    assert all(path.stat().st_size <= 1000 for path in where.iterdir())
    assert "Entry 99" in (where / log.NAME).read_text("utf-8")
    newest, older = ((where / f"{log.NAME}.{n}").read_text("utf-8") for n in (1, 2))
    assert newest.split("Entry ")[1].split()[0] > older.split("Entry ")[1].split()[0]


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    log.begin("test", tmp_path / "file" / "logs")
    log.note("Started")
    log.begin("")


DYING = """
import sys, time
from pathlib import Path
from fusionviewer.process import log, uncaught

class Dying:
    def __del__(self):
        raise ValueError("in a destructor")

def strftime(*args, real=time.strftime):  # stands for the garbage collector, which may choose this moment
    dying.clear()
    return real(*args)

dying = [Dying()]
log.begin("test", Path(sys.argv[1]))
uncaught.install()
log.time.strftime = strftime
log.note("first")
log.note("last")
"""


def test_a_destructor_that_raises_while_an_entry_is_written_is_entered_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    entries = [line for line in (tmp_path / log.NAME).read_text("utf-8").splitlines() if " test " in line]
    for words, entry in zip(("first", "Uncaught ValueError", "last"), entries, strict=True):
        assert words in entry


def test_what_another_thread_notes_meanwhile_is_not_lost(where: Path) -> None:
    notes = [f"{name} {number}" for name in "abcd" for number in range(40)]

    def note_all(name: str) -> None:
        for number in range(40):
            log.note(f"{name} {number}")

    threads = [threading.Thread(target=note_all, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (where / log.NAME).read_text("utf-8").splitlines()
    assert sorted(line.rpartition(": ")[2] for line in lines) == sorted(notes)
