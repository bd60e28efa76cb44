"""The 3D view under the mouse and the keyboard: it turns by itself, follows the study, and puts the crosshair."""

from __future__ import annotations

from collections.abc import Callable, Sized
from dataclasses import replace
from functools import cache
from threading import Event

import numpy as np
import pytest
from answers import Answers
from keyboard import key_click
from landmark_sets import one_off
from mouse import Hand
from pixels import rgb
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from windows import OpenWindow

from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.surface.camera import FIRST_BEARING, STANDARD_BEARINGS
from fusionviewer.rendering.surface.head_surface import find_surface
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.views import head_pictures, head_view
from fusionviewer.ui.views.head_view import HeadView

_find_once = cache(find_surface)


@pytest.fixture(autouse=True)
def _known_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each phantom it is made once."""
    monkeypatch.setattr(head_view, "find_surface", lambda volume, _: _find_once(volume))


@pytest.fixture
def workspace(qapp: QApplication, study: FusionState) -> Workspace:
    made = Workspace(Answers())
    open_study(made, study)
    return made


@pytest.fixture
def empty_view(workspace: Workspace, show: Callable[..., QWidget]) -> HeadView:
    """On the screen, and not drawn yet."""
    made = HeadView(workspace)
    show(made, 300, 260)
    return made


@pytest.fixture
def view(empty_view: HeadView, qtbot: QtBot) -> HeadView:
    """It shows the two phantoms, sharply."""
    wait_for_picture(empty_view, qtbot)
    return empty_view


def open_study(workspace: Workspace, state: FusionState) -> None:
    workspace.document.replace(state)
    workspace.view_model.show(opening_view(state))


def copy_of(volume: Volume) -> Volume:
    """Another image with the same voxels."""
    return replace(volume, name="copy", image=image_on_grid(volume.array.copy(), volume.grid))


def wait_for_picture(view: HeadView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.sharp, timeout=20_000)


def shown(view: HeadView) -> QImage:
    QApplication.processEvents()
    return view.grab().toImage()


def middle(view: HeadView) -> QPointF:
    return QPointF(view.width() / 2, view.height() / 2)


def test_it_is_made_in_the_background_and_says_so(empty_view: HeadView, qtbot: QtBot) -> None:
    assert empty_view.surface is None
    assert empty_view.note == "Making the 3D view…"
    wait_for_picture(empty_view, qtbot)
    assert empty_view.surface is not None
    assert empty_view.surface.kind == "bone"
    assert empty_view.shown_side == "moving"
    assert empty_view.note == ""


def test_what_it_keeps_is_within_its_memory_and_it_gets_smooth(view: HeadView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.smooth, timeout=20_000)
    assert view.surface is not None
    assert view.surface.nbytes < view.nbytes < 64e6


def test_in_the_window_a_drag_turns_it_and_leaves_everything_else_alone(
    open_window: OpenWindow, reslices: Sized, qtbot: QtBot
) -> None:
    window = open_window(overview="3D")
    view = window.overview.head
    wait_for_picture(view, qtbot)
    before, looked_at, resliced = shown(view), window.workspace.view_model.view, len(reslices)
    places = [pane.grab().toImage() for pane in window.images.visible_views()]
    hand = Hand(view)
    hand.drag(middle(view), middle(view) + QPointF(60, 20))
    hand.release()
    assert view.stand.bearing.around_deg < FIRST_BEARING.around_deg  # what was in the middle has gone to the right
    assert view.stand.bearing.above_deg > FIRST_BEARING.above_deg
    assert shown(view) != before
    wait_for_picture(view, qtbot)
    assert len(reslices) == resliced
    assert window.workspace.view_model.view == looked_at
    assert [pane.grab().toImage() for pane in window.images.visible_views()] == places


def test_in_the_window_a_double_click_enlarges_it_and_esc_shows_all_panes_again(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    view, before = window.overview.head, window.workspace.view_model.view.fixed.cursor
    Hand(view).double_click(middle(view))
    QApplication.processEvents()
    assert window.workspace.view_model.view.fixed.cursor == before
    assert window.overview.size() == window.images.size()
    assert window.images.visible_views() == []
    view.setFocus()
    key_click(view, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert window.overview.width() < window.images.width()
    assert len(window.images.visible_views()) == 3


def test_a_double_click_leaves_the_crosshair_where_it_was(view: HeadView, workspace: Workspace) -> None:
    before = workspace.view_model.view.fixed.cursor
    Hand(view).double_click(middle(view))
    assert workspace.view_model.view.fixed.cursor == before
    assert workspace.view_model.view.enlarged == head_view.KEY
    Hand(view).double_click(middle(view))
    assert workspace.view_model.view.enlarged == ""


def test_turned_it_is_drawn_at_once_and_soon_sharply(view: HeadView, qtbot: QtBot) -> None:
    before = shown(view)
    Hand(view).drag(middle(view), middle(view) + QPointF(30, 0))
    assert shown(view) != before
    assert not view.sharp
    wait_for_picture(view, qtbot)


def test_a_large_view_is_drawn_in_fewer_pixels_first(
    view: HeadView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rough = view.width() * view.height() // 25
    monkeypatch.setattr(head_pictures, "_FINE_PIXELS", 1000)
    monkeypatch.setattr(head_pictures, "_SOON_PIXELS", view.width() * view.height() // 4)
    monkeypatch.setattr(view._pictures, "_budget", rough)
    monkeypatch.setattr(head_pictures, "_MOST", rough)
    monkeypatch.setattr(head_pictures, "_FEWEST", rough)
    Hand(view).drag(middle(view), middle(view) + QPointF(30, 0))
    shown(view)
    sizes: list[int] = []

    def done() -> bool:
        canvas = view._pictures.canvas
        assert canvas is not None
        if canvas.depths.size not in sizes:
            sizes.append(canvas.depths.size)
        return view.sharp

    qtbot.waitUntil(done, timeout=20_000)
    assert len(sizes) == 3
    assert sizes == sorted(sizes)
    assert sizes[2] == view.width() * view.height()


@pytest.mark.parametrize("off", [(0, 0), (-25, 20), (15, 35)])
def test_a_click_puts_the_crosshair_on_what_is_under_the_mouse(
    view: HeadView, workspace: Workspace, off: tuple[int, int]
) -> None:
    at = middle(view) + QPointF(*off)
    wanted = view.point_under(at)
    assert wanted is not None
    Hand(view).click(at)
    cursor = np.asarray(workspace.view_model.view.fixed.cursor)
    np.testing.assert_allclose(cursor, wanted, atol=1e-6)
    column, row, _ = view.camera().project(cursor)
    assert (column, row) == pytest.approx((at.x(), at.y()), abs=1.0)


def test_a_click_beside_the_head_does_nothing(view: HeadView, workspace: Workspace) -> None:
    before = workspace.view_model.view
    Hand(view).click(QPointF(2, 2))
    assert workspace.view_model.view == before


def test_keys_turn_and_magnify_it(view: HeadView, workspace: Workspace) -> None:
    cursor = workspace.view_model.view.fixed.cursor
    view.setFocus()
    for key, around, above in (
        (Qt.Key.Key_Left, 15, 0),
        (Qt.Key.Key_Down, 15, 15),
        (Qt.Key.Key_Right, 0, 15),
        (Qt.Key.Key_Up, 0, 0),
    ):
        key_click(view, key)
        assert view.stand.bearing == FIRST_BEARING.turned(around, above)
    key_click(view, Qt.Key.Key_Plus)
    assert view.stand.zoom == pytest.approx(1.2)
    key_click(view, Qt.Key.Key_Minus)
    assert view.stand.zoom == pytest.approx(1.0)
    for number, side in enumerate(STANDARD_BEARINGS):
        key_click(view, Qt.Key(Qt.Key.Key_1.value + number))
        assert view.stand.bearing == STANDARD_BEARINGS[side]
    key_click(view, Qt.Key.Key_Home)
    assert view.stand.bearing == FIRST_BEARING
    assert workspace.view_model.view.fixed.cursor == cursor


def test_the_wheel_magnifies_about_the_mouse(view: HeadView) -> None:
    at = middle(view) + QPointF(30, -10)
    camera = view.camera()
    place = camera.point(at.x(), at.y(), 0.0)
    Hand(view).wheel(at, 240)
    assert view.stand.zoom == pytest.approx(1.44)
    column, row, _ = view.camera().project(place)
    assert (column, row) == pytest.approx((at.x(), at.y()), abs=1.5)
    Hand(view).wheel(at, -240)
    np.testing.assert_allclose(view.camera().plane.point, camera.plane.point)


def test_it_follows_crosshair_fade_and_pose_when_they_rest(view: HeadView, workspace: Workspace, qtbot: QtBot) -> None:
    model, document = workspace.view_model, workspace.document
    elsewhere = edits.set_pose(document.state, RigidTransform.identity(), "file")
    changes: tuple[Callable[[], object], ...] = (
        lambda: model.set_cursor("fixed", np.array([25.0, -15.0, 20.0])),
        lambda: model.set_fade(1.0),
        lambda: document.apply("pose", elsewhere),
    )
    for change in changes:
        before = shown(view)
        change()
        assert not view.sharp
        wait_for_picture(view, qtbot)
        assert shown(view) != before


def test_cut_open_is_a_choice(view: HeadView, qtbot: QtBot) -> None:
    before = view.point_under(middle(view))
    view.set_cut_open(False)
    QApplication.processEvents()
    wait_for_picture(view, qtbot)
    whole = view.point_under(middle(view))
    assert before is not None
    assert whole is not None
    assert view.camera().project(whole)[2] < view.camera().project(before)[2] - 10


def test_hidden_it_draws_nothing(
    view: HeadView, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(HeadView, "_new_scene", lambda *_: drawn.append(1))
    view.hide()
    model = workspace.view_model
    model.set_fade(0.2)
    model.set_cursor("fixed", np.array([5.0, 5, 5]))
    model.set_preview(RigidTransform.identity())
    model.set_preview(None)
    qtbot.wait(2 * head_view.SETTLE_MS)
    assert drawn == []


def test_a_running_registration_is_followed_roughly(
    view: HeadView, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, before = workspace.view_model, shown(view)
    monkeypatch.setattr(head_view, "FOLLOW_MS", 20)
    seen = [before]
    for shift in (5.0, 10.0):
        model.set_preview(RigidTransform.about(np.eye(3), np.zeros(3), np.array([shift, 0, 0])))
        qtbot.waitUntil(lambda: shown(view) != seen[-1])
        seen.append(shown(view))
        assert not view.sharp
    model.set_preview(None)
    wait_for_picture(view, qtbot)
    sharp = view.grab().toImage()
    assert sharp not in seen[1:]


def test_a_running_job_comes_first(
    empty_view: HeadView, workspace: Workspace, qtbot: QtBot, phantom_mr: Volume
) -> None:
    wait_for_picture(empty_view, qtbot)
    go_on = Event()
    workspace.runner.start("Registering", lambda _: go_on.wait(20), lambda _: None)
    open_study(workspace, edits.new_study(copy_of(phantom_mr), phantom_mr))
    assert empty_view.note == "The 3D view comes when the running job has ended."
    go_on.set()
    wait_for_picture(empty_view, qtbot)
    go_on.clear()
    workspace.runner.start("Registering", lambda _: go_on.wait(20), lambda _: None)
    key_click(empty_view, Qt.Key.Key_1)
    shown(empty_view)
    qtbot.wait(3 * head_view.SHARPEN_AFTER_MS)
    assert not empty_view.sharp
    go_on.set()
    wait_for_picture(empty_view, qtbot)


def test_landmarks_are_marked(view: HeadView, workspace: Workspace) -> None:
    before = shown(view)
    document = workspace.document
    document.replace(replace(document.state, landmarks=tuple(one_off())))
    assert shown(view) != before


def test_without_a_ct_it_is_the_skin_and_says_so(
    view: HeadView, workspace: Workspace, qtbot: QtBot, phantom_mr: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_study(workspace, edits.new_study(phantom_mr, copy_of(phantom_mr)))
    qtbot.waitUntil(lambda: view.surface is not None)
    assert view.note == "Skin of the fixed image: there is no CT."
    qtbot.waitUntil(lambda: view.smooth, timeout=20_000)
    said = rgb(shown(view)).mean(axis=2)
    monkeypatch.setattr(HeadView, "note", "")
    unsaid = rgb(shown(view)).mean(axis=2)
    letters = np.abs(said - unsaid) > 60
    assert np.count_nonzero(letters) > 200
    assert np.all(said[letters] > unsaid[letters])  # light letters: the picture is dark in every theme


def test_an_error_while_it_is_made_disturbs_nothing(
    workspace: Workspace, show: Callable[..., QWidget], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no memory for it")

    monkeypatch.setattr(head_view, "find_surface", fails)
    view = HeadView(workspace)
    show(view)
    qtbot.waitUntil(lambda: view.note == "No head was found to show.")
    shown(view)


def test_another_study_is_seen_whole_from_the_same_side(
    view: HeadView, workspace: Workspace, phantom_ct: Volume
) -> None:
    view.stand.look_from("left")
    view.stand.magnify(2.0)
    open_study(workspace, edits.new_study(phantom_ct, copy_of(phantom_ct)))
    assert view.stand.zoom == 1.0
    assert view.stand.bearing == STANDARD_BEARINGS["left"]
    assert view.shown_side == "fixed"
