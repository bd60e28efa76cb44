"""Which series are suggested, and why: by a table of made headers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fusionviewer.imaging.dicom.likeliest import is_3d, is_t1, kernel_of, likeliest_ct, likeliest_mr, likeliest_pair
from fusionviewer.imaging.dicom.series_choice import SeriesChoice, SeriesFacts

FACTS = dict.fromkeys(SeriesFacts.__dataclass_fields__)


def made(uid: str, modality: str, slice_mm: float, description: str = "", **values: Any) -> SeriesChoice:
    """A series of 160 mm of a head; further values are those of its facts, or of itself."""
    facts = SeriesFacts(**{name: value for name, value in values.items() if name in FACTS})
    own = {name: value for name, value in values.items() if name not in FACTS}
    n = round(160 / slice_mm)
    choice = SeriesChoice(uid, description, modality, n, (200, 200, n), (1, 1, slice_mm), True, "", facts=facts)
    return replace(choice, **own)


SOFT = made("soft", "CT", 0.75, kernel="H30s")
BONE = made("bone", "CT", 0.6, kernel="H70h")
THICK = made("thick", "CT", 5.0, kernel="H31s")
THICK_BONE = made("thick bone", "CT", 5.0, kernel="H70h")
UNKNOWN = made("unknown", "CT", 0.75)
SCOUT = made("scout", "CT", 0.5, usable=False, why_not="It is a single slice.")
PART = made("part", "CT", 0.5, kernel="H30s", size=(200, 200, 40))
REFORMAT = made("reformat", "CT", 0.5, kernel="H30s", image_type=("DERIVED", "SECONDARY", "AXIAL", "MPR"))
SPINE = made("spine", "CT", 0.5, kernel="B30s", body_part="CSPINE")
T1 = made("t1", "MR", 1.0, "t1_mprage_sag", scanned_3d=True)
FINE_T1 = made("fine t1", "MR", 0.8, "T1 BRAVO", scanned_3d=True, spacing=(0.8, 0.8, 0.8))
FLAIR = made("flair", "MR", 0.9, "3D FLAIR", scanned_3d=True)
T2 = made("t2", "MR", 4.0, "t2_tse_tra")
THICK_T1 = made("thick t1", "MR", 5.0, "t1_se_tra")


@pytest.mark.parametrize(
    ("found", "uid", "why"),
    [
        ([SOFT, BONE, THICK], "soft", "Thinnest soft-tissue CT of this patient: slices 0.75 mm apart."),
        ([BONE, THICK], "bone", "Thinnest CT of this patient: slices 0.6 mm apart, of the soft-tissue series 5 mm."),
        ([BONE, THICK_BONE], "bone", "Thinnest CT of this patient: slices 0.6 mm apart."),
        ([THICK, THICK_BONE], "thick", "Thinnest soft-tissue CT of this patient: slices 5 mm apart."),
        (
            [UNKNOWN, BONE],
            "unknown",
            "Likeliest CT of this patient: slices 0.75 mm apart; what is thinner is made for bone.",
        ),
        ([UNKNOWN], "unknown", "The only CT of this patient that can be opened."),
        ([BONE, SCOUT], "bone", "The only CT of this patient that can be opened."),
        ([SOFT, PART], "soft", "Likeliest soft-tissue CT of this patient: slices 0.75 mm apart."),
        ([SOFT, REFORMAT], "soft", "Likeliest soft-tissue CT of this patient: slices 0.75 mm apart."),
        ([THICK, SPINE], "thick", "Likeliest soft-tissue CT of this patient: slices 5 mm apart."),
    ],
)
def test_the_likeliest_ct(found: list[SeriesChoice], uid: str, why: str) -> None:
    for order in (found, found[::-1]):
        likely = likeliest_ct([*order, T1])
        assert likely is not None
        assert (likely.choice.uid, likely.why) == (uid, why)


@pytest.mark.parametrize(
    ("found", "uid", "why"),
    [
        ([T1, T2, FLAIR], "t1", "The only 3D T1 MR of this patient: 1 × 1 × 1 mm."),
        ([T1, FINE_T1], "fine t1", "3D T1 MR of this patient with the finest voxels: 0.8 × 0.8 × 0.8 mm."),
        ([T2], "t2", "The only MR of this patient that can be opened."),
        ([T2, FLAIR], "flair", "MR of this patient with the finest voxels, 1 × 1 × 0.9 mm; no 3D T1 was recognised."),
        ([T2, THICK_T1], "thick t1", "MR of this patient with the finest voxels, 1 × 1 × 5 mm; it is T1, and no T1 in "
         "3D was recognised."),
        ([FLAIR, THICK_T1], "flair", "MR of this patient with the finest voxels, 1 × 1 × 0.9 mm; no 3D T1 was "
         "recognised."),
    ],
)  # fmt: skip
def test_the_likeliest_mr(found: list[SeriesChoice], uid: str, why: str) -> None:
    for order in (found, found[::-1]):
        likely = likeliest_mr([*order, SOFT])
        assert likely is not None
        assert (likely.choice.uid, likely.why) == (uid, why)


@pytest.mark.parametrize(
    ("kernel", "description", "expected"),
    [
        ("H30s", "", "soft"), ("H70h", "", "bone"), ("Hr40f 3", "", "soft"), ("Hr68h", "", "bone"),
        ("J45s", "", "soft"),
        ("STANDARD", "", "soft"), ("BONEPLUS", "", "bone"), ("SOFT", "", "soft"), ("EDGE", "", "bone"),
        ("FC21", "", "soft"), ("FC30", "", "bone"), ("FC68", "", "soft"), ("FC81", "", "bone"),
        ("UB", "", "soft"), ("UC", "", "bone"), ("YA", "", ""), ("", "Head bone 0.6", "bone"),
        ("", "Brain 0.75", "soft"), ("", "Clear linear 1.0", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_kernels(kernel: str, description: str, expected: str) -> None:
    assert kernel_of(made("a", "CT", 1.0, description, kernel=kernel)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"description": "t1_mprage"}, True), ({"description": "Ax T1 FLAIR"}, True),
        ({"description": "MP-RAGE"}, True),
        ({"description": "FSPGR 3D"}, True), ({"sequence": "*tfl3d1"}, True), ({"protocol": "T1W_3D_TFE"}, True),
        ({"description": "t2_flair"}, False), ({"description": "SWI", "sequence": "*fl3d1r"}, False),
        ({"description": "T1/T2 mapping"}, False), ({"description": "dwi", "echo_ms": 3, "repetition_ms": 500}, False),
        ({"echo_ms": 3.0, "repetition_ms": 2300.0, "inversion_ms": 900.0}, True),
        ({"echo_ms": 9.0, "repetition_ms": 500.0}, True), ({"echo_ms": 100.0, "repetition_ms": 5000.0}, False),
        ({"description": "T10 study"}, False), ({}, False),
    ],
)  # fmt: skip
def test_t1(values: dict[str, Any], expected: bool) -> None:
    assert is_t1(made("a", "MR", 1.0, **values)) is expected


def test_fine_slices_count_as_3d() -> None:
    assert is_3d(made("a", "MR", 1.0))
    assert not is_3d(made("a", "MR", 3.0))
    assert is_3d(made("a", "MR", 3.0, scanned_3d=True))


def test_a_pair_is_of_one_patient_and_rather_of_one_who_has_both() -> None:
    alone = replace(FINE_T1, patient=1)
    both = [replace(choice, patient=2) for choice in (T1, SOFT)]
    pair = likeliest_pair([alone, *both])
    assert pair.mr is not None
    assert pair.ct is not None
    assert (pair.mr.choice.uid, pair.ct.choice.uid) == ("t1", "soft")
    one = likeliest_pair([alone, replace(SOFT, patient=2)])
    assert one.mr is not None
    assert one.ct is None
    asked = likeliest_pair([alone, *both], patient=1)
    assert asked.mr is not None
    assert asked.mr.choice is alone


def test_nothing_is_suggested_where_nothing_can_be_opened() -> None:
    pair = likeliest_pair([SCOUT])
    assert (pair.mr, pair.ct) == (None, None)
    assert likeliest_pair([]).mr is None


@pytest.mark.parametrize(
    ("aside", "usual"),
    [
        ("fat", "water"), ("out of phase", "in phase"), ("phase, echo 5 ms", "magnitude, echo 5 ms"),
        ("b 1000, direction 3 of 30", "b 0"), ("ADC", "b 0"), ("phase 1 of 20", "phase 2 of 20"),
    ],
)  # fmt: skip
def test_of_the_volumes_of_a_series_the_usual_one_is_meant(aside: str, usual: str) -> None:
    volumes = [replace(T1, part=part, parts=2, part_name=name) for part, name in enumerate((aside, usual), 1)]
    likely = likeliest_mr(volumes)
    assert likely is not None
    assert likely.choice.part_name == (aside if " of 20" in usual else usual)
