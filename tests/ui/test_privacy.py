"""Nothing of a patient comes out of the window: a session on a marked pair, every byte of what it kept and wrote."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from marked_patient import DESCRIPTION_MARK, PERSON_MARKS, STUDY_MARK, MarkedPair, marked_files, marks_in
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow

from fusionviewer.app.commands import export, export_pictures, open_save
from fusionviewer.app.commands.exports import positions, scenes
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state import autosave
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.registry import format_of
from fusionviewer.process import log
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.state import Target
from fusionviewer.session.study_file import load_study
from fusionviewer.ui.application import keep_work
from fusionviewer.ui.window.main_window import MainWindow

ALL_MARKS: Final = (*PERSON_MARKS, DESCRIPTION_MARK, STUDY_MARK)


@pytest.fixture
def window(
    open_window: OpenWindow, marked_pair: MarkedPair, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window on the marked pair, which keeps its work and a log in the test's folder."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(autosave, "INTERVAL_S", 0.05)
    log.begin("window", tmp_path / "log")
    made = open_window(EMPTY)
    keep_work(made, tmp_path / "state")
    open_save.open_images(made.workspace, {"fixed": Wanted(marked_pair.fixed), "moving": Wanted(marked_pair.moving)})
    wait_until_idle(made.workspace, qtbot)
    assert made.workspace.document.state.has_pair
    yield made
    log.begin("", None)


def _export_everything(window: MainWindow, out: Path, qtbot: QtBot) -> None:
    workspace = window.workspace
    picture = export_pictures.PictureChoice(names=True)
    works: tuple[Callable[[], object], ...] = (
        lambda: export.export_transform(workspace, out / "pose.tfm"),
        lambda: export.export_resampled(workspace, out / "resampled.nii.gz"),
        lambda: export_pictures.export_picture(workspace, out / "planes.png", picture),
        lambda: export_pictures.export_fused(workspace, out / "fused.nrrd", export_pictures.FusedChoice()),
        lambda: scenes.export_scene(workspace, out, "slicer"),
        lambda: positions.save_points_in(workspace, out / "targets.csv", PointsChoice()),
        lambda: open_save.open_as(workspace, out / "planes.png", "fixed"),  # which is no image: an error is told
    )
    for work in works:
        work()
        wait_until_idle(workspace, qtbot)


def test_nothing_that_is_kept_or_written_tells_of_the_patient(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    workspace, out, recovery = window.workspace, tmp_path / "out", tmp_path / "state" / "recovery"
    out.mkdir()
    moving = workspace.document.state.moving
    assert moving is not None
    assert DESCRIPTION_MARK in moving.name, "it is shown"
    workspace.document.apply("Mark", replace(workspace.document.state, targets=(Target("tip", (0.0, 0.0, 0.0)),)))
    qtbot.waitUntil(lambda: bool(list(recovery.glob("[!.]*.json"))), timeout=20_000)
    assert marked_files(recovery, ALL_MARKS) == {}
    _export_everything(window, out, qtbot)
    assert len(list(out.iterdir())) == 6
    assert save_study(workspace, out / "study.fusion.json")
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    told = export.transform_command(workspace.document.state, format_of("fsl"))
    assert marks_in(f"{window.windowTitle()}\n{clipboard.text()}\n{told}".encode(), ALL_MARKS) == set()
    log.note_error("A test", FusionError(f"of {PERSON_MARKS[0]}", "nothing"))
    window.close()
    assert marked_files(tmp_path, ALL_MARKS) == {}
    assert marked_files(Path(os.environ["HOME"]), ALL_MARKS) == {}
    assert (tmp_path / "log" / log.NAME).exists()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_descriptions_are_written_where_the_user_prefers_it(window: MainWindow, tmp_path: Path) -> None:
    workspace, study = window.workspace, tmp_path / "study.fusion.json"
    for wanted, expected in ((False, "CT series 4"), (True, f"{DESCRIPTION_MARK} CT"), (False, "CT series 4")):
        workspace.preferences.change(series_descriptions=wanted)
        assert save_study(workspace, study)
        moving = load_study(study).moving
        assert moving is not None
        assert moving.name == expected
