"""Commands: take up work that a crash has left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from fusionviewer.app.commands.open_save import show_stored
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.recovery import Leftover, take_leftover

_ROUNDED: Final = timedelta(seconds=2)
"""The date of what was left has no fractions of a second, and some disks keep times of files in steps of two."""


def restore(workspace: Workspace, autosave: Autosave, leftover: Leftover) -> bool:
    """Open what was left in place of the study that is open; asks where that would lose changes. Whether it begins.

    The study is marked as modified; a save goes where it was saved before, unless that file has been saved since the
    crash. What was left stays until then, and if it cannot be opened (an image is gone), for the next start.
    """
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return False
    leftover.files.release()
    show_stored(workspace, leftover.study, partial(_restored, workspace, autosave, leftover))
    return True


def _restored(workspace: Workspace, autosave: Autosave, leftover: Leftover) -> str:
    newer = _saved_since(leftover)
    workspace.document.restored(None if newer else leftover.path, leftover.digest)
    again = take_leftover(leftover.files.lock_path)
    if again is not None:  # else another window restores it as well, and has the files
        autosave.adopt(again)
    if newer and leftover.path is not None:
        return f"Restored as a new study, since {leftover.path.name} has been saved after the crash"
    return "Restored, and not saved yet"


def _saved_since(leftover: Leftover) -> bool:
    """Whether the file of the study holds something newer than what was left: a save must not replace it unasked."""
    try:
        saved_at = datetime.fromtimestamp(leftover.path.stat().st_mtime, UTC) if leftover.path else None
    except (OSError, OverflowError, ValueError):
        return False
    return saved_at is not None and saved_at > leftover.date + _ROUNDED
