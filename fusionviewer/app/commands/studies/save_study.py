"""Commands: save a study, and never silently over what others have saved there meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fusionviewer.app.state.workspace import ChangedFile, Workspace
from fusionviewer.app.tasks.disk import ask_disk
from fusionviewer.errors import FusionError
from fusionviewer.session.study_file import SUFFIX, digest_on_disk
from fusionviewer.session.study_file import save_study as write_study

_ELSEWHERE: Final = "Save it elsewhere: nothing is lost as long as the window is open."


def save_study(workspace: Workspace, path: Path, elsewhere: Callable[[], bool] | None = None) -> bool:
    """Write the study; True if it is on the disk.

    Where its file is no longer what it was when it was opened or saved last, the user is asked first. `elsewhere` asks
    for another name and saves there.
    """
    if not path.name.endswith(SUFFIX):
        path = path.with_name(path.name.removesuffix(".json").removesuffix(".fusion") + SUFFIX)
    document, state, view = workspace.document, workspace.state_for_files(), workspace.tour.own_view
    try:
        changed = ask_disk(lambda _: _changed(workspace, path), path, _ELSEWHERE)
        if changed:
            answer = workspace.questions.replace_changed(path.name, changed)
            if answer != "replace":
                return answer == "elsewhere" and elsewhere is not None and elsewhere()
        digest = ask_disk(lambda observer: write_study(state, view, path, observer), path, _ELSEWHERE)
    except FusionError as error:
        if elsewhere is None:
            workspace.refuse(error)
        else:
            workspace.not_saved.emit(error, elsewhere)
        return False
    document.saved(path, digest)
    workspace.exported.emit(f"Saved {path.name}.", path)
    return True


def _changed(workspace: Workspace, path: Path) -> ChangedFile | None:
    """What another window or program has done to the study's file since it was opened or saved here last."""
    document = workspace.document
    if document.path is None or not document.digest or _place(path) != _place(document.path):
        return None
    now = digest_on_disk(path)
    return None if now == document.digest else "changed" if now else "removed"


def _place(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))
