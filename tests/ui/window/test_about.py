"""Help ▸ About: version, build, licences, and how a download is verified."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from windows import OpenWindow

from fusionviewer import version
from fusionviewer.ui.window.about import about_text


def test_it_tells_the_build_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(version, "BUILD_FILE", tmp_path / "build.txt")
    assert "run from source" in about_text()
    (tmp_path / "build.txt").write_text("commit 0cbbe6d1a2b3, 2026-11-30\n", encoding="utf-8")
    assert "Build: commit 0cbbe6d1a2b3, 2026-11-30<" in about_text()


def test_it_names_the_licences_of_a_bundle(tmp_path: Path) -> None:
    told = about_text(tmp_path)
    assert str(tmp_path / "licences") in told
    assert str(tmp_path / "bom.cdx.json") in told


def test_the_menu_shows_it(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    told: list[str] = []

    def read_and_close() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        told.append(box.text())
        box.accept()

    QTimer.singleShot(0, read_and_close)
    window.actions_by_key["about"].trigger()
    assert f"fusionviewer {version.__version__}" in told[0]
    for words in ("never looks for updates", "SHA256SUMS", "General Public License", "Not a medical device"):
        assert words in told[0]
