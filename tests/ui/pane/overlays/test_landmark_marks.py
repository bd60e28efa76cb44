"""Landmarks in the views: where they are seen, and what tells fitted, checking and left-out pairs apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from landmark_sets import pairs_at
from mouse import mouse_click
from panes import MakeView, add_pair, coloured, context_of, frame_of
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication
from windows import OpenWindow, pairs

from fusionviewer.app.commands.landmarks import landmark_list
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, RigidTransform
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.rendering.marks.landmarks import sign
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.ui.landmarks import pair_table as columns
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Three pairs, on the page of landmarks."""
    return open_window(landmarks=pairs_at(np.array([[0.0, 0, 0], [40, 0, 0], [0, 35, 5]])), page="Landmarks")


WHOLE = LandmarkPair("L1", (0, 0, 0), (0, 0, 0))


PARTS = {
    "fit": WHOLE,
    "check": replace(WHOLE, use="check"),
    "off": replace(WHOLE, use="off"),
    "half": replace(WHOLE, moving_point=None, fixed_point=(0, 0, 0)),
}


AT, RADIUS = (20.0, 20.0), 5.0


def ink(side: Side, pair: LandmarkPair, colour: str = "") -> np.ndarray:
    """Where a sign has its colour, (40, 40)."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint(painter, sign(side, AT, pair.use, pair.complete))
    painter.end()
    wanted = QColor(colour or DARK.sides[side])
    return np.array([[near(image.pixelColor(x, y), wanted) for x in range(40)] for y in range(40)])


def near(one: QColor, other: QColor) -> bool:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)) < 90


@pytest.mark.parametrize("side", SIDES)
def test_parts_are_told_apart_by_shape_alone(side: Side) -> None:
    """The same ink at no two of them, though the colour is one."""
    signs = {name: ink(side, pair) for name, pair in PARTS.items()}
    for name, drawn in signs.items():
        assert drawn.any(), name
        for other, its in signs.items():
            if name < other:
                assert (drawn ^ its).sum() >= 8, (name, other)


@pytest.mark.parametrize("side", SIDES)
def test_a_check_point_stands_in_a_square_and_one_that_is_off_is_struck_out(side: Side) -> None:
    corner = round(1.7 * RADIUS)
    for name, pair in PARTS.items():
        drawn = ink(side, pair)
        around = [drawn[20 + y - 1 : 20 + y + 1, 20 + x - 1 : 20 + x + 1].any()
                  for x in (-corner, corner) for y in (-corner, corner)]  # fmt: skip
        assert all(around) == any(around) == (name == "check"), name
    struck = ink(side, PARTS["off"])
    assert all(struck[20 + n, 20 + n] or struck[20 + n - 1, 20 + n] for n in (-4, -3, -2, 2, 3, 4))
    assert not ink(side, PARTS["check"])[22, 22]


def test_colours_of_the_two_images_stay_what_they_are() -> None:
    assert ink("fixed", PARTS["check"], FIXED_COLOUR).any()
    assert not ink("fixed", PARTS["check"], MOVING_COLOUR).any()


def test_views_and_table_change_together_with_a_click_on_the_part(window: MainWindow) -> None:
    table = window.findChild(LandmarkTable)
    assert table is not None
    window.workspace.view_model.set_layout("pairs")
    window.workspace.view_model.set_cursor("fixed", np.zeros(3))
    QApplication.processEvents()
    views = [window.images.view(f"{side}.axial") for side in SIDES]
    cells = [table.visualItemRect(table.item(0, column)) for column in (columns.FIXED, columns.MOVING)]
    part = table.visualItemRect(table.item(0, columns.PART)).center()
    seen, shown, tips = [], [], []
    for _ in landmark_list.USES:
        mouse_click(table.viewport(), Qt.MouseButton.LeftButton, pos=part)
        QApplication.processEvents()
        window.workspace.view_model.change(selected_pair=None)
        QApplication.processEvents()
        seen.append([view.grab().toImage() for view in views])
        shown.append([table.viewport().grab(cell).toImage() for cell in cells])  # type: ignore[union-attr]
        tips.append(table.item(0, columns.FIXED).toolTip())  # type: ignore[union-attr]
    assert [pairs(window)[0].use] == ["fit"]
    for pictures in (seen, shown):
        for side in (0, 1):
            first, second, third = (one[side] for one in pictures)
            assert first != second != third != first
    assert tips == [
        "Marked in the fixed image; a check point: in a square",
        "Marked in the fixed image; ignored: struck out",
        "Marked in the fixed image",
    ]


def test_both_ends_of_a_pair_are_seen_in_the_fused_view_and_only_near_the_plane(
    make_view: MakeView, view_model: ViewModel, document: Document, phantom_truth: RigidTransform
) -> None:
    fixed, twin = np.array([20.0, 10.0, 0.0]), np.array([50.0, 10.0, 0.0])
    add_pair(document, fixed, phantom_truth.apply(twin))
    view_model.set_cursor("fixed", np.zeros(3))
    view_model.set_fade(0.0)
    view = make_view()
    at_fixed, at_moving = (frame_of(view).position(p) for p in (fixed, twin))
    assert coloured(view, at_fixed, FIXED_COLOUR) > 10
    assert coloured(view, at_moving, MOVING_COLOUR) > 10
    between = view.grab().toImage().pixelColor(((at_fixed + at_moving) / 2).toPoint())
    assert between.lightness() > 180
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 5.5]))
    assert coloured(view, at_fixed, FIXED_COLOUR) == coloured(view, at_moving, MOVING_COLOUR) == 0


def test_a_moving_point_is_seen_in_its_own_row_in_its_own_space(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    point = np.array([20.0, 10.0, 12.0])
    add_pair(document, np.array([0.0, 0.0, 12.0]), point)
    view_model.set_cursor("moving", np.array([0.0, 0.0, 12.0]))
    view = make_view("moving", AXIAL, fused=False)
    assert coloured(view, frame_of(view).position(point), MOVING_COLOUR) > 10
    assert [mark.side for mark in find_marks(context_of(view))] == ["moving"]
