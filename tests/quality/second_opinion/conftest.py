"""The phantoms as a second opinion takes them, prepared once."""

from __future__ import annotations

import phantoms
import pytest

from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair
from fusionviewer.quality.second_opinion.surfaces import SURFACES, USUAL_OFFSETS_MM


@pytest.fixture(scope="session")
def phantom_pair() -> PreparedPair:
    pair = prepared_pair(phantoms.phantom_mr(), phantoms.phantom_ct())
    assert pair is not None
    return pair


@pytest.fixture
def edges_on_the_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phantoms' edges lie where the surfaces do, and not beside them as those of a real MR."""
    for name in SURFACES:
        monkeypatch.setitem(USUAL_OFFSETS_MM, name, 0.0)
