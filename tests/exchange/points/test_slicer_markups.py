"""3D Slicer's markups: written as its schema demands, read whatever a list of points may say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from point_lists import bits, point_lists, written

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags
from fusionviewer.exchange.points.slicer_markups import read_markups, write_markups


def _numbers(count: int) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "number"}, "minItems": count, "maxItems": count}


TEXT, YES_NO = {"type": "string"}, {"type": "boolean"}
POINT = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "label": TEXT,
        "description": TEXT,
        "associatedNodeID": TEXT,
        "position": _numbers(3),
        "orientation": _numbers(9),
        "selected": YES_NO,
        "locked": YES_NO,
        "visibility": YES_NO,
        "positionStatus": {"enum": ["undefined", "preview", "defined"]},
    },
    "required": ["id", "label", "position", "orientation", "positionStatus"],
    "additionalProperties": False,
}
MARKUP = {
    "type": "object",
    "properties": {
        "type": {"const": "Fiducial"},
        "coordinateSystem": {"enum": ["LPS", "RAS"]},
        "coordinateUnits": {"enum": ["mm", "um"]},
        "locked": YES_NO,
        "fixedNumberOfControlPoints": YES_NO,
        "labelFormat": TEXT,
        "lastUsedControlPointNumber": {"type": "integer"},
        "controlPoints": {"type": "array", "items": POINT},
    },
    "required": ["type", "coordinateSystem", "coordinateUnits", "controlPoints"],
    "additionalProperties": False,
}
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["@schema", "markups"],
    "properties": {
        # what Slicer itself looks for in the name
        "@schema": {"type": "string", "pattern": r"markups-schema-v1\.[0-9]+\.[0-9]+\.json#*$"},
        "markups": {"type": "array", "items": MARKUP, "minItems": 1, "maxItems": 1},
    },
}
"""The fields of a list of points in version 1.0.3 of the published schema, and stricter: nothing else may be there."""


@settings(max_examples=30)
@given(point_lists())
def test_lists_come_back_to_the_last_bit_and_keep_to_the_schema(
    tmp_path_factory: pytest.TempPathFactory, points: NamedPoints
) -> None:
    path = tmp_path_factory.getbasetemp() / "points.mrk.json"
    write_markups(path, points)
    whole = json.loads(path.read_text("utf-8"))
    jsonschema.validate(whole, SCHEMA, cls=jsonschema.Draft7Validator)
    (markup,) = whole["markups"]
    assert markup["coordinateSystem"] == "LPS"
    assert [control["label"] for control in markup["controlPoints"]] == list(points.names)
    assert bits(np.array([control["position"] for control in markup["controlPoints"]])) == bits(points.points)
    assert len({control["id"] for control in markup["controlPoints"]}) == len(points.names)
    again = read_markups(path)
    assert again.names == points.names
    assert bits(again.points) == bits(points.points)
    assert again.marks == points.marks
    assert (again.frame, again.unit, again.notes) == ("LPS", "mm", ())


def a_file(folder: Path, **changes: Any) -> Path:
    markup = {
        "type": "Fiducial",
        "coordinateSystem": "LPS",
        "controlPoints": [{"label": "AC", "position": [1.5, -2, 3]}, {"label": "PC", "position": [4, 5, 60]}],
        **changes,
    }
    markup = {key: value for key, value in markup.items() if value is not ...}
    return written(folder, "a.mrk.json", json.dumps({"@schema": "…/markups-schema-v1.0.0.json#", "markups": [markup]}))


@pytest.mark.parametrize(
    ("changes", "frame", "unit", "expected"),
    [
        ({}, "LPS", None, [[1.5, -2, 3], [4, 5, 60]]),
        ({"coordinateSystem": "RAS"}, "RAS", None, [[-1.5, 2, 3], [-4, -5, 60]]),
        ({"coordinateSystem": ...}, None, None, [[1.5, -2, 3], [4, 5, 60]]),
        ({"coordinateUnits": "mm"}, "LPS", "mm", [[1.5, -2, 3], [4, 5, 60]]),
        ({"coordinateUnits": ["mm", "UCUM", "millimeter"]}, "LPS", "mm", [[1.5, -2, 3], [4, 5, 60]]),
        ({"coordinateUnits": "um"}, "LPS", "µm", [[0.0015, -0.002, 0.003], [0.004, 0.005, 0.06]]),
        ({"coordinateUnits": ["um", "UCUM", "m"]}, "LPS", "µm", [[0.0015, -0.002, 0.003], [0.004, 0.005, 0.06]]),
    ],
)  # fmt: skip
def test_frames_and_units(tmp_path: Path, changes: Any, frame: Any, unit: Any, expected: Any) -> None:
    points = read_markups(a_file(tmp_path, **changes))
    assert points.points == pytest.approx(np.array(expected), abs=1e-15)
    assert (points.frame, points.unit) == (frame, unit)
    assert bool(points.notes) == (frame is None)
    assert not np.signbit(points.points[points.points == 0]).any()


def test_what_slicer_leaves_open(tmp_path: Path) -> None:
    """Points that are not placed have an empty text for a position; flags and labels may be missing."""
    controls = [
        {"label": "here", "position": [1, 2, 3], "description": "seen", "locked": True, "visibility": False},
        {"label": "later", "position": "", "positionStatus": "undefined"},
        {"label": "moving", "position": [1, 1, 1], "positionStatus": "preview"},
        {"position": [4, 5, 6], "selected": False, "positionStatus": "defined"},
        {"label": "nowhere"},
    ]
    points = read_markups(a_file(tmp_path, controlPoints=controls))
    assert points.names == ("here", "P2")
    assert points.points.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert points.marks == (PointFlags("seen", True, False, True), PointFlags(selected=False))
    assert points.notes == ("Left out, because not placed: later, moving, nowhere.",)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "Line"}, "a markup of type Line"),
        ({"type": ...}, "a markup of type None"),
        ({"controlPoints": []}, "no placed points"),
        ({"controlPoints": ...}, "no placed points"),
        ({"controlPoints": [{"position": [1, 2, 3], "positionStatus": "undefined"}]}, "no placed points"),
        ({"controlPoints": {}}, "controlPoints are not a list"),
        ({"controlPoints": [[1, 2, 3]]}, "its point 1 is not an object"),
        ({"controlPoints": [{"position": [1, 2]}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"position": [1, 2, "3"]}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"position": [1, 2, True]}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"position": [1, 2, float("nan")]}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"position": [1, 2, 10**400]}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"position": ""}]}, "position of its point 1 is not three numbers"),
        ({"controlPoints": [{"label": 7, "position": [1, 2, 3]}]}, "“label” of its point 1 is not a text"),
        ({"controlPoints": [{"locked": "no", "position": [1, 2, 3]}]}, "“locked” of its point 1"),
        ({"controlPoints": [{"label": "A", "position": [1, 2, 3]}] * 2}, "the name “A” comes twice"),
        ({"coordinateSystem": "IJK"}, "its coordinateSystem is “IJK”"),
        ({"coordinateSystem": ["LPS"]}, "its coordinateSystem is"),
        ({"coordinateUnits": "inch"}, "its coordinateUnits are inch"),
        ({"coordinateUnits": ["mm", "other", "x"]}, "its coordinateUnits are"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, changes: Any, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_markups(a_file(tmp_path, **changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("{", "not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        ("[]", "not a markups file"),
        ('{"@schema": "x"}', "not a markups file"),
        ('{"markups": []}', "holds no markups"),
        ('{"markups": {}}', "its markups are not a list"),
        ('{"markups": [{"type": "Fiducial"}, {"type": "Fiducial"}]}', "holds 2 markups"),
        ('{"@schema": "…/markups-schema-v2.0.0.json#", "markups": []}', "newer kind"),
    ],
)
def test_what_is_no_list_of_points(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read_markups(written(tmp_path, "a.mrk.json", content))


def test_writing_where_one_cannot(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="no such folder"):
        write_markups(tmp_path / "nowhere" / "a.mrk.json", NamedPoints(("AC",), np.zeros((1, 3))))
    assert os.listdir(tmp_path) == []
