"""A second opinion by fewer points: on the small phantom as good, and twice as quick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fusionviewer.quality.second_opinion import surface_points, surfaces


@contextmanager
def fewer_points() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surface_points, "MOST_POINTS", 1800)
        patch.setattr(surfaces, "_TRIED", {"bone": 15_000, "skin": 6000})
        yield
