from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fusionviewer.errors import RegistrationFailed
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid
from fusionviewer.registration import Ending, Evidence, Reason, register
from fusionviewer.registration.evidence import doubts

GOOD = Evidence(
    starts=16, agreeing=9, spread_mm=0.2, overlap=0.9, contrast=5.0, parts_mm=0.5, rival_mm=200.0, rival_share=0.6
)


def like(volume: Volume, array: np.ndarray, modality: Modality = "") -> Volume:
    return Volume(image_on_grid(np.ascontiguousarray(array), volume.grid), "made up", modality)


def belly() -> Volume:
    """A CT of another part of the body: fat, muscle, organs, a spine."""
    grid = Grid.axis_aligned((120, 90, 60), (3.0, 3.0, 4.0), np.zeros(3))
    k, j, i = np.indices(grid.size[::-1])
    points = grid.points(np.stack([i, j, k], axis=-1).astype(float))
    values = np.full(grid.size[::-1], -1000.0)
    pieces: list[tuple[tuple[float, ...], tuple[float, ...], float]] = [
        ((0, 0, 0), (150, 100, 900), -90), ((0, 0, 0), (135, 85, 900), 50), ((0, 50, 0), (22, 20, 900), 300),
        ((-60, -10, 20), (55, 50, 60), 65), ((50, 40, -40), (22, 22, 45), 40), ((10, -40, 0), (20, 20, 50), -800),
    ]  # fmt: skip
    for centre, radii, value in pieces:
        values[np.sum(((points - centre) / np.asarray(radii)) ** 2, axis=-1) < 1] = value
    values += np.random.default_rng(0).normal(0, 10, values.shape)
    return Volume(image_on_grid(values.astype(np.int16), grid), "belly", "CT")


def test_nothing_speaks_against_a_good_pose() -> None:
    assert doubts(GOOD) == ()
    assert GOOD.agreement == 9 / 16


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"overlap": 0.2}, Reason("overlap_doubtful", {"overlap": 0.2})),
        ({"contrast": 1.0}, Reason("contrast_of_chance", {"contrast": 1.0})),
        ({"rival_share": 0.97}, Reason("rival_pose", {"rival_mm": 200.0, "rival_share": 0.97})),
        ({"region_mm": 2.5}, Reason("region_elsewhere", {"region_mm": 2.5})),
        ({"mirror_share": 1.1}, Reason("mirror_better", {"mirror_share": 1.1})),
        ({"parts_mm": 3.0}, Reason("parts_disagree", {"parts_mm": 3.0})),
        ({"parts_mm": 1000.0}, Reason("parts_untold")),
        ({"parts_mm": 1.2, "contrast": 3.0}, Reason("parts_disagree", {"parts_mm": 1.2})),
        ({"agreeing": 1}, Reason("lone_start", {"starts": 16})),
        ({"agreeing": 1, "starts": 4, "contrast": 3.0}, Reason("lone_start", {"starts": 4})),
    ],
)
def test_each_doubt_is_told(change: dict[str, Any], reason: Reason) -> None:
    assert doubts(replace(GOOD, **change)) == (reason,)


@pytest.mark.parametrize(
    "change",
    [{"rival_share": 0.97, "rival_mm": 2.0}, {"parts_mm": 1.2}, {"contrast": 3.0}, {"agreeing": 1, "starts": 4}],
)
def test_one_weak_sign_alone_is_no_doubt(change: dict[str, Any]) -> None:
    assert doubts(replace(GOOD, **change)) == ()


def test_the_samples_evidence_is_good(sample_pair: Any) -> None:
    evidence = register(*sample_pair).evidence
    assert evidence is not None
    assert evidence.agreement > 0.2
    assert evidence.overlap > 0.9
    assert evidence.contrast > 4
    assert evidence.parts_mm < 1
    assert evidence.rival_share < 0.8


def impossible(name: str, fixed: Volume, moving: Volume) -> tuple[Volume, Volume]:
    rng = np.random.default_rng(1)
    if name == "a CT of the belly":
        return fixed, belly()
    if name == "a noisy CT":
        return fixed, like(moving, rng.normal(0, 300, moving.array.shape).astype(np.int16), "CT")
    if name == "a noisy MR":
        return like(fixed, rng.normal(100, 20, fixed.array.shape).astype(np.float32), "MR"), moving
    if name == "an empty MR":
        return like(fixed, np.zeros_like(fixed.array), "MR"), moving
    if name == "the mirror image":
        return fixed, like(moving, moving.array[:, :, ::-1], "CT")
    if name == "top of one, bottom of the other":
        return Volume(fixed.image[:, :, -70:], "top", "MR"), Volume(moving.image[:, :, :30], "bottom", "CT")
    return Volume(fixed.image[:, :, :60], "bottom", "MR"), Volume(moving.image[:, :, -35:], "top", "CT")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a CT of the belly", marks=pytest.mark.long),
        "a noisy CT",
        pytest.param("a noisy MR", marks=pytest.mark.long),
        "an empty MR",
        "the mirror image",
        pytest.param("top of one, bottom of the other", marks=pytest.mark.long),
        pytest.param("bottom of one, top of the other", marks=pytest.mark.long),
    ],
)
def test_the_impossible_is_never_called_converged(sample_pair: Any, name: str) -> None:
    assert ending_of(*impossible(name, *sample_pair)) in {Ending.DOUBTFUL, Ending.FAILED}


def ending_of(fixed: Volume, moving: Volume) -> Ending:
    try:
        return register(fixed, moving).ending
    except RegistrationFailed:
        return Ending.FAILED


def test_a_start_far_from_the_truth_is_not_called_converged(sample_pair: Any, sample_truth: RigidTransform) -> None:
    upside_down = RigidTransform.from_rotation_vector([np.pi, 0, 0], sample_truth.apply(np.zeros(3)), np.zeros(3))
    result = register(sample_pair.fixed, sample_pair.moving, upside_down @ sample_truth)
    assert result.ending is Ending.DOUBTFUL


def test_noise_is_doubtful_even_if_nothing_may_move(phantom_mr: Volume, phantom_ct: Volume) -> None:
    noise = np.random.default_rng(1).normal(0, 300, phantom_ct.array.shape).astype(np.float32)
    noise[phantom_ct.array < -300] = -1000
    result = register(phantom_mr, like(phantom_ct, noise, "CT"), "header", max_shift_mm=0.0, max_rotation_deg=0.0)
    assert result.ending is Ending.DOUBTFUL
    assert result.evidence is not None
    assert result.evidence.starts == 1
    assert result.moving_from_fixed.is_close(RigidTransform.identity(), 1e-9)
