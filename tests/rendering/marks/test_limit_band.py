"""The band around a skull: how far any allowed pose can move it, and that it is one clean ring."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Grid, Orientation, RigidTransform, SlicePlane
from fusionviewer.imaging.outline import KNOWN_MM, Outline, outline_of
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid
from fusionviewer.registration.bounds import Bounds
from fusionviewer.rendering import slices
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.colours import HALO_COLOUR, rgb
from fusionviewer.rendering.contour import BONE_HU
from fusionviewer.rendering.marks.limit_band import Halo, halo_band, reach_mm
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

RADII = (60.0, 75.0, 68.0)
CENTRE = (4.0, -6.0, 3.0)
AWAY = RigidTransform.from_euler((5, -8, 12, 20, -30, 15), np.zeros(3))
"""Where the moving image lies: its skull is seen around CENTRE with this pose."""


def skull(*, table: bool = True, cut_at: float = -math.inf, modality: Modality = "CT") -> Volume:
    """A shell of bone with a sinus, a hole below and air cells; a table and a holder under it, in its own space."""
    grid = Grid.axis_aligned((110, 110, 90), (2.0, 2.0, 2.0), AWAY.apply(np.array(CENTRE)))
    k, j, i = np.indices(grid.size[::-1], dtype=np.float64)
    x, y, z = (
        np.moveaxis((~AWAY).apply(grid.points(np.stack([i, j, k], -1)).reshape(-1, 3)), -1, 0) - np.array([CENTRE]).T
    )
    depth = (1 - np.sqrt((x / RADII[0]) ** 2 + (y / RADII[1]) ** 2 + (z / RADII[2]) ** 2)) * min(RADII)
    values = np.full(x.shape, -1000.0)
    values += np.clip(depth / 2 + 3.5, 0, 1) * 1040  # six millimetres of skin
    values += np.clip(depth / 2 + 0.26, 0, 1) * np.clip((7 - depth) / 2, 0, 1) * 1000  # 300 HU on the ellipsoid
    values[(np.hypot(x, y + 72) < 5) & (np.abs(z) < 12)] = -1000  # sinus, open to the front
    values[(np.hypot(x, y - 10) < 16) & (z < -20)] = 30  # foramen magnum
    if table:
        values[(np.abs(y - 92) < 2) & (np.abs(x) < 90)] = 900
        values[(np.abs(np.hypot(x, y) - 100) < 2) & (y > 20) & (np.abs(z) < 30)] = 900
    values = values.reshape(grid.size[::-1]).astype(np.int16)
    first = max(0, round((cut_at + 90) / 2)) if math.isfinite(cut_at) else 0
    part = Grid((110, 110, 90 - first), grid.spacing, tuple(grid.points(np.array([0, 0, first]))), grid.direction)
    return Volume(image_on_grid(values[first:], part), "skull", modality)


@pytest.fixture(scope="module")
def whole() -> Outline:
    found = outline_of(skull(), BONE_HU)
    assert found is not None
    return found


def beside(x: float, y: float, z: float) -> np.ndarray:
    return np.add(CENTRE, (x, y, z))


def halo_of(outline: Outline, shift: float = 10.0, angle: float = 10.0) -> Halo:
    return Halo(outline, AWAY, CENTRE, shift, angle)


def view(plane: SlicePlane, mm: float = 1.0, size: tuple[int, int] = (280, 280)) -> Viewport:
    return Viewport.around(plane.screen(np.array(CENTRE)), *size, mm)


def drawn(halo: Halo, plane: SlicePlane, viewport: Viewport) -> np.ndarray:
    """Which pixels (h, w) the band changes by more than a trace."""
    picture = np.full((viewport.height, viewport.width, 4), 60, np.uint8)
    halo_band(halo, plane, viewport).draw(picture)
    return np.asarray(np.abs(picture.astype(int) - 60)[..., :3].max(axis=2) > 2)


# How far

vectors = st.tuples(*(st.floats(-1, 1) for _ in range(3))).map(np.array)
poses = st.tuples(vectors, vectors).map(
    lambda parts: RigidTransform.from_rotation_vector(3 * parts[0] / max(1, np.linalg.norm(parts[0])), np.zeros(3),
                                                      80 * parts[1])
)  # fmt: skip


@settings(max_examples=80)
@given(poses, vectors, vectors, st.floats(0, 40), st.floats(0, 180), vectors, vectors, st.floats(0, 1), st.floats(0, 1))
def test_no_allowed_pose_moves_a_point_further(
    start: RigidTransform,
    centre: np.ndarray,
    point: np.ndarray,
    shift: float,
    angle: float,
    axis: np.ndarray,
    way: np.ndarray,
    much: float,
    turned: float,
) -> None:
    centre, point = 100 * centre, 100 * point
    bounds = Bounds.about(start, centre, shift, angle)
    axis, way = (v / max(float(np.linalg.norm(v)), 1e-3) for v in (axis, way))
    step = RigidTransform.from_rotation_vector(
        math.radians(angle) * turned * axis, start.apply(centre), shift * much * way
    )
    pose = step @ start
    assert bounds.contains(pose)
    seen = (~pose).apply(start.apply(point))
    assert np.linalg.norm(seen - point) <= reach_mm(point, centre, shift, angle) + 1e-6


@settings(max_examples=50)
@given(poses, vectors, vectors, st.floats(0, 40), st.floats(0.1, 180))
def test_some_allowed_pose_moves_it_all_of_the_way(
    start: RigidTransform, centre: np.ndarray, point: np.ndarray, shift: float, angle: float
) -> None:
    centre, point = 100 * centre, 100 * point
    arm = start.apply(point) - start.apply(centre)
    if np.linalg.norm(arm) < 1e-3:
        arm = np.array([1e-3, 0, 0])
        point = (~start).apply(start.apply(centre) + arm)
    axis = np.cross(arm, [1.0, 0, 0] if abs(arm[0]) < 0.9 * np.linalg.norm(arm) else [0, 1.0, 0])
    turn = RigidTransform.from_rotation_vector(
        math.radians(angle) * axis / np.linalg.norm(axis), np.zeros(3), np.zeros(3)
    )
    chord = (~turn).apply(arm) - arm
    pose = RigidTransform.about(
        turn.rotation, start.apply(centre), -shift * turn.apply(chord / np.linalg.norm(chord))
    ) @ start  # fmt: skip
    assert Bounds.about(start, centre, shift, angle).contains(pose)
    moved = np.linalg.norm((~pose).apply(start.apply(point)) - point)
    assert moved == pytest.approx(reach_mm(point, centre, shift, angle), rel=1e-6, abs=1e-6)


def surface(count: int) -> np.ndarray:
    """Points (count, 3) all over the skull's outer surface, as it is seen in the view's space."""
    rng = np.random.default_rng(5)
    ways = rng.standard_normal((count, 3))
    return np.asarray(np.array(CENTRE) + ways / np.linalg.norm(ways / np.array(RADII), axis=1)[:, None])


@pytest.mark.parametrize("orientation", [AXIAL, SAGITTAL, CORONAL], ids=lambda o: o.name)
@pytest.mark.parametrize(("shift", "angle"), [(10, 10), (3, 2), (15, 0), (0, 8)])
def test_the_skull_never_leaves_its_band(whole: Outline, orientation: Orientation, shift: int, angle: int) -> None:
    """Nor where it comes from beside the plane: near the vertex a few mm down make the contour much larger."""
    rng = np.random.default_rng(1)
    offset = np.array([30.0, -40.0, 52.0])[[orientation.normal_axis]] * np.eye(3)[orientation.normal_axis]
    plane = SlicePlane.through(np.array(CENTRE) + offset, orientation)
    band = drawn(halo_of(whole, shift + 1, angle), plane, view(plane))  # for pixels of 1 mm, and points near the plane
    points, seen = surface(20_000), 0
    for n in range(40):
        axis, way = (v / np.linalg.norm(v) for v in rng.standard_normal((2, 3)))
        much = 1.0 if n < 30 else rng.random()
        step = RigidTransform.from_rotation_vector(
            math.radians(angle) * much * axis, AWAY.apply(np.array(CENTRE)), shift * much * way
        )
        now = (~(step @ AWAY)).apply(AWAY.apply(points))
        here = now[np.abs(plane.distance(now)) < 0.5]
        column, row = np.round(view(plane).pixels(plane.screen(here))).astype(int).T
        assert band[row, column].all()
        seen += len(here)
    assert seen > 2000


def test_every_place_of_the_band_can_be_reached(whole: Outline) -> None:
    """From each pixel the nearest point of the true surface is no further away than it can move, but for little."""
    plane = SlicePlane.through(beside(0, 0, 20), AXIAL)
    viewport = view(plane)
    row, column = np.nonzero(drawn(halo_of(whole, 6, 6), plane, viewport))
    right, down = viewport.screen(np.stack([column, row], 1)).T
    places, points = plane.points(right, down)[::7], surface(40_000)
    reach = reach_mm(points, np.array(CENTRE), 6, 6)
    for place in places:
        assert (
            np.linalg.norm(points - place, axis=1) - reach
        ).min() < 2.5  # half of a line, and the outline's own half millimetre, too


# One clean ring


def rings(band: np.ndarray) -> int:
    """How many pieces of picture are not covered."""
    return int(sitk.GetArrayFromImage(sitk.ConnectedComponent(sitk.GetImageFromArray((~band).astype(np.uint8)))).max())


@pytest.mark.parametrize("orientation", [AXIAL, SAGITTAL, CORONAL], ids=lambda o: o.name)
def test_it_is_one_ring_in_spite_of_sinus_hole_table_and_holder(whole: Outline, orientation: Orientation) -> None:
    plane = SlicePlane.through(np.array(CENTRE), orientation)
    band = drawn(halo_of(whole, 4, 4), plane, view(plane))
    assert rings(band) == 2  # the inside and the outside
    assert rings(~band) == 1


def test_its_borders_run_where_they_should(whole: Outline) -> None:
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    band = drawn(halo_of(whole, 8, 6), plane, view(plane, 0.5, (560, 560)))
    chord = 2 * math.sin(math.radians(3))
    across = np.nonzero(band[280])[0] / 2 - 140  # from the centre to the patient's left and right
    reach = 8 + chord * RADII[0]
    inside = np.abs(across).min()
    assert np.abs(across).max() == pytest.approx(RADII[0] + reach, abs=1.6)
    assert inside == pytest.approx(RADII[0] - reach, abs=1.6)


def test_other_images_have_one_around_the_head() -> None:
    head = outline_of(skull(table=False, modality="MR"), BONE_HU)
    assert head is not None
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    columns = np.nonzero(drawn(halo_of(head, 5, 0), plane, view(plane))[140])[0] - 139.5
    assert np.abs(columns).max() == pytest.approx(RADII[0] + 6 + 5, abs=2.5)


def test_where_the_image_ends_the_cut_is_no_surface() -> None:
    low = -30.0
    cut = outline_of(skull(table=False, cut_at=low), BONE_HU)
    assert cut is not None
    plane = SlicePlane.through(np.array(CENTRE), CORONAL)
    viewport = view(plane)
    band = drawn(halo_of(cut, 5, 0), plane, viewport)
    row, column = np.nonzero(band)
    right, down = viewport.screen(np.stack([column, row], 1)).T
    places = AWAY.apply(plane.points(right, down))
    bottom = float(skull(table=False, cut_at=low).grid.corners[:, 2].min())
    assert places[:, 2].min() == pytest.approx(bottom - 5, abs=1.5)  # it may be moved down, too
    inside = AWAY.apply(np.array(CENTRE)) * [1, 1, 0] + [0, 0, bottom + 1]
    at = np.round(viewport.pixels(plane.screen((~AWAY).apply(inside)))).astype(int)
    assert not band[at[1], at[0]]


def test_there_is_none_without_anything_to_go_around() -> None:
    grid = Grid.axis_aligned((40, 40, 40), (2.0, 2.0, 2.0), np.zeros(3))
    air = Volume(image_on_grid(np.full((40, 40, 40), -1000, np.int16), grid), "air", "CT")
    assert outline_of(air, BONE_HU) is None
    flat = Volume(sitk.Cast(air.image, sitk.sitkFloat32), "flat", "MR")
    assert outline_of(flat, BONE_HU) is None


def test_locked_limits_draw_nothing_and_endless_ones_end(whole: Outline) -> None:
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    viewport = view(plane, 2.0)
    assert not drawn(halo_of(whole, 0, 0), plane, viewport).any()
    band = drawn(halo_of(whole, 9999, 180), plane, viewport)
    columns = np.nonzero(band[140])[0] * 2 - 279
    assert np.abs(columns).max() == pytest.approx(RADII[0] + KNOWN_MM, abs=6)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 1)])
def test_tiny_pictures_have_one_too(whole: Outline, size: tuple[int, int]) -> None:
    plane = SlicePlane.through(beside(RADII[0], 0, 0), AXIAL)
    viewport = Viewport.around(plane.screen(beside(RADII[0], 0, 0)), *size, 1.0)
    assert drawn(halo_of(whole), plane, viewport).shape == size[::-1]


def test_it_is_fine_on_a_fine_picture(whole: Outline) -> None:
    """The same band, whatever the pixels: no steps of the grid that it was worked out on."""
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    fine = drawn(halo_of(whole), plane, view(plane, 0.25, (1120, 1120)))
    coarse = drawn(halo_of(whole), plane, view(plane, 1.0))
    assert np.mean(fine[2::4, 2::4] != coarse) < 0.01


# In a picture


def test_it_tints_what_is_under_it_and_nothing_else(whole: Outline) -> None:
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    viewport = view(plane)
    for grey in (0, 128, 255):
        picture = np.full((280, 280, 4), grey, np.uint8)
        picture[..., 3] = 255
        before = picture.copy()
        band = halo_band(halo_of(whole), plane, viewport)
        band.draw(picture)
        assert (picture[..., 3] == 255).all()
        changed = (picture != before).any(axis=2).ravel()
        assert set(np.flatnonzero(changed)) <= set(band.pixels) | set(band.border.pixels)
        towards = np.array(rgb(HALO_COLOUR))[::-1] - grey
        moved = picture[..., :3].astype(int) - grey
        assert (np.sign(moved) * np.sign(towards) >= 0).all()
        middle = np.setdiff1d(band.pixels, band.border.pixels)
        share = moved.reshape(-1, 3)[middle].sum(axis=1) / towards.sum()
        assert 0.03 < share.mean() < 0.24
        assert share.max() <= 0.26


def test_only_plane_viewport_reference_and_limits_work_it_out_anew(
    whole: Outline, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make(*args: Any) -> Any:
        made.append(args)
        return halo_band(*args)

    monkeypatch.setattr(slices, "halo_band", make)
    volume = skull()
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    front = Layer(volume, Window(40, 400), AWAY)
    asked = SliceRequest(plane, view(plane), None, front, halo=halo_of(whole))
    renderer = SliceRenderer()
    first = renderer.render(asked)
    for other in (
        replace(asked, blend=Blend(fade=0.2)),
        replace(asked, front=replace(front, window=Window(300, 900))),
        replace(asked, bone_edges=True),
        replace(
            asked, front=replace(front, volume_from_view=RigidTransform.from_euler((1, 2, 3, 4, 5, 6), np.zeros(3)))
        ),
        replace(asked, halo=halo_of(whole)),
    ):
        renderer.render(other)
    assert np.array_equal(renderer.render(asked), first)
    assert len(made) == 1
    for number, other in enumerate((
        replace(asked, plane=SlicePlane.through(beside(0, 0, 1), AXIAL)),
        replace(asked, viewport=view(plane, 0.9)),
        replace(asked, halo=replace(halo_of(whole), moving_from_view=RigidTransform.identity())),
        replace(asked, halo=halo_of(whole, 9)),
        replace(asked, halo=halo_of(whole, 10, 9)),
    )):  # fmt: skip
        renderer.render(other)
        assert len(made) == number + 2
    assert len([key for key in renderer._memory._now if isinstance(key, tuple) and key[0] == "halo"]) == 1


def test_the_lines_of_bone_lie_over_it(whole: Outline) -> None:
    volume = skull()
    plane = SlicePlane.through(np.array(CENTRE), AXIAL)
    asked = SliceRequest(plane, view(plane), None, Layer(volume, Window(40, 400), AWAY), bone_edges=True)
    lined = SliceRenderer().render(asked)
    both = SliceRenderer().render(replace(asked, halo=halo_of(whole)))
    bare = SliceRenderer().render(replace(asked, bone_edges=False))
    full = (lined.astype(int) - bare)[..., 1] > 150  # the middle of a line over something dark
    assert full.any()
    assert np.abs(both[full].astype(int) - lined[full]).max() < 25


def test_values_on_the_skull_are_bone_where_the_band_is_faintest(whole: Outline) -> None:
    """The band is about this skull and not about another place: its middle line is its outer surface."""
    plane = SlicePlane.through(np.array(CENTRE), SAGITTAL)
    viewport = view(plane)
    values = reslice(skull(), plane, viewport, AWAY)
    band = drawn(halo_of(whole, 2, 0), plane, viewport)
    assert 0.3 < np.mean(values[band] > BONE_HU) < 0.7
