"""The typeface that comes with the program, for the window."""

from __future__ import annotations

from functools import cache

from PyQt6.QtGui import QFont, QFontDatabase

from fusionviewer.process import log
from fusionviewer.rendering.marks.lettering import typeface_folder

FILES = ("InterTabular-Regular.ttf", "InterTabular-Bold.ttf")


@cache
def family() -> str:
    """The name that Qt knows the typeface by; empty where it cannot be loaded, which the log says."""
    folder = typeface_folder()
    numbers = [QFontDatabase.addApplicationFont(str(folder / name)) for name in FILES] if folder is not None else [-1]
    if -1 in numbers:
        log.note(f"The program's typeface cannot be loaded from {folder}: the system's is used.")
        return ""
    return QFontDatabase.applicationFontFamilies(numbers[0])[0]


def text_font(pixels: int) -> QFont:
    """The program's typeface, or where it is missing the system's, so many logical pixels high."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if family():
        font = QFont(family())
    font.setPixelSize(pixels)
    return font
