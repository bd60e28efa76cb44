"""What is dropped on the window is looked at without waiting for a disk that does not answer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fusionviewer.app.commands import open_save
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks import disk
from fusionviewer.errors import FusionError
from fusionviewer.process.workers import wait_for_workers


def test_a_drop_from_a_disk_that_does_not_answer_is_left(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, errors = threading.Event(), list[FusionError]()
    workspace.failed.connect(errors.append)
    monkeypatch.setattr(disk, "PATIENCE_S", 0.05)
    monkeypatch.setattr(open_save, "holds_transform", lambda _: answered.wait(20))
    path = tmp_path / "far.nii.gz"
    open_save.open_paths(workspace, [path])
    open_save.open_dropped_on(workspace, [path], "fixed")
    assert [type(error) for error in errors] == [disk.NoAnswer] * 2
    assert not workspace.runner.busy
    answered.set()
    assert wait_for_workers(10)
