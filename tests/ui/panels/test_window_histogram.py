"""The histogram of an image: its window dragged, typed and taken back, with real events."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from answers import Answers
from keyboard import key_click
from mouse import RIGHT, Hand
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QShortcut
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import rgb
from fusionviewer.rendering.histogram import histogram_of
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.panels import window_histogram as module
from fusionviewer.ui.panels.window_histogram import HEIGHT, RAMP, WindowHistogram

MakeHistogram = Callable[..., WindowHistogram]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MIDDLE = HEIGHT / 2
TONED = dict(CT_PRESETS)["Brain and bone"]


@pytest.fixture
def workspace(qapp: QApplication, study: FusionState) -> Workspace:
    """A desk with the two phantoms: an MR and a CT."""
    made = Workspace(Answers())
    made.document.replace(study)
    made.view_model.show(opening_view(study))
    return made


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tool tips: Qt's platform for tests cannot raise their windows, and says so."""
    texts: list[str] = []

    class Tip:
        @staticmethod
        def showText(at: QPoint, text: str, widget: QWidget) -> None:
            texts.append(text)

    monkeypatch.setattr(module, "QToolTip", Tip)
    return texts


@pytest.fixture
def make(workspace: Workspace, show: Callable[..., QWidget]) -> MakeHistogram:
    def make_and_show(side: Side = "moving", window: Window | None = None) -> WindowHistogram:
        if window is not None:
            workspace.view_model.set_window(side, window)
        made = WindowHistogram(workspace, side)
        show(made, 310, made.height())
        return made

    return make_and_show


def window_of(workspace: Workspace, side: Side = "moving") -> Window:
    return workspace.view_model.view.window(side)


def at(histogram: WindowHistogram, value: float) -> QPointF:
    return QPointF(histogram.x_of(value), MIDDLE)


def fine(histogram: WindowHistogram) -> float:
    """The values in a pixel: nothing can be put down more exactly."""
    low, high = histogram.axis
    return (high - low) / 300


def test_the_window_lies_within_what_is_shown_and_values_and_places_belong_together(make: MakeHistogram) -> None:
    for window in (None, TONED, *dict(CT_PRESETS).values(), Window(-5000, 10), Window(100, 20000)):
        histogram = make("moving", window)
        low, high = histogram.axis
        shown = histogram.window_shown
        assert low <= shown.low < shown.white <= high
        assert histogram.value_at(histogram.x_of(shown.level)) == pytest.approx(shown.level)
        assert 0 < histogram.x_of(shown.low) < histogram.x_of(shown.white) < histogram.width()


@pytest.mark.parametrize("part", ["low", "high"])
def test_a_handle_changes_its_own_end_only(make: MakeHistogram, workspace: Workspace, part: str) -> None:
    histogram = make("moving", Window(100, 400))
    hand, other = Hand(histogram), workspace.view_model.view.fixed_window
    start, end = {"low": (-100.0, -150.0), "high": (300.0, 400.0)}[part]
    hand.drag(at(histogram, start), at(histogram, end))
    hand.release()
    window = window_of(workspace)
    expected = {"low": -100.0, "high": 300.0, part: end}
    assert window.low == pytest.approx(expected["low"], abs=fine(histogram))
    assert window.high == pytest.approx(expected["high"], abs=fine(histogram))
    assert {"low": window.high, "high": window.low}[part] == pytest.approx({"low": 300, "high": -100}[part])
    assert workspace.view_model.view.fixed_window == other
    assert not workspace.document.modified


def test_between_the_handles_the_level_follows_and_the_width_stays(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", Window(100, 400))
    Hand(histogram).drag(at(histogram, 100), at(histogram, 220))
    assert window_of(workspace).width == 400
    assert window_of(workspace).level == pytest.approx(220, abs=fine(histogram))


def test_beside_the_window_nothing_is_taken_hold_of(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", Window(100, 400))
    before = workspace.view_model.view
    for value in (-400.0, 700.0):
        hand = Hand(histogram)
        hand.drag(at(histogram, value), at(histogram, 100))
        hand.release()
    assert workspace.view_model.view == before


@pytest.mark.parametrize(("part", "way"), [("low", 5000.0), ("high", -5000.0)])
def test_the_handles_never_pass_each_other(make: MakeHistogram, workspace: Workspace, part: str, way: float) -> None:
    histogram = make("moving", Window(100, 400))
    start = {"low": -100.0, "high": 300.0}[part]
    Hand(histogram).drag(at(histogram, start), at(histogram, start + way))
    assert 0 < window_of(workspace).width < 10


def test_a_narrow_window_can_still_be_moved_and_widened(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", Window(40, 1))
    low, high = (histogram.x_of(v) for v in (39.5, 40.5))
    assert high - low > 20  # shown so large that there is room between the handles
    assert histogram.part_under((low + high) / 2) == "level"
    assert histogram.part_under(low - 3) == "low"
    assert histogram.part_under(high + 3) == "high"


# Tone mapping


def test_a_toned_window_has_a_third_handle_that_moves_where_it_is_white(
    make: MakeHistogram, workspace: Workspace
) -> None:
    histogram = make("moving", TONED)
    assert list(histogram.handles()) == ["low", "high", "white"]
    hand = Hand(histogram)
    hand.drag(at(histogram, 1300), at(histogram, 1000))
    hand.release()
    window = window_of(workspace)
    assert (window.level, window.width) == (40, 80)
    assert window.white_at == pytest.approx(1000, abs=fine(histogram))
    hand.drag(at(histogram, 1000), at(histogram, -3000))  # never below the shoulder: it would be gone for good
    assert window_of(workspace).toned


@pytest.mark.parametrize("grip", ["low", "high", "level"])
def test_the_white_stays_while_the_others_are_dragged_as_far_as_it_goes(
    make: MakeHistogram, workspace: Workspace, grip: str
) -> None:
    histogram = make("moving", TONED)
    start = {"low": TONED.low, "high": TONED.high, "level": TONED.level}[grip]
    hand = Hand(histogram)
    hand.drag(at(histogram, start), at(histogram, start + 100), steps=8)
    assert window_of(workspace).white_at == 1300
    hand.move(at(histogram, 4000))
    assert window_of(workspace).white_at == 1300
    assert window_of(workspace).toned
    assert window_of(workspace) != TONED


# Taking back


@pytest.mark.parametrize("by_key", [True, False])
def test_esc_or_a_right_click_takes_a_drag_back(make: MakeHistogram, workspace: Workspace, by_key: bool) -> None:
    histogram = make("moving", TONED)
    pressed: list[bool] = []
    shortcut = QShortcut(Qt.Key.Key_Escape, histogram.window())
    shortcut.activated.connect(lambda: pressed.append(True))
    before, hand = workspace.view_model.view, Hand(histogram)
    hand.drag(at(histogram, 1300), at(histogram, 700))
    assert workspace.view_model.view != before
    if by_key:
        key_click(histogram, Qt.Key.Key_Escape)
    else:
        hand.press(at(histogram, 700), RIGHT)
    assert workspace.view_model.view == before
    hand.move(at(histogram, 400))
    hand.release()
    assert workspace.view_model.view == before
    assert not pressed


def test_other_images_end_a_drag(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", Window(100, 400))
    hand = Hand(histogram)
    hand.drag(at(histogram, 300), at(histogram, 350))
    workspace.document.replace(edits.swap_images(workspace.document.state))
    before = workspace.view_model.view
    hand.move(at(histogram, 380))
    assert workspace.view_model.view == before


def test_a_double_click_is_the_automatic_window(make: MakeHistogram, workspace: Workspace) -> None:
    volume = workspace.document.state.moving
    assert volume is not None
    histogram = make("moving", Window(500, 2000))
    Hand(histogram).double_click(at(histogram, 500))
    assert window_of(workspace) == auto_window(volume)


# Keyboard and wheel


def test_the_keys_change_level_and_width(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", TONED)
    histogram.setFocus()
    taken: list[str] = []
    for key in ("Left", "Right", "Up", "Down"):  # as the window has them for other things
        QShortcut(key, histogram.window()).activated.connect(lambda key=key: taken.append(key))
    level, width = TONED.level, TONED.width
    key_click(histogram, Qt.Key.Key_Right)
    once = window_of(workspace)
    assert once.level > level
    assert once.width == width
    key_click(histogram, Qt.Key.Key_Left)
    assert window_of(workspace) == TONED
    key_click(histogram, Qt.Key.Key_Right, SHIFT)
    assert window_of(workspace).level == pytest.approx(level + 5 * (once.level - level))
    key_click(histogram, Qt.Key.Key_Up)
    assert window_of(workspace).width > width
    key_click(histogram, Qt.Key.Key_Down)
    key_click(histogram, Qt.Key.Key_Down)
    assert window_of(workspace).width < width
    assert window_of(workspace).white_at == 1300
    assert not taken


def test_the_wheel_waits_for_the_keyboard_and_then_shows_fewer_values_around_the_mouse(
    make: MakeHistogram, workspace: Workspace
) -> None:
    histogram = make("moving", Window(100, 400))
    before, axis, hand = workspace.view_model.view, histogram.axis, Hand(histogram)
    histogram.clearFocus()
    hand.wheel(at(histogram, 50), 240)
    assert histogram.axis == axis
    histogram.setFocus()
    place = at(histogram, 50)
    hand.wheel(place, 240)
    low, high = histogram.axis
    assert high - low == pytest.approx((axis[1] - axis[0]) / 1.25**2)
    assert histogram.value_at(place.x()) == pytest.approx(50)
    assert workspace.view_model.view == before
    for _ in range(100):
        hand.wheel(place, 1200)
    assert histogram.axis[1] - histogram.axis[0] > 0
    for _ in range(100):
        hand.wheel(place, -1200)
    assert all(math.isfinite(end) for end in histogram.axis)
    hand.wheel(place, 120, CTRL)
    assert window_of(workspace).width == pytest.approx(440)


# What is seen and told


def colour_at(histogram: WindowHistogram, value: float, y: float) -> tuple[int, int, int]:
    pixel = histogram.grab().toImage().pixelColor(round(histogram.x_of(value) - 0.5), round(y))
    return pixel.red(), pixel.green(), pixel.blue()


def test_the_ramp_has_the_colours_that_the_values_get(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving", TONED)
    y = histogram.height() - RAMP / 2 - 1
    for value in (-100.0, 200.0, 600.0, 1000.0, 1350.0):
        grey = int(TONED.greys(np.array([value], np.float32))[0])
        assert colour_at(histogram, value, y) == pytest.approx((grey, grey, grey), abs=3)
    workspace.view_model.set_colours("moving", "inverted")
    assert colour_at(histogram, 1350, y) == (0, 0, 0)
    assert colour_at(histogram, -100, y) == (255, 255, 255)
    workspace.view_model.set_blend(mode=BlendMode.TWO_COLOUR)
    assert colour_at(histogram, 1350, y) == (211, 143, 0)
    workspace.view_model.set_layout("pairs")  # each image alone: in its own colours
    assert colour_at(histogram, 1350, y) == (0, 0, 0)


def test_the_counts_are_in_the_images_colour_bright_within_the_window(
    make: MakeHistogram, workspace: Workspace
) -> None:
    for side in SIDES:
        histogram = make(side)
        inside = colour_at(histogram, histogram.window_shown.level, HEIGHT - 2)
        assert inside == rgb(DARK.sides[side])
        workspace.view_model.set_window(side, Window(histogram.window_shown.level + 1000, 900))
        beside = colour_at(histogram, histogram.window_shown.level - 1000, HEIGHT - 2)
        assert 0 < sum(beside) < 0.6 * sum(inside)


def test_the_value_under_the_mouse_is_told_with_its_unit(make: MakeHistogram, told: list[str]) -> None:
    histogram = make("moving", Window(100, 400))
    place = at(histogram, 200).toPoint()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, histogram.mapToGlobal(place))
    QApplication.sendEvent(histogram, event)
    (words,) = told
    assert words.endswith(" HU")
    assert float(words.removesuffix(" HU")) == pytest.approx(200, abs=2 * fine(histogram))
    assert histogram.words_at(histogram.x_of(-100)) == "black at -100 HU"
    assert histogram.words_at(histogram.x_of(300)) == "white at 300 HU"
    assert "HU" not in make("fixed").words_at(150)
    toned = make("moving", TONED)
    assert toned.words_at(toned.x_of(1300)) == "white at 1300 HU"
    assert toned.words_at(toned.x_of(80) + 1) == "60 % bright at 80 HU"


def test_a_drag_tells_where_it_is(make: MakeHistogram, told: list[str]) -> None:
    histogram = make("moving", TONED)
    Hand(histogram).drag(at(histogram, 1300), at(histogram, 900), steps=2)
    assert len(told) == 2
    assert told[-1] == f"white at {histogram.window_shown.white:.0f} HU"


def test_it_has_a_name_and_is_disabled_without_an_image(make: MakeHistogram, workspace: Workspace) -> None:
    histogram = make("moving")
    assert histogram.accessibleName() == "Histogram of the moving image"
    workspace.document.replace(edits.new_study(workspace.document.state.fixed, None))
    assert not histogram.isEnabled()
    histogram.grab()
    hand = Hand(histogram)
    before = workspace.view_model.view
    hand.drag(QPointF(50, 10), QPointF(90, 10))
    hand.double_click(QPointF(50, 10))
    assert workspace.view_model.view == before


def test_values_are_counted_once_for_an_image_and_not_before_they_are_seen(
    workspace: Workspace, show: Callable[..., QWidget], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []
    count = histogram_of

    def count_and_tell(volume: Any) -> Any:
        counted.append(volume)
        return count(volume)

    monkeypatch.setattr(module, "histogram_of", count_and_tell)
    home = QWidget()
    column = QVBoxLayout(home)
    histogram = WindowHistogram(workspace, "fixed")
    column.addWidget(histogram)
    histogram.hide()
    show(home)
    workspace.view_model.set_window("fixed", Window(10, 20))
    assert counted == []
    histogram.show()
    for level in range(5):
        workspace.view_model.set_window("fixed", Window(level, 20))
        histogram.grab()
    assert counted == [workspace.document.state.fixed]


def test_what_is_shown_holds_still_under_a_drag_and_follows_a_window_that_left_it(
    make: MakeHistogram, workspace: Workspace
) -> None:
    histogram = make("moving", Window(40, 80))
    axis, hand = histogram.axis, Hand(histogram)
    hand.drag(at(histogram, 40), QPointF(histogram.width() + 60, MIDDLE))
    assert histogram.axis == axis
    hand.release()
    low, high = histogram.axis
    assert low <= window_of(workspace).low
    assert window_of(workspace).high <= high
    workspace.view_model.set_window("moving", Window(1500, 3500))
    wide = histogram.axis
    assert wide[1] > 3000
    workspace.view_model.set_window("moving", Window(40, 80))
    assert histogram.axis[1] - histogram.axis[0] < 0.5 * (wide[1] - wide[0])


def test_a_press_gives_it_the_keyboard(make: MakeHistogram) -> None:
    histogram = make("moving", Window(100, 400))
    assert histogram.focusPolicy() == Qt.FocusPolicy.StrongFocus
    place = QPoint(20, 10)
    Hand(histogram).click(QPointF(place))
    assert histogram.hasFocus()
