"""What a desktop on Linux is told of fusionviewer, below a `share` folder: menu entry, kind of file, icons, man."""

from __future__ import annotations

import gzip
import io
import shutil
from pathlib import Path
from typing import Final

from bundles.man_page import man_page
from bundles.stamp import ROOT

SOURCES: Final = Path(__file__).resolve().parent / "share"
ICON: Final = ROOT / "resources" / "icon"
ENTRY: Final = "applications/fusionviewer.desktop"
KIND: Final = "mime/packages/fusionviewer.xml"


def write_share(share: Path) -> None:
    """Write all of it into a `share` folder, which need not exist."""
    for place in (ENTRY, KIND):
        _copy(SOURCES / Path(place).name, share / place)
    icons = share / "icons" / "hicolor"
    _copy(ICON / "fusionviewer.svg", icons / "scalable" / "apps" / "fusionviewer.svg")
    for size, png in drawn_icons().items():
        file = icons / f"{size}x{size}" / "apps" / "fusionviewer.png"
        file.parent.mkdir(parents=True)
        file.write_bytes(png)
    page = share / "man" / "man1" / "fusionviewer.1.gz"
    page.parent.mkdir(parents=True)
    page.write_bytes(gzip.compress(man_page().encode(), 9, mtime=0))


def drawn_icons() -> dict[int, bytes]:
    """The PNGs of the icon by their size in pixels, out of the .ico that packaging/icon.py draws."""
    from PIL import Image
    from PIL.IcoImagePlugin import IcoImageFile

    found: dict[int, bytes] = {}
    with Image.open(ICON / "fusionviewer.ico") as icon:
        assert isinstance(icon, IcoImageFile)
        for size in sorted(icon.info["sizes"]):
            buffer = io.BytesIO()
            icon.ico.getimage(size).save(buffer, "PNG", optimize=True)
            found[size[0]] = buffer.getvalue()
    return found


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
