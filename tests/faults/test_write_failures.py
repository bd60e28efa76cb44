"""A disk that takes no more, at every byte of what is written: the earlier file stays, and nothing else is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import phantoms
import pytest

from fusionviewer.errors import CannotWrite
from fusionviewer.exchange.points.formats import write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.session.recent import Remembered, write_remembered
from fusionviewer.session.recovery import RecoveryFiles, Snapshot, find_leftovers
from fusionviewer.session.state import FusionState, LandmarkPair, Target
from fusionviewer.session.study_file import load_study, save_study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")

STATE: Final = replace(
    FusionState(), targets=(Target("tip", (1.0, 2.0, 3.0)),), landmarks=(LandmarkPair("A", (0.0, 0.0, 0.0), None),)
)
OTHER: Final = replace(STATE, targets=(Target("other", (3.0, 2.0, 1.0)),))

WRITERS: Final[dict[str, Callable[[Path], object]]] = {
    "study": lambda path: save_study(OTHER, None, path),
    "transform": lambda path: write_itk_transform(phantoms.MOVING_FROM_FIXED, path),
    "points": lambda path: write_points(path, NamedPoints.of({"A": np.array([1.5, 2.5, 3.5])})),
    "recent list": lambda path: write_remembered(path, Remembered((Path("/a/study.fusion.json"),), {})),
}
NAMES: Final = {"study": "a.fusion.json", "transform": "a.tfm", "points": "a.csv", "recent list": "recent.json"}

amounts = pytest.mark.parametrize(
    "every", [97, pytest.param(1, marks=[pytest.mark.long, pytest.mark.timeout(1200)])], ids=["some", "each byte"]
)


@contextmanager
def _room_for(n_bytes: int) -> Iterator[None]:
    """Files may not grow beyond so many bytes, as on a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@amounts
@pytest.mark.parametrize("what", WRITERS)
def test_the_earlier_file_stays(what: str, every: int, tmp_path: Path) -> None:
    path, write = tmp_path / NAMES[what], WRITERS[what]
    write(path)
    whole = path.read_bytes()
    failures = 0
    for room in range(0, len(whole), every):
        path.write_bytes(b"earlier")
        with _room_for(room), pytest.raises(CannotWrite) as refused:
            write(path)
        assert path.name in refused.value.message
        assert path.read_bytes() == b"earlier"
        assert os.listdir(tmp_path) == [path.name]
        failures += 1
    write(path)
    assert path.read_bytes() == whole
    print(f"\n{failures} failures while a {what} of {len(whole)} bytes was written: 0 lost, 0 left behind")


@amounts
def test_unsaved_work_keeps_its_last_copy(every: int, tmp_path: Path) -> None:
    """Of the two generations the older one is replaced: whatever happens, one of them is whole."""
    files = RecoveryFiles.begin(tmp_path)
    for number in range(2):
        files.write(Snapshot(STATE, None, None, number))
    size = max(path.stat().st_size for path in files.paths)
    for room in range(0, size - 40, every):
        with _room_for(room), pytest.raises(CannotWrite):
            files.write(Snapshot(OTHER, None, None, 5))
        kept = [load_study(path).without_images.targets for path in files.paths]
        assert kept == [STATE.targets] * 2
    files.release()
    (left,) = find_leftovers(tmp_path)
    assert left.study.without_images.targets == STATE.targets
    left.discard()
    print(f"\n{len(range(0, size - 40, every))} failures while a copy of {size} bytes was kept: 0 lost")
