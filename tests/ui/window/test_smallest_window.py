"""Everything can be reached in the smallest window, which fits a laptop whose screen is shown at 150 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from landmark_sets import one_off
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)
from windows import Dress, OpenWindow, child

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import STEPS
from fusionviewer.quality.wording import ORIGINS
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.look.style_sheet import CAPTION
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.panels.align_panel import PAGES
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow
from fusionviewer.ui.window.step_bar import StepButton

CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTableView)


@pytest.fixture(params=[1.0, 1.5], ids=["usual letters", "largest letters"])
def window(request: pytest.FixtureRequest, dressed: Dress, open_window: OpenWindow) -> MainWindow:
    dressed(scale=request.param)
    made = open_window(landmarks=one_off(), unfolded=True, page="Landmarks")
    made.resize(SMALLEST)
    settle()
    assert made.size() == SMALLEST
    return made


def place_in(ground: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(ground, QPoint()), widget.size())


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def controls(window: MainWindow) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if isinstance(widget, CONTROLS) and widget.isVisible() and not widget.objectName().startswith("qt_"):
            yield widget


def reach(widget: QWidget) -> None:
    """Scroll to it, as Tab does."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            settle()
            parent.ensureWidgetVisible(widget, 0, 50)  # as Qt does for what gets the keyboard
        parent = parent.parentWidget()
    settle()


def test_every_control_of_every_panel_can_be_reached(window: MainWindow) -> None:
    seen = 0
    for step, _ in STEPS:
        show_step(window.workspace, step)
        for page in PAGES if step == "align" else (None,):
            if page is not None:
                window.column.align.show_page(page)
            settle()
            for control in controls(window):
                reach(control)
                shown = control.visibleRegion().boundingRect()
                whole = control.height() if scaled(100) == 100 else 3 * control.height() // 4
                whole = min(whole, window.column.height() // 4)  # of a table some rows are enough
                assert shown.width() == control.width(), (step, page, control.objectName())
                assert shown.height() >= whole, (step, page, control.objectName())
                seen += 1
    assert seen > 150


def test_a_running_job_can_be_cancelled(window: MainWindow) -> None:
    register_commands.start_register(window.workspace, "auto")
    settle()
    cancel = window.findChild(QAbstractButton, "button_cancel")
    assert cancel is not None
    assert cancel.visibleRegion().boundingRect().size() == cancel.size()
    inside = window.rect().contains(cancel.rect().translated(cancel.mapTo(window, QPoint())))
    window.workspace.runner.cancel()
    assert inside


@pytest.mark.parametrize("layout", ["fused", "large", "pairs", "nine", "mosaic"])
def test_every_layout_has_room(window: MainWindow, layout: Layout) -> None:
    window.workspace.view_model.set_layout(layout)
    settle()
    places = [place_in(window.images, view) for view in window.images.visible_views()]
    assert all(place.width() >= 100 and place.height() >= 60 for place in places)
    assert not any(one.intersects(other) for n, one in enumerate(places) for other in places[:n])
    assert window.size() == SMALLEST


def test_where_each_step_stands_is_written_in_full(dressed: Dress, open_window: OpenWindow) -> None:
    dressed()
    window = open_window()
    window.resize(SMALLEST)
    settle()
    stands = [("open", "1 of 2 images"), ("review", "TG 2026-11-29"), ("export", "Exported")]
    for step, words in [*stands, *(("align", origin) for origin in ORIGINS.values())]:
        button = child(window, StepButton, f"step_{step}")
        small = QFont(button.font())
        small.setPixelSize(CAPTION)
        assert QFontMetrics(small).horizontalAdvance(words) <= button.width() - 2 * UNIT, words
