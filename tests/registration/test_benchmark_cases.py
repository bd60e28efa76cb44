"""The engine on cases of the benchmark: one that is quickly made, and a whole round behind --long."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import Ending, RegistrationSettings, register

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_cases", FOLDER / "cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def error(cases: ModuleType, name: str, seed: int) -> float:
    case = cases.make_case(cases.load_case(cases.SAMPLE), name, seed)
    result = register(Volume(case.fixed, "fixed"), Volume(case.moving, "moving"))
    assert result.ending is Ending.CONVERGED
    return float(cases.errors_mm(case.moving_from_fixed, result.moving_from_fixed.matrix, case.points).mean())


def test_a_header_that_is_wrong_by_a_right_angle(cases: ModuleType) -> None:
    assert error(cases, "turned", 31) < 1.0


def test_a_doubtful_result_is_looked_at_again_with_more_starts(cases: ModuleType) -> None:
    """The lower half of a head, far off: few of the usual starts lead to it."""
    case = cases.make_case(cases.load_case(cases.SAMPLE), "hard", 142)
    half = Volume(case.fixed[:, :, : case.fixed.GetSize()[2] // 2], "lower half")
    result = register(half, Volume(case.moving, "moving"))
    assert result.ending is Ending.CONVERGED
    assert result.settings == RegistrationSettings()
    assert result.evidence is not None
    assert result.evidence.starts > RegistrationSettings().starts + 2
    found = result.moving_from_fixed.matrix
    assert cases.errors_mm(case.moving_from_fixed, found, case.points).mean() < 1.0


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_every_class(cases: ModuleType) -> None:
    errors = {name: error(cases, name, 32) for name in cases.CLASSES}
    assert np.median(list(errors.values())) < 0.6
    assert max(errors.values()) < 1.5, errors


def test_the_same_seed_makes_the_same_case(cases: ModuleType) -> None:
    pair = cases.load_case(cases.SAMPLE)
    first, again = (cases.make_case(pair, "slab", 3) for _ in range(2))
    assert np.array_equal(first.moving_from_fixed, again.moving_from_fixed)
    assert np.array_equal(first.points, again.points)
    assert cases.seeds_of("0,2-4") == [0, 2, 3, 4]
