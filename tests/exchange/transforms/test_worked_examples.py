"""One transform in every format, with numbers worked out on paper from the formats' published definitions.

The pose turns by 90° about the axis towards the head and then shifts: (x, y, z) ↦ (−y + 10, x + 20, z + 30), LPS mm.
In RAS the turn looks the same and the shift is (−10, −20, 30); the other way round
(X, Y, Z) ↦ (Y + 20, −X − 10, Z − 30).
Both images have 10 × 10 × 10 voxels of 1 mm from the origin along LPS: RAS is (−i, −j, k).
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from grids import grid, pair_on

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.registry import format_of, read_transform, recognised
from fusionviewer.geometry import RigidTransform

PLAIN = grid((10, 10, 10), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1, 2, 3))
PAIR = pair_on(PLAIN, PLAIN)
POSE = RigidTransform.from_matrix([[0, -1, 0, 10], [1, 0, 0, 20], [0, 0, 1, 30], [0, 0, 0, 1]])

LPS = "0 -1 0 10\n1 0 0 20\n0 0 1 30\n0 0 0 1\n"
RAS = "0 -1 0 -10\n1 0 0 -20\n0 0 1 30\n0 0 0 1\n"
RAS_BACK = "0 1 0 20\n-1 0 0 -10\n0 0 1 -30\n0 0 0 1\n"
FLIRT = "0 -1 0 29\n1 0 0 1\n0 0 1 -30\n0 0 0 1\n"
"""Coordinates (9 − i, j, k), as the axes are right-handed in RAS: from moving to fixed."""
SURFACE = "0 0 -1 0\n0 1 0 30\n1 0 0 -20\n0 0 0 1\n"
"""Surface RAS is (5 − i, k − 5, 5 − j): from fixed to moving."""
VOXELS = "0 1 0 -20\n-1 0 0 10\n0 0 1 -30\n0 0 0 1\n"
"""Indices of the moving image to indices of the fixed one."""

MATRICES = {
    "itk": LPS, "itk-h5": LPS, "ants": LPS, "elastix": LPS, "afni": LPS, "json": LPS, "c3d": RAS, "niftyreg": RAS,
    "mrtrix": RAS, "slicer": RAS_BACK, "lta": RAS_BACK, "spm": RAS_BACK, "xfm": RAS_BACK, "fsl": FLIRT,
    "registerdat": SURFACE,
}  # fmt: skip

GEOMETRY = (
    "valid = 1  # volume info valid\nfilename = /somewhere/orig.mgz\nvolume = 10 10 10\nvoxelsize = 1 1 1\n"
    "xras   = -1 0 0\nyras   = 0 -1 0\nzras   = 0 0 1\ncras   = -5 -5 5\n"
)
ELSEWHERE = GEOMETRY.replace("cras   = -5 -5 5", "cras   = 95 -5 5")


def lta(kind: int, matrix: str, source: str = GEOMETRY, target: str = GEOMETRY) -> str:
    return (
        f"# transform file\n# created by bbregister\n\ntype      = {kind}\nnxforms   = 1\nmean      = 0.0 0.0 0.0\n"
        f"sigma     = 1.0000\n1 4 4\n{matrix}src volume info\n{source}dst volume info\n{target}"
        "subject bert\nfscale 0.1\n"
    )


ELASTIX = (
    '// A comment.\n(Transform "{kind}")\n(NumberOfParameters 6)\n(TransformParameters {numbers})\n'
    '(InitialTransformParameterFileName "NoInitialTransform")\n(HowToCombineTransforms "Compose")\n{more}\n'
)


def elastix(numbers: str, more: str = "", kind: str = "EulerTransform") -> str:
    return ELASTIX.format(kind=kind, numbers=numbers, more=more)


XFM = "MNI Transform File\n% made by hand\n\nTransform_Type = Linear;\n{more}Linear_Transform =\n {rows};\n"
TEXTS = {
    "afni": ("a.aff12.1D", "# 3dAllineate matrices\n  0 -1 0 10 1 0 0 20 0 0 1 30\n"),
    "afni in three rows": ("a.1D", "0 -1 0 10\n1 0 0 20\n0 0 1 30\n"),
    "mrtrix": ("a.txt", "# command_history: mrregister a b\n" + RAS),
    "lta": ("a.lta", lta(1, RAS_BACK)),
    "lta, voxels": ("a.lta", lta(0, VOXELS)),
    "registerdat": ("a.dat", f"bert\n1.000000\n1.000000\n0.150000\n{SURFACE}round\n"),
    "xfm": ("a.xfm", XFM.format(more="", rows="0 1 0 20\n -1 0 0 -10\n 0 0 1 -30")),
    "xfm, inverted": ("a.xfm", XFM.format(more="Invert_Flag = True;\n", rows="0 -1 0 -10\n 1 0 0 -20\n 0 0 1 30")),
    "elastix": ("a.txt", elastix(f"0 0 {np.pi / 2!r} 10 20 30", "(CenterOfRotationPoint 0 0 0)")),
    # about (1, 2, 3): (1, 2, 3) ↦ (−2 + 10, 1 + 20, 3 + 30) = (8, 21, 33), a shift of (7, 19, 30)
    "elastix, centre": ("a.txt", elastix(f"0 0 {np.pi / 2!r} 7 19 30", "(CenterOfRotationPoint 1 2 3)")),
    "elastix, affine": ("a.txt", elastix("0 -1 0 1 0 0 0 0 1 10 20 30", kind="AffineTransform")),
}


def numbers(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=np.float64).reshape(4, 4)


@pytest.mark.parametrize("key", MATRICES)
def test_the_matrix_is_the_one_worked_out(key: str) -> None:
    np.testing.assert_allclose(format_of(key).matrix(POSE, PAIR), numbers(MATRICES[key]), atol=1e-12)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_of_the_program_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / TEXTS[name][0]
    path.write_text(TEXTS[name][1])
    assert recognised(path).key == name.split(",", maxsplit=1)[0].split(" ", maxsplit=1)[0]
    assert read_transform(path, pair=PAIR).is_close(POSE, 1e-12)


@pytest.mark.parametrize("key", ["c3d", "niftyreg", "mrtrix", "fsl"])
def test_bare_numbers_are_read_with_a_key(tmp_path: Path, key: str) -> None:
    path = tmp_path / "a.mat"
    path.write_text(MATRICES[key])
    assert read_transform(path, key, PAIR).is_close(POSE, 1e-12)


def test_an_lta_between_surface_ras(tmp_path: Path) -> None:
    """Type 21 of images that lie elsewhere: the header's position does not count."""
    path = tmp_path / "a.lta"
    back = "0 0 1 20\n0 1 0 -30\n-1 0 0 0\n0 0 0 1\n"  # the inverse of SURFACE
    path.write_text(lta(21, back))
    assert read_transform(path).is_close(POSE, 1e-12)
    path.write_text(lta(21, back, source=ELSEWHERE))
    assert read_transform(path).translation.tolist() == pytest.approx([-90.0, 20.0, 30.0])  # 100 mm to the right


def test_an_lta_from_fixed_to_moving_is_taken_the_other_way_round(tmp_path: Path) -> None:
    path = tmp_path / "a.lta"
    away = grid((10, 10, 10), (1.0, 1.0, 1.0), (-100.0, 0.0, 0.0), (1, 2, 3))
    path.write_text(lta(1, RAS, source=GEOMETRY, target=ELSEWHERE))
    assert read_transform(path, pair=pair_on(PLAIN, away)).is_close(POSE, 1e-12)
    assert read_transform(path, pair=pair_on(away, PLAIN)).is_close(~POSE, 1e-12)


REFUSED = {
    "another lta": ("a.lta", lta(14, RAS), "of another kind"),
    "lta without geometry": ("a.lta", lta(0, VOXELS, source="valid = 0\n"), "does not say its images' geometry"),
    "lta, bad geometry": ("a.lta", lta(0, VOXELS, source=GEOMETRY.replace("-1 0 0", "0 0 0")), "makes no sense"),
    "lta, two": ("a.lta", lta(1, RAS).replace("nxforms   = 1", "nxforms   = 2"), "2 transforms"),
    "lta, words": ("a.lta", lta(1, RAS.replace("30", "x")), "is damaged"),
    "xfm, grid": ("a.xfm", "MNI Transform File\nTransform_Type = Grid_Transform;\n", "Grid_Transform transform, which"),
    "xfm, two": ("a.xfm", XFM.format(more="Transform_Type = Linear;\n", rows=RAS), "2 transforms"),
    "elastix, spline": ("a.txt", elastix("1 2 3", kind="BSplineTransform"), "BSplineTransform, which is not rigid"),
    "elastix, chain": ("a.txt", elastix("0 0 0 0 0 0").replace("NoInitialTransform", "other.txt"), "continues another"),
    "elastix, short": ("a.txt", elastix("0 0 0"), "3 parameters"),
    "elastix, scale": ("a.txt", elastix("1.1 0 0 0 1 0 0 0 1 0 0 0", kind="AffineTransform"), "scales or shears"),
    "json, newer": ("a.json", '{"format": "fusionviewer transform", "version": 2}', "newer fusionviewer"),
    "json, frame": ("a.json", '{"format": "fusionviewer transform", "version": 1, "frame": "RAS"}', "not in LPS mm"),
    "json, none": (
        "a.json",
        '{"format": "fusionviewer transform", "version": 1, "frame": "LPS", "unit": "mm"}',
        "rigid",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_one_rigid_transform_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / REFUSED[name][0]
    path.write_text(REFUSED[name][1])
    with pytest.raises(UnreadableInput, match=REFUSED[name][2]) as caught:
        read_transform(path)
    assert caught.value.remedy


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<2I", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def version_5(name: str, matrix: np.ndarray, *, packed: bool) -> bytes:
    """A `.mat` of version 5 or 7 with one matrix of doubles, from the published layout."""
    flags, shape = element(6, struct.pack("<2I", 6, 0)), element(5, struct.pack("<2i", *matrix.shape))
    short = struct.pack("<2H", 1, len(name)) + name.encode().ljust(4, b"\0")
    whole = element(14, flags + shape + short + element(9, matrix.astype("<f8").tobytes("F")))
    if packed:
        small = zlib.compress(whole)
        whole = struct.pack("<2I", 15, len(small)) + small
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + whole


@pytest.mark.parametrize("packed", [False, True])
def test_what_matlab_itself_saves_is_read(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.mat"
    path.write_bytes(version_5("M", numbers(RAS_BACK), packed=packed))
    assert recognised(path).key == "spm"
    assert read_transform(path).is_close(POSE, 1e-12)
    path.write_bytes(version_5("N", numbers(RAS_BACK), packed=packed))
    with pytest.raises(UnreadableInput, match="holds no transform of SPM, ITK or ANTs"):
        read_transform(path)
    with pytest.raises(UnreadableInput, match="holds no 4×4 named M"):
        read_transform(path, "spm")


def test_damaged_files_of_matlab_end_in_a_sentence(tmp_path: Path) -> None:
    path, whole = tmp_path / "a.mat", version_5("M", numbers(RAS_BACK), packed=False)
    bomb = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM"
    small = zlib.compress(struct.pack("<2I", 14, 2**31) + bytes(20_000_000))
    for content in (whole[:200], whole[:130], whole.replace(b"IM", b"XX"), bomb + struct.pack("<2I", 15, 9) + small,
                    b"MATLAB 7.3 MAT-file".ljust(128) + b"\0" * 9, struct.pack("<5i", 0, 2**30, 4, 0, 2) + b"M\0",
                    struct.pack("<5i", 0, 4, 4, 0, 2) + b"M\0" + b"\xff" * 128):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(UnreadableInput):
            read_transform(path, "spm")


def test_an_image_says_how_far_it_was_moved(tmp_path: Path) -> None:
    format_of("nifti").write(POSE, tmp_path / "a.nii", PAIR)
    assert read_transform(tmp_path / "a.nii", pair=PAIR).is_close(POSE, 1e-5)
    larger = pair_on(PLAIN, grid((10, 10, 12), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1, 2, 3)))
    with pytest.raises(UnreadableInput, match="has other voxels than the moving image"):
        read_transform(tmp_path / "a.nii", pair=larger)


def version_4(**arrays: list[float]) -> bytes:
    """A `.mat` of version 4 with columns of doubles, as ITK writes it."""
    out = b""
    for name, numbers in arrays.items():
        out += struct.pack("<5i", 0, len(numbers), 1, 0, len(name) + 1) + name.encode() + b"\0"
        out += np.array(numbers).astype("<f8").tobytes()
    return out


ANTS = [0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 10.0, 20.0, 30.0]


def test_a_file_of_ants_is_looked_at_before_itk_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "0GenericAffine.mat"
    path.write_bytes(version_4(AffineTransform_double_3_3=ANTS, fixed=[0.0, 0.0, 0.0]))
    assert recognised(path).key == "ants"
    assert read_transform(path).is_close(POSE, 1e-12)
    for content, why in (
        (version_4(AffineTransform_double_3_3=ANTS[:9], fixed=[0.0, 0.0, 0.0]), "is damaged"),
        (version_4(AffineTransform_double_3_3=ANTS), "is damaged"),
        (version_4(BSplineTransform_double_3_3=ANTS, fixed=[0.0]), "which is not rigid"),
        (version_4(AffineTransform_double_2_2=[1.0, 0.0, 0.0, 1.0, 2.0, 3.0], fixed=[0.0, 0.0]), "not of 3D points"),
        (version_4(AffineTransform_double_3_3=ANTS, fixed=[0.0] * 3, Euler3DTransform_double_3_3=ANTS), "2 transforms"),
        (version_4(AffineTransform_double_3_3=ANTS, fixed=[0.0] * 3) * 2, "damaged"),
        (version_4(AffineTransform_double_3_3=[2.0, *ANTS[1:]], fixed=[0.0] * 3), "scales or shears"),
    ):
        path.write_bytes(content)
        with pytest.raises(UnreadableInput, match=why):
            read_transform(path)
