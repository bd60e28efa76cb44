"""Pictures of two images, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import ORIENTATIONS
from fusionviewer.imaging.resample import check_inside
from fusionviewer.imaging.volume import Volume
from fusionviewer.library.arguments import (
    AS_HEADERS_SAY,
    AnyPath,
    Image,
    Landmarks,
    Transform,
    check_one_of,
    image_of,
    number_of,
    numbers_of,
    pairs_of,
    path_of,
    targets_of,
    transform_of,
    two_whole_numbers_of,
)
from fusionviewer.progress import Observer
from fusionviewer.rendering import picture as pictures
from fusionviewer.rendering import picture_file
from fusionviewer.rendering.blend_words import typed_names
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.colours import Colours
from fusionviewer.rendering.scene import Scene, head_corners
from fusionviewer.rendering.slab import Slab, SlabKind
from fusionviewer.rendering.slices import Layer
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session import edits
from fusionviewer.session.marks import marks_of
from fusionviewer.session.state import Target

SlabGiven: TypeAlias = tuple[SlabKind, float]
"""What is made of the values across a plane, and over how many mm."""

WindowNumbers: TypeAlias = tuple[float, float] | tuple[float, float, float]
"""Level and width, in HU for a CT; with a third number brightness goes on from the window's end to white there."""

PictureLayout: TypeAlias = Literal["planes", "axial", "coronal", "sagittal", "mosaic"]


def draw_picture(
    fixed: Image,
    moving: Image,
    moving_from_fixed: Transform = AS_HEADERS_SAY,
    *,
    at: Sequence[float] | None = None,
    layout: PictureLayout = "planes",
    tiles: tuple[int, int] = (4, 3),
    step_mm: float = 8.0,
    size: tuple[int, int] = (1280, 800),
    mode: str = "fade",
    fade: float = 0.5,
    fixed_window: WindowNumbers | None = None,
    moving_window: WindowNumbers | None = None,
    fixed_colours: Colours = "grey",
    moving_colours: Colours = "grey",
    fixed_slab: SlabGiven | None = None,
    moving_slab: SlabGiven | None = None,
    bone_edges: bool = False,
    landmarks: Landmarks | None = None,
    targets: Sequence[Target] = (),
    annotated: bool = True,
    names: bool = False,
    neurological: bool = False,
    observer: Observer | None = None,
) -> NDArray[np.uint8]:
    """A picture of the two images fused: (height, width, 3) red, green, blue.

    `at` is the point (3,) of fixed space that the planes go through, LPS mm (default: the middle of the head). `layout`
    is the three "planes", one of them, or a "mosaic" of axial slices, `tiles` (columns, rows) at `step_mm`. `mode` is
    "fade" (0: fixed alone, 1: moving alone), "colour-overlay", "checkerboard", "wipe", "spyglass", "edges" or
    "subtraction"; the values of study files are taken, too. A window left out suits its image. A slab is
    ("maximum", "mean" or "minimum", thickness in mm across the planes, up to 30). Names of images and
    landmarks may tell who the patient is: without `names` marks have numbers. Not `annotated`, nothing is drawn but the
    images. Raises BadArgument, UnreadableInput.
    """
    observer = observer or Observer()
    mosaic = layout == "mosaic"
    planes = {orientation.name: orientation for orientation in ORIENTATIONS}
    check_one_of(layout, get_args(PictureLayout), "layout")
    check_one_of(mode, list(typed_names(BlendMode)), "mode")
    for colours in (fixed_colours, moving_colours):
        check_one_of(colours, get_args(Colours), "colours")
    if not 0 <= number_of(fade, "fade") <= 1:
        raise BadArgument(f"{fade} is not a fade.", "Give a number from 0 (fixed alone) to 1 (moving alone).")
    form = pictures.PictureForm(
        layout="mosaic" if mosaic else "planes" if layout == "planes" else "view",
        orientation=planes.get(layout, ORIENTATIONS[0]),
        tiles=two_whole_numbers_of(tiles, "tiles"),
        step_mm=number_of(step_mm, "step_mm"),
        size=two_whole_numbers_of(size, "size"),
        annotated=annotated,
        names=names,
    )
    pose, marked, places = transform_of(moving_from_fixed), pairs_of(landmarks), targets_of(targets)
    back = image_of(fixed, observer.part(0.0, 0.3))
    front = image_of(moving, observer.part(0.3, 0.6))
    middle = head_corners(back)[1] if at is None else numbers_of(at, (3,), "at")
    check_inside(middle, back.grid, front.grid, pose)
    study = edits.set_pose(edits.new_study(back, front), pose, "file")
    study = replace(study, landmarks=marked, targets=places)
    scene = Scene(
        Layer(back, _window(fixed_window, back), colours=fixed_colours, slab=_slab(fixed_slab)),
        Layer(front, _window(moving_window, front), pose, moving_colours, _slab(moving_slab)),
        middle,
        Blend(typed_names(BlendMode)[mode], fade),
        radiological=not neurological,
        bone_edges=bone_edges,
        marks=marks_of(study),
    )
    return pictures.draw_picture(scene, form, observer.part(0.6, 1.0))


def write_picture(picture: NDArray[np.uint8], path: AnyPath) -> None:
    """Write a picture (height, width, 3) as PNG or TIFF, by the ending of the name: pixels alone, no names, no tags.

    Raises BadArgument for another ending and for what is no such array of uint8, CannotWrite.
    """
    pixels = np.asarray(picture)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise BadArgument(
            f"A picture is made of uint8 (height, width, 3), not of {pixels.dtype} {pixels.shape}.",
            "Give one as draw_picture makes it.",
        )
    picture_file.write_picture(pixels, path_of(path))


def _slab(given: SlabGiven | None) -> Slab | None:
    """The slab that is meant. Raises BadArgument."""
    if given is None:
        return None
    try:
        kind, thickness_mm = given
        check_one_of(kind, get_args(SlabKind), "slab")
        return Slab(kind, float(thickness_mm))
    except (TypeError, ValueError) as problem:
        raise BadArgument(
            f"{given!r} is not a slab.", 'Give a kind and a thickness of up to 30 mm, for example ("maximum", 10).'
        ) from problem


def _window(given: WindowNumbers | None, volume: Volume) -> Window:
    """The window that is meant, or one that suits the image. Raises BadArgument."""
    if given is None:
        return auto_window(volume)
    try:
        return Window(*map(float, given))
    except (TypeError, ValueError) as problem:
        raise BadArgument(
            f"{given!r} is not a window.", "Give a level and a width above 0, for example (40, 80)."
        ) from problem
