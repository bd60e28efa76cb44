"""The expected error and how it is calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.quality.guard.expected_error import _rank, fitted_group, groups


def test_the_shipped_table_is_whole() -> None:
    table = groups()
    assert [group.most_mm for group in table] == sorted(group.most_mm for group in table)
    for group in table:
        assert group.cases >= 80, "a quantile of 95 % needs cases"
        assert 0 < group.least_mm < 1.5
        assert 0 <= group.own_mm < 2
        assert 0 < group.above_mm < 3


@pytest.mark.parametrize("share", [0.8, 0.95])
def test_the_upper_bound_holds_as_often_as_it_says(share: float) -> None:
    rng = np.random.default_rng(3)

    def rows(count: int) -> list[dict[str, float]]:
        true = rng.uniform(0.2, 8, count)
        moved = np.hypot(true, rng.normal(0, 0.6, count)) + rng.normal(0, 0.2, count)
        return [{"moved_mm": float(m), "true_mm": float(t)} for m, t in zip(np.abs(moved), true, strict=True)]

    group = fitted_group("any", 1.0, rows(800), share)
    new = rows(4000)
    guess = [np.sqrt(max(r["moved_mm"] ** 2 - group.own_mm**2, group.least_mm**2)) for r in new]
    held = np.mean([g + group.above_mm >= r["true_mm"] for g, r in zip(guess, new, strict=True)])
    assert share - 0.01 <= held <= share + 0.05  # not less but for the new draws' own chance, nor much more


def test_the_share_is_covered_whichever_cases_chance_has_brought() -> None:
    """Of 95 % of samples, drawn again and again, the value of that rank covers at least the share."""
    rng = np.random.default_rng(0)
    assert _rank(59, 0.95, 0.95) == 59  # the textbook's least number of values for 95 % with 95 %
    assert _rank(58, 0.95, 0.95) == 58  # too few: the largest
    for n, share in ((100, 0.9), (400, 0.95)):
        kth = np.sort(rng.random((2000, n)), axis=1)[:, _rank(n, share, 0.95) - 1]  # covers as much as it is
        one_less = np.sort(rng.random((2000, n)), axis=1)[:, _rank(n, share, 0.95) - 2]
        assert np.mean(kth >= share) > 0.935  # three standard errors of 2,000 draws below 95 %
        assert np.mean(one_less >= share) < 0.965


def test_few_cases_give_the_largest_difference_seen() -> None:
    rows = [{"moved_mm": 1.0, "true_mm": t} for t in (0.8, 1.0, 1.9)]
    group = fitted_group("few", 1.0, rows)
    assert np.sqrt(max(1.0 - group.own_mm**2, group.least_mm**2)) + group.above_mm >= 1.9 - 1e-3
