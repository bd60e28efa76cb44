"""Rules of the BIDS specification (its schema, 1.10), written down for the files that are made here.

PyPI's bids_validator knows names of raw files alone, and passes whatever lies in derivatives.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

LABEL = "[0-9A-Za-z+]+"
ENTITIES = ("sub", "ses", "from", "to", "mode", "space", "desc")
"""Those that are used, in the schema's order (rules/entities.yaml; from, to and mode: proposal 14)."""

FILES: dict[str, dict[str, tuple[str, ...]]] = {
    "ct": {"ct": (".nii.gz", ".json"), "xfm": (".txt", ".json")},
    "anat": {"T1w": (".nii.gz", ".json"), "T2w": (".nii.gz", ".json"), "xfm": (".txt", ".json")},
    "ieeg": {"electrodes": (".tsv",), "coordsystem": (".json",)},
}
"""Datatype, suffix and endings (rules/files/raw/ieeg, raw/channels, deriv/imaging; proposals 14 and 24)."""

IEEG_SYSTEMS = {"ACPC", "ScanRAS", "Pixels", "Other"}


def entities_of(name: str) -> tuple[dict[str, str], str, str]:
    """Entities, suffix and ending of a file's name."""
    stem, dot, ending = name.partition(".")
    *pairs, suffix = stem.split("_")
    found: dict[str, str] = {}
    for pair in pairs:
        match = re.fullmatch(rf"([a-z]+)-({LABEL})", pair)
        assert match, f"{pair} of {name} is no entity"
        found[match[1]] = match[2]
    assert list(found) == [entity for entity in ENTITIES if entity in found], f"order or kind of entities: {name}"
    return found, suffix, dot + ending


def check_names(root: Path) -> list[str]:
    """The paths of a derivatives dataset, after each was held against the rules."""
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    assert "dataset_description.json" in paths
    for path in paths:
        if path == "dataset_description.json":
            continue
        *folders, name = path.split("/")
        entities, suffix, ending = entities_of(name)
        expected = [f"sub-{entities['sub']}", *([f"ses-{entities['ses']}"] if "ses" in entities else [])]
        assert folders == [*expected, folders[-1]]
        assert ending in FILES[folders[-1]][suffix], path
    return paths


def document(path: Path) -> dict[str, Any]:
    found: Any = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def check_description(root: Path) -> dict[str, Any]:
    found = document(root / "dataset_description.json")
    assert found["Name"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["BIDSVersion"])
    assert found["DatasetType"] == "derivative"
    assert all(one["Name"] for one in found["GeneratedBy"])
    assert found["GeneratedBy"]
    assert all(re.fullmatch(r"[A-Za-z0-9]+", link) for link in found["DatasetLinks"])
    return found


def uri_path(uri: str, root: Path) -> Path:
    """The file that a BIDS URI means; the links are those of the dataset."""
    match = re.fullmatch(r"bids:([A-Za-z0-9]*):(.+)", uri)
    assert match, uri
    base = root / document(root / "dataset_description.json")["DatasetLinks"][match[1]] if match[1] else root
    return base / match[2]


def check_sidecars(root: Path) -> None:
    """Each image and transform has its JSON; what the specification requires in it is there and leads somewhere."""
    for path in root.rglob("*"):
        if path.name.endswith((".nii.gz", ".txt")):
            beside = path.with_name(path.name.split(".")[0] + ".json")
            found = document(beside)
            assert found["Description"]
            if found["SpatialReference"] != "orig":
                assert uri_path(found["SpatialReference"], root).is_file()
            for source in found.get("Sources", ()):
                assert uri_path(source, root).is_file()
            if path.name.endswith(".nii.gz"):
                assert found["SkullStripped"] is False  # required of images (rules/sidecars/derivatives)


def check_electrodes(path: Path) -> list[tuple[str, list[float]]]:
    """Names and positions of electrodes.tsv, and its coordsystem.json beside it with the same entities."""
    entities, *_ = entities_of(path.name)
    assert entities["space"] in IEEG_SYSTEMS
    system = document(path.with_name(path.name.replace("_electrodes.tsv", "_coordsystem.json")))
    assert system["iEEGCoordinateSystem"] == entities["space"]
    assert system["iEEGCoordinateUnits"] == "mm"
    assert system["iEEGCoordinateSystemDescription"], "required where the system is Other"
    root = next(parent for parent in path.parents if (parent / "dataset_description.json").is_file())
    assert uri_path(system["IntendedFor"], root).is_file()
    header, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert header[:5] == ["name", "x", "y", "z", "size"]
    assert all(len(row) == len(header) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    return [(row[0], [float(value) for value in row[1:4]]) for row in rows]
