"""The head study that comes with the program."""

from __future__ import annotations

import sys
from pathlib import Path

from fusionviewer.errors import UnreadableInput


def sample_folder() -> Path:
    """The folder with `t1.nii.gz` (fixed), `ct.nii.gz` (moving) and `truth.json`.

    Looked for in a frozen program's folder, in the installed package and in a checkout, in this order. Raises
    UnreadableInput if it is in none of them.
    """
    package = Path(__file__).resolve().parents[1]
    roots = [package, package.parent]
    if bundle := getattr(sys, "_MEIPASS", None):  # where PyInstaller keeps a frozen program's data
        roots = [Path(bundle), Path(bundle) / "fusionviewer", *roots]
    for root in roots:
        folder = root / "resources" / "sample"
        if (folder / "t1.nii.gz").is_file() and (folder / "ct.nii.gz").is_file():
            return folder
    raise UnreadableInput("The bundled sample study is missing from this installation.", "Install fusionviewer again.")
