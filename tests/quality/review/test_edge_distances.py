"""The distances of the skull all over the head: smooth, outwards positive, without what found no edge."""

from __future__ import annotations

import numpy as np
import pytest
from assessments import residual_of

from fusionviewer.quality.review.edge_distances import edge_distances
from fusionviewer.quality.second_opinion.residual import Patch
from fusionviewer.quality.second_opinion.surface_points import SurfaceName


def _patches(surface: SurfaceName, mm: float, *, clear: float = 0.5, x: float = 70.0) -> list[Patch]:
    return [Patch(surface, np.array([x, y, z]), mm, clear) for y in (-10.0, 10.0) for z in (-10.0, 10.0)]


def test_both_tables_tell_how_far_out_the_skull_of_the_mr_lies() -> None:
    left = [*_patches("outer", 2.0), *_patches("inner", -2.0), Patch("outer", np.array([70.0, 0, 0]), -7.0, 0.9)]
    found = edge_distances(residual_of([*left, *_patches("outer", -1.0, x=-70.0)]))
    assert found is not None
    sides = found.places[:, 0] > 0
    assert found.outwards_mm[sides] == pytest.approx(2.0), "one that met another edge is outvoted"
    assert found.outwards_mm[~sides] == pytest.approx(-1.0)
    assert {found.regions[n] for n in np.flatnonzero(sides)} == {"left"}


@pytest.mark.parametrize(
    "patches",
    [_patches("skin", 3.0), _patches("outer", 9.0), _patches("outer", 3.0, clear=0.05), _patches("outer", 3.0)[:2]],
    ids=["skin", "no edge within reach", "hardly an edge", "too few"],
)
def test_what_is_no_distance_of_the_skull_says_nothing(patches: list[Patch]) -> None:
    assert edge_distances(residual_of(patches)) is None
