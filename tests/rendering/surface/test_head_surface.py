"""The surface that the 3D view keeps: where it lies, what it leaves out, and how much memory it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import phantoms
import pytest
import SimpleITK as sitk

from fusionviewer.geometry import Points
from fusionviewer.imaging.reduced import smoothed
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.surface.head_surface import SURFACE, HeadSurface, find_surface

SKULL = next(piece for piece in phantoms.HEAD if piece.name == "skull")
SKIN = next(piece for piece in phantoms.HEAD if piece.name == "skin")


@pytest.fixture(scope="module")
def skull(phantom_ct: Volume) -> HeadSurface:
    found = find_surface(phantom_ct)
    assert found is not None
    return found


def beyond(points: Points, piece: phantoms.Ellipsoid) -> Points:
    """How far points (n, 3) of the phantom's own space lie outside of an ellipsoid, about, mm."""
    radii = np.asarray(piece.radii)
    scaled = np.linalg.norm((points - piece.centre) / radii, axis=1)
    return np.asarray((scaled - 1) * radii.min())


def changed(volume: Volume, change: object, at: tuple[slice, slice, slice]) -> Volume:
    array = volume.array.copy()
    array[at] = change
    return replace(volume, image=image_on_grid(array, volume.grid))


def test_its_places_lie_on_the_skull_of_a_ct(skull: HeadSurface) -> None:
    head = (~phantoms.MOVING_FROM_FIXED).apply(skull.points.T.astype(np.float64))
    brain = next(piece for piece in phantoms.HEAD if piece.name == "brain")
    off = np.minimum(np.abs(beyond(head, SKULL)), np.abs(beyond(head, brain)))
    assert skull.kind == "bone"
    assert skull.points.shape[1] > 5000
    assert np.median(off) < 1.5
    assert np.percentile(off, 95) < 4  # within a voxel of 3 mm and what it is smoothed by


def test_normals_point_outwards(skull: HeadSurface) -> None:
    indices = np.rint(skull.grid.indices(skull.points.T.astype(np.float64))).astype(int)
    packed = skull.packed[tuple(indices.T[::-1])]
    normals = np.stack([(packed >> shift & 255).astype(float) - 128 for shift in (0, 8, 16)], axis=1)
    assert (packed >> 24 > SURFACE - 2).all()
    head = (~phantoms.MOVING_FROM_FIXED).apply(skull.points.T.astype(np.float64))
    outer = np.abs(beyond(head, SKULL)) < 1
    outwards = head[outer] @ phantoms.MOVING_FROM_FIXED.rotation.T
    cosine = np.sum(normals[outer] * outwards, axis=1)
    assert (cosine > 0).mean() > 0.98


def test_a_table_is_left_out(phantom_ct: Volume, skull: HeadSurface) -> None:
    table = changed(phantom_ct, 900, (slice(None), slice(69, 71), slice(None)))
    found = find_surface(table)
    assert found is not None
    behind = table.grid.points(np.array([30.0, 68.0, 30.0]))[1]
    assert found.points[1].max() < behind
    assert found.points.shape[1] == pytest.approx(skull.points.shape[1], rel=0.05)


def test_the_thin_wall_before_a_frontal_sinus_is_part_of_it(sample_pair: tuple[Volume, Volume]) -> None:
    found = find_surface(sample_pair[1])
    assert found is not None
    for wall in ((8.4, -81.0, 2.2), (-6.6, -81.0, 1.4)):  # bone before 30 mm of air, read off the slices
        assert np.linalg.norm(found.points - np.array(wall)[:, None], axis=0).min() < 2.5


@pytest.mark.parametrize("sigmas", [(0.5, 0.5, 0.5), (0.9, 0.5, 1.6)])
def test_smoothing_is_about_a_gaussian(sigmas: tuple[float, float, float]) -> None:
    values = np.zeros((21, 17, 19), np.float32)
    values[3:6, 4:9, 2:8] = 300
    true = sitk.GetArrayFromImage(sitk.DiscreteGaussian(sitk.GetImageFromArray(values), [s * s for s in sigmas]))
    assert np.abs(smoothed(values, np.array(sigmas)) - true).max() < 0.1 * true.max()


def test_smoothing_leaves_what_is_even_as_it_is_up_to_its_ends() -> None:
    even = np.full((1, 4, 5), 70, np.float32)
    assert smoothed(even, np.array([0.5, 0.9, 2.0])) == pytest.approx(even)


def test_metal_has_places_of_its_own_at_full_resolution(phantom_ct: Volume) -> None:
    electrode = changed(phantom_ct, 3071, (slice(30, 45), slice(36, 37), slice(30, 31)))
    found = find_surface(electrode)
    assert found is not None
    assert found.metal.shape == (3, 15)
    assert bool(electrode.grid.contains(found.metal.T.astype(np.float64)).all())
    plain = find_surface(phantom_ct)
    assert plain is not None
    assert plain.metal.shape == (3, 0)


def test_of_an_mr_it_is_the_skin(phantom_mr: Volume) -> None:
    found = find_surface(phantom_mr)
    assert found is not None
    assert found.kind == "skin"
    off = np.abs(beyond(found.points.T.astype(np.float64), SKIN))
    assert np.percentile(off, 80) < 3  # nose and ear stand out of it


def test_a_ct_without_bone_shows_its_skin(phantom_ct: Volume) -> None:
    windowed = replace(phantom_ct, image=image_on_grid(np.minimum(phantom_ct.array, 80), phantom_ct.grid))
    found = find_surface(windowed)
    assert found is not None
    assert found.kind == "skin"


def test_an_image_without_a_head_has_none(phantom_ct: Volume) -> None:
    empty = replace(phantom_ct, image=image_on_grid(np.full_like(phantom_ct.array, -1000), phantom_ct.grid))
    assert find_surface(empty) is None


def test_it_keeps_to_its_memory_however_large_the_image_is(phantom_ct: Volume) -> None:
    wide = np.full((200, 300, 300), -1000, np.int16)
    k, j, i = np.ogrid[-1.1:1.1:200j, -1.1:1.1:300j, -1.1:1.1:300j]
    radius = k * k + j * j + i * i
    wide[radius < 1] = 40
    wide[(radius < 0.92) & (radius > 0.7)] = 1000
    grid = replace(phantom_ct.grid, size=(300, 300, 200), spacing=(0.8, 0.8, 1.2))
    found = find_surface(Volume(image_on_grid(wide, grid), "large", "CT"))
    assert found is not None
    assert found.nbytes < 40e6
    assert found.nbytes == found.packed.nbytes + found.points.nbytes + found.metal.nbytes
