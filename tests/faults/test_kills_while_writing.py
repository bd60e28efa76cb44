"""Processes killed at each stage of what they write: every file is the earlier one or the new one, and is whole.

A watched process kills itself (SIGKILL) before the n-th thing that it does to a file of its folder: opens, renames,
removes, looks. Others are killed from outside at moments spread over their run. tests/app/state/test_kills.py does the
same to the copies of unsaved work.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import phantoms
import pytest

from fusionviewer.exchange.scenes.folder import SCENE_FILES
from fusionviewer.exchange.transforms.itk import read_itk_transform, write_itk_transform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.session import edits
from fusionviewer.session.study_file import load_study, save_study

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system ends a process in another way")

WATCHED: Final = """
import os, signal, sys
folder, at = sys.argv[1], int(sys.argv[2])
seen = 0

def watch(event, values):
    global seen
    done_to_files = event in ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.rmdir", "os.scandir")
    if done_to_files and any(isinstance(v, (str, bytes)) and os.fsdecode(v).startswith(folder) for v in values[:2]):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

from fusionviewer.cli.main import run
sys.addaudithook(watch)
code = run(sys.argv[4:]) if sys.argv[3] == "cli" else None
if sys.argv[3] == "save":
    from dataclasses import replace
    from pathlib import Path
    from fusionviewer.session.state import FusionState, Target
    from fusionviewer.session.study_file import save_study
    for n in range(4):
        targets = tuple(Target(f"{n} {i}", (0.0, 0.0, float(i))) for i in range(300))
        save_study(replace(FusionState(), targets=targets), None, Path(folder) / "study.fusion.json")
print("seen", seen, code)
"""


@dataclass(frozen=True)
class Work:
    """What a process does in a folder, and what must hold of the folder afterwards, whenever it was killed."""

    words: tuple[str, ...]
    """`{out}` is the folder."""
    check: Callable[[Path, Path], None]
    """Of the folder, and of a copy of it from before."""


def _whole(path: Path, before: Path, read: Callable[[Path], object]) -> bool:
    """Whether a file is the new one. It must be readable, or as it was, or not there as before."""
    if not path.exists():
        assert not before.exists(), f"{path.name} is lost"
        return False
    if before.exists() and path.read_bytes() == before.read_bytes():
        return False
    read(path)
    return True


def _registered(out: Path, before: Path) -> None:
    """The study, which speaks of the others, is the last to be new."""
    new = [
        _whole(out / "transform.tfm", before / "transform.tfm", read_itk_transform),
        _whole(out / "moving-on-fixed.nii.gz", before / "moving-on-fixed.nii.gz", read_volume),
        _whole(out / "study.fusion.json", before / "study.fusion.json", load_study),
    ]
    assert not new[2] or (new[0] or _same(out, before, "transform.tfm")), new


def _same(out: Path, before: Path, name: str) -> bool:
    return (before / name).exists() and (out / name).read_bytes() == (before / name).read_bytes()


def _saved(out: Path, before: Path) -> None:
    _whole(out / "study.fusion.json", before / "study.fusion.json", load_study)


def _resampled(out: Path, before: Path) -> None:
    _whole(out / "out.nii.gz", before / "out.nii.gz", read_volume)


def _scene(out: Path, before: Path) -> None:
    """Where the file that the other program opens is there, all are."""
    scene = out / "scene"
    if (scene / SCENE_FILES["slicer"]).exists():
        for name in ("fixed.nii.gz", "moving.nii.gz"):
            read_volume(scene / name)


def _pictured(out: Path, before: Path) -> None:
    from PIL import Image

    _whole(out / "a.png", before / "a.png", lambda path: Image.open(path).load())


def _works(images: tuple[Path, Path], study: Path) -> dict[str, Work]:
    fixed, moving = map(str, images)
    pose = str(study.with_name("transform.tfm"))
    register = ("cli", "register", fixed, moving, "--out", "{out}", "--start", "header", "--preset", "fast")
    return {
        "register": Work(register, _registered),
        "save": Work(("save",), _saved),
        "resample": Work(
            ("cli", "resample", fixed, moving, "--transform", pose, "--out", "{out}/out.nii.gz"), _resampled
        ),
        "picture": Work(("cli", "picture", fixed, moving, "--transform", pose, "--out", "{out}/a.png"), _pictured),
        "scene": Work(("cli", "scene", str(study), "--for", "slicer", "--out", "{out}/scene"), _scene),
    }


def _start(work: Work, out: Path, at: int) -> subprocess.Popen[str]:
    words = [word.format(out=out) for word in work.words]
    return subprocess.Popen(
        [sys.executable, "-c", WATCHED, str(out), str(at), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@dataclass
class Tally:
    """What has been killed."""

    killed: Counter[str]
    ended: int = 0


def _kill_and_look(name: str, work: Work, folder: Path, at: int, after_s: float | None, tally: Tally) -> None:
    """Let a process be killed at a stage or after some seconds, and look at what it has left."""
    out, before = folder / "out", folder / "before"
    shutil.rmtree(before, ignore_errors=True)
    shutil.copytree(out, before)
    with _start(work, out, at) as process:
        if after_s is not None:
            time.sleep(after_s)
            process.kill()
        process.communicate(timeout=120)
    if process.returncode == -signal.SIGKILL:
        tally.killed[name] += 1
    else:
        assert process.returncode == 0
        tally.ended += 1
    work.check(out, before)
    with written_whole(out / "next.txt") as temporary:  # the next write clears what was left
        temporary.write_text("text")
    (out / "next.txt").unlink()
    left = [path.name for path in out.iterdir() if ".part" in path.name]
    assert left == [], f"{name} killed at {at}, {after_s} s"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, phantom_files: tuple[Path, Path]) -> Path:
    """A study in a folder with its transform, which the exports take."""
    study = tmp_path_factory.mktemp("made") / "study.fusion.json"
    state = edits.new_study(*(read_volume(path) for path in phantom_files))
    save_study(edits.set_pose(state, phantoms.MOVING_FROM_FIXED, "file"), None, study)
    write_itk_transform(phantoms.MOVING_FROM_FIXED, study.with_name("transform.tfm"))
    return study


@pytest.mark.parametrize(
    ("kills", "names"),
    [
        (4, ("save", "resample")),
        pytest.param(
            200,
            ("register", "save", "resample", "picture", "scene"),
            marks=[pytest.mark.long, pytest.mark.timeout(3000)],
        ),
    ],
)
def test_kills_leave_whole_files(
    kills: int, names: tuple[str, ...], tmp_path: Path, phantom_files: tuple[Path, Path], made: Path
) -> None:
    works, tally = _works(phantom_files, made), Tally(Counter())
    share = max(kills // len(names), 1)
    for name in names:
        folder = tmp_path / name
        (folder / "out").mkdir(parents=True)
        began = time.monotonic()
        with _start(works[name], folder / "out", 0) as whole:  # nothing kills this one: it leaves the earlier files
            said, told = whole.communicate(timeout=120)
        seconds = time.monotonic() - began
        assert whole.returncode == 0, told
        stages = int(said.split("seen ")[1].split()[0])
        assert stages >= 3
        for kill in range(share):
            by_stage = name == "save" or kill % 3 != 2  # the others at any moment, also while it reads and computes
            at = 1 + (kill * stages) // share if by_stage else 0
            _kill_and_look(name, works[name], folder, at, None if by_stage else seconds * kill / share, tally)
    done = sum(tally.killed.values())
    print(f"\n{done} kills {dict(tally.killed)}, {tally.ended} ended before; no file lost or mixed")
    assert done >= kills * 0.7
