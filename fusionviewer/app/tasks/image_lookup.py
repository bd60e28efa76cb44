"""What takes a while to find out about an image, found out once for each and behind the scenes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QObject

from fusionviewer.app.tasks.background import Background
from fusionviewer.errors import FusionError
from fusionviewer.imaging.volume import Volume

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
        self._background: Background[Found | None] = Background("lookup", _POLL_MS, self)

    def get(self, volume: Volume) -> Found | None:
        """What was found; None if nothing was, or not yet."""
        found: Found | None = self._known.get(volume)
        return found

    def ask(self, volume: Volume) -> bool:
        """Whether it is known what there is to find; begin to find out if not."""
        if volume in self._known:
            return True
        if not self._background.busy:
            self._background.start(partial(_found, self._find, volume), partial(self._keep, volume))
        return False

    def _keep(self, volume: Volume, found: Found | None) -> None:
        self._known[volume] = found
        self._told()


def _found(find: Callable[[Volume], Found | None], volume: Volume) -> Found | None:
    try:
        return find(volume)
    except (FusionError, MemoryError, RuntimeError):  # SimpleITK raises the last
        return None
