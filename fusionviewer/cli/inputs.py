"""What is given on the command line: images, also one series of a folder, and poses."""

from __future__ import annotations

import os
from pathlib import Path

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.itk_transform import read_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import list_series, read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.study_file import SUFFIX, load_study


def locate(text: str, observer: Observer) -> tuple[Path, str]:
    """The path and the series that an image argument means; FOLDER#2 is the second series that `info` lists.

    Raises UnreadableInput, BadArgument or Cancelled.
    """
    path = Path(text)
    before, mark, series = text.rpartition("#")
    if os.path.exists(path) or not mark or not os.path.isdir(before):  # not Path's: those raise without permission
        return path, ""
    folder = Path(before)
    choices = list_series(folder, observer)
    if not series.isdecimal() or not 1 <= int(series) <= len(choices):
        raise BadArgument(f"There is no series #{series} in {folder}.", f"It has #1 to #{len(choices)}.")
    return folder, choices[int(series) - 1].uid


def read_image(text: str, observer: Observer) -> Volume:
    """The volume that an image argument means. Raises UnreadableInput, BadArgument or Cancelled."""
    path, series = locate(text, observer.part(0.0, 0.1))
    return read_volume(path, series, observer.part(0.1, 1.0))


def read_pose(path: Path) -> RigidTransform:
    """The `moving_from_fixed` in a study or in an ITK transform file. Raises UnreadableInput."""
    if path.name.lower().endswith(SUFFIX):
        return load_study(path).without_images.moving_from_fixed
    if path.is_dir():
        raise UnreadableInput(f"{path} is a folder, not a transform.", f"Choose a .tfm or {SUFFIX} file.")
    return read_itk_transform(path)
