"""Commands: go through the studies of a batch."""

from __future__ import annotations

from functools import partial

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.context import Context
from fusionviewer.app.state.worklist.work_list import ReadBatch, read_batch
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome


def show_list(context: Context) -> None:
    """Show the list that is open; without one, ask for the folder of a batch first."""
    if context.workspace.work_list.folder is not None:
        context.dialogs.show_work_list()
    else:
        choose_batch(context)


def choose_batch(context: Context) -> None:
    """Ask for the folder of a batch, read it in the background, and show its rows."""
    workspace = context.workspace
    if workspace.refuse_if_busy():
        return
    folder = context.dialogs.choose_folder("Open the folder of a batch", "studies")
    if folder is not None:
        workspace.runner.start("Reading the batch", partial(read_batch, folder), partial(_batch_read, context))


def _batch_read(context: Context, outcome: Outcome) -> None:
    batch = context.workspace.report(outcome, "Reading the batch was cancelled; the list stays what it was.")
    if isinstance(batch, ReadBatch):
        context.workspace.work_list.take(batch)
        context.dialogs.show_work_list()


def open_row(workspace: Workspace, row: int) -> None:
    """Open the study of a row, which asks about unsaved changes first; or say why there is none."""
    item = workspace.work_list.items[row]
    if item.study is None:
        workspace.hindered.emit(f"{item.record.id} has no result: {item.record.sentence}")
    elif row != workspace.work_list.current:
        open_save.open_study(workspace, item.study)


def open_next(workspace: Workspace) -> None:
    """Open the next study that is still to be reviewed; say so if none is left."""
    row = workspace.work_list.next_waiting
    if row is not None:
        open_row(workspace, row)
    else:
        workspace.said.emit(why_no_next(workspace))


def why_no_next(workspace: Workspace) -> str:
    """Why there is no next study to review, as a sentence; empty if there is one."""
    work = workspace.work_list
    if work.folder is None:
        return "No batch is open: choose its folder in File ▸ Batch review."
    return "" if work.next_waiting is not None else "No other study of the batch is left to review."
