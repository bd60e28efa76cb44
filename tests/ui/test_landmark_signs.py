"""What tells fitted, checking and left-out pairs apart in the views and the table, and names at the edges of a pane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from answers import Answers
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.landmarks import landmark_list
from fusionviewer.app.commands.open_save import Opened, show_study
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Side
from fusionviewer.ui.landmarks import pair_table as columns
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.pane.overlays import annotations as overlay
from fusionviewer.ui.widgets.theme import SIDE_COLOURS
from fusionviewer.ui.window.main_window import MainWindow

WHOLE = LandmarkPair("L1", (0, 0, 0), (0, 0, 0))
PARTS = {
    "fit": WHOLE,
    "check": replace(WHOLE, role="check"),
    "off": replace(WHOLE, enabled=False),
    "half": replace(WHOLE, moving_point=None, fixed_point=(0, 0, 0)),
    "off and check": replace(WHOLE, enabled=False, role="check"),
}
AT, RADIUS = QPointF(20, 20), 5.0


def ink(side: Side, pair: LandmarkPair, colour: str = "") -> np.ndarray:
    """Where a sign has its colour, (40, 40)."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    overlay.paint_sign(painter, side, AT, pair, RADIUS)
    painter.end()
    wanted = QColor(colour or SIDE_COLOURS[side])
    return np.array([[near(image.pixelColor(x, y), wanted) for x in range(40)] for y in range(40)])


def near(one: QColor, other: QColor) -> bool:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)) < 90  # type: ignore[operator]


@pytest.mark.parametrize("side", SIDES)
def test_parts_are_told_apart_by_shape_alone(side: Side) -> None:
    """The same ink at no two of them, though the colour is one."""
    signs = {name: ink(side, pair) for name, pair in PARTS.items()}
    for name, sign in signs.items():
        assert sign.any(), name
        for other, its in signs.items():
            if name < other and {name, other} != {"off", "off and check"}:
                assert (sign ^ its).sum() >= 8, (name, other)
    assert (signs["off"] == signs["off and check"]).all()


@pytest.mark.parametrize("side", SIDES)
def test_a_check_point_stands_in_a_square_and_one_that_is_off_is_struck_out(side: Side) -> None:
    corner = round(1.7 * RADIUS)
    for name, pair in PARTS.items():
        sign = ink(side, pair)
        around = [sign[20 + y - 1 : 20 + y + 1, 20 + x - 1 : 20 + x + 1].any()
                  for x in (-corner, corner) for y in (-corner, corner)]  # fmt: skip
        assert all(around) == any(around) == (name == "check"), name
    struck = ink(side, PARTS["off"])
    assert all(struck[20 + n, 20 + n] or struck[20 + n - 1, 20 + n] for n in (-4, -3, -2, 2, 3, 4))
    assert not ink(side, PARTS["check"])[22, 22]


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Iterator[MainWindow]:
    made = MainWindow()
    made.workspace.questions = Answers()
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    state = edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")
    points = [(0.0, 0, 0), (40.0, 0, 0), (0.0, 35, 5)]
    pairs = [
        LandmarkPair(f"L{n}", p, edits.point_of(phantom_truth.apply(np.array(p)))) for n, p in enumerate(points, 1)
    ]
    show_study(made.workspace, replace(state, landmarks=tuple(pairs)), Opened({}, {}))
    made.steps.go_on("align")
    made.column.align.show_page("Landmarks")
    QApplication.processEvents()
    yield made
    made.close()


def saved(window: MainWindow) -> FusionState:
    return window.workspace.document.state


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
    for _ in landmark_list.PARTS:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=part)
        QApplication.processEvents()
        window.workspace.view_model.change(selected_pair=None)
        QApplication.processEvents()
        seen.append([view.grab().toImage() for view in views])
        shown.append([table.viewport().grab(cell).toImage() for cell in cells])  # type: ignore[union-attr]
        tips.append(table.item(0, columns.FIXED).toolTip())  # type: ignore[union-attr]
    assert [landmark_list.part_of(saved(window).landmarks[0])] == ["fit"]
    for pictures in (seen, shown):
        for side in (0, 1):
            first, second, third = (one[side] for one in pictures)
            assert first != second != third != first
    assert tips == [
        "Marked in the fixed image; a check point: in a square",
        "Marked in the fixed image; off: struck out",
        "Marked in the fixed image",
    ]


# Names


def written(name: str, x: float, width: int) -> tuple[float, float]:
    """From where to where a name is written at a mark, in pixels."""
    image = QImage(600, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    overlay.paint_name_beside(painter, QPointF(x, 25), name, font=QFont(), colour="#ffffff", width=width)
    painter.end()
    bright = [i for i in range(600) for j in range(40) if image.pixelColor(i, j).red() > 100]
    return min(bright), max(bright)


def test_a_name_lies_right_of_its_mark_or_left_of_it_where_the_pane_ends(qapp: QApplication) -> None:
    left, right = written("thirty letters of a long name", 20, 400)
    assert left > 25
    long = right - left
    left, right = written("thirty letters of a long name", 380, 400)
    assert right < 375
    assert right - left == pytest.approx(long, abs=2)  # whole
    for x in (5, 60, 115):  # fits on neither side
        left, right = written("thirty letters of a long name", x, 120)
        assert left >= 0
        assert right < 120 or x == 115


@pytest.mark.parametrize("letters", ["H", "AL", "HAL"])
@pytest.mark.parametrize("width", [150, 216, 278, 900])
@pytest.mark.parametrize("side", ["fixed", None])
def test_a_title_never_touches_the_letters_of_the_upper_edge(
    qapp: QApplication, letters: str, width: int, side: Side | None
) -> None:
    size = QSize(width, 100)
    pictures = []
    for with_letters in (False, True):
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor("#444444"))
        painter = QPainter(image)
        if with_letters:
            overlay.paint_sides(painter, ("", "", letters, ""), size)
        else:
            overlay.paint_title(painter, "sagittal, oblique", side, "sagittal", letters=letters, size=size)
        painter.end()
        pictures.append(image)
    title, sides = (columns_of(image) for image in pictures)
    assert max(title) + 3 < min(sides)
    assert max(title) > 30  # some of it is there
    if width == 900:
        assert max(title) > QRectF(0, 0, 120, 1).right() - 20


def columns_of(image: QImage) -> list[int]:
    plain = image.pixelColor(image.width() - 1, image.height() - 1)
    return [x for x in range(image.width()) if any(image.pixelColor(x, y) != plain for y in range(40))]


def test_colours_of_the_two_images_stay_what_they_are() -> None:
    assert ink("fixed", PARTS["check"], FIXED_COLOUR).any()
    assert not ink("fixed", PARTS["check"], MOVING_COLOUR).any()
