"""Registration, refinement and landmark fits, as programs ask for them."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import phantoms
import pytest

from fusionviewer import (
    Cancelled,
    FusionError,
    LandmarkPair,
    Observer,
    Progress,
    RigidTransform,
    Volume,
    describe,
    fit_landmarks,
    read_transform,
    refine,
    register,
    write_transform,
)
from fusionviewer.cli.main import run
from fusionviewer.errors import BadArgument, RegistrationFailed, UnreadableInput
from fusionviewer.exchange.points.landmarks_csv import write_landmarks
from fusionviewer.registration import Bounds, PoseUpdate, RegistrationResult

TRUTH = phantoms.MOVING_FROM_FIXED
PLACES = {name: phantoms.centre_of(name) for name in ("left eye", "right eye", "nose", "lesion", "sinus")}
FIXED = np.stack(list(PLACES.values()))
MOVING = TRUTH.apply(FIXED)
OFF = RigidTransform.from_rotation_vector([0.0, 0.0, 0.03], FIXED[0], np.array([2.0, 0.0, 0.0])) @ TRUTH
Head = tuple[Volume, Volume]
Files = tuple[Path, Path]


def test_a_registration_finds_the_head(registered: RegistrationResult) -> None:
    assert registered.ending == "converged", describe(registered)
    assert phantoms.error_mm(registered.moving_from_fixed) < 1.5
    assert registered.start_kind == "auto"


def test_it_is_that_of_the_command_line(tmp_path: Path, files: Files, registered: RegistrationResult) -> None:
    options = ["--preset", "fast", "--no-volume", "--out", str(tmp_path)]
    assert run(["register", *map(str, files), *options]) == 0
    assert read_transform(tmp_path / "study.fusion.json") == registered.moving_from_fixed


def test_a_refinement_stays_within_its_limits(head: Head) -> None:
    result = refine(*head, OFF, max_shift_mm=5, max_rotation_deg=4)
    assert phantoms.error_mm(result.moving_from_fixed) < 1.5
    assert result.bounds is not None
    assert result.bounds.contains(result.moving_from_fixed)
    assert (result.bounds.max_shift_mm, result.bounds.max_rotation_deg) == (5, 4)
    assert result.start == OFF


def test_a_limit_that_is_reached_is_told(head: Head) -> None:
    result = refine(*head, OFF, max_shift_mm=0.5)
    assert result.ending == "bounded"
    assert "shift" in result.touched
    assert result.bounds is not None
    assert result.bounds.max_rotation_deg == 10


@pytest.mark.parametrize(("preset", "limits"), [("refine", (10, 10)), ("fast", (10, 10))])
def test_without_limits_those_of_the_preset_hold_or_the_usual_ones(
    head: Head, monkeypatch: pytest.MonkeyPatch, preset: str, limits: tuple[float, float]
) -> None:
    asked = _asked(monkeypatch)
    refine(*head, "header", preset=preset)
    assert (asked["max_shift_mm"], asked["max_rotation_deg"]) == limits


def _asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the engine is asked for, instead of a run."""
    asked: dict[str, Any] = {}

    def register(fixed: Volume, moving: Volume, start: object, **more: Any) -> None:
        asked.update(more, fixed=fixed, moving=moving, start=start)

    monkeypatch.setattr("fusionviewer.registration.register", register)
    return asked


def test_paths_arrays_and_files_are_taken(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _asked(monkeypatch)
    box: Any = np.array([[-50, -50, -50], [50, 50, 50]])
    register(str(files[0]), files[1], OFF.matrix, seed=7, box=box, mask=files[0])
    assert asked["start"].is_close(OFF)
    assert asked["start_kind"] == "current"
    assert (asked["fixed"].modality, asked["moving"].modality) == ("MR", "CT")
    assert asked["settings"].seed == 7
    assert asked["region"].box == ((-50, -50, -50), (50, 50, 50))
    assert asked["region"].mask.name == "mr"
    write_transform(OFF, tmp_path / "off.tfm")
    refine(*files, tmp_path / "off.tfm")
    assert asked["start"].is_close(OFF)
    assert asked["start_kind"] == "file"


def test_landmarks_begin_a_run_and_hold_it(head: Head, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _asked(monkeypatch)
    register(*head, "landmarks", landmarks=(PLACES, {name: TRUTH.apply(at) for name, at in PLACES.items()}))
    assert asked["start"].is_close(TRUTH, 1e-6)
    assert asked["start_kind"] == "landmarks"
    assert asked["pull"] is None
    pairs = [LandmarkPair(name, tuple(at), tuple(TRUTH.apply(at)), fle_mm=2.0) for name, at in PLACES.items()]
    register(*head, "header", landmarks=pairs, landmark_weight=3)
    assert asked["start"] == "header"
    pull = asked.get("pull")
    assert pull is not None
    assert pull.weight == 3
    np.testing.assert_allclose(pull.fle_mm, 2.0)


def test_progress_is_told_and_a_run_can_be_cancelled(head: Head) -> None:
    told: list[Progress] = []
    observer = Observer(told.append)
    timer = threading.Thread(target=_cancel_when_it_runs, args=(told, observer))
    timer.start()
    with pytest.raises(Cancelled):
        register(*head, "header", observer=observer)
    timer.join()
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert any(isinstance(progress.detail, PoseUpdate) for progress in told)


def _cancel_when_it_runs(told: list[Progress], observer: Observer) -> None:
    end = time.monotonic() + 60
    while not any(progress.detail for progress in told) and time.monotonic() < end:
        time.sleep(0.01)
    observer.cancelled.set()


@pytest.mark.parametrize(
    ("start", "more", "sentence"),
    [
        ("auto", {"max_shift_mm": 5}, "an automatic start is none"),
        ("header", {"max_shift_mm": -1}, "maximum shift"),
        ("header", {"max_rotation_deg": 181}, "maximum rotation"),
        ("nowhere.tfm", {}, "neither a file nor one of auto"),
        (np.eye(3), {}, "4×4"),
        (np.diag([1.0, 1.0, -1.0, 1.0]), {}, "mirrors"),
        (object(), {}, "no rigid transform"),
        ("header", {"preset": "none"}, "no preset called none"),
        ("header", {"seed": -1}, "seed"),
        ("header", {"box": [1, 2, 3]}, "box is not made of 2 × 3 finite numbers"),
        ("header", {"box": [[0, 0, 0], [1, 1, 1]]}, "thinner than 10 mm"),
        ("header", {"landmark_weight": 1}, "There are no landmarks"),
        ("landmarks", {}, "There are no landmarks"),
        ("header", {"landmarks": (FIXED, MOVING)}, "would do nothing"),
        ("landmarks", {"landmarks": (FIXED, MOVING[:4])}, "holds 4"),
        ("landmarks", {"landmarks": [FIXED, MOVING, MOVING]}, "no landmarks"),
        ("header", {"landmarks": (FIXED, MOVING), "landmark_weight": float("nan")}, "weight"),
    ],
)
def test_what_makes_no_run_is_refused_with_a_sentence(head: Head, start: Any, more: Any, sentence: str) -> None:
    with pytest.raises(BadArgument, match=sentence) as refused:
        refine(*head, start, **more)
    assert refused.value.remedy


def test_what_is_wrong_is_told_before_an_image_is_read() -> None:
    with pytest.raises(BadArgument, match="maximum shift"):
        refine("no-such-file.nii", "nor-this.nii", "header", max_shift_mm=float("nan"))
    with pytest.raises(UnreadableInput, match=r"no file or folder no-such-file\.nii"):
        register("no-such-file.nii", "nor-this.nii")


def test_images_without_a_head_are_refused(head: Head) -> None:
    fixed, _ = head
    with pytest.raises(RegistrationFailed) as refused:
        register(fixed, _uniform(fixed))
    assert isinstance(refused.value, FusionError)


def _uniform(like: Volume) -> Volume:
    from fusionviewer import volume_from_array

    return volume_from_array(np.full(like.array.shape, -1000), like.grid.spacing, like.grid.origin, modality="CT")


@pytest.mark.parametrize("kind", ["arrays", "lists", "mappings", "files"])
def test_a_fit_to_landmarks(tmp_path: Path, kind: str) -> None:
    moved = {name: TRUTH.apply(at) for name, at in PLACES.items()}
    given: dict[str, tuple[Any, Any]] = {
        "arrays": (FIXED, MOVING),
        "lists": (FIXED.tolist(), MOVING.tolist()),
        "mappings": (PLACES, dict(reversed(moved.items()))),
        "files": (tmp_path / "fixed.csv", str(tmp_path / "moving.csv")),
    }
    write_landmarks(tmp_path / "fixed.csv", PLACES)
    write_landmarks(tmp_path / "moving.csv", moved)
    fit = fit_landmarks(*given[kind])
    assert fit.moving_from_fixed.is_close(TRUTH, 1e-5)
    assert fit.fre_mm < 1e-5
    assert fit.residuals_mm.shape == (5,)


def test_pairs_that_are_placed_better_count_more() -> None:
    moving = MOVING + np.array([[6.0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
    doubted = fit_landmarks(FIXED, moving, [50, 1, 1, 1, 1])
    assert phantoms.error_mm(doubted.moving_from_fixed) < 0.1
    assert phantoms.error_mm(fit_landmarks(FIXED, moving).moving_from_fixed) > 1


def test_what_only_one_side_names_is_left_out_and_told() -> None:
    more = {**PLACES, "left ear": phantoms.centre_of("left ear")}
    with pytest.warns(UserWarning, match="only one side has them: left ear") as told:
        fit = fit_landmarks(more, {name: TRUTH.apply(at) for name, at in PLACES.items()})
    assert fit.moving_from_fixed.is_close(TRUTH, 1e-6)
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    ("fixed", "moving", "sentence"),
    [
        (FIXED[:2], MOVING[:2], "2 pairs"),
        (FIXED, MOVING[:, :2], "moving_points is not made of n × 3 finite numbers"),
        (FIXED, MOVING * np.nan, "moving_points is not made of"),
        (FIXED, PLACES, "fixed_points"),
        (FIXED, MOVING * 1000, "times as far apart"),
        ({"a": [1, 2]}, PLACES, r"fixed_points\['a'\] is not made of 3 finite numbers"),
        ("words", PLACES, "no file words"),
    ],
)
def test_points_that_make_no_fit_are_refused(fixed: Any, moving: Any, sentence: str) -> None:
    with pytest.raises(FusionError, match=sentence):
        fit_landmarks(fixed, moving)


def test_as_many_errors_as_pairs() -> None:
    with pytest.raises(BadArgument, match="fle_mm is not made of 5 finite numbers"):
        fit_landmarks(FIXED, MOVING, [1, 1])


def test_bounds_are_those_of_the_engine(head: Head, registered: RegistrationResult) -> None:
    result = refine(*head, registered.moving_from_fixed, max_shift_mm=0, max_rotation_deg=0)
    assert isinstance(result.bounds, Bounds)
    assert result.moving_from_fixed.is_close(registered.moving_from_fixed, 1e-6)
