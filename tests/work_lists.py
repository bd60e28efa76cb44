"""A work list over studies that are there already, without a batch that made them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from fusionviewer.app.state.worklist.work_list import ReadBatch, WorkItem
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.batch.records import RowRecord


def open_list(workspace: Workspace, studies: Sequence[Path]) -> None:
    """Let the workspace have these studies as the rows of a batch, none reviewed yet."""
    work = workspace.work_list
    items = tuple(WorkItem(RowRecord(path.stem, "done"), path, "", os.path.realpath(path)) for path in studies)
    work.take(ReadBatch(studies[0].parent, items))
