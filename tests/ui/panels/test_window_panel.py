"""The panel of windows and colours: presets, numbers, colour maps, and histograms that can be folded away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from answers import Answers
from keyboard import type_in
from mouse import Hand
from PyQt6.QtCore import QPointF, QSettings, Qt
from PyQt6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from windows import OpenWindow, child, show_images

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.colours import COLOUR_NAMES
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, FusionState
from fusionviewer.ui.panels.window_histogram import WindowHistogram
from fusionviewer.ui.panels.window_panel import AUTOMATIC, CUSTOM, MIDDLE, NO_IMAGE, ROOM, WHOLE, WindowPanel
from fusionviewer.ui.window.side_panel import WIDTH

TONED = dict(CT_PRESETS)["Brain and bone"]


@pytest.fixture
def workspace(qapp: QApplication, study: FusionState, phantom_heads: Mapping[str, Points]) -> Workspace:
    made = Workspace(Answers())
    volumes = {side: volume for side in SIDES if (volume := study.volume(side)) is not None}
    show_study(
        made, study, Opened(volumes, {side: phantom_heads[volume.fingerprint] for side, volume in volumes.items()})
    )
    return made


@pytest.fixture(autouse=True)
def _no_tips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's platform for tests cannot raise tool tips, and says so."""
    monkeypatch.setattr(QToolTip, "showText", lambda *_: None)


@pytest.fixture
def panel(workspace: Workspace, show: Callable[..., QWidget]) -> WindowPanel:
    made = WindowPanel(workspace)
    show(made, WIDTH - 32, 240)
    return made


def names_in(box: QComboBox) -> list[str]:
    return [box.itemText(n) for n in range(box.count())]


def choose(box: QComboBox, name: str) -> None:
    """Choose by the keyboard, as the list itself would."""
    box.setCurrentText(name)
    box.activated.emit(box.currentIndex())


# Presets


def test_a_ct_has_the_known_windows_and_an_mr_those_of_its_own_values(panel: WindowPanel, workspace: Workspace) -> None:
    fixed, moving = workspace.document.state.fixed, workspace.document.state.moving
    assert fixed is not None
    assert moving is not None
    mr, ct = child(panel, QComboBox, "fixed_preset"), child(panel, QComboBox, "moving_preset")
    assert names_in(mr) == [CUSTOM, AUTOMATIC, MIDDLE, WHOLE]
    assert names_in(ct) == [CUSTOM, AUTOMATIC, *dict(CT_PRESETS), WHOLE]
    assert mr.currentText() == AUTOMATIC
    choose(mr, WHOLE)
    window = workspace.view_model.view.fixed_window
    assert (window.low, window.high) == pytest.approx(fixed.value_range)
    choose(mr, MIDDLE)
    assert workspace.view_model.view.fixed_window.high < window.high
    choose(mr, AUTOMATIC)
    assert workspace.view_model.view.fixed_window == auto_window(fixed)
    choose(ct, "Bone")
    assert workspace.view_model.view.moving_window == Window(500, 2000)


def test_typed_numbers_keep_the_tone_and_another_preset_drops_it(
    panel: WindowPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    box = child(panel, QComboBox, "moving_preset")
    choose(box, "Brain and bone")
    assert workspace.view_model.view.moving_window == TONED
    type_in(child(panel, QDoubleSpinBox, "moving_width"), "100")
    type_in(child(panel, QDoubleSpinBox, "moving_level"), "35")
    assert workspace.view_model.view.moving_window == Window(35, 100, 1300)
    assert box.currentText() == "White at 1300 HU"  # seen, though it is no preset any more
    assert "White at 1300 HU" in box.toolTip()
    choose(box, "Brain")
    assert workspace.view_model.view.moving_window == Window(40, 80)
    assert names_in(box)[0] == CUSTOM


def test_what_tone_mapping_does_is_told(panel: WindowPanel) -> None:
    box = child(panel, QComboBox, "moving_preset")
    told = box.itemData(names_in(box).index("Brain and bone"), Qt.ItemDataRole.ToolTipRole)
    assert "1300 HU" in told
    choose(box, "Brain and bone")
    assert told in box.toolTip()
    choose(box, "Metal and electrodes")  # too long for the closed box: its tool tip has it in full
    assert "Metal and electrodes" in box.toolTip()


def test_images_of_another_range_change_no_window(panel: WindowPanel, workspace: Workspace) -> None:
    fixed, moving = workspace.document.state.fixed, workspace.document.state.moving
    assert fixed is not None
    ramp = np.linspace(0, 1, fixed.array.size, dtype=np.float32).reshape(fixed.array.shape)
    small = Volume(image_on_grid(ramp, fixed.grid), "small", "MR")
    workspace.document.replace(edits.new_study(small, moving))
    workspace.view_model.set_window("fixed", Window(0.35, 0.25))
    view = workspace.view_model.view
    workspace.document.replace(edits.new_study(fixed, moving))  # its box has no decimals
    assert workspace.view_model.view == view
    workspace.document.replace(edits.new_study(small, moving))
    assert workspace.view_model.view == view


# Colours


def test_colours_are_chosen_from_a_menu_of_names_with_pictures(panel: WindowPanel, workspace: Workspace) -> None:
    for side in SIDES:
        button = child(panel, QToolButton, f"{side}_colours")
        menu = button.menu()
        assert menu is not None
        actions = menu.actions()
        assert [action.text() for action in actions] == list(COLOUR_NAMES.values())
        assert all(not action.icon().isNull() for action in actions)
        before = workspace.view_model.view
        for colours, action in zip(COLOUR_NAMES, actions, strict=True):
            action.trigger()
            assert workspace.view_model.view == before.with_colours(side, colours)
            assert [a.text() for a in actions if a.isChecked()] == [COLOUR_NAMES[colours]]
            assert COLOUR_NAMES[colours] in button.toolTip()
            assert COLOUR_NAMES[colours] in button.accessibleName()
        assert not workspace.document.modified
        workspace.view_model.set_colours(side, "grey")


def test_the_button_shows_the_colours_from_dark_to_bright(panel: WindowPanel, workspace: Workspace) -> None:
    button = child(panel, QToolButton, "fixed_colours")

    def ends() -> tuple[int, int]:
        picture = button.icon().pixmap(button.iconSize()).toImage()
        return picture.pixelColor(0, 5).lightness(), picture.pixelColor(picture.width() - 1, 5).lightness()

    dark, bright = ends()
    assert dark < 20
    assert bright > 235
    workspace.view_model.set_colours("fixed", "inverted")
    bright, dark = ends()
    assert dark < 20
    assert bright > 235


# Without images


def test_without_an_image_everything_is_disabled_and_says_why(panel: WindowPanel, workspace: Workspace) -> None:
    workspace.document.replace(edits.new_study(workspace.document.state.fixed, None))
    for kind, name in (
        (QComboBox, "preset"), (QDoubleSpinBox, "level"), (QDoubleSpinBox, "width"), (QToolButton, "colours"),
    ):  # fmt: skip
        assert child(panel, kind, f"fixed_{name}").isEnabled()
        control = child(panel, kind, f"moving_{name}")
        assert not control.isEnabled()
        assert control.toolTip() == NO_IMAGE
    assert not child(panel, WindowHistogram, "moving_histogram").isEnabled()


# Room


def histograms(panel: WindowPanel) -> list[bool]:
    return [child(panel, WindowHistogram, f"{side}_histogram").isVisible() for side in SIDES]


def test_the_room_decides_about_the_histograms_until_the_user_does(
    panel: WindowPanel, workspace: Workspace, show: Callable[..., QWidget]
) -> None:
    panel.adapt_to_height(ROOM - 1)
    assert histograms(panel) == [False, False]
    panel.adapt_to_height(ROOM)
    assert histograms(panel) == [True, True]
    fold = child(panel, QToolButton, "histograms")
    hand = Hand(fold)
    hand.click(QPointF(8, 8))
    assert histograms(panel) == [False, False]
    panel.adapt_to_height(2 * ROOM)
    assert histograms(panel) == [False, False]
    hand.click(QPointF(8, 8))
    panel.adapt_to_height(100)
    assert histograms(panel) == [True, True]
    QSettings().sync()
    another = WindowPanel(workspace)  # the next time
    show(another, WIDTH - 32, 240)
    another.adapt_to_height(100)
    assert histograms(another) == [True, True]


def test_folding_moves_no_control_of_the_first_row_and_both_rows_line_up(panel: WindowPanel, qtbot: QtBot) -> None:
    names = ("preset", "level", "width", "colours")

    def places(side: str) -> list[tuple[int, int]]:
        made = []
        for name in names:
            control = child(panel, QWidget, f"{side}_{name}")
            made.append((control.mapTo(panel, control.rect().topLeft()).x(), control.width()))
        return made

    panel.show_histograms(False)
    QApplication.processEvents()
    folded = places("fixed")
    assert folded == places("moving")
    panel.show_histograms(True)
    QApplication.processEvents()
    assert places("fixed") == folded == places("moving")
    right = [x + width for x, width in folded]
    assert right == sorted(right)
    assert right[-1] <= panel.width()
    histogram = child(panel, WindowHistogram, "moving_histogram")
    assert histogram.width() == panel.width()


def test_numbers_as_long_as_a_ct_has_them_fit_their_boxes(panel: WindowPanel, workspace: Workspace) -> None:
    for window in (Window(-1024, 65535), Window(-32768, 4096)):
        workspace.view_model.set_window("moving", window)
        for name in ("level", "width"):
            box = child(panel, QDoubleSpinBox, f"moving_{name}")
            line = box.lineEdit()
            assert line is not None
            room = line.contentsRect().width()
            assert box.fontMetrics().horizontalAdvance(box.text()) <= room, box.text()


def test_the_histogram_changes_the_row_above_it(panel: WindowPanel, workspace: Workspace) -> None:
    panel.show_histograms(True)
    QApplication.processEvents()
    workspace.view_model.set_window("moving", Window(100, 400))
    histogram = child(panel, WindowHistogram, "moving_histogram")
    start = QPointF(histogram.x_of(100), 20)
    hand = Hand(histogram)
    hand.press(start)
    hand.move(start + QPointF(30, 0))
    hand.release()
    level = workspace.view_model.view.moving_window.level
    assert level > 110
    assert child(panel, QDoubleSpinBox, "moving_level").value() == np.round(level)
    assert child(panel, QComboBox, "moving_preset").currentText() == CUSTOM


def test_values_from_nought_to_one_can_be_windowed_by_number(open_window: OpenWindow) -> None:
    window = open_window()
    grid = window.workspace.document.state.fixed.grid  # type: ignore[union-attr]
    ramp = np.linspace(0, 1, int(np.prod(grid.size)), dtype=np.float32).reshape(grid.size[::-1])
    small = Volume(image_on_grid(ramp, grid), "small")
    show_images(window, small, small)
    type_in(child(window, QDoubleSpinBox, "fixed_level"), "0.35")
    assert window.workspace.view_model.view.fixed_window.level == pytest.approx(0.35)
