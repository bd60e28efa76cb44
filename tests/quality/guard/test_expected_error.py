"""The expected error and how it is calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.quality.guard.expected_error import fitted_group, groups


def test_the_shipped_table_is_whole() -> None:
    table = groups()
    assert [group.most_mm for group in table] == sorted(group.most_mm for group in table)
    for group in table:
        assert group.cases >= 80, "a quantile of 95 % needs cases"
        assert 0 < group.least_mm < 1.5
        assert 0 <= group.own_mm < 2
        assert 0 < group.above_mm < 3


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_upper_bound_holds_as_often_as_it_says(confidence: float) -> None:
    rng = np.random.default_rng(3)

    def rows(count: int) -> list[dict[str, float]]:
        true = rng.uniform(0.2, 8, count)
        moved = np.hypot(true, rng.normal(0, 0.6, count)) + rng.normal(0, 0.2, count)
        return [{"moved_mm": float(m), "true_mm": float(t)} for m, t in zip(np.abs(moved), true, strict=True)]

    group = fitted_group("any", 1.0, rows(800), confidence)
    new = rows(4000)
    guess = [np.sqrt(max(r["moved_mm"] ** 2 - group.own_mm**2, group.least_mm**2)) for r in new]
    held = np.mean([g + group.above_mm >= r["true_mm"] for g, r in zip(guess, new, strict=True)])
    assert held == pytest.approx(confidence, abs=0.03)  # three standard errors of 800 and 4,000 draws


def test_few_cases_give_the_largest_difference_seen() -> None:
    rows = [{"moved_mm": 1.0, "true_mm": t} for t in (0.8, 1.0, 1.9)]
    group = fitted_group("few", 1.0, rows)
    assert np.sqrt(max(1.0 - group.own_mm**2, group.least_mm**2)) + group.above_mm >= 1.9 - 1e-3
