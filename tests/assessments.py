"""Assessments that no check had to be made for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.guard.assessment import Assessment, Verdict
from fusionviewer.quality.guard.expected_error import ExpectedError
from fusionviewer.quality.second_opinion.residual import Patch, Residual


def residual_of(patches: Sequence[Patch], centre: Points | None = None) -> Residual:
    """A second opinion that says of the pose that is judged what these patches say."""
    middle = np.zeros(3) if centre is None else centre
    return Residual(middle, np.zeros((1, 3)), np.zeros(6), np.eye(6), tuple(patches), tuple(patches))


def assessment_of(
    verdict: Verdict, reasons: Sequence[Finding] = (), patches: Sequence[Patch] = (), centre: Points | None = None
) -> Assessment:
    """An assessment with an expected error of 1 mm, at most 2."""
    expected = ExpectedError(0.8, 1.0, 2.0, "usual")
    return Assessment(verdict, tuple(reasons), expected, None, residual_of(patches, centre), None, None, None, 0.0)
