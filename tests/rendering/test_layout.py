"""Panes beside each other: none over another, each with its millimetres."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.rendering.layout import arrange

sizes_mm = st.tuples(st.floats(20, 600), st.floats(20, 600), st.floats(20, 600))


@settings(max_examples=80)
@given(st.tuples(st.integers(640, 4000), st.integers(480, 4000)), sizes_mm, st.integers(1, 6), st.integers(40, 100))
def test_panes_tile_the_picture_and_hold_what_they_must_show(
    size: tuple[int, int], box_mm: tuple[float, float, float], gap: int, strip: int
) -> None:
    x, y, z = box_mm
    needed = {"axial": (x, y), "coronal": (x, z), "sagittal": (y, z)}
    layout = arrange(size, ((x, y), (x, z), (y, z)), gap, strip)
    boxes = [layout.axial, layout.coronal, layout.sagittal, layout.words]
    assert min(box.left for box in boxes) == min(box.top for box in boxes) == 0
    assert (max(box.right for box in boxes), max(box.bottom for box in boxes)) == size
    for one, other in combinations(boxes, 2):
        apart = (other.left - one.right, one.left - other.right, other.top - one.bottom, one.top - other.bottom)
        assert max(apart) >= gap
    for name, (wide, high) in needed.items():
        box = getattr(layout, name)
        assert box.width * layout.mm_per_pixel >= wide - 1.01 * layout.mm_per_pixel
        assert box.height * layout.mm_per_pixel >= high - 1.01 * layout.mm_per_pixel
