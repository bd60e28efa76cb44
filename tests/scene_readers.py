"""Readers of other viewers' scenes that share nothing with their writers: from what those programs' sources read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

WHOLE, NUMBER, FLAG = r"-?\d+", r"-?\d+(\.\d+)?(e[-+]\d+)?", "true|false"
NUMBERS_3, NUMBERS_16 = (f"{NUMBER}( {NUMBER}){{{n}}}" for n in (2, 15))
ID = r"vtkMRML[A-Za-z]+Node[A-Za-z0-9.]+"
_NODE = {"id": ID, "name": ".+", "hideFromEditors": FLAG}
_FILE = {**_NODE, "fileName": r"[^/\\:%]+", "useCompression": "[01]"}
_MOVED = {**_NODE, "storageNodeRef": ID, "transformNodeRef": ID}
_VIEW = {**_NODE, "singletonTag": "Red|Green|Yellow", "layoutName": "Red|Green|Yellow"}

MRML_NODES: dict[str, dict[str, str]] = {
    "TransformStorage": _FILE,
    "VolumeArchetypeStorage": _FILE,
    "MarkupsJsonStorage": _FILE,
    "LinearTransform": {**_NODE, "storageNodeRef": ID},
    "Volume": {**_MOVED, "displayNodeRef": ID},
    "MarkupsFiducial": {**_MOVED, "displayNodeRef": ID},
    "MarkupsFiducialDisplay": {**_NODE, "visibility": FLAG},
    "VolumeDisplay": {
        **_NODE, "colorNodeID": ID, "window": NUMBER, "level": NUMBER, "interpolate": "[01]",
        "autoWindowLevel": "[01]", "applyThreshold": "[01]", "autoThreshold": "[01]",
    },
    "Slice": {
        **_VIEW, "fieldOfView": NUMBERS_3, "dimensions": r"\d+ \d+ \d+", "sliceToRAS": NUMBERS_16,
        "defaultOrientation": "Axial|Coronal|Sagittal",
    },
    "SliceComposite": {
        **_VIEW, "backgroundVolumeID": ID, "foregroundVolumeID": ID, "compositing": "[0-3]",
        "foregroundOpacity": NUMBER, "linkedControl": "[01]",
    },
}  # fmt: skip
"""Each node's GetNodeTagName, and the form of each attribute that its ReadXMLAttributes and those of its superclasses
read (numbers by a stream, truth as the word true, references by the roles' attribute names)."""


def registry_of(path: Path) -> dict[str, str]:
    """The entries of an XML registry of ITK-SNAP by their whole keys, folders divided by dots (Registry::Entry)."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert "<?xml" in first, "Registry::IsXML looks for it in the first line"
    root = ElementTree.parse(path).getroot()
    assert root.tag == "registry"
    found: dict[str, str] = {}

    def read(folder: ElementTree.Element, prefix: str) -> None:
        tags = [element.tag for element in folder]
        assert tags == sorted(tags), "registry (entry*, folder*): entries come first"
        for element in folder:
            key = prefix + element.attrib["key"]
            if element.tag == "entry":
                assert set(element.attrib) == {"key", "value"}
                assert key not in found
                found[key] = element.attrib["value"]
            else:
                assert element.tag == "folder"
                read(element, f"{key}.")

    read(root, "")
    return found


@dataclass(frozen=True)
class Layer:
    """A layer of a workspace."""

    file: Path
    role: str
    matrix: Any
    """(4, 4), LPS mm, from the main image to the layer; None: as its header says."""
    entries: dict[str, str]


def layers_of(path: Path) -> list[Layer]:
    """The layers of a workspace as IRISApplication::OpenProject finds them."""
    entries = registry_of(path)
    assert {"SaveLocation", "Version"} <= set(entries), "IRISApplication::IsProjectFile asks for both"
    saved_in, here = entries["SaveLocation"], str(path.parent)
    layers: list[Layer] = []
    while any(key.startswith(start := f"Layers.Layer[{len(layers):03d}].") for key in entries):
        own = {key.removeprefix(start): value for key, value in entries.items() if key.startswith(start)}
        place = own["AbsolutePath"]
        if saved_in != here:
            assert place.startswith(saved_in)
            place = str(path.parent / place[len(saved_in) :].lstrip("/"))
        assert Path(place).is_file()
        layers.append(Layer(Path(place), own["Role"], _transform(own), own))
    return layers


def _transform(entries: dict[str, str]) -> Any:
    if bool(int(entries.get("ImageTransform.IsIdentity", "1"))):
        return None
    matrix = np.eye(4)
    for i in range(3):
        matrix[i, 3] = float(entries[f"ImageTransform.Offset.Element[{i}]"])
        for j in range(3):
            matrix[i, j] = float(entries[f"ImageTransform.Matrix.Element[{i}][{j}]"])
    return matrix
