"""Any rigid transform that a head may have, for tests of properties."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from fusionviewer.geometry import RigidTransform

mm = st.floats(-300, 300)
points = st.tuples(mm, mm, mm).map(np.array)
axes = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 1e-3).map(np.array)


@st.composite
def transforms(draw: st.DrawFn) -> RigidTransform:
    axis = draw(axes)
    vector = axis / np.linalg.norm(axis) * math.radians(draw(st.floats(0, 180)))
    return RigidTransform.from_rotation_vector(vector, draw(points), draw(points))
