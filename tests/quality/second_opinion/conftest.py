"""The phantoms as a second opinion takes them, prepared once."""

from __future__ import annotations

import phantoms
import pytest

from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair


@pytest.fixture(scope="session")
def phantom_pair() -> PreparedPair:
    pair = prepared_pair(phantoms.phantom_mr(), phantoms.phantom_ct())
    assert pair is not None
    return pair
