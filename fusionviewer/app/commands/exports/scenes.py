"""Commands: the study as a folder that another viewer opens with everything in its place."""

from __future__ import annotations

import os
from functools import partial
from itertools import count
from pathlib import Path

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome, Succeeded
from fusionviewer.exchange.scenes.folder import SCENE_FILES, TITLES, SceneProgram, write_scene
from fusionviewer.session.exports.scene_content import scene_content


def export_scene(workspace: Workspace, chosen: Path, program: SceneProgram) -> None:
    """Write a scene of what is seen now, in the background: into a folder that is empty, else into a new one in it."""
    if workspace.refuse_if_busy():
        return
    folder = scene_folder(chosen, program)
    content = workspace.attempt(lambda: scene_content(workspace.document.state, workspace.view_model.view))
    if content is not None:
        job = partial(write_scene, content, folder, program)
        workspace.runner.start(f"Writing for {TITLES[program]}", job, partial(_written, workspace, folder, program))


def scene_folder(chosen: Path, program: SceneProgram) -> Path:
    """Where a scene goes: into the chosen folder if it is empty or new, else into one in it that is not there yet."""
    if not os.path.isdir(chosen) or not os.listdir(chosen):
        return chosen
    names = (f"scene-for-{program}{'' if number == 1 else f'-{number}'}" for number in count(1))
    return next(chosen / name for name in names if not os.path.lexists(chosen / name))


def _written(workspace: Workspace, folder: Path, program: SceneProgram, outcome: Outcome) -> None:
    workspace.report(outcome, f"Cancelled: {folder.name} was not written.")
    if isinstance(outcome, Succeeded):
        file = SCENE_FILES[program]
        workspace.note_export(f"Wrote {folder.name}. Open {file} of this folder in {TITLES[program]}.", folder / file)
