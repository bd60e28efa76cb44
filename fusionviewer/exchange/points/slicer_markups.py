"""3D Slicer's lists of points (.mrk.json): one markup of type Fiducial, as version 1 of its schema says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.named_points import (
    Frame,
    NamedPoints,
    PointFlags,
    Unit,
    lps_from_ras,
    names_for,
    tidy,
)
from fusionviewer.exchange.text_files import read_text, write_text
from fusionviewer.imaging.whole_files import json_value

SCHEMA: Final = (
    "https://raw.githubusercontent.com/slicer/slicer/master/"
    "Modules/Loadable/Markups/Resources/Schema/markups-schema-v1.0.3.json#"
)
"""The name by which Slicer knows the schema; a name, not an address."""

_WANTED: Final = "In 3D Slicer, save one list of points as Markups JSON."

_UNITS: Final[dict[str, tuple[Unit, float]]] = {"mm": ("mm", 1.0), "um": ("µm", 1e-3)}

_UPRIGHT: Final = [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]
"""The orientation that Slicer gives a point: upright in its own RAS, here in LPS."""


def read_markups(path: Path) -> NamedPoints:
    """The points of a list. What is not placed yet is left out with a note. Raises UnreadableInput."""
    markup = _one_markup(path, _parsed(path))
    frame = _frame(path, markup)
    unit, mm = _unit(path, markup)
    labels: list[str] = []
    places: list[list[float]] = []
    marks: list[PointFlags] = []
    left_out: list[str] = []
    controls = markup.get("controlPoints", [])
    if not isinstance(controls, list):
        raise _bad(path, "its controlPoints are not a list")
    for number, control in enumerate(controls, 1):
        if not isinstance(control, dict):
            raise _bad(path, f"its point {number} is not an object")
        label = _text(path, control, "label", number)
        if control.get("positionStatus", "defined") != "defined" or control.get("position") is None:
            left_out.append(label.strip() or f"number {number}")
            continue
        labels.append(label)
        places.append(_position(path, control["position"], number))
        marks.append(_marks(path, control, number))
    if not places:
        raise UnreadableInput(f"{path.name} holds no placed points.", "Place the points in 3D Slicer and save again.")
    points = np.array(places) if mm == 1.0 else np.array(places) * mm
    notes = [f"Left out, because not placed: {', '.join(left_out)}."] if left_out else []
    if frame is None:
        notes.append("The file does not say LPS or RAS; LPS was taken, as its format means.")
    return NamedPoints(
        names_for(path, labels, _WANTED),
        lps_from_ras(points) if frame == "RAS" else points,
        tuple(marks),
        frame,
        unit,
        tuple(notes),
        in_order=not any(map(tidy, labels)),
    )


def write_markups(path: Path, points: NamedPoints) -> None:
    """Write a list of points in LPS mm, with every digit; whole or not at all. Raises CannotWrite."""
    controls = [
        {
            "id": str(number),
            "label": name,
            "description": marks.description,
            "associatedNodeID": "",
            "position": place.tolist(),
            "orientation": _UPRIGHT,
            "selected": marks.selected,
            "locked": marks.locked,
            "visibility": marks.visible,
            "positionStatus": "defined",
        }
        for number, (name, place, marks) in enumerate(zip(points.names, points.points, points.marks, strict=True), 1)
    ]
    markup = {
        "type": "Fiducial",
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "locked": False,
        "fixedNumberOfControlPoints": False,
        "labelFormat": "%N-%d",
        "lastUsedControlPointNumber": len(controls),
        "controlPoints": controls,
    }
    whole = {"@schema": SCHEMA, "markups": [markup]}
    write_text(path, json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _parsed(path: Path) -> dict[str, Any]:
    text = read_text(path, _WANTED)
    if not text.strip():
        raise UnreadableInput(f"{path.name} is empty.", _WANTED)
    try:
        whole = json_value(text)
    except ValueError as problem:
        raise UnreadableInput(f"{path.name} is not a JSON file, or it is damaged.", _WANTED) from problem
    if not isinstance(whole, dict) or "markups" not in whole:
        raise UnreadableInput(f"{path.name} is not a markups file of 3D Slicer.", _WANTED)
    schema = whole.get("@schema", "")
    if isinstance(schema, str) and "markups-schema-v" in schema and "markups-schema-v1." not in schema:
        raise UnreadableInput(f"{path.name} is of a newer kind of markups than version 1.", _WANTED)
    return whole


def _one_markup(path: Path, whole: dict[str, Any]) -> dict[str, Any]:
    markups = whole["markups"]
    if not isinstance(markups, list) or not all(isinstance(markup, dict) for markup in markups):
        raise _bad(path, "its markups are not a list of objects")
    if not markups:
        raise UnreadableInput(f"{path.name} holds no markups.", _WANTED)
    if len(markups) > 1:
        raise UnreadableInput(f"{path.name} holds {len(markups)} markups, and only one list is wanted.", _WANTED)
    markup: dict[str, Any] = markups[0]
    if markup.get("type") != "Fiducial":
        raise UnreadableInput(
            f"{path.name} holds a markup of type {markup.get('type')}, not a list of points.", _WANTED
        )
    return markup


def _frame(path: Path, markup: dict[str, Any]) -> Frame | None:
    said = markup.get("coordinateSystem")
    if said is None:
        return None
    if said in ("LPS", "RAS"):
        return "LPS" if said == "LPS" else "RAS"
    raise _bad(path, f"its coordinateSystem is “{str(said)[:40]}”, not LPS or RAS")


def _unit(path: Path, markup: dict[str, Any]) -> tuple[Unit | None, float]:
    """What the file said, and how many mm it is."""
    said = markup.get("coordinateUnits")
    if said is None:
        return None, 1.0
    code = said[0] if isinstance(said, list) and len(said) == 3 and said[1] == "UCUM" else said
    if isinstance(code, str) and code in _UNITS:
        return _UNITS[code]
    raise _bad(path, f"its coordinateUnits are {str(said)[:40]}, not mm or um")


def _position(path: Path, value: object, number: int) -> list[float]:
    if isinstance(value, list) and len(value) == 3 and all(type(v) in (int, float) for v in value):
        try:
            place = [float(v) for v in value]
        except OverflowError:
            place = [math.inf]
        if all(map(math.isfinite, place)):
            return place
    raise _bad(path, f"the position of its point {number} is not three numbers")


def _marks(path: Path, control: dict[str, Any], number: int) -> PointFlags:
    flags = {}
    for key, usual in (("locked", False), ("visibility", True), ("selected", True)):
        value = control.get(key, usual)
        if not isinstance(value, bool):
            raise _bad(path, f"“{key}” of its point {number} is neither true nor false")
        flags[key] = value
    description = _text(path, control, "description", number)
    return PointFlags(description, flags["locked"], flags["visibility"], flags["selected"])


def _text(path: Path, control: dict[str, Any], key: str, number: int) -> str:
    value = control.get(key, "")
    if not isinstance(value, str):
        raise _bad(path, f"“{key}” of its point {number} is not a text")
    return value


def _bad(path: Path, what: str) -> UnreadableInput:
    return UnreadableInput(f"{path.name} cannot be read: {what}.", _WANTED)
