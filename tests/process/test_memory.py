"""How much memory there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusionviewer.process import memory


def test_there_is_some_memory_and_not_more_than_a_machine_has() -> None:
    free = memory.available_bytes()
    assert free is not None
    assert 10_000_000 < free < 10**14


@pytest.mark.skipif("sys.platform == 'win32'")
def test_linux_tells_it_in_kib_and_others_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:  9 kB\nMemAvailable:    2048 kB\n")
    monkeypatch.setattr(memory, "_TOLD_BY_LINUX", told)
    assert memory.available_bytes() == 2 * 1024 * 1024
    told.write_text("nothing of the kind")
    free = memory.available_bytes()
    assert free is not None
    assert free > 10_000_000
