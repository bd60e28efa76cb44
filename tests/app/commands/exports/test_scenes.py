"""A folder for another viewer, written from the window."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from scene_readers import layers_of
from waiting import wait_until_idle

from fusionviewer.app.commands.exports.scenes import export_scene, scene_folder
from fusionviewer.app.state.workspace import Workspace


def test_the_scene_has_the_fade_of_the_views_and_is_told(
    with_phantoms: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[tuple[str, Path]] = []
    with_phantoms.exported.connect(lambda said, path: told.append((said, path)))
    with_phantoms.view_model.set_fade(0.35)
    (tmp_path / "mine.txt").touch()
    export_scene(with_phantoms, tmp_path, "itksnap")
    wait_until_idle(with_phantoms, qtbot)
    file = tmp_path / "scene-for-itksnap" / "scene.itksnap"
    assert told == [("Wrote scene-for-itksnap. Open scene.itksnap of this folder in ITK-SNAP.", file)]
    assert float(layers_of(file)[1].entries["LayerMetaData.Alpha"]) == 0.35
    assert with_phantoms.alignment_exported


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    assert scene_folder(tmp_path, "slicer") == tmp_path
    assert scene_folder(tmp_path / "new", "slicer") == tmp_path / "new"
    (tmp_path / "scene-for-slicer").mkdir()
    assert scene_folder(tmp_path, "slicer") == tmp_path / "scene-for-slicer-2"


def test_a_cancelled_scene_leaves_no_folder(with_phantoms: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    with_phantoms.said.connect(said.append)
    export_scene(with_phantoms, tmp_path / "out", "slicer")
    with_phantoms.runner.cancel()
    wait_until_idle(with_phantoms, qtbot)
    assert with_phantoms.runner.wait_for_threads(10)
    assert said == ["Cancelled: out was not written."]
    assert list(tmp_path.iterdir()) == []
