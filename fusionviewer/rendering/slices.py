"""From two volumes and a plane to one 8-bit picture: reslice → window → blend, each remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.colours import Colours, colour_table
from fusionviewer.rendering.contour import ContourLine, bone_line, mask_line
from fusionviewer.rendering.window import Window

LONE_FADE: Final = 0.1
"""Where only one image lies, it keeps its full brightness but for this last part of the fade, so that its field of
view stays visible and nothing jumps when the slider reaches the end."""


_BGRX: Final = np.dtype("<u4")
"""0xFFRRGGBB with the least byte first, whatever the machine: blue, green, red, 255."""

_BLACK: Final = 0xFF000000
_OUTSIDE: Final = 512
_Kept = TypeVar("_Kept")


class BlendMode(StrEnum):
    """How two images share a picture."""

    FADE = "fade"
    CHECKERBOARD = "checkerboard"


@dataclass(frozen=True)
class Layer:
    """One volume in a picture. `volume_from_view` maps points of the view's space to the volume's own."""

    volume: Volume
    window: Window
    volume_from_view: RigidTransform = RigidTransform.identity()  # noqa: RUF009 - immutable
    colours: Colours = "grey"


@dataclass(frozen=True)
class SliceRequest:
    """Everything that a picture of a plane depends on. A layer that is None is not there."""

    plane: SlicePlane
    viewport: Viewport
    back: Layer | None
    front: Layer | None
    fade: float = 0.5
    """0 shows the back alone, 1 the front alone; the checkerboard does not look at it."""
    mode: BlendMode = BlendMode.FADE
    checker_mm: float = 24.0
    """Side of the squares, which hold still in the patient when the view is panned or zoomed."""
    bone_edges: bool = False
    """Draw the outline of bone of whichever layers are CT over everything."""
    mask: Volume | None = None
    """Draw the outline of a mask, 0 and 1 in the view's own space, over everything."""


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A layer on the plane, as far as it does not depend on the other one. Arrays are (h, w)."""

    layer: Layer
    key: Hashable
    values: NDArray[np.float32]
    outside: NDArray[np.bool_]
    greys: NDArray[np.uint8]


class SliceRenderer:
    """Draws requests for one view, and remembers what the last picture was made of.

    A change enters at its own stage: fade, mode and colours only blend, a window also windows, and only a plane, a
    viewport, a pose or a volume reslices. For one thread at a time. Holds a few arrays as large as the picture.
    """

    def __init__(self) -> None:
        self._memory = _Memory()

    def render(self, request: SliceRequest) -> NDArray[np.uint8]:
        """The picture as (height, width, 4) in the order blue, green, red, 255; C-contiguous and the caller's own.

        Black where no image lies. With one layer missing the other is shown as it is, whatever the fade.
        """
        self._memory.turn_page()
        sheets = self._sheets(request)
        if not sheets:
            picture = np.full((request.viewport.height, request.viewport.width), _BLACK, dtype=_BGRX)
        elif len(sheets) == 1:
            picture = _table(sheets[0].layer, 256, 256, _BLACK).take(self._codes(sheets[0], None))
        else:
            picture = self._both(request, sheets[0], sheets[1])
        bgrx = picture.view(np.uint8).reshape(*picture.shape, 4)
        if request.bone_edges:
            for sheet in sheets:
                if sheet.layer.volume.modality == "CT":
                    self._bone_line(sheet, request.viewport.mm_per_pixel).draw(bgrx)
        if request.mask is not None:
            self._mask_line(request, request.mask).draw(bgrx)
        self._memory.forget_the_page_before()
        return bgrx

    def _both(self, request: SliceRequest, back: _Sheet, front: _Sheet) -> NDArray[np.uint32]:
        """Two layers as one picture, (h, w) of 0xFFRRGGBB."""
        back_codes, front_codes = self._codes(back, front), self._codes(front, back)
        if request.mode is BlendMode.CHECKERBOARD:
            picture = _table(back.layer, 256, 256, _BLACK).take(back_codes)
            other = _table(front.layer, 256, 256, _BLACK).take(front_codes)
            use_front = _checkers(request.viewport, request.checker_mm) & ~front.outside
            np.copyto(picture, other, where=use_front | back.outside)
            return picture
        fade = min(1.0, max(0.0, request.fade))
        weight = round(fade * 256)
        lone_back, lone_front = (round(min(1.0, part / LONE_FADE) * 256) for part in (1 - fade, fade))
        picture = _table(back.layer, 256 - weight, lone_back, _BLACK).take(back_codes)
        # Rounding one up and the other down never carries from one colour into the next.
        picture += _table(front.layer, weight, lone_front, 0, up=True).take(front_codes)
        return picture

    def _sheets(self, request: SliceRequest) -> list[_Sheet]:
        """Reslice and window the layers that are there, the back first."""
        plane, viewport = request.plane, request.viewport
        where = _where(request)
        sheets = []
        for layer in (request.back, request.front):
            if layer is not None:
                key = (layer.volume, layer.volume_from_view, where)
                values = self._memory.get(key, partial(_values, layer, plane, viewport))
                outside = self._memory.get(("outside", key), partial(np.isnan, values))
                greys = self._memory.get(("greys", layer.window, key), partial(layer.window.greys, values))
                sheets.append(_Sheet(layer, key, values, outside, greys))
        return sheets

    def _codes(self, sheet: _Sheet, other: _Sheet | None) -> NDArray[np.uint16]:
        """What `_table` is asked: 0…255 the grey, 256…511 the grey where the other image is not, 512 outside."""

        def make() -> NDArray[np.uint16]:
            codes = sheet.greys.astype(np.uint16)
            if other is not None:
                codes += np.left_shift(other.outside, 8, dtype=np.uint16)
            np.copyto(codes, _OUTSIDE, where=sheet.outside)
            return codes

        return self._memory.get(("codes", sheet.layer.window, sheet.key, other and other.key), make)

    def _bone_line(self, sheet: _Sheet, mm_per_pixel: float) -> ContourLine:
        return self._memory.get(("bone", sheet.key), partial(bone_line, sheet.values, mm_per_pixel))

    def _mask_line(self, request: SliceRequest, mask: Volume) -> ContourLine:
        key = ("mask", mask, _where(request))
        here = RigidTransform.identity()
        return self._memory.get(key, lambda: mask_line(reslice(mask, request.plane, request.viewport, here)))


def _where(request: SliceRequest) -> Hashable:
    """The depth, not the point: moving the crosshair within the plane changes nothing that is drawn."""
    plane = request.plane
    return (request.viewport, plane.depth_mm, plane.right.tobytes(), plane.down.tobytes())


def _values(layer: Layer, plane: SlicePlane, viewport: Viewport) -> NDArray[np.float32]:
    return reslice(layer.volume, plane, viewport, layer.volume_from_view)


def _table(layer: Layer, weight: int, lone_weight: int, plus: int, up: bool = False) -> NDArray[np.uint32]:
    """(513,) colours as 0x00RRGGBB + `plus` for the codes of `_codes`, times the weights (of 256)."""
    rgb = colour_table(layer.colours).astype(np.uint32)
    scaled = np.concatenate([rgb * weight, rgb * lone_weight, np.zeros((1, 3), np.uint32)])
    scaled = (scaled + 255 if up else scaled) >> 8
    table: NDArray[np.uint32] = ((scaled[:, 0] << 16) + (scaled[:, 1] << 8) + scaled[:, 2] + plus).astype(_BGRX)
    return table


def _checkers(viewport: Viewport, side_mm: float) -> NDArray[np.bool_]:
    """Where the front's squares are, (h, w); the lattice begins at the screen coordinates' zero."""
    x = np.floor((viewport.left_mm + viewport.mm_per_pixel * np.arange(viewport.width)) / side_mm)
    y = np.floor((viewport.top_mm + viewport.mm_per_pixel * np.arange(viewport.height)) / side_mm)
    return np.asarray((x % 2)[None, :] != (y % 2)[:, None])


class _Memory:
    """Keeps what the last page was made of, and nothing older.

    Whoever makes something from other kept things gets those first, used or not, so that they are kept as well.
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def turn_page(self) -> None:
        self._before, self._now = self._now, {}

    def forget_the_page_before(self) -> None:
        self._before = {}

    def get(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What was made under this key, or make it."""
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else make()
        kept: _Kept = self._now[key]
        return kept
