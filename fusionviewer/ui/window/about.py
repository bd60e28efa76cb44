"""What Help ▸ About says: version, build, licences, and how a download is verified."""

from __future__ import annotations

import html
import sys
from pathlib import Path
from typing import Final

from fusionviewer.version import __version__, build

LICENCES: Final = "licences"
"""The folder of licence texts in a bundle, and beside it the list of parts: packaging/build.py puts both there."""

PARTS: Final = "bom.cdx.json"


def about_text(bundle: Path | None = None) -> str:
    """Rich text about this program. `bundle` is the folder of a frozen program; by default that of this one, if any."""
    folder = bundle if bundle is not None else frozen_folder()
    made = f"Build: {build()}" if build() else "Not built: run from source"
    lines = [
        f"<b>fusionviewer {__version__}</b><br>{html.escape(made)}",
        "Fuses a head CT with an MRI.",
        "Not a medical device: for research, not for diagnosis or treatment.",
        f"Free software under the GNU General Public License, version 3 or later. {_licences(folder)}",
        "It uses no network, and never looks for updates. A download is verified by its SHA-256 checksum, which must "
        "stand in the file SHA256SUMS published with it: <tt>sha256sum --ignore-missing --check SHA256SUMS</tt> "
        "(Windows: <tt>certutil -hashfile FILE SHA256</tt>).",
    ]
    return "".join(f"<p>{line}</p>" for line in lines)


def frozen_folder() -> Path | None:
    """The folder of a frozen program's files; None where Python runs it from its sources."""
    folder = getattr(sys, "_MEIPASS", None)
    return None if folder is None else Path(folder)


def _licences(folder: Path | None) -> str:
    if folder is None:
        return "PyQt6, with which it is shown, is under version 3; each Python package brings its own licence."
    texts, parts = html.escape(str(folder / LICENCES)), html.escape(str(folder / PARTS))
    return (
        f"With PyQt6 the whole is under version 3. The licences of all its parts lie in <tt>{texts}</tt>, "
        f"their list with versions is <tt>{parts}</tt>."
    )
