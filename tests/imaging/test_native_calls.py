"""Calls into ITK: watched, and what they print is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fusionviewer.errors import Cancelled, UnreadableInput
from fusionviewer.imaging.native_calls import name_for_itk, remarks_kept, run_watched
from fusionviewer.imaging.readers import read_volume
from fusionviewer.process import log
from fusionviewer.progress import Observer


def test_a_call_that_cannot_be_interrupted_is_left_alone() -> None:
    cancelled, ended = threading.Event(), threading.Event()
    threading.Timer(0.05, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run_watched(lambda: ended.wait(10), Observer(cancelled=cancelled))
    assert time.monotonic() - began < 2  # not the ten seconds that the call goes on
    ended.set()


def test_a_watched_call_hands_on_its_result_and_its_error() -> None:
    assert run_watched(lambda: 7, Observer()) == 7
    with pytest.raises(ZeroDivisionError):
        run_watched(lambda: 1 // 0, Observer())


def test_remarks_are_kept_for_one_call_only(capfd: pytest.CaptureFixture[str]) -> None:
    with remarks_kept():
        os.write(2, b"a library's remark")
        with remarks_kept():
            os.write(2, b"another")
        os.write(2, b"and one more")
    os.write(2, b"ours")
    assert capfd.readouterr().err == "ours"


def test_remarks_go_to_the_log_without_what_could_name_a_patient(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "Marked^Name"
    folder.mkdir()
    header = folder / "marked-scan.mhd"
    header.write_text(
        "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_SHORT\n"
        "ElementDataFile = marked-missing%d.raw 1 2 1\n"
    )
    log.begin("test", tmp_path / "logs")
    with pytest.raises(UnreadableInput):
        read_volume(header)
    log.begin("")
    assert capfd.readouterr().err == ""
    text = (tmp_path / "logs" / log.NAME).read_text("utf-8")
    assert "A library's remark: MetaImage: Read: cannot construct file" in text
    assert "arked" not in text


def test_python_speaks_while_remarks_are_kept(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom fusionviewer.imaging.native_calls import remarks_kept\n"
        "from fusionviewer.process import log\nlog.begin('test', Path(sys.argv[1]))\n"
        "with remarks_kept():\n    os.write(2, b'cannot open file')\n    print('Python “speaks”', file=sys.stderr)\n"
        "    spoken = sys.stderr\nprint('and after', file=spoken)\nassert sys.stderr is sys.__stderr__\n"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, encoding="utf-8", timeout=60, check=False, env=environment,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "Python “speaks”\nand after\n")
    assert "remark: cannot open file" in (tmp_path / log.NAME).read_text("utf-8")


def test_an_abandoned_call_does_not_silence_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    cancelled, quiet, ended = threading.Event(), threading.Event(), threading.Event()

    def call() -> None:
        with remarks_kept():
            quiet.set()
            ended.wait(10)

    def cancel() -> None:
        quiet.wait(10)
        cancelled.set()

    threading.Thread(target=cancel).start()
    with pytest.raises(Cancelled):
        run_watched(call, Observer(cancelled=cancelled))
    os.write(2, b"interrupted")
    assert capfd.readouterr().err == "interrupted"
    ended.set()


@pytest.mark.skipif(sys.platform == "win32", reason="the same name elsewhere")
def test_itk_gets_the_path_itself(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 200) / ("y" * 200)
    assert name_for_itk(long) == str(long)


@pytest.mark.skipif(sys.platform != "win32", reason="its streams hold 259 characters on Windows alone")
def test_itk_reads_what_lies_deep_by_a_short_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120) / ("y" * 120)
    deep.mkdir(parents=True)
    file = deep / "image.nii.gz"
    file.write_bytes(b"")
    short = name_for_itk(file)
    if short == str(file):
        pytest.skip("this disk keeps no short names")
    assert len(short) < 260
    assert short.endswith("image.nii.gz")
    assert os.path.samefile(short, file)
