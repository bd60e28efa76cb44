"""The pose at the start beside the present one."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from windows import OpenWindow, child, click, written

from fusionviewer.app.commands.window import show_step
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.dialogs.before_after import BeforeAfterWindow, HistogramPlot
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState, study: FusionState) -> MainWindow:
    """The phantoms aligned by a file, and begun as their headers place them."""
    start = edits.start_from_header(unaligned)
    return open_window(edits.set_pose(start, study.alignment.moving_from_fixed, "file"))


def shown(dialog: BeforeAfterWindow, qtbot: QtBot) -> list[QImage]:
    labels = [child(dialog, QLabel, f"{name}_picture") for name in ("before", "after")]
    qtbot.waitUntil(lambda: all(not label.pixmap().isNull() for label in labels), timeout=20_000)
    return [label.pixmap().toImage() for label in labels]


def test_both_poses_are_shown_with_their_histograms_and_follow_the_crosshair(window: MainWindow, qtbot: QtBot) -> None:
    show_step(window.workspace, "review")
    click(window, "button_before_after")
    dialog = child(window, BeforeAfterWindow)
    before, after = shown(dialog, qtbot)
    assert before != after
    titles = [child(dialog, QLabel, f"{name}_title").text() for name in ("before", "after")]
    assert titles == ["Before: scanner alignment", "After: Transform from a file"]
    plots = [child(dialog, HistogramPlot, f"{name}_histogram") for name in ("before", "after")]
    assert plots[1].words[:2] == ("Fixed MR", "Moving CT, HU")
    bits = [float(plot.words[2].split()[2]) for plot in plots]
    assert bits[1] > bits[0]
    assert plots[0].grab().toImage() != plots[1].grab().toImage()
    window.workspace.view_model.set_cursor("fixed", np.array([0.0, 0.0, 40.0]))
    label = child(dialog, QLabel, "after_picture")
    qtbot.waitUntil(lambda: label.pixmap().toImage() != after, timeout=20_000)
    click(window, "button_before_after")
    assert window.findChildren(BeforeAfterWindow) == [dialog], "one window, brought to the front"
    dialog.close()


def test_without_another_pose_there_is_nothing_to_compare(open_window: OpenWindow, unaligned: FusionState) -> None:
    window = open_window(edits.start_from_header(unaligned))
    action = window.actions_by_key["before_after"]
    assert not action.isEnabled()
    assert "still the one at the start" in action.toolTip()


def test_it_goes_with_its_study(window: MainWindow, qtbot: QtBot) -> None:
    show_step(window.workspace, "review")
    click(window, "button_before_after")
    shown(child(window, BeforeAfterWindow), qtbot)
    window.workspace.document.replace(FusionState())
    qtbot.waitUntil(lambda: not window.findChildren(BeforeAfterWindow))
    assert written(window, "message") == ""
