"""Commands: write what other programs take."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from fusionviewer.app.commands import mirror_correction
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Job, Outcome, Succeeded
from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.exchange.transforms.numbers import rows
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.proof import Proof
from fusionviewer.exchange.transforms.registry import TransformFormat, format_of, trial_proof, write_transform
from fusionviewer.geometry import Matrix
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import refuse_to_replace_a_study


def export_transform(workspace: Workspace, path: Path, key: str = "itk") -> None:
    """Write `moving_from_fixed` in a format of the registry, and say what the file does and how well it was proved.

    In the background where images are read or written with it.
    """
    state, known = workspace.document.state, format_of(key)
    if not workspace.done(lambda: refuse_to_replace_an_image(state, path)):
        return
    job = partial(_write_transform, state, path, known)
    if not known.with_voxels:
        proof = workspace.on_disk(lambda: job(Observer()), path)
        _transform_written(workspace, state, path, known, proof)
    elif not workspace.refuse_if_busy():

        def then(outcome: Outcome) -> None:
            proof = workspace.report(outcome, f"Cancelled: {path.name} was not written.")
            _transform_written(workspace, state, path, known, proof)

        workspace.runner.start("Writing", job, then)


def _write_transform(state: FusionState, path: Path, known: TransformFormat, observer: Observer) -> Proof:
    pair = Pair.of(state.fixed, state.moving)
    return write_transform(state.alignment.moving_from_fixed, path, known, pair, observer)


def _transform_written(
    workspace: Workspace, state: FusionState, path: Path, known: TransformFormat, proof: object
) -> None:
    """Say what a file does; nothing if it was not written, which has been told."""
    if not isinstance(proof, Proof):
        return
    said = f"Wrote {path.name}. {known.moves(*transform_names(state))} ({proof})."
    warning = mirror_correction.mirror_warning(state)
    if warning:
        workspace.warned.emit(f"{said} {warning}")
    workspace.note_export("" if warning else said, path)


def transform_names(state: FusionState) -> tuple[str, str]:
    """What the fixed and the moving image are called where it is said what a transform does."""
    fixed, moving = ("" if volume is None else volume.name for volume in (state.fixed, state.moving))
    return fixed or "the fixed image", moving or "the moving image"


def transform_file(known: TransformFormat) -> str:
    """The name that is first offered for a file."""
    return f"moving_from_fixed{known.endings[0]}" if known.key == "itk" else f"moving-to-fixed{known.endings[0]}"


def transform_command(state: FusionState, known: TransformFormat) -> str:
    """The line with which the receiver applies such a file."""
    return known.command_for(transform_file(known), *_files_of(state))


def transform_told(state: FusionState, known: TransformFormat) -> str:
    """The same after where it is typed."""
    return known.told_for(transform_file(known), *_files_of(state))


def _files_of(state: FusionState) -> tuple[str, str]:
    return _file_of(state.fixed, "fixed"), _file_of(state.moving, "moving")


def _file_of(volume: Volume | None, side: str) -> str:
    """The file of an image, or what a file of it may be called where it has none of its own."""
    if volume is None:
        return f"{side}.nii.gz"
    source = volume.source
    return f"{volume.written_name}.nii.gz" if source is None or source.series_uid else source.path.name


def proof_beforehand(state: FusionState, known: TransformFormat) -> Proof | None:
    """How well a file of a format agrees with the transform, by a trial; None: it takes too long.

    Raises CannotWrite where it does not agree, or where there is no room, and what the format says against the images.
    """
    pair = Pair.of(state.fixed, state.moving)
    if known.with_voxels:
        known.check(pair)
        return None
    return trial_proof(state.alignment.moving_from_fixed, known, pair)


def transform_matrix(state: FusionState, known: TransformFormat) -> Matrix:
    """The 4×4 of a format; it maps what `known.maps` says."""
    return known.matrix(state.alignment.moving_from_fixed, Pair.of(state.fixed, state.moving))


def transform_text(state: FusionState, known: TransformFormat) -> str:
    """The same as text to paste, with all its digits, a line for each row."""
    return rows(transform_matrix(state, known))


def export_resampled(
    workspace: Workspace,
    path: Path,
    choice: VolumeChoice = VolumeChoice(),  # noqa: B008 - frozen
) -> None:
    """Write one of the images on a grid; without a choice the moving image on the fixed grid."""
    start_writing(workspace, "Resampling", partial(_resample, workspace.document.state, path, choice), path)


def start_writing(workspace: Workspace, title: str, job: Job, path: Path) -> None:
    """Run a job that writes a file, unless another one runs, and say when it is there."""
    state = workspace.document.state
    if not state.has_pair or workspace.runner.busy:
        return
    if workspace.done(lambda: refuse_to_replace_an_image(state, path)):
        workspace.runner.start(title, job, partial(_written, workspace, path))


def refuse_to_replace_an_image(state: FusionState, path: Path) -> None:
    """Raise BadArgument if a file would take the place of one of the study's images or of its mask.

    A yes to “replace?” means an earlier result: an image that is gone cannot be made again, nor can a study.
    """
    refuse_to_replace_a_study(path)
    mask = None if state.region is None else state.region.mask
    for volume in (*state.volumes().values(), mask):
        source = None if volume is None else volume.source
        both = source is not None and os.path.exists(path) and os.path.exists(source.path)
        if source is not None and both and os.path.samefile(path, source.path):
            raise BadArgument(f"{path.name} is one of the study's images.", "Choose another name for the result.")


def _written(workspace: Workspace, path: Path, outcome: Outcome) -> None:
    workspace.report(outcome, f"Cancelled: {path.name} was not written.")
    if isinstance(outcome, Succeeded):
        workspace.note_export(f"Wrote {path.name}.", path)


def _resample(state: FusionState, path: Path, choice: VolumeChoice, observer: Observer) -> None:
    if state.fixed is None or state.moving is None:
        raise FusionError("There are not two images yet.", "Open a fixed and a moving image first.")
    part = observer.part(0.0, 0.6)
    volume = choice.made(state.fixed, state.moving, state.alignment.moving_from_fixed, part)
    write_volume(volume, path, observer.part(0.6, 1.0))
