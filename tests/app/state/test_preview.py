"""Who hears of a pose that is shown for now, and how often."""

from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform


def _pose(mm: float) -> RigidTransform:
    return RigidTransform.about(np.eye(3), np.zeros(3), np.array([mm, 0.0, 0.0]))


@pytest.fixture
def model(with_phantoms: Workspace) -> ViewModel:
    return with_phantoms.view_model


@pytest.fixture
def told(model: ViewModel) -> list[str]:
    """Every announcement from now on."""
    heard: list[str] = []
    model.preview_changed.connect(lambda: heard.append("pose"))
    model.numbers_changed.connect(lambda: heard.append("numbers"))
    return heard


def test_the_poses_of_a_job_reach_the_numbers_once_for_many(model: ViewModel, told: list[str]) -> None:
    for n in range(20):
        model.set_preview(_pose(n))
    assert told == ["pose"] * 20
    assert model._numbers_timer.isSingleShot()
    model._numbers_timer.timeout.emit()  # as when its time is over
    assert told == ["pose"] * 20 + ["numbers"]


def test_the_numbers_hear_of_the_end_and_of_a_hand_at_once(model: ViewModel, told: list[str]) -> None:
    model.set_preview(_pose(1))
    assert model.following
    model.set_preview(None)
    assert told == ["pose", "pose", "numbers"]
    assert not model.following
    assert not model._numbers_timer.isActive()
    model.set_preview(_pose(2), by_hand=True)
    assert told[3:] == ["pose", "numbers"]
    assert not model.following
