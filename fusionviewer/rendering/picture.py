"""Pictures of fused images, with their words or without, without Qt and without a screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Orientation, Points, SideLetters, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.progress import Observer
from fusionviewer.rendering.layout import Extent, PixelBox, arrange, natural_size, tile
from fusionviewer.rendering.marks.annotations import round_length
from fusionviewer.rendering.marks.sheet import GROUND, Sheet
from fusionviewer.rendering.marks.values import Marks
from fusionviewer.rendering.panes import Pane, annotate_pane, draw_over
from fusionviewer.rendering.scene import WHOLE_IMAGE, Scene, head_corners, whole_image_scale
from fusionviewer.rendering.slices import SliceRenderer
from fusionviewer.rendering.words import strip_height, write_words

PictureLayout: TypeAlias = Literal["planes", "view", "mosaic"]
"""The three planes through the crosshair; one of them alone; slices of one plane side by side."""

Size: TypeAlias = tuple[int, int]

SMALLEST: Final = (640, 480)
LARGEST: Final = (8192, 8192)
"""Sizes in pixels between which everything can be read, and fits into memory."""

NARROWEST: Final = 320
SMALLEST_TILE: Final = (150, 120)
SMALLEST_PLAIN: Final = (64, 64)
"""The least width of words, the least sizes of a single view or a tile of the mosaic above them, and without any."""

MOST_TILES: Final = 12
"""In a row or column of the mosaic."""

_AROUND_HEAD: Final = 1.14
"""How much more than the head a pane shows, so that letters and the head do not meet."""

_PLAIN_GROUND: Final = "#000000"


@dataclass(frozen=True)
class Framing:
    """What the panes show as the window does: the point in their middle (LPS mm), and the magnification.

    `zoom` 1 shows the whole image.
    """

    focus: tuple[float, float, float]
    zoom: float = 1.0


@dataclass(frozen=True)
class PictureForm:
    """Which picture of a scene is made. Raises BadArgument for a size or number of tiles that cannot be drawn."""

    layout: PictureLayout = "planes"
    orientation: Orientation = AXIAL
    """Of the single view, and of the mosaic."""
    tiles: tuple[int, int] = (4, 3)
    """Columns and rows of the mosaic."""
    step_mm: float = 8.0
    """From slice to slice of the mosaic, towards the patient's right, front or head in reading order."""
    middle: tuple[float, float, float] | None = None
    """A point in the middle of the mosaic's slices; None: the crosshair."""
    size: Size = (1280, 800)
    """Width and height in pixels, with all words; not looked at with `pixels_per_mm`."""
    pixels_per_mm: float | None = None
    """Makes the picture as large as what it shows needs at this scale."""
    framing: Framing | None = None
    """What the panes show; None: the whole head."""
    annotated: bool = True
    """With letters, lines and words; otherwise nothing but the images."""
    names: bool = False
    """With the names of images, landmarks and targets, which may tell who the patient is."""
    marks: bool = True
    """With what the scene has marked, where it is annotated; without names it has numbers."""
    crosshair: bool = True
    ras: bool = False
    """Write positions as RAS and not as LPS."""
    letters: SideLetters = "HF"
    """What the sides towards the head and the feet are called."""

    def __post_init__(self) -> None:
        if not (min(self.tiles) >= 1 and max(self.tiles) <= MOST_TILES):
            raise BadArgument(
                f"A mosaic cannot have {self.tiles[0]}×{self.tiles[1]} slices.",
                f"Choose from 1 to {MOST_TILES} in a row and in a column.",
            )
        if not 0 < self.step_mm < math.inf:
            raise BadArgument(f"{self.step_mm:g} mm are no distance between slices.", "Choose more than 0 mm.")
        if self.pixels_per_mm is None:
            self.check_size(self.size)

    @property
    def smallest(self) -> Size:
        """The least size in pixels at which everything can be read."""
        if not self.annotated:
            return SMALLEST_PLAIN
        if self.layout == "planes":
            return SMALLEST
        tiles = self.tiles if self.layout == "mosaic" else (1, 1)
        wide, high = (n * least for n, least in zip(tiles, SMALLEST_TILE, strict=True))
        width = max(NARROWEST, wide)
        return width, high + strip_height(width, self.strip_unit(width))

    def check_size(self, size: Size) -> None:
        """Raise BadArgument if a picture of this form cannot have this size."""
        (width, height), (wide, high) = size, self.smallest
        if not (wide <= width <= LARGEST[0] and high <= height <= LARGEST[1]):
            raise BadArgument(
                f"A picture of this kind cannot have {width}×{height} pixels.",
                f"Choose a size from {wide}×{high} to {LARGEST[0]}×{LARGEST[1]}.",
            )

    def with_room_for_words(self, size: Size) -> Size:
        """The size of a picture whose panes together have this size."""
        if not self.annotated or self.layout == "planes":
            return size
        return size[0], size[1] + strip_height(size[0], self.strip_unit(size[0]))

    def strip_unit(self, width: int) -> float:
        """How large the words below panes so wide are, as in `Sheet`."""
        return max(0.7, width / (900 if self.layout == "view" else 1280))


@dataclass(frozen=True)
class _Plan:
    """Where everything lies on a picture. `unit` is that of the letters in the panes."""

    size: Size
    panes: tuple[Pane, ...]
    unit: float
    words: PixelBox | None
    words_unit: float
    columns: int | None
    """Of the words; None: as many as there is room for."""
    every_bar: bool
    """Whether each pane has a scale bar, or the last one alone."""


def draw_picture(scene: Scene, form: PictureForm, observer: Observer = Observer()) -> NDArray[np.uint8]:  # noqa: B008
    """A picture of a scene as (height, width, 3) red, green, blue.

    Raises BadArgument if it would be too small or too large at its scale, or for images that cannot be subtracted,
    Cancelled.
    """
    scene.check_blend()
    observer.report(0.0, "Drawing the picture")
    plan = _plan(scene, form)
    image = Image.new("RGB", plan.size, GROUND if form.annotated else _PLAIN_GROUND)
    sheet = Sheet(image, plan.unit)
    narrowest = min(pane.box.width for pane in plan.panes)
    bar_mm = round_length(0.3 * narrowest * plan.panes[0].viewport.mm_per_pixel)
    for number, pane in enumerate(plan.panes):
        observer.report(0.1 + 0.8 * number / len(plan.panes), "Drawing the picture")
        request = scene.request(pane.plane, pane.viewport)
        bgrx = SliceRenderer().render(request)
        view = Image.fromarray(np.ascontiguousarray(bgrx[..., 2::-1]))
        if form.annotated:
            marks = scene.marks if form.marks else Marks()
            draw_over(Sheet(view, plan.unit), pane, request, marks, names=form.names, legend=number == 0)
        image.paste(view, (pane.box.left, pane.box.top))
        if form.annotated:
            has_bar = plan.every_bar or number == len(plan.panes) - 1
            annotate_pane(sheet, pane, bar_mm if has_bar else None)
    if plan.words is not None:
        words = Sheet(image, plan.words_unit)
        write_words(words, plan.words, scene, names=form.names, ras=form.ras, columns=plan.columns)
    observer.check()
    return np.asarray(image)


class _Framer:
    """What the panes must show of a scene."""

    def __init__(self, scene: Scene, form: PictureForm) -> None:
        self._scene, self._framing = scene, form.framing
        self._corners: Points = np.zeros((0, 3)) if form.framing else head_corners(scene.volume)[0]

    def extent(self, orientation: Orientation) -> Extent:
        """Width and height in mm."""
        if self._framing is None:
            wide, high = np.ptp(self._scene.plane(orientation).screen(self._corners), axis=0) * _AROUND_HEAD
        else:
            box = np.ptp(self._scene.volume.grid.corners, axis=0) * (WHOLE_IMAGE / self._framing.zoom)
            wide, high = np.abs(orientation.right) @ box, np.abs(orientation.down) @ box
        return float(wide), float(high)

    def scale(self, orientation: Orientation, size: Size) -> float:
        """Millimetres a pixel at which a pane of so many pixels shows what it must."""
        if self._framing is not None:
            return whole_image_scale(self._scene.volume, *size) / self._framing.zoom
        wide, high = self.extent(orientation)
        return max(wide / size[0], high / size[1])

    def viewport(self, plane: SlicePlane, box: PixelBox, mm_per_pixel: float) -> Viewport:
        """The piece of a plane that a pane shows."""
        if self._framing is not None:
            middle = plane.screen(np.asarray(self._framing.focus))
        else:
            across = plane.screen(self._corners)
            middle = (across.min(axis=0) + across.max(axis=0)) / 2
        return Viewport.around(middle, box.width, box.height, mm_per_pixel)


def _plan(scene: Scene, form: PictureForm) -> _Plan:
    framer = _Framer(scene, form)
    return _plan_planes(scene, form, framer) if form.layout == "planes" else _plan_tiles(scene, form, framer)


def _plan_planes(scene: Scene, form: PictureForm, framer: _Framer) -> _Plan:
    extents = (framer.extent(AXIAL), framer.extent(CORONAL), framer.extent(SAGITTAL))
    size = form.size
    if form.pixels_per_mm is not None:
        size = natural_size(extents, form.pixels_per_mm, gap=2)
        form.check_size(size)
    unit = max(0.7, math.sqrt(size[0] / 1280 * size[1] / 800))
    lines = Sheet(Image.new("L", (1, 1)), unit)
    layout = arrange(size, extents, gap=lines.px(2), strip=lines.px(80) if form.annotated else 0)
    scale = layout.mm_per_pixel if form.pixels_per_mm is None else 1 / form.pixels_per_mm
    panes = []
    for orientation, box in ((AXIAL, layout.axial), (CORONAL, layout.coronal), (SAGITTAL, layout.sagittal)):
        plane = scene.plane(orientation)
        title, place = _titles(scene, orientation, plane, ras=form.ras)
        panes.append(Pane(box, plane, framer.viewport(plane, box, scale), title, place, form.crosshair, form.letters))
    words, columns = layout.words if form.annotated else None, 4 if layout.words_in_a_row else 1
    return _Plan(size, tuple(panes), unit, words, unit, columns, True)


def _plan_tiles(scene: Scene, form: PictureForm, framer: _Framer) -> _Plan:
    """A single view is a mosaic of one slice."""
    alone = form.layout == "view"
    tiles = (1, 1) if alone else form.tiles
    size = form.size
    if form.pixels_per_mm is not None:
        wide, high = (
            math.ceil(n * mm * form.pixels_per_mm) for n, mm in zip(tiles, framer.extent(form.orientation), strict=True)
        )
        size = form.with_room_for_words((wide, high))
        form.check_size(size)
    strip_unit = form.strip_unit(size[0])
    strip = strip_height(size[0], strip_unit) if form.annotated else 0
    boxes = tile((size[0], size[1] - strip), tiles, gap=0 if alone or not form.annotated else 2)
    unit = strip_unit if alone else max(0.7, min(strip_unit, boxes[0].width / 320))
    scale = framer.scale(form.orientation, (min(b.width for b in boxes), min(b.height for b in boxes)))
    scale = scale if form.pixels_per_mm is None else 1 / form.pixels_per_mm
    panes = []
    for number, box in enumerate(boxes):
        steps = number - (len(boxes) - 1) / 2
        plane, near = (scene.plane(form.orientation), True) if alone else _slice(scene, form, steps * form.step_mm)
        title, place = _titles(scene, form.orientation, plane, ras=form.ras)
        title, place = (title, place) if alone or not place else ("", place)
        viewport = framer.viewport(plane, box, scale)
        panes.append(Pane(box, plane, viewport, title, place, form.crosshair and near, form.letters))
    words = PixelBox(0, size[1] - strip, size[0], strip) if form.annotated else None
    return _Plan(size, tuple(panes), unit, words, strip_unit, None, alone)


def _slice(scene: Scene, form: PictureForm, inwards_mm: float) -> tuple[SlicePlane, bool]:
    """A slice of the mosaic, so far inwards of its middle, and whether the crosshair is nearest to it."""
    middle = scene.at if form.middle is None else np.asarray(form.middle)
    through = scene.plane(form.orientation)
    depth = float(through.distance(middle + inwards_mm * scene.inwards(form.orientation)))
    plane = SlicePlane(through.point + depth * through.normal, through.right, through.down)
    return plane, abs(depth) <= form.step_mm / 2


def _titles(scene: Scene, orientation: Orientation, plane: SlicePlane, *, ras: bool) -> tuple[str, str]:
    """What a pane is called, and where it lies; an oblique plane lies at no single coordinate."""
    name = orientation.name.capitalize()
    if scene.tilt is not None:
        return f"{name}, oblique", ""
    axis = orientation.normal_axis
    at = float(plane.point[axis]) * (-1 if ras and axis < 2 else 1)
    return name, f"{'xyz'[axis]} {at:z.1f} mm"
