"""Every format keeps a transform on every kind of grid, is proved when it is written, and is known again by itself."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from grids import OBLIQUE_LEFT, PAIRS, POSE, RAS, pair_on
from hypothesis import given, settings
from poses import transforms

from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.exchange.transforms import proof
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import (
    FORMATS,
    KEYS,
    Ambiguous,
    TransformFormat,
    format_for,
    format_of,
    read_transform,
    recognised,
    write_transform,
)
from fusionviewer.geometry import RigidTransform

PLAIN = [known for known in FORMATS if known.key != "dicom"]
"""Those that need no series of DICOM; that one has tests of its own, in tests/exchange/archive."""

POINTS = np.random.default_rng(1).uniform(-150, 150, (1000, 3))
MEANS_THE_SAME = {"slicer": "itk-h5"}
AMBIGUOUS = {"c3d": ("fsl", "c3d"), "fsl": ("fsl", "c3d"), "niftyreg": ("c3d", "niftyreg", "mrtrix", "fsl"),
             "mrtrix": ("c3d", "niftyreg", "mrtrix", "fsl")}  # fmt: skip


def furthest_mm(a: RigidTransform, b: RigidTransform) -> float:
    return float(np.linalg.norm(a.apply(POINTS) - b.apply(POINTS), axis=1).max())


def file_of(known: TransformFormat, folder: Path, name: str = "pose") -> Path:
    return folder / f"{name}{known.endings[0]}"


@pytest.mark.parametrize("grids", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("known", PLAIN, ids=lambda known: known.key)
def test_a_transform_comes_back_from_every_grid(tmp_path: Path, known: TransformFormat, grids: tuple) -> None:  # type: ignore[type-arg]
    pair, path = pair_on(*grids), file_of(known, tmp_path)
    said = write_transform(POSE, path, known, pair)
    digits_mm = 1e-4 if known.key == "nifti" else 1e-9
    assert said.points == 1000
    assert said.max_mm < digits_mm
    assert furthest_mm(read_transform(path, known.key, pair), POSE) < digits_mm
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("known", PLAIN, ids=lambda known: known.key)
def test_a_file_is_known_by_itself_or_the_keys_it_may_be_of_are_named(tmp_path: Path, known: TransformFormat) -> None:
    path, pair = file_of(known, tmp_path), pair_on(RAS, OBLIQUE_LEFT)
    write_transform(POSE, path, known, pair)
    if known.key in AMBIGUOUS:
        with pytest.raises(Ambiguous, match="its numbers do not say which") as caught:
            recognised(path)
        assert caught.value.keys == AMBIGUOUS[known.key]
        assert all(key in caught.value.remedy for key in caught.value.keys)
    else:
        assert recognised(path).key == MEANS_THE_SAME.get(known.key, known.key)


@settings(max_examples=2, deadline=None)
@given(transforms())
def test_converting_between_any_two_formats_keeps_the_points(
    tmp_path_factory: pytest.TempPathFactory, pose: RigidTransform
) -> None:
    pair = pair_on(RAS, OBLIQUE_LEFT)
    folder = tmp_path_factory.mktemp("between")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # hundreds of files
        for one in PLAIN:
            write_transform(pose, file_of(one, folder, one.key), one, pair)
        for one, other in itertools.permutations(PLAIN, 2):
            there = read_transform(file_of(one, folder, one.key), one.key, pair)
            path = file_of(other, folder, "other")
            other.write(there, path, pair)
            assert furthest_mm(read_transform(path, other.key, pair), pose) < 1e-3, (one.key, other.key)


@pytest.mark.parametrize("known", PLAIN, ids=lambda known: known.key)
def test_a_wrong_file_is_not_left_behind(
    tmp_path: Path, known: TransformFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, path = pair_on(RAS, OBLIQUE_LEFT), file_of(known, tmp_path)
    off = RigidTransform.from_rotation(np.eye(3), np.array([0.0, 0.002, 0.0]))
    wrong = replace(known, write=lambda pose, place, both: known.write(off @ pose, place, both))
    with pytest.raises(CannotWrite, match=r"read back, it is 0.002 mm off"):
        write_transform(POSE, path, wrong, pair)
    unreadable = proof.Reader(lambda place, both: (_ for _ in ()).throw(ValueError("x")))
    monkeypatch.setitem(proof.READERS, known.key, unreadable)
    with pytest.raises(CannotWrite, match="cannot be read back"):
        write_transform(POSE, path, known, pair)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("known", [known for known in PLAIN if known.writes_with], ids=lambda known: known.key)
def test_what_needs_images_says_so(tmp_path: Path, known: TransformFormat) -> None:
    with pytest.raises(BadArgument, match="means nothing without the") as caught:
        write_transform(POSE, file_of(known, tmp_path), known)
    assert "--fixed" in caught.value.remedy or "--moving" in caught.value.remedy
    if known.reads_with:
        path = file_of(known, tmp_path)
        write_transform(POSE, path, known, pair_on(RAS, OBLIQUE_LEFT))
        with pytest.raises(BadArgument, match="means nothing without the"):
            read_transform(path, known.key)


@pytest.mark.parametrize("known", [known for known in FORMATS if not known.writes_with], ids=lambda known: known.key)
def test_what_needs_no_images_needs_none(tmp_path: Path, known: TransformFormat) -> None:
    path = file_of(known, tmp_path)
    write_transform(POSE, path, known)
    assert furthest_mm(read_transform(path, known.key), POSE) < 1e-9


def test_the_format_to_write_is_told_by_the_ending_or_asked_for() -> None:
    said = {name: format_for(Path(name)).key for name in ("a.tfm", "a.txt", "a.h5", "a.lta", "a.aff12.1D", "a.nii.gz")}
    assert list(said.values()) == ["itk", "itk", "itk-h5", "lta", "afni", "nifti"]
    for name in ("a.mat", "a.xyz", "a"):
        with pytest.raises(BadArgument, match="does not say which format is meant"):
            format_for(Path(name))
    with pytest.raises(BadArgument, match="no format “flirt”"):
        format_of("flirt")


def test_the_name_must_end_as_the_program_expects(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="does not end as files of MINC do"):
        write_transform(POSE, tmp_path / "pose.tfm", format_of("xfm"))


@pytest.mark.parametrize("known", FORMATS, ids=KEYS)
def test_a_format_says_what_its_matrix_is_and_how_it_is_applied(known: TransformFormat) -> None:
    matrix = known.matrix(POSE, pair_on(RAS, OBLIQUE_LEFT))
    assert matrix.shape == (4, 4)
    assert matrix[3].tolist() == [0, 0, 0, 1]
    command = known.command_for("pose.x", "t1.nii.gz", "ct.nii.gz")
    assert "{" not in command
    assert "pose.x" in command
    assert known.moves("t1", "ct").endswith("moves ct onto t1")


def test_nothing_that_is_no_transform_is_read(tmp_path: Path) -> None:
    contents = {
        "a.txt": "hello\n", "b.mat": "\0\1\2\3" * 20, "c.json": "[1, 2]", "d.dat": "1 2 3\n", "e.lta": "nxforms = 2\n",
        "f.xfm": "MNI Transform File\n", "g.txt": "1 2 3 4\n" * 5, "h.mat": "", "i.1D": "1 2 3 x 5 6 7 8 9 10 11 12\n",
    }  # fmt: skip
    for name, content in contents.items():
        path = tmp_path / name
        path.write_text(content)
        with pytest.raises(UnreadableInput) as caught:
            read_transform(path)
        assert caught.value.remedy, name
    for path in (tmp_path, tmp_path / "missing.lta"):
        with pytest.raises(UnreadableInput):
            read_transform(path)
    with pytest.raises(UnreadableInput, match="is a device"):
        read_transform(Path("/dev/zero"), "lta")
    (tmp_path / "large.txt").write_bytes(b"1 " * 600_000)
    with pytest.raises(UnreadableInput, match="too large"):
        read_transform(tmp_path / "large.txt")


SCALED = np.diag([1.02, 1.0, 1.0, 1.0])
SHEARED = np.eye(4) + np.outer([1, 0, 0, 0], [0, 0.02, 0, 0])
MIRRORED = np.diag([-1.0, 1.0, 1.0, 1.0])
SINGULAR = np.diag([1.0, 1.0, 0.0, 1.0])


@pytest.mark.parametrize("key", ["c3d", "niftyreg", "mrtrix", "afni", "fsl"])
@pytest.mark.parametrize("matrix", [SCALED, SHEARED, MIRRORED, SINGULAR], ids=["scale", "shear", "mirror", "singular"])
def test_scale_and_shear_are_refused(tmp_path: Path, key: str, matrix: np.ndarray) -> None:
    path = tmp_path / "pose.txt"
    np.savetxt(path, matrix[:3].reshape(1, 12) if key == "afni" else matrix)
    with pytest.raises(UnreadableInput, match="does not hold a rigid transform"):
        read_transform(path, key, pair_on(RAS, RAS))


def test_few_digits_are_made_orthogonal_again(tmp_path: Path) -> None:
    path = tmp_path / "pose.txt"
    np.savetxt(path, format_of("c3d").matrix(POSE, Pair()), fmt="%.6f")
    back = read_transform(path, "c3d")
    assert furthest_mm(back, POSE) < 5e-3
    np.testing.assert_allclose(back.rotation @ back.rotation.T, np.eye(3), atol=1e-15)
