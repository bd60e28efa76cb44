"""One assessment from all that is known."""

from __future__ import annotations

import numpy as np
import phantoms
import pytest
from fusion_checks import made_residual

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.finding import found
from fusionviewer.quality.grades import NO_FIT_MM, UNSURE_MM
from fusionviewer.quality.guard import assessment
from fusionviewer.quality.guard.assessment import Assessment, assess, assess_prepared
from fusionviewer.quality.second_opinion.opinion import PreparedPair

pytestmark = pytest.mark.usefixtures("quick_opinion")


@pytest.fixture
def pair(phantom_pair: PreparedPair) -> PreparedPair:
    return phantom_pair


def moved(mm: float) -> RigidTransform:
    return RigidTransform.from_rotation(np.eye(3), np.array([0, mm, 0])) @ phantoms.MOVING_FROM_FIXED


def judged(pair: PreparedPair, pose: RigidTransform, **more: object) -> Assessment:
    return assess(phantoms.phantom_mr(), phantoms.phantom_ct(), pose, pair=pair, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("mm", "verdict", "code"), [
    (0.0, "fine", "residual_small"), (2.3, "look", "residual_some"), (6.0, "wrong", "residual_far"),
])  # fmt: skip
def test_the_verdict_follows_the_error(pair: PreparedPair, mm: float, verdict: str, code: str) -> None:
    got = judged(pair, moved(mm))
    assert got.verdict == verdict
    assert got.reasons[0].code == code
    assert got.expected is not None
    assert got.expected.median_mm <= got.expected.p95_mm < got.expected.p95_upper_mm
    assert got.expected.p95_mm == pytest.approx(mm, abs=0.8)


def test_a_warning_that_is_known_already_raises_an_alarm(pair: PreparedPair) -> None:
    assert judged(pair, moved(0), known=[found("doubtful")]).verdict == "look"
    mirrored = judged(pair, moved(0), known=[found("lone_start", starts=16), found("mirror_better")])
    assert mirrored.verdict == "wrong"
    assert [reason.code for reason in mirrored.reasons] == [
        "mirror_better",
        "lone_start",
        "residual_small",
        "bone_distance",
    ]


def test_a_fact_clears_nothing_and_a_note_that_is_known_does_not_count(pair: PreparedPair) -> None:
    known = [found("accepted", date="2026-01-02T03:04:05+00:00"), found("not_reviewed")]
    assert judged(pair, moved(0), known=known).verdict == "fine"
    assert judged(pair, moved(6), known=known).verdict == "wrong"


def test_targets_far_from_a_rotation_s_centre_err_more(pair: PreparedPair) -> None:
    centre = (~phantoms.MOVING_FROM_FIXED).apply(pair.head.centre)
    turn = RigidTransform.from_rotation_vector(np.array([0, 0, 0.06]), pair.head.centre, np.zeros(3))
    far = centre + np.array([0, 70.0, 0])
    got = judged(pair, turn @ phantoms.MOVING_FROM_FIXED, targets=[tuple(centre), tuple(far)])
    assert got.at_targets is not None
    (near_mm, near_upper), (far_mm, far_upper) = got.at_targets
    assert near_mm < 1.0 < far_mm == pytest.approx(4.2, abs=0.8)
    assert near_upper > near_mm
    assert far_upper > far_mm


def test_the_corrected_pose_is_fine(pair: PreparedPair) -> None:
    got = judged(pair, moved(6.0))
    assert got.corrected is not None
    assert judged(pair, got.corrected).verdict == "fine"


def test_the_residual_is_told_in_fixed_space(pair: PreparedPair) -> None:
    got = judged(pair, moved(5.0))
    assert got.shift_mm is not None
    expected = (~phantoms.MOVING_FROM_FIXED).rotation @ np.array([0, 5.0, 0])  # the CT lies 5 mm too far back
    np.testing.assert_allclose(got.shift_mm, expected, atol=0.6)


def test_what_cannot_be_compared_is_to_be_looked_at() -> None:
    mr = phantoms.phantom_mr()
    got = assess(mr, mr, RigidTransform.identity())
    assert (got.verdict, got.expected, got.residual) == ("look", None, None)
    assert got.reasons[-1].code == "cannot_judge"
    apart = assess(mr, phantoms.phantom_ct(), moved(500.0), known=[found("images_apart", overlap=0.0)])
    assert apart.verdict == "wrong"


def made(values: np.ndarray, like: Volume) -> Volume:
    return Volume(image_on_grid(values.astype(np.float32), like.grid), like.name, like.modality)


def test_an_mr_without_contrast_or_of_noise_is_never_fine() -> None:
    mr, ct = phantoms.phantom_mr(), phantoms.phantom_ct()
    flat = assess(made(np.zeros_like(mr.array), mr), ct, phantoms.MOVING_FROM_FIXED)
    assert (flat.verdict, flat.reasons[0].code) == ("look", "cannot_judge")
    noise = np.random.default_rng(0).normal(100, 30, mr.array.shape)
    random = assess(made(noise, mr), ct, phantoms.MOVING_FROM_FIXED)
    assert random.verdict == "wrong"
    codes = {reason.code for reason in random.reasons}
    assert "edges_fit_nowhere" in codes
    assert not codes & {"mirrored_edges", "voxel_size_wrong"}, "what fits nothing is not mirrored"


def test_a_ct_without_air_or_bone_cannot_judge() -> None:
    mr, ct = phantoms.phantom_mr(), phantoms.phantom_ct()
    for values in (np.zeros_like(ct.array), np.full_like(ct.array, 3000)):
        assert assess(mr, made(values, ct), phantoms.MOVING_FROM_FIXED).verdict == "look"


@pytest.mark.parametrize(
    ("shift_mm", "verdict", "codes"),
    [(6.0, "wrong", ["residual_far", "cannot_judge"]), (3.5, "look", ["cannot_judge"])],
)
def test_what_is_surely_far_is_wrong_even_if_by_how_much_is_not_sure(
    monkeypatch: pytest.MonkeyPatch, shift_mm: float, verdict: str, codes: list[str]
) -> None:
    unsure = made_residual(shift_mm, unsure_mm=0.5 * (UNSURE_MM + NO_FIT_MM))
    assert UNSURE_MM < unsure.unsure_mm < NO_FIT_MM
    monkeypatch.setattr(assessment, "second_opinion", lambda *_: unsure)
    monkeypatch.setattr(assessment, "mirror_share", lambda *_: 0.0)
    monkeypatch.setattr(assessment, "voxel_size", lambda *_: None)
    monkeypatch.setattr(assessment, "ventricles", lambda *_: None)
    pair = PreparedPair(None, None, ct_is_fixed=True)  # type: ignore[arg-type] # what is asked of it is given above
    got = assess_prepared(pair, RigidTransform.identity())
    assert (got.verdict, [reason.code for reason in got.reasons]) == (verdict, codes)
