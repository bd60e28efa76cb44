"""What is said about an alignment, when, and what never."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pytest
from finding_examples import VALUES
from landmark_sets import noisy, pair
from phantoms import MOVING_FROM_FIXED, phantom_ct, phantom_mr

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.dicom.patient_marks import PatientMarks
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality import wording
from fusionviewer.quality.finding import LEVELS, Finding, Level, found
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.review_findings import why_not_accepted
from fusionviewer.quality.wording import reason_text, record, sentence
from fusionviewer.registration import (
    VALUES_OF,
    Bounds,
    Ending,
    Reason,
    ReasonCode,
    RegistrationResult,
    RegistrationSettings,
)
from fusionviewer.session import edits
from fusionviewer.session.alignment import Alignment, PoseOrigin
from fusionviewer.session.state import FusionState, LandmarkPair

Verdict: TypeAlias = Literal["accepted", "rejected"]

MR, CT = phantom_mr(), phantom_ct()
REVIEWED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BOUNDS = Bounds.about(RigidTransform.identity(), np.zeros(3), 8, 2.5)
HEAD: Points = np.array([[x, y, z] for z in (-60, 60) for y in (-70, 70) for x in (-60, 60)], dtype=np.float64)


def study(*pairs: LandmarkPair, verdict: Verdict | None = "accepted", **changes: Any) -> FusionState:
    """A reviewed alignment of the phantoms as they truly lie, which nothing else speaks against."""
    true: dict[str, Any] = {"moving_from_fixed": MOVING_FROM_FIXED, "start": MOVING_FROM_FIXED, "origin": "file"}
    state = replace(edits.new_study(MR, CT), landmarks=pairs, alignment=Alignment(**true | changes))
    return state if verdict is None else edits.set_review(state, verdict, "", REVIEWED)


def ended(ending: Ending, *reasons: Reason) -> RegistrationResult:
    return RegistrationResult(
        MOVING_FROM_FIXED, MOVING_FROM_FIXED, ending, reasons, RegistrationSettings(), "auto", 1.0, 1.0, BOUNDS
    )


def against(state: FusionState, head: Points | None = HEAD) -> list[Finding]:
    return [one for one in alignment_findings(state, head) if one.level != "fact"]


def only(state: FusionState, head: Points | None = HEAD) -> Finding:
    (finding,) = against(state, head)
    return finding


def shifted(mm: float) -> RigidTransform:
    return RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, mm])) @ MOVING_FROM_FIXED


def limit(**reached: float) -> RegistrationResult:
    return ended(Ending.BOUNDED, Reason("limit_reached", reached))


def test_a_reviewed_alignment_without_faults_has_nothing_against_it() -> None:
    run = ended(Ending.CONVERGED, Reason("settled"))
    assert against(study(*noisy(6, 0.5), run=run)) == []
    assert alignment_findings(FusionState(), None) == ()


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        (study(origin="header", verdict=None), "note", "Scanner alignment: not registered yet."),
        (study(origin="centre", verdict=None), "note", "Centres aligned: not registered yet."),
        (study(verdict=None), "note", "not been reviewed"),
        (study(verdict="rejected"), "warning", "Rejected on 2026-01-02 03:04 UTC."),
        (study(run=limit(max_shift_mm=8.0)), "warning", "limit of 8 mm of translation was"),
        (study(run=limit(max_rotation_deg=2.5)), "warning", "limit of 2.5° of rotation was"),
        (
            study(run=limit(max_shift_mm=8.0, max_rotation_deg=2.5)),
            "warning",
            "8 mm of translation and 2.5° of rotation was",
        ),
        (study(start=shifted(63.4)), "note", "63 mm"),
    ],
)
def test_each_has_its_sentence(state: FusionState, level: Level, words: str) -> None:
    finding = only(state)
    assert finding.level == level
    assert words in sentence(finding)
    assert finding.where is None


def test_what_makes_a_run_doubtful_is_told_reason_by_reason() -> None:
    run = ended(Ending.DOUBTFUL, Reason("parts_disagree", {"parts_mm": 3.04}), Reason("lone_start", {"starts": 16}))
    told = against(study(run=run))
    assert [(one.code, one.level) for one in told] == [
        ("doubtful", "warning"), ("parts_disagree", "warning"), ("lone_start", "warning"),
    ]  # fmt: skip
    assert reason_text(run) == (
        "Sub-regions give inconsistent alignments: they differ by 3.0 mm. Only 1 of 16 starts converged here."
    )
    assert reason_text(run) == " ".join(sentence(one) for one in told[1:])


def test_a_text_from_an_older_study_is_told_as_it_is() -> None:
    text = "The starts disagree."
    loud, quiet = (ended(ending, Reason("told", {"text": text})) for ending in (Ending.DOUBTFUL, Ending.CONVERGED))
    assert sentence(against(study(run=loud))[-1]) == text
    assert against(study(run=quiet)) == []
    assert reason_text(loud) == reason_text(quiet) == text


def test_overlap_is_a_note_where_a_part_is_cut_off_and_a_warning_where_little_is_left() -> None:
    whole = float(np.ptp(CT.grid.corners[:, 2]))
    cut, little = (only(study(moving_from_fixed=(p := shifted(share * whole)), start=p)) for share in (0.4, 0.7))
    assert (cut.code, cut.level) == ("overlap_part", "note")
    assert (little.code, little.level) == ("overlap_little", "warning")
    assert f"{100 * (1 - cut.values['overlap']):.0f} % of the head lies outside" in sentence(cut)
    assert f"Only {100 * little.values['overlap']:.0f} %" in sentence(little)
    for finding in (cut, little):
        assert finding.where is not None
        assert finding.where[2] > 0  # the head sticks out at its top


@pytest.mark.parametrize(("origin", "mm", "told"), [
    ("header", 51.0, True), ("header", 49.0, False), ("centre", 51.0, False), ("registration", 51.0, False),
])  # fmt: skip
def test_headers_that_place_the_images_far_apart_are_noted(origin: PoseOrigin, mm: float, told: bool) -> None:
    middle = CT.grid.centre - MR.grid.centre
    pose = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), middle + np.array([0.0, 0.0, mm]))
    state = study(moving_from_fixed=pose, start=pose, origin=origin)
    found = [one for one in alignment_findings(state, CT.grid.corners) if one.code == "centres_apart"]
    assert len(found) == told
    if told:
        assert found[0].level == "note"
        assert sentence(found[0]).startswith("The headers place the centres of the images 51 mm apart")


def test_images_that_do_not_overlap_are_told_even_where_no_head_was_found() -> None:
    apart = shifted(3 * float(np.ptp(CT.grid.corners[:, 2])))
    state = study(moving_from_fixed=apart, start=apart)
    for corners in (CT.grid.corners, None):
        told = [one for one in alignment_findings(state, corners) if one.code == "images_apart"]
        assert [one.level for one in told] == ["warning"]
        assert sentence(told[0]).startswith("The images do not overlap")


def test_the_run_and_the_pose_do_not_both_tell_a_share_of_overlap() -> None:
    pose = shifted(0.8 * float(np.ptp(CT.grid.corners[:, 2])))
    run = ended(Ending.DOUBTFUL, Reason("overlap_doubtful", {"overlap": 0.2}))
    told = against(study(moving_from_fixed=pose, start=pose, run=run))
    assert [one.code for one in told] == ["doubtful", "overlap_doubtful"]
    assert sentence(told[1]) == "Only 20 % of the head lies inside the other image."
    assert told[1].where is not None


def test_a_displaced_pair_is_told_once_and_can_be_gone_to() -> None:
    pairs = noisy(8, 0.5)
    pairs[1] = pair(1, (0, 12.0, 0))
    finding = only(study(*pairs))
    assert (finding.code, finding.level) == ("pair_displaced", "warning")
    assert finding.where == pairs[1].fixed_point
    assert finding.values["off_mm"] == pytest.approx(12, abs=1)
    assert f"“L2” lies {finding.values['off_mm']:.1f} mm from where the others expect it: look" in sentence(finding)


def test_a_pair_that_only_the_pose_leaves_apart_is_told_as_such() -> None:
    """The others have wide errors of their own, so that the fit blames none."""
    pairs = [replace(one, fle_mm=20.0) for one in noisy(6, 0.5)]
    pairs[1] = replace(pair(1, (0, 9.0, 0)), fle_mm=20.0)
    finding = only(study(*pairs))
    assert (finding.code, finding.level, finding.where) == ("pair_off_the_pose", "warning", pairs[1].fixed_point)
    assert "“L2” lie 9.0 mm apart under the pose shown" in sentence(finding)
    assert against(study(*(replace(one, fle_mm=20.0) for one in (*noisy(2, 0.5), pair(2, (0, 9.0, 0)))))) == []


def test_pairs_that_all_lie_far_apart_under_the_pose_are_told_although_they_agree() -> None:
    pairs = [pair(n, (0, 0, 27.0)) for n in range(5)]
    finding = only(study(*pairs))
    assert (finding.code, finding.level, finding.where) == ("pairs_off_the_pose", "warning", pairs[0].fixed_point)
    assert "The 5 landmark pairs agree with each other, but lie 27.0 mm apart" in sentence(finding)
    assert against(study(*(replace(one, fle_mm=15.0) for one in pairs))) == []  # placed so roughly, that is usual
    assert against(study(*pairs[:2])) == []
    unaligned = replace(study(*pairs), alignment=replace(study(*pairs).alignment, origin="header"))
    assert [one for one in against(unaligned) if one.code == "pairs_off_the_pose"] == []


@pytest.mark.parametrize("off", [(), (9, 1, 1), (0.1, 2.9, 0.1, 0.1), (5, 4, 6, 5), (0, 0, 0, 0)])
def test_landmarks_are_left_alone_while_none_stands_out(off: tuple[float, ...]) -> None:
    pairs = (replace(pair(n, (0, mm, 0)), fle_mm=20.0) for n, mm in enumerate(off))
    assert against(study(*pairs)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: edits.nudge(s, np.ones(3), np.zeros(3), np.zeros(3)), "the pose has changed since."),
        (lambda s: replace(s, landmarks=tuple(noisy(5, 0.5))), "the landmarks have changed since."),
        (lambda s: replace(s, moving=MR), "the images have changed since."),
        (edits.swap_images, "the pose, the images and the landmarks have changed since."),
    ],
)
@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_a_review_of_something_else_is_out_of_date(change: Any, words: str, verdict: Verdict) -> None:
    state = change(study(*noisy(6, 0.5), verdict=verdict))
    told = [one for one in alignment_findings(state, None) if "review" in one.code or one.code == verdict]
    (finding,) = told
    assert (finding.code, finding.level) == ("review_out_of_date", "warning")
    assert sentence(finding) == f"Out of date: {verdict} on 2026-01-02 03:04 UTC; {words}"


def test_what_the_readers_found_odd_is_told_of_each_image() -> None:
    state = replace(study(), moving=replace(CT, notes=("Two slices are missing.", "The gantry was tilted.")))
    assert [(sentence(one), one.values["side"], one.level) for one in against(state)] == [
        ("Moving image: Two slices are missing.", "moving", "note"),
        ("Moving image: The gantry was tilted.", "moving", "note"),
    ]


def test_the_same_image_twice_is_a_warning_and_a_mirrored_copy_told_as_such() -> None:
    same = replace(study(), moving=replace(MR, name="copy"))
    finding = next(one for one in against(same) if one.code == "same_image")
    assert (finding.level, finding.values) == ("warning", {"fixed": MR.name, "moving": "copy", "mirrored": False})
    assert "are the same image: was the same file opened twice?" in sentence(finding)
    turned = next(one for one in against(replace(study(), moving=mirror(MR, "x"))) if one.code == "same_image")
    assert "one of them mirrored" in sentence(turned)
    assert not [one for one in against(study()) if one.code in ("same_image", "both_ct")]


def test_different_patients_are_a_warning_that_names_none() -> None:
    def of(**values: str) -> Volume:
        return replace(MR, patient=PatientMarks(**values))

    def told(fixed: Volume, moving: Volume) -> list[str]:
        odd = against(replace(study(), fixed=fixed, moving=replace(CT, patient=moving.patient)))
        return [sentence(one) for one in odd if one.code == "other_patient"]

    assert told(of(name="a", number="1"), of(name="a", number="1")) == []
    assert told(of(name="a"), of()) == []
    assert told(of(name="a", sex="x"), of(name="b", sex="x")) == [
        "The headers of the fixed and the moving image name different patients (their name differs): "
        "make sure that both show one patient."
    ]
    (all_four,) = told(of(name="a", number="1", born="2", sex="3"), of(name="b", number="4", born="5", sex="6"))
    assert "(their name, ID, birth date and sex differ)" in all_four


def test_two_cts_are_a_note_and_two_mrs_are_nothing() -> None:
    other = Volume(CT.image + 1, "other", "CT")
    (finding,) = (one for one in against(replace(study(), fixed=other)) if one.code == "both_ct")
    assert (finding.level, finding.values) == ("note", {"fixed": "other", "moving": CT.name})
    assert sentence(finding).startswith("Both images are CTs. This program is made for a CT and an MR")
    two = replace(study(), moving=Volume(MR.image + 1, "other", "MR"))
    assert not [one for one in against(two) if one.code in ("same_image", "both_ct")]


def test_points_outside_of_their_image_are_counted_and_named() -> None:
    pairs = noisy(6, 0.5)
    pairs[1] = replace(pairs[1], fixed_point=(0.0, 0.0, 900.0), use="check")
    pairs[3] = replace(pairs[3], moving_point=(-900.0, 0.0, 0.0), use="off")
    pairs[4] = replace(pairs[4], moving_point=None)
    told = [one for one in against(study(*pairs)) if one.code == "points_outside"]
    assert [dict(one.values) for one in told] == [{"side": "fixed", "count": 1, "marked": 5, "names": ("L2",)}]
    many = [LandmarkPair(f"P{n}", None, (900.0, n, 0.0)) for n in range(12)]
    (one,) = (one for one in against(study(*many)) if one.code == "points_outside")
    assert sentence(one) == (
        "12 of 12 points in the moving image lie outside of it: “P0”, “P1”, “P2”, “P3”, “P4”, “P5”, “P6”, “P7” and "
        "4 more."
    )
    assert not [one for one in alignment_findings(replace(study(*noisy(6, 0.5))), HEAD) if one.code == "points_outside"]


@pytest.mark.parametrize(
    ("spoil", "because", "words"),
    [
        (lambda n, point: point + np.array([9.0, -9, 9]) * (n == 3), "misplaced", "“L4” does not fit the other pairs."),
        (lambda n, point: point * (-1, 1, 1), "mirrored", "looks mirrored, and no rigid fit mends that."),
        (lambda n, point: point * 1.1, "scaled", "looks scaled, and no rigid fit mends that."),
        (lambda n, point: point + 9 * np.sin([n, 2 * n, 3 * n]), "residuals", "as an FLE of 1 mm"),
    ],
)
def test_a_prediction_at_targets_that_the_pairs_contradict_is_withheld(spoil: Any, because: str, words: str) -> None:
    """Its numbers stay among the values, for programs; no sentence has them."""
    sound = replace(study(*noisy(8, 0.5)), fle_mm=1.0, targets=edits_targets())
    spoilt = [
        replace(one, moving_point=edits.point_of(spoil(n, np.asarray(one.moving_point))))
        for n, one in enumerate(sound.landmarks)
    ]
    state = replace(sound, landmarks=tuple(spoilt))
    told = {one.code: one for one in alignment_findings(state, HEAD)}
    before = {one.code: one for one in alignment_findings(sound, HEAD)}
    assert "prediction_contradicted" not in before
    warning = told["prediction_contradicted"]
    assert (warning.level, warning.values["because"]) == ("warning", because)
    assert "cannot be believed: " in sentence(warning)
    assert words in sentence(warning)
    assert told["error_predicted"].values["tre_mm"] == before["error_predicted"].values["tre_mm"]
    assert "mm: " not in sentence(told["error_predicted"])
    assert sentence(told["error_predicted"]).endswith("withheld at “T1”.")
    assert " mm." in sentence(before["error_predicted"])
    untargeted = alignment_findings(replace(state, targets=()), HEAD)
    assert "prediction_contradicted" not in {one.code for one in untargeted}


@pytest.mark.parametrize("code", [code for code in get_args(ReasonCode) if code != "told"])
def test_every_reason_of_a_run_is_a_finding_with_a_sentence(code: ReasonCode) -> None:
    text = reason_text(ended(Ending.DOUBTFUL, Reason(code, VALUES[code])))
    assert text[0].isupper()
    assert text.endswith((".", "?"))


@pytest.mark.parametrize("code", get_args(ReasonCode))
def test_the_sentence_of_a_reason_needs_no_more_than_its_values(code: ReasonCode) -> None:
    values = {name: "The starts disagree." if kind is str else 2.5 for name, kind in VALUES_OF[code].items()}
    text = reason_text(ended(Ending.DOUBTFUL, Reason(code, values)))
    assert text[0].isupper()
    assert "{" not in text


@pytest.mark.parametrize(
    "make", [lambda values: Reason("told", values), lambda values: Finding("moved", "fact", values)]
)
def test_values_cannot_be_changed(make: Callable[[dict[str, Any]], Reason | Finding]) -> None:
    given = {"off_mm": 12.0, "tre_mm": {"tumour": 1.4}, "names": ["a"]}
    one = make(given)
    values: Any = one.values
    with pytest.raises(TypeError):
        values["off_mm"] = 0.1
    with pytest.raises(TypeError):
        values["tre_mm"]["tumour"] = 0.1
    given["off_mm"] = 0.1
    assert values == {"off_mm": 12.0, "tre_mm": {"tumour": 1.4}, "names": ("a",)}
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one)), replace(one)):
        assert again == one
    assert hash(one) == hash(make({}))
    assert one != make({"off_mm": 0.1})


def test_every_code_has_a_level_and_a_sentence() -> None:
    assert set(wording._SENTENCES) == set(LEVELS)


def test_a_record_is_json_and_has_the_sentence() -> None:
    pairs = noisy(8, 0.5)
    pairs[1] = pair(1, (0, 12.0, 0))
    state = replace(study(*pairs, run=limit(max_shift_mm=8.0)), targets=edits_targets())
    for finding in alignment_findings(state, HEAD):
        told = json.loads(json.dumps(record(finding), allow_nan=False))
        assert set(told) == {"code", "level", "sentence", "values", "where"}
        assert told["sentence"] == sentence(finding)
        assert told["level"] == LEVELS[finding.code]


def edits_targets() -> tuple[Any, ...]:
    from fusionviewer.session import landmark_edits

    return landmark_edits.add_target(FusionState(), (1.0, 2.0, 3.0)).targets


def test_names_cannot_break_a_sentence() -> None:
    finding = found("pair_displaced", name="two\nlines\x1b[31m" + "x" * 100, off_mm=9.0)
    assert "\n" not in sentence(finding)
    assert "\x1b" not in sentence(finding)
    assert len(sentence(finding)) < 160


def test_warnings_come_first_and_nothing_is_called_accuracy() -> None:
    far = [replace(one, fle_mm=20.0) for one in (*noisy(5, 0.5), pair(5, (0, 40.0, 0)))]
    mirrored = [
        replace(one, moving_point=edits.point_of(np.asarray(one.moving_point) * (-1, 1, 1))) for one in noisy(8, 0.5)
    ]
    verdicts: tuple[Verdict | None, ...] = (None, "accepted", "rejected")
    choices = itertools.product(
        ("header", "file"),
        (MOVING_FROM_FIXED, shifted(99.0)),
        (None, HEAD, HEAD * 3),
        (None, *(ended(ending, Reason("told", {"text": "A reason."})) for ending in (Ending.DOUBTFUL, Ending.BOUNDED))),
        ((), far, mirrored),
        verdicts,
    )
    order = {"warning": 0, "note": 1, "fact": 2}
    for origin, start, head, run, pairs, verdict in choices:
        told = alignment_findings(study(*pairs, origin=origin, start=start, run=run, verdict=verdict), head)
        assert told
        levels = [order[finding.level] for finding in told]
        assert levels == sorted(levels)
        for finding in told:
            assert "accura" not in sentence(finding).lower()
            assert not sentence(finding)[0].islower()
            assert sentence(finding).endswith((".", "?"))


def test_what_leaves_the_program_says_that_its_pose_is_not_accepted() -> None:
    made = edits.set_pose(FusionState(), RigidTransform.from_euler((1, 0, 0, 0, 0, 0), np.zeros(3)), "hand")
    assert why_not_accepted(FusionState()) == ""
    assert why_not_accepted(made) == "This alignment has not been reviewed yet."
    assert why_not_accepted(edits.set_review(made, "rejected", "", by="ab")).startswith("Rejected by ab on ")
    accepted = edits.set_review(made, "accepted", "", by="ab")
    assert why_not_accepted(accepted) == ""
    moved = edits.set_pose(accepted, RigidTransform.identity(), "hand")
    assert why_not_accepted(moved).startswith("Out of date: accepted by ab on ")
