"""Thick slices: what is made of the values across a plane, and that little of it is made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.geometry import AXIAL, ORIENTATIONS, Grid, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport, reslice, reslice_planes
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering import slices
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.slab import Slab, SlabKind, combined, slab_planes
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

GRID = Grid.axis_aligned((20, 16, 24), (1.0, 1.5, 2.0), np.zeros(3))
NOISE = np.random.default_rng(1).integers(0, 200, GRID.size[::-1]).astype(np.int16)
HEAD = Volume(image_on_grid(NOISE, GRID), "noise", "MR")
UP = np.array([0.0, 0.0, 2.0])
"""One slice further on."""

REDUCED: dict[str, Any] = {"mean": np.mean, "maximum": np.max, "minimum": np.min}


def values(slab: Slab | None, plane: SlicePlane, renderer: SliceRenderer | None = None) -> np.ndarray:
    """What a renderer draws of the noise at one grey a value, (h, w), on pixels of 1 mm."""
    layer = Layer(HEAD, Window(127.5, 255), slab=slab)
    view = Viewport.around(plane.screen(GRID.centre), 16, 12, 1.0)
    picture = (renderer or SliceRenderer()).render(SliceRequest(plane, view, layer, None, Blend()))
    return picture[..., 0].astype(int)


@pytest.mark.parametrize("kind", ["mean", "maximum", "minimum"])
def test_it_is_made_of_whole_slices_around_the_plane(kind: SlabKind) -> None:
    middle = GRID.points(np.array([9.5, 7.5, 11.0]))
    plane = SlicePlane.through(middle, AXIAL)
    drawn = values(Slab(kind, 8.0), plane)  # two slices on either side
    ones = [values(None, SlicePlane.through(middle + z / 2 * UP, AXIAL)) for z in (-4, -2, 0, 2, 4)]
    np.testing.assert_allclose(drawn, REDUCED[kind](ones, axis=0), atol=1.01)  # of 256 greys, rounded


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["mean", "maximum", "minimum"]), st.floats(0.5, 30.0), st.sampled_from(ORIENTATIONS),
    st.tuples(*[st.floats(-40, 40)] * 3), st.floats(-15, 15),
)  # fmt: skip
def test_it_lies_between_the_extremes_of_its_planes_in_any_pose(
    kind: SlabKind, thickness: float, orientation: object, angles: tuple[float, float, float], depth: float
) -> None:
    pose = RigidTransform.from_euler((*angles, 0, 0, 0), GRID.centre)
    plane = SlicePlane.through(GRID.centre + depth, orientation)  # type: ignore[arg-type]
    view = Viewport.around(plane.screen(GRID.centre), 16, 12, 1.0)
    request = SliceRequest(plane, view, Layer(HEAD, Window(0, 1), pose, slab=Slab(kind, thickness)), None)
    assert request.back is not None
    thick = SliceRenderer()._thick(request.back, request)
    offsets = np.linspace(-thickness / 2, thickness / 2, 60)
    ones = np.stack([
        reslice(HEAD, SlicePlane(plane.point + mm * plane.normal, plane.right, plane.down), view, pose)
        for mm in offsets
    ])  # fmt: skip
    inside = ~np.isnan(thick)
    assert (inside <= (~np.isnan(ones)).any(axis=0)).mean() > 0.98  # half a step at the faces
    if inside.any():
        with np.errstate(all="ignore"):
            assert np.nanmax(thick) <= np.nanmax(NOISE) + 1e-3
            assert np.nanmin(thick) >= np.nanmin(NOISE) - 1e-3


def test_the_next_slice_makes_one_plane_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    usual = reslice_planes

    def counted(*args: object, count: int = 1, **more: object) -> np.ndarray:
        made.append(count)
        return usual(*args, count=count, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(slices, "reslice_planes", counted)
    renderer, middle = SliceRenderer(), GRID.points(np.array([9.5, 7.5, 11.0]))
    first = SlicePlane.through(middle, AXIAL)
    values(Slab("maximum", 12.0), first, renderer)
    assert made == [7]
    again = values(Slab("maximum", 12.0), SlicePlane.through(middle + UP, AXIAL), renderer)
    assert made == [7, 1]
    np.testing.assert_array_equal(again, values(Slab("maximum", 12.0), SlicePlane.through(middle + UP, AXIAL)))
    values(Slab("mean", 12.0), SlicePlane.through(middle + UP, AXIAL), renderer)
    assert made == [7, 1, 7]  # another renderer drew in between; this one made nothing


def test_a_slab_that_is_too_large_to_keep_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plane = SlicePlane.through(GRID.centre + 3.3, AXIAL)
    kept = values(Slab("mean", 25.0), plane)
    monkeypatch.setattr(slices, "_MOST_KEPT", 0)
    monkeypatch.setattr(slices, "_CHUNK", 500)
    np.testing.assert_array_equal(values(Slab("mean", 25.0), plane), kept)


@given(st.floats(-500, 500), st.floats(0.01, 30), st.floats(0.1, 6))
def test_its_planes_lie_within_its_faces_and_there_is_one_at_least(depth: float, thickness: float, step: float) -> None:
    planes = slab_planes(Slab("mean", thickness), depth, step)
    assert len(planes) >= 1
    off = max(abs(n * step - depth) for n in planes)
    assert off <= max(thickness / 2, step / 2) + 1e-4 * step


def test_what_lies_outside_is_left_out() -> None:
    nan = np.nan
    planes = [np.array([[1.0, nan, nan]], np.float32), np.array([[3.0, 5.0, nan]], np.float32)]
    for kind, expected in (("mean", [2, 5, nan]), ("maximum", [3, 5, nan]), ("minimum", [1, 5, nan])):
        np.testing.assert_array_equal(combined(kind, planes), [expected])  # type: ignore[arg-type]
    assert planes[0][0, 0] == 1.0


@pytest.mark.parametrize("thickness", [0.0, -1.0, 30.5, float("nan")])
def test_a_thickness_that_there_is_not_is_refused(thickness: float) -> None:
    with pytest.raises(ValueError, match="not a slab"):
        Slab("mean", thickness)
