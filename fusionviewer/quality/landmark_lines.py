"""The error of the landmarks in the few words that a line of a panel, or of the readout, has room for."""

from __future__ import annotations

from typing import Final

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.landmark_facts import LandmarkFacts, Measured, landmark_facts
from fusionviewer.quality.landmark_findings import measured_finding, outside_findings
from fusionviewer.quality.prediction_findings import prediction_about, why_no_prediction
from fusionviewer.quality.wording import sentence
from fusionviewer.session.state import FusionState

WHY_THEY_DIFFER: Final = (
    "FRE says how well the pairs agree, TRE how far off other places are. The two are uncorrelated (Fitzpatrick 2009): "
    "a small FRE does not make a small TRE."
)

WHY_BRIEFLY: Final = "A small FRE does not make a small TRE: the two are uncorrelated (Fitzpatrick 2009)."


def fre_line(facts: LandmarkFacts) -> str:
    """The residual of the fit."""
    return "no fit yet" if facts.fit is None else f"{facts.fit.fre_mm:.2f} mm over {len(facts.pairs)} pairs"


def measured_line(measured: Measured | None) -> str:
    """What check points measure; the name is what may be cut off."""
    if measured is None:
        return "no check pairs"
    return f"mean {measured.mean_mm:.1f}, max {measured.max_mm:.1f} mm ({measured.worst})"


def measured_text(measured: Measured | None) -> str:
    """What check points measure of the pose shown, or how to have some."""
    if measured is None:
        return "Nothing is measured: let a pair only check, and it measures the pose shown."
    return sentence(measured_finding(measured))


def prediction_text(state: FusionState, pose: RigidTransform, point: Points) -> str:
    """What is predicted at a point (3,) of fixed space under a pose, or why nothing is.

    Empty without a fit, and under any other pose than that of the fit: the prediction does not describe it.
    """
    facts = landmark_facts(state)
    error_mm = facts.tre_mm(point)
    if error_mm is None or prediction_about(state, pose) is not None:
        return ""
    why = why_withheld(facts)
    return f"No error is predicted here: {why}" if why else f"Predicted error here {error_mm:.1f} mm RMS (landmark fit)"


def prediction_line(state: FusionState, pose: RigidTransform, point: Points) -> str:
    """What is predicted for the fit at a point (3,) of fixed space, named as that where another pose is shown."""
    facts = landmark_facts(state)
    error_mm = facts.tre_mm(point)
    if error_mm is None:
        return "no fit yet"
    why = why_no_prediction(facts)
    if why is not None:
        return "▲ withheld: FRE too large" if why.values["because"] == "residuals" else "▲ withheld: no good fit"
    about = prediction_about(state, pose)
    return f"{error_mm:.1f} mm RMS{'' if about is None else _ABOUT[about.code]}"


_ABOUT: Final = {"prediction_for_new_fit": " if fitted anew", "prediction_for_fit": " (landmark fit)"}


def why_withheld(facts: LandmarkFacts) -> str:
    """Why no predicted error is shown, in a few words; empty if it can be believed, or without a fit."""
    why = why_no_prediction(facts)
    if why is None:
        return ""
    if why.values["because"] == "residuals":
        return f"FRE {why.values['fre_mm']:.1f} mm contradicts FLE {why.values['fle_mm']:.1f} mm"
    return "a pair does not fit" if len(why.values["suspects"]) == 1 else "the pairs do not fit"


def why_withheld_text(facts: LandmarkFacts) -> str:
    """The same as a sentence."""
    why = why_no_prediction(facts)
    return "" if why is None else sentence(why)


def about_pose(state: FusionState, pose: RigidTransform) -> str:
    """Why nothing is predicted, or that it is not for the pose, as a sentence; empty if it is, and without a fit."""
    about = why_no_prediction(landmark_facts(state)) or prediction_about(state, pose)
    return "" if about is None else sentence(about)


def targets_line(state: FusionState) -> str:
    """What is predicted at all targets."""
    facts, count = landmark_facts(state), len(state.targets)
    if not count:
        return "none yet"
    predicted = [error for target in state.targets if (error := facts.tre_mm(np.asarray(target.point))) is not None]
    if not predicted:
        return f"{count}, no fit yet"
    if why_no_prediction(facts):
        return f"{count}, TRE withheld"
    low, high = (f"{error:.1f}" for error in (min(predicted), max(predicted)))
    return f"TRE of the fit {low if low == high else f'{low} to {high}'} mm at {count}"


def misfit_text(state: FusionState) -> str:
    """What speaks against all pairs together, and which points lie outside of their image; empty if nothing does."""
    against = [*landmark_facts(state).doubt_findings(), *outside_findings(state)]
    return "\n".join(sentence(finding) for finding in against)


def repeats_text(facts: LandmarkFacts) -> str:
    """What the repeated placements show."""
    estimate = facts.repeats
    count = f"{estimate.counts['fixed']} in the fixed and {estimate.counts['moving']} in the moving image"
    if estimate.fle_mm is not None:
        spread = f"± {round(100 * estimate.uncertainty)} %"
        return f"From repeats ({count}): {estimate.fle_mm:.2f} mm {spread}."
    if any(estimate.counts.values()):
        return f"Repeats: {count}. The placement must be repeated in both."
    return ""
