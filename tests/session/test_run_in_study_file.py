"""Runs in study files: the reasons with the values of their codes, and what is damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import (
    VALUES_OF,
    Bounds,
    Ending,
    Reason,
    ReasonCode,
    RegistrationResult,
    RegistrationSettings,
)
from fusionviewer.session.alignment import Alignment
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import load_study, save_study

POSE = RigidTransform.identity()
LIMITS = Bounds.about(POSE, (1, 2, 3), 4, 5)


def _written(tmp_path: Path, **changes: object) -> Path:
    """A study with a run whose record has these values instead of its own."""
    run = RegistrationResult(
        POSE, POSE, Ending.BOUNDED, (Reason("settled"),), RegistrationSettings(), "current", 1.25, 2.5, LIMITS
    )
    path = tmp_path / "run.fusion.json"
    save_study(FusionState(alignment=Alignment(run=run)), None, path)
    document = json.loads(path.read_text())
    document["run"].update(changes)
    path.write_text(json.dumps(document))
    return path


def _reasons(path: Path) -> tuple[Reason, ...]:
    run = load_study(path).without_images.alignment.run
    assert run is not None
    return run.reasons


@pytest.mark.parametrize("code", get_args(ReasonCode))
def test_a_reason_without_its_values_is_damage(tmp_path: Path, code: ReasonCode) -> None:
    kinds = VALUES_OF[code]
    whole = {name: "why" if kind is str else 2.5 for name, kind in kinds.items()}
    assert _reasons(_written(tmp_path, reasons=[{"code": code, "values": whole}])) == (Reason(code, whole),)
    wrong: list[object] = [None, [], "values"]
    wrong += [{}] if kinds else []
    for name, kind in kinds.items():
        bad: tuple[object, ...] = (None, True, [2.5], {}, 2.5 if kind is str else "2.5")
        wrong += [whole | {name: value} for value in bad]
    for values in wrong:
        with pytest.raises(UnreadableInput, match="damaged"):
            load_study(_written(tmp_path, reasons=[{"code": code, "values": values}]))


def test_a_run_that_reached_one_limit_is_read(tmp_path: Path) -> None:
    path = _written(tmp_path, reasons=[{"code": "limit_reached", "values": {"max_rotation_deg": 3}}])
    assert _reasons(path) == (Reason("limit_reached", {"max_rotation_deg": 3.0}),)


@pytest.mark.parametrize(
    "reasons", [{}, "", None, [{"code": ["settled"], "values": {}}], [{"code": "odd", "values": {}}]]
)
def test_reasons_that_are_no_list_of_reasons_are_damage(tmp_path: Path, reasons: object) -> None:
    with pytest.raises(UnreadableInput, match="damaged"):
        load_study(_written(tmp_path, reasons=reasons))


@pytest.mark.parametrize("limit", [{"max_shift_mm": -1}, {"max_rotation_deg": 181}, {"centre_lps_mm": {}}])
def test_a_run_with_limits_that_are_none_is_damage(tmp_path: Path, limit: dict[str, object]) -> None:
    bounds = json.loads(_written(tmp_path).read_text())["run"]["bounds"]
    with pytest.raises(UnreadableInput, match="damaged"):
        load_study(_written(tmp_path, bounds=bounds | limit))
