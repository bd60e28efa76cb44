"""Every kind of text that is read has a largest size and depth, and beyond them a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusionviewer.errors import FusionError, UnreadableInput
from fusionviewer.exchange.bids.documents import description_text
from fusionviewer.exchange.points.formats import read_points
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import read_transform
from fusionviewer.imaging.whole_files import DEEPEST, LARGEST_BYTES, SMALL_BYTES, json_value
from fusionviewer.registration.presets import load_preset
from fusionviewer.session.recent import read_remembered
from fusionviewer.session.state import FusionState, Target
from fusionviewer.session.study_file import load_study, save_study


def _deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_depth() -> None:
    assert json_value(_deep(DEEPEST)) is not None
    for levels in (DEEPEST + 2, 500, 100_000):
        with pytest.raises(ValueError, match="deep"):
            json_value(_deep(levels))
    with pytest.raises(ValueError, match="digits"):
        json_value("9" * 5000)


READERS: dict[str, tuple[Callable[[Path], object], int]] = {
    "a.fusion.json": (load_study, LARGEST_BYTES),
    "a.mrk.json": (read_points, LARGEST_BYTES),
    "a.csv": (read_points, LARGEST_BYTES),
    "a.json": (lambda path: read_transform(path, "json", Pair()), SMALL_BYTES),
    "a.txt": (lambda path: read_transform(path, "c3d", Pair()), SMALL_BYTES),
    "a.toml": (lambda path: load_preset(str(path)), SMALL_BYTES),
}


@pytest.mark.parametrize("name", READERS)
def test_size(name: str, tmp_path: Path) -> None:
    read, most = READERS[name]
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(most + 1)
    with pytest.raises(UnreadableInput, match="too large"):
        read(path)


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith("json")])
@pytest.mark.parametrize("odd", [_deep(DEEPEST + 2), _deep(50_000), "9" * 5000, "NaN", "1e308", '"\\ud800"', "-1e300"])
def test_a_value_that_makes_no_sense(name: str, odd: str, tmp_path: Path) -> None:
    read, _ = READERS[name]
    path = tmp_path / name
    known = {"a.fusion.json": "fusionviewer study", "a.json": "fusionviewer transform"}.get(name, "")
    path.write_text(f'{{"format": {json.dumps(known)}, "version": 2, "markups": {odd}, "moving_from_fixed": {odd}}}')
    with pytest.raises(UnreadableInput) as told:
        read(path)
    assert len(str(told.value)) < 400


def test_what_is_remembered_is_forgotten_beyond_its_size(tmp_path: Path) -> None:
    path = tmp_path / "recent.json"
    path.write_text(json.dumps({"studies": [str(tmp_path / "a.fusion.json")]}))
    assert read_remembered(path).studies
    path.write_bytes(path.read_bytes() + b" " * SMALL_BYTES)
    assert not read_remembered(path).studies


def test_a_description_that_is_nested_deeply() -> None:
    with pytest.raises(UnreadableInput, match="no JSON object"):
        description_text(_deep(50_000))


def _read(path: Path) -> object:
    if path.suffix == ".csv":
        return read_points(path)
    return read_transform(path, "elastix" if path.name == "b.txt" else "c3d", Pair())


@pytest.mark.parametrize("number", ["1e308", "-1e300", "1e10"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "name,x,y,z\na,1,{},3\nb,4,5,6\n"),
        ("a.txt", "1 0 0 {}\n0 1 0 0\n0 0 1 0\n0 0 0 1\n"),
        ("b.txt", '(Transform "EulerTransform")\n(TransformParameters 0 {0} 0 {0} 0 0)\n'),
    ],
)
def test_a_number_that_is_no_place(name: str, text: str, number: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text.format(number))
    with pytest.raises(FusionError):  # and no warning of NumPy
        _read(path)


def test_landmarks_of_a_study_lie_somewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.fusion.json"
    save_study(replace(FusionState(), targets=(Target("t", (1.0, 2.0, 3.5)),)), None, path)
    path.write_text(path.read_text().replace("3.5", "-1e300"))
    with pytest.raises(UnreadableInput, match="damaged"):
        load_study(path)
