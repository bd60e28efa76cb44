"""Which range of values becomes black to white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.imaging.volume import Volume

_SAMPLES = 150_000
"""Voxels that the automatic window looks at: its percentiles then vary by less than a grey level."""

_AIR_SHARE: Final = 0.1
"""What is darker than this share of the range is air: it may fill any part of an MR and must not shift the window."""


SHOULDER: Final = 0.6
"""How bright the upper end of a window is where brightness goes on beyond it."""


@dataclass(frozen=True)
class Window:
    """The values from `level` − `width`/2 (black) to `level` + `width`/2 (white), in the image's own units.

    With `white_at` the window ends at `SHOULDER` of full brightness, and what is brighter still goes on from there to
    white at that value: brain and bone are readable at once. (A `white_at` inside the window changes nothing.)
    Raises ValueError if the numbers are not finite or the width is not positive.
    """

    level: float
    width: float
    white_at: float | None = None

    def __post_init__(self) -> None:
        numbers = (self.level, self.width, self.white_at or 0.0)
        if not (all(map(math.isfinite, numbers)) and self.width > 0):
            raise ValueError(f"not a window: level {self.level}, width {self.width}, white at {self.white_at}")

    @staticmethod
    def between(low: float, high: float) -> Window:
        """The window from black to white; one that would be empty gets a tiny width."""
        level = (low + high) / 2
        return Window(level, max(high - low, 1e-5 * max(1.0, abs(level))))

    @property
    def low(self) -> float:
        """What is black (and everything below)."""
        return self.level - self.width / 2

    @property
    def high(self) -> float:
        """The window's upper end: white, or with a `white_at` beyond it the shoulder."""
        return self.level + self.width / 2

    def greys(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """0…255 of float32 values of any shape; NaN is 0."""
        top = 255.0
        if self.white_at is not None and self.white_at > self.high:
            top *= SHOULDER
        scaled = _ramp(values, self.low, self.high, top)
        if self.white_at is not None and self.white_at > self.high:
            scaled += _ramp(values, self.high, self.white_at, 255 - top)
        scaled += np.float32(0.5)
        return scaled.astype(np.uint8)


def _ramp(values: NDArray[np.float32], low: float, high: float, top: float) -> NDArray[np.float32]:
    """0 up to `low`, `top` from `high` on, and even between; NaN is 0."""
    scaled: NDArray[np.float32] = values - np.float32(low)
    scaled *= np.float32(top / (high - low))
    np.fmax(scaled, 0, out=scaled)  # fmax, not clip: it also turns NaN into 0
    np.fmin(scaled, np.float32(top), out=scaled)
    return scaled


CT_PRESETS: Final[tuple[tuple[str, Window], ...]] = (
    ("Brain", Window(40, 80)),
    ("Blood", Window(75, 215)),
    ("Soft tissue", Window(40, 400)),
    ("Brain and bone", Window(40, 80, 1300)),
    ("Bone", Window(500, 2000)),
    ("Metal and electrodes", Window(1500, 3500)),
)
"""Names and windows in Hounsfield units, from soft to hard."""

_CT_START: Final = Window(40, 160)
"""Twice as wide as the brain preset: shows ventricles and skin at once, and noise does not shout."""


def auto_window(volume: Volume) -> Window:
    """A window to begin with: fixed for CT; for everything else what the head, without the air around it, fills."""
    if volume.modality == "CT":
        return _CT_START
    values = _some_values(volume)
    low, high = (float(v) for v in np.percentile(values, (0.5, 99.5)))
    head = values[values > low + _AIR_SHARE * (high - low)]
    if head.size:
        high = float(np.percentile(head, 98.5))
    return Window.between(low, high)


def best_window(values: NDArray[np.float32]) -> Window | None:
    """The window that spreads these values (any shape, NaN outside), without their outermost 1 %; None without any."""
    inside = values[~np.isnan(values)]
    if inside.size == 0:
        return None
    low, high = (float(v) for v in np.percentile(inside, (1, 99)))
    return Window.between(low, high)


def _some_values(volume: Volume) -> NDArray[np.float32]:
    """Evenly spread voxels, at most some 150,000, (n,)."""
    step = max(1, math.ceil((volume.array.size / _SAMPLES) ** (1 / 3)))
    return volume.array[::step, ::step, ::step].astype(np.float32).ravel()
