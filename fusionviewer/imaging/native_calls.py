"""Calls into ITK and pydicom: watched, so that a job can be stopped, and kept from printing to the terminal."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, TextIO, TypeVar

import SimpleITK as sitk

from fusionviewer.errors import BadArgument
from fusionviewer.process import log
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer

T = TypeVar("T")

_LOOK_EVERY_S: Final = 0.05
_USUAL_THREADS: Final = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
_LONGEST_STREAM_NAME: Final = 260
_LONGEST_REMARKS: Final = 64 * 1024

sitk.ProcessObject.GlobalWarningDisplayOff()  # what users must know is said in sentences of our own


def check_name(path: Path) -> None:
    """Raise BadArgument for a path of bytes that are no Unicode text: handed to ITK it ends the whole process."""
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise BadArgument(
            "The name of a file, or of a folder above it, is not Unicode text.",
            "Rename it, or copy it to a folder with a plain name.",
        ) from problem


def name_for_itk(path: Path) -> str:
    """The name by which ITK opens a file that is there: on Windows in the short name of its folder if need be.

    The C++ library's streams hold 259 characters there. A short name is missing where the disk keeps none. That of the
    file itself would lose its ending (.nii.gz becomes .GZ), by which ITK knows its kind.
    """
    name = str(path)
    if sys.platform != "win32" or len(os.path.abspath(name)) < _LONGEST_STREAM_NAME:
        return name
    import ctypes

    room = ctypes.create_unicode_buffer(_LONGEST_STREAM_NAME)
    folder, file = os.path.split(os.path.abspath(name))
    taken = ctypes.windll.kernel32.GetShortPathNameW("\\\\?\\" + folder, room, _LONGEST_STREAM_NAME)
    short = os.path.join(room.value.removeprefix("\\\\?\\"), file)
    return short if 0 < taken < _LONGEST_STREAM_NAME and len(short) < _LONGEST_STREAM_NAME else name


def use_threads(number: int) -> None:
    """Let calls into ITK that begin from now on use so many threads; 0: as many as ITK chooses by itself, all cores.

    What they give does not depend on it.
    """
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(number or _USUAL_THREADS)


def run_watched(call: Callable[[], T], observer: Observer, look: Callable[[], object] = lambda: None) -> T:
    """The result of a call that cannot be interrupted; raises `Cancelled` at most 0.1 s after a cancellation.

    The call runs in a thread of its own, which a cancelled job leaves to end by itself: its result goes nowhere. So
    does one for which `look`, called now and then, raises something.
    """
    results: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as problem:
            problems.append(problem)

    thread = Worker(work, "reading")
    thread.start()
    try:
        while thread.is_alive():
            observer.check()
            look()
            thread.join(_LOOK_EVERY_S)
        observer.check()
    except BaseException:
        _remarks.end_for_all()  # the abandoned call may go on for a while: others have something to say
        raise
    if problems:
        raise problems[0]
    return results[0]


class _Remarks:
    """What is printed to the process's standard error as long as a call asks for it: kept, and noted at the end.

    Python's own messages still come out: for so long `sys.stderr` writes to where the standard error was.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: set[object] = set()
        self._kept: int | None = None
        self._file: IO[bytes] | None = None

    def begin(self, token: object) -> int:
        """Keep what comes; returns how many bytes had come before."""
        with self._lock:
            self._asking.add(token)
            if self._kept is None:
                self._divert()
            return 0 if self._file is None else os.fstat(self._file.fileno()).st_size

    def since(self, begin: int) -> str:
        """What has come after so many bytes."""
        with self._lock:
            if self._file is None:
                return ""
            file = self._file.fileno()
            place = os.lseek(file, 0, os.SEEK_CUR)  # where the libraries go on
            os.lseek(file, begin, os.SEEK_SET)
            try:
                return os.read(file, _LONGEST_REMARKS).decode("utf-8", "replace")
            finally:
                os.lseek(file, place, os.SEEK_SET)

    def _divert(self) -> None:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `_restore`
        except (OSError, ValueError):  # no standard error (a windowed program), or no room for a file
            return
        try:
            self._kept = os.dup(2)
        except OSError:
            file.close()
            return
        os.dup2(file.fileno(), 2)
        self._file = file
        with suppress(io.UnsupportedOperation):  # a stream in memory has no descriptor, and needs none
            if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr.fileno() == 2:
                sys.stderr = _Past(self, sys.stderr)

    def end(self, token: object) -> None:
        with self._lock:
            self._asking.discard(token)
            if not self._asking:
                self._restore()

    def end_for_all(self) -> None:
        with self._lock:
            self._asking.clear()
            self._restore()

    def write_past(self, text: str, usual: TextIO) -> None:
        """Write to where the standard error really goes."""
        with self._lock:
            if self._kept is not None:
                os.write(self._kept, text.encode(usual.encoding, "backslashreplace"))
                return
        usual.write(text)

    def _restore(self) -> None:
        if self._kept is None or self._file is None:
            return
        if isinstance(sys.stderr, _Past):
            sys.stderr = sys.stderr.usual
        os.dup2(self._kept, 2)
        os.close(self._kept)
        self._file.seek(0)
        remarks = self._file.read(_LONGEST_REMARKS).decode("utf-8", "replace")
        self._file.close()
        self._kept = self._file = None
        log.note_remark(remarks)


class _Past(io.TextIOBase):
    """Python's standard error for as long as the process's own is kept."""

    def __init__(self, remarks: _Remarks, usual: TextIO) -> None:
        super().__init__()
        self.usual = usual
        self._remarks = remarks

    def write(self, text: str) -> int:
        self._remarks.write_past(text, self.usual)
        return len(text)


_remarks: Final = _Remarks()


@contextmanager
def remarks_kept() -> Iterator[Callable[[], str]]:
    """Keep libraries inside ITK from writing to the process's standard error; what they write goes to the log.

    MetaIO and GDCM print there in C++, past every switch that SimpleITK has. Gives a function that returns what was
    written since, by this thread or another.
    """
    token = object()
    begin = _remarks.begin(token)
    try:
        yield lambda: _remarks.since(begin)
    finally:
        _remarks.end(token)


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep pydicom's warnings from the user: what is odd in a header is checked, and said, by us.

    Python's list of filters is one for all threads: another thread's warnings may be lost meanwhile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
