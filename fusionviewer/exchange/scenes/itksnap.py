"""A workspace of ITK-SNAP (.itksnap): an XML registry of folders and entries, as its Common/Registry reads it.

The fixed image is the main image, the moving one an overlay over it that carries the registration: ITK's matrix and
offset, fixed to moving points in LPS mm, as AffineTransformHelper::ReadFromRegistry takes them. ITK-SNAP finds the
files of a workspace that was moved by their place relative to SaveLocation. That is not a real folder here: each
workspace counts as moved, the files are looked for beside it, and no path of this machine is given away.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree

from fusionviewer.exchange.scenes.content import Look, SceneColours, SceneContent
from fusionviewer.imaging.volume import Volume

WORKSPACE_FILE: Final = "scene.itksnap"

VERSION: Final = "20210219"
"""The date of the format: ITK-SNAP 3.9."""

SAVED_IN: Final = "/fusionviewer-scene/"
"""No folder of any machine. What stands after it in a path is where a file lies, seen from the workspace."""

_COLOURS: Final[dict[SceneColours, str]] = {
    "grey": "Grayscale", "inverted": "Grayscale", "blue": "Black to blue", "amber": "Copper", "hot": "Hot",
    "iron": "Hot", "viridis": "Jet",
}  # fmt: skip
"""The colour map of ITK-SNAP that is most like ours."""

_LABELS: Final = 6
"""As many as ITK-SNAP has for an image without a workspace; their names and colours are its own."""

Registry = dict[str, Any]
"""A folder: its entries are texts, its folders registries."""


def workspace_text(content: SceneContent) -> str:
    """The workspace file of a study; the fade is the overlay's opacity."""
    main, overlay = (f"{SAVED_IN}{name}.nii.gz" for name in content.names)
    layers = {
        "Layer[000]": {
            "AbsolutePath": main,
            "Role": "MainRole",
            "LayerMetaData": _look(content.fixed, content.fixed_look, content.names[0], alpha=255, over=False),
            "ProjectMetaData": {"IRIS": _settings(content.fixed)},
        },
        "Layer[001]": {
            "AbsolutePath": overlay,
            "Role": "OverlayRole",
            "LayerMetaData": _look(content.moving, content.moving_look, content.names[1], content.fade, over=True),
            "ImageTransform": _transform(content),
        },
    }
    root = ElementTree.Element("registry")
    _fill(root, {"SaveLocation": SAVED_IN, "Version": VERSION, "Layers": layers})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8" ?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _settings(fixed: Volume) -> Registry:
    """What ITK-SNAP takes from a workspace or else empties: its usual labels, and the whole image to segment in."""
    labels = {f"Element[{n}]": {"Index": str(n + 1), "Flags": "1 1"} for n in range(_LABELS)}
    box = {f"ROIBox[{axis}]": {"Index": "0", "Size": str(size)} for axis, size in enumerate(fixed.grid.size)}
    return {
        "SliceViewLayerLayout": "Stacked",
        "BoundingBox": box,
        "LabelTable": {"NumberOfElements": str(_LABELS), **labels},
    }


def _transform(content: SceneContent) -> Registry:
    pose = content.moving_from_fixed
    return {
        "IsIdentity": "0",
        "Matrix": {f"Element[{i}][{j}]": _number(pose.rotation[i, j]) for i in range(3) for j in range(3)},
        "Offset": {f"Element[{i}]": _number(pose.translation[i]) for i in range(3)},
    }


def _look(volume: Volume, look: Look, name: str, alpha: float, *, over: bool) -> Registry:
    """How a layer is shown: the curve is over the image's whole range, 0 … 1; what is sticky is drawn over the rest."""
    low, high = volume.value_range
    span = (high - low) or 1.0
    black, white = ((value - low) / span for value in (look.black, look.white))
    points = ((black, 0.0), ((black + white) / 2, 0.5), (white, 1.0))
    curve: Registry = {"NumberOfControlPoints": str(len(points))}
    for number, (at, shown) in enumerate(points):
        curve[f"ControlPoint[{number}]"] = {"tValue": _number(at), "xValue": _number(shown)}
    return {
        "Alpha": _number(alpha),
        "CustomNickName": name,
        "Sticky": str(int(over)),
        "DisplayMapping": {"ColorMap": {"Preset": _COLOURS[look.colours]}, "Curve": curve},
    }


def _fill(folder: ElementTree.Element, registry: Registry) -> None:
    """Entries come before folders, as the registry's definition has it."""
    for key, value in registry.items():
        if not isinstance(value, dict):
            ElementTree.SubElement(folder, "entry", {"key": key, "value": value})
    for key, value in registry.items():
        if isinstance(value, dict):
            _fill(ElementTree.SubElement(folder, "folder", {"key": key}), value)


def _number(value: float) -> str:
    return f"{float(value) + 0.0:.17g}"
