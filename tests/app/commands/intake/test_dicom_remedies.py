"""Remedies of DICOM images in the window: captures without geometry, other series, and what needs both images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers import Answers
from dicom_series import Series, oblique_mr, save
from pydicom.uid import SecondaryCaptureImageStorage
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.intake.remedies import apply_remedy, can_be_applied
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.reading.remedies import Remedy, remedies_of
from fusionviewer.imaging.volume import ImageSource, Volume
from fusionviewer.session.state import FusionState, Target

CAPTURE: dict[str, Any] = {
    "SOPClassUID": SecondaryCaptureImageStorage, "ImagePositionPatient": None, "ImageOrientationPatient": None,
    "PixelSpacing": None, "RescaleSlope": None, "RescaleIntercept": None, "Modality": "OT",
}  # fmt: skip
SHOTS = Series(n=6, number=1, description="shots", header=CAPTURE)
CT = Series(number=2, description="ct")
MR = oblique_mr(number=3, description="t1")


@pytest.fixture
def cd(tmp_path: Path) -> Path:
    for series in (SHOTS, CT, MR):
        series.write(tmp_path / "cd" / str(series.number))
    return tmp_path / "cd"


def only(state: FusionState) -> Volume:
    (volume,) = state.volumes().values()
    return volume


def test_a_capture_is_chosen_in_the_browser_and_its_voxel_size_typed(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers, tmp_path: Path
) -> None:
    answers.series, answers.spacing = {"fixed": (SHOTS.uid, 1), "moving": (CT.uid, 1)}, (0.5, 0.5, 3.0)
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: workspace.document.state.has_pair)
    assert answers.asked == ["discard", "series", "spacing of cd: (0.0, 0.0, 0.0)"]
    fixed = workspace.document.state.fixed
    assert fixed is not None
    assert fixed.grid.spacing == (0.5, 0.5, 3.0)
    assert any("was typed (0.5 × 0.5 × 3 mm)" in note for note in fixed.oddities)
    assert save_study(workspace, tmp_path / "s.fusion.json")
    answers.asked.clear()
    open_save.open_study(workspace, tmp_path / "s.fusion.json")
    wait_until_idle(workspace, qtbot)
    again = workspace.document.state.fixed
    assert again is not None
    assert (again.fingerprint, again.notes) == (fixed.fingerprint, fixed.notes)
    assert answers.asked == ["discard"]


def test_a_single_capture_is_asked_about_and_stays_closed_without_an_answer(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    open_save.open_dicom(workspace, cd / "1")
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "spacing of 1: (0.0, 0.0, 0.0)"]
    assert not workspace.document.state.volumes()
    answers.spacing = (0.5, 0.5, 3.0)
    open_save.open_dicom(workspace, cd / "1")
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: bool(workspace.document.state.volumes()))
    assert only(workspace.document.state).grid.size == (10, 12, 6)


def test_another_volume_of_a_series_is_chosen_in_the_browser(
    workspace: Workspace, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    series = Series(modality="MR", intercept=0.0, description="echoes")
    for number, depth in enumerate(series.places):
        for echo, ms in ((1, 4.9), (2, 9.8)):
            ds = series.dataset(depth, 10 * echo + number)
            ds.EchoTime, ds.EchoNumbers = str(ms), str(echo)
            save(ds, tmp_path / f"{echo}-{number}.dcm")
    answers.series = {"fixed": (series.uid, 1)}
    open_save.open_as(workspace, tmp_path, "fixed")
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: bool(workspace.document.state.volumes()))
    (remedy,) = remedies_of(only(workspace.document.state))
    assert (remedy.kind, remedy.title) == ("series", "Another volume…")
    answers.series = {"fixed": (series.uid, 2)}
    apply_remedy(workspace, "fixed", remedy)
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: only(workspace.document.state).name == "echoes, echo 9.8 ms")
    assert answers.series_question is not None
    assert answers.series_question.sides == ("fixed",)


def test_one_acquisition_keeps_marked_points_where_they_are(workspace: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    series = Series(n=12)
    for number in range(12):
        replace(series, header={"AcquisitionNumber": 1 + number // 6}).write(tmp_path, only=[number])
    open_save.open_as(workspace, tmp_path, "fixed")
    wait_until_idle(workspace, qtbot)
    target = Target("t", (-15.0, 33.0, -20.0))
    workspace.document.apply("x", replace(workspace.document.state, targets=(target,)))
    second = next(one for one in remedies_of(only(workspace.document.state)) if one.title == "Only 2")
    apply_remedy(workspace, "fixed", second)
    wait_until_idle(workspace, qtbot)
    assert only(workspace.document.state).grid.size[2] == 6
    assert workspace.document.state.targets == (target,)
    workspace.document.undo_stack.undo()
    assert only(workspace.document.state).grid.size[2] == 12


def test_centres_and_mirror_need_both_images(with_phantoms: Workspace) -> None:
    workspace, state = with_phantoms, with_phantoms.document.state
    centres, mirror = Remedy("centres", "Align centres", ""), Remedy("mirror", "Mirror left–right…", "")
    alone = replace(state, moving=None)
    assert not can_be_applied(alone, "fixed", centres)
    assert can_be_applied(state, "fixed", centres)
    assert [can_be_applied(state, side, mirror) for side in ("fixed", "moving")] == [False, True]
    assert state.fixed is not None
    assert state.moving is not None
    fixed = replace(state.fixed, source=ImageSource(Path("mr.nii")))
    workspace.document.apply("x", replace(state, fixed=fixed))
    apply_remedy(workspace, "fixed", centres)
    assert workspace.document.state.alignment.origin == "centre"
    assert not can_be_applied(workspace.document.state, "fixed", centres)
    np.testing.assert_allclose(
        workspace.document.state.alignment.moving_from_fixed.apply(state.fixed.grid.centre),
        state.moving.grid.centre,
        atol=1e-6,
    )
