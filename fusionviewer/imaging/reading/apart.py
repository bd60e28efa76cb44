"""Calls into readers of foreign files, made in a child process that may die in the program's place.

A file that makes a reader crash, hang or take far more memory than its header states costs a sentence. A cancelled call
costs nothing: the child is ended, and another one is made ready for the next.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading import child
from fusionviewer.imaging.reading.allowances import LEAST_PATIENCE_S
from fusionviewer.imaging.reading.handover import handing_over
from fusionviewer.imaging.reading.voxel_store import VoxelStore
from fusionviewer.process import log
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer

T = TypeVar("T")
R = TypeVar("R")

_LOOK_EVERY_S: Final = 0.05
_MOST_IDLE: Final = 2
_TO_START_S: Final = 60.0
_NO_CONSOLE: Final = 0x08000000 if sys.platform == "win32" else 0

_CODE: Final = (
    "import json, sys; store, sys.path[:] = sys.argv[1], json.loads(sys.argv[2]); "
    "from fusionviewer.imaging.reading.child import main; sys.exit(main(store))"
)


class ReaderDied(UnreadableInput):
    """The child process ended, hung, or needed too much memory."""


class _NoChild(Exception):
    """No child process can be had on this machine."""


def apart(function: Callable[..., R], *arguments: object, name: str, then: Callable[[R], T], observer: Observer) -> T:
    """What `then` makes of function(*arguments, observer), which is called in a child process.

    The function is one of a module of the package; arguments and result are pickled. Large arrays of the result lie in
    memory that is gone after `then`, which must copy them. `name` is that of the file, for messages. Raises Cancelled,
    what the function raises of FusionError, and ReaderDied. Where no child process can be had, the call is made here.
    """
    try:
        reader = _pool.get()
    except _NoChild:
        return then(function(*arguments, observer))
    try:
        result = reader.ask(function, arguments, name, then, observer)
    except _NoChild:
        reader.end()
        log.note("No child process can be had: files are read in the program itself.")
        _pool.give_up()
        return then(function(*arguments, observer))
    except UnreadableInput as problem:
        if isinstance(problem, ReaderDied):
            reader.end()
            _pool.get_ready()
        else:
            _pool.put_back(reader)
        raise
    except BaseException:
        if reader.is_resting:
            _pool.put_back(reader)
        else:
            reader.end()
            _pool.get_ready()
        raise
    _pool.put_back(reader)
    return result


def get_ready() -> None:
    """Start a child process now, so that the first file need not wait for it. Returns at once."""
    _pool.get_ready()


class _Reader:
    """A child process, and how it is asked."""

    def __init__(self) -> None:
        self._store = VoxelStore()
        self._turn = 0
        self._ready = False
        self.is_resting = True
        """It waits for a call; False while one goes on, and after one that was left."""
        if getattr(sys, "frozen", False):
            command = [sys.executable, "read-for-parent", self._store.handle]
        else:
            command = [sys.executable, "-c", _CODE, self._store.handle, json.dumps(sys.path)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                pass_fds=self._store.inherited, creationflags=_NO_CONSOLE,
            )  # fmt: skip
        except (OSError, ValueError) as problem:
            self._store.close()
            raise _NoChild from problem

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self,
        function: Callable[..., R],
        arguments: tuple[object, ...],
        name: str,
        then: Callable[[R], T],
        observer: Observer,
    ) -> T:
        """As `apart`. Raises _NoChild where the process does not start."""
        observer.check()
        self._turn += 1
        self.is_resting = False
        assert self._process.stdin is not None
        try:
            here = os.getcwd()
        except OSError:  # it has gone
            here = os.sep
        with suppress(OSError):  # it is dead: the end of its answers tells it
            child.write(self._process.stdin, (function, arguments, here, log.begun()))
        messages: SimpleQueue[Any] = SimpleQueue()
        Worker(lambda: self._listen(messages), "listening to the reader").start()
        heard, patience_s = time.monotonic(), LEAST_PATIENCE_S
        while True:
            observer.check()
            try:
                message = messages.get(timeout=_LOOK_EVERY_S)
            except Empty:
                if time.monotonic() - heard > (patience_s if self._ready else _TO_START_S):
                    raise hangs(name) from None
                continue
            heard = time.monotonic()
            match message:
                case ("progress", fraction, text):
                    patience_s = LEAST_PATIENCE_S
                    observer.report(fraction, text)
                case ("patience", seconds):
                    patience_s = seconds
                case ("ready",):
                    self._ready = True
                case _:
                    return self._ended(message, name, then)

    def _ended(self, message: Any, name: str, then: Callable[[Any], T]) -> T:
        """The result of a turn, or what it raises."""
        if message is None:
            if not self._ready:
                raise _NoChild
            raise _crashed(name)
        self.is_resting = True
        match message:
            case ("done", text, places, nbytes):
                memory = self._store.take(nbytes, self._turn) if places else memoryview(b"")
                try:
                    with handing_over(self._store):
                        return then(pickle.loads(text, buffers=[memory[at : at + n] for at, n in places]))
                finally:
                    self._store.empty()
            case ("problem", problem):
                raise problem
            case ("too much",):
                raise _too_large(name)
            case (_, kind, trace):
                raise RuntimeError(f"{kind} in the child process\n{trace}")
        raise AssertionError(message)

    def _listen(self, messages: SimpleQueue[Any]) -> None:
        """Hand on what the child says until the turn has ended."""
        assert self._process.stdout is not None
        while True:
            try:
                message = child.read(self._process.stdout)
            except (OSError, ValueError, EOFError, pickle.UnpicklingError):
                message = None
            messages.put(message)
            if message is None or message[0] not in {"progress", "patience", "ready"}:
                return

    def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._store.close()


class _Pool:
    """Children that wait, and whether there can be any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Reader] = []
        self._none = False

    def get(self) -> _Reader:
        """A child that waits, or a new one. Raises _NoChild."""
        with self._lock:
            if self._none:
                raise _NoChild
            while self._idle:
                reader = self._idle.pop()
                if reader.is_alive:
                    return reader
                reader.end()
        return _Reader()

    def get_ready(self) -> None:
        """Let one wait."""
        with self._lock:
            if self._none or self._idle:
                return
            with suppress(_NoChild):
                self._idle.append(_Reader())

    def put_back(self, reader: _Reader) -> None:
        with self._lock:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(reader)
                return
        reader.end()

    def give_up(self) -> None:
        """Files are read in the program from now on."""
        self._none = True

    def end(self) -> None:
        """End those that wait."""
        with self._lock:
            for reader in self._idle:
                reader.end()
            self._idle.clear()


_pool: Final = _Pool()
atexit.register(_pool.end)
if hasattr(os, "register_at_fork"):  # a forked process must not share its parent's children
    os.register_at_fork(after_in_child=_pool.__init__)  # type: ignore[misc]


def _crashed(name: str) -> ReaderDied:
    return ReaderDied(
        f"{name} cannot be read: the reader of its format crashed.",
        "The file is damaged, or not what its name says: copy it again, or convert it to NIfTI.",
    )


def hangs(name: str) -> ReaderDied:
    """What is said of a file of which nothing comes any more."""
    return ReaderDied(
        f"{name} cannot be read: there was no progress for {LEAST_PATIENCE_S:.0f} seconds.",
        "If it lies on a network or an external drive, copy it to this computer; else it is damaged.",
    )


def _too_large(name: str) -> ReaderDied:
    return ReaderDied(
        f"{name} needs far more memory than its header states, or than there is.",
        "Close other programs; if that does not help, the file is damaged.",
    )
