"""A series browser that is shown and has the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from series_browser import Show
from series_folders import CHOICES, question

from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog


@pytest.fixture
def browse(qtbot: QtBot) -> Show:
    """Shows a browser and waits until it has the keyboard."""

    def show(
        choices: Sequence[SeriesChoice] = CHOICES,
        sides: tuple[Side, ...] = SIDES,
        window: QWidget | None = None,
        **asked: Any,
    ) -> SeriesDialog:
        dialog = SeriesDialog(question(choices, sides, **asked), window)
        qtbot.addWidget(dialog, before_close_func=lambda made: made.reject())
        with qtbot.waitExposed(dialog):
            dialog.show()
        dialog.activateWindow()
        dialog.tree.setFocus()
        QApplication.processEvents()
        return dialog

    return show
