"""Commands: open images, transforms and studies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from fusionviewer.app.commands.intake.decisions import decided
from fusionviewer.app.commands.landmarks.landmark_files import holds_points, open_dropped
from fusionviewer.app.commands.studies.image_places import image_places
from fusionviewer.app.state.guidance import why_no_mode
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.disk import ask_disk
from fusionviewer.app.tasks.image_reading import (
    ImageQuestion,
    Opened,
    Wanted,
    look_again,
    read_folder,
    read_images,
    read_study,
)
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.app.tasks.series_question import SeriesQuestion
from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.recognition import holds_transform
from fusionviewer.exchange.transforms.registry import Ambiguous, read_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.quality.image_findings import odd_pair_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.study_file import SUFFIX, StoredStudy, load_study

_TRY_AGAIN: Final = "See whether its drive or network is there, and try again."
_CANCELLED: Final = "Reading was cancelled; nothing was changed."


def open_images(workspace: Workspace, wanted: Mapping[Side, Wanted], then: Callable[[], None] | None = None) -> None:
    """Read one or both images in the background, then begin a study with them; the other image stays.

    Asks first where that would lose changes. What comes `then` is done once all of them are open.
    """
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return
    _read_images(workspace, wanted, then)


def open_dicom(workspace: Workspace, path: Path) -> None:
    """Look into a DICOM folder in the background and ask which of its series the images are.

    Where one image is open, the other is asked for, else both. The only series of a folder needs no question, but that
    it is asked which image it replaces where both are open.
    """
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return
    missing = workspace.document.state.missing
    sides: tuple[Side, ...] = missing if len(missing) == 1 else SIDES
    then = partial(_folder_read, workspace, path, sides, workspace.document.state)
    workspace.runner.start("Reading", partial(read_folder, path, sides), then)


def choose_again(workspace: Workspace, side: Side, path: Path) -> None:
    """Ask which series of a DICOM folder an image is, and open that in the place of the one that is open."""
    if not workspace.refuse_if_busy() and workspace.questions.may_discard_changes():
        then = partial(_images_read, workspace, {side: Wanted(path)}, workspace.document.state, None)
        workspace.runner.start("Reading", partial(look_again, path, side), then)


def _folder_read(
    workspace: Workspace, path: Path, sides: tuple[Side, ...], asked_about: FusionState, outcome: Outcome
) -> None:
    opened = workspace.report(outcome, _CANCELLED)
    if isinstance(opened, SeriesQuestion):
        _choose_series(workspace, {side: Wanted(path) for side in sides}, opened)
    elif isinstance(opened, ImageQuestion):
        _decide(workspace, {opened.side: Wanted(path)}, opened)
    elif isinstance(opened, Opened):
        side: Side | None = sides[0]
        if not workspace.document.state.missing:
            side = workspace.questions.choose_side(path.name)
        if side is not None:
            one = Opened({side: opened.volumes[sides[0]]}, {side: opened.heads[sides[0]]})
            _show_opened(workspace, {side: Wanted(path)}, asked_about, one)


def _read_images(workspace: Workspace, wanted: Mapping[Side, Wanted], then: Callable[[], None] | None = None) -> None:
    job = partial(read_images, dict(wanted))
    workspace.runner.start("Reading", job, partial(_images_read, workspace, wanted, workspace.document.state, then))


def _choose_series(workspace: Workspace, wanted: Mapping[Side, Wanted], question: SeriesQuestion) -> None:
    """Ask which series are meant, and read them: what is not asked about is read as it was wanted."""
    stay = {side: v for side, v in workspace.document.state.volumes().items() if side not in wanted}
    picks = workspace.questions.choose_series(
        replace(
            question,
            optional=tuple(side for side in SIDES if side not in wanted),
            open_modalities={side: volume.modality for side, volume in stay.items()},
            elsewhere={side: choice for side in wanted if (choice := wanted[side].chosen) is not None},
        )
    )
    if picks:
        rest = {side: source for side, source in wanted.items() if side not in question.sides}
        folder = question.folder
        chosen = {s: Wanted(folder.path, uid, found=folder, part=part) for s, (uid, part) in picks.items()}
        _read_images(workspace, {side: {**rest, **chosen}[side] for side in SIDES if side in {**rest, **chosen}})


def _images_read(
    workspace: Workspace,
    wanted: Mapping[Side, Wanted],
    asked_about: FusionState,
    then: Callable[[], None] | None,
    outcome: Outcome,
) -> None:
    opened = workspace.report(outcome, _CANCELLED)
    if isinstance(opened, SeriesQuestion):
        _choose_series(workspace, wanted, opened)
    elif isinstance(opened, ImageQuestion):
        _decide(workspace, wanted, opened, then)
    elif isinstance(opened, Opened):
        _show_opened(workspace, wanted, asked_about, opened, then)


def _decide(
    workspace: Workspace,
    wanted: Mapping[Side, Wanted],
    question: ImageQuestion,
    then: Callable[[], None] | None = None,
) -> None:
    """Ask what must be decided about an image, and read what is wanted then."""
    answered = decided(workspace, wanted, question)
    if answered is not None:
        _read_images(workspace, answered, then)


def _show_opened(
    workspace: Workspace,
    wanted: Mapping[Side, Wanted],
    asked_about: FusionState,
    opened: Opened,
    then: Callable[[], None] | None = None,
) -> None:
    before = workspace.document.state
    if not _still_agreed(workspace, asked_about):
        return
    # where two were wanted and one failed, the one before is not put beside another patient's
    stay = {side: volume for side, volume in before.volumes().items() if side not in wanted}
    state = FusionState().with_volumes({**stay, **opened.volumes})
    show_study(workspace, state, opened)
    for side, error in opened.failed.items():
        workspace.refuse(_not_opened(side, wanted[side], error))
    if then is not None and not opened.failed:
        then()
    for finding in odd_pair_findings(state):
        (workspace.warned if finding.level == "warning" else workspace.said).emit(sentence(finding))


def _not_opened(side: Side, wanted: Wanted, error: FusionError) -> FusionError:
    """Of two images, which could not be opened, and why."""
    other = "moving" if side == "fixed" else "fixed"
    what = f"The {side} image {wanted.path.name} was not opened; the {other} image was."
    return FusionError(f"{what} {error.message}", error.remedy)


def _still_agreed(workspace: Workspace, asked_about: FusionState) -> bool:
    """Whether the study may be replaced: what was changed while the images were read must be asked about again."""
    return workspace.document.state is asked_about or workspace.questions.may_discard_changes()


def show_study(workspace: Workspace, state: FusionState, opened: Opened) -> None:
    """Begin with another study and a fresh look at it."""
    for side, volume in opened.volumes.items():
        workspace.set_head_box(volume, opened.heads[side])
    workspace.view_model.rest()
    view = opening_view(state, workspace.tour.own_view)
    workspace.document.replace(state)
    workspace.view_model.show(view)


def open_paths(workspace: Workspace, paths: list[Path]) -> None:
    """Open whatever was dropped: a study, landmarks, a transform, a DICOM folder, or one or two images.

    One image takes the free place; of a folder, both images can be chosen.
    """
    studies = [path for path in paths if path.name.endswith(SUFFIX)]
    if studies:
        open_study(workspace, studies[0])
        return
    looked = workspace.on_disk(lambda: _look_at(paths), paths[0]) if paths else None
    if looked is None:
        return
    transforms, points, is_folder = looked
    for kind, found in (("landmarks", points), ("a transform", transforms)):
        if found and len(found) < len(paths):
            workspace.refuse(FusionError(f"Images and {kind} were dropped together.", "Drop the images first."))
            return
    if points:
        open_dropped(workspace, points)
        return
    if transforms:
        _open_only_transform(workspace, transforms)
        return
    if workspace.refuse_if_busy():
        return
    if len(paths) > len(SIDES):
        workspace.refuse(FusionError(f"{len(paths)} files were dropped.", "Drop one or two images, or one folder."))
        return
    if len(paths) == len(SIDES):
        fixed, moving = (path.name for path in paths)
        told = f"{fixed} was opened as the fixed image, {moving} as the moving one. Shift+S swaps them."
        both = {side: Wanted(path) for side, path in zip(SIDES, paths, strict=True)}
        open_images(workspace, both, lambda: workspace.said.emit(told))
        return
    if is_folder or paths[0].name.upper() == "DICOMDIR":
        open_dicom(workspace, paths[0])
        return
    missing = workspace.document.state.missing
    side = missing[0] if missing else workspace.questions.choose_side(paths[0].name)
    if side is not None:
        open_images(workspace, {side: Wanted(paths[0])})


def _look_at(paths: list[Path]) -> tuple[list[Path], list[Path], bool]:
    """Which files are transforms, which are points, and whether the first one is a folder."""
    transforms = [path for path in paths if holds_transform(path)]
    points = [path for path in paths if holds_points(path) and path not in transforms]
    return transforms, points, os.path.isdir(paths[0])


def open_dropped_on(workspace: Workspace, paths: list[Path], side: Side) -> None:
    """Open what was dropped on the place of one image: an image goes there, all else as by `open_paths`."""
    if len(paths) == 1 and not paths[0].name.endswith(SUFFIX):
        points = workspace.on_disk(lambda: holds_points(paths[0]), paths[0])
        if points is None:
            return
        if not points:
            open_as(workspace, paths[0], side)
            return
    open_paths(workspace, paths)


def open_as(workspace: Workspace, path: Path, side: Side) -> None:
    """Open what was chosen for one image; a transform, which is none, aligns the images that are open."""
    is_transform = workspace.on_disk(lambda: holds_transform(path), path)
    if is_transform:
        open_transform(workspace, path)
    elif is_transform is not None:
        open_images(workspace, {side: Wanted(path)})


def _open_only_transform(workspace: Workspace, paths: list[Path]) -> None:
    if len(paths) > 1:
        workspace.refuse(FusionError(f"{len(paths)} transforms were dropped.", "Drop one of them."))
    else:
        open_transform(workspace, paths[0])


def open_transform(workspace: Workspace, path: Path) -> None:
    """Align both images as the transform in a file says, as one step of undo; without them it is refused at once.

    Where the file does not say which program it is of, the user is asked.
    """
    state = workspace.document.state
    if workspace.refuse_if_busy():
        return
    if not state.has_pair:
        told = f"{path.name} is a transform, which needs a fixed and a moving image."
        workspace.refuse(FusionError(told, "Open both images first."))
        return
    pair = Pair.of(state.fixed, state.moving)

    def read(key: str = "") -> RigidTransform:
        return ask_disk(lambda _: read_transform(path, key, pair), path, _TRY_AGAIN)

    def asked() -> RigidTransform | None:
        try:
            return read()
        except Ambiguous as unclear:
            key = workspace.questions.choose_transform_format(path.name, unclear.keys)
            return None if key is None else read(key)

    pose = workspace.attempt(asked)
    if pose is not None:
        workspace.document.apply(f"Open {path.name}", edits.set_pose(state, pose, "file", start=pose))
        workspace.said.emit(f"The images are aligned by {path.name}.")


def open_sample(workspace: Workspace) -> None:
    """Open the head study that comes with the program."""
    folder = sample_folder()
    open_images(workspace, {"fixed": Wanted(folder / "t1.nii.gz"), "moving": Wanted(folder / "ct.nii.gz")})


def open_study(workspace: Workspace, path: Path) -> None:
    """Read a study and its images in the background; ask where an image has moved or changed."""
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return
    stored = workspace.attempt(lambda: ask_disk(lambda _: load_study(path), path, _TRY_AGAIN))
    if stored is not None:
        show_stored(workspace, stored, partial(_opened, workspace, stored))


def _opened(workspace: Workspace, stored: StoredStudy) -> str:
    path = stored.path
    workspace.document.saved(path, stored.digest)
    return f"Opened {path.name}"


def show_stored(workspace: Workspace, stored: StoredStudy, then: Callable[[], str]) -> None:
    """Read the images of a study in the background and show it; asks where an image has moved or changed.

    What comes `then` says in a few words what was done.
    """
    places = workspace.attempt(lambda: image_places(workspace, stored))
    if places is None:
        return
    job = partial(read_study, places.wanted, places.mask)
    state = workspace.document.state
    workspace.runner.start("Reading the study", job, partial(_study_read, workspace, stored, then, state))


def _study_read(
    workspace: Workspace, stored: StoredStudy, then: Callable[[], str], asked_about: FusionState, outcome: Outcome
) -> None:
    opened = workspace.report(outcome, "The study was not opened; nothing was changed.")
    if not isinstance(opened, Opened):
        return
    for side in SIDES:
        reference, volume = stored.reference(side), opened.volumes.get(side)
        if reference is None or volume is None or volume.fingerprint_on_disk == reference.fingerprint:
            continue
        if not workspace.questions.accept_changed_image(f"{side} image", reference):
            workspace.said.emit(f"The study was not opened: its {side} image “{reference.name}” has changed.")
            return
    state = stored.without_images.with_volumes(opened.volumes)
    state, lost = _with_mask(workspace, state, stored, opened)
    if not _still_agreed(workspace, asked_about):
        return
    show_study(workspace, state, opened)
    said = then()
    if stored.view is not None:
        view = stored.view.for_pairs(len(state.landmarks))
        if why_no_mode(state, view.mode):  # a file that was edited
            view = replace(view, blend=replace(view.blend, mode=BlendMode.FADE))
        workspace.view_model.show(view)
    if lost:
        workspace.warned.emit(f"{said} without its mask: {lost}")
    else:
        workspace.said.emit(f"{said}.")


def _with_mask(
    workspace: Workspace, state: FusionState, stored: StoredStudy, opened: Opened
) -> tuple[FusionState, str]:
    """The study with its mask, or without it and why: only the next run needs it, so it holds nothing up."""
    if stored.mask is None:
        return state, ""
    if opened.mask is None:
        return state, opened.mask_problem or "it is not where it was."
    changed = opened.mask.fingerprint != stored.mask.fingerprint
    if changed and not workspace.questions.accept_changed_image("mask", stored.mask):
        return state, "it has changed."
    return edits.set_mask(state, opened.mask), ""


def close_study(workspace: Workspace) -> None:
    """Leave the study for an empty window, which looks as before; asks first where that would lose changes."""
    if workspace.refuse_if_busy() or not workspace.questions.may_discard_changes():
        return
    path = workspace.document.path
    show_study(workspace, FusionState(), Opened({}, {}))
    workspace.said.emit("The study was closed." if path is None else f"Closed {path.name}.")


def swap_images(workspace: Workspace) -> None:
    """Let the fixed image be the moving one and the other way round; what is aligned stays aligned."""
    had_region = workspace.document.state.region is not None
    workspace.document.apply("Swap fixed and moving", edits.swap_images(workspace.document.state))
    if had_region:
        workspace.said.emit(
            "The images have changed places. Registration uses the whole image again: the region lay on the other one."
        )
