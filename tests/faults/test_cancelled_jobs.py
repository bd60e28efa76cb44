"""Every job of the window, cancelled at the first progress of each of its phases: it ends there, and leaves nothing."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import phantoms
import pytest
from answers import Answers
from archive_pairs import POSE, Made, ct, made, mr
from fewer_points import fewer_points
from fusion_checks import no_checks
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands import (
    export,
    export_pictures,
    mirror_correction,
    open_save,
    regions,
    register,
    review,
)
from fusionviewer.app.commands.archive import back_to_archive
from fusionviewer.app.commands.exports import scenes
from fusionviewer.app.commands.landmarks import refine_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened, Wanted, find_head
from fusionviewer.app.tasks.jobs import Job
from fusionviewer.errors import Cancelled
from fusionviewer.exchange.archive.choice import ArchiveChoice, Offer
from fusionviewer.exchange.archive.export import ALL, read_originals
from fusionviewer.exchange.transforms.registry import FORMATS
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer, Progress
from fusionviewer.quality.guard.assessment import assess
from fusionviewer.quality.report.facts import report_of
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, LandmarkPair
from fusionviewer.session.study_file import save_study

LATEST_S: Final = 10.0
"""After which a cancelled job counts as one that hangs."""

SOME: Final = ("read DICOM", "resample", "scene", "archive")
"""What is tried in the short form."""

Start = Callable[[Path], object]
"""Has the window start a job that writes, if it writes, below this folder."""


@pytest.fixture
def workspace(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    no_checks(monkeypatch)
    answers = Answers()
    answers.mirror = True
    made = Workspace(answers)
    yield made
    made.check.end()
    made.deleteLater()


@pytest.fixture
def started(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that were started: they are not run, but handed over."""
    jobs: list[Job] = []
    monkeypatch.setattr(workspace.runner, "start", lambda title, job, then: jobs.append(job))
    return jobs


@pytest.fixture(scope="module")
def dicom(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("dicom"), mr(), ct())


def _show(workspace: Workspace, fixed: Volume, moving: Volume, state: FusionState) -> None:
    heads = {"fixed": find_head(fixed), "moving": find_head(moving)}
    open_save.show_study(workspace, state, Opened({"fixed": fixed, "moving": moving}, heads))  # type: ignore[arg-type]


def _of_dicom(workspace: Workspace, dicom: Made, folder: Path) -> dict[str, Start]:
    """Jobs on a small pair of DICOM series."""
    state = edits.set_pose(edits.new_study(dicom.fixed, dicom.moving), POSE, "file")
    _show(workspace, dicom.fixed, dicom.moving, state)
    write_volume(dicom.fixed, folder / "fixed.nii.gz")
    study = folder / "a.fusion.json"
    save_study(state, None, study)
    originals = read_originals(dicom.fixed, dicom.moving, Observer(), just_read=True)
    choice = Offer(originals).choice(ALL, without_names=False)
    formats = {
        f"transform {known.key}": partial(_transform, workspace, known.key, known.endings[0])
        for known in FORMATS if known.with_voxels
    }  # fmt: skip
    return {
        "read a file": lambda out: open_save.open_images(workspace, {"fixed": Wanted(folder / "fixed.nii.gz")}),
        "read DICOM": lambda out: open_save.open_images(workspace, {"fixed": Wanted(dicom.folder / "fixed")}),
        "read a folder": lambda out: open_save.open_dicom(workspace, dicom.folder),
        "read a study": lambda out: open_save.open_study(workspace, study),
        "read a mask": lambda out: regions.open_mask(workspace, folder / "fixed.nii.gz"),
        "resample": lambda out: export.export_resampled(workspace, out / "a.nii.gz"),
        "screenshot": lambda out: export_pictures.export_picture(workspace, out / "a.png"),
        "fuse": lambda out: export_pictures.export_fused(workspace, out / "a.nii.gz"),
        "scene": lambda out: scenes.export_scene(workspace, out, "slicer"),
        "mirror": lambda out: mirror_correction.mirror_moving(workspace, "x"),
        "look at originals": lambda out: back_to_archive.ask(_Context(workspace)),  # type: ignore[arg-type]
        "archive": lambda out: workspace.runner.start("", partial(_archive, workspace, choice, out / "a"), print),
        **formats,
    }


class _Context:
    """What a command is given of the window where it asks nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace


def _transform(workspace: Workspace, key: str, ending: str, out: Path) -> None:
    export.export_transform(workspace, out / f"a{ending}", key)


def _archive(workspace: Workspace, choice: ArchiveChoice, out: Path, observer: Observer) -> object:
    view = workspace.view_model.view
    return back_to_archive._write(workspace.document.state, view, choice, out, observer)


def _of_phantoms(workspace: Workspace) -> dict[str, Start]:
    """Jobs that need a head."""
    fixed, moving = phantoms.phantom_mr(), phantoms.phantom_ct()
    place = tuple(float(mm) for mm in phantoms.centre_of("lesion"))
    there = tuple(float(mm) for mm in phantoms.MOVING_FROM_FIXED.apply(phantoms.centre_of("lesion")))
    state = edits.set_pose(edits.new_study(fixed, moving), phantoms.MOVING_FROM_FIXED, "file")
    pair = LandmarkPair("A", place, there)  # type: ignore[arg-type]
    state = replace(state, landmarks=(pair,))
    _show(workspace, fixed, moving, state)
    pose = phantoms.MOVING_FROM_FIXED

    def of_thread(job: Callable[[Observer], Any]) -> Start:
        return lambda out: workspace.runner.start("", job, print)

    return {
        "register": lambda out: register.start_register(workspace, "header"),
        "refine": lambda out: register.start_refine(workspace),
        "inverse": lambda out: review.check_inverse(workspace),
        "refine a pair": of_thread(lambda observer: refine_landmarks._refine(state, pair, observer)),
        "check": of_thread(lambda observer: assess(fixed, moving, pose, observer=observer)),
        "report": of_thread(lambda observer: report_of(state, observer=observer)),
    }


def _phase(progress: Progress) -> str:
    """What a job says that it does, whatever numbers are in it."""
    return re.sub(r"\d+", "#", progress.text)


def _phases(job: Job) -> list[str]:
    """Each phase of a whole run, in order; before them all the moment when nothing was told yet."""
    found: dict[str, None] = {_BEFORE: None}
    job(Observer(lambda progress: found.setdefault(_phase(progress))))
    return list(found)


_BEFORE: Final = "(before)"


def _cancel_in(job: Job, phase: str) -> tuple[bool, float]:
    """Whether a job ended as cancelled when it was cancelled at its first progress of a phase; and how soon, s."""
    began = [0.0]

    def cancel() -> None:
        began[0] = time.monotonic()
        observer.cancelled.set()

    def listen(progress: Progress) -> None:
        if _phase(progress) == phase and not began[0]:
            cancel()

    observer = Observer(listen)
    if phase == _BEFORE:
        cancel()
    try:
        job(observer)
    except Cancelled:
        return True, time.monotonic() - began[0]
    return False, time.monotonic() - began[0]


def _cancel_everywhere(jobs: dict[str, Start], started: list[Job], folder: Path) -> None:
    """Cancel each job in each phase, and look at what is left.

    One that has nothing to write may come to its end: its result is not wanted any more, and the window drops it.
    """
    ended, dropped, slowest = 0, 0, 0.0
    for name, start in jobs.items():
        (folder / "whole").mkdir(exist_ok=True)
        start(folder / "whole")
        assert started, f"{name} did not start"
        for number, phase in enumerate(_phases(started.pop())):
            out = folder / f"{name} {number}"
            out.mkdir()
            start(out)
            stopped, seconds = _cancel_in(started.pop(), phase)
            slowest = max(slowest, seconds)
            ended, dropped = ended + stopped, dropped + (not stopped)
            assert list(out.iterdir()) == [], f"{name} cancelled in “{phase}”"
        for path in sorted((folder / "whole").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    print(f"\n{len(jobs)} jobs: {ended} cancelled in a phase each, {dropped} dropped, at most {slowest:.1f} s later")
    assert slowest < LATEST_S
    assert ended > 4 * dropped


@pytest.mark.parametrize("names", [SOME, pytest.param((), marks=pytest.mark.long)], ids=["some", "all"])
def test_jobs_on_files_end_where_they_are_cancelled(
    names: tuple[str, ...], workspace: Workspace, started: list[Job], dicom: Made, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "temporary").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "out").mkdir()
    jobs = _of_dicom(workspace, dicom, tmp_path / "files")
    jobs = {name: jobs[name] for name in names or jobs}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    _cancel_everywhere(jobs, started, tmp_path / "out")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_jobs_on_heads_end_where_they_are_cancelled(workspace: Workspace, started: list[Job], tmp_path: Path) -> None:
    with fewer_points():
        _cancel_everywhere(_of_phantoms(workspace), started, tmp_path)
