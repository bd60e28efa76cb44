"""`fusionviewer batch`: a bad row costs a sentence, a killed batch does what is left, and one page tells all."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fewer_points import fewer_points

from fusionviewer.cli.batch_run.processes import own_command
from fusionviewer.cli.batch_run.table import read_table, register_arguments, row_words
from fusionviewer.cli.main import parsed, run
from fusionviewer.quality.batch.records import MADE, load_batch
from fusionviewer.quality.report import facts

STAND_IN = Path(__file__).with_name("batch_stand_in.py")
HEAD = "id,fixed,moving\n"


def stand_in(*arguments: object, seconds: float = 0.05) -> subprocess.Popen[str]:
    """The program with a registration that looks at no image."""
    return subprocess.Popen(
        [sys.executable, str(STAND_IN), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "STAND_IN_SECONDS": str(seconds)}, start_new_session=True,
    )  # fmt: skip


def wait_until(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def table_of(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "pairs.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def begun(out: Path) -> list[str]:
    return (out / "begun.txt").read_text().split()


def outcomes(out: Path) -> dict[str, str]:
    return {row.id: row.outcome for row in load_batch(out).rows}


def test_a_bad_row_costs_a_sentence_and_the_others_go_on(tmp_path: Path) -> None:
    table, out = table_of(tmp_path, "a,good,m", "b,bad,m", "c,crash,m", "d,,m", "e,good,m"), tmp_path / "out"
    code, told, said = finished(stand_in("batch", table, "--out", out, "--jobs", 2))
    assert code == 5, said
    assert outcomes(out) == {"a": "done", "b": "refused", "c": "died", "d": "refused", "e": "done"}
    sentences = {row.id: row.sentence for row in load_batch(out).rows}
    assert sentences["b"] == "‹fixed› is damaged. Copy it again."
    assert "ended unexpectedly (signal 9" in sentences["c"]
    assert sentences["d"] == "There is no fixed image. Fill in the column fixed."
    assert str(tmp_path / "bad") not in told + said
    page = (out / "overview.html").read_text("utf-8")
    assert all(text in page for text in sentences.values() if text)
    with (out / "results.csv").open(encoding="utf-8", newline="") as stream:
        assert [line["outcome"] for line in csv.DictReader(stream)] == [*outcomes(out).values()]


def test_what_is_not_the_rows_fault_is_tried_again(tmp_path: Path) -> None:
    table, out = table_of(tmp_path, "a,full,m", "b,large,m", "c,bad,m"), tmp_path / "out"
    assert finished(stand_in("batch", table, "--out", out))[0] == 5
    assert finished(stand_in("batch", table, "--out", out, "--resume"))[0] == 5
    assert outcomes(out) == {"a": "died", "b": "died", "c": "refused"}
    assert begun(out) == ["a", "b", "c", "a", "b"]
    assert "The images do not fit into memory." in load_batch(out).rows[1].sentence


def test_again_it_does_only_what_changed_or_died(tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).write_text("1")
    rows = ["a,good,m", "b,bad,m", "c,crash,m"]
    table, out = table_of(tmp_path, *rows), tmp_path / "out"
    assert finished(stand_in("batch", table, "--out", out))[0] == 5
    assert finished(stand_in("batch", table, "--out", out, "--resume"))[0] == 5
    assert begun(out) == ["a", "b", "c", "c"]
    table_of(tmp_path, "a,good,m", "b,good,m", "d,good,other")
    assert finished(stand_in("batch", table, "--out", out, "--resume"))[0] == 0
    assert sorted(begun(out)[4:]) == ["b", "d"]
    (tmp_path / "good").write_text("22")
    (out / "d" / MADE[-1]).unlink()
    assert finished(stand_in("batch", table, "--out", out, "--resume"))[0] == 0
    assert sorted(begun(out)[6:]) == ["a", "b", "d"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_it_does_what_is_left(tmp_path: Path, how: signal.Signals) -> None:
    table, out = table_of(tmp_path, *(f"r{n},good,m" for n in range(4))), tmp_path / "out"
    process = stand_in("batch", table, "--out", out, "--jobs", 1, seconds=1.0)
    wait_until(lambda: (out / "begun.txt").is_file() and begun(out) == ["r0", "r1"])
    if how == signal.SIGINT:  # as a terminal does
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    code, _, said = finished(process)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    if how == signal.SIGINT:
        assert "interrupted; 1 of 4 rows were done. Go on with the same line and --resume." in said
        assert set(outcomes(out).values()) == {"done", "died"}
        assert [path.parent.name for path in out.glob("*/row.json")] == ["r0"]
        assert "unexpectedly" not in said
        assert not list(out.glob("*/.*.part*"))
    assert not (out / "overview.html").exists()
    assert finished(stand_in("batch", table, "--out", out, "--resume", "--jobs", 2))[0] == 0
    assert set(outcomes(out).values()) == {"done"}
    assert begun(out).count("r0") == 1
    assert not (out / ".batch.lock").exists()


def test_a_row_whose_batch_is_gone_ends_soon(tmp_path: Path) -> None:
    table, out = table_of(tmp_path, "a,good,m"), tmp_path / "out"
    process = stand_in("batch", table, "--out", out, "--row", "a", seconds=10)
    wait_until((out / "begun.txt").is_file)
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(timeout=15) == 130
    assert process.stdout is not None
    process.stdout.close()
    assert not (out / "a" / "row.json").exists()


def test_two_do_not_work_in_one_folder(tmp_path: Path) -> None:
    table, out = table_of(tmp_path, "a,good,m"), tmp_path / "out"
    first = stand_in("batch", table, "--out", out, seconds=1.5)
    wait_until((out / "begun.txt").is_file)
    code, _, said = finished(stand_in("batch", table, "--out", out, "--resume"))
    assert (code, "Another batch is at work" in said) == (2, True)
    assert finished(first)[0] == 0


def _folder_with(names: dict[str, str]) -> Any:
    def make(out: Path) -> None:
        out.mkdir()
        for name, text in names.items():
            (out / name).write_text(text)

    return make


@pytest.mark.parametrize(("text", "words"), [
    ("", "pairs.csv is empty"),
    ("fixed,moving\n", "has no row below its first line"),
    ("fixed\na\n", "has no column “moving”"),
    ("fixed,moving,colour\na,b,c\n", "has a column “colour”, which means nothing here"),
    ("fixed,moving,fixed\na,b,c\n", "has two columns “fixed”"),
    ("fixed,moving\na,b,c\n", "Line 2 of pairs.csv has more cells than there are columns"),
    ("id,fixed,moving\nx,a,b\nX,a,b\n", "Lines 2 and 3 of pairs.csv have the same id “x”"),
    ("id;fixed;moving\n../x;a;b\n", "“../x” cannot be the name of a folder"),
    ("id\tfixed\tmoving\nLPT1\ta\tb\n", "“LPT1” cannot be the name of a folder"),
    ("id,fixed,moving\nOverview.html,a,b\n", "“Overview.html” cannot be the name of a folder"),
    ("id,fixed,moving\nbatch.json,a,b\n", "“batch.json” cannot be the name of a folder"),
    ("id,fixed,moving\nx.,a,b\n", "“x.” cannot be the name of a folder"),
    ("id,fixed,moving\n.batch.lock,a,b\n", "“.batch.lock” cannot be the name of a folder"),
])  # fmt: skip
def test_a_table_that_is_bad_is_refused_before_anything_is_written(
    tmp_path: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pairs.csv").write_text(text, "utf-8-sig")
    assert run(["batch", str(tmp_path / "pairs.csv"), "--out", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("files", "more", "words"), [
    ({"batch.json": "{}"}, [], "holds the results of a batch. Give --resume"),
    ({"thesis.txt": "mine"}, [], "holds other files"),
    ({"thesis.txt": "mine"}, ["--resume"], "holds other files"),
    ({}, ["--jobs", "0"], "--jobs “0” is no number of rows"),
    ({}, ["--row", "z"], "has no row “z”. There are: a."),
])  # fmt: skip
def test_a_folder_that_is_in_use_is_left_as_it_is(
    tmp_path: Path, files: dict[str, str], more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = table_of(tmp_path, "a,b,c"), tmp_path / "out"
    _folder_with(files)(out)
    assert run(["batch", str(table), "--out", str(out), *more]) == 2
    assert words in capsys.readouterr().err
    assert {path.name: path.read_text() for path in out.iterdir()} == files


def test_a_row_is_registered_checked_and_reported(
    tmp_path: Path,
    phantom_files: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fixed, moving = phantom_files
    table = table_of(tmp_path, f"eins,{fixed},{moving},header,fast,3", head="id,fixed,moving,start,preset,seed\n")
    monkeypatch.setattr(facts, "report_pictures", lambda *_: ())  # test_docs makes a whole report
    with fewer_points():
        assert run(["batch", str(table), "--out", str(tmp_path / "out"), "--row", "eins", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    folder = tmp_path / "out" / "eins"
    assert {path.name for path in folder.iterdir()} == set(MADE)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["run"]["settings"]["seed"] == 3
    assert report["run"]["start_kind"] == "header"
    assert told["verdict"] == report["assessment"]["verdict"]
    assert told["expected_p95_mm"] == report["assessment"]["expected_tre_mm"]["p95"]
    assert (folder / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8")


def test_the_standalone_program_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_command() == [sys.executable, "-m", "fusionviewer"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command() == [sys.executable]


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_twenty_rows_of_which_three_are_damaged_also_after_a_kill(
    tmp_path: Path, phantom_files: tuple[Path, Path]
) -> None:
    fixed, moving = phantom_files
    (tmp_path / "text.nii.gz").write_text("no image")
    (tmp_path / "cut.nii.gz").write_bytes(moving.read_bytes()[:5000])
    damaged = {3: "text.nii.gz", 9: "cut.nii.gz", 16: "gone.nii.gz"}
    rows = [f"{fixed},{damaged.get(n, moving)},{'header' if n % 2 else ''},{n}" for n in range(20)]
    table, out = table_of(tmp_path, *rows, head="fixed,moving,start,seed\n"), tmp_path / "out"
    command = [*own_command(), "batch", str(table), "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_until(lambda: len(list(out.glob("*/row.json"))) >= 7, seconds=900)
    process.kill()
    process.wait()
    before = {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/row.json")}
    assert 7 <= len(before) < 20
    done = subprocess.run([*command, "--resume", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 5, done.stderr
    told = json.loads(done.stdout)
    assert told["done"] == 17
    assert [row["id"] for row in told["rows"] if row["sentence"]] == [f"row-{n + 1:03}" for n in damaged]
    assert all((out / name / "row.json").stat().st_mtime_ns == when for name, when in before.items())
    assert told["worked"] <= 20 - len(before)


@pytest.mark.parametrize(("fixed", "moving", "said", "told"), [
    ("Doe_Jane/mr.nii", "ct.nii", "There is no file {0}.", "There is no file ‹fixed›."),
    ("no", "Doe^Jane#2", "There is no series #2 in {1}.", "There is no series #2 in ‹moving›."),
    ("no", "Doe^Jane.nii#3#qform", "Doe^Jane.nii has no qform.", "‹moving› has no qform."),
    ("a.nii", "Doe.nii.gz", "No head can be seen in Doe.", "No head can be seen in ‹moving›."),
    ("head", "image.nii", "No head can be seen in image.nii.", "No head can be seen in ‹moving›."),
    ("a", "b", "Argument --max-shift: invalid float value: 'x'. See: fusionviewer register --help",
     "max_shift_mm: invalid float value: 'x'."),
])  # fmt: skip
def test_a_sentence_names_columns_and_no_files(tmp_path: Path, fixed: str, moving: str, said: str, told: str) -> None:
    (row,) = read_table(table_of(tmp_path, f"x,{fixed},{moving}"))
    paths = row.path("fixed"), row.path("moving").partition("#")[0]
    assert row_words(row, said.format(*paths)) == told


def test_columns_become_what_register_is_given(tmp_path: Path) -> None:
    head = "moving;id;fixed;start;Max shift mm;preset;roi;landmarks_fixed;landmarks_moving;seed\n"
    row, _ = read_table(table_of(
        tmp_path, "m#2;x;/f;auto;5;mine.toml;-1 2 3 4 5 6;a.csv;b.csv;7", "m;y;f;a.tfm;;fast;;;;", head=head
    ))  # fmt: skip
    given = parsed(register_arguments(row, tmp_path / "out"))
    assert (given.fixed, given.moving, given.start) == (os.path.abspath("/f"), str(tmp_path / "m#2"), "auto")
    assert (given.max_shift, given.preset, given.seed) == (5.0, str(tmp_path / "mine.toml"), 7)
    assert given.roi == [-1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert given.landmarks == [tmp_path / "a.csv", tmp_path / "b.csv"]
    other = parsed(register_arguments(read_table(tmp_path / "pairs.csv")[1], tmp_path / "out"))
    assert (other.start, other.preset, other.max_shift) == (str(tmp_path / "a.tfm"), "fast", None)


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (OSError(11, "Resource temporarily unavailable"), 2, "The system gives no process for row one"),
        (ZeroDivisionError(), 1, "An error of the program, not yours: ZeroDivisionError"),
    ],
)
def test_a_worker_that_ends_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    problem: Exception, code: int, said: str,
) -> None:  # fmt: skip
    def none(*_: object, **__: object) -> None:
        raise problem

    for name in ("f.nii", "m.nii"):
        (tmp_path / name).write_bytes(b"image")
    table = table_of(tmp_path, "one,f.nii,m.nii", "two,f.nii,m.nii")
    monkeypatch.setattr("fusionviewer.cli.batch_run.processes.subprocess.Popen", none)
    assert run(["batch", str(table), "--out", str(tmp_path / "out"), "--jobs", "1"]) == code
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
