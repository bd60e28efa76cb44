"""What is kept in case of a crash, and found after one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.session import edits
from fusionviewer.session.recovery import Leftover, RecoveryFiles, Snapshot, find_leftovers, state_folder
from fusionviewer.session.state import FusionState, Target
from fusionviewer.session.study_file import load_study
from fusionviewer.session.view_state import ViewState


def _snapshot(name: str, state: FusionState = FusionState(), path: Path | None = None) -> Snapshot:  # noqa: B008 - frozen
    return Snapshot(replace(state, targets=(Target(name, (1.0, 2.0, 3.0)),)), ViewState(), path, 4)


def _target(leftover: Leftover) -> str:
    return leftover.study.without_images.targets[0].name


@pytest.fixture
def files(tmp_path: Path) -> Iterator[RecoveryFiles]:
    """The files of a window that runs."""
    made = RecoveryFiles.begin(tmp_path)
    yield made
    made.release()


def test_the_folder_is_the_platforms() -> None:
    assert "fusionviewer" in state_folder().parts


def test_a_running_window_is_left_alone(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("one"))
    assert find_leftovers(tmp_path) == []
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_what_is_left_tells_when_what_and_how_much(
    files: RecoveryFiles, tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    volumes = []
    for volume, name in ((phantom_mr, "mr.nii.gz"), (phantom_ct, "ct.nii.gz")):
        write_volume(volume, tmp_path / name)
        volumes.append(read_volume(tmp_path / name))
    study = tmp_path / "somewhere" / "study.fusion.json"
    files.write(_snapshot("one", edits.new_study(*volumes), study))
    files.release()
    (left,) = find_leftovers(tmp_path)
    assert left.images == ("mr", "ct")
    assert (left.steps, left.path, _target(left)) == (4, study, "one")
    assert left.date.tzinfo is not None
    assert find_leftovers(tmp_path) == []  # it is held until it is dealt with
    left.files.release()
    (again,) = find_leftovers(tmp_path)
    again.files.release()


def test_generations_take_turns_and_the_newest_counts(files: RecoveryFiles, tmp_path: Path) -> None:
    for number in range(5):
        files.write(_snapshot(f"state {number}"))
    assert len(list(tmp_path.glob("*.json"))) == 2
    files.release()
    (left,) = find_leftovers(tmp_path)
    assert _target(left) == "state 4"
    left.files.write(_snapshot("restored"))  # in place of the older one
    names = {load_study(path).without_images.targets[0].name for path in left.files.paths}
    assert names == {"state 4", "restored"}
    left.files.release()


def test_a_damaged_generation_leaves_the_other(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("older"))
    files.write(_snapshot("newer"))
    newest = max(files.paths, key=lambda path: json.loads(path.read_text("utf-8"))["recovery"]["number"])
    newest.write_bytes(newest.read_bytes()[:100])
    files.release()
    (left,) = find_leftovers(tmp_path)
    assert _target(left) == "older"
    left.files.release()


def test_what_cannot_be_read_is_not_offered_and_not_removed(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("one"))
    (path,) = tmp_path.glob("*.json")
    path.write_text("{", encoding="utf-8")
    files.release()
    assert find_leftovers(tmp_path) == []
    assert path.exists()


def test_discarding_removes_all_of_one_and_nothing_else(files: RecoveryFiles, tmp_path: Path) -> None:
    other = RecoveryFiles.begin(tmp_path)
    other.write(_snapshot("other"))
    other.release()
    files.write(_snapshot("one"))
    (half_written := tmp_path / f".{files.lock_path.stem}-1.4711.part.fusion.json").write_text("{")
    files.release()
    leftovers = {_target(left): left for left in find_leftovers(tmp_path)}
    leftovers["one"].discard()
    leftovers["other"].files.release()
    assert not half_written.exists()
    (left,) = find_leftovers(tmp_path)
    assert _target(left) == "other"
    left.files.release()


def test_a_lock_without_work_goes(tmp_path: Path) -> None:
    files = RecoveryFiles.begin(tmp_path)
    lock = files.lock_path
    files._lock.release(remove=False)  # as a killed process leaves it
    assert lock.exists()
    assert find_leftovers(tmp_path) == []
    assert not lock.exists()


def test_what_a_first_write_left_half_done_goes_and_no_generation(files: RecoveryFiles, tmp_path: Path) -> None:
    (half_written := tmp_path / f".{files.lock_path.stem}-1.4711.part.fusion.json").write_text("{")
    files.paths[0].write_text("damaged")
    assert find_leftovers(tmp_path) == []
    assert half_written.exists(), "the window runs"
    files._lock.release(remove=False)
    assert find_leftovers(tmp_path) == []
    assert list(tmp_path.glob("*")) == [files.paths[0]]


removes_open_files = pytest.mark.skipif(sys.platform == "win32", reason="there no file that is open can be removed")

OTHER_START = """
import sys
from pathlib import Path
from fusionviewer.session.recovery import find_leftovers
print(len(find_leftovers(Path(sys.argv[1]))))
"""


def _offered_at_another_start(folder: Path) -> int:
    command = [sys.executable, "-c", OTHER_START, str(folder)]
    return int(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


@removes_open_files
def test_a_folder_that_was_removed_is_made_again_with_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    files = RecoveryFiles.begin(folder)
    files.write(_snapshot("one"))
    for made_by_another in (False, True):
        shutil.rmtree(folder)
        if made_by_another:
            folder.mkdir()
        files.write(_snapshot("two"))
        assert files.lock_path.exists()
        assert _offered_at_another_start(folder) == 0
    files.clear()
    files.release()
    assert list(folder.iterdir()) == []


@removes_open_files
def test_what_another_window_took_meanwhile_is_left_to_it(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("older"))
    taken = files.lock_path
    taken.unlink()
    (left,) = find_leftovers(tmp_path)
    files.write(_snapshot("newer"))
    assert files.lock_path != taken
    left.discard()
    assert [load_study(path).without_images.targets[0].name for path in tmp_path.glob("*.json")] == ["newer"]
    files.clear()
    assert not list(tmp_path.glob("*.json"))


@removes_open_files
def test_what_another_window_took_is_not_removed(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("one"))
    files.lock_path.unlink()
    (left,) = find_leftovers(tmp_path)
    files.clear()
    files.release()
    assert left.files.lock_path.exists()
    assert [path.exists() for path in left.files.paths].count(True) == 1
    left.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "odd"),
    [
        ("date", "2026-11-29T06:00:00"),
        ("date", "0001-01-01T00:00:00+00:00"),
        ("date", 5),
        ("date", "yesterday"),
        ("number", float("inf")),
        ("number", None),
        ("steps", float("inf")),
        ("steps", float("nan")),
        ("steps", -1),
        ("study", "a\0b"),
        ("study", 7),
    ],
)
def test_an_odd_note_is_unknown_and_the_study_is_offered(
    files: RecoveryFiles, tmp_path: Path, key: str, odd: object
) -> None:
    other = RecoveryFiles.begin(tmp_path)
    other.write(_snapshot("other"))
    other.release()
    files.write(_snapshot("odd", path=tmp_path / "study.fusion.json"))
    path = next(path for path in files.paths if path.exists())
    document = json.loads(path.read_text("utf-8"))
    document["recovery"][key] = odd
    path.write_text(json.dumps(document), encoding="utf-8")
    files.release()
    leftovers = {_target(left): left for left in find_leftovers(tmp_path)}
    assert set(leftovers) == {"odd", "other"}
    left = leftovers["odd"]
    assert left.steps == (None if key == "steps" else 4)
    assert left.path == (None if key == "study" else tmp_path / "study.fusion.json")
    assert abs((left.date.astimezone() - leftovers["other"].date).total_seconds()) < 60
    left.files.write(_snapshot("restored"))
    for one in leftovers.values():
        one.files.release()


@pytest.mark.parametrize("note", [None, [], "odd"])
def test_a_study_without_a_note_is_offered_as_well(files: RecoveryFiles, tmp_path: Path, note: object) -> None:
    files.write(_snapshot("odd"))
    path = next(path for path in files.paths if path.exists())
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "recovery": note}), encoding="utf-8")
    files.release()
    (left,) = find_leftovers(tmp_path)
    assert (_target(left), left.steps, left.path) == ("odd", None, None)
    left.files.release()


def test_it_opens_as_any_other_study(files: RecoveryFiles, tmp_path: Path) -> None:
    files.write(_snapshot("one"))
    (path,) = tmp_path.glob("*.json")
    assert load_study(path).without_images.targets[0].name == "one"
