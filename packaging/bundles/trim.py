"""Which of the files that PyInstaller collects are left out: what fusionviewer never loads.

The spec calls this. A part of Qt is named by its library or plug-in; a system library goes when nothing that stays is
linked to it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final, TypeAlias

UNUSED_MODULES: Final = (
    "tkinter", "pytest", "scipy", "matplotlib", "IPython", "OpenGL", "setuptools", "lib2to3", "pydoc_data",
    "readline", "ssl", "_ssl", "_hashlib",  # no network, ever; the digests come from Python's own modules
    "PIL.AvifImagePlugin", "PIL._avif", "PIL.ImageTk", "PIL._imagingtk",
    "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.jupyter",
)  # fmt: skip
"""Modules that libraries import where they find them."""

QT_PARTS: Final = (
    "Pdf", "Network", "Quick", "Qml", "Designer", "Multimedia", "3D", "EglFS", "WlShellIntegration", "VirtualKeyboard",
    "Labs", "ShaderTools", "Help", "Bluetooth", "Nfc", "Positioning", "Sensors", "SerialPort", "Web", "RemoteObjects",
    "TextToSpeech", "Sql", "SpatialAudio", "Charts", "DataVisualization",
)  # fmt: skip
"""Beginnings of the names of Qt's libraries, after "Qt6"."""

PLUGINS: Final = {
    "platforms": ("xcb", "wayland", "offscreen", "minimal", "windows"),
    "imageformats": ("svg", "ico", "jpeg", "gif"),
    "iconengines": ("svgicon",),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platformthemes": ("xdgdesktopportal",),
    "styles": ("windowsvistastyle", "modernwindowsstyle"),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-graphics-integration-client": ("qt-plugin-wayland-egl",),
    "wayland-shell-integration": ("xdg-shell",),
    "xcbglintegrations": ("xcb-glx-integration", "xcb-egl-integration"),
}
"""The plug-ins that stay, by the folder that they lie in; all others go."""

_QT_LIBRARY: Final = re.compile(r"(?:lib)?Qt6(\w+)")
_PLUGIN: Final = re.compile(r"(?:lib)?q?(.+?)(?:\.so|\.dll)$")
_NEVER: Final = re.compile(
    r"(^|/)(opengl32sw|d3dcompiler_\w+|libcrypto-\d.*|libssl-\d.*)\.dll$|/translations/|/uic/widget-plugins/"
    r"|/Qt6/qsci/|(^|/)pyqtgraph/(examples|icons/peegee)/",
    re.IGNORECASE,
)
"""What goes by its place: software OpenGL, OpenSSL, Qt's translations (the program speaks English alone)."""

Entry: TypeAlias = tuple[str, str, str]
"""(place in the folder, source, PyInstaller's type)."""


def is_used(place: str) -> bool:
    """Whether the file at this place of the folder is one that fusionviewer can come to load."""
    path = PurePath(place.replace("\\", "/"))
    if _NEVER.search(path.as_posix()):
        return False
    library = _QT_LIBRARY.match(path.name)
    if library and library[1].startswith(QT_PARTS):
        return False
    if "plugins" in path.parts and "Qt6" in path.parts:
        plugin = _PLUGIN.match(path.name)
        return plugin is not None and plugin[1] in PLUGINS.get(path.parent.name, ())
    return True


def trimmed(binaries: Iterable[Entry], datas: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What stays of PyInstaller's two lists. A link stays with the library that it leads to."""
    lists = [[entry for entry in entries if is_used(entry[0])] for entries in (binaries, datas)]
    places = {entry[0] for entries in lists for entry in entries}
    first, second = (
        [entry for entry in entries if entry[2] != "SYMLINK" or _target(entry) in places] for entries in lists
    )
    return first, second


def linked(entries: Iterable[Entry]) -> list[Entry]:
    """Without the system's libraries (those at the top of the folder) to which nothing that stays is linked; ELF."""
    all_entries = list(entries)
    libraries = {PurePath(place).name: source for place, source, kind in all_entries if _is_system(place, kind)}
    waiting = [source for place, source, kind in all_entries if not _is_system(place, kind) and kind != "SYMLINK"]
    found: set[str] = set()
    while waiting:
        for name in needed(Path(waiting.pop())):
            if name in libraries and name not in found:
                found.add(name)
                waiting.append(libraries[name])
    return [entry for entry in all_entries if not _is_system(entry[0], entry[2]) or PurePath(entry[0]).name in found]


def needed(file: Path) -> list[str]:
    """The names of the libraries that an ELF file is linked to; none for other files."""
    done = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=False)
    return re.findall(r"NEEDED\s+(\S+)", done.stdout)


def _is_system(place: str, kind: str) -> bool:
    return "/" not in place and kind == "BINARY" and not place.startswith("libpython")


def _target(entry: Entry) -> str:
    """Where a link of the folder leads to, as a place of it: PyInstaller gives it relative to the link's own folder."""
    parts: list[str] = []
    for part in (PurePath(entry[0]).parent / entry[1]).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
