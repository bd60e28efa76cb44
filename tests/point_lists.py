"""Lists of points for the tests of their files: any names and numbers that such a list may have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags

numbers = st.floats(-1e6, 1e6) | st.floats(-1e-300, 1e-300)
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from(",\";#|'")
texts = st.text(letters, max_size=12).map(str.strip)
names = texts.filter(bool)
marks = st.builds(PointFlags, description=texts, locked=st.booleans(), visible=st.booleans(), selected=st.booleans())


@st.composite
def point_lists(draw: st.DrawFn) -> NamedPoints:
    chosen = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    places = [draw(st.tuples(numbers, numbers, numbers)) for _ in chosen]
    return NamedPoints(tuple(chosen), np.array(places), tuple(draw(marks) for _ in chosen))


def bits(points: np.ndarray) -> bytes:
    """All of the numbers, to the last bit; 0 and −0 are one."""
    return (np.asarray(points, dtype=np.float64) + 0.0).tobytes()


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path
