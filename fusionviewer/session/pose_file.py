"""The pose in a file, whether it is a transform's or a study's."""

from __future__ import annotations

from pathlib import Path

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.itk import read_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import SUFFIX, load_study


def read_pose(path: Path) -> RigidTransform:
    """The `moving_from_fixed` in a study or in an ITK transform file. Raises UnreadableInput."""
    if path.name.lower().endswith(SUFFIX):
        return load_study(path).without_images.alignment.moving_from_fixed
    if path.is_dir():
        raise UnreadableInput(f"{path} is a folder, not a transform.", f"Choose a .tfm or {SUFFIX} file.")
    return read_itk_transform(path)


def read_study(path: Path) -> FusionState | None:
    """The study in a file, without its images; None for a transform file. Raises UnreadableInput."""
    return load_study(path).without_images if path.name.lower().endswith(SUFFIX) else None
