"""A study of two phantoms and its display."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from answers import Answers
from fusion_checks import no_checks
from landmark_sets import HERE
from panes import MakeView
from PyQt6.QtCore import QEvent, QSettings
from PyQt6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from windows import Chosen, Dress, OpenWindow, click

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.geometry import AXIAL, Orientation, Points
from fusionviewer.imaging import reslice as reslice_module
from fusionviewer.imaging.volume import Volume
from fusionviewer.process.workers import wait_for_workers
from fusionviewer.rendering import slices
from fusionviewer.session import edits
from fusionviewer.session.recent import recent_file
from fusionviewer.session.state import FusionState, LandmarkPair, Side
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.dialogs.export_transform import TransformDialog
from fusionviewer.ui.dialogs.export_volume import VolumeDialog
from fusionviewer.ui.look.theme import ThemeName, apply_theme
from fusionviewer.ui.pane import image
from fusionviewer.ui.panels.align_panel import Page
from fusionviewer.ui.views import slice_pane
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.window import window_dialogs
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.overview import OverviewPage


class ResliceCounter:
    """Counts the planes that are cut out of volumes, by the volume's name."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __len__(self) -> int:
        return len(self.names)

    def reset(self) -> None:
        self.names.clear()


@pytest.fixture(autouse=True)
def _never_rough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine draws slowly; what is drawn in a test does not depend on that."""
    monkeypatch.setattr(image, "DRAFT_ABOVE_MS", math.inf)
    monkeypatch.setattr(image, "LOOK_DRAFT_ABOVE_MS", math.inf)
    monkeypatch.setattr(slice_pane, "TOLD_MS", 0)


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of the fusion takes seconds: the tests of it ask for it."""
    no_checks(monkeypatch)


@pytest.fixture(autouse=True)
def _no_habits_yet(qapp: QApplication) -> None:
    """What the window remembers of one test must not change the next."""
    QSettings().clear()
    recent_file().unlink(missing_ok=True)


@pytest.fixture
def dressed(qapp: QApplication, qtbot: QtBot) -> Iterator[Dress]:
    """Dresses the application as the program does, with any theme and size of letters, until the end of the test."""
    before = qapp.font(), qapp.palette(), qapp.styleSheet(), qapp.style().objectName()  # type: ignore[union-attr]

    def dress(theme: ThemeName = "dark", scale: float = 1.0) -> None:
        apply_theme(qapp, theme, scale)
        for _ in range(3):
            QApplication.processEvents()

    yield dress
    apply_theme(qapp)
    font, palette, sheet, style = before
    qapp.setStyleSheet(sheet)
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def study(phantom_mr: Any, phantom_ct: Any, phantom_truth: Any) -> FusionState:
    """The two phantoms, aligned as they truly are."""
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")


@pytest.fixture
def unaligned(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    """The two phantoms as their headers place them."""
    return edits.new_study(phantom_mr, phantom_ct)


@pytest.fixture
def open_window(qtbot: QtBot, study: FusionState, phantom_heads: Mapping[str, Points]) -> Iterator[OpenWindow]:
    """Opens main windows on a study (without one: the two phantoms, aligned), and closes them after the test.

    The window is drawn and has the keyboard, in its first view. `page` shows that page of the align panel, `unfolded`
    opens what is folded on the page of landmarks. Its user answers at once: see answers.py. The fourth pane shows the
    page `overview`: the usual one, the 3D view, takes a third of a second of each core to make.
    """
    opened: list[MainWindow] = []
    two_phantoms = study

    def open_it(
        study: FusionState | None = None,
        *,
        landmarks: Sequence[LandmarkPair] = (),
        layout: Layout | None = None,
        page: Page | None = None,
        unfolded: bool = False,
        overview: OverviewPage = "Readout",
    ) -> MainWindow:
        QSettings().setValue("window/overview", overview)
        window = MainWindow()
        QSettings().remove("window/overview")
        opened.append(window)
        window.workspace.questions = Answers()
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        state = two_phantoms if study is None else study
        volumes = state.volumes()
        heads = {side: phantom_heads.get(volume.fingerprint) for side, volume in volumes.items()}
        if volumes:
            marked = replace(state, landmarks=(*state.landmarks, *landmarks))
            show_study(window.workspace, marked, Opened(volumes, heads))
            window.workspace.window.look_at_single(len(volumes) == 1)
        if layout is not None:
            window.workspace.view_model.set_layout(layout)
        if page is not None:
            show_step(window.workspace, "align")
            window.column.align.show_page(page)
        for section in ("fold_placement", "fold_targets") if unfolded else ():
            click(window, section)
        window.images.active_view().setFocus()
        QApplication.processEvents()
        return window

    yield open_it
    for window in opened:
        window.workspace.questions = Answers()
        window.workspace.runner.cancel()
        window.close()
        window.workspace.check.end()
        assert window.workspace.runner.wait_for_threads(10)
        assert wait_for_workers(10)
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def half_marked(open_window: OpenWindow) -> MainWindow:
    """A window in whose rows a pair is marked `HERE` in the fixed image only."""
    window = open_window()
    mark_landmarks.new_pair(window.workspace)
    mark_landmarks.click(window.workspace, "fixed", HERE)
    QApplication.processEvents()
    return window


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """What the window's dialogs for files give."""
    answer = Chosen()
    for name in ("choose_file", "choose_folder", "choose_new_file"):
        monkeypatch.setattr(window_dialogs, name, lambda *_: answer.path)
    for dialog in (TransformDialog, VolumeDialog):
        monkeypatch.setattr(dialog, "exec", lambda _: QDialog.DialogCode.Accepted)  # as offered
    return answer


@pytest.fixture
def document(qapp: QApplication, study: FusionState) -> Document:
    """A document with the study open."""
    document = Document()
    document.replace(study)
    return document


@pytest.fixture
def view_model(document: Document) -> ViewModel:
    """The display of the document, at its first look."""
    view_model = ViewModel(document)
    view_model.show(opening_view(document.state))
    return view_model


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[QWidget], QWidget]:
    """Shows a widget and waits until it has been drawn once."""

    def show_and_draw(widget: QWidget, width: int = 400, height: int = 320) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        QApplication.processEvents()
        return widget

    return show_and_draw


@pytest.fixture
def make_view(document: Document, view_model: ViewModel, show: Callable[[QWidget], QWidget]) -> MakeView:
    """A view of the document, on the screen."""

    def make(side: Side = "fixed", orientation: Orientation = AXIAL, fused: bool = True) -> SliceView:
        view = SliceView(document, view_model, side, orientation, fused)
        show(view)
        return view

    return make


@pytest.fixture
def area(document: Document, view_model: ViewModel, show: Callable[..., QWidget]) -> PaneGrid:
    """The views of the document in their layout, on the screen."""
    area = PaneGrid(document, view_model)
    show(area, 1002, 702)
    return area


@pytest.fixture
def reslices(monkeypatch: pytest.MonkeyPatch) -> ResliceCounter:
    """Counts what the renderers reslice from now on."""
    counter = ResliceCounter()

    def count(volume: Any, *arguments: Any, **named: Any) -> Any:
        counter.names.append(volume.name)
        return reslice_module.reslice(volume, *arguments, **named)

    monkeypatch.setattr(slices, "reslice", count)
    return counter
