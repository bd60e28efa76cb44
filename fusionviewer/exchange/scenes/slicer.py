"""A scene of 3D Slicer (.mrml): XML in which each element is a node, and nodes name each other by their ids.

What the attributes are called and how they are written is what the nodes' ReadXMLAttributes read in Slicer's
Libs/MRML/Core (vtkMRMLStorageNode, vtkMRMLSliceCompositeNode, …), from version 5.0 on. Files are named from the scene
file on, so that the folder can be moved. Slicer's space is RAS.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

import numpy as np

from fusionviewer.exchange.points.named_points import lps_from_ras
from fusionviewer.exchange.scenes.content import Look, SceneColours, SceneContent

SCENE_FILE: Final = "scene.mrml"

TRANSFORM_FILE: Final = "moving-to-fixed.h5"

VERSION: Final = "Slicer 5.0.0 0"
"""The oldest version that reads all that is written; a newer one is not warned of it."""

_COLOURS: Final[dict[SceneColours, str]] = {
    "grey": "Grey", "inverted": "InvertedGrey", "blue": "Blue", "amber": "Yellow", "hot": "Iron", "iron": "Iron",
    "viridis": "FileViridis.txt",
}  # fmt: skip
"""The table of Slicer's own that is most like ours; its id is this after `vtkMRMLColorTableNode`."""

_VIEWS: Final = {
    "Red": ("Axial", ((-1, 0, 0), (0, 1, 0), (0, 0, 1))),
    "Green": ("Coronal", ((-1, 0, 0), (0, 0, 1), (0, 1, 0))),
    "Yellow": ("Sagittal", ((0, -1, 0), (0, 0, 1), (-1, 0, 0))),
}
"""Slicer's views: their planes, and the directions to the right, upwards and across, in RAS."""

_TRANSFORM_STORAGE: Final = "vtkMRMLTransformStorageNode1"
_TRANSFORM: Final = "vtkMRMLLinearTransformNode1"

_MARGIN: Final = 1.1
"""How much more than the fixed image a view shows."""


def scene_text(content: SceneContent) -> str:
    """The scene file of a study: the moving volume under a linear transform, both fused in the three slice views."""
    scene = ElementTree.Element("MRML", version=VERSION, userTags="")
    _storage(scene, "TransformStorage", _TRANSFORM_STORAGE, TRANSFORM_FILE)
    _node(scene, "LinearTransform", _TRANSFORM, "moving-to-fixed", storage=_TRANSFORM_STORAGE)
    _volume(scene, 1, content.names[0], content.fixed_look, moves=False)
    _volume(scene, 2, content.names[1], content.moving_look, moves=True)
    for number, (name, _, moves) in enumerate(content.points(), 1):
        _points(scene, number, name, moves)
    for view in _VIEWS:
        _slice_view(scene, view, content)
    ElementTree.indent(scene, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(scene, "unicode") + "\n"


def points_file(name: str) -> str:
    """The file of a list of points."""
    return f"{name}.mrk.json"


def _node(scene: ElementTree.Element, tag: str, identity: str, name: str, *, hidden: bool = False, storage: str = "",
          display: str = "", transform: str = "", **more: str) -> None:  # fmt: skip
    """Add a node; `storage`, `display` and `transform` are the ids of nodes that it refers to."""
    attributes = {"id": identity, "name": name, "hideFromEditors": str(hidden).lower(), **more}
    roles = (("storageNodeRef", storage), ("displayNodeRef", display), ("transformNodeRef", transform))
    attributes.update({role: other for role, other in roles if other})
    ElementTree.SubElement(scene, tag, attributes)


def _storage(scene: ElementTree.Element, tag: str, identity: str, file: str) -> None:
    _node(scene, tag, identity, identity, hidden=True, fileName=file, useCompression="1")


def _volume(scene: ElementTree.Element, number: int, name: str, look: Look, *, moves: bool) -> None:
    storage, display = f"vtkMRMLVolumeArchetypeStorageNode{number}", f"vtkMRMLScalarVolumeDisplayNode{number}"
    _storage(scene, "VolumeArchetypeStorage", storage, f"{name}.nii.gz")
    _node(
        scene, "VolumeDisplay", display, display, hidden=True,
        colorNodeID=f"vtkMRMLColorTableNode{_COLOURS[look.colours]}", window=_number(look.window),
        level=_number(look.level), interpolate="1", autoWindowLevel="0", applyThreshold="0", autoThreshold="0",
    )  # fmt: skip
    _node(
        scene, "Volume", f"vtkMRMLScalarVolumeNode{number}", name, storage=storage, display=display,
        transform=_TRANSFORM if moves else "",
    )  # fmt: skip


def _points(scene: ElementTree.Element, number: int, name: str, moves: bool) -> None:
    storage, display = f"vtkMRMLMarkupsJsonStorageNode{number}", f"vtkMRMLMarkupsFiducialDisplayNode{number}"
    _storage(scene, "MarkupsJsonStorage", storage, points_file(name))
    _node(scene, "MarkupsFiducialDisplay", display, display, hidden=True, visibility="true")
    _node(
        scene, "MarkupsFiducial", f"vtkMRMLMarkupsFiducialNode{number}", name, storage=storage, display=display,
        transform=_TRANSFORM if moves else "",
    )  # fmt: skip


def _slice_view(scene: ElementTree.Element, view: str, content: SceneContent) -> None:
    slice_to_ras = np.eye(4)
    plane, directions = _VIEWS[view]
    slice_to_ras[:3, :3] = np.transpose(directions)
    slice_to_ras[:3, 3] = lps_from_ras(content.cursor)
    extent = _MARGIN * float(max(content.fixed.grid.extent_mm))
    _node(
        scene, "Slice", f"vtkMRMLSliceNode{view}", view, hidden=True, singletonTag=view, layoutName=view,
        fieldOfView=f"{_number(extent)} {_number(extent)} 1", dimensions="256 256 1",
        defaultOrientation=plane,
        sliceToRAS=" ".join(_number(n) for n in slice_to_ras.ravel()),
    )  # fmt: skip
    _node(
        scene, "SliceComposite", f"vtkMRMLSliceCompositeNode{view}", f"SliceComposite{view}", hidden=True,
        singletonTag=view, layoutName=view, backgroundVolumeID="vtkMRMLScalarVolumeNode1",
        foregroundVolumeID="vtkMRMLScalarVolumeNode2", compositing="0", foregroundOpacity=_number(content.fade),
        linkedControl="1",
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{float(value) + 0.0:.17g}"
