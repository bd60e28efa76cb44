"""Progress on standard error: one rewriting line on a terminal, a line now and then in a log."""

from __future__ import annotations

import io
import signal
import sys
import threading
import time

import pytest

from fusionviewer.cli.terminal import Terminal, interruptible, labelled


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_screen_sees_one_line_that_rewrites_itself(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    terminal = Terminal()
    terminal.observer.report(0.1, "a long piece of work")
    clock[0] += 0.05
    terminal.observer.report(0.2, "too soon")
    clock[0] += 0.05
    terminal.observer.report(0.5, "short")
    terminal.done()
    text = screen.getvalue()
    assert "\n" not in text
    assert "too soon" not in text
    lines = text.split("\r")
    assert lines[1] == " 10 %  a long piece of work"
    assert lines[2].rstrip() == " 50 %  short"
    assert len(lines[2]) == len(lines[1])  # the longer line before it is covered
    assert lines[-1] == ""


def test_a_warning_does_not_stick_to_the_progress(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    terminal = Terminal()
    terminal.observer.report(0.1, "work")
    terminal.say("look out")
    assert screen.getvalue().endswith("\rlook out\n")


def test_a_log_sees_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    terminal = Terminal()
    for step in range(100):
        terminal.observer.report(step / 100, f"slice {step}")
        clock[0] += 0.1
    lines = log.getvalue().splitlines()
    assert lines[0] == "  0 %  slice 0"
    assert 3 <= len(lines) <= 5
    assert "\r" not in log.getvalue()


def test_results_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().result("a result")
    assert capsys.readouterr() == ("a result\n", "")


def test_a_program_without_standard_error_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    terminal = Terminal()
    terminal.observer.report(0.5, "work")
    terminal.say("unheard")


def test_a_label_stands_for_all_texts(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    labelled(Terminal().observer.part(0.5, 1.0), "Registering").report(0.5, "8 mm")
    assert log.getvalue() == " 75 %  Registering\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_block_and_everything_that_watches(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    cancelled = threading.Event()

    def work() -> None:
        with interruptible(cancelled):
            signal.raise_signal(number)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert cancelled.is_set()
    assert signal.getsignal(number) is before


def test_a_second_signal_does_not_disturb_the_cleaning_up() -> None:
    cleaned = []

    def work() -> None:
        with interruptible(threading.Event()):
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                signal.raise_signal(signal.SIGINT)
                cleaned.append(True)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert cleaned == [True]
