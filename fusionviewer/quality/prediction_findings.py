"""The error that is predicted for the fit to the landmarks: whether it can be believed, and which pose it is about."""

from __future__ import annotations

from typing import Final

import numpy as np

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.landmark_facts import LandmarkFacts, landmark_facts
from fusionviewer.rendering.marks.values import PredictedError
from fusionviewer.session.state import FusionState

_OF_ALL: Final = ("mirrored", "scaled")
"""What no rigid fit can mend."""


def why_no_prediction(facts: LandmarkFacts) -> Finding | None:
    """Why the predicted error cannot be believed, so that the window withholds it. None if it can, or without a fit.

    The prediction takes each pair to be placed as well as is assumed. Residuals that are too large for that, a pair
    that does not fit the others, and sets that are mirrored or scaled say that some are not.
    """
    if facts.fit is None:
        return None
    of_all = [doubt.reason for doubt in facts.doubts if doubt.reason in _OF_ALL]
    blamed = [one.finding.values for one in facts.suspicions]
    suspects = [values[key] for values in blamed for key in ("name", "twin") if key in values]
    if not of_all and not suspects and facts.excess is None:
        return None
    because = of_all[0] if of_all else "misplaced" if suspects else "residuals"
    fre_mm, fle_mm = facts.fit.fre_mm, facts.fle_mm
    return found(
        "prediction_contradicted", because=because, suspects=suspects, fre_mm=fre_mm, fle_mm=fle_mm, times=facts.excess
    )


def prediction_findings(state: FusionState) -> list[Finding]:
    """What is predicted at the targets, for which pose, and whether it can be believed; nothing without targets."""
    facts = landmark_facts(state)
    if facts.error is None or not state.targets:
        return []
    why_not = why_no_prediction(facts)
    predicted = facts.error.tre_mm(np.array([target.point for target in state.targets]))
    tre_mm = {target.name: float(mm) for target, mm in zip(state.targets, predicted, strict=True)}
    told = found("error_predicted", tre_mm=tre_mm, withheld=why_not is not None)
    about = prediction_about(state, state.alignment.moving_from_fixed)
    return [told, *(one for one in (why_not, about) if one is not None)]


def prediction_about(state: FusionState, pose: RigidTransform) -> Finding | None:
    """What the prediction is about, if not about a pose. Without a fit it says nothing of any other pose."""
    fit = landmark_facts(state).fit
    if fit is None or np.allclose(fit.moving_from_fixed.matrix, pose.matrix, rtol=0, atol=1e-6):
        return None
    changed = state.alignment.origin == "landmarks" and pose is state.alignment.moving_from_fixed
    return found("prediction_for_new_fit" if changed else "prediction_for_fit")


def error_within(facts: LandmarkFacts, grid: Grid) -> PredictedError | None:
    """The predicted error for isocontours within an image's box in fixed space; None without one to believe."""
    return None if facts.error is None or why_no_prediction(facts) else PredictedError(facts.error.tre_mm, grid)
