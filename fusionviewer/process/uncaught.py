"""The one place that exceptions reach which nothing in the program expected."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from fusionviewer.process import log, redaction

TELL_AGAIN_AFTER_S: Final = 60.0
"""The same exception is told once in so long, however often it is raised: a paint event may raise it at each frame."""

_DIFFERENT_KEPT: Final = 100
_FRAMES_NEEDED: Final = 100
"""How many calls deep logging and telling go at most, with the imports that the first entry of the log needs."""


@dataclass(frozen=True)
class Problem:
    """An uncaught exception, as it may be told: without its text."""

    sentence: str
    details: str
    """For a report: versions, type, places."""


class _Uncaught:
    """Holds no lock: a destructor that raises leads here from between any two lines, also of this class."""

    def __init__(self) -> None:
        self._told_at: dict[str, float] = {}
        self._telling = threading.local()
        self._tell: Callable[[Problem], None] | None = None

    def listen(self, tell: Callable[[Problem], None] | None) -> None:
        self._tell, self._told_at = tell, {}

    def take(self, error: BaseException) -> None:
        text = redaction.described(error)
        log.note(f"Uncaught {text}")
        if getattr(self._telling, "now", False) or not self._is_due(text):
            return
        self._telling.now = True
        try:
            if self._tell is not None:
                self._tell(_problem(error, text))
        except Exception as another:  # what tells of exceptions must not raise one that leads here again
            log.note_error("An exception could not be told", another)
        finally:
            _print(f"uncaught {text}")
            self._telling.now = False

    def _is_due(self, text: str) -> bool:
        now = time.monotonic()
        last = self._told_at.get(text)
        if last is not None and now - last < TELL_AGAIN_AFTER_S:
            return False
        self._told_at.pop(text, None)
        self._told_at[text] = now
        for oldest in list(self._told_at)[:-_DIFFERENT_KEPT]:
            self._told_at.pop(oldest, None)
        return True


_uncaught: Final = _Uncaught()


def install(tell: Callable[[Problem], None] | None = None) -> None:
    """Let uncaught exceptions of all threads, slots and destructors be logged and told; the program goes on.

    `tell` is called in the thread that raised, at most once a minute for the same exception. Call it after other
    libraries were imported: pyqtgraph installs a hook as well. PyQt6 ends the process at an exception in a slot unless
    `sys.excepthook` is replaced.
    """
    _uncaught.listen(tell)
    sys.excepthook = _from_python
    threading.excepthook = _from_thread
    sys.unraisablehook = _from_destructor


def report(error: BaseException) -> None:
    """Take an exception that was caught only so that the program can go on: it is a defect like an uncaught one."""
    _uncaught.take(error)


def take_missed() -> None:
    """Take the exception that was raised so deep that no hook could run. To be called now and then by the event loop.

    Slots that call each other without end raise it: each ends without an exception for the one that called it, so that
    there is no other place where it is seen.
    """
    error = getattr(sys, "last_value", None)  # Python puts it there before it calls the hook, which takes it away
    if isinstance(error, BaseException):
        _from_python(type(error), error, None)


def _from_python(kind: type[BaseException], error: BaseException, trace: object) -> None:
    if not _has_room():
        return  # to `take_missed`
    if isinstance(error, KeyboardInterrupt):
        _print(redaction.described(error))
    else:
        _uncaught.take(error)
    _let_go(error)


def _from_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught.take(args.exc_value)
        _let_go(args.exc_value)


def _from_destructor(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is None:
        return
    if _has_room():
        _uncaught.take(args.exc_value)
    else:
        sys.last_value = args.exc_value  # for `take_missed`


def _has_room() -> bool:
    """Whether the stack has room for what an exception needs to be logged and told."""

    def go(frames: int) -> None:
        if frames:
            go(frames - 1)

    try:
        go(_FRAMES_NEEDED)
    except RecursionError:
        return False
    return True


def _print(text: str) -> None:
    """Say something on the terminal, if there is one. Raises nothing: its reader may have gone."""
    if sys.stderr is not None:
        with suppress(Exception):
            print(f"fusionviewer: {text}", file=sys.stderr)


def _let_go(error: BaseException) -> None:
    """Free what the frames hold: a painter that lives on in them stops Qt from painting, an image fills the memory."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    traceback.clear_frames(error.__traceback__)


def _problem(error: BaseException, text: str) -> Problem:
    where = redaction.innermost(error)
    place = f" in {where}" if where else ""
    return Problem(
        f"An error of the program, not yours: {type(error).__name__}{place}; what you made is still here, save it.",
        f"{log.environment()}\n{text}\n",
    )
