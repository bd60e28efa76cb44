"""Scenes are read by readers of their own, made from what 3D Slicer's and ITK-SNAP's sources read."""

from __future__ import annotations

import re
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import SimpleITK as sitk
from grids import OBLIQUE_LEFT, POSE, RAS, volume_on
from scene_readers import MRML_NODES, layers_of

from fusionviewer.errors import BadArgument, Cancelled, CannotWrite
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.points.slicer_markups import read_markups
from fusionviewer.exchange.scenes.content import Look, SceneContent
from fusionviewer.exchange.scenes.folder import files_of, write_scene
from fusionviewer.imaging.volume import ImageSource
from fusionviewer.progress import Observer

TARGETS = NamedPoints(("A'1", "B <2> & “3”"), np.array([[1.5, -2.0, 3.0], [4.0, 5.0, 6.25]]))
CONTENT = SceneContent(
    volume_on(RAS), volume_on(OBLIQUE_LEFT), POSE, Look(-50, 150), Look(0, 2000, "hot"), 0.3,
    np.array([10.0, -20.0, 30.0]), TARGETS,
    NamedPoints(("P1",), np.array([[7.0, 8.0, 9.0]])), NamedPoints(("P1",), POSE.apply(np.array([[7.0, 8.0, 9.0]]))),
)  # fmt: skip
BARE = replace(CONTENT, targets=NamedPoints.of({}), fixed_landmarks=NamedPoints.of({}),
               moving_landmarks=NamedPoints.of({}))  # fmt: skip


def moved(tmp_path: Path, content: SceneContent, program: Any) -> Path:
    """The scene file after the folder was written and then moved away."""
    write_scene(content, tmp_path / "made", program)
    shutil.move(tmp_path / "made", tmp_path / "elsewhere")
    return tmp_path / "elsewhere" / files_of(content, program)[0]


def nodes_of(scene: Path) -> dict[str, ElementTree.Element]:
    """The nodes of a scene by their ids. Each attribute has the form that its node reads, each id that is named is."""
    root = ElementTree.parse(scene).getroot()
    assert root.tag == "MRML"
    assert re.fullmatch(r"[^ ]+ \d+\.\d+\.\d+ \d+", root.attrib["version"]), "vtkMRMLScene::ParseVersion"
    nodes = {node.attrib["id"]: node for node in root}
    assert len(nodes) == len(root)
    for node in root:
        forms = MRML_NODES[node.tag]
        for name, value in node.attrib.items():
            assert re.fullmatch(forms[name], value), f"{node.tag}: {name} = {value}"
            if name.endswith(("NodeRef", "VolumeID")):
                assert value in nodes
        if "fileName" in node.attrib:
            assert (scene.parent / node.attrib["fileName"]).is_file()
    return nodes


def named(nodes: dict[str, ElementTree.Element], tag: str, name: str) -> ElementTree.Element:
    (found,) = (node for node in nodes.values() if node.tag == tag and node.attrib["name"] == name)
    return found


def file_of(scene: Path, nodes: dict[str, ElementTree.Element], node: ElementTree.Element) -> Path:
    return scene.parent / nodes[node.attrib["storageNodeRef"]].attrib["fileName"]


def test_slicer_finds_both_images_where_they_lie_after_the_folder_was_moved(tmp_path: Path) -> None:
    scene = moved(tmp_path, CONTENT, "slicer")
    nodes = nodes_of(scene)
    fixed, moving = (named(nodes, "Volume", name) for name in ("fixed", "moving"))
    for node, volume in ((fixed, CONTENT.fixed), (moving, CONTENT.moving)):
        image = sitk.ReadImage(str(file_of(scene, nodes, node)))
        np.testing.assert_array_equal(sitk.GetArrayFromImage(image), volume.array)
        np.testing.assert_allclose(image.GetOrigin(), volume.grid.origin, atol=1e-4)
    assert "transformNodeRef" not in fixed.attrib
    transform = nodes[moving.attrib["transformNodeRef"]]
    from_parent = sitk.ReadTransform(str(file_of(scene, nodes, transform)))  # Slicer's files map world to the node
    points = np.random.default_rng(0).uniform(-100, 100, (50, 3))
    mapped = [from_parent.TransformPoint(point) for point in points.tolist()]
    np.testing.assert_allclose(mapped, POSE.apply(points), atol=1e-9)


def test_slicer_shows_them_fused_at_the_crosshair_with_our_windows(tmp_path: Path) -> None:
    nodes = nodes_of(moved(tmp_path, CONTENT, "slicer"))
    fixed, moving = (named(nodes, "Volume", name) for name in ("fixed", "moving"))
    shown = nodes[moving.attrib["displayNodeRef"]].attrib
    assert (float(shown["window"]), float(shown["level"]), shown["autoWindowLevel"]) == (2000, 1000, "0")
    for view in ("Red", "Green", "Yellow"):
        both = nodes[f"vtkMRMLSliceCompositeNode{view}"].attrib
        assert both["backgroundVolumeID"] == fixed.attrib["id"]
        assert both["foregroundVolumeID"] == moving.attrib["id"]
        assert float(both["foregroundOpacity"]) == 0.3
        matrix = np.array(nodes[f"vtkMRMLSliceNode{view}"].attrib["sliceToRAS"].split(), float).reshape(4, 4)
        np.testing.assert_array_equal(matrix[:3, 3], [-10, 20, 30])
        np.testing.assert_allclose(matrix[:3, :3].T @ matrix[:3, :3], np.eye(3))
    across = {view: np.array(nodes[f"vtkMRMLSliceNode{view}"].attrib["sliceToRAS"].split(), float).reshape(4, 4)[:3, 2]
              for view in ("Red", "Green", "Yellow")}  # fmt: skip
    assert [int(np.argmax(np.abs(across[view]))) for view in ("Red", "Green", "Yellow")] == [2, 1, 0]


def test_slicer_gets_points_in_the_space_of_their_image(tmp_path: Path) -> None:
    scene = moved(tmp_path, CONTENT, "slicer")
    nodes = nodes_of(scene)
    for name, points, moves in CONTENT.points():
        node = named(nodes, "MarkupsFiducial", name)
        assert ("transformNodeRef" in node.attrib) == moves
        read = read_markups(file_of(scene, nodes, node))
        assert read.names == points.names
        np.testing.assert_array_equal(read.points, points.points)


def test_without_points_there_are_no_lists(tmp_path: Path) -> None:
    scene = moved(tmp_path, BARE, "slicer")
    assert not any(node.tag.startswith("Markups") for node in nodes_of(scene).values())
    written = {"scene.mrml", "fixed.nii.gz", "moving.nii.gz", "moving-to-fixed.h5"}
    assert {path.name for path in scene.parent.iterdir()} == set(files_of(BARE, "slicer")) == written


def test_itksnap_finds_main_image_and_overlay_with_its_registration(tmp_path: Path) -> None:
    scene = moved(tmp_path, CONTENT, "itksnap")
    main, overlay = layers_of(scene)
    assert (main.role, overlay.role) == ("MainRole", "OverlayRole")
    assert main.matrix is None
    np.testing.assert_array_equal(overlay.matrix, POSE.matrix)
    assert float(overlay.entries["LayerMetaData.Alpha"]) == 0.3
    assert overlay.entries["LayerMetaData.Sticky"] == "1", "over the main image, not beside it"
    assert overlay.entries["LayerMetaData.DisplayMapping.ColorMap.Preset"] == "Hot"
    low, high = CONTENT.moving.value_range
    curve = "LayerMetaData.DisplayMapping.Curve."
    ends = [float(overlay.entries[f"{curve}ControlPoint[{n}].tValue"]) * (high - low) + low for n in (0, 2)]
    np.testing.assert_allclose(ends, [0, 2000], atol=1e-9)
    labels = "ProjectMetaData.IRIS.LabelTable."
    for number in range(int(main.entries[f"{labels}NumberOfElements"])):  # ITK-SNAP empties its own table before
        assert main.entries[f"{labels}Element[{number}].Index"] == str(number + 1)
        assert main.entries[f"{labels}Element[{number}].Flags"] == "1 1"
    box = "ProjectMetaData.IRIS.BoundingBox.ROIBox"
    assert tuple(int(main.entries[f"{box}[{axis}].Size"]) for axis in range(3)) == CONTENT.fixed.grid.size
    for layer, volume in ((main, CONTENT.fixed), (overlay, CONTENT.moving)):
        np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(layer.file))), volume.array)


def test_the_reader_of_itksnaps_authors_finds_the_same(tmp_path: Path) -> None:
    pytest.importorskip("itksnap_dss", reason="pip install 'fusionviewer[peers]'")
    from itksnap_dss.itksnap_ws import WorkspaceWrapper

    scene = moved(tmp_path, CONTENT, "itksnap")
    workspace = WorkspaceWrapper(str(scene))
    assert workspace.get_number_of_layers() == 2
    for role, name in (("MainRole", "fixed"), ("OverlayRole", "moving")):
        layer = workspace.find_layer_by_role(role)
        assert Path(workspace.get_layer_actual_path(layer)) == scene.parent / f"{name}.nii.gz"
    transform = workspace.registry.folder(workspace.find_layer_by_role("OverlayRole")).folder("ImageTransform")
    assert transform.entry("IsIdentity").get(True) is False
    offset = [transform.entry(f"Offset.Element[{i}]").get(0.0) for i in range(3)]
    np.testing.assert_array_equal(offset, POSE.translation)
    matrix = [[transform.entry(f"Matrix.Element[{i}][{j}]").get(0.0) for j in range(3)] for i in range(3)]
    np.testing.assert_array_equal(matrix, POSE.rotation)


def test_nothing_tells_of_this_machine_or_of_the_names_of_the_images(tmp_path: Path) -> None:
    named_after = [replace(volume, name="Doe^Jane") for volume in (CONTENT.fixed, CONTENT.moving)]
    content = replace(CONTENT, fixed=named_after[0], moving=named_after[1])
    for program in ("slicer", "itksnap"):
        folder = tmp_path / program
        write_scene(content, folder, program)
        for path in folder.iterdir():
            assert b"Doe" not in path.read_bytes()
            if path.suffix in (".mrml", ".itksnap"):
                assert str(tmp_path) not in path.read_text(encoding="utf-8")


def test_images_are_called_as_the_user_wants(tmp_path: Path) -> None:
    content = replace(CONTENT, names=("t1", "ct"))
    assert {layer.file.name for layer in layers_of(moved(tmp_path, content, "itksnap"))} == {"t1.nii.gz", "ct.nii.gz"}
    for names in (("a", "A"), ("", "b"), ("../a", "b"), ("a.b", "c")):
        with pytest.raises(BadArgument):
            replace(CONTENT, names=names)


@pytest.mark.parametrize("program", ["slicer", "itksnap"])
def test_images_that_are_no_scene_are_not_replaced(tmp_path: Path, program: Any) -> None:
    """A folder of another case may hold files of the same names."""
    for name in ("fixed.nii.gz", "moving.nii.gz"):
        (tmp_path / name).write_text("of another case")
    with pytest.raises(CannotWrite, match="holds other files"):
        write_scene(CONTENT, tmp_path, program)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "fixed.nii.gz": "of another case", "moving.nii.gz": "of another case",
    }  # fmt: skip


def test_an_earlier_scene_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "scene"
    write_scene(CONTENT, folder, "slicer")
    write_scene(BARE, folder, "itksnap")
    assert {path.name for path in folder.iterdir()} == set(files_of(BARE, "itksnap"))
    (folder / "segmentation.nii.gz").touch()
    with pytest.raises(CannotWrite, match=r"segmentation\.nii\.gz"):
        write_scene(BARE, folder, "itksnap")
    (folder / "segmentation.nii.gz").unlink()
    source = ImageSource(folder / "moving.nii.gz")
    with pytest.raises(BadArgument, match="one of the study's images"):
        write_scene(replace(BARE, moving=replace(BARE.moving, source=source)), folder, "itksnap")


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        write_scene(CONTENT, tmp_path / "scene", "slicer", Observer(cancelled=cancelled))
    assert list(tmp_path.iterdir()) == []
