"""Which range of values becomes black to white."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume

_SAMPLES = 150_000
"""Voxels that the automatic window looks at: its percentiles then vary by less than a grey level."""

_AIR_SHARE: Final = 0.1
"""What is darker than this share of the range is air: it may fill any part of an MR and must not shift the window."""


_NARROWEST: Final = 1e-6
"""Of a level: what is narrower is lost in the digits of the values, which are float32."""

_THINNEST: Final = 1e-30
"""What a width counts as that vanishes in the digits of its level."""

_LARGEST: Final = 1e9
"""What is never needed as a level or width."""

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
        return Window(level, max(high - low, 1e-5 * abs(level)) or 1e-5)

    def in_reach(self) -> Window:
        """The nearest window that still tells values apart: a drag that goes on and on ends there."""
        level = min(_LARGEST, max(-_LARGEST, self.level))
        narrowest = _NARROWEST * max(abs(level), _NARROWEST)
        return replace(self, level=level, width=min(_LARGEST, max(narrowest, self.width)))

    @property
    def low(self) -> float:
        """What is black (and everything below)."""
        return self.level - self.width / 2

    @property
    def high(self) -> float:
        """The window's upper end: white, or with a `white_at` beyond it the shoulder."""
        return self.level + self.width / 2

    @property
    def white(self) -> float:
        """What is white (and everything above): `white_at` if it lies beyond the window, else its upper end."""
        return self.high if self.white_at is None else max(self.white_at, self.high)

    @property
    def toned(self) -> bool:
        """Whether brightness goes on beyond the window's upper end."""
        return self.white > self.high

    def greys(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """0…255 of float32 values of any shape; NaN is 0."""
        top = 255.0 * SHOULDER if self.toned else 255.0
        scaled = _ramp(values, self.low, self.high, top)
        if self.toned:
            scaled += _ramp(values, self.high, self.white, 255 - top)
        scaled += np.float32(0.5)
        np.copyto(scaled, 0, where=np.isnan(scaled))
        return scaled.astype(np.uint8)


def _ramp(values: NDArray[np.float32], low: float, high: float, top: float) -> NDArray[np.float32]:
    """0 up to `low`, `top` from `high` on, and even between; NaN stays NaN."""
    scaled: NDArray[np.float32] = values - np.float32(low)
    scaled *= np.float32(top / max(high - low, _THINNEST))
    np.clip(scaled, 0, np.float32(top), out=scaled)  # a third of the time of fmax and fmin
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

_PADDING_SHARE: Final = 0.0025
"""The smallest value is padding (or air that was cut off) if more of the image than this has exactly that value."""

_OUTLYING: Final = 5.0
"""What is more than so many times as bright as the 97th percentile is metal, writing or a defect: at most 3 %."""

_FLAT_HU: Final = 50.0
"""A CT whose values spread less than this is not in Hounsfield units."""

_STORED_WATER: Final = 1024.0
"""A CT whose offset was lost has water near here, and soft tissue up to 150 around it."""


_KNOWN: Final[WeakKeyDictionary[Volume, Window]] = WeakKeyDictionary()


def auto_window(volume: Volume) -> Window:
    """A window to begin with: fixed for CT; for everything else what the head, without the air around it, fills.

    Padding and a few extreme values do not matter. A CT that is not in Hounsfield units is found out. What was found
    for a volume is kept as long as the volume is: every view, card and panel asks for it.
    """
    if volume not in _KNOWN:
        _KNOWN[volume] = _first_window(volume)
    return _KNOWN[volume]


def _first_window(volume: Volume) -> Window:
    values = some_values(volume)
    if volume.modality == "CT" and (window := _ct_window(values)) is not None:
        return window
    smallest, rest = without_padding(values)
    low, inner = (float(v) for v in np.percentile(rest, (0.5, 97)))
    if inner > low:
        rest = rest[rest <= low + _OUTLYING * (inner - low)]
    high = float(np.percentile(rest, 99.5))
    head = rest[rest > low + _AIR_SHARE * (high - low)]
    if head.size:
        high = float(np.percentile(head, 98.5))
    if smallest >= 0:  # then 0 means nothing at all, as in every magnitude, mask and map
        low = smallest
    return Window.between(low, high)


def _ct_window(values: NDArray[np.float32]) -> Window | None:
    """The window to begin with for a CT; None if its values are not even like Hounsfield units."""
    low, high = (float(v) for v in np.percentile(values, (0.5, 99.5)))
    if 0 < high - low < _FLAT_HU:
        return None
    soft = values[np.abs(values - _STORED_WATER) < 150]
    darker = np.count_nonzero((values > 150) & (values <= _STORED_WATER - 150))
    # Without negative values 1024 is dense bone, of which there is little, or soft tissue with nearly nothing below.
    if low >= 0 and soft.size > 3 * darker and soft.size > 0.05 * values.size:
        return Window(float(np.median(soft)), _CT_START.width)
    return _CT_START


def whole_range(volume: Volume) -> Window:
    """From the smallest value to the largest. Negative padding does not count: then from the smallest of a sample."""
    low, high = volume.value_range
    values = some_values(volume)
    _, rest = without_padding(values)
    padded = low < 0 and rest.size < values.size
    return Window.between(float(rest.min()) if padded else low, high)


def middle_window(volume: Volume, corners: Points) -> Window:
    """What fills the middle of a head without its outermost 2 %: mostly brain, and neither air, skin nor skull.

    `corners` (8, 3), LPS mm, are those of the head's box; the middle half of it along each axis counts.
    """
    middle = corners.mean(axis=0)
    indices = volume.grid.indices(middle + (corners - middle) / 2)
    low = np.clip(np.floor(indices.min(axis=0)), 0, np.asarray(volume.grid.size) - 1).astype(int)
    high = np.clip(np.ceil(indices.max(axis=0)), low, np.asarray(volume.grid.size) - 1).astype(int) + 1
    values = _spread(volume.array[low[2] : high[2], low[1] : high[1], low[0] : high[0]])
    return Window.between(*(float(v) for v in np.percentile(values, (2, 98))))


def without_padding(values: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
    """The smallest value, and what is left without it if it is padding; everything if it is not, or nothing else."""
    smallest = float(values.min())
    rest = values[values > smallest]
    padded = values.size - rest.size > _PADDING_SHARE * values.size
    return smallest, rest if padded and rest.size else values


def best_window(values: NDArray[np.float32]) -> Window | None:
    """The window that spreads these values (any shape, NaN outside), without their outermost 1 %; None without any."""
    inside = values[~np.isnan(values)]
    if inside.size == 0:
        return None
    low, high = (float(v) for v in np.percentile(inside, (1, 99)))
    return Window.between(low, high)


def some_values(volume: Volume) -> NDArray[np.float32]:
    """Evenly spread voxels, at most some 150,000, (n,)."""
    return _spread(volume.array)


def _spread(array: NDArray[Any]) -> NDArray[np.float32]:
    step = max(1, math.ceil((array.size / _SAMPLES) ** (1 / 3)))
    return array[::step, ::step, ::step].astype(np.float32).ravel()
