from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionviewer.process import log
from fusionviewer.process.faults import FaultFile

CRASH = """
import ctypes, os, sys
from pathlib import Path
from fusionviewer.process.faults import FaultFile
from fusionviewer.process.workers import Worker
faults = FaultFile.open(Path(sys.argv[1]), os.getpid())
Worker(lambda: ctypes.string_at(0), "native").start()
"""


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Path]:
    """A folder for the log of this test."""
    log.begin("test", tmp_path)
    yield tmp_path
    log.begin("", None)


def test_the_next_process_enters_a_crash_into_the_log(where: Path) -> None:
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(where)], capture_output=True, timeout=60, check=False)
    assert crashed.returncode not in (0, 1)
    (left,) = where.glob("fault-*.txt")
    assert left.read_bytes()
    faults = FaultFile.open(where, 0)
    assert faults is not None
    faults.close()
    text = (where / log.NAME).read_text("utf-8")
    assert "An earlier process crashed" in text
    assert "fusionviewer/" in text or "python/" in text
    assert str(where) not in text
    assert not list(where.glob("fault-*"))


def test_the_file_of_a_running_process_stays(where: Path) -> None:
    first = FaultFile.open(where, 1)
    second = FaultFile.open(where, 2)
    assert first is not None
    assert second is not None
    assert len(list(where.glob("fault-*"))) == 2
    second.close()
    first.close()
    assert not (where / log.NAME).exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert FaultFile.open(tmp_path / "file", 1) is None
