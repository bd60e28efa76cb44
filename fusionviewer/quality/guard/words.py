"""The assessment in words, and as a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.quality.finding import Finding, Place
from fusionviewer.quality.guard.assessment import Assessment, Verdict
from fusionviewer.quality.guard.expected_error import ExpectedError, ExpectedMap
from fusionviewer.quality.wording import record

TITLES: Final[dict[Verdict, str]] = {
    "fine": "Fine: no warnings about this fusion.",
    "look": "Look: something may be wrong with this fusion, or it cannot be judged.",
    "wrong": "Wrong: this fusion is off, or the images do not belong together.",
}

SHORT_TITLES: Final[dict[Verdict, str]] = {"fine": "Fine", "look": "Look", "wrong": "Wrong"}
"""The same in a word."""

_UNITS: Final = (("_mm", "mm"), ("_deg", "degrees"))


def expected_text(expected: ExpectedError) -> str:
    """The expected error in one sentence."""
    return (
        f"Expected error, calibrated on simulations: {expected.median_mm:.1f} mm (median over the head), "
        f"{expected.p95_mm:.1f} mm (95 % of the head), at most {expected.p95_upper_mm:.1f} mm in 95 of 100 such cases."
    )


def expected_line(expected: ExpectedError) -> str:
    """The same in few words, for a place with little room."""
    return (
        f"Expected error, calibrated on simulations: {expected.median_mm:.1f} mm (median), {expected.p95_mm:.1f} mm "
        f"(95 %), at most {expected.p95_upper_mm:.1f} mm."
    )


def expected_here(found: ExpectedMap, point: Points) -> str:
    """The expected error at a point (3,) of fixed space, for a line with little room."""
    mm, upper = found.at(point)
    return f"Expected error here {mm:.1f} mm, at most {upper:.1f} mm (check)"


def expected_range(found: ExpectedMap, places: Sequence[Place]) -> str:
    """The expected error at some places of fixed space, in few words."""
    told = sorted(found.at(np.asarray(place))[0] for place in places)
    low, high = (f"{mm:.1f}" for mm in (told[0], told[-1]))
    return f"expected {low if low == high else f'{low} to {high}'} mm at {len(told)}"


def assessment_record(
    assessment: Assessment, names: Sequence[str] = (), places: Sequence[Place] = ()
) -> dict[str, Any]:
    """The assessment as a JSON object; lengths in mm, points and vectors in LPS of fixed space.

    `names` and `places` are those of the targets, in the order in which they were asked for.
    """
    expected, residual = assessment.expected, assessment.residual
    told, left = None, None
    if expected is not None:
        told = {
            "median": expected.median_mm,
            "p95": expected.p95_mm,
            "p95_upper": expected.p95_upper_mm,
            "group": expected.group,
            "targets": [
                {"name": name, "point_lps_mm": list(place), "expected": mm, "upper": upper}
                for name, place, (mm, upper) in zip(names, places, assessment.at_targets or (), strict=True)
            ],
        }
    if residual is not None and assessment.shift_mm and assessment.rotation_deg and assessment.corrected:
        left = {
            "shift_mm": list(assessment.shift_mm),
            "rotation_deg": list(assessment.rotation_deg),
            "p95_mm": residual.p95_mm,
            "standard_error_mm": residual.unsure_mm,
            "corrected_moving_from_fixed": assessment.corrected.matrix.tolist(),
        }
    return {
        "verdict": assessment.verdict,
        "expected_tre_mm": told,
        "residual": left,
        "findings": [record(finding) | {"unit": unit_of(finding)} for finding in assessment.reasons],
        "seconds": assessment.seconds,
    }


def unit_of(finding: Finding) -> str:
    """The unit of a finding's first value; empty where it has none."""
    first = next(iter(finding.values), "")
    return next((unit for ending, unit in _UNITS if first.endswith(ending)), "")
