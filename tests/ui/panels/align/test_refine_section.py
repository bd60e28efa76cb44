"""The limits in the panel and in the views: keys, focus, gauges."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_click
from mouse import mouse_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow, child, picture

from fusionviewer.app.commands import register as register_commands
from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import Bounds, Ending, Reason, RegistrationResult, RegistrationSettings
from fusionviewer.session import edits
from fusionviewer.session.alignment import Limits
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.widgets.limit_gauge import LimitGauge
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(page="Automatic")


def _gauges(window: MainWindow) -> tuple[LimitGauge, LimitGauge]:
    return child(window, LimitGauge, "gauge_translation"), child(window, LimitGauge, "gauge_rotation")


def _off(window: MainWindow, shift_mm: float, angle_deg: float) -> RigidTransform:
    """A pose so far from the one shown, as the limits measure it."""
    start = window.workspace.document.state.alignment.moving_from_fixed
    centre = start.apply(window.workspace.limits._centre())
    return (
        RigidTransform.from_rotation_vector([0, 0, np.deg2rad(angle_deg)], centre, np.array([shift_mm, 0, 0])) @ start
    )


def _colours(gauge: LimitGauge) -> set[str]:
    image = gauge.grab().toImage()
    return {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}


def test_a_key_shows_them_in_the_fused_views_and_no_others(window: MainWindow, qtbot: QtBot) -> None:
    model, view = window.workspace.view_model, window.images.active_view()
    bare = picture(window)
    assert not window.actions_by_key["show_limits"].isChecked()
    key_click(view, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: model.halo is not None, timeout=30_000)
    assert window.actions_by_key["show_limits"].isChecked()
    assert picture(window) != bare
    key_click(view, Qt.Key.Key_H)
    assert picture(window) == bare
    model.set_layout("pairs")
    single = picture(window, "moving.axial")
    model.change(show_limits=True)
    assert model.halo is not None
    assert picture(window, "moving.axial") == single


def test_they_are_seen_while_a_limit_has_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    model = window.workspace.view_model
    window.workspace.limits._lingering.setInterval(50)
    window.activateWindow()
    for name in ("max_shift", "max_rotation"):
        box = window.findChild(QDoubleSpinBox, name)
        assert box is not None
        box.setFocus()
        qtbot.waitUntil(lambda: model.halo is not None, timeout=30_000)
        key_click(box, Qt.Key.Key_Up)
        assert model.halo is not None
        limits = window.workspace.document.state.alignment.limits
        assert (model.halo.max_shift_mm, model.halo.max_rotation_deg) == (limits.max_shift_mm, limits.max_rotation_deg)
        window.images.active_view().setFocus()
        qtbot.waitUntil(lambda: model.halo is None)
    assert window.workspace.document.state.alignment.limits == Limits(11, 11)


def test_the_gauges_are_quiet_then_follow_a_refinement_then_keep_its_result(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    shift, rotation = _gauges(window)
    places = [widget.geometry() for widget in (shift, rotation)]
    note = window.findChild(QLabel, "touched")
    assert note is not None
    high = note.height()
    assert (shift.text, shift.share, rotation.text) == ("", 0, "")
    assert DARK.accent not in _colours(shift)
    mouse_click(window.findChild(QPushButton, "button_refine"), Qt.MouseButton.LeftButton)
    assert workspace.limits.refining
    assert (shift.text, rotation.text) == ("0.00 of 10 mm", "0.0 of 10°")
    workspace.view_model.set_preview(_off(window, 2.31, 0.8))
    assert workspace.limits.in_use is not None
    assert (shift.text, rotation.text) == ("2.31 of 10 mm", "0.8 of 10°")
    assert shift.share == pytest.approx(0.231, abs=1e-3)
    assert "2.31 of 10 mm" in shift.accessibleName()
    assert DARK.accent in _colours(shift)
    workspace.view_model.set_preview(_off(window, 10, 2))
    assert (shift.text, rotation.text) == ("▲ 10.00 of 10 mm", "2.0 of 10°")
    assert DARK.caution in _colours(shift)
    assert DARK.caution not in _colours(rotation)
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.bounds is not None
    used_mm, used_deg = run.bounds.reached(run.moving_from_fixed)
    assert shift.text == f"{used_mm:.2f} of 10 mm"
    assert rotation.text == f"{used_deg:.1f} of 10°"
    assert note.text() == "No limit reached."
    QApplication.processEvents()
    assert [widget.geometry() for widget in (shift, rotation)] == places
    assert note.height() == high
    workspace.view_model.set_preview(_off(window, 1, 1), by_hand=True)
    assert shift.text == ""
    workspace.view_model.set_preview(None)
    register_commands.set_start(workspace, "centre")
    assert (shift.text, rotation.text) == ("", "")


def test_a_touched_limit_is_marked_by_colour_sign_and_words(window: MainWindow) -> None:
    workspace = window.workspace
    state = workspace.document.state
    pose = _off(window, 1.5, 4)
    bounds = Bounds.about(state.alignment.moving_from_fixed, workspace.limits._centre(), 1.5, 8)
    run = RegistrationResult(
        pose, bounds.start, Ending.BOUNDED, (Reason("limit_reached", {"max_shift_mm": 1.5}),),
        RegistrationSettings(), "current", 0.1, 1, bounds,
    )  # fmt: skip
    workspace.document.apply("Refine", edits.take_run(state, run))
    shift, rotation = _gauges(window)
    assert (shift.text, rotation.text) == ("▲ 1.50 of 1.5 mm", "4.0 of 8°")
    assert "limit reached" in shift.accessibleName()
    assert "limit reached" not in rotation.accessibleName()
    note = window.findChild(QLabel, "touched")
    assert note is not None
    assert note.text() == "Limit reached: translation."
    assert note.property("role") == "caption_warning"


def test_a_locked_part_says_so(window: MainWindow) -> None:
    shift, _ = _gauges(window)
    shift.show_used(0.0, 0.0, touched=False)
    assert (shift.text, shift.share) == ("locked", 0)
