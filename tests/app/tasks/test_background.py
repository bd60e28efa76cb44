"""Work in a thread of its own, one piece after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fusionviewer.app.tasks.background import Background


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background[int]]:
    parent = QObject()
    yield Background("counting", 1, parent)
    parent.deleteLater()


def test_what_is_found_comes_back_to_this_thread(background: Background[int], qtbot: QtBot) -> None:
    main, seen = threading.current_thread(), []
    worked_in: list[threading.Thread] = []

    def work() -> int:
        worked_in.append(threading.current_thread())
        return 7

    background.start(work, lambda found: seen.append((found, threading.current_thread() is main, background.busy)))
    assert background.busy
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(7, True, False)]  # it may begin the next one at once
    assert worked_in[0] is not main


def test_one_piece_at_a_time_and_the_end_of_one_may_begin_the_next(background: Background[int], qtbot: QtBot) -> None:
    may_end, seen = threading.Event(), list[int | None]()

    def wait() -> int:
        assert may_end.wait(30)
        return 1

    def then(found: int | None) -> None:
        seen.append(found)
        background.start(lambda: 2, seen.append)

    background.start(wait, then)
    with pytest.raises(RuntimeError, match="one piece of work"):
        background.start(lambda: 3, seen.append)
    may_end.set()
    qtbot.waitUntil(lambda: seen == [1, 2])
    assert not background.busy


def test_work_that_is_cut_off_finds_nothing(background: Background[int], qtbot: QtBot) -> None:
    seen: list[int | None] = []
    told: list[object] = []
    before, threading.excepthook = threading.excepthook, told.append
    try:
        background.start(lambda: 1 // 0, seen.append)
        qtbot.waitUntil(lambda: bool(seen))
    finally:
        threading.excepthook = before
    assert seen == [None]
    assert len(told) == 1
