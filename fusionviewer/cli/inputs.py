"""What is given on the command line: images, also one series of a folder, and poses."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from fusionviewer.cli.terminal import Terminal
from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.formats import read_points
from fusionviewer.exchange.points.pairing import pair_points
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging import readers
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resample import check_overlap
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import SIDES
from fusionviewer.session.study_file import SUFFIX, load_study, needs_images, read_pose, refuse_to_replace_a_study


def read_image(text: str, observer: Observer, *, descriptions: bool = False) -> Volume:
    """The volume that an image argument means, called as files call it (see `Volume.for_files`).

    Raises UnreadableInput, BadArgument or Cancelled.
    """
    path, series = readers.locate(text, observer.part(0.0, 0.1))
    return read_volume(path, series, observer.part(0.1, 1.0)).for_files(descriptions=descriptions)


def read_grid(text: str, observer: Observer) -> Grid:
    """Where the voxels of an image argument lie, from its headers alone. Raises as `read_image`."""
    path, series = readers.locate(text, observer.part(0.0, 0.1))
    return readers.read_grid(path, series, observer.part(0.1, 1.0))


def refuse_overwriting(out: Path, images: tuple[str, ...]) -> None:
    """Raise BadArgument if a result would take the place of one of the images, or of their voxels."""
    results = [out, out.with_suffix(".zraw")] if out.name.lower().endswith(".mhd") else [out]
    for result in results:
        if not os.path.exists(result):
            continue
        if any(os.path.exists(image) and os.path.samefile(result, image) for image in images):
            raise BadArgument(f"{out} is one of the images.", "Choose another name for the result.")
        if result is not out and not os.path.exists(out):
            raise BadArgument(f"{result} holds the voxels of another image.", "Choose another name for the result.")


def refuse_replacing_a_study(out: Path, *read: Path) -> None:
    """Raise BadArgument if a result would take the place of a file that is `read`, or of a study behind a link."""
    if not os.path.exists(out):
        return
    if any(os.path.exists(path) and os.path.samefile(out, path) for path in read):
        raise BadArgument(f"{out} is the file that is read.", "Choose another name for the result.")
    refuse_to_replace_a_study(out)


def check_study(path: Path, fixed: Volume, moving: Volume, terminal: Terminal) -> None:
    """Warn if a pose comes from a study of other images. A transform file cannot tell, and is not asked.

    Raises BadArgument if the study has the two images the other way round, or one of them mirrored.
    """
    if not path.name.lower().endswith(SUFFIX):
        return
    study = load_study(path)
    references = [study.reference(side) for side in SIDES]
    found = [reference.fingerprint if reference else "" for reference in references]
    if found == [fixed.fingerprint, moving.fingerprint]:
        if any(reference is not None and reference.mirrored for reference in references):
            raise BadArgument(
                f"In the study {path.name} an image was mirrored: its pose means nothing for the image in the file.",
                "Open the study in the window and export the images from there.",
            )
        return
    if found == [moving.fingerprint, fixed.fingerprint]:
        raise BadArgument(
            f"In the study {path.name} the two images have each other's part.", "Give them in the study's order."
        )
    terminal.say(
        f"fusionviewer: Warning: The study {path.name} was made with other images; its pose may mean nothing for these."
    )


def early_pose(path: Path, key: str) -> RigidTransform | None:
    """The pose in a file, before any image is read; None where its format means nothing without the images.

    Raises UnreadableInput, BadArgument.
    """
    return None if needs_images(path, key) else read_pose(path, key)


def read_posed_pair(args: argparse.Namespace, observer: Observer) -> tuple[Volume, Volume, RigidTransform]:
    """The fixed image, the moving image and `moving_from_fixed` that `add_pair` asked for.

    Raises UnreadableInput, Cancelled, and BadArgument where the images do not overlap.
    """
    early = early_pose(args.transform, args.transform_format)
    fixed = read_image(args.fixed, observer.part(0.0, 0.5))
    moving = read_image(args.moving, observer.part(0.5, 1.0))
    moving_from_fixed = early or read_pose(args.transform, args.transform_format, Pair.of(fixed, moving))
    check_study(args.transform, fixed, moving, args.terminal)
    check_overlap(fixed.grid, moving.grid, moving_from_fixed)
    return fixed, moving, moving_from_fixed


def read_pairs(fixed: Path, moving: Path, terminal: Terminal) -> tuple[tuple[str, Points, Points], ...]:
    """The points that both files have: name, fixed point, moving point. Raises BadArgument or UnreadableInput."""
    paired = pair_points(read_points(fixed), read_points(moving), (fixed.name, moving.name))
    if not paired.names:
        raise BadArgument(
            f"No name of {fixed.name} stands in {moving.name}.",
            f"Give the two points of a pair the same name. {paired.hint}".strip(),
        )
    if paired.unpaired:
        alone = ", ".join(sorted(paired.unpaired))
        terminal.say(f"fusionviewer: Left out, because only one of the files has them: {alone}. {paired.hint}".rstrip())
    return tuple(zip(paired.names, paired.fixed, paired.moving, strict=True))
