"""How much memory there is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_TOLD_BY_LINUX: Final = Path("/proc/meminfo")


def available_bytes() -> int | None:
    """How much memory can be had without taking it from other programs; None where the system does not tell."""
    if sys.platform == "win32":
        return _available_on_windows()
    try:
        for line in _TOLD_BY_LINUX.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


if sys.platform == "win32":
    import ctypes

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX of Windows."""

        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "available", "a", "b", "c", "d", "e")),
        ]

    def _available_on_windows() -> int | None:
        status = _Status()
        status.length = ctypes.sizeof(status)
        if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return None
        return int(status.available)
