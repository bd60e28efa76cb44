"""The sample's truth, and a pair made small enough to register in a moment."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.sample import sample_folder


@pytest.fixture(scope="session")
def sample_truth() -> RigidTransform:
    """The sample's `moving_from_fixed`."""
    facts = json.loads((sample_folder() / "truth.json").read_text())
    return RigidTransform.from_matrix(facts["moving_from_fixed_lps_mm"])


@pytest.fixture(scope="session")
def sample_points() -> Points:
    """27 brain points in the sample's fixed space, (27, 3)."""
    facts = json.loads((sample_folder() / "truth.json").read_text())
    return np.asarray(facts["check_points_fixed_lps_mm"])


@pytest.fixture(scope="session")
def sample_error(sample_truth: RigidTransform, sample_points: Points) -> Callable[[RigidTransform], float]:
    """Mean distance in mm between where a pose and the truth put the sample's brain points."""

    def error(pose: RigidTransform) -> float:
        return float(np.linalg.norm(pose.apply(sample_points) - sample_truth.apply(sample_points), axis=1).mean())

    return error
