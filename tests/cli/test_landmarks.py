"""`fusionviewer landmarks`: the fit, what it says of itself, the files it leaves, and what it refuses."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layouts import placed, some_pose, spread_over_a_head

from fusionviewer.cli.main import run
from fusionviewer.exchange.points.formats import ENDINGS, PROGRAMS, write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.transforms.itk import read_itk_transform
from fusionviewer.geometry import Points, RigidTransform

Capture = pytest.CaptureFixture[str]

RNG = np.random.default_rng(5)
FIXED = spread_over_a_head(RNG, 8)
POSE = some_pose(RNG)
MOVING = placed(RNG, POSE.apply(FIXED), 1.0)
NAMES = ("nasion", "inion", "left ear", "right ear", "vertex", "AC", "PC", "chin")


def tables(
    folder: Path, fixed: Points = FIXED, moving: Points = MOVING, endings: tuple[str, str] = (".csv", ".csv")
) -> list[str]:
    paths = [folder / f"{side}{ending}" for side, ending in zip(("fixed", "moving"), endings, strict=True)]
    for path, points in zip(paths, (fixed, moving), strict=True):
        write_points(path, NamedPoints(NAMES[: len(points)], points))
    return [str(path) for path in paths]


def facts(files: list[str], out: Path, capsys: Capture, *more: str) -> dict[str, Any]:
    assert run(["landmarks", *files, "--out", str(out), "--json", *more]) == 0
    printed = capsys.readouterr().out
    assert printed == (out / "landmarks.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(printed)
    return found


def test_the_fit_and_its_numbers(tmp_path: Path, capsys: Capture) -> None:
    """Against formulas written down here once more, from the papers."""
    targets = np.array([[-12.0, 31, 8], [0, 0, 0], [40, -60, 30]])
    found = facts(tables(tmp_path), tmp_path / "out", capsys, "--target", "-12,31,8", "0,0,0", "--target", "4e1,-60,30")
    pose = RigidTransform.from_matrix(found["moving_from_fixed"])
    residuals = np.linalg.norm(pose.apply(FIXED) - MOVING, axis=1)
    assert found["names"] == list(NAMES)
    assert found["residuals_mm"] == pytest.approx(residuals)
    assert found["fre_mm"] == pytest.approx(np.sqrt(np.mean(residuals**2)))
    nudged = pose @ RigidTransform.from_rotation_vector((0.002, -0.001, 0.001), np.zeros(3), np.array([0.1, 0, -0.1]))
    assert np.sqrt(np.mean(np.sum((nudged.apply(FIXED) - MOVING) ** 2, axis=1))) > found["fre_mm"]
    # Fitzpatrick, West and Maurer 1998: TRE² = FLE²/N · (1 + ⅓ Σ d_k²/f_k²) about the principal axes of the landmarks
    centred = FIXED - FIXED.mean(axis=0)
    axes = np.linalg.svd(centred)[2]
    arms, reach = centred @ axes.T, (targets - FIXED.mean(axis=0)) @ axes.T
    d2, f2 = ((v**2).sum(axis=1)[:, None] - v**2 for v in (reach, arms))  # squared distances from the three axes
    share = (d2 / f2.mean(axis=0)).mean(axis=1)
    assert found["predicted_tre_mm"] == pytest.approx(np.sqrt((1 + share) / len(FIXED)))
    assert found["leave_one_out_mm"][2] == pytest.approx(left_out(2))
    assert found["suspects"] == []
    assert (found["fle_mm"], found["unpaired"], found["notes"]) == (1.0, [], [])


def left_out(number: int) -> float:
    """By quaternions (Horn 1987), which the program does not use."""
    rest = np.arange(len(FIXED)) != number
    fixed, moving = FIXED[rest], MOVING[rest]
    s = (fixed - fixed.mean(axis=0)).T @ (moving - moving.mean(axis=0))
    d = np.array([s[1, 2] - s[2, 1], s[2, 0] - s[0, 2], s[0, 1] - s[1, 0]])
    n = np.block([[np.array([[np.trace(s)]]), d[None]], [d[:, None], s + s.T - np.trace(s) * np.eye(3)]])
    w, x, y, z = np.linalg.eigh(n)[1][:, -1]
    r = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return float(np.linalg.norm(r @ (FIXED[number] - fixed.mean(axis=0)) + moving.mean(axis=0) - MOVING[number]))


def test_the_files_it_leaves(tmp_path: Path, capsys: Capture) -> None:
    found = facts(tables(tmp_path), tmp_path / "a" / "b", capsys)
    assert sorted(os.listdir(tmp_path / "a" / "b")) == ["landmarks.json", "moving_from_fixed.tfm"]
    pose = read_itk_transform(tmp_path / "a" / "b" / "moving_from_fixed.tfm")
    assert pose.matrix == pytest.approx(np.array(found["moving_from_fixed"]), abs=1e-12)
    assert found["predicted_tre_mm"] == []
    assert np.linalg.norm(pose.apply(FIXED) - POSE.apply(FIXED), axis=1).max() < 2


def test_the_localisation_error_scales_the_prediction(tmp_path: Path, capsys: Capture) -> None:
    files = tables(tmp_path)
    one = facts(files, tmp_path / "out", capsys, "--target", "1,2,3")["predicted_tre_mm"]
    found = facts(files, tmp_path / "out", capsys, "--target", "1,2,3", "--fle", "2.5")
    assert found["fle_mm"] == 2.5
    assert found["predicted_tre_mm"] == pytest.approx([2.5 * one[0]])


@pytest.mark.parametrize("target", ["-12,31,8", "-.5,-3e1,-8.25", "+1,2,-3", "-12, 31, 8"])
def test_targets_that_look_like_options(tmp_path: Path, capsys: Capture, target: str) -> None:
    files = tables(tmp_path)
    apart = facts(files, tmp_path / "out", capsys, "--target", target)["predicted_tre_mm"]
    joined = facts(files, tmp_path / "out", capsys, f"--target={target}")["predicted_tre_mm"]
    assert len(apart) == 1
    assert apart == joined


@pytest.mark.parametrize("kind", ["displaced", "swapped", "wrong side"])
def test_suspects_are_named_loudly(tmp_path: Path, capsys: Capture, kind: str) -> None:
    moving = MOVING.copy()
    lateral = int(np.argmax(np.abs(FIXED[:, 0])))
    if kind == "displaced":
        moving[5] += (0.0, 9.0, -9.0)
    elif kind == "swapped":
        moving[[2, 6]] = moving[[6, 2]]
    else:
        moving[lateral] = POSE.apply(FIXED[lateral] * (-1, 1, 1))
    numbers = {"displaced": [5], "swapped": [2, 6], "wrong side": [lateral]}[kind]
    files = tables(tmp_path, moving=moving)
    found = facts(files, tmp_path / "out", capsys)
    assert {suspect["name"] for suspect in found["suspects"]} == {NAMES[number] for number in numbers}
    assert {suspect["reason"] for suspect in found["suspects"]} == {kind}
    for suspect in found["suspects"]:
        assert set(suspect) == {"name", "reason", "off_mm", "twin"}
        assert suspect["off_mm"] > 8
        others = {NAMES[number] for number in numbers} - {suspect["name"]}
        assert suspect["twin"] == (others.pop() if others else None)
    assert run(["landmarks", *files, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    (finding,) = found["findings"]
    assert err == f"fusionviewer: Warning: {finding['sentence']}\n"
    assert f"SUSPECT: {finding['sentence']}\n" in out
    for number in numbers:
        assert f"“{NAMES[number]}”" in finding["sentence"]
        assert any(line.startswith(NAMES[number]) and f"suspect: {kind}" in line for line in out.splitlines())


DOUBTS: dict[str, tuple[Callable[[Points], Points], list[str], str]] = {
    "mirrored": (lambda p: p * [-1, 1, 1], ["mirrored"], "look mirrored"),
    "scaled": (lambda p: 1.08 * p, ["scaled"], "1.07"),
    "disagreeing": (lambda p: np.roll(p, 1, axis=0), ["disagreeing"], "same names mean the same places"),
    "turned round": (lambda p: p * [-1, -1, 1], ["turned round"], "as if one of the files were RAS"),
    "sound": (lambda p: p, [], ""),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_what_speaks_against_all_pairs_is_said_loudly(tmp_path: Path, capsys: Capture, name: str) -> None:
    spoil, reasons, words = DOUBTS[name]
    small = RigidTransform.from_rotation_vector((0.1, 0.2, -0.1), np.zeros(3), np.array([9.0, -8, 7]))
    moving = spoil(placed(np.random.default_rng(1), small.apply(FIXED), 1.0))
    files = tables(tmp_path, moving=moving)
    found = facts(files, tmp_path / "out", capsys)
    assert [doubt["reason"] for doubt in found["doubts"]] == reasons
    assert found["suspects"] == []
    assert run(["landmarks", *files, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert err.count("Warning: ") == out.count("DOUBT: ") == len(reasons)
    for doubt in found["doubts"]:
        assert words in doubt["sentence"]
        assert f"Warning: {doubt['sentence']}" in err
        assert f"DOUBT: {doubt['sentence']}" in out


def test_a_prediction_that_the_residuals_contradict_is_given_with_a_warning(tmp_path: Path, capsys: Capture) -> None:
    """The JSON keeps all its numbers; findings, summary and standard error say that they cannot be believed."""
    moving = placed(np.random.default_rng(3), POSE.apply(FIXED), 15.0)
    sound = facts(tables(tmp_path), tmp_path / "out", capsys, "--target", "0,0,0")
    files = tables(tmp_path, moving=moving)
    found = facts(files, tmp_path / "out", capsys, "--target", "0,0,0")
    assert found["predicted_tre_mm"] == sound["predicted_tre_mm"]
    assert found["predicted_tre_mm"][0] < 2
    assert found["fre_mm"] > 5
    assert [doubt["reason"] for doubt in found["doubts"]] == ["disagreeing"]
    assert [one["code"] for one in found["findings"]] == ["pairs_disagree", "prediction_contradicted"]
    assert [one["level"] for one in found["findings"]] == ["warning", "warning"]
    told = found["findings"][1]
    assert told["values"]["because"] == "residuals"
    assert told["values"]["fre_mm"] == pytest.approx(found["fre_mm"])
    assert told["values"]["fle_mm"] == 1
    assert told["values"]["times"] == pytest.approx(found["findings"][0]["values"]["times"])
    assert f"the residuals (FRE {found['fre_mm']:.1f} mm) are" in told["sentence"]
    assert run(["landmarks", *files, "--out", str(tmp_path / "out"), "--target", "0,0,0"]) == 0
    out, err = capsys.readouterr()
    assert err.count(f"fusionviewer: Warning: {told['sentence']}\n") == 1
    assert out.count(f"WARNING: {told['sentence']}\n") == 1
    assert "mm RMS. Not to be believed: see the WARNING." in out
    assert [one["code"] for one in facts(files, tmp_path / "out", capsys)["findings"]] == ["pairs_disagree"]


def test_a_head_in_centimetres_in_both_files(tmp_path: Path, capsys: Capture) -> None:
    found = facts(tables(tmp_path, FIXED / 10, MOVING / 10), tmp_path / "out", capsys)
    assert [doubt["reason"] for doubt in found["doubts"]] == ["huddled"]
    assert "give them in mm" in found["doubts"][0]["sentence"]


@pytest.mark.parametrize("ending", [".txt", ".pts"])
def test_points_without_names_must_be_as_many(tmp_path: Path, capsys: Capture, ending: str) -> None:
    tables(tmp_path, endings=(ending, ending))
    write_points(tmp_path / f"moving{ending}", NamedPoints(NAMES[1:], MOVING[1:]))
    files = [str(tmp_path / f"{side}{ending}") for side in ("fixed", "moving")]
    why = complaint(["landmarks", *files, "--out", str(tmp_path / "out"), "--json"], capsys)
    assert f"fixed{ending} holds 8 points and moving{ending} holds 7, and without names it is unknown" in why
    assert not (tmp_path / "out").exists()


def test_the_summary(tmp_path: Path, capsys: Capture) -> None:
    files = tables(tmp_path)
    assert run(["landmarks", *files, "--out", str(tmp_path / "out"), "--target", "-12,31,8"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].split() == ["name", "residual", "left", "out", "remark"]
    assert [line.split("  ")[0] for line in lines[1:9]] == list(NAMES)
    found = json.loads((tmp_path / "out" / "landmarks.json").read_text("utf-8"))
    assert f"FRE {found['fre_mm']:.2f} mm. FRE says how well the pairs agree, not how accurate the fit is" in out
    assert f"Predicted error (TRE) at -12,31,8: {found['predicted_tre_mm'][0]:.2f} mm RMS." in lines
    assert "SUSPECT" not in out
    assert "Not a medical device." in out
    assert all(len(line) <= 120 for line in lines if str(tmp_path) not in line)


def test_names_make_the_pairs(tmp_path: Path, capsys: Capture) -> None:
    """In any order; what stands in one file alone is left out and said."""
    order = [4, 2, 7, 0, 1]
    write_points(tmp_path / "f.csv", NamedPoints((*NAMES, "alone"), np.vstack([FIXED, [1.0, 2, 3]])))
    write_points(
        tmp_path / "m.csv", NamedPoints((*(NAMES[n] for n in order), "other"), np.vstack([MOVING[order], [0.0, 0, 0]]))
    )
    assert run(["landmarks", str(tmp_path / "f.csv"), str(tmp_path / "m.csv"), "--out", str(tmp_path), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["names"] == [NAMES[n] for n in sorted(order)]
    assert found["unpaired"] == ["right ear", "AC", "PC", "alone", "other"]
    assert "Left out, because only one of the files has them: right ear, AC, PC, alone, other." in err
    assert any("right ear, AC" in note for note in found["notes"])


def test_odd_names_break_no_line(tmp_path: Path, capsys: Capture) -> None:
    names = ("two\nlines", "\x1b[31mred", "x" * 300, 'say "hi", doctor', "тест", "🧠", "0", "#8")
    moving = MOVING.copy()
    moving[0] += [20.0, -20, 0]
    alone = tuple(f"alone {n}" for n in range(30))
    write_points(tmp_path / "f.csv", NamedPoints((*names, *alone), np.vstack([FIXED, np.zeros((30, 3))])))
    write_points(tmp_path / "m.csv", NamedPoints(names, moving))
    files = [str(tmp_path / "f.csv"), str(tmp_path / "m.csv")]
    found = facts(files, tmp_path / "out", capsys)
    assert (found["names"], found["unpaired"]) == (list(names), list(alone))
    assert [suspect["name"] for suspect in found["suspects"]] == ["two\nlines"]
    assert run(["landmarks", *files, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert err.count("\n") == 2
    assert "“two lines” lies " in err
    assert "alone 19 and 10 more." in err
    assert "\x1b" not in out + err
    assert all(len(line) <= 120 for line in out.splitlines() if str(tmp_path) not in line)


def test_three_pairs_are_fitted_and_not_judged(tmp_path: Path, capsys: Capture) -> None:
    found = facts(tables(tmp_path, FIXED[:3], MOVING[:3]), tmp_path / "out", capsys, "--target", "0,0,0")
    assert found["leave_one_out_mm"] == [None, None, None]
    assert found["suspects"] == []
    assert found["predicted_tre_mm"][0] > 0.5
    assert found["notes"] == ["Of fewer than 4 pairs none can be judged by the others."]
    assert run(["landmarks", *tables(tmp_path, FIXED[:3], MOVING[:3]), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.count("–") >= 3


@pytest.mark.parametrize("ending", [".mrk.json", ".fcsv", ".txt", ".pts"])
def test_files_of_other_programs(tmp_path: Path, capsys: Capture, ending: str) -> None:
    expected = facts(tables(tmp_path), tmp_path / "one", capsys)
    found = facts(tables(tmp_path, endings=(ending, ending)), tmp_path / "two", capsys)
    assert found["moving_from_fixed"] == expected["moving_from_fixed"]
    named = ending in (".mrk.json", ".fcsv")
    assert found["names"] == (list(NAMES) if named else [f"P{n}" for n in range(1, 9)])
    assert bool(found["notes"]) != named


def test_a_list_in_ras_is_told_by_itself(tmp_path: Path, capsys: Capture) -> None:
    expected = facts(tables(tmp_path), tmp_path / "one", capsys)
    write_points(tmp_path / "old.fcsv", NamedPoints(NAMES, MOVING), "fcsv-old")
    found = facts([str(tmp_path / "fixed.csv"), str(tmp_path / "old.fcsv")], tmp_path / "two", capsys)
    assert found["moving_from_fixed"] == expected["moving_from_fixed"]


TABLE = "name,x,y,z\n"
SOUND = TABLE + "A,0,0,0\nB,50,0,0\nC,0,60,0\n"
BAD: dict[str, tuple[str, str, str]] = {
    "empty": ("a.csv", "", "is empty"),
    "no header": ("a.csv", "A,0,0,0\n", "not the header"),
    "two pairs": ("a.csv", TABLE + "A,0,0,0\nB,50,0,0\n", "only 2 names in common"),
    "no pairs": ("a.csv", TABLE + "X,0,0,0\nY,50,0,0\nZ,0,60,0\n", "no names in common"),
    "one line": ("a.csv", TABLE + "A,0,0,0\nB,50,0,0\nC,100,0,0\n", "lie on one line"),
    "one place": ("a.csv", TABLE + "A,0,0,0\nB,0,0,0.1\nC,0,0.1,0\n", "all at the same place"),
    "twice": ("a.csv", TABLE + "A,0,0,0\nA,50,0,0\nC,0,60,0\n", "“A” comes twice"),
    "no number": ("a.csv", TABLE + "A,0,0,zero\n", "“zero” is not a number"),
    "unknown": ("a.docx", "PK", "of no kind of landmark file"),
    "voxels": ("a.txt", "index\n3\n0 0 0\n1 0 0\n0 1 0\n", "are voxels of an image"),
    "count": ("a.txt", "point\n3\n0 0 0\n1 0 0\n", "says that it holds 3 points"),
    "a line markup": ("a.mrk.json", '{"markups": [{"type": "Line"}]}', "a markup of type Line"),
    "no markup": ("a.mrk.json", '{"markups": []}', "holds no markups"),
    "damaged": ("a.mrk.json", '{"markups": [', "is damaged"),
    "centimetres": ("a.csv", TABLE + "A,0,0,0\nB,5,0,0\nC,0,6,0\n", "10 times as far apart"),
    "metres": ("a.csv", TABLE + "A,0,0,0\nB,.05,0,0\nC,0,.06,0\n", "1000 times as far apart"),
    "far away": ("a.csv", TABLE + "A,0,0,0\nB,50000,0,0\nC,0,60,0\n", "m from the middle of the others"),
    "capitals": ("a.csv", TABLE + "a,0,0,0\nB,50,0,0\nC,0,60,0\n", "differ in capitals"),
    "no names": ("a.txt", "point\n3\n0 0 0\n50 0 0\n0 60 0\n", "a.txt has no names, and sound.csv has"),
    "pairs": ("a.csv", "name,fixed_x,fixed_y,fixed_z,moving_x,moving_y,moving_z\n", "a table of pairs"),
}


def complaint(arguments: list[str], capsys: Capture) -> str:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fusionviewer: ")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize("name", sorted(BAD))
@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_bad_files_get_one_sentence_and_leave_nothing(tmp_path: Path, capsys: Capture, name: str, side: str) -> None:
    file, content, why = BAD[name]
    (tmp_path / file).write_text(content, encoding="utf-8")
    (tmp_path / "sound.csv").write_text(SOUND, encoding="utf-8")
    files = [str(tmp_path / file), str(tmp_path / "sound.csv")]
    before = sorted(os.listdir(tmp_path))
    both = files if side == "fixed" else files[::-1]
    assert why in complaint(["landmarks", *both, "--out", str(tmp_path / "new" / "out"), "--json"], capsys)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--target", "1,2"], "'1,2' is not a point"),
        (["--target", "1,2,nan"], "is not a point"),
        (["--target", "-1,2,3", "1,2,inf"], "is not a point"),
        (["--target"], "expected at least one argument"),
        (["--fle", "0"], "'0' is not a localisation error"),
        (["--fle", "-1"], "'-1' is not a localisation error"),
        (["--fle", "nan"], "is not a localisation error"),
        (["--fle", "1e-160"], "from 0.001 to 100"),
        (["--fle", "1_0"], "is not a localisation error"),
        (["--target", "1_0,2,3"], "is not a point"),
        (["--fle", "much"], "is not a localisation error"),
        (["--convert", "x"], "Unrecognized arguments"),
    ],
)
def test_bad_arguments_get_one_sentence(tmp_path: Path, capsys: Capture, more: list[str], why: str) -> None:
    assert why in complaint(["landmarks", *tables(tmp_path), "--out", str(tmp_path / "out"), *more], capsys)
    assert not (tmp_path / "out").exists()


def test_missing_files_and_arguments(tmp_path: Path, capsys: Capture) -> None:
    fixed, _ = tables(tmp_path)
    missing = str(tmp_path / "missing.csv")
    assert "There is no file" in complaint(["landmarks", fixed, missing, "--out", str(tmp_path / "o")], capsys)
    assert "required: --out" in complaint(["landmarks", fixed, fixed], capsys)
    assert "required: MOVING.csv" in complaint(["landmarks", fixed, "--out", str(tmp_path / "o")], capsys)


def test_the_results_never_take_the_place_of_the_points(tmp_path: Path, capsys: Capture) -> None:
    fixed, moving = tables(tmp_path)
    own = tmp_path / "landmarks.json"
    write_points(own, NamedPoints(NAMES, MOVING))
    before = own.read_bytes()
    assert "one of the files of points" in complaint(["landmarks", fixed, str(own), "--out", str(tmp_path)], capsys)
    assert own.read_bytes() == before
    assert not (tmp_path / "moving_from_fixed.tfm").exists()
    assert run(["landmarks", fixed, moving, "--out", str(tmp_path / "other")]) == 0


def test_a_place_that_cannot_be_written_to(tmp_path: Path, capsys: Capture) -> None:
    files = tables(tmp_path)
    (tmp_path / "taken").write_text("a file")
    for out in ("taken", "taken/below"):
        assert "cannot be written" in complaint(["landmarks", *files, "--out", str(tmp_path / out)], capsys)
    (tmp_path / "out" / "landmarks.json").mkdir(parents=True)
    assert "a folder of that name" in complaint(["landmarks", *files, "--out", str(tmp_path / "out")], capsys)
    assert os.listdir(tmp_path / "out") == ["landmarks.json"]
    assert (tmp_path / "taken").read_text() == "a file"


def tiny_files_only() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")
def test_a_full_disk_leaves_neither_file(new_process: Any, tmp_path: Path) -> None:
    """The transform still fits, the facts do not."""
    files = tables(tmp_path)
    before = sorted(os.listdir(tmp_path))
    done = new_process("landmarks", *files, "--out", "new/out", preexec_fn=tiny_files_only)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path)) == before


def test_the_help_names_all_programs_and_endings_of_points(capsys: Capture) -> None:
    assert run(["landmarks", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert PROGRAMS in said
    assert all(ending in said for ending in ENDINGS)
