"""Calls into ITK and pydicom: watched, so that a job can be stopped, and kept from printing."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import SimpleITK as sitk

from fusionviewer.progress import Observer

T = TypeVar("T")

_LOOK_EVERY_S: Final = 0.05

sitk.ProcessObject.GlobalWarningDisplayOff()  # what users must know is said in sentences of our own


def run_watched(call: Callable[[], T], observer: Observer) -> T:
    """The result of a call that cannot be interrupted; raises `Cancelled` at most 0.1 s after somebody asked.

    The call runs in a thread of its own, which a cancelled job leaves to end by itself: its result goes nowhere. Not a
    daemon: Python, when it closes, would tear it out of ITK's code, and the process would crash.
    """
    results: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=work, name="reading")
    thread.start()
    try:
        while thread.is_alive():
            observer.check()
            thread.join(_LOOK_EVERY_S)
        observer.check()
    except BaseException:
        _silence.end_for_all()  # the abandoned call may go on for a while: others have something to say
        raise
    if problems:
        raise problems[0]
    return results[0]


class _Silence:
    """The process's standard error, turned to nowhere as long as somebody asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: set[object] = set()
        self._kept: int | None = None

    def begin(self, token: object) -> None:
        with self._lock:
            self._asking.add(token)
            if self._kept is not None:
                return
            try:
                if sys.stderr is not None:
                    sys.stderr.flush()
                kept = os.dup(2)
            except OSError:  # a windowed program has no standard error
                return
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            self._kept = kept

    def end(self, token: object) -> None:
        with self._lock:
            self._asking.discard(token)
            if not self._asking:
                self._restore()

    def end_for_all(self) -> None:
        with self._lock:
            self._asking.clear()
            self._restore()

    def _restore(self) -> None:
        if self._kept is not None:
            os.dup2(self._kept, 2)
            os.close(self._kept)
            self._kept = None


_silence: Final = _Silence()


@contextmanager
def quietly() -> Iterator[None]:
    """Keep libraries inside ITK from writing to the process's standard error.

    MetaIO and GDCM print there in C++, past every switch that SimpleITK has. Only for calls that report no progress:
    whatever this process writes there meanwhile is lost.
    """
    token = object()
    _silence.begin(token)
    try:
        yield
    finally:
        _silence.end(token)


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep pydicom's warnings from the user: what is odd in a header is checked, and said, by us.

    Python's list of filters is one for all threads: another thread's warnings may be lost meanwhile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
