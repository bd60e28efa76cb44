"""The side letters against what nibabel says of the same file, for every order of axes and for images aslant."""

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from nibabel.affines import apply_affine
from PyQt6.QtCore import QSize

from fusionviewer.geometry import AXIAL, ORIENTATIONS, Orientation, SlicePlane, vector_from_rotation
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window
from fusionviewer.session.edits import point_of
from fusionviewer.session.view_state import SpaceView
from fusionviewer.ui.pane.geometry import SliceFrame

SIZE = (20, 24, 28)
LETTERS = {"L": "L", "R": "R", "A": "A", "P": "P", "S": "H", "I": "F"}
"""nibabel's names of the patient's sides, and ours."""

ALL_ORDERS = [
    pytest.param(order, flips, id="".join("+-"[flip] + "xyz"[axis] for axis, flip in zip(order, flips, strict=True)))
    for order in permutations(range(3))
    for flips in product((0, 1), repeat=3)
]


def _turn(degrees: tuple[float, float, float]) -> np.ndarray:
    x, y, z = np.deg2rad(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def write(path: Path, directions: np.ndarray, marker: tuple[int, int, int]) -> np.ndarray:
    """A file with one bright voxel whose index axes run along the columns of `directions` (RAS); its affine."""
    affine = np.eye(4)
    affine[:3, :3] = directions * (2.0, 2.2, 2.4)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(SIZE) - 1) / 2)
    data = np.zeros(SIZE, np.int16)
    data[marker] = 1000
    nib.save(nib.Nifti1Image(data, affine), path)
    return affine


def frame_for(volume: Volume, orientation: Orientation, space: SpaceView, radiological: bool) -> SliceFrame:
    return SliceFrame.of(volume, orientation, space, radiological=radiological, size=QSize(160, 160), ratio=1.0)


def brightest(volume: Volume, frame: SliceFrame) -> np.ndarray:
    """Column and row of the brightest pixel of what is drawn, from the picture's middle."""
    layer = Layer(volume, Window(500, 1000))
    picture = SliceRenderer().render(SliceRequest(frame.plane, frame.viewport, layer, None))
    row, column = np.unravel_index(int(np.argmax(picture[..., 0])), picture.shape[:2])
    assert picture[row, column, 0] > 200
    return np.array([column - 79.5, row - 79.5])


@pytest.mark.parametrize("radiological", [True, False])
@pytest.mark.parametrize(("order", "flips"), ALL_ORDERS)
def test_a_marker_is_drawn_on_the_side_that_nibabel_says(
    tmp_path: Path, order: Any, flips: Any, radiological: bool
) -> None:
    directions = np.eye(3)[:, list(order)] * (1 - 2 * np.array(flips))
    marker = (2, 3, 4)
    affine = write(tmp_path / "marked.nii", directions, marker)
    ras = apply_affine(nib.load(tmp_path / "marked.nii").affine, marker)
    volume = read_volume(tmp_path / "marked.nii")
    seen_at = point_of(ras * (-1, -1, 1))
    sides = [names[int(value > 0)] for names, value in zip((("L", "R"), ("P", "A"), ("F", "H")), ras, strict=True)]
    for orientation in ORIENTATIONS:
        frame = frame_for(volume, orientation, SpaceView(seen_at), radiological)
        left, right, top, bottom = frame.plane.sides()
        across, down = brightest(volume, frame)
        drawn = {right if across > 0 else left, bottom if down > 0 else top}
        axis = orientation.normal_axis
        assert drawn == {side for n, side in enumerate(sides) if n != axis}
    assert nib.aff2axcodes(affine) == nib.aff2axcodes(nib.load(tmp_path / "marked.nii").affine)


@pytest.mark.parametrize("degrees", [(0, 0, 0), (12, 0, 0), (8, -14, 21), (-33, 12, 40)])
@pytest.mark.parametrize(("order", "flips"), ALL_ORDERS[::5])
def test_planes_turned_along_an_image_have_the_letters_of_its_axes(
    tmp_path: Path, order: Any, flips: Any, degrees: Any
) -> None:
    """Turned so that the planes lie along the image's own axes, they are labelled as nibabel labels these."""
    straight = np.eye(3)[:, list(order)] * (1 - 2 * np.array(flips))
    turn = _turn(degrees)
    affine = write(tmp_path / "aslant.nii", turn @ straight, (2, 3, 4))
    volume = read_volume(tmp_path / "aslant.nii")
    codes = nib.aff2axcodes(affine)
    to_lps = np.diag([-1.0, -1.0, 1.0])
    tilt = point_of(np.rad2deg(vector_from_rotation(to_lps @ turn @ to_lps)))
    middle = volume.grid.centre
    checked = 0
    for orientation in ORIENTATIONS:
        frame = frame_for(volume, orientation, SpaceView(tilt_deg=tilt), radiological=True)
        left, right, top, bottom = frame.plane.sides()
        for axis in range(3):
            there = middle + 10 * np.asarray(volume.grid.direction)[:, axis]
            way = frame.plane.screen(there) - frame.plane.screen(middle)
            if np.abs(way).max() > 9.9:  # this axis runs along the screen
                edge = (right if way[0] > 0 else left) if abs(way[0]) > abs(way[1]) else (bottom if way[1] > 0 else top)
                # far aslant, nibabel gives each axis a side of its own, which need not be the nearest one of each
                nearest = float(np.abs(np.asarray(volume.grid.direction)[:, axis]).max()) > 0.75
                assert LETTERS[codes[axis]] == edge[0] if nearest else LETTERS[codes[axis]] in edge
                checked += 1
    assert checked == 6


def test_a_side_between_sides_has_two_letters_the_nearest_first() -> None:
    def sides(degrees: tuple[float, float, float]) -> tuple[str, ...]:
        return SlicePlane.through(np.zeros(3), AXIAL, tilt=SpaceView(tilt_deg=degrees).tilt).sides()

    assert sides((0, 0, 0)) == ("R", "L", "A", "P")
    assert sides((0, 0, 14)) == ("R", "L", "A", "P")
    # turned 30° from the left towards the back, about the axis to the head
    assert sides((0, 0, 30)) == ("RA", "LP", "AL", "PR")
    assert sides((0, 0, 60)) == ("AR", "PL", "LA", "RP")
