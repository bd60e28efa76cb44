"""Where skull and skin lie in a CT."""

from __future__ import annotations

import numpy as np
import phantoms
import pytest

from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.second_opinion.opinion import PreparedPair
from fusionviewer.quality.second_opinion.surface_points import SurfaceName
from fusionviewer.quality.second_opinion.surfaces import head_surfaces

pytestmark = pytest.mark.usefixtures("quick_opinion")

PIECES: dict[SurfaceName, tuple[str, float]] = {
    "inner": ("brain", -1.0),
    "outer": ("skull", 1.0),
    "skin": ("skin", 1.0),
}


@pytest.mark.parametrize("name", PIECES)
def test_points_lie_on_the_surface_and_normals_point_away_from_it(
    phantom_pair: PreparedPair, name: SurfaceName
) -> None:
    surface = phantom_pair.head.surfaces[name]
    piece, outwards = PIECES[name]
    ellipsoid = next(e for e in phantoms.HEAD if e.name == piece)
    in_head = ~phantoms.MOVING_FROM_FIXED
    points = in_head.apply(surface.points) - np.array(ellipsoid.centre)
    radii = np.array(ellipsoid.radii)
    share = np.linalg.norm(points / radii, axis=1)
    off_mm = (share - 1) * np.linalg.norm(points, axis=1)
    # half a voxel of 3 mm: the phantom's edges are soft over one, and eyes, nose and sinus lie on its surfaces
    assert np.median(np.abs(off_mm)) < 1.0
    assert np.mean(np.abs(off_mm) < 2.0) > 0.85
    normals = surface.normals @ in_head.rotation.T
    expected = points / radii**2
    expected *= outwards / np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.median((normals * expected).sum(axis=1)) > 0.97


def test_neighbours_are_near_and_face_the_same_way(phantom_pair: PreparedPair) -> None:
    for surface in phantom_pair.head.surfaces.values():
        near = surface.points[surface.neighbours]
        apart = np.linalg.norm(near - surface.points[:, None], axis=2)
        assert np.percentile(apart, 95) < 16.0
        assert (surface.neighbours == np.arange(len(near))[:, None]).any(axis=1).all()


def test_the_same_ct_gives_the_same_points() -> None:
    ct = phantoms.phantom_ct()
    first, second = head_surfaces(ct), head_surfaces(ct)
    assert first is not None
    assert second is not None
    for name, surface in first.surfaces.items():
        np.testing.assert_array_equal(surface.points, second.surfaces[name].points)


def test_metal_keeps_points_away() -> None:
    ct = phantoms.phantom_ct()
    values = ct.array.copy()
    values[30:34, 2:70, 8:12] = 3071  # a plate along the right side of the skull
    found = head_surfaces(Volume(image_on_grid(values, ct.grid), "ct", "CT"))
    assert found is not None
    metal = ct.grid.points(np.argwhere(values >= 3000)[:, ::-1].astype(np.float64))
    for surface in found.surfaces.values():
        nearest = np.sqrt(((surface.points[:, None] - metal[None, ::7]) ** 2).sum(axis=2)).min(axis=1)
        assert nearest.min() > 2.0


def test_air_alone_has_no_head() -> None:
    ct = phantoms.phantom_ct()
    empty = Volume(image_on_grid(np.full_like(ct.array, -1000), ct.grid), "ct", "CT")
    assert head_surfaces(empty) is None
