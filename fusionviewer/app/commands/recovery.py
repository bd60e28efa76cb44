"""Commands: take up work that a crash has left."""

from __future__ import annotations

from functools import partial

from fusionviewer.app.commands.open_save import show_stored
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.recovery import Leftover, take_leftover


def restore(workspace: Workspace, autosave: Autosave, leftover: Leftover) -> bool:
    """Open what was left in place of the study that is open; asks where that would lose changes. Whether it begins.

    The study is marked as modified, and a save goes where it was saved before. What was left stays until then, and if
    it cannot be opened (an image is gone), for the next start.
    """
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return False
    leftover.files.release()
    show_stored(workspace, leftover.study, partial(_restored, workspace, autosave, leftover))
    return True


def _restored(workspace: Workspace, autosave: Autosave, leftover: Leftover) -> str:
    workspace.document.restored(leftover.path)
    again = take_leftover(leftover.files.lock_path)
    if again is not None:  # else another window restores it as well, and has the files
        autosave.adopt(again)
    return "Restored, and not saved yet"
