"""What is seen for a while instead of the chosen blend: the images in turn, to and fro, or the other one alone."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.rendering.blends import FADED, Blend, BlendMode

FLICKER_MS = 300
"""How long each image is seen: fast enough to see what jumps, slow enough to look at it."""

ROCK_S = 3.0
"""How long the fade takes from the fixed image to the moving one and back."""

_ROCK_STEP_MS = 33


class Interlude(QObject):
    """Flicker, rock and peek. They go on while the views are panned and scrolled, and change nothing that is kept."""

    changed = pyqtSignal()
    """Another blend is to be drawn."""
    switched = pyqtSignal()
    """Flicker or rock has begun or ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._peeking = False
        self._moving_seen = False
        self._rock_begun = 0.0
        self._flicker = QTimer(self)
        self._flicker.setInterval(FLICKER_MS)
        self._flicker.timeout.connect(self._swap)
        self._rock = QTimer(self)
        self._rock.setInterval(_ROCK_STEP_MS)
        self._rock.timeout.connect(self.changed)

    @property
    def flickering(self) -> bool:
        """Whether the two images are shown in turn."""
        return self._flicker.isActive()

    @property
    def rocking(self) -> bool:
        """Whether the fade goes to and fro."""
        return self._rock.isActive()

    def set_flicker(self, on: bool) -> None:
        """Show the two images in turn, or stop that."""
        self._switch(flicker=on, rock=False)

    def set_rock(self, on: bool) -> None:
        """Let the fade go to and fro, or stop that."""
        self._rock_begun = time.monotonic()
        self._switch(flicker=False, rock=on)

    def peek(self, peeking: bool) -> None:
        """Show the other image alone as long as a key is held."""
        if peeking != self._peeking:
            self._peeking = peeking
            self.changed.emit()

    def end(self) -> None:
        """Show the chosen blend again."""
        self._switch(flicker=False, rock=False)
        self.peek(False)

    def seen(self, blend: Blend) -> Blend:
        """What is to be drawn now, where this blend is chosen."""
        if self.flickering:
            blend = _faded(blend, 1.0 if self._moving_seen else 0.0)
        elif self.rocking:
            turns = (time.monotonic() - self._rock_begun) / ROCK_S
            blend = _faded(blend, 0.5 - 0.5 * math.cos(2 * math.pi * turns))
        if self._peeking:
            fade = blend.fade if blend.mode in FADED else float(blend.swapped)
            blend = _faded(blend, 0.0 if fade >= 0.5 else 1.0)
        return blend

    def _swap(self) -> None:
        self._moving_seen = not self._moving_seen
        self.changed.emit()

    def _switch(self, *, flicker: bool, rock: bool) -> None:
        for timer, on in ((self._flicker, flicker), (self._rock, rock)):
            if on:
                timer.start()
            else:
                timer.stop()
        self.changed.emit()
        self.switched.emit()


def _faded(blend: Blend, fade: float) -> Blend:
    return replace(blend, mode=blend.mode if blend.mode in FADED else BlendMode.FADE, fade=fade)
