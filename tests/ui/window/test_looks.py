"""The window in both themes and in small and large letters: everything can be read, follows at once, and fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from contrast import DISABLED, TEXT, contrast_within
from landmark_sets import one_off
from PyQt6.QtCore import PYQT_VERSION, QPoint, QRect, Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from windows import Dress, OpenWindow, child, pair_table, picture

from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import Step
from fusionviewer.errors import FusionError
from fusionviewer.ui.look.palettes import DARK, IMAGE, LIGHT
from fusionviewer.ui.look.style_sheet import CAPTION, HEADING, TITLE
from fusionviewer.ui.look.style_sheet import TEXT as TEXT_SIZE
from fusionviewer.ui.panels.align_panel import PAGES
from fusionviewer.ui.panels.window_histogram import WindowHistogram
from fusionviewer.ui.panels.window_panel import WindowPanel
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.elided_label import ElidedLabel
from fusionviewer.ui.widgets.limit_gauge import LimitGauge
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow
from fusionviewer.ui.window.metric_plot import MetricPlot

STEPS: tuple[Step, ...] = get_args(Step)
SCALES = (0.9, 1.0, 1.2, 1.5)


@pytest.fixture
def window(dressed: Dress, open_window: OpenWindow) -> MainWindow:
    """Dressed dark, with landmarks that do not fit, so that there is something to warn of."""
    dressed()
    made = open_window(landmarks=one_off(), unfolded=True, page="Landmarks")
    made.overview.show_page("Convergence")  # its plot is made
    made.overview.show_page("Readout")
    return made


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def pages(window: MainWindow) -> Iterator[str]:
    """Every panel of the side column, one after the other."""
    for step in STEPS:
        show_step(window.workspace, step)
        settle()
        if step != "align":
            yield step
            continue
        for page in PAGES:
            window.column.align.show_page(page)
            settle()
            yield page


def written(window: MainWindow) -> Iterator[tuple[QWidget, str, QRect]]:
    """Everything with words that is seen: the widget, its words, and where in the window they stand."""
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QLabel | QPushButton | QToolButton | QCheckBox | QComboBox):
            continue
        icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() == icon_only and not widget.icon().isNull():
            continue
        words = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        room = widget.visibleRegion().boundingRect()
        if words.strip() and room.size() == widget.size():  # what is partly scrolled away is another page's
            inside = room if isinstance(widget, QLabel) else room.adjusted(4, 5, -4, -5)
            yield widget, words, inside.translated(widget.mapTo(window, QPoint(0, 0)))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_all_words_of_the_window_can_be_read(window: MainWindow, dressed: Dress, theme: str) -> None:
    dressed("light" if theme == "light" else "dark")
    window.resize(1280, 1000)
    window.workspace.refuse(FusionError("That was wrong.", "Do this."))
    seen = 0
    for page in pages(window):
        image = window.grab().toImage()
        for widget, words, room in written(window):
            least = TEXT if widget.isEnabled() else DISABLED
            assert contrast_within(image, room) >= least, (page, words, widget.property("role"))
            seen += 1
    assert seen > 100


def _colours_of(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_what_is_painted_by_hand_follows_the_theme_at_once(window: MainWindow, dressed: Dress) -> None:
    window.resize(1280, 1000)
    window.column.align.show_page("Automatic")
    child(window, WindowPanel).show_histograms(True)
    window.workspace.view_model.set_layout("nine")
    settle()
    for palette in (LIGHT, DARK):
        dressed("dark" if palette.dark else "light")
        settle()
        assert child(window, MetricPlot).grab().toImage().pixelColor(2, 2).name() == palette.window
        assert {palette.field, palette.caption} & _colours_of(child(window, LimitGauge, "gauge_translation"))
        for side in ("fixed", "moving"):
            assert {palette.field, palette.sides[side]} <= _colours_of(
                child(window, WindowHistogram, f"{side}_histogram")
            )
            assert palette.sides[side] in _colours_of(window.fade_bar.ends[side])
            label = window.images._labels[side]
            assert {palette.window, palette.sides[side]} <= _colours_of(label)
        grid = window.images.grab().toImage()
        pane = window.images.view("fixed.axial").parentWidget()
        assert pane is not None
        first = pane.geometry()
        assert grid.pixelColor(first.right() + 1, first.center().y()).name() == palette.window
        table = pair_table(window)
        item = table.item(0, 1)
        assert item is not None
        assert item.foreground().color().name() == palette.text


def test_images_and_their_marks_are_the_same_in_both_themes(window: MainWindow, dressed: Dress) -> None:
    before = picture(window)
    assert before.pixelColor(before.width() - 3, before.height() // 4).name() == IMAGE
    dressed("light")
    settle()
    assert picture(window) == before


def test_letters_have_one_of_four_sizes_everywhere(window: MainWindow, dressed: Dress) -> None:
    for scale in SCALES:
        dressed("dark", scale)
        settle()
        sizes = {round(size * scale) for size in (CAPTION, TEXT_SIZE, HEADING, TITLE)}
        for page in pages(window):
            for widget in window.findChildren(QWidget):
                if not widget.visibleRegion().isEmpty():
                    assert widget.font().pixelSize() in sizes, (page, scale, widget, widget.font().pixelSize())


def _wanted(widget: QWidget) -> int:
    """How wide the words of a widget are, in pixels."""
    metrics = widget.fontMetrics()
    words = widget.currentText() if isinstance(widget, QComboBox) else getattr(widget, "text")()  # noqa: B009
    plain = words.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return max(metrics.horizontalAdvance(line) for line in plain.split("\n"))


@pytest.mark.parametrize("scale", SCALES)
def test_nothing_is_cut_off(window: MainWindow, dressed: Dress, scale: float) -> None:
    dressed("light", scale)
    window.resize(1280, 800)
    settle()
    for page in pages(window):
        for widget, words, _ in written(window):
            if isinstance(widget, ElidedLabel | ClampedLabel | QComboBox):
                continue
            if isinstance(widget, QLabel) and widget.wordWrap():
                assert widget.height() >= widget.heightForWidth(widget.width()), (page, words)
            else:
                assert widget.width() >= _wanted(widget), (page, words)
            assert widget.height() >= widget.fontMetrics().height() - 1, (page, words)


def test_the_side_panel_and_the_window_make_room_for_large_letters(window: MainWindow, dressed: Dress) -> None:
    window.resize(1280, 800)
    settle()
    before, button = window.column.width(), child(window, QAbstractButton, "button_register")
    high = button.sizeHint().height()
    dressed("dark", 1.5)
    settle()
    assert window.column.width() >= 1.4 * before
    assert button.sizeHint().height() >= 1.4 * high
    content = window.centralWidget()
    assert content is not None
    assert window.minimumWidth() >= content.minimumSizeHint().width()
    assert window.minimumWidth() <= 1280  # a common small screen
    dressed("dark")
    settle()
    assert window.minimumWidth() == SMALLEST.width()


def test_what_there_is_room_for_depends_on_the_letters(window: MainWindow, dressed: Dress) -> None:
    window.resize(1280, 1040)
    settle()
    histogram = child(window, WindowHistogram, "fixed_histogram")
    assert histogram.isVisible()
    dressed("dark", 1.5)
    settle()
    assert not histogram.isVisible()
    dressed("dark")
    settle()
    assert histogram.isVisible()


def test_values_stand_in_a_column_for_each_image_where_a_row_has_no_room(window: MainWindow, dressed: Dress) -> None:
    window.resize(1280, 800)
    settle()
    names = [name for name in window.images.findChildren(QLabel) if name.text() in ("FIXED", "MOVING")]
    fixed, moving = (name for name in names if name.isVisible())
    assert fixed.y() < moving.y()
    dressed("dark", 1.5)
    settle()
    assert fixed.y() == moving.y()
    assert fixed.x() < moving.x()
    dressed("dark")
    settle()
    assert fixed.y() < moving.y()


def test_the_table_of_pairs_grows_with_its_letters(window: MainWindow, dressed: Dress) -> None:
    table = pair_table(window)
    widths, high = [table.columnWidth(column) for column in (0, 4, 5)], table.rowHeight(0)
    dressed("dark", 1.5)
    settle()
    assert [table.columnWidth(column) for column in (0, 4, 5)] == [round(1.5 * width) for width in widths]
    assert table.rowHeight(0) == round(1.5 * high)
    assert table.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert table.verticalScrollBar() is not None


def test_the_views_letters_do_not_lie_over_each_other_at_any_size(window: MainWindow, dressed: Dress) -> None:
    window.workspace.view_model.set_layout("nine")
    window.resize(1280, 800)
    dressed("dark", 1.5)
    settle()
    view = window.images.view("fused.coronal")
    assert isinstance(view, SliceView)
    assert isinstance(window.images, PaneGrid)
    image, metrics = view.grab().toImage(), view.fontMetrics()
    below = QRect(0, view.height() - metrics.height(), view.width() // 2, metrics.height())
    letter = metrics.horizontalAdvance("F")
    gap = QRect(below.right() - letter - 2, below.top() + 4, letter // 2, below.height() - 8)
    assert contrast_within(image, gap) < TEXT  # free between the scale and the letter of the lower side


@pytest.mark.skipif(PYQT_VERSION < 0x060A00, reason="Qt before 6.10 draws spin boxes of a plane lower")
@pytest.mark.parametrize("scale", SCALES)
def test_controls_have_one_height(window: MainWindow, dressed: Dress, scale: float) -> None:
    dressed("dark", scale)
    heights: dict[int, list[str]] = {}
    for _ in pages(window):
        for widget in window.findChildren(QWidget):
            control = isinstance(widget, QComboBox | QAbstractSpinBox | QPushButton)
            if control and widget.isVisible():
                heights.setdefault(widget.height(), []).append(widget.objectName())
    assert list(heights) == [round(24 * scale) + 2], heights
