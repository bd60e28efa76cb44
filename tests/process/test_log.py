from __future__ import annotations

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
