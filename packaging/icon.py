"""Draw resources/icon/fusionviewer.ico and .png anew from the .svg beside them: run with the environment's Python."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from PyQt6.QtCore import QBuffer, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

ICON = Path(__file__).resolve().parent.parent / "resources" / "icon" / "fusionviewer"
SIZES = (16, 24, 32, 48, 64, 128, 256)


def drawn(renderer: QSvgRenderer, size: int) -> Image.Image:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data()))


def main() -> None:
    renderer = QSvgRenderer(str(ICON.with_suffix(".svg")))
    *smaller, largest = (drawn(renderer, size) for size in SIZES)
    largest.save(ICON.with_suffix(".png"), optimize=True)
    largest.save(ICON.with_suffix(".ico"), sizes=[(size, size) for size in SIZES], append_images=smaller)


if __name__ == "__main__":
    main()
