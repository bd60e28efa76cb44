"""Whether there is a screen to open a window on. Asked before Qt is, which ends the program if there is none."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys

HEADLESS_PLATFORMS = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs"})


def why_no_screen() -> str:
    """A sentence that says why no window can be opened; empty if one can, as far as can be told without Qt."""
    if not sys.platform.startswith("linux"):
        return ""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in HEADLESS_PLATFORMS:
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    return "" if _answers(display) else f"The screen {display} does not answer."


def _answers(display: str) -> bool:
    """Whether an X server takes a connection; True where the library to ask with is missing."""
    name = ctypes.util.find_library("xcb")
    if name is None:
        return True
    xcb = ctypes.CDLL(name)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused
