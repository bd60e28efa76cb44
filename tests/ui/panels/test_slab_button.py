"""Thick slices, each image its own: chosen by button, menu and keys, told on the panes, and kept with the study."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from keyboard import CTRL, press
from panes import picture_of
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDoubleSpinBox
from windows import OpenWindow, child

from fusionviewer.app.state.guidance import what_is_shown
from fusionviewer.rendering.slab import Slab
from fusionviewer.session.view_records import view_from_record, view_record
from fusionviewer.ui.panels.slab_button import SlabButton
from fusionviewer.ui.views.slice_pane import SlicePane
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


def pixels(window: MainWindow) -> bytes:
    image = picture_of(window.images.view("fused.axial"))
    bits = image.constBits()
    assert bits is not None
    return bytes(bits.asarray(image.sizeInBytes()))


def choose(window: MainWindow, side: str, name: str) -> None:
    button = child(window, SlabButton, f"{side}_slab")
    menu = button.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == name).trigger()
    QApplication.processEvents()


def told(window: MainWindow, key: str = "fused.axial") -> str:
    pane = window.images.view(key).parentWidget()
    assert isinstance(pane, SlicePane)
    return pane.head.heading.slabs


def test_the_button_shows_one_image_as_a_slab_and_says_so(window: MainWindow) -> None:
    plain, model = pixels(window), window.workspace.view_model
    choose(window, "moving", "Maximum")
    assert model.view.moving_slab == Slab("maximum", 10.0)
    assert model.view.fixed_slab is None
    assert told(window) == "M maximum 10 mm"
    assert what_is_shown(window.workspace.document.state, model.view).endswith("Moving image: maximum over 10 mm.")
    assert "maximum over 10 mm" in child(window, SlabButton, "moving_slab").accessibleName()
    thick = pixels(window)
    assert thick != plain
    box = child(window, SlabButton, "moving_slab").menu().findChild(QDoubleSpinBox)  # type: ignore[union-attr]
    assert box is not None
    box.setValue(25.0)
    assert model.view.moving_slab == Slab("maximum", 25.0)
    assert pixels(window) != thick
    choose(window, "moving", "No slab")
    assert told(window) == ""
    assert pixels(window) == plain
    assert not box.isEnabled()


def test_keys_make_slabs_thicker_and_thinner_and_say_why_not(window: MainWindow) -> None:
    model = window.workspace.view_model
    told_why: list[str] = []
    window.workspace.hindered.connect(told_why.append)
    press(Qt.Key.Key_BracketRight, CTRL)
    assert told_why == ["Show an image as a slab first."]
    window.actions_by_key["fixed_slab_mean"].trigger()
    for key, thick in ((Qt.Key.Key_BracketRight, 15.0), (Qt.Key.Key_BracketLeft, 10.0), (Qt.Key.Key_BracketLeft, 7.0)):
        press(key, CTRL)
        assert model.view.fixed_slab == Slab("mean", thick)
    for _ in range(12):
        press(Qt.Key.Key_BracketRight, CTRL)
    assert model.view.fixed_slab == Slab("mean", 30.0)
    assert window.actions_by_key["fixed_slab_mean"].isChecked()
    assert not window.actions_by_key["fixed_slab_off"].isChecked()


def test_the_keys_act_at_once_on_what_the_icon_chose(window: MainWindow) -> None:
    choose(window, "moving", "Maximum")
    press(Qt.Key.Key_BracketRight, CTRL)
    assert window.workspace.view_model.view.moving_slab == Slab("maximum", 15.0)
    choose(window, "moving", "No slab")
    press(Qt.Key.Key_BracketRight, CTRL)
    assert window.status.sentence.text() == "Show an image as a slab first."


def test_a_window_that_is_dragged_does_not_refresh_the_slabs(window: MainWindow) -> None:
    model = window.workspace.view_model
    told_of: list[Slab | None] = []
    model.slab_changed.connect(lambda: told_of.append(model.view.fixed_slab))
    model.set_window("fixed", replace(model.view.fixed_window, width=model.view.fixed_window.width + 5.0))
    assert told_of == []
    choose(window, "fixed", "Mean")
    assert told_of == [Slab("mean", 10.0)]


def test_a_pane_of_one_image_tells_only_of_that_one(open_window: OpenWindow) -> None:
    window = open_window(layout="nine")
    choose(window, "fixed", "Mean")
    assert told(window, "fixed.axial") == "F mean 10 mm"
    assert told(window, "moving.axial") == ""


def test_slabs_are_kept_with_the_study_and_older_studies_have_none(window: MainWindow) -> None:
    choose(window, "moving", "Maximum")
    record = json.loads(json.dumps(view_record(window.workspace.view_model.view)))
    assert view_from_record(record).moving_slab == Slab("maximum", 10.0)
    older = {name: value for name, value in record.items() if not name.endswith("_slab")}
    assert view_from_record(older).moving_slab is None
    for bad in ({"kind": "median", "thickness_mm": 3}, {"kind": "mean", "thickness_mm": 99}, {"kind": "mean"}, 3):
        with pytest.raises((KeyError, TypeError, ValueError)):
            view_from_record({**record, "fixed_slab": bad})
