"""The pictures of the 3D view: a rough one at once, a sharp one from a thread of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QImage

from fusionviewer.process.workers import Worker
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
        self._work: _Work | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

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
        return self.sharp and self._work is None

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
        if self._work is None and self._wanted is not None:
            height, width = self._wanted[1].shape
            self._work = _Work(*self._wanted, quality or ("sharp" if height * width <= _FINE_PIXELS else "soon"))
            self._timer.start()

    def _poll(self) -> None:
        work = self._work
        if work is None or work.thread.is_alive():
            return
        self._work = None
        self._timer.stop()
        if work.of != self._wanted:
            self._begin()
        elif work.canvas is not None:
            self._take(work.canvas)
            self._told()
            if work.quality == "soon":
                self._begin("sharp")
            elif work.quality == "sharp" and work.canvas.depths.size <= _FINE_PIXELS:
                self._begin("fine")

    def _take(self, canvas: Canvas) -> None:
        self.canvas = canvas
        height, width = canvas.depths.shape
        self._pixels = canvas.colours.tobytes()  # Qt draws from this memory
        self.image = QImage(self._pixels, width, height, 4 * width, QImage.Format.Format_RGB32)


class _Work:
    """One picture in a thread, which only writes its own `canvas`."""

    def __init__(self, scene: HeadScene, camera: Camera, quality: Quality) -> None:
        self.of = (scene, camera)
        self.quality = quality
        self.canvas: Canvas | None = None
        self.thread = Worker(self._draw, "3D view")
        self.thread.start()

    def _draw(self) -> None:
        scene, camera = self.of
        height, width = camera.shape
        if self.quality == "soon":
            camera = camera.scaled(math.sqrt(_SOON_PIXELS / (height * width)))
        try:
            canvas = draw_head(scene, camera, fine=self.quality == "fine")
            if height * width > _FINE_PIXELS:
                canvas.soften_edges()
            self.canvas = canvas
        except MemoryError:  # the rough picture stays
            self.canvas = None
