"""What keys do: they never change the alignment unawares, they reach everything, and say why they do nothing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from keyboard import ALT, CTRL, NONE, SHIFT, key_click, key_clicks, press
from phantoms import MOVING_FROM_FIXED
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QToolButton, QWidget
from windows import EMPTY, OpenWindow, child, click, press_in_views

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import STEPS
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.widgets.controls import NumberBox
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.step_bar import StepButton

KEY = Qt.Key
ARROWS = (KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down)
PAGES = (KEY.Key_PageUp, KEY.Key_PageDown)


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_arrows_move_the_crosshair_and_never_the_image(window: MainWindow) -> None:
    workspace = window.workspace
    review_commands.review(workspace, "accepted", "fine", "AB")
    before, middle = workspace.document.state, workspace.view_model.view
    for mode, modifiers in product(("crosshair", "window", "turn", "measure"), (NONE, SHIFT, CTRL, CTRL | SHIFT)):
        if mode != workspace.view_model.tool:
            window.actions_by_key[f"{mode}_tool"].trigger()
        for key in (*ARROWS, *PAGES):
            workspace.view_model.show(middle)
            press_in_views(window, key, modifiers)
            moved = np.linalg.norm(np.subtract(workspace.view_model.view.fixed.cursor, middle.fixed.cursor))
            # the phantom's voxels are 2 to 3 mm; a plain step goes by one of them, with Shift by ten
            assert moved > 15 if modifiers & SHIFT else 1 < moved < 5, (mode, key, modifiers)
            assert workspace.document.state is before


def test_in_the_mode_move_they_nudge_and_the_review_stays_out_of_date(window: MainWindow) -> None:
    workspace = window.workspace
    review_commands.review(workspace, "accepted", "fine", "AB")
    reviewed = workspace.document.state.alignment
    press_in_views(window, KEY.Key_M)
    for key in (*ARROWS, *PAGES):
        place = workspace.view_model.view.fixed.cursor
        press_in_views(window, key)
        alignment = workspace.document.state.alignment
        assert alignment.origin == "hand", key
        assert workspace.view_model.view.fixed.cursor == place
        assert alignment.review is not None
        assert alignment.review.note == "fine"
        assert child(window, StepButton, "step_review").state.words == "Out of date"
        press_in_views(window, key, CTRL)  # which moves the crosshair in every mode
        assert workspace.view_model.view.fixed.cursor != place
        assert workspace.document.state.alignment is alignment
        press_in_views(window, KEY.Key_Z, CTRL)
        undone = workspace.document.state.alignment  # all as it was, but for a longer history
        assert (undone.review, undone.origin) == (reviewed.review, reviewed.origin)
        assert undone.moving_from_fixed == reviewed.moving_from_fixed


def test_what_is_clicked_leaves_the_keys_to_the_images(window: MainWindow) -> None:
    document, view = window.workspace.document, window.images.active_view()
    document.apply("by hand", edits.set_pose(document.state, MOVING_FROM_FIXED, "hand"))
    initials = child(window, QLineEdit, "initials")
    initials.setText("AB")
    for name in ("step_open", "go_on", "next_action", "button_accept"):
        click(window, name)
        assert view.hasFocus(), name
    initials.setFocus()
    click(window, "button_reject")
    assert view.hasFocus()
    press(KEY.Key_K)
    assert initials.text() == "AB"
    assert window.workspace.view_model.view.blend.mode is BlendMode.CHECKERBOARD


def test_a_new_pair_brings_its_table_unless_the_panel_is_folded(window: MainWindow) -> None:
    show_step(window.workspace, "review")
    press_in_views(window, KEY.Key_N)
    assert (window.workspace.window.step, window.column.align.page) == ("align", "Landmarks")
    press_in_views(window, KEY.Key_Escape)
    show_step(window.workspace, "review")
    press_in_views(window, KEY.Key_F9)
    press_in_views(window, KEY.Key_N)
    assert not window.column.isVisible()


def test_esc_leaves_a_field_for_the_images(window: MainWindow) -> None:
    show_step(window.workspace, "review")
    for field in (child(window, QLineEdit, "initials"), child(window, QPlainTextEdit, "note")):
        field.setFocus()
        press(KEY.Key_Escape)
        assert window.images.active_view().hasFocus()


@pytest.mark.parametrize("key", [KEY.Key_T, KEY.Key_M, KEY.Key_D, KEY.Key_O])
def test_esc_leaves_a_mouse_mode_and_what_was_typed_first(window: MainWindow, key: Qt.Key) -> None:
    model = window.workspace.view_model
    for _ in range(2):
        press_in_views(window, key)
        chosen = model.tool
        assert chosen != "crosshair"
        window.column.align.show_page("Automatic")
        show_step(window.workspace, "align")
        box = child(window, NumberBox, "max_shift")
        box.setFocus()
        box.selectAll()
        key_clicks(box, "3.5")
        press(KEY.Key_Escape)
        assert (box.value(), box.text(), model.tool) == (10.0, "10.0 mm", chosen)
        window.images.active_view().setFocus()
        press(KEY.Key_Escape)
        assert model.tool == "crosshair"


def test_no_single_key_signs_a_review(window: MainWindow) -> None:
    show_step(window.workspace, "review")
    child(window, QLineEdit, "initials").setText("AB")
    window.images.active_view().setFocus()
    for key in range(KEY.Key_A, KEY.Key_Z + 1):
        if key != KEY.Key_N:  # begins a pair, which is a change of the landmarks
            key_click(window.images.active_view(), KEY(key))
    assert window.workspace.document.state.alignment.review is None


def test_a_key_that_can_do_nothing_says_why(window: MainWindow) -> None:
    press_in_views(window, KEY.Key_U)
    assert "Only images of the same kind can be subtracted" in window.status.sentence.text()
    press_in_views(window, KEY.Key_L, CTRL)
    assert "needs three complete pairs" in window.status.sentence.text()
    press_in_views(window, KEY.Key_7)
    assert "There is no pair 7 yet." in window.status.sentence.text()


def test_keys_of_the_images_say_nothing_elsewhere(window: MainWindow) -> None:
    show_step(window.workspace, "review")
    guidance = window.status.sentence.text()
    for field in (child(window, QLineEdit, "initials"), child(window, QToolButton, "step_open")):
        field.setFocus()
        for key in (KEY.Key_Return, KEY.Key_Enter, *ARROWS, *PAGES):
            press(key)
            assert window.status.sentence.text() == guidance, (field.objectName(), key)
    window.images.active_view().setFocus()
    press(KEY.Key_Return)
    assert window.status.sentence.text() == "Select a pair that is marked in one image only."


def test_enter_on_the_welcome_page_says_nothing(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    window._pages.setFocus()
    guidance = window.status.sentence.text()
    press(KEY.Key_Return)
    assert window.status.sentence.text() == guidance


def test_esc_closes_the_newest_message_over_the_images(window: MainWindow) -> None:
    bar = window.messages
    for text in ("The first.", "The second."):
        bar.show_message(text)
    QApplication.processEvents()
    press_in_views(window, KEY.Key_M)
    press(KEY.Key_Escape)  # what goes on is ended first
    assert (window.workspace.view_model.tool, bar.sentence.text()) == ("crosshair", "The second.")
    press(KEY.Key_Escape)
    assert bar.sentence.text() == "The first."
    bar.button("Close").setFocus()
    press(KEY.Key_Escape)
    assert not bar.isVisible()
    assert window.images.active_view().hasFocus()
    assert window.status.sentence.text() != "There is nothing to cancel."
    press(KEY.Key_Escape)
    assert window.status.sentence.text() == "There is nothing to cancel."


def test_undo_and_redo_say_what_they_undid(window: MainWindow) -> None:
    press_in_views(window, KEY.Key_M)
    press_in_views(window, KEY.Key_Right)
    press_in_views(window, KEY.Key_Z, CTRL)
    assert "Translate manually" in window.status.sentence.text()
    press_in_views(window, KEY.Key_Y, CTRL)
    assert "Translate manually" in window.status.sentence.text()


def test_the_steps_and_the_side_panel_have_keys(window: MainWindow) -> None:
    state = window.workspace.window
    for number, step in enumerate(("open", "align", "review", "export")):
        press_in_views(window, KEY(KEY.Key_1 + number), ALT)
        assert state.step == step
        assert child(window, QToolButton, f"step_{step}").isChecked()
    images = window.images.width()
    press_in_views(window, KEY.Key_F9)
    assert not window.column.isVisible()
    assert window.images.width() > images
    press_in_views(window, KEY.Key_2, ALT)  # what is asked for is shown
    assert window.column.isVisible()
    press_in_views(window, KEY.Key_F9)
    press_in_views(window, KEY.Key_F9)
    assert window.column.isVisible()


def test_tab_goes_from_the_images_through_the_panel_and_back(window: MainWindow) -> None:
    for step, _ in STEPS:
        show_step(window.workspace, step)
        _go_round(window)


def _go_round(window: MainWindow) -> None:
    window.images.active_view().setFocus()
    fade = window.workspace.view_model.view.fade
    seen: list[QWidget] = []
    for _ in range(120):
        press(KEY.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if now in seen:
            break
        seen.append(now)
    assert any(window.column.isAncestorOf(widget) for widget in seen)
    assert any(window.images.isAncestorOf(widget) for widget in seen)
    assert window.workspace.view_model.view.fade == fade
    enabled = [
        part
        for part in window.column.findChildren(QWidget)
        if part.isVisible() and part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    inner = {part for part in enabled if part.focusProxy() is None and not isinstance(part.parent(), QLineEdit)}
    missed = [part.objectName() or type(part).__name__ for part in inner - set(seen)]
    assert [name for name in missed if not name.startswith("qt_")] == []


def test_another_key_swaps_the_images(window: MainWindow) -> None:
    window.workspace.view_model.set_fade(0.3)
    press_in_views(window, KEY.Key_S, SHIFT)
    assert window.workspace.view_model.view.fade == pytest.approx(0.7)
