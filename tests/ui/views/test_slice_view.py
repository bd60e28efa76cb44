from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mouse import Hand
from panes import MakeView, frame_of, middle_of
from PyQt6 import sip
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, CORONAL
from fusionviewer.ui.views.pane_grid import PaneGrid

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


# Where things are


# Drawing


# Gestures


def test_a_double_click_enlarges_and_the_next_one_shows_all(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view("moving", CORONAL, fused=False)
    Hand(view).double_click(middle_of(view))
    assert view_model.view.enlarged == "moving.coronal"
    Hand(view).double_click(middle_of(view))
    assert view_model.view.enlarged == ""


def test_hovering_tells_space_and_point(make_view: MakeView, view_model: ViewModel, qtbot: QtBot) -> None:
    view = make_view("moving", AXIAL, fused=False)
    with qtbot.waitSignal(view.hovered) as seen:
        Hand(view).move(QPointF(33, 44))
    assert seen.args[0] == "moving"
    np.testing.assert_allclose(seen.args[1], frame_of(view).point_under(QPointF(33, 44)))


# Landmarks


def test_views_whose_display_is_gone_can_still_be_hidden(
    document: Document, view_model: ViewModel, show: Callable[[QWidget], QWidget]
) -> None:
    area = PaneGrid(document, view_model)
    show(area)
    sip.delete(view_model)  # as when the interpreter ends, in whatever order
    area.hide()
    assert area.visible_views()
    assert not any(view.isVisible() for view in area.visible_views())
