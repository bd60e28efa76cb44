"""What there is to say about a study is the same in the window, in the JSON and in the library."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from finding_examples import VALUES, example
from landmark_sets import noisy, pair
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from windows import OpenWindow, child

from fusionviewer import Study, describe
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.tasks.image_reading import Opened, find_head
from fusionviewer.cli import summary
from fusionviewer.cli.main import run
from fusionviewer.exchange.points.formats import write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.quality import wording
from fusionviewer.quality.finding import LEVELS, Finding
from fusionviewer.quality.wording import row
from fusionviewer.registration import Ending, RegistrationResult, RegistrationSettings
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import points_of
from fusionviewer.session.study_file import save_study
from fusionviewer.ui.window.main_window import MainWindow

Told: TypeAlias = tuple[str, str, str]
"""A code, its level and its sentence."""

MARKS = {"warning": "▲", "note": "·"}
LEFTOVER = re.compile(r"[{}]|\bNone\b|\bnan\b|  ")
"""What a placeholder leaves in a text that was not filled in."""

POSE = RigidTransform.identity()
FINISHED = RegistrationResult(POSE, POSE, Ending.CONVERGED, (), RegistrationSettings(), "auto", 1.0, 1.0)


def shown(window: MainWindow) -> tuple[list[str], list[str]]:
    """What the Check panel says: its facts, and the findings under them."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what was shown before
    facts = child(window.column.review, QLabel, "known").text().splitlines()
    findings = child(window.column.review, QWidget, "findings")
    return facts, [label.text().replace("\u200b", "") for label in findings.findChildren(QLabel)]


def expected(told: list[Told]) -> tuple[list[str], list[str]]:
    """How the Check panel says this; an acceptance stands with the verdict."""
    facts = [sentence for code, level, sentence in told if level == "fact" and code != "accepted"]
    return facts, [f"{MARKS[level]} {sentence}" for _, level, sentence in told if level != "fact"]


def told_by(findings: tuple[Finding, ...]) -> list[Told]:
    return [(one.code, one.level, describe(one)) for one in findings]


def told_in(json_text: str) -> list[Told]:
    return [(one["code"], one["level"], one["sentence"]) for one in json.loads(json_text)["findings"]]


def test_every_code_passes_through_panel_json_and_library(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(VALUES) == set(LEVELS)
    window = open_window()
    document = window.workspace.document
    for code, level in LEVELS.items():
        finding = example(code)
        monkeypatch.setattr(review_commands, "alignment_findings", lambda *_, one=finding: (one,))
        document.apply(code, edits.nudge(document.state, np.ones(3), np.zeros(3), np.zeros(3)))
        ((_, _, sentence),) = told = told_by((finding,))
        assert told == [(code, level, sentence)]
        assert not sentence[0].islower()
        assert sentence.endswith((".", "?"))
        assert not LEFTOVER.search(sentence), sentence
        assert shown(window) == expected(told)
        assert told_in(summary.result_json(FINISHED, (finding,))) == told


def test_what_a_run_measured_has_its_row() -> None:
    assert set(wording._ROWS) == {code for code in LEVELS if code.startswith("run_")} - {"run_landmarks"}
    for code in wording._ROWS:
        assert not LEFTOVER.search(" ".join(row(example(code))))


def test_a_study_with_much_against_it_is_told_alike_everywhere(
    open_window: OpenWindow, phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run from a reviewed study with a displaced pair, on images with remarks; then its study in the window."""
    fixed, moving = (read_volume(path) for path in phantom_files)
    state = edits.nudge(edits.new_study(fixed, moving), np.array([2.0, 0, 0]), np.zeros(3), np.zeros(3))
    save_study(edits.set_review(state, "accepted", "looked"), None, tmp_path / "before.fusion.json")
    pairs = noisy(8, 0.5)
    pairs[3] = pair(3, (0.0, 12.0, 0.0))
    points = [str(tmp_path / f"{name}.csv") for name in ("f", "m")]
    for path, places in zip(points, points_of(pairs), strict=True):
        write_points(Path(path), NamedPoints(tuple(one.name for one in pairs), places))

    command = ["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), "--no-volume", "--json"]
    start = ["--start", str(tmp_path / "before.fusion.json"), "--landmarks", *points, "--landmark-weight", "0"]
    assert run([*command, *start, "--preset", "fast"]) == 0
    in_json = told_in(capsys.readouterr().out)
    codes = [code for code, _, _ in in_json]
    assert {"origin", "moved", "pair_displaced", "review_out_of_date", "image_remark"} <= set(codes)
    assert codes.count("image_remark") == 2
    assert len(set(in_json)) == len(in_json), "nothing is told twice"

    study = Study.open(tmp_path / "out" / "study.fusion.json")
    assert told_by(study.findings()) == in_json

    window = open_window(replace(study.state, fixed=None, moving=None))
    volumes = study.state.volumes()
    heads = {side: find_head(volume) for side, volume in volumes.items()}
    show_study(window.workspace, study.state, Opened(volumes, heads))
    assert shown(window) == expected(in_json)

    assert run(["landmarks", *points, "--out", str(tmp_path / "fit"), "--json"]) == 0
    of_points = told_in(capsys.readouterr().out)
    assert of_points == [one for one in in_json if one[0].startswith("pair")]
    assert of_points


@pytest.mark.parametrize(
    ("scales", "code"),
    [((1.0, np.array([-1.0, -1.0, 1.0])), "pairs_turned_round"), ((0.1, 0.1), "pairs_huddled")],
)
def test_what_is_odd_about_files_of_points_is_told_where_they_are_read(
    scales: tuple[Any, Any], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], phantom_files: Any
) -> None:
    fixed, moving = points_of(noisy(8, 0.01))
    points = [str(tmp_path / f"{name}.csv") for name in ("f", "m")]
    for path, places, scale in zip(points, (fixed, moving), scales, strict=True):
        write_points(Path(path), NamedPoints(tuple(f"L{n}" for n in range(8)), places * scale))
    assert run(["landmarks", *points, "--out", str(tmp_path / "fit"), "--json"]) == 0
    of_points = told_in(capsys.readouterr().out)
    assert [one for one, _, _ in of_points] == [code]
    command = ["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), "--no-volume", "--json"]
    arguments = ["--start", "header", "--landmarks", *points, "--landmark-weight", "0", "--preset", "fast"]
    assert run([*command, *arguments]) == 0
    out, err = capsys.readouterr()
    assert [one for one in told_in(out) if one[0] == code] == of_points
    assert err.count(of_points[0][2]) == 1


def test_odd_images_and_points_are_told_alike_by_the_command_line_the_library_and_the_window(
    open_window: OpenWindow, phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same image twice, with a pair that was marked far outside of it and pairs that disagree at a target."""
    mr, _ = phantom_files
    volume = read_volume(mr)
    pairs = [replace(one, moving_point=one.fixed_point) for one in noisy(8, 0.0)]
    places = np.array([one.fixed_point for one in pairs]) + 12 * np.sin(np.arange(24).reshape(8, 3))
    places[7] = (0.0, 0.0, 400.0)
    begun = replace(edits.new_study(volume, volume), landmarks=tuple(pairs), fle_mm=1.0)
    marked = [replace(one, moving_point=edits.point_of(place)) for one, place in zip(pairs, places, strict=True)]
    begun = landmark_edits.add_target(replace(begun, landmarks=tuple(marked)), (1.0, 2.0, 3.0))
    save_study(begun, None, tmp_path / "before.fusion.json")
    command = ["register", str(mr), str(mr), "--out", str(tmp_path / "out"), "--no-volume", "--preset", "fast"]
    command += ["--start", str(tmp_path / "before.fusion.json"), "--max-shift", "0", "--max-rotation", "0"]
    assert run([*command, "--json"]) == 0
    out, err = capsys.readouterr()
    in_json = told_in(out)
    odd = [one for one in in_json if one[0] in ("same_image", "points_outside", "prediction_contradicted")]
    assert len(odd) == 3
    assert {level for _, level, _ in odd} == {"warning"}
    for _, _, sentence in odd:
        assert err.count(f"fusionviewer: Warning: {sentence}") == 1
    assert run(command) == 0
    summary_text, _ = capsys.readouterr()
    for _, _, sentence in odd:
        assert summary_text.count(f"WARNING: {sentence}") == 1

    study = Study.open(tmp_path / "out" / "study.fusion.json")
    assert told_by(study.findings()) == in_json
    window = open_window(replace(study.state, fixed=None, moving=None))
    volumes = study.state.volumes()
    show_study(window.workspace, study.state, Opened(volumes, {side: find_head(one) for side, one in volumes.items()}))
    assert shown(window) == expected(in_json)


def test_two_cts_are_a_note_of_register(
    phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct = read_volume(phantom_files[1])
    write_volume(Volume(ct.image + 1, "ct2", "CT"), tmp_path / "ct2.nii.gz")
    command = ["register", str(phantom_files[1]), str(tmp_path / "ct2.nii.gz"), "--out", str(tmp_path / "out")]
    limits = ["--start", "header", "--max-shift", "0", "--max-rotation", "0"]
    assert run([*command, *limits, "--no-volume", "--preset", "fast", "--json"]) == 0
    out, err = capsys.readouterr()
    (told,) = (one for one in told_in(out) if one[0] == "both_ct")
    assert told[1] == "note"
    assert err.count(f"fusionviewer: {told[2]}\n") == 1
