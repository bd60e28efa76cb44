"""A scene as a folder: written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal, TypeAlias

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.slicer_markups import write_markups
from fusionviewer.exchange.scenes import itksnap, slicer
from fusionviewer.exchange.scenes.content import SceneContent, check_names
from fusionviewer.exchange.transforms.numbers import write_text
from fusionviewer.exchange.transforms.registry import format_of, write_transform
from fusionviewer.imaging.whole_files import check_folder, folder_written_whole
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer

SceneProgram: TypeAlias = Literal["slicer", "itksnap"]

TITLES: Final[dict[SceneProgram, str]] = {"slicer": "3D Slicer", "itksnap": "ITK-SNAP"}

SCENE_FILES: Final[dict[SceneProgram, str]] = {"slicer": slicer.SCENE_FILE, "itksnap": itksnap.WORKSPACE_FILE}
"""The file that the program opens."""


def files_of(content: SceneContent, program: SceneProgram) -> tuple[str, ...]:
    """The files of a scene's folder; the first one is what the program opens."""
    images = tuple(f"{name}.nii.gz" for name in content.names)
    if program == "itksnap":
        return (itksnap.WORKSPACE_FILE, *images)
    points = tuple(slicer.points_file(name) for name, *_ in content.points())
    return (slicer.SCENE_FILE, *images, slicer.TRANSFORM_FILE, *points)


def write_scene(
    content: SceneContent,
    folder: Path,
    program: SceneProgram,
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> Path:
    """Write a scene and return the file that the program opens; an earlier scene of the folder is replaced.

    The transform of a scene of 3D Slicer is read back by a second path before the folder appears. Raises BadArgument
    where an image comes from a file that would be replaced, CannotWrite also where the folder holds other files,
    Cancelled.
    """
    _refuse_to_replace_an_image(content, folder)
    earlier, opened = _replaceable(folder, content.names), SCENE_FILES[program]
    with folder_written_whole(folder, earlier, observer, opened=opened) as temporary:
        for number, (name, volume) in enumerate(zip(content.names, (content.fixed, content.moving), strict=True)):
            part = observer.part(0.05 + 0.45 * number, 0.5 + 0.45 * number)
            write_volume(volume, temporary / f"{name}.nii.gz", part)
        if program == "itksnap":
            write_text(temporary / itksnap.WORKSPACE_FILE, itksnap.workspace_text(content))
        else:
            write_transform(content.moving_from_fixed, temporary / slicer.TRANSFORM_FILE, format_of("slicer"))
            for name, points, _ in content.points():
                write_markups(temporary / slicer.points_file(name), points)
            write_text(temporary / slicer.SCENE_FILE, slicer.scene_text(content))
        observer.report(1.0, "Writing")
    return folder / opened


def check_scene_folder(folder: Path, names: tuple[str, str] = ("fixed", "moving")) -> None:
    """Raise CannotWrite where a folder cannot be made or holds other files, BadArgument for names of no file."""
    check_names(names)
    check_folder(folder, _replaceable(folder, names))


def _replaceable(folder: Path, names: tuple[str, str]) -> frozenset[str]:
    """The files that may go: those of an earlier scene. Without one, images of these names are other ones."""
    scene = (*SCENE_FILES.values(), slicer.TRANSFORM_FILE)
    return _earlier_files(names) if any(os.path.isfile(folder / name) for name in scene) else frozenset()


def _earlier_files(names: tuple[str, str]) -> frozenset[str]:
    """The files that an earlier scene may have left, of either program, with these or the usual names of images."""
    lists = [f"{name}-landmarks" for name in (*names, "fixed", "moving")]
    images = {f"{name}.nii.gz" for name in (*names, "fixed", "moving")}
    points = {slicer.points_file(name) for name in ("targets", *lists)}
    return frozenset({*images, *points, *SCENE_FILES.values(), slicer.TRANSFORM_FILE})


def _refuse_to_replace_an_image(content: SceneContent, folder: Path) -> None:
    for volume in (content.fixed, content.moving):
        place = None if volume.source is None else volume.source.path
        if place is not None and os.path.realpath(place.parent) == os.path.realpath(folder):
            raise BadArgument(f"{folder} holds one of the study's images.", "Choose another folder for the scene.")
