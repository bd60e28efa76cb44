"""What actions and controls say of themselves."""

from __future__ import annotations

import pytest
from landmark_sets import one_off
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QSlider, QToolButton, QWidget
from windows import EMPTY, OpenWindow, child

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.panels.align_panel import PAGES, Page


def test_every_action_can_be_found_and_says_why_it_cannot_be_done(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    shortcuts = [key for action in ACTIONS for key in action.keys if key not in action.lent_to_move]
    assert len(shortcuts) == len(set(shortcuts))
    for action in ACTIONS:
        qt_action = window.actions_by_key[action.key]
        if not qt_action.isEnabled():
            assert action.need(window.workspace) in qt_action.toolTip()
    assert not window.actions_by_key["register"].isEnabled()
    assert window.actions_by_key["open_fixed"].isEnabled()
    assert "Open a fixed and a moving image" in window.status.sentence.text()


@pytest.mark.parametrize("layout", ["fused", "pairs"])
@pytest.mark.parametrize("page", PAGES)
def test_every_control_says_what_it_does_or_why_it_does_not(
    open_window: OpenWindow, page: Page, layout: Layout
) -> None:
    window = open_window(landmarks=one_off(), layout=layout)
    for name in ("fold_placement", "fold_targets"):
        child(window, QToolButton, name).click()
    window.column.align.show_page(page)
    QApplication.processEvents()
    mute = [
        control.objectName() or type(control).__name__
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
        for control in window.findChildren(kind)
        if control.isVisible() and not control.toolTip()
    ]
    assert mute == []
    if layout == "pairs":
        assert "Each row shows one image alone" in window.fade_bar.buttons["50:50"].toolTip()


def test_what_takes_numbers_and_words_has_a_name_for_those_who_hear_it(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    window.column.get_ready()
    names = ("fixed_level", "fixed_width", "moving_level", "moving_width", "note")
    found = {name: window.findChild(QWidget, name) for name in names}
    assert all(widget is not None and widget.accessibleName() for widget in found.values()), found
    assert window.images.accessibleName()


def test_a_button_is_called_what_its_action_is_called_in_the_menu(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off())
    others = []
    for button in window.findChildren(QAbstractButton):
        key = button.objectName().removeprefix("button_")
        if key == button.objectName() or not button.text():
            continue
        action = window.actions_by_key[key]
        text = button.text().removesuffix(f" ({action.shortcut().toString()})")  # some show their key as well
        named, said = (_words(text) for text in (action.text(), text))
        if not said <= named:
            others.append((key, button.text(), window.actions_by_key[key].text()))
    assert others == []


def _words(text: str) -> set[str]:
    return set(text.lower().replace("…", "").replace("&", "").split())
