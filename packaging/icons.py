"""Take the icons of resources/icons from a release of Lucide.

`npm pack lucide-static@1.62.0` and unpack it, then `python packaging/icons.py package`. Why this set:
docs/decisions/0008-icons.md. A new icon is a line here and this command again.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "icons"

ICONS: Final = (
    "arrow-left", "arrow-left-right", "arrow-right", "blend", "bone", "camera", "contrast",
    "crosshair", "diff", "fullscreen", "grid-2x2", "house", "layers-2",
    "maximize-2", "minimize-2", "move", "palette", "repeat-2",
    "rotate-3d", "ruler", "search", "spline", "square-split-horizontal", "waves-horizontal",
)  # fmt: skip


def main(package: Path) -> None:
    """Copy the icons and their licence from an unpacked package."""
    FOLDER.mkdir(exist_ok=True)
    for name in ICONS:
        shutil.copyfile(package / "icons" / f"{name}.svg", FOLDER / f"{name}.svg")
    shutil.copyfile(package / "LICENSE", FOLDER / "LICENSE.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
