"""Commands: write the alignment as DICOM, for the archive that both images came from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.export_pictures import default_fused_mode
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.errors import FusionError
from fusionviewer.exchange.archive.origin import check_sources
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.rendering.fused_volume import fused_slabs
from fusionviewer.session.scene import NO_PAIR, scene_of
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import ViewState

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the window must not wait
    from fusionviewer.exchange.archive.choice import ArchiveChoice
    from fusionviewer.exchange.archive.export import Originals, Written

_CANCELLED = "Cancelled: nothing was written for the archive."


def why_not(workspace: Workspace) -> str:
    """Why nothing can be written for an archive; empty if something can."""
    state = workspace.document.state
    if state.fixed is None or state.moving is None:
        return ""  # which another sentence says
    try:
        check_sources(state.fixed, state.moving)
    except FusionError as problem:
        return str(problem)
    return ""


def ask(context: Context) -> None:
    """Read the originals again in the background, ask what is written and where, and write it in the background."""
    workspace, state = context.workspace, context.workspace.document.state
    if not workspace.refuse_if_busy():
        then = partial(_originals_read, context, state)
        said = workspace.preferences.now.series_descriptions
        workspace.runner.start("Looking at the DICOM series", partial(_read, state, said), then)


def _read(state: FusionState, descriptions: bool, observer: Observer) -> Originals:
    from fusionviewer.exchange.archive.export import read_originals

    return read_originals(*_images(state), observer, descriptions=descriptions)


def _images(state: FusionState) -> tuple[Volume, Volume]:
    if state.fixed is None or state.moving is None:
        raise NO_PAIR
    return state.fixed, state.moving


def _originals_read(context: Context, state: FusionState, outcome: Outcome) -> None:
    workspace = context.workspace
    found: Any = workspace.report(outcome, _CANCELLED)
    choice = None if found is None else context.dialogs.choose_archive(found)
    if choice is None:
        return
    place = context.dialogs.choose_folder("Where is the new folder to be made?", "exports")
    if place is not None:
        out = _free_name(place, "without-names" if choice.without_names else "for-the-archive")
        job = partial(_write, state, workspace.view_model.view, choice, out)
        workspace.runner.start("Writing for the archive", job, partial(_written, workspace))


def _free_name(place: Path, name: str) -> Path:
    """A name in a folder that nothing there has."""
    names = (name, *(f"{name}-{n}" for n in range(2, 1000)))
    return next((place / free for free in names if not os.path.exists(place / free)), place / name)


def _write(state: FusionState, view: ViewState, choice: ArchiveChoice, out: Path, observer: Observer) -> Written:
    from fusionviewer.exchange.archive.export import Fused, write_archive

    fixed, moving = _images(state)
    scene = scene_of(state, replace(view, blend=replace(view.blend, mode=default_fused_mode(view))))

    def slabs(part: Observer) -> Iterator[Any]:
        if scene.back is None or scene.front is None:
            raise NO_PAIR
        return fused_slabs(
            scene.back, scene.front, fixed.grid, RigidTransform.identity(), scene.blend,
            interpolation=scene.interpolation, observer=part,
        )  # fmt: skip

    alignment = state.alignment
    fused = Fused(fixed, moving, alignment.moving_from_fixed, slabs, alignment.origin)
    return write_archive(choice.plan, choice.wanted, fused, out, observer)


def _written(workspace: Workspace, outcome: Outcome) -> None:
    written: Any = workspace.report(outcome, _CANCELLED)
    if written is not None:
        number = sum(len(files) for files in written.files.values())
        files = "1 file" if number == 1 else f"{number} files"
        workspace.note_export(f"Wrote {written.folder.name} with {files} of DICOM.", written.folder)
