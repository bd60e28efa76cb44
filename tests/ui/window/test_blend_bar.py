from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from keyboard import key_click
from mouse import Hand, mouse_click
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QWidget

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import FACTS, BlendMode
from fusionviewer.ui.window import blend_bar
from fusionviewer.ui.window.blend_bar import BlendBar


@pytest.fixture
def bar(document: Document, view_model: ViewModel, show: Callable[..., QWidget]) -> BlendBar:
    bar = BlendBar(document, view_model)
    show(bar, 1200, 40)
    return bar


def test_it_follows_the_display_without_changing_it(bar: BlendBar, view_model: ViewModel) -> None:
    announced: list[float] = []
    view_model.blend_changed.connect(lambda: announced.append(view_model.view.fade))
    view_model.set_fade(0.55555)
    assert bar.slider.value() == 556
    assert bar.number.text() == "fade 56 %"
    assert announced == [0.55555]  # not rounded to a step of the slider


def test_a_press_on_the_groove_jumps_there_and_drags_on(bar: BlendBar, view_model: ViewModel) -> None:
    hand, slider = Hand(bar.slider), bar.slider
    y = slider.height() / 2
    hand.press(QPointF(slider.width() * 0.75, y))
    assert view_model.view.fade == pytest.approx(0.75, abs=0.03)
    hand.move(QPointF(slider.width() * 0.25, y))
    hand.release()
    assert view_model.view.fade == pytest.approx(0.25, abs=0.03)  # the handle is wider than the pixel under the mouse
    hand.drag(QPointF(slider.width() * 0.25, y), QPointF(-50, y))
    assert view_model.view.fade == 0.0
    hand.release()
    hand.double_click(QPointF(slider.width() * 0.8, y))
    assert view_model.view.fade == 0.5


def test_the_keyboard_fades_in_steps_of_one_and_ten_percent(bar: BlendBar, view_model: ViewModel) -> None:
    bar.slider.setFocus()
    key_click(bar.slider, Qt.Key.Key_Right)
    assert view_model.view.fade == pytest.approx(0.51)
    key_click(bar.slider, Qt.Key.Key_PageUp)
    assert view_model.view.fade == pytest.approx(0.61)
    key_click(bar.slider, Qt.Key.Key_Home)
    assert view_model.view.fade == 0.0


def test_the_buttons_go_to_the_ends_the_middle_and_the_other_side(bar: BlendBar, view_model: ViewModel) -> None:
    for text, before, after in (("Fixed", 0.3, 0.0), ("Moving", 0.3, 1.0), ("50:50", 0.3, 0.5), ("Swap", 0.3, 0.7)):
        view_model.set_fade(before)
        bar.buttons[text].click()
        assert view_model.view.fade == pytest.approx(after)


def test_the_number_keeps_its_width(bar: BlendBar, view_model: ViewModel) -> None:
    places = set()
    for fade in (0.0, 0.07, 0.5, 1.0):
        view_model.set_fade(fade)
        QApplication.processEvents()
        places.add((bar.number.geometry().getRect(), bar.slider.geometry().getRect()))
        assert bar.number.fontMetrics().horizontalAdvance(bar.number.text()) <= bar.number.width()
    assert len(places) == 1


def test_what_cannot_fade_is_disabled_and_says_why(bar: BlendBar, document: Document, view_model: ViewModel) -> None:
    assert bar.slider.isEnabled()
    view_model.set_blend(mode=BlendMode.CURTAIN)
    assert not bar.slider.isEnabled()
    assert "nothing to set" in bar.slider.toolTip()
    assert not bar.buttons["50:50"].isEnabled()
    assert bar.buttons["Swap"].isEnabled()
    view_model.set_blend(mode=BlendMode.CHECKERBOARD)
    assert bar.slider.isEnabled()
    assert bar.number.text() == "size 24 mm"
    view_model.set_blend(mode=BlendMode.FADE)
    view_model.set_layout("pairs")
    assert not bar.buttons["Swap"].isEnabled()
    for dimmed in (bar, *bar.modes.values(), bar.slider, *bar.buttons.values()):
        assert dimmed.toolTip() == "Each row shows one image alone: press L to see both together."
    view_model.set_layout("nine")
    assert bar.slider.isEnabled()
    view_model.enlarge("fixed.axial")
    assert not bar.slider.isEnabled()
    assert "press Ctrl+4" in bar.slider.toolTip()
    view_model.enlarge("fixed.axial")
    assert bar.slider.isEnabled()
    view_model.set_layout("fused")
    assert bar.slider.isEnabled()
    document.replace(replace(document.state, moving=None))
    assert not bar.slider.isEnabled()
    assert "Open" in bar.slider.toolTip()


def test_the_ends_name_the_images_and_long_names_leave_room_for_the_slider(
    bar: BlendBar, document: Document, view_model: ViewModel
) -> None:
    assert bar.ends["fixed"].words == "FIXED phantom-mr"
    assert bar.ends["moving"].words == "phantom-ct MOVING"
    moving = document.state.moving
    assert moving is not None
    document.replace(replace(document.state, moving=Volume(moving.image, "a-very-long-name-" * 8, "CT")))
    QApplication.processEvents()
    assert bar.ends["moving"].width() < 200
    assert bar.slider.width() > 200
    assert "a-very-long-name-" in bar.ends["moving"].toolTip()


def test_a_mode_tells_its_key_if_it_has_one(
    document: Document, view_model: ViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = ((BlendMode.FADE, "Fade", "S", "To and fro"), (BlendMode.CURTAIN, "Curtain", "", "On either side"))
    monkeypatch.setattr(blend_bar, "MODES", modes)
    bar = BlendBar(document, view_model)
    tips = [button.toolTip() for button in bar.modes.values()]
    assert tips == ["Fade: to and fro (S)", "Curtain: on either side"]


def test_a_click_on_a_mode_shows_it_and_one_more_changes_nothing(bar: BlendBar, view_model: ViewModel) -> None:
    for mode in (BlendMode.CHECKERBOARD, BlendMode.CURTAIN, BlendMode.CURTAIN, BlendMode.FADE):
        mouse_click(bar.modes[mode])
        assert view_model.view.mode is mode
        QApplication.processEvents()
        assert [other for other, button in bar.modes.items() if button.isChecked()] == [mode]


@pytest.mark.parametrize(
    ("width", "words", "number"), [(1900, 7, True), (1200, 1, True), (960, 0, True), (930, 0, False)]
)
def test_a_narrow_bar_leaves_out_words_and_never_a_control(
    bar: BlendBar, view_model: ViewModel, width: int, words: int, number: bool
) -> None:
    bar.resize(width, bar.height())
    QApplication.processEvents()
    beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    written = sum(button.toolButtonStyle() == beside for button in bar.modes.values())
    assert written + bar._chosen.isVisible() == words
    assert bar.number.isVisible() is number
    for control in (*bar.modes.values(), bar.slider, *bar.buttons.values()):
        assert control.isVisible()
        assert control.geometry().right() < width
        assert control.toolTip()
    places = set()
    for mode in BlendMode:
        view_model.set_blend(mode=mode)
        QApplication.processEvents()
        places.add(bar.slider.geometry().getRect())
    assert len(places) == (1 if number else len(places))


def test_images_that_look_alike_when_swapped_cannot_be_swapped(
    bar: BlendBar, view_model: ViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FACTS, BlendMode.CHECKERBOARD, replace(FACTS[BlendMode.CHECKERBOARD], symmetric=True))
    view_model.set_blend(mode=BlendMode.CHECKERBOARD)
    assert not bar.buttons["Swap"].isEnabled()
    assert "changes nothing in this mode" in bar.buttons["Swap"].toolTip()
    view_model.set_blend(mode=BlendMode.CURTAIN)
    assert bar.buttons["Swap"].isEnabled()
