from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from landmark_sets import PLACES, noisy, pair
from phantoms import MOVING_FROM_FIXED, phantom_ct, phantom_mr

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.quality import landmark_facts as module
from fusionviewer.quality.landmark_facts import (
    automatic_fle_mm,
    estimate_from_repeats,
    landmark_facts,
    measured_under,
)
from fusionviewer.quality.landmark_lines import (
    about_pose,
    fre_line,
    measured_text,
    misfit_text,
    prediction_text,
    repeats_text,
)
from fusionviewer.quality.prediction_findings import error_within, why_no_prediction
from fusionviewer.quality.wording import sentence
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Alignment
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair


def study(*pairs: LandmarkPair, pose: RigidTransform = MOVING_FROM_FIXED) -> FusionState:
    return replace(FusionState(), landmarks=pairs, alignment=Alignment(pose))


def withheld(state: FusionState) -> str:
    """What is said of the prediction where the fit to the landmarks is shown."""
    fit = landmark_facts(state).fit
    assert fit is not None
    return prediction_text(state, fit.moving_from_fixed, np.zeros(3))


def test_without_three_pairs_there_is_a_reason_and_no_number() -> None:
    nothing, two = landmark_facts(study()), landmark_facts(study(pair(0), pair(1)))
    assert nothing.why_not == "Mark at least three pairs; six to eight make a good start."
    assert two.why_not.startswith("There are 2 pairs of landmarks")
    for facts in (nothing, two):
        assert (facts.fit, facts.error, facts.pairs, facts.suspicions) == (None, None, (), ())
        assert facts.tre_mm(np.zeros(3)) is None
        assert why_no_prediction(facts) is None
        assert fre_line(facts) == "no fit yet"
    assert prediction_text(study(pair(0), pair(1)), MOVING_FROM_FIXED, np.zeros(3)) == ""


def test_the_numbers_are_those_of_the_theory() -> None:
    pairs = [pair(n, fle_mm=2.0 if n == 1 else None) for n in range(6)]
    state = replace(study(*pairs), fle_mm=0.9)
    facts = landmark_facts(state)
    assert facts.fit is not None
    assert facts.fit.fre_mm == pytest.approx(0, abs=1e-9)
    assert facts.fle_mm == 0.9
    assert [one.fle_mm for one in facts.pairs] == [0.9, 2.0, 0.9, 0.9, 0.9, 0.9]
    errors = [0.9, 2.0, 0.9, 0.9, 0.9, 0.9]
    target = np.array([10.0, 5, 20])
    assert facts.tre_mm(target) == pytest.approx(predict_error(PLACES[:6], errors).tre_mm(target)[0])
    fit, told = facts.fit.moving_from_fixed, f"Predicted error here {facts.tre_mm(target):.1f} mm RMS (landmark fit)"
    assert prediction_text(state, fit, target) == told


def test_the_predicted_error_for_lines_is_that_of_the_fit() -> None:
    grid = Grid.axis_aligned((20, 20, 20), (5.0, 5.0, 5.0), np.zeros(3))
    points = np.random.default_rng(2).normal(size=(6, 3)) * 40
    pairs = [LandmarkPair(f"L{n}", tuple(p), tuple(MOVING_FROM_FIXED.apply(p))) for n, p in enumerate(points)]
    assert error_within(landmark_facts(replace(study(*pairs[:2]), fle_mm=1.5)), grid) is None
    error = error_within(landmark_facts(replace(study(*pairs), fle_mm=1.5)), grid)
    assert error is not None
    assert error.grid is grid
    assert error.tre_mm(points.mean(axis=0)[None])[0] == pytest.approx(1.5 / np.sqrt(6), rel=0.01)
    wrong = replace(pairs[0], moving_point=tuple(np.array(pairs[0].moving_point) + 30))
    contradicted = landmark_facts(replace(study(wrong, *pairs[1:]), fle_mm=1.5))
    assert contradicted.error is not None
    assert error_within(contradicted, grid) is None


def test_left_out_distances_and_residuals_belong_to_their_rows() -> None:
    displaced = (0.0, 0.0, 3.0)
    pairs = [pair(0), pair(1, use="off"), pair(2), pair(3), pair(4, displaced), pair(5)]
    facts = landmark_facts(study(*pairs))
    assert [one.index for one in facts.pairs] == [0, 2, 3, 4, 5]
    last = facts.pairs[3]
    assert last.left_out_mm == pytest.approx(3.0, abs=1e-9)  # the others agree exactly: their fit is the truth
    assert 0 < last.residual_mm < 3.0


def test_only_pairs_outside_the_fit_measure_and_they_measure_the_pose() -> None:
    checks = [pair(5, (0, 0, 1.0), use="check"), pair(6, (0, 2.0, 0), use="check")]
    out = [pair(7, (9.0, 0, 0), use="off")]
    state = study(*(pair(n) for n in range(5)), *checks, *out)
    measured = landmark_facts(state).measured
    assert measured is not None
    assert (measured.count, measured.worst) == (2, "L7")
    assert measured.mean_mm == pytest.approx(1.5)
    assert measured.max_mm == pytest.approx(2.0)
    assert measured_text(measured) == (
        "Measured at 2 check points that were not in the fit, under the pose shown: mean 1.5, max 2.0 mm (L7)."
    )
    shifted = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 1.0])) @ MOVING_FROM_FIXED
    elsewhere = measured_under(state, shifted)
    assert elsewhere is not None
    assert elsewhere.mean_mm == pytest.approx((0 + np.sqrt(5)) / 2)
    moved = landmark_facts(replace(state, alignment=Alignment(shifted)))
    assert moved.measured == elsewhere
    assert moved.tre_mm(np.zeros(3)) == landmark_facts(state).tre_mm(np.zeros(3))  # the prediction is the fit's
    assert measured_under(study(pair(0)), MOVING_FROM_FIXED) is None
    assert "Nothing is measured" in measured_text(None)


def test_a_pair_displaced_by_10_mm_is_named_with_its_reason() -> None:
    pairs = noisy(8, 0.5)
    assert landmark_facts(study(*pairs)).suspicions == ()
    moved = np.asarray(pairs[3].moving_point) + np.array([0, 10.0, 0])
    pairs[3] = replace(pairs[3], moving_point=edits.point_of(moved))
    facts = landmark_facts(study(*pairs))
    (one,) = facts.suspicions
    assert (one.index, one.twin) == (3, None)
    assert sentence(one.finding) == (
        f"“L4” lies {one.off_mm:.1f} mm from where the others expect it: look again, or leave it out."
    )
    assert one.off_mm == pytest.approx(10, abs=1)
    assert withheld(study(*pairs)) == "No error is predicted here: a pair does not fit"
    assert misfit_text(study(*pairs)) == ""  # the suspect explains it


def test_rows_of_suspects_are_those_of_all_pairs() -> None:
    pairs = [replace(one, use="fit" if n else "off") for n, one in enumerate(noisy(8, 0.5))]
    pairs[3] = replace(
        pairs[3], moving_point=edits.point_of(np.asarray(pairs[3].moving_point) + np.array([0, 10.0, 0]))
    )
    assert [one.index for one in landmark_facts(study(*pairs)).suspicions] == [3]


def test_swapped_pairs_are_one_suspicion_and_an_exchange_mends_them() -> None:
    pairs = noisy(8, 0.5)
    pairs[1], pairs[4] = (
        replace(pairs[1], moving_point=pairs[4].moving_point, again=(("moving", (1, 1, 1)), ("fixed", (2, 2, 2)))),
        replace(pairs[4], moving_point=pairs[1].moving_point),
    )
    state = study(*pairs)
    (one,) = landmark_facts(state).suspicions
    assert (one.index, one.twin) == (1, 4)
    assert sentence(one.finding) == "“L2” and “L5” look swapped: exchange them?"
    mended = landmark_edits.exchange_points(state, 1, 4)
    assert landmark_facts(mended).suspicions == ()
    assert mended.landmarks[1].again == (("fixed", (2, 2, 2)),)
    assert mended.landmarks[4].again == (("moving", (1, 1, 1)),)
    assert landmark_edits.exchange_points(mended, 1, 4).landmarks[1].moving_point == pairs[1].moving_point


def test_a_point_on_the_other_side_is_said_so() -> None:
    pairs = noisy(8, 0.5)
    mirrored = PLACES[0] * (-1, 1, 1)
    pairs[0] = replace(pairs[0], moving_point=edits.point_of(MOVING_FROM_FIXED.apply(mirrored)))
    sentences = [sentence(one.finding) for one in landmark_facts(study(*pairs)).suspicions]
    assert len(sentences) == 1
    assert "“L1” lies " in sentences[0]
    assert "perhaps on the wrong side of the head" in sentences[0]


def test_residuals_beyond_the_assumed_error_are_said_and_usual_ones_not() -> None:
    loud = replace(study(*noisy(8, 3.0)), fle_mm=0.5)
    facts = landmark_facts(loud)
    assert facts.suspicions == ()
    (doubt,) = facts.doubts
    assert doubt.value * 0.5 == pytest.approx(3.0, rel=0.35)
    assert "cannot be believed" in misfit_text(loud)
    assert facts.fit is not None
    why = f"FRE {facts.fit.fre_mm:.1f} mm contradicts FLE 0.5 mm"
    assert withheld(loud) == f"No error is predicted here: {why}"
    usual = [landmark_facts(replace(study(*noisy(8, 0.5, seed)), fle_mm=0.5)) for seed in range(200)]
    assert sum(bool(one.doubts or one.suspicions) for one in usual) <= 10  # 1 in 100 each


@pytest.mark.parametrize(("stretch", "word"), [((-1, 1, 1), "look mirrored"), ((1.1, 1.1, 1.1), "1.100 times as far")])
def test_pairs_that_no_rigid_fit_can_bring_together_are_told_and_none_is_blamed(
    stretch: tuple[float, float, float], word: str
) -> None:
    pairs = [
        replace(one, moving_point=edits.point_of(MOVING_FROM_FIXED.apply(PLACES[n] * stretch)))
        for n, one in enumerate(noisy(8, 0.5))
    ]
    facts = landmark_facts(study(*pairs))
    assert facts.suspicions == ()
    assert word in misfit_text(study(*pairs))
    assert withheld(study(*pairs)) == "No error is predicted here: the pairs do not fit"


def test_repeats_tell_the_error_of_both_images_together() -> None:
    pairs = (
        pair(0, again=(("fixed", edits.point_of(PLACES[0] + (2, 0, 0))),)),  # two marks 2 mm apart: variance 2
        replace(
            pair(1), again=(("moving", edits.point_of(np.asarray(pair(1).moving_point) + np.array([0, 4, 0]))),)
        ),  # 8
    )
    estimate = estimate_from_repeats(pairs)
    assert estimate.counts == {"fixed": 1, "moving": 1}
    assert estimate.fle_mm == pytest.approx(np.sqrt(2 + 8))
    facts = landmark_facts(study(*pairs))
    assert repeats_text(facts).startswith("From repeats (1 in the fixed and 1 in the moving image): 3.16 mm ± ")
    alone = landmark_facts(study(pairs[0]))
    assert alone.repeats.fle_mm is None
    assert repeats_text(alone) == (
        "Repeats: 1 in the fixed and 0 in the moving image. The placement must be repeated in both."
    )
    assert repeats_text(landmark_facts(study(pair(0)))) == ""


def test_the_stated_uncertainty_is_that_of_the_estimate() -> None:
    rng = np.random.default_rng(8)
    found, stated = [], 0.0
    for _ in range(400):
        pairs = []
        for n in range(4):
            marks = {side: rng.normal(scale=0.7, size=(3, 3)) for side in SIDES}
            again = tuple((side, edits.point_of(m)) for side, points in marks.items() for m in points[1:])
            pairs.append(LandmarkPair(f"{n}", edits.point_of(marks["fixed"][0]), edits.point_of(marks["moving"][0]),
                                      again=again))  # fmt: skip
        estimate = estimate_from_repeats(tuple(pairs))
        assert estimate.fle_mm is not None
        found.append(estimate.fle_mm)
        stated = estimate.uncertainty
    assert np.mean(found) == pytest.approx(0.7 * np.sqrt(6), rel=0.03)
    assert np.std(found) / np.mean(found) == pytest.approx(stated, rel=0.15)


def test_the_automatic_error_comes_from_the_voxels() -> None:
    state = replace(edits.new_study(phantom_mr(), phantom_ct()), fle_mm=0.4)
    assert automatic_fle_mm(state) == pytest.approx(np.sqrt(2 * 4 * 27 / 12))
    assert landmark_facts(state).fle_mm == 0.4
    assert landmark_facts(replace(state, fle_mm=None)).fle_mm == automatic_fle_mm(state)


def test_it_is_said_when_the_prediction_is_not_about_the_pose() -> None:
    state = study(*noisy(6, 0.5))
    assert "not for the pose shown" in about_pose(state, state.alignment.moving_from_fixed)
    fitted = edits.fit_to_landmarks(state)
    assert about_pose(fitted, fitted.alignment.moving_from_fixed) == ""
    changed = landmark_edits.place_point(fitted, 0, "fixed", (61, -10, 0))
    assert "changed since the fit" in about_pose(changed, changed.alignment.moving_from_fixed)
    assert about_pose(study(), RigidTransform.identity()) == ""


def test_they_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state = study(*noisy(7, 0.31, seed=77))
    facts = landmark_facts(state)
    monkeypatch.setattr(module, "fit_landmarks", None)  # would fail if it were called
    assert landmark_facts(state) is facts
    assert landmark_facts(replace(state, alignment=Alignment())).error is facts.error
