"""The assessment in words."""

from __future__ import annotations

from typing import Final

from fusionviewer.quality.finding import Finding
from fusionviewer.quality.guard.expected_error import ExpectedError

_UNITS: Final = (("_mm", "mm"), ("_deg", "degrees"))


def expected_text(expected: ExpectedError) -> str:
    """The expected error in one sentence."""
    return (
        f"Expected error, calibrated on simulations: {expected.median_mm:.1f} mm (median over the head), "
        f"{expected.p95_mm:.1f} mm (95 % of the head), at most {expected.p95_upper_mm:.1f} mm in 95 of 100 such cases."
    )


def unit_of(finding: Finding) -> str:
    """The unit of a finding's first value; empty where it has none."""
    first = next(iter(finding.values), "")
    return next((unit for ending, unit in _UNITS if first.endswith(ending)), "")
