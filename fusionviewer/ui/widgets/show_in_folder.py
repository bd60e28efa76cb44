"""Show a file in the system's own window for files, without waiting for it and without a shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QProcess, QUrl
from PyQt6.QtGui import QDesktopServices

_SERVICE: Final = "org.freedesktop.FileManager1"
_ROOM: Final = "/org/freedesktop/FileManager1"


def show_in_folder(path: Path, refused: Callable[[str], object]) -> None:
    """Show a file marked in its folder, or that folder where the system knows no such thing.

    `refused` is called with a sentence where nothing can be shown, perhaps only after the file manager has answered.
    """
    path = Path(os.path.abspath(path))
    if not os.path.isdir(path.parent):
        refused(f"The folder of {path.name} is no longer there.")
        return

    def open_it() -> None:
        if not open_folder(path.parent):
            refused(f"No file manager could be opened: {path.name} is in {path.parent}.")

    if not (os.path.lexists(path) and _marked(path, open_it)):
        open_it()


def open_folder(folder: Path) -> bool:
    """Show a folder; whether the system took the order."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _marked(path: Path, otherwise: Callable[[], None]) -> bool:
    """Whether the file manager was asked to mark a file; `otherwise` is done if it refuses later."""
    if sys.platform == "win32":
        explorer = os.path.join(os.environ.get("SYSTEMROOT", r"C:\Windows"), "explorer.exe")
        return QProcess.startDetached(explorer, ["/select,", str(path)])[0]
    return _asked_file_manager(path, otherwise)


def _asked_file_manager(path: Path, otherwise: Callable[[], None]) -> bool:
    """Whether the desktop's file manager was asked by D-Bus to show a file; `otherwise` is done if it refuses."""
    if not _has_session_bus():
        return False
    try:
        from PyQt6.QtCore import QMetaType
        from PyQt6.QtDBus import (
            QDBusArgument,
            QDBusConnection,
            QDBusMessage,
            QDBusPendingCallWatcher,
            QDBusPendingReply,
        )
    except ImportError:  # a system without the library of D-Bus
        return False
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    place = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    files = QDBusArgument([place], QMetaType.fromName(b"QStringList").id())
    order = QDBusMessage.createMethodCall(_SERVICE, _ROOM, _SERVICE, "ShowItems")
    order.setArguments([files, ""])
    answer = bus.asyncCall(order)
    watcher = QDBusPendingCallWatcher(answer)
    _waiting.add(watcher)

    def answered() -> None:
        _waiting.discard(watcher)
        if QDBusPendingReply(answer).isError():
            otherwise()

    watcher.finished.connect(answered)
    return True


_waiting: Final[set[object]] = set()
"""Answers that are still to come."""


def _has_session_bus() -> bool:
    """Whether there is a bus to connect to: without one, its library would start one, and wait for that."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and os.path.exists(os.path.join(runtime, "bus"))
