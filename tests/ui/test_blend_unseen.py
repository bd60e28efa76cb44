"""Keys of the blend in layouts that show each image alone: what they do is said, with the key that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answers import Answers
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.open_save import Opened, show_study
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.ui.window.main_window import MainWindow

APART = "Each row shows one image alone: press L to see both together."
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume) -> Iterator[MainWindow]:
    made = MainWindow()
    made.workspace.questions = Answers()
    made.show()
    qtbot.waitExposed(made)
    show_study(made.workspace, edits.new_study(phantom_mr, phantom_ct), Opened({}, {}))
    QApplication.processEvents()
    yield made
    made.close()


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> str:
    """What the line at the bottom says after a key."""
    window.status.say("before")
    qtbot.keyClick(window.images.active_view(), key, modifier or Qt.KeyboardModifier.NoModifier)
    QApplication.processEvents()
    return window.status.sentence.text()


@pytest.mark.parametrize(
    ("key", "modifier", "words"),
    [
        (Qt.Key.Key_K, None, "in squares of 24 mm"),
        (Qt.Key.Key_C, None, "in two colours"),
        (Qt.Key.Key_V, None, "parted at the crosshair"),
        (Qt.Key.Key_G, None, "in the glass"),
        (Qt.Key.Key_B, SHIFT, "edges of"),
        (Qt.Key.Key_C, SHIFT, "in two colours"),
        (Qt.Key.Key_V, SHIFT, "parted at the crosshair"),
        (Qt.Key.Key_E, None, "faded 60 %"),
        (Qt.Key.Key_Q, None, "faded 40 %"),
        (Qt.Key.Key_W, None, "faded 0 %"),
        (Qt.Key.Key_Tab, None, "faded 50 %"),
    ],
)
def test_a_key_says_what_it_has_done_and_how_to_see_it(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier | None, words: str
) -> None:
    window.workspace.view_model.set_layout("pairs")
    said = press(window, qtbot, key, modifier)
    assert said.startswith("Blend: ")
    assert words in said
    assert said.endswith(APART)
    blend = window.workspace.view_model.view.blend
    press(window, qtbot, Qt.Key.Key_L)  # and so it is
    assert window.workspace.view_model.view.layout == "fused"
    assert window.workspace.view_model.view.blend == blend
    assert words in window.status.sentence.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_J, Qt.Key.Key_Space, Qt.Key.Key_H])
def test_what_only_lasts_a_while_says_so_too(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    model = window.workspace.view_model
    model.set_layout("pairs")
    assert press(window, qtbot, key) == APART
    assert not model.interlude.flickering
    assert not model.interlude.rocking


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_F, "flickering"), (Qt.Key.Key_J, "rocking")])
def test_what_goes_on_can_be_ended_where_it_is_not_seen(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, name: str
) -> None:
    model = window.workspace.view_model
    press(window, qtbot, key)
    assert getattr(model.interlude, name)
    model.set_layout("pairs")
    press(window, qtbot, key)
    assert not getattr(model.interlude, name)


def test_one_image_that_fills_the_window_names_the_way_back(window: MainWindow, qtbot: QtBot) -> None:
    model = window.workspace.view_model
    model.set_layout("nine")
    model.enlarge("moving.axial")
    window.images.view("moving.axial").setFocus()
    said = press(window, qtbot, Qt.Key.Key_K)
    assert said.endswith("Only the moving image is shown: press Ctrl+4 to see both together.")
    press(window, qtbot, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert model.view.enlarged == ""
    assert model.view.mode is BlendMode.CHECKERBOARD


@pytest.mark.parametrize("layout", ["fused", "large", "nine", "mosaic"])
def test_where_it_is_seen_nothing_is_said(window: MainWindow, qtbot: QtBot, layout: str) -> None:
    window.workspace.view_model.set_layout(layout)  # type: ignore[arg-type]
    for key in (Qt.Key.Key_K, Qt.Key.Key_E, Qt.Key.Key_Space, Qt.Key.Key_H):
        assert "together" not in press(window, qtbot, key)
