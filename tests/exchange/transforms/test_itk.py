"""ITK's transform files: nothing is lost, ITK itself maps the same points, and only rigid transforms are let in."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import example, given, settings
from numpy.typing import NDArray
from poses import points, transforms
from reading_calls import crash_on

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.exchange.transforms import itk
from fusionviewer.exchange.transforms.itk import read_itk_transform, write_itk_transform
from fusionviewer.geometry import RigidTransform

Array = NDArray[np.float64]


QUARTER = RigidTransform.from_euler((90, 20, 30, 4, 5, 6), np.zeros(3))
HALF = RigidTransform.from_rotation_vector((0, math.pi, 0), np.zeros(3), np.zeros(3))


@settings(max_examples=30)
@given(transforms(), points, points)
@example(QUARTER, np.zeros(3), np.ones(3))
@example(HALF, np.array([1.0, 2.0, 3.0]), np.ones(3))
def test_it_comes_back_and_itk_maps_the_same(
    tmp_path_factory: pytest.TempPathFactory, transform: RigidTransform, centre: Array, point: Array
) -> None:
    path = tmp_path_factory.getbasetemp() / "pose.tfm"
    write_itk_transform(transform, path, centre)
    assert read_itk_transform(path).is_close(transform, 1e-12)
    theirs = sitk.ReadTransform(str(path))
    np.testing.assert_allclose(theirs.TransformPoint(point.tolist()), transform.apply(point), atol=1e-9)
    np.testing.assert_allclose(theirs.GetFixedParameters(), centre, atol=0)


def rigid(kind: Callable[[], Any]) -> Any:
    transform = kind()
    euler = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.1, -0.2, 0.3)
    transform.SetMatrix(euler.GetMatrix())
    transform.SetTranslation((4.0, -5.0, 6.0))
    transform.SetCenter((10.0, 20.0, 30.0))
    return transform


KINDS = (
    lambda: rigid(sitk.Euler3DTransform),
    lambda: rigid(sitk.VersorRigid3DTransform),
    lambda: rigid(sitk.Similarity3DTransform),
    lambda: rigid(lambda: sitk.AffineTransform(3)),
    lambda: sitk.TranslationTransform(3, (1.0, 2.0, 3.0)),
    lambda: sitk.VersorTransform((0.0, 0.0, 1.0), 0.4, (1.0, 2.0, 3.0)),
    lambda: sitk.Transform(3, sitk.sitkIdentity),
    lambda: sitk.CompositeTransform([rigid(sitk.Euler3DTransform), rigid(sitk.VersorRigid3DTransform)]),
)


@pytest.mark.parametrize("ending", [".tfm", ".txt", ".h5", ".mat"])
@pytest.mark.parametrize("make", KINDS)
def test_every_way_in_which_itk_writes_a_rigid_transform(tmp_path: Path, make: Any, ending: str) -> None:
    theirs = make()
    if ending == ".mat" and isinstance(theirs, sitk.CompositeTransform):
        pytest.skip("ITK itself cannot write it")
    path = tmp_path / f"pose{ending}"
    sitk.WriteTransform(theirs, str(path))
    ours = read_itk_transform(path)
    for point in ((0.0, 0.0, 0.0), (50.0, -60.0, 70.0)):
        np.testing.assert_allclose(ours.apply(np.array(point)), theirs.TransformPoint(point), atol=1e-9)


def test_an_euler_transform_with_the_other_order_of_angles(tmp_path: Path) -> None:
    theirs = sitk.Euler3DTransform((1.0, 2.0, 3.0), 0.3, -0.4, 0.5, (1.0, 2.0, 3.0))
    theirs.SetComputeZYX(True)
    sitk.WriteTransform(theirs, str(tmp_path / "pose.tfm"))
    ours = read_itk_transform(tmp_path / "pose.tfm")
    np.testing.assert_allclose(ours.apply(np.full(3, 40.0)), theirs.TransformPoint((40.0, 40.0, 40.0)), atol=1e-9)


def saved(name: str, make: Any) -> Any:
    def to(folder: Path) -> Path:
        sitk.WriteTransform(make(), str(folder / name))
        return folder / name

    return to


def text(content: str, name: str = "pose.tfm") -> Any:
    def to(folder: Path) -> Path:
        (folder / name).write_text(content)
        return folder / name

    return to


HEAD = "#Insight Transform File V1.0\n"
EULER = "Transform: Euler3DTransform_double_3_3\nParameters: 0.1 0.2 0.3 4 5 6\nFixedParameters: 1 2 3 0\n"


def affine(numbers: str) -> str:
    return f"{HEAD}Transform: AffineTransform_double_3_3\nParameters: {numbers} 0 0 0\nFixedParameters: 0 0 0\n"


def spline() -> sitk.Transform:
    return sitk.BSplineTransformInitializer(sitk.Image(20, 20, 20, sitk.sitkInt16), [3, 3, 3])


def field() -> sitk.Transform:
    return sitk.DisplacementFieldTransform(sitk.Image([5, 5, 5], sitk.sitkVectorFloat64, 3))


def bent_composite() -> sitk.Transform:
    return sitk.CompositeTransform([rigid(sitk.Euler3DTransform), spline()])


def larger() -> sitk.Transform:
    similarity = sitk.Similarity3DTransform()
    similarity.SetScale(1.02)
    return similarity


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda folder: folder / "missing.tfm", "There is no file"),
        (lambda folder: folder, "cannot be read"),
        (text(""), "is empty"),
        (text("hello\n"), "not an ITK transform file"),
        (text("hello\n", "pose.h5"), "not a transform file"),
        (text("hello\n", "pose.mat"), "not a transform file"),
        (text(HEAD + EULER, "pose.xfm"), "does not end in"),
        (text(HEAD), "holds no transform"),
        (text(HEAD + EULER + EULER), "holds 2 transforms"),
        (text(HEAD + EULER.replace("0.1", "nan")), "not numbers"),
        (text(HEAD + EULER.replace("0.1", "inf")), "not numbers"),
        (text(HEAD + EULER.replace("0.1", "abc")), "not numbers"),
        (text(HEAD + EULER.replace(" 6\n", "\n")), "is damaged"),
        (text(HEAD + EULER.split("Fixed", maxsplit=1)[0]), "is damaged"),
        (text(HEAD + EULER.replace("Euler3D", "Wobbly")), "WobblyTransform, which is not rigid"),
        (text(affine("1.1 0 0 0 1 0 0 0 1")), "scales or shears"),
        (text(affine("1 0.2 0 0 1 0 0 0 1")), "scales or shears"),
        (text(affine("-1 0 0 0 1 0 0 0 1")), "mirrors"),
        (saved("a.tfm", larger), "scales or shears"),
        (saved("a.h5", larger), "scales or shears"),
        (saved("a.tfm", spline), "not rigid"),
        (saved("a.h5", spline), "deformation"),
        (saved("a.tfm", field), "not rigid"),
        (saved("a.mat", field), "deformation"),
        (saved("a.tfm", bent_composite), "not rigid"),
        (saved("a.tfm", sitk.Euler2DTransform), "not of 3D points"),
        (saved("a.h5", sitk.Euler2DTransform), "2D"),
    ],
)
def test_everything_else_is_refused_with_one_sentence(
    tmp_path: Path, make: Any, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_itk_transform(path)
    assert caught.value.remedy
    assert capfd.readouterr() == ("", "")


def test_writing_where_one_cannot(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="no such folder"):
        write_itk_transform(HALF, tmp_path / "nowhere" / "a.tfm")
    write_itk_transform(HALF, tmp_path / "a.tfm")
    assert os.listdir(tmp_path) == ["a.tfm"]


def test_a_file_whose_reader_dies_costs_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HDF5's own reader may crash on a damaged file; it does so in a process of its own."""
    monkeypatch.setattr(itk, "matrix_by_itk", crash_on)
    (tmp_path / "bad.h5").write_bytes(b"\x89HDF\r\n\x1a\n damaged")
    with pytest.raises(UnreadableInput, match=r"^bad\.h5 cannot be read: the reader of its format crashed"):
        read_itk_transform(tmp_path / "bad.h5")
