"""What is dragged from a file manager and dropped on the window."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDropEvent


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files and folders that a drag carries."""
    data = event.mimeData()
    urls = data.urls() if data is not None else []
    return [_local_path(url) for url in urls if url.isLocalFile()]


def _local_path(url: QUrl) -> Path:
    """The path of a file, with the bytes of its name as they are: where they are no Unicode text, Qt replaces them."""
    path = url.toLocalFile()
    if "\ufffd" not in path:
        return Path(path)
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))
