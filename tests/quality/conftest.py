"""The phantoms as a second opinion takes them, prepared once, by fewer points."""

from __future__ import annotations

from collections.abc import Iterator

import phantoms
import pytest
from fewer_points import fewer_points

from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair
from fusionviewer.quality.second_opinion.surface_points import SURFACES, USUAL_OFFSETS_MM


@pytest.fixture(scope="session")
def phantom_pair() -> PreparedPair:
    with fewer_points():
        pair = prepared_pair(phantoms.phantom_mr(), phantoms.phantom_ct())
    assert pair is not None
    return pair


@pytest.fixture
def quick_opinion() -> Iterator[None]:
    """Fewer points for whatever is prepared meanwhile."""
    with fewer_points():
        yield


@pytest.fixture
def edges_on_the_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phantoms' edges lie where the surfaces do, and not beside them as those of a real MR."""
    for name in SURFACES:
        monkeypatch.setitem(USUAL_OFFSETS_MM, name, 0.0)
