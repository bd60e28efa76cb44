"""What is no argument is refused by a sentence; what can be made one is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import phantoms
import pytest

import fusionviewer
from fusionviewer import (
    FusionError,
    LandmarkPair,
    Study,
    Target,
    Volume,
    draw_picture,
    read_transform,
    read_volume,
    write_transform,
    write_volume,
)
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.session.state import Point

TRUTH = phantoms.MOVING_FROM_FIXED
FIXED = np.stack([phantoms.centre_of(name) for name in ("left eye", "right eye", "nose", "lesion")])
MOVING = TRUTH.apply(FIXED)
Head = tuple[Volume, Volume]
api: Any = fusionviewer
"""The library without its types, which would not let most of these calls be written."""


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda f, m: api.register(f.array, m), "no image"),
        (lambda f, m: api.register(f, m, "header", mask=f.array), "no image"),
        (lambda f, m: api.resample(m, f.array), "no image"),
        (lambda f, m: api.resample(m, f, outside="a"), "outside is 'a', which is no number"),
        (lambda f, m: api.Study.of(f, 5), "5 is no image"),
        (lambda f, m: api.register(f, m, seed=1.5), "seed is 1.5, which is no whole number"),
        (lambda f, m: api.register(f, m, seed="abc"), "seed is 'abc', which is no whole number"),
        (lambda f, m: api.register(f, m, seed=True), "seed is True"),
        (lambda f, m: api.register(f, m, landmark_weight="a"), "landmark_weight is 'a', which is no number"),
        (lambda f, m: api.register(f, m, preset=None), "None is no path"),
        (lambda f, m: api.refine(f, m, "header", max_shift_mm="a"), "max_shift_mm is 'a', which is no number"),
        (lambda f, m: api.refine(f, m, "header", max_rotation_deg=[1]), "max_rotation_deg is a value of type list"),
        (lambda f, m: api.register(f, m, "landmarks", landmarks=5), "These are no landmarks"),
        (lambda f, m: api.register(f, m, "landmarks", landmarks="points.csv"), "These are no landmarks"),
        (lambda f, m: api.register(f, m, "landmarks", landmarks=np.zeros((2, 3, 3))), "all at the same place"),
        (lambda f, m: api.register(f, m, "landmarks", landmarks=np.zeros((3, 3, 3))), "These are no landmarks"),
        (
            lambda f, m: api.fit_landmarks({1: (0, 0, 0)}, {1: (0, 0, 0)}),
            "A name in fixed_points is 1, which",
        ),
        (lambda f, m: api.fit_landmarks(FIXED, MOVING, [-1, 1, 1, 1]), "is -1, which is no localisation error"),
        (lambda f, m: api.fit_landmarks(FIXED, MOVING, [0, 1, 1, 1]), "is 0, which is no localisation error"),
        (lambda f, m: api.fit_landmarks(FIXED, MOVING, [1e308, 1, 1, 1]), "no localisation error"),
        (lambda f, m: api.fit_landmarks([[10**400, 0, 0]], MOVING), "fixed_points is not made of"),
        (lambda f, m: api.volume_from_array(np.zeros((0, 5, 6)), (1, 1, 1)), r"not float64 \(0, 5, 6\)"),
        (lambda f, m: api.volume_from_array([[[1, 2], [3]]], (1, 1, 1)), "make no array"),
        (lambda f, m: api.volume_from_array(f.array, (1, 1, 1), name=3), "name is 3, which is no text"),
        (lambda f, m: api.volume_from_array(f.array, (1, 1, 1), modality="XA"), "'XA' is no modality"),
        (lambda f, m: api.Study.of(f, m).reviewed("accepted", None), "note is None, which is no text"),
        (lambda f, m: api.Study.of(f, m).reviewed(np.zeros(3)), "no review"),
        (lambda f, m: api.Study.of(f, m).with_run(None), "no result of a registration"),
        (lambda f, m: api.describe("settled"), "can be described"),
        (lambda f, m: api.draw_picture(f, m, tiles=(1,)), "tiles is not made of two whole numbers"),
        (lambda f, m: api.draw_picture(f, m, tiles=(2.5, 1)), "A number of tiles is 2.5, which is no whole number"),
        (lambda f, m: api.draw_picture(f, m, size=5), "size is not made of two whole numbers"),
        (lambda f, m: api.draw_picture(f, m, targets=[(0, 0, 0)]), "These are no targets"),
        (lambda f, m: api.draw_picture(f, m, targets=5), "These are no targets"),
        (
            lambda f, m: api.draw_picture(f, m, targets=[Target("t", (0.0, np.nan, 0.0))]),
            "The point of “t” is not made of",
        ),
        (lambda f, m: api.draw_picture(f, m, fade="a"), "fade is 'a', which is no number"),
        (lambda f, m: api.draw_picture(f, m, step_mm=None), "step_mm is None, which is no number"),
        (lambda f, m: api.RigidTransform.identity().apply([1, 2]), "holds no points"),
        (lambda f, m: api.RigidTransform.identity().apply("here"), "no points"),
        (lambda f, m: api.RigidTransform.from_matrix(np.eye(3)), "4×4"),
        (lambda f, m: api.RigidTransform.from_matrix(object()), "4×4"),
        (lambda f, m: api.RigidTransform(np.ones((4, 4))), "last row"),
        (lambda f, m: api.read_volume(None), "None is no path"),
        (lambda f, m: api.read_volume(""), "'' is no path"),
        (lambda f, m: api.read_transform(None), "None is no path"),
        (lambda f, m: api.Study.open(None), "None is no path"),
    ],
)
def test_what_is_no_argument_is_refused_with_a_sentence(head: Head, call: Callable[..., Any], sentence: str) -> None:
    with pytest.raises(BadArgument, match=sentence) as refused:
        call(*head)
    assert refused.value.remedy


def test_what_cannot_be_written_leaves_no_file(tmp_path: Path, head: Head) -> None:
    out = tmp_path / "out.png"
    for wrong in (np.zeros((4, 5, 3)), np.zeros((4, 5), np.uint8), np.zeros((4, 5, 4), np.uint8), None):
        with pytest.raises(BadArgument, match=r"uint8 \(height, width, 3\)"):
            api.write_picture(wrong, out)
    with pytest.raises(BadArgument, match="no rigid transform"):
        write_transform(np.ones((4, 4)), tmp_path / "out.tfm")
    with pytest.raises(BadArgument, match="no image"):
        api.write_volume(head[0].array, tmp_path / "out.nii")
    assert not list(tmp_path.iterdir())


def test_a_matrix_and_a_path_are_written_as_transform_and_image(tmp_path: Path, files: tuple[Path, Path]) -> None:
    write_transform(TRUTH.matrix, tmp_path / "out.tfm")
    assert read_transform(tmp_path / "out.tfm").is_close(TRUTH, 1e-12)
    write_volume(files[0], tmp_path / "out.nrrd")
    np.testing.assert_array_equal(read_volume(tmp_path / "out.nrrd").array, read_volume(files[0]).array)


def test_numbers_of_numpy_are_taken(head: Head) -> None:
    picture = api.draw_picture(*head, layout="axial", size=tuple(np.array([320, 360])), fade=np.float32(0.25))
    np.testing.assert_array_equal(picture, draw_picture(*head, layout="axial", size=(320, 360), fade=0.25))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": 7}, "The name of a landmark is 7, which is no text"),
        ({"name": "\ud800"}, "UTF-8"),
        ({"fixed_point": (1.0, 2.0)}, "fixed_point of “L1” is not made of 3 finite numbers"),
        ({"moving_point": (1.0, 2.0, np.nan)}, "moving_point of “L1” is not made of 3 finite numbers"),
        ({"fixed_point": 5}, "fixed_point of “L1”"),
        ({"fle_mm": 0}, "fle_mm of “L1” is 0"),
        ({"fle_mm": -1}, "fle_mm of “L1” is -1"),
        ({"fle_mm": float("nan")}, "fle_mm of “L1” is nan"),
        ({"fle_mm": "1"}, "fle_mm of “L1” is '1', which is no number"),
        ({"use": "Check"}, "'Check' is no use of “L1”"),
        ({"locked": 1}, "locked of “L1” is 1"),
        ({"colour": None}, "colour of “L1” is None"),
        ({"again": 5}, "again of “L1”"),
        ({"again": (("left", (1.0, 2.0, 3.0)),)}, "'left' is no side"),
        ({"again": (("fixed", (1.0, 2.0)),)}, "A repeated mark of “L1”"),
    ],
)
def test_a_pair_that_no_study_could_hold_is_refused(head: Head, more: dict[str, Any], sentence: str) -> None:
    given: dict[str, Any] = {"name": "L1", "fixed_point": (1.0, 2.0, 3.0), "moving_point": (1.0, 2.0, 3.0), **more}
    with pytest.raises(BadArgument, match=sentence) as refused:
        Study.of(*head).with_landmarks([LandmarkPair(**given)])
    assert refused.value.remedy


def test_a_pair_of_numpy_values_is_saved_as_plain_ones(tmp_path: Path, head: Head) -> None:
    at: Any = np.array([1, 2, 3], dtype=np.float32)
    odd: Any = np.float32(0.5)
    locked: Any = np.bool_(True)
    pair = LandmarkPair("L1", at, [4, 5, 6], "check", odd, locked, again=[["moving", at]])  # type: ignore[arg-type]
    study = Study.of(*head).with_landmarks([pair])
    study.save(tmp_path / "s.fusion.json")
    one: Point = (1.0, 2.0, 3.0)
    plain = LandmarkPair("L1", one, (4.0, 5.0, 6.0), "check", 0.5, locked=True, again=(("moving", one),))
    assert study.landmarks == (plain,)
    assert Study.open(tmp_path / "s.fusion.json").landmarks == (plain,)


def test_a_series_of_what_has_none_is_refused(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with pytest.raises(BadArgument, match=r"There is no volume #2 in mr\.nii\.gz"):
        read_volume(files[0], series=2)
    with pytest.raises(UnreadableInput, match="There is no file or folder"):
        read_volume(tmp_path / "none", series=1)


def test_the_folder_that_the_program_runs_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for path in (os.curdir, Path()):
        with pytest.raises(FusionError, match="no DICOM images in the folder empty or below it"):
            read_volume(path)
