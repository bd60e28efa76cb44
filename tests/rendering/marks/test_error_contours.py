from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.geometry import ORIENTATIONS, Grid, SlicePlane, rotation_from_vector
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.registration.points.error_theory import FitError, predict_error
from fusionviewer.rendering.marks.error_contours import MOST_LINES, ErrorLine, error_lines, round_levels

GRID = Grid.axis_aligned((180, 216, 170), (1.0, 1.0, 1.0), np.array([4.0, -3.0, 6.0]))
SLANTED = Grid((60, 70, 40), (3.0, 3.0, 4.0), (-80.0, -90.0, -70.0), rotation_from_vector(np.array([0.1, -0.2, 0.3])))


def fit_error(seed: int) -> FitError:
    rng = np.random.default_rng(seed)
    return predict_error(rng.normal(size=(6, 3)) * (50, 60, 40), rng.uniform(0.5, 2.5, size=6))


def planes() -> list[SlicePlane]:
    turned = rotation_from_vector(np.array([0.2, 0.15, -0.4]))
    point = np.array([12.0, -8.0, 20.0])
    return [SlicePlane.through(point, o, True, tilt) for o in ORIENTATIONS for tilt in (None, turned)]


def lines_on(plane: SlicePlane, error: FitError, grid: Grid = GRID, mm: float = 0.7) -> tuple[ErrorLine, ...]:
    viewport = Viewport.around(plane.screen(grid.centre), 430, 330, mm)
    return error_lines(error.tre_mm, plane, viewport, grid)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("plane", planes())
@pytest.mark.parametrize("grid", [GRID, SLANTED])
def test_a_line_runs_where_the_prediction_is_its_number(plane: SlicePlane, seed: int, grid: Grid) -> None:
    error = fit_error(seed)
    lines = lines_on(plane, error, grid)
    assert 1 <= len(lines) <= MOST_LINES
    for line in lines:
        for piece in line.pieces:
            points = plane.points(piece[:, 0], piece[:, 1])
            between = (points[1:] + points[:-1]) / 2  # on the drawn chord, too
            for places in (points, between):
                assert np.allclose(error.tre_mm(places), line.level_mm, rtol=0.02)
            assert grid.contains(points).all()
        if line.label is not None:
            label = plane.points(line.label[0], line.label[1])
            assert error.tre_mm(label)[0] == pytest.approx(line.level_mm, rel=0.02)


def test_no_level_is_left_out_between_the_smallest_and_the_largest() -> None:
    error, plane = fit_error(1), planes()[0]
    right, down = np.meshgrid(np.linspace(-85, 93, 60), np.linspace(-110, 104, 60))
    places = plane.points(right.ravel(), down.ravel())
    values = error.tre_mm(places[GRID.contains(places)])
    lines = lines_on(plane, error, mm=1.0)
    levels = [line.level_mm for line in lines]
    step = levels[1] - levels[0]
    assert np.allclose(np.diff(levels), step)
    assert levels[0] - step <= values.min() <= levels[0]
    assert levels[-1] <= values.max() * 1.02
    assert values.max() <= levels[-1] + step * 1.15  # a line that only cuts off a corner is too short to draw


def test_a_part_that_is_magnified_has_finer_levels_and_only_what_is_seen() -> None:
    error, plane = fit_error(2), planes()[0]
    wide = lines_on(plane, error)
    viewport = Viewport.around(plane.screen(np.array([60.0, 60, 0])), 430, 330, 0.05)
    near = error_lines(error.tre_mm, plane, viewport, GRID)
    assert near
    assert len(near) == 1 or near[1].level_mm - near[0].level_mm < wide[1].level_mm - wide[0].level_mm
    for line in near:
        for piece in line.pieces:
            pixels = viewport.pixels(piece)
            assert (pixels >= -1).all()
            assert (pixels <= (430, 330)).all()


def test_a_plane_beside_the_image_has_none() -> None:
    plane = SlicePlane.through(np.array([0.0, 0, 500]), ORIENTATIONS[0])
    assert lines_on(plane, fit_error(0)) == ()
    away = Viewport.around(np.array([900.0, 900.0]), 100, 100, 1.0)
    assert error_lines(fit_error(0).tre_mm, planes()[0], away, GRID) == ()


def test_levels_are_round_and_few() -> None:
    assert round_levels(0.72, 1.93) == [0.8, 1.0, 1.2, 1.4, 1.6, 1.8]
    assert round_levels(0.9, 60) == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert round_levels(1.0, 1.0) == []
    assert round_levels(1e-3, 1e-2) == []
    assert round_levels(10, 1e4) == []


@pytest.mark.parametrize(("own_mm", "least_mm"), [(0.9, 0.7), (1.45, 0.8)])
def test_what_is_taken_off_as_squares_moves_the_lines_and_none_lies_below_the_least(
    own_mm: float, least_mm: float
) -> None:
    error, plane = fit_error(2), planes()[0]
    viewport = Viewport.around(plane.screen(GRID.centre), 430, 330, 0.7)
    lines = error_lines(error.tre_mm, plane, viewport, GRID, own_mm=own_mm, least_mm=least_mm)
    assert lines
    assert min(line.level_mm for line in lines) > least_mm
    for line in lines:
        for piece in line.pieces:
            there = error.tre_mm(plane.points(piece[:, 0], piece[:, 1]))
            assert np.allclose(np.sqrt(there**2 - own_mm**2), line.level_mm, rtol=0.02)
    least = error.tre_mm(GRID.corners).max() + 1
    assert error_lines(error.tre_mm, plane, viewport, GRID, own_mm=least, least_mm=least_mm) == ()
