"""The pictures of the 3D view: a rough one at once, a sharp one from a thread of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeAlias

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from fusionviewer.app.tasks.background import Background
from fusionviewer.rendering.surface.camera import Camera
from fusionviewer.rendering.surface.canvas import Canvas
from fusionviewer.rendering.surface.head_picture import HeadScene, draw_head

_POLL_MS: Final = 8
_ROUGH_MS: Final = 26.0
"""What a rough picture may take: the window follows the mouse while it is made."""

_FEWEST, _MOST = 16_000, 160_000
"""Pixels of a rough picture, on the slowest and on the fastest machine."""

_FINE_PIXELS: Final = 1_000_000
"""In larger views four rays in each pixel are not worth their time: edges alone are softened."""

_SOON_PIXELS: Final = 400_000
"""They are drawn first there: all of them take seconds on a screen of 3840×2160."""

Quality: TypeAlias = Literal["soon", "sharp", "fine"]


class HeadPictures(QObject):
    """Makes pictures of a scene and keeps the last one. `told` is called when a better one of it has come."""

    def __init__(self, parent: QObject, told: Callable[[], None]) -> None:
        super().__init__(parent)
        self._told = told
        self.canvas: Canvas | None = None
        """The last picture with its depths."""
        self._pixels = b""
        self.image = QImage()
        self._budget = 40_000.0
        self._wanted: tuple[HeadScene, Camera] | None = None
        self._background: Background[Canvas | None] = Background("3D view", _POLL_MS, self)

    @property
    def sharp(self) -> bool:
        """Whether each pixel of the last picture was drawn by itself."""
        wanted = self._wanted
        return wanted is not None and self.canvas is not None and self.canvas.camera == wanted[1]

    @property
    def nbytes(self) -> int:
        """How much memory the last picture takes."""
        canvas = self.canvas
        return 0 if canvas is None else canvas.colours.nbytes + canvas.depths.nbytes + len(self._pixels)

    @property
    def smooth(self) -> bool:
        """Whether nothing better of the sharp picture is to come."""
        return self.sharp and not self._background.busy

    def draw_roughly(self, scene: HeadScene, camera: Camera, *, hurried: bool = False) -> None:
        """Make a picture now, in as few pixels as are quick; `hurried`, in fewer: a running job waits for it."""
        self._wanted = None
        height, width = camera.shape
        pixels = _FEWEST if hurried else self._budget
        begun = time.perf_counter()
        self._take(draw_head(scene, camera.scaled(min(1.0, math.sqrt(pixels / (width * height))))))
        if not hurried:
            taken = 1000 * (time.perf_counter() - begun)
            better = self._budget * (_ROUGH_MS / max(taken, 1.0))
            self._budget = min(_MOST, max(_FEWEST, 0.7 * self._budget + 0.3 * better))

    def sharpen(self, scene: HeadScene, camera: Camera) -> None:
        """Make a sharp picture beside everything else; one that is on its way for something else is dropped."""
        self._wanted = (scene, camera)
        self._begin()

    def drop(self) -> None:
        """Forget the picture, and what is on its way: it shows something else."""
        self.canvas, self.image, self._wanted = None, QImage(), None

    def rest(self) -> None:
        """Want nothing more; what is on its way is dropped when it comes."""
        self._wanted = None

    def _begin(self, quality: Quality | None = None) -> None:
        """Make what is wanted so well; first, of a large view, in fewer pixels, which is soon done."""
        wanted = self._wanted
        if wanted is not None and not self._background.busy:
            height, width = wanted[1].shape
            quality = quality or ("sharp" if height * width <= _FINE_PIXELS else "soon")
            self._background.start(partial(_drawn, *wanted, quality), partial(self._take_sharp, wanted, quality))

    def _take_sharp(self, of: tuple[HeadScene, Camera], quality: Quality, canvas: Canvas | None) -> None:
        if of != self._wanted:
            self._begin()
        elif canvas is not None:
            self._take(canvas)
            self._told()
            if quality == "soon":
                self._begin("sharp")
            elif quality == "sharp" and canvas.depths.size <= _FINE_PIXELS:
                self._begin("fine")

    def _take(self, canvas: Canvas) -> None:
        self.canvas = canvas
        height, width = canvas.depths.shape
        self._pixels = canvas.colours.tobytes()  # Qt draws from this memory
        self.image = QImage(self._pixels, width, height, 4 * width, QImage.Format.Format_RGB32)


def _drawn(scene: HeadScene, camera: Camera, quality: Quality) -> Canvas | None:
    """A picture; None where there is not enough memory for it: the rough one stays."""
    height, width = camera.shape
    if quality == "soon":
        camera = camera.scaled(math.sqrt(_SOON_PIXELS / (height * width)))
    try:
        canvas = draw_head(scene, camera, fine=quality == "fine")
        if height * width > _FINE_PIXELS:
            canvas.soften_edges()
    except MemoryError:
        return None
    return canvas
