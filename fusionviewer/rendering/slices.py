"""From two volumes and a plane to one 8-bit picture: reslice → window → blend, each remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import PlaneInterpolation, Viewport, reslice, reslice_planes
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering import blends
from fusionviewer.rendering.blends import BGRX, BLACK, OUTSIDE, Blend, BlendMode, Coded, Picture
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR, Colours, colour_table
from fusionviewer.rendering.contour import ContourLine, bone_line, edge_line, mask_line
from fusionviewer.rendering.marks.edge_field import ColouredLine, EdgeField, coloured_line
from fusionviewer.rendering.marks.limit_band import Halo, halo_band
from fusionviewer.rendering.slab import Slab, combined, slab_planes, step_across
from fusionviewer.rendering.window import Window

_Kept = TypeVar("_Kept")

_MOST_KEPT: Final = 8_000_000
"""Values of a slab's planes that a renderer keeps: 32 MB."""

_COLOURED_HALF_PX: Final = 1.2

_CHUNK: Final = 2_000_000
"""Values that are held at a time of a slab that is too large for that."""


@dataclass(frozen=True)
class Layer:
    """One volume in a picture. `volume_from_view` maps points of the view's space to the volume's own."""

    volume: Volume
    window: Window
    volume_from_view: RigidTransform = RigidTransform.identity()  # noqa: RUF009 - immutable
    colours: Colours = "grey"
    slab: Slab | None = None
    """What is made of the values across the plane; None: those on the plane itself. Pictures alone know slabs."""


@dataclass(frozen=True)
class SliceRequest:
    """Everything that a picture of a plane depends on. A layer that is None is not there."""

    plane: SlicePlane
    viewport: Viewport
    back: Layer | None
    front: Layer | None
    blend: Blend = Blend()  # noqa: RUF009 - immutable
    """How the two share the picture. A wipe parts at the plane's point."""
    bone_edges: bool = False
    """Draw the outline of bone of whichever layers are CT over everything."""
    mask: Volume | None = None
    """Draw the outline of a mask, 0 and 1 in the view's own space, over everything."""
    glass_at: tuple[float, float] | None = None
    """The middle of the spyglass in screen mm; None: the plane's point."""
    interpolation: PlaneInterpolation = "linear"
    """Nearest shows the voxels as they are."""
    halo: Halo | None = None
    """Draw how far a refinement could move the front's surface, over the images and under the lines."""
    edge_field: EdgeField | None = None
    """Draw the outline of the CT's bone over everything in the colours of these distances."""

    @property
    def focus_mm(self) -> tuple[float, float] | None:
        """The place (screen mm) on which the picture depends, besides the plane; None in the modes without one."""
        mode = self.blend.mode
        if mode is BlendMode.SPY_GLASS and self.glass_at is not None:
            return self.glass_at
        if mode in (BlendMode.SPY_GLASS, BlendMode.CURTAIN):
            right, down = self.plane.screen(self.plane.point)
            return float(right), float(down)
        return None


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
            picture: Picture = np.full((request.viewport.height, request.viewport.width), BLACK, dtype=BGRX)
        elif len(sheets) == 1:
            picture = blends.alone(self._coded(sheets[0], None))
        else:
            picture = self._both(request, sheets[0], sheets[1])
        bgrx = picture.view(np.uint8).reshape(*picture.shape, 4)
        if request.halo is not None:
            key = ("halo", request.halo, _where(request))
            self._memory.get(key, partial(halo_band, request.halo, request.plane, request.viewport)).draw(bgrx)
        for sheet in sheets:
            if sheet.layer.volume.modality == "CT":
                if request.edge_field is not None:
                    self._distances_line(sheet, request, request.edge_field).draw(bgrx)
                elif request.bone_edges:
                    self._bone_line(sheet, request.viewport.mm_per_pixel).draw(bgrx)
        if request.mask is not None:
            self._mask_line(request, request.mask).draw(bgrx)
        self._memory.forget_the_page_before()
        return bgrx

    def _both(self, request: SliceRequest, back: _Sheet, front: _Sheet) -> Picture:
        """Two layers as one picture, (h, w) of 0xFFRRGGBB."""
        blend = request.blend
        one, other = self._coded(back, front), self._coded(front, back)
        match blend.mode:
            case BlendMode.FADE:
                return self._sum(blends.faded(one.colours, other.colours, blend.fade), (back, front), (one, other))
            case BlendMode.TWO_COLOUR:
                return self._sum(blends.tinted(blend.fade, blend.pair), (back, front), (one, other))
            case BlendMode.DIFFERENCE:
                return blends.difference(*((other, one) if blend.swapped else (one, other)))
            case BlendMode.EDGES:
                return self._edges(request, back, front)
            case BlendMode.CHECKERBOARD | BlendMode.CURTAIN | BlendMode.SPY_GLASS:
                return blends.chosen(one, other, _fronts(request, request.viewport))

    def _sum(
        self, tables: tuple[Picture, Picture], sheets: tuple[_Sheet, _Sheet], coded: tuple[Coded, Coded]
    ) -> Picture:
        """What two tables say of two layers, added. Whatever did not change since the last picture is used again."""
        back, front = sheets
        keys, codes = (_codes_key(back, front), _codes_key(front, back)), (coded[0].codes, coded[1].codes)
        known = [self._memory.had(key) for key in keys]
        if all(known):  # the blend alone changed, and perhaps goes on changing
            joint = self._memory.get(("joint", *keys), partial(blends.joint_codes, *codes))
            whole: Picture = blends.joint_table(*tables).take(joint)
            return whole
        same = 0 if known[0] else 1
        picture: Picture = tables[1 - same].take(codes[1 - same])
        if any(known):  # the window of one image changed, and not the other image
            key = ("part", keys[same], tables[same].tobytes())
            picture += self._memory.get(key, partial(tables[same].take, codes[same]))
        else:
            picture += tables[same].take(codes[same])
        return picture

    def _edges(self, request: SliceRequest, back: _Sheet, front: _Sheet) -> Picture:
        """One image alone, with the edges of the other over it in that one's colour."""
        base, lines, colour = (front, back, FIXED_COLOUR) if request.blend.swapped else (back, front, MOVING_COLOUR)
        picture = blends.alone(self._coded(base, None))
        line = self._edge_line(lines, request.viewport.mm_per_pixel, colour)
        line.draw(picture.view(np.uint8).reshape(*picture.shape, 4), request.blend.edge_strength)
        return picture

    def _sheets(self, request: SliceRequest) -> list[_Sheet]:
        """Reslice and window the layers that are there, the back first."""
        where = _where(request)
        sheets = []
        for layer in (request.back, request.front):
            if layer is not None:
                key = (layer.volume, layer.volume_from_view, layer.slab, where)
                make = self._thick if layer.slab is not None else _values
                values = self._memory.get(key, partial(make, layer, request))
                outside = self._memory.get(("outside", key), partial(np.isnan, values))
                greys = self._memory.get(("greys", layer.window, key), partial(layer.window.greys, values))
                sheets.append(_Sheet(layer, key, values, outside, greys))
        return sheets

    def _thick(self, layer: Layer, request: SliceRequest) -> NDArray[np.float32]:
        """The values of a slab. Its planes are kept, as far as they are not too large: the next slab shares most."""
        slab, plane, view = layer.slab, request.plane, request.viewport
        assert slab is not None
        step = step_across(layer.volume, plane, layer.volume_from_view)
        origin = (~layer.volume_from_view).apply(np.asarray(layer.volume.grid.origin))
        depth = plane.depth_mm - float(origin @ plane.normal)  # from the middle of a voxel
        wanted = slab_planes(slab, depth, step)
        kept = len(wanted) * view.width * view.height <= _MOST_KEPT
        key = ("plane", layer.volume, layer.volume_from_view, request.interpolation, view, step, _ways(plane))

        def make(numbers: range) -> NDArray[np.float32]:
            shift = numbers[0] * step - depth
            first = SlicePlane(plane.point + shift * plane.normal, plane.right, plane.down)
            return reslice_planes(
                layer.volume, first, view, layer.volume_from_view,
                count=len(numbers), step_mm=step, interpolation=request.interpolation,
            )  # fmt: skip

        if not kept:
            chunk = max(1, _CHUNK // (view.width * view.height))
            parts = (wanted[start : start + chunk] for start in range(0, len(wanted), chunk))
            return combined(slab.kind, (one for part in parts for one in make(part)))
        for run in _runs([n for n in wanted if not self._memory.has((*key, n))]):
            for number, one in zip(run, make(run), strict=True):
                self._memory.get((*key, number), partial(_same, one))
        return combined(slab.kind, [self._memory.get((*key, n), partial(_same, None)) for n in wanted])

    def _coded(self, sheet: _Sheet, other: _Sheet | None) -> Coded:
        """A layer as the blends take it; with no other one it does not lie alone anywhere."""

        def flags() -> NDArray[np.uint16]:
            where = np.zeros(sheet.outside.shape, np.uint16)
            if other is not None:
                np.left_shift(other.outside, 8, dtype=np.uint16, out=where)
            np.copyto(where, OUTSIDE, where=sheet.outside)  # there its grey is 0
            return where

        added = self._memory.get(("flags", sheet.key, other and other.key), flags)
        make = partial(np.add, sheet.greys, added, dtype=np.uint16)
        return Coded(self._memory.get(_codes_key(sheet, other), make), colour_table(sheet.layer.colours))

    def _bone_line(self, sheet: _Sheet, mm_per_pixel: float) -> ContourLine:
        return self._memory.get(("bone", sheet.key), partial(bone_line, sheet.values, mm_per_pixel))

    def _distances_line(self, sheet: _Sheet, request: SliceRequest, field: EdgeField) -> ColouredLine:
        """The outline of bone, wider than usual so that its colours are seen."""

        def make() -> ColouredLine:
            line = bone_line(sheet.values, request.viewport.mm_per_pixel, half_px=_COLOURED_HALF_PX)
            return coloured_line(line, field, sheet.layer.volume_from_view, request.plane, request.viewport)

        return self._memory.get(("distances", field, sheet.key), make)

    def _edge_line(self, sheet: _Sheet, mm_per_pixel: float, colour: str) -> ContourLine:
        """The surface of bone of a CT; of any other image, where its brightness changes."""
        if sheet.layer.volume.modality == "CT":
            make = partial(bone_line, sheet.values, mm_per_pixel, colour)
        else:
            make = partial(edge_line, sheet.greys, sheet.outside, mm_per_pixel, colour)
        return self._memory.get(("edges", colour, sheet.layer.window, sheet.key), make)

    def _mask_line(self, request: SliceRequest, mask: Volume) -> ContourLine:
        key = ("mask", mask, _where(request))
        here = RigidTransform.identity()
        return self._memory.get(key, lambda: mask_line(reslice(mask, request.plane, request.viewport, here)))


def front_at(request: SliceRequest, right_mm: float, down_mm: float) -> bool:
    """Whether at a place (screen mm) more is seen of the front than of the back, where both lie."""
    match request.blend.mode:
        case BlendMode.CHECKERBOARD | BlendMode.CURTAIN | BlendMode.SPY_GLASS:
            spot = Viewport(1, 1, right_mm, down_mm, request.viewport.mm_per_pixel)
            return bool(_fronts(request, spot)[0, 0])
        case BlendMode.EDGES:
            return request.blend.swapped
        case BlendMode.FADE | BlendMode.TWO_COLOUR | BlendMode.DIFFERENCE:
            return request.blend.fade > 0.5


def _fronts(request: SliceRequest, view: Viewport) -> NDArray[np.bool_]:
    """Which pixels (h, w) of a viewport show the front, in the modes where each shows one of the two."""
    blend, at = request.blend, np.array(request.focus_mm or (0.0, 0.0))
    if blend.mode is BlendMode.CHECKERBOARD:
        front = blends.squares(view, blend.checker_mm)
    elif blend.mode is BlendMode.CURTAIN:
        front = blends.beyond_curtain(view, at, blend.curtain)
    else:
        front = blends.in_glass(view, at, blend.glass_mm)
    return np.asarray(front != blend.swapped)


def _codes_key(sheet: _Sheet, other: _Sheet | None) -> Hashable:
    return ("codes", sheet.layer.window, sheet.key, other and other.key)


def _where(request: SliceRequest) -> Hashable:
    """The depth, not the point: moving the crosshair within the plane changes nothing that is drawn."""
    plane = request.plane
    return (request.viewport, request.interpolation, plane.depth_mm, *_ways(plane))


def _ways(plane: SlicePlane) -> tuple[bytes, bytes]:
    return plane.right.tobytes(), plane.down.tobytes()


def _same(made: Any) -> Any:
    return made


def _runs(numbers: list[int]) -> list[range]:
    """Numbers in ascending order as runs without gaps."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return [range(start, end + 1) for start, end in zip(starts, ends, strict=True)]


def _values(layer: Layer, request: SliceRequest) -> NDArray[np.float32]:
    return reslice(layer.volume, request.plane, request.viewport, layer.volume_from_view, request.interpolation)


class _Memory:
    """Keeps what the last page was made of, and nothing older.

    What makes something from other kept things gets those first, used or not, so that they are kept as well.
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def turn_page(self) -> None:
        self._before, self._now = self._now, {}

    def forget_the_page_before(self) -> None:
        self._before = {}

    def had(self, key: Hashable) -> bool:
        """Whether the page before was made of this, too."""
        return key in self._before

    def has(self, key: Hashable) -> bool:
        """Whether this need not be made."""
        return key in self._now or key in self._before

    def get(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What was made under this key, or make it."""
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else make()
        kept: _Kept = self._now[key]
        return kept
