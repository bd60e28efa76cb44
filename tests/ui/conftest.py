"""A study of two phantoms and its display."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from panes import MakeView
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel, opening_view
from fusionviewer.geometry import AXIAL, Orientation
from fusionviewer.imaging import reslice as reslice_module
from fusionviewer.rendering import slices
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.pane import image
from fusionviewer.ui.views.slice_view import SliceView


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


@pytest.fixture(autouse=True)
def _no_habits_yet(qapp: QApplication) -> None:
    """What the window remembers of one test must not change the next."""
    QSettings().clear()


@pytest.fixture
def study(phantom_mr: Any, phantom_ct: Any, phantom_truth: Any) -> FusionState:
    """The two phantoms, aligned as they truly are."""
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")


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
def reslices(monkeypatch: pytest.MonkeyPatch) -> ResliceCounter:
    """Counts what the renderers reslice from now on."""
    counter = ResliceCounter()

    def count(volume: Any, *arguments: Any, **named: Any) -> Any:
        counter.names.append(volume.name)
        return reslice_module.reslice(volume, *arguments, **named)

    monkeypatch.setattr(slices, "reslice", count)
    return counter
