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

_silence = threading.RLock()


def run_watched(call: Callable[[], T], observer: Observer) -> T:
    """The result of a call that cannot be interrupted; raises `Cancelled` at most 0.1 s after somebody asked.

    The call runs in a thread of its own, which a cancelled job leaves to end by itself: its result goes nowhere.
    """
    results: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=work, name="reading", daemon=True)
    thread.start()
    while thread.is_alive():
        observer.check()
        thread.join(_LOOK_EVERY_S)
    observer.check()
    if problems:
        raise problems[0]
    return results[0]


@contextmanager
def quietly() -> Iterator[None]:
    """Keep libraries inside ITK from writing to the process's standard error.

    MetaIO and GDCM print there in C++, past every switch that SimpleITK has. Only for calls that report no progress:
    whatever this process writes there meanwhile is lost.
    """
    with _silence:
        try:
            sys.stderr.flush()
            kept = os.dup(2)
        except (OSError, AttributeError, ValueError):  # a windowed program has no standard error
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep pydicom's warnings from the user: what is odd in a header is checked, and said, by us.

    Python's list of filters is one for all threads: another thread's warnings may be lost meanwhile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
