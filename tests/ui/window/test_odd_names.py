"""Names of files that are no Unicode text, or hold what should not be shown: handled, and shown harmlessly."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray, QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QMenu
from windows import OpenWindow

from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.ui.widgets.drops import dropped_paths

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can have such a name")

ODD = (b"n\xff", b"a\nb\x1b[31m", "r\u202eemos".encode())

_KEPT: list[QMimeData] = []


def _dropped(path: Path) -> QDropEvent:
    data = QMimeData()
    encoded = QByteArray(os.fsencode(path)).toPercentEncoding(QByteArray(b"/"))
    data.setUrls([QUrl.fromEncoded(QByteArray(b"file://" + encoded.data()))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    _KEPT.append(data)  # an event does not hold it
    return QDropEvent(QPointF(), Qt.DropAction.CopyAction, data, buttons, keys)


@pytest.mark.parametrize("name", ODD)
def test_a_drop_keeps_the_bytes_of_a_name(tmp_path: Path, name: bytes, qapp: QApplication) -> None:
    path = tmp_path / os.fsdecode(name)
    assert dropped_paths(_dropped(path)) == [path]


@pytest.mark.parametrize("name", ODD)
def test_a_study_of_such_a_name_is_saved_shown_and_refused(
    open_window: OpenWindow, tmp_path: Path, name: bytes
) -> None:
    window = open_window()
    path = tmp_path / os.fsdecode(name + b".fusion.json")
    assert save_study(window.workspace, path)
    assert path.exists()
    menu = window.findChild(QMenu, "recent_studies")
    assert menu is not None
    menu.aboutToShow.emit()
    shown = [window.windowTitle(), window.status.sentence.text(), menu.actions()[0].text()]
    assert all("\\u" in text and text.isprintable() for text in shown)
    path.write_text("{}")
    window.dropEvent(_dropped(path))
    assert window.messages.sentence.text().replace("\u200b", "").isprintable()
    assert "is not a fusionviewer study" in window.messages.sentence.text()
