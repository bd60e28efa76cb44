"""Commands that ask for a file, or for more, before they read or write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from fusionviewer.app.commands import export, export_pictures, open_save, regions, register
from fusionviewer.app.commands.context import Context, FileKind
from fusionviewer.app.commands.exports import positions, scenes
from fusionviewer.app.commands.landmarks import landmark_files
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import ENDINGS
from fusionviewer.exchange.points.frames import WORDS
from fusionviewer.exchange.scenes.folder import TITLES, SceneProgram
from fusionviewer.exchange.transforms.registry import ENDINGS as TRANSFORM_ENDINGS
from fusionviewer.session.recent import FolderKind
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import SUFFIX, refuse_to_replace_a_study
from fusionviewer.session.view_state import ViewState

_ANY: Final = FileKind("All files")
_NIFTI: Final = FileKind("NIfTI", (".nii.gz", ".nii"))
_NRRD: Final = FileKind("NRRD", (".nrrd",))

IMAGES: Final = (
    FileKind("Images", (".nii", ".nii.gz", ".mgz", ".mgh", ".nrrd", ".nhdr", ".mha", ".mhd", ".hdr", ".img",
                        ".dcm", ".ima", "DICOMDIR")), _ANY,
)  # fmt: skip
STUDIES: Final = (FileKind("fusionviewer studies", (SUFFIX,)),)
POSES: Final = (FileKind("Transforms", TRANSFORM_ENDINGS), FileKind("Moved images", (".nii.gz", ".nii")), _ANY)
VOLUMES: Final = (_NIFTI, _NRRD, FileKind("MetaImage", (".mha", ".mhd")))
FUSED_VOLUMES: Final = (_NIFTI, _NRRD, FileKind("MetaImage", (".mha",)))
PICTURES: Final = (FileKind("PNG", (".png",)), FileKind("TIFF", (".tif", ".tiff")))
POINTS: Final = (FileKind("Points", ENDINGS), _ANY)
FRAME_TABLES: Final = (FileKind("Table", (".csv",)), FileKind("FreeSurfer points", (".dat",)))
PRESETS: Final = (FileKind("Presets", (".toml",)),)
PAIRS: Final = (FileKind("Tables of pairs", (".csv",)),)


def open_image(context: Context, side: Side) -> None:
    """Ask for a file with an image and open it."""
    _open(context, f"Open the {side} image", IMAGES, partial(open_save.open_as, side=side), folder="images")


def open_dicom(context: Context) -> None:
    """Ask for a DICOM folder and for which of its series both images are."""
    path = context.dialogs.choose_folder("Open a DICOM folder", "images")
    if path is not None:
        open_save.open_dicom(context.workspace, path)


def open_folder(context: Context, side: Side) -> None:
    """Ask for a DICOM folder and open it as an image."""
    path = context.dialogs.choose_folder(f"Open a DICOM folder as the {side} image", "images")
    if path is not None:
        open_save.open_as(context.workspace, path, side)


def open_mask(context: Context) -> None:
    """Ask for the mask that alone counts; if there is one, let it go."""
    if regions.mask_of(context.workspace.document.state) is not None:
        regions.remove_mask(context.workspace)
        return
    _open(context, "Restrict to a mask of the fixed image", IMAGES, regions.open_mask, folder="images")


def open_points(context: Context, side: Side) -> None:
    """Ask for a file with one image's points and open it."""

    def read(workspace: Workspace, path: Path) -> None:
        landmark_files.open_points(workspace, side, path)

    _open(context, f"Open points of the {side} image", POINTS, read, folder="landmarks")


def save(context: Context) -> bool:
    """Save the study where it lies, or ask where; True if it was saved."""
    path = context.workspace.document.path
    return save_study(context.workspace, path, partial(save_as, context)) if path is not None else save_as(context)


def save_as(context: Context) -> bool:
    """Ask for a name and save the study there; True if it was saved."""
    path = context.dialogs.choose_new_file("Save study", f"study{SUFFIX}", STUDIES, "studies")
    return path is not None and save_study(context.workspace, path, partial(save_as, context))


def save_points(context: Context, side: Side) -> None:
    """Ask for a name and a format, and write one image's points."""
    chosen = context.dialogs.choose_points_file(f"Save the points of the {side} image", f"{side}-points")
    if chosen is not None and context.workspace.done(lambda: refuse_to_replace_a_study(chosen[0])):
        landmark_files.save_points(context.workspace, chosen[0], side, chosen[1].key)


def save_points_in(context: Context) -> None:
    """Ask which points are saved in which frame and how the file is called, and write them."""
    choice = context.dialogs.choose_points(context.workspace.document.state)
    if choice is not None:
        kinds = FRAME_TABLES[:1] if choice.frame == "lps" else FRAME_TABLES
        name = f"{choice.which}-{choice.frame}.csv"
        write = partial(positions.save_points_in, choice=choice)
        _write(context, WORDS[choice.frame].title, name, kinds, write, folder="landmarks")


def export_resampled(context: Context, side: Side) -> None:
    """Ask onto which grid an image is put (`side` is offered first) and how it is called, and write it."""
    choice = context.dialogs.choose_volume(context.workspace.document.state, side)
    if choice is not None:
        where = "a grid of both" if choice.grid == "union" else f"the {choice.grid} grid"
        name = f"{choice.image}-on-{'both' if choice.grid == 'union' else choice.grid}.nii.gz"
        write = partial(export.export_resampled, choice=choice)
        _write(context, f"{choice.image.capitalize()} on {where}", name, VOLUMES, write, folder="exports")


def export_transform(context: Context) -> None:
    """Ask for which program and under which name, and write the transform."""
    known = context.dialogs.choose_transform_format(context.workspace.document.state)
    if known is not None:
        kinds = (FileKind(known.title, known.endings),)
        write = partial(export.export_transform, key=known.key)
        _write(context, "Transform", export.transform_file(known), kinds, write, folder="exports")


def export_fused(context: Context) -> None:
    """Ask what a fused volume is made of and how it is called, and write it."""
    choice = context.dialogs.choose_fused_volume(context.workspace.view_model.view)
    if choice is not None:
        write = partial(export_pictures.export_fused, choice=choice)
        _write(context, "Fused volume", "fused.nii.gz", FUSED_VOLUMES, write, folder="exports")


def export_scene(context: Context, program: SceneProgram) -> None:
    """Ask for a folder and write what another viewer opens with everything in its place."""
    path = context.dialogs.choose_folder(f"A folder for {TITLES[program]}", "exports")
    if path is not None:
        scenes.export_scene(context.workspace, path, program)


def export_picture(context: Context, what: export_pictures.What | None = None) -> None:
    """Ask what a picture shows (first offered: `what`, else as the last time) and how it is called, and write it."""
    workspace, screen = context.workspace, context.active_pane.screen_shown
    why_no_marks = export_pictures.why_no_marks(workspace)
    choice = context.dialogs.choose_picture(workspace.view_model.view, screen, why_no_marks, what)
    if choice is not None:
        write = partial(export_pictures.export_picture, choice=choice, screen=screen)
        _write(context, "Screenshot", "fused.png", PICTURES, write, folder="pictures")


def export_view(context: Context) -> None:
    """The same for the view that was used last."""
    export_picture(context, "active")


def copy_picture(context: Context) -> None:
    """Put what the window shows onto the clipboard, as the last picture was chosen."""
    _copy(context, what_is_copied(context.workspace.view_model.view))


def copy_view(context: Context) -> None:
    """Put the view that was used last onto the clipboard, as the last picture was chosen."""
    _copy(context, "active")


def what_is_copied(view: ViewState) -> export_pictures.What:
    """The picture that is most like what the window shows."""
    return "active" if view.enlarged else "mosaic" if view.layout == "mosaic" else "planes"


def _copy(context: Context, what: export_pictures.What) -> None:
    choice = context.dialogs.remembered_picture(what)
    export_pictures.copy_picture(context.workspace, choice, context.active_pane.screen_shown)


def _open(
    context: Context,
    title: str,
    kinds: Sequence[FileKind],
    read: Callable[[Workspace, Path], object],
    *,
    folder: FolderKind,
) -> None:
    path = context.dialogs.choose_file(title, kinds, folder)
    if path is not None:
        read(context.workspace, path)


def _write(
    context: Context,
    title: str,
    name: str,
    kinds: Sequence[FileKind],
    write: Callable[[Workspace, Path], None],
    *,
    folder: FolderKind,
) -> None:
    path = context.dialogs.choose_new_file(title, name, kinds, folder)
    if path is not None and context.workspace.done(lambda: refuse_to_replace_a_study(path)):
        write(context.workspace, path)


open_study: Final = partial(_open, title="Open study", kinds=STUDIES, folder="studies", read=open_save.open_study)
open_transform: Final = partial(
    _open, title="Open transform", kinds=POSES, folder="exports", read=open_save.open_transform
)
open_pairs: Final = partial(
    _open, title="Open landmark pairs", kinds=PAIRS, folder="landmarks", read=landmark_files.open_pairs
)
use_preset: Final = partial(_open, title="Use a preset", kinds=PRESETS, folder="presets", read=register.use_preset_file)
save_pairs: Final = partial(
    _write,
    title="Save landmark pairs",
    name="landmarks.csv",
    kinds=PAIRS,
    folder="landmarks",
    write=landmark_files.save_pairs,
)
"""Commands that ask for a file and for nothing else."""
