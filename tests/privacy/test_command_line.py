"""Nothing of a patient comes out of the command line: every command on a marked pair, every byte of what it left."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from fewer_points import fewer_points
from marked_patient import (
    DESCRIPTION_MARK,
    KEPT_IN_THE_ARCHIVE,
    PERSON_MARKS,
    STUDY_MARK,
    MarkedPair,
    marked_files,
    marks_in,
)

from fusionviewer.cli.main import COMMANDS as PROGRAM
from fusionviewer.cli.main import run
from fusionviewer.process import log
from fusionviewer.session.records import landmark_record, target_record
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import load_study

PLACES: Final = ((10.0, 20.0, 30.0), (-20.0, 10.0, 5.0), (0.0, -30.0, 12.0), (30.0, 30.0, -10.0))

ALL_MARKS: Final = (*PERSON_MARKS, DESCRIPTION_MARK, STUDY_MARK)

STUDY: Final = "r/study.fusion.json"

COMMANDS: Final = {
    "info": "info {mr}",
    "info --json": "info {ct} --json",
    "info of a folder": "info {both}",
    "info --json of a folder": "info {both} --json",
    "register": "register {mr} {ct} --out r --start header --preset fast",
    "register --json": "register {mr} {ct} --out again --start r/transform.tfm --preset fast --no-volume --json "
    "--check",
    "register --series-descriptions": "register {mr} {ct} --out described --start r/transform.tfm --preset fast "
    "--no-volume --series-descriptions",
    "check": "check r/study.fusion.json",
    "report --names": "report r/study.fusion.json --out a.html --out a.pdf --out a.json --names",
    "replay": "replay a.json --study r/study.fusion.json",
    "picture": "picture {mr} {ct} --transform r/study.fusion.json --out a.png --size 900x600",
    "picture --names": "picture {mr} {ct} --transform r/transform.tfm --out named.tiff --names --size 900x600",
    "fuse": "fuse {mr} {ct} --transform r/transform.tfm --out fused.nii.gz",
    "resample": "resample {mr} {ct} --transform r/transform.tfm --out resampled.nrrd",
    "scene for Slicer": "scene r/study.fusion.json --for slicer --out slicer",
    "scene for ITK-SNAP": "scene r/study.fusion.json --for itksnap --out itksnap",
    "bids": "bids r/study.fusion.json --out bids --subject 01",
    "points": "points r/study.fusion.json --frame scanner-ras --out points.csv",
    "landmarks": "landmarks {points} {points} --images {mr} {ct} --out l",
    "convert": "convert r/transform.tfm a.mat --to fsl --fixed {mr} --moving {ct}",
    "convert to JSON": "convert r/study.fusion.json transform.json --to json",
    "archive --without-names": "archive r/study.fusion.json --out without --without-names --colour --series "
    "--registration",
    "archive": "archive r/study.fusion.json --out kept",
    "archive --series-descriptions": "archive r/study.fusion.json --out kept-described --series --series-descriptions",
    "batch, a row": "batch pairs.csv --out batch --row first",
    "batch": "batch pairs.csv --out batch --resume",
    "presets": "presets",
    "a file that is damaged": "info {damaged}",
    "a study whose image is gone": "check gone.fusion.json",
    "nonsense": "register {mr} {ct} --out r --start nowhere.tfm",
}
REFUSED: Final = frozenset({"a file that is damaged", "a study whose image is gone", "nonsense"})

SHOW_DESCRIPTIONS: Final = frozenset({
    "info", "info --json", "info of a folder", "info --json of a folder", "register --series-descriptions",
    "archive --series-descriptions",
})  # fmt: skip
"""Whose purpose it is to tell what a series is, and what was asked for."""

KEPT: Final = "kept"
DESCRIBED: Final = ("described", "kept-described")


@dataclass(frozen=True)
class Done:
    """What the commands have said and left."""

    said: Mapping[str, str]
    codes: Mapping[str, int]
    folder: Path
    home: Path
    temporary: Path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, marked_pair: MarkedPair) -> Done:
    """All commands, one after the other, in a folder of their own."""
    folder, home, temporary = (tmp_path_factory.mktemp(name) for name in ("work", "home", "temporary"))
    damaged = tmp_path_factory.mktemp("spoilt") / "one.dcm"
    damaged.write_bytes((marked_pair.fixed / "010.dcm").read_bytes()[:2000])
    places = {
        "mr": marked_pair.fixed, "ct": marked_pair.moving, "both": marked_pair.fixed.parent, "damaged": damaged.parent,
        "points": "landmarks.csv",
    }  # fmt: skip
    points = "".join(f"P{n},{x},{y},{z}\n" for n, (x, y, z) in enumerate(PLACES))
    (folder / "landmarks.csv").write_text(f"name,x,y,z\n{points}")
    (folder / "pairs.csv").write_text(
        f"id,fixed,moving,preset,start\nfirst,{places['mr']},{places['ct']},fast,header\n"
    )
    said, codes = {}, {}
    with pytest.MonkeyPatch.context() as patch, chdir(folder), fewer_points():
        patch.setattr(tempfile, "tempdir", str(temporary))
        patch.setenv("TMPDIR", str(temporary))
        log.begin("command line", home)
        for name, words in COMMANDS.items():
            text = io.StringIO()
            with redirect_stdout(text), redirect_stderr(text):
                codes[name] = run([word.format(**places) for word in words.split()])
            said[name] = text.getvalue()
            if name == "register --json":
                _mark_places(folder / STUDY, folder / "gone.fusion.json")
        log.begin("", None)
    return Done(said, codes, folder, home, temporary)


def _mark_places(study: Path, gone: Path) -> None:
    """Give a study landmarks and a target, and write another one whose images are nowhere."""
    document = json.loads(study.read_text(encoding="utf-8"))
    pairs = [landmark_record(LandmarkPair(f"P{n}", place, place)) for n, place in enumerate(PLACES)]
    document |= {"landmarks": pairs, "targets": [target_record(Target("tip", PLACES[0]))]}
    study.write_text(json.dumps(document), encoding="utf-8")
    for side in ("fixed", "moving"):
        document["images"][side] |= {"path": "../nowhere", "absolute_path": "/nowhere"}
    gone.write_text(json.dumps(document), encoding="utf-8")


def test_every_command_has_done_its_work(done: Done) -> None:
    assert {words.split()[0] for words in COMMANDS.values()} == set(PROGRAM)
    codes = {name: code for name, code in done.codes.items() if (code == 2) != (name in REFUSED)}
    assert codes == {}, done.said
    assert all(name == "check" or code in (0, 2) for name, code in done.codes.items())
    for name in ("overview.html", "results.csv", "first/report.html"):
        assert (done.folder / "batch" / name).exists()


def test_nothing_that_is_said_tells_of_the_patient(done: Done) -> None:
    marks = {name: marks_in(text.encode(), PERSON_MARKS) for name, text in done.said.items()}
    assert {name: found for name, found in marks.items() if found} == {}


def test_descriptions_are_said_only_where_they_are_asked_for(done: Done) -> None:
    said = {name for name, text in done.said.items() if marks_in(text.encode(), (DESCRIPTION_MARK, STUDY_MARK))}
    assert said <= SHOW_DESCRIPTIONS
    assert "info" in said


def test_no_file_tells_of_the_patient(done: Done) -> None:
    archived = tuple(done.folder / name for name in (KEPT, "kept-described"))
    assert marked_files(done.folder, (*PERSON_MARKS, STUDY_MARK), but=archived) == {}


def test_no_file_has_a_description_unless_it_was_asked_for(done: Done) -> None:
    asked_for = tuple(done.folder / name for name in DESCRIBED)
    assert marked_files(done.folder, (DESCRIPTION_MARK,), but=asked_for) == {}
    for place in asked_for:
        assert marked_files(place, (DESCRIPTION_MARK,)) != {}


def test_series_are_called_by_their_numbers(done: Done) -> None:
    stored = load_study(done.folder / STUDY)
    assert stored.fixed is not None
    assert stored.moving is not None
    assert (stored.fixed.name, stored.moving.name) == ("MR series 3", "CT series 4")
    described = load_study(done.folder / "described" / "study.fusion.json")
    assert described.moving is not None
    assert described.moving.name == f"{DESCRIPTION_MARK} CT"


def test_what_goes_back_to_the_archive_has_the_patients_identity(done: Done) -> None:
    found = set().union(*marked_files(done.folder / KEPT, (*PERSON_MARKS, STUDY_MARK)).values())
    assert set(KEPT_IN_THE_ARCHIVE) <= found


def test_neither_the_log_nor_a_temporary_file_tells_anything(done: Done) -> None:
    assert list(done.temporary.rglob("*")) == []
    assert marked_files(done.home, ALL_MARKS) == {}
