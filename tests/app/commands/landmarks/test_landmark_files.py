"""Landmarks from files and to files: one step of undo each, and a question wherever something does not fit."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answers import Answers

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.landmarks import landmark_files, mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.exchange.points.formats import FORMATS, PointFormat, read_points, write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.points.pairs_csv import read_pairs
from fusionviewer.exchange.transforms.recognition import holds_transform
from fusionviewer.geometry import Points
from fusionviewer.session.state import LandmarkPair

NAMES = ("AC", "PC", "Nasion", "Inion")
PLACES = np.array([[0, 10, 5], [1, 34, 6], [2, -60, -20], [-3, 65, 10]], dtype=float)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A fixed and a moving file of the same names, the second in another order."""
    write_points(tmp_path / "fixed.csv", NamedPoints(NAMES, PLACES))
    write_points(tmp_path / "moving.mrk.json", NamedPoints(NAMES[::-1], PLACES[::-1] + 2.0))
    return tmp_path


def pairs(workspace: Workspace) -> tuple[LandmarkPair, ...]:
    return workspace.document.state.landmarks


def both(workspace: Workspace, files: Path) -> None:
    assert landmark_files.open_points(workspace, "fixed", files / "fixed.csv")
    assert landmark_files.open_points(workspace, "moving", files / "moving.mrk.json")


def heard(workspace: Workspace) -> list[str]:
    """What is said and refused from now on."""
    said: list[str] = []
    workspace.said.connect(said.append)
    workspace.exported.connect(lambda sentence, path: said.append(sentence))
    workspace.failed.connect(lambda error: said.append(str(error)))
    return said


def test_two_files_are_paired_by_name_without_a_question(
    with_phantoms: Workspace, answers: Answers, files: Path
) -> None:
    said = heard(with_phantoms)
    both(with_phantoms, files)
    assert answers.asked == []
    assert [pair.name for pair in pairs(with_phantoms)] == list(NAMES)
    for pair, place in zip(pairs(with_phantoms), PLACES, strict=True):
        assert (pair.fixed_point, pair.moving_point) == (tuple(place), tuple(place + 2.0))
    assert with_phantoms.document.undo_stack.count() == 2
    assert said[-1] == "4 moving points from moving.mrk.json; 4 complete pairs."
    with_phantoms.document.undo_stack.undo()
    with_phantoms.document.undo_stack.undo()
    assert pairs(with_phantoms) == ()


@pytest.mark.parametrize(
    ("answer", "names", "complete"),
    [("common", NAMES, 2), ("all", (*NAMES, "Obex"), 2), (None, NAMES, 0)],
)
def test_names_that_differ_are_asked_about(
    with_phantoms: Workspace, answers: Answers, files: Path, answer: str | None, names: tuple[str, ...], complete: int
) -> None:
    landmark_files.open_points(with_phantoms, "fixed", files / "fixed.csv")
    write_points(files / "other.csv", NamedPoints(("PC", "Obex", "AC"), PLACES[:3]))
    answers.pairing = answer  # type: ignore[assignment]
    assert landmark_files.open_points(with_phantoms, "moving", files / "other.csv") == (answer is not None)
    assert answers.asked == ["pairing moving: ('PC', 'AC') ('Obex',) ('Nasion', 'Inion')"]
    assert tuple(pair.name for pair in pairs(with_phantoms)) == names
    assert sum(pair.complete for pair in pairs(with_phantoms)) == complete
    assert with_phantoms.document.undo_stack.count() == (2 if answer else 1)


def test_points_without_names_can_go_by_their_order(with_phantoms: Workspace, answers: Answers, files: Path) -> None:
    landmark_files.open_points(with_phantoms, "fixed", files / "fixed.csv")
    write_points(files / "moving.pts", NamedPoints(NAMES, PLACES + 1.0), "elastix")
    answers.pairing = "order"
    assert landmark_files.open_points(with_phantoms, "moving", files / "moving.pts")
    assert [(pair.name, pair.moving_point) for pair in pairs(with_phantoms)] == [
        (name, tuple(place + 1.0)) for name, place in zip(NAMES, PLACES, strict=True)
    ]


@pytest.mark.parametrize(
    ("spoil", "reading", "expected"),
    [
        (lambda p: p / 10, "centimetres", PLACES),
        (lambda p: p / 10, None, None),
        (lambda p: p / 10, "as written", PLACES / 10),
        (lambda p: p + 900.0, "as written", PLACES + 900.0),
        (lambda p: p + 900.0, None, None),
    ],
)
def test_points_outside_of_their_image_are_asked_about(
    with_phantoms: Workspace,
    answers: Answers,
    tmp_path: Path,
    spoil: Callable[[Points], Points],
    reading: str | None,
    expected: Points | None,
) -> None:
    write_points(tmp_path / "points.fcsv", NamedPoints(NAMES, spoil(PLACES)))
    answers.reading = reading
    assert landmark_files.open_points(with_phantoms, "fixed", tmp_path / "points.fcsv") == (expected is not None)
    assert len(answers.asked) == 1
    assert answers.asked[0].startswith("reading the fixed image")
    if expected is None:
        assert pairs(with_phantoms) == ()
    else:
        np.testing.assert_allclose(np.array([pair.fixed_point for pair in pairs(with_phantoms)], float), expected)


def test_a_table_of_pairs_comes_back_whole(with_phantoms: Workspace, answers: Answers, files: Path) -> None:
    both(with_phantoms, files)
    odd = LandmarkPair("half", None, (1.5, 2.5, 3.5), use="off", fle_mm=0.7, locked=True, colour="#ff7b72")
    check = LandmarkPair("check", (1.0, 1.0, 1.0), (2.0, 2.0, 2.0), use="check")
    state = with_phantoms.document.state
    before = replace(state, landmarks=(*state.landmarks, odd, check))
    with_phantoms.document.apply("more", before)
    landmark_files.save_pairs(with_phantoms, files / "pairs.csv")
    for answer in (None, "add", "instead"):
        answers.joining = answer
        landmark_files.open_pairs(with_phantoms, files / "pairs.csv")
        assert pairs(with_phantoms) == before.landmarks
    assert answers.asked == ["joining 6 6"] * 3
    with_phantoms.document.replace(replace(before, landmarks=()))
    landmark_files.open_points(with_phantoms, "fixed", files / "pairs.csv")  # it is one, whatever was asked for
    assert pairs(with_phantoms) == before.landmarks
    assert len(answers.asked) == 3
    assert with_phantoms.document.undo_stack.count() == 1


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.key)
def test_points_are_saved_in_every_format_and_read_back(
    with_phantoms: Workspace, files: Path, one: PointFormat
) -> None:
    both(with_phantoms, files)
    said = heard(with_phantoms)
    path = files / f"out{one.endings[0]}"
    landmark_files.save_points(with_phantoms, path, "moving", one.key)
    again = read_points(path)
    np.testing.assert_array_equal(again.points, PLACES + 2.0)
    assert again.names == (NAMES if one.keeps_names else ("P1", "P2", "P3", "P4"))
    assert ("keeps no names" in said[-1]) == (not one.keeps_names)


def test_only_marked_points_are_saved(with_phantoms: Workspace, files: Path) -> None:
    landmark_files.open_points(with_phantoms, "fixed", files / "fixed.csv")
    mark_landmarks.select(with_phantoms, 1)
    mark_landmarks.click(with_phantoms, "moving", PLACES[1])
    landmark_files.save_points(with_phantoms, files / "out.csv", "moving")
    assert read_points(files / "out.csv").names == ("PC",)
    landmark_files.save_pairs(with_phantoms, files / "pairs.csv")
    assert [pair.moving is not None for pair in read_pairs(files / "pairs.csv")] == [False, True, False, False]


@pytest.mark.parametrize("name", ["missing.csv", "broken.csv", "broken.mrk.json"])
def test_what_cannot_be_read_is_one_sentence_and_changes_nothing(
    with_phantoms: Workspace, tmp_path: Path, name: str
) -> None:
    if name.startswith("broken"):
        (tmp_path / name).write_text("name,x,y\nAC,1,2\n")
    state, said = with_phantoms.document.state, heard(with_phantoms)
    assert not landmark_files.open_points(with_phantoms, "fixed", tmp_path / name)
    landmark_files.open_pairs(with_phantoms, tmp_path / name)
    assert len(said) == 2
    assert all(name in sentence for sentence in said)
    assert with_phantoms.document.state is state


def test_a_place_that_cannot_be_written_is_refused(with_phantoms: Workspace, files: Path) -> None:
    both(with_phantoms, files)
    refused: list[FusionError] = []
    with_phantoms.failed.connect(refused.append)
    landmark_files.save_pairs(with_phantoms, files / "nowhere" / "pairs.csv")
    landmark_files.save_points(with_phantoms, files / "points.docx", "fixed")
    assert len(refused) == 2


def test_dropped_files_of_points_find_their_images(with_phantoms: Workspace, answers: Answers, files: Path) -> None:
    open_save.open_paths(with_phantoms, [files / "moving.mrk.json", files / "fixed.csv"])
    assert [pair.complete for pair in pairs(with_phantoms)] == [True] * 4
    assert pairs(with_phantoms)[0].fixed_point == tuple(PLACES[0])
    assert answers.asked == []
    answers.points_side = "moving"
    open_save.open_paths(with_phantoms, [files / "fixed.csv"])
    assert answers.asked == ["points side fixed.csv"]
    assert pairs(with_phantoms)[0].moving_point == tuple(PLACES[0])


def test_dropped_points_need_images(workspace: Workspace, files: Path) -> None:
    said = heard(workspace)
    open_save.open_paths(workspace, [files / "fixed.csv"])
    open_save.open_paths(workspace, [files / "fixed.csv", files / "t1.nii.gz"])
    assert said[0].startswith("Points of landmarks belong to images.")
    assert said[1].startswith("Images and landmarks were dropped together.")


def test_a_study_is_no_file_of_points(tmp_path: Path) -> None:
    assert landmark_files.holds_points(tmp_path / "a.mrk.json")
    assert landmark_files.holds_points(tmp_path / "A.FCSV")
    assert not landmark_files.holds_points(tmp_path / "a.fusion.json")
    assert not landmark_files.holds_points(tmp_path / "a.nii.gz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are a matter of POSIX")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that is dropped would hold the window for ever."""
    os.mkfifo(tmp_path / "a.csv")
    assert not landmark_files.holds_pairs(tmp_path / "a.csv")


def test_a_name_that_is_too_long_is_no_error_of_the_program(tmp_path: Path) -> None:
    long = tmp_path / ("y" * 300 + ".csv")
    assert not landmark_files.holds_pairs(long)
    assert landmark_files.holds_points(long)  # what reads it says why it cannot be read
    assert not holds_transform(long)
