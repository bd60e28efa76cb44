"""A point is dragged among a hundred pairs: they are not judged on the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from keyboard import CTRL
from mouse import Hand
from panes import place_of
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot
from windows import OpenWindow, cell_tip, pair_table, press_in_views

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.registration.points.suspects import Suspect, find_suspects
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.landmarks.pair_table import REMARK

START = np.array([10.0, 20.0, 6.0])


def _hundred(pose: RigidTransform) -> list[LandmarkPair]:
    rng = np.random.default_rng(7)
    fixed = np.vstack([START, rng.uniform(-50, 50, (99, 3))])
    moving = pose.apply(fixed) + rng.normal(size=(100, 3)) / 3
    return [LandmarkPair(f"L{n}", tuple(f), tuple(m)) for n, (f, m) in enumerate(zip(fixed, moving, strict=True), 1)]


def test_dragging_among_a_hundred_pairs_judges_them_elsewhere_and_shows_what_is_found(
    open_window: OpenWindow, phantom_truth: RigidTransform, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[bool] = []

    def counted(fixed: Points, moving: Points, fle_mm: Sequence[float]) -> tuple[Suspect, ...]:
        calls.append(threading.current_thread() is threading.main_thread())
        return find_suspects(fixed, moving, fle_mm)

    monkeypatch.setattr("fusionviewer.registration.points.agreement.find_suspects", counted)
    window = open_window(landmarks=_hundred(phantom_truth), layout="pairs", page="Landmarks")
    table = pair_table(window)
    window.workspace.view_model.set_cursor("fixed", START)
    view = window.images.view("fixed.axial")
    hand, there = Hand(view), place_of(view, START)
    hand.drag(there, there + QPointF(60, 0), steps=15)
    hand.release()
    moved = window.workspace.document.state.landmarks[0].fixed_point
    assert moved is not None
    assert np.linalg.norm(np.array(moved) - START) > 10
    qtbot.waitUntil(lambda: "L1" in cell_tip(table, 0, REMARK))
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: cell_tip(table, 0, REMARK) == "")
    assert calls
    assert not any(calls)
