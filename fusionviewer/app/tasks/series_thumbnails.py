"""Small pictures of the series of a folder, made one after the other behind the scenes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.imaging.dicom.series_choice import SeriesKey
from fusionviewer.imaging.readers import middle_slice
from fusionviewer.process import uncaught
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer
from fusionviewer.rendering.thumbnail import slice_thumbnail

if TYPE_CHECKING:  # loads pydicom, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesEntry

_POLL_MS: Final = 40


class SeriesThumbnails(QObject):
    """Makes a picture (pixels, pixels) of each entry in a thread of its own. `stop` it before it is let go."""

    made = pyqtSignal(object, object)
    """The key of an entry, and its greys (uint8): none come for what has no picture."""

    def __init__(self, entries: Sequence[SeriesEntry], pixels: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = threading.Event()
        self._queue: SimpleQueue[tuple[SeriesKey, NDArray[Any]]] = SimpleQueue()
        self._worker = Worker(lambda: _make(tuple(entries), pixels, self._queue, self._stopped), "thumbnails")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def start(self) -> None:
        """Begin with the first of them."""
        self._worker.start()
        self._timer.start()

    def stop(self) -> None:
        """No more of them; the thread ends after the one at which it is, and nothing needs to wait for it."""
        self._stopped.set()
        self._timer.stop()

    def _poll(self) -> None:
        if not self._worker.is_alive():
            self._timer.stop()  # what is in the queue is all that there will be
        try:
            while True:
                self.made.emit(*self._queue.get_nowait())
        except Empty:
            return


def _make(
    entries: tuple[SeriesEntry, ...],
    pixels: int,
    queue: SimpleQueue[tuple[SeriesKey, NDArray[Any]]],
    stopped: threading.Event,
) -> None:
    """Knows no widget: its window may be gone before it ends."""
    observer = Observer(cancelled=stopped)
    for entry in entries:
        try:
            found = middle_slice(entry, observer)
            if found is not None and np.isfinite(found[0]).all():
                queue.put((entry.choice.key, slice_thumbnail(*found, pixels, entry.choice.modality == "CT")))
        except Cancelled:
            return
        except FusionError:  # what it is that cannot be read is told once it is opened
            continue
        except Exception as error:  # a defect costs one picture, and not those that follow
            uncaught.report(error)
