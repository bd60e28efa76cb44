from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fusionviewer.app.tasks.jobs import Failed, JobRunner, Outcome, Stopped, Succeeded
from fusionviewer.errors import BadArgument
from fusionviewer.process import uncaught
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer, Progress


class Log:
    def __init__(self, runner: JobRunner) -> None:
        self.outcomes: list[Outcome] = []
        self.endings = 0
        self.progress: list[Progress] = []
        runner.ended.connect(lambda _: setattr(self, "endings", self.endings + 1))
        runner.progressed.connect(self.progress.append)

    def take(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.cancel()
    assert made.wait_for_threads(10)


def test_a_result_arrives_once_on_this_thread(runner: JobRunner, qtbot: QtBot) -> None:
    log = Log(runner)
    threads: list[threading.Thread] = []

    def take(outcome: Outcome) -> None:
        log.take(outcome)
        threads.append(threading.current_thread())

    runner.start("adding", lambda _: 1 + 1, take)
    assert runner.busy
    qtbot.waitUntil(lambda: not runner.busy)
    qtbot.wait(50)
    assert log.outcomes == [Succeeded(2)]
    assert log.endings == 1
    assert threads == [threading.main_thread()]


@pytest.mark.parametrize("error", [BadArgument("Too few.", "Give more."), ZeroDivisionError("x"), MemoryError()])
def test_an_error_arrives_as_a_sentence(runner: JobRunner, qtbot: QtBot, error: Exception) -> None:
    log = Log(runner)

    def job(_: Observer) -> None:
        raise error

    runner.start("failing", job, log.take)
    qtbot.waitUntil(lambda: not runner.busy)
    (outcome,) = log.outcomes
    assert isinstance(outcome, Failed)
    assert outcome.error.message.endswith(".")
    assert outcome.error.remedy


def test_a_defect_in_a_job_is_reported_like_an_uncaught_exception(
    runner: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[BaseException] = []
    monkeypatch.setattr(uncaught, "report", reported.append)
    for error in (ZeroDivisionError("x"), BadArgument("Too few.", "Give more.")):

        def job(_: Observer, error: Exception = error) -> None:
            raise error

        runner.start("failing", job, lambda _: None)
        qtbot.waitUntil(lambda: not runner.busy)
    assert [type(error) for error in reported] == [ZeroDivisionError]


class _WithoutText(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize("error", [_WithoutText(), SystemExit(3), KeyboardInterrupt()])
@pytest.mark.parametrize("place", ["in the job", "before the job"])
@pytest.mark.parametrize("reports", [True, False])
def test_whatever_is_raised_in_the_thread_the_job_ends(
    runner: JobRunner,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    place: str,
    reports: bool,
) -> None:
    reported: list[BaseException] = []

    def report(error: BaseException) -> None:
        reported.append(error)
        if not reports:
            raise OSError

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(uncaught, "report", report)
    log = Log(runner)
    if place == "before the job":
        runner.prepare = lambda: fail
    runner.start("failing", lambda _: None if place == "before the job" else fail(), log.take)
    qtbot.waitUntil(lambda: not runner.busy)
    (outcome,) = log.outcomes
    assert log.endings == 1
    assert isinstance(outcome, Failed)
    assert type(error).__name__ in outcome.error.message
    assert reported == [error]


def test_a_thread_that_cannot_be_started_ends_the_job_with_a_sentence(
    runner: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    runner.start("first", lambda _: release.wait(10), lambda _: None)
    runner.cancel()

    def refuse(_: Worker) -> None:
        raise RuntimeError("can't start new thread")

    log = Log(runner)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "start", refuse)
        runner.start("without a thread", lambda _: 1, log.take)
    assert log.outcomes == []
    qtbot.waitUntil(lambda: not runner.busy)
    (outcome,) = log.outcomes
    assert isinstance(outcome, Failed)
    assert "no thread" in outcome.error.message
    assert log.endings == 1
    runner.start("next", lambda _: release.is_set(), log.take)
    qtbot.wait(50)
    assert runner.busy, "the thread of the first still runs"
    release.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert log.outcomes[1:] == [Succeeded(True)]


def test_cancel_frees_at_once_and_nothing_arrives_later(runner: JobRunner, qtbot: QtBot) -> None:
    """Even while the job sits in one long call that does not look at its observer."""
    log = Log(runner)
    release = threading.Event()

    def job(observer: Observer) -> str:
        observer.report(0.5, "deep inside")
        release.wait(10)
        return "too late"

    runner.start("stubborn", job, log.take)
    qtbot.waitUntil(lambda: bool(log.progress))
    before = time.perf_counter()
    runner.cancel()
    assert time.perf_counter() - before < 2  # not the ten seconds that the job goes on
    assert not runner.busy
    assert log.outcomes == [Stopped()]
    seen = len(log.progress)
    release.set()
    assert runner.wait_for_threads(10)
    qtbot.wait(300)  # three polls: whatever the thread posted would be here by now
    assert log.outcomes == [Stopped()]
    assert log.endings == 1
    assert len(log.progress) == seen


def test_the_next_job_waits_for_the_thread_of_the_cancelled_one(runner: JobRunner, qtbot: QtBot) -> None:
    release, running = threading.Event(), threading.Event()
    together: list[bool] = []

    def first(_: Observer) -> None:
        running.set()
        release.wait(10)
        running.clear()

    def second(_: Observer) -> None:
        together.append(running.is_set())

    runner.start("first", first, lambda _: None)
    qtbot.waitUntil(running.is_set)
    runner.cancel()
    runner.start("second", second, lambda _: None)
    assert runner.busy
    qtbot.wait(100)
    assert together == []
    release.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert together == [False]


def test_a_job_cancelled_before_it_began_never_begins(runner: JobRunner, qtbot: QtBot) -> None:
    release = threading.Event()
    began: list[int] = []
    runner.start("first", lambda _: release.wait(10), lambda _: None)
    runner.cancel()
    runner.start("second", lambda _: began.append(2), lambda _: None)
    runner.cancel()
    runner.start("third", lambda _: began.append(3), lambda _: None)
    release.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert began == [3]


def test_a_second_job_is_refused_and_the_first_goes_on(runner: JobRunner, qtbot: QtBot) -> None:
    log = Log(runner)
    release = threading.Event()
    runner.start("first", lambda _: release.wait(10), log.take)
    with pytest.raises(RuntimeError, match="first still runs"):
        runner.start("second", lambda _: None, log.take)
    release.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert log.outcomes == [Succeeded(True)]


def test_the_end_of_one_job_may_start_the_next(runner: JobRunner, qtbot: QtBot) -> None:
    log = Log(runner)
    runner.start("one", lambda _: 1, lambda _: runner.start("two", lambda _: 2, log.take))
    qtbot.waitUntil(lambda: bool(log.outcomes))
    assert log.outcomes == [Succeeded(2)]
    assert log.endings == 2
