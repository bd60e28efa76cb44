"""What takes a while to find out about an image, found out once for each and behind the scenes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QObject, QTimer

from fusionviewer.errors import FusionError
from fusionviewer.imaging.volume import Volume
from fusionviewer.process.workers import Worker

_POLL_MS: Final = 30

Found = TypeVar("Found")


class Lookup(QObject, Generic[Found]):
    """Finds something out about one image at a time, in a thread, beside whatever job runs.

    `find` gives it for a volume, or None, or raises a FusionError if there is nothing to find; `told` is called on this
    thread after each. A caller that asks for another image meanwhile asks again when told.
    """

    def __init__(self, find: Callable[[Volume], Found | None], told: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._find = find
        self._told = told
        self._known: WeakKeyDictionary[Volume, Any] = WeakKeyDictionary()
        self._search: _Search | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def get(self, volume: Volume) -> Found | None:
        """What was found; None if nothing was, or not yet."""
        found: Found | None = self._known.get(volume)
        return found

    def ask(self, volume: Volume) -> bool:
        """Whether it is known what there is to find; begin to find out if not."""
        if volume in self._known:
            return True
        if self._search is None:
            self._search = _Search(volume, self._find)
            self._timer.start()
        return False

    def _poll(self) -> None:
        search = self._search
        if search is not None and not search.thread.is_alive():
            self._search = None
            self._timer.stop()
            self._known[search.volume] = search.found
            self._told()


class _Search:
    """One image looked at in a thread, which need not be waited for: it only writes its own `found`."""

    def __init__(self, volume: Volume, find: Callable[[Volume], object]) -> None:
        self.volume = volume
        self.found: object = None
        self._find = find
        self.thread = Worker(self._work, "lookup")
        self.thread.start()

    def _work(self) -> None:
        try:
            self.found = self._find(self.volume)
        except (FusionError, MemoryError, RuntimeError):  # SimpleITK raises the last
            self.found = None
