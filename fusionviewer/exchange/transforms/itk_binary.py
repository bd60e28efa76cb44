"""ITK's transforms in HDF5 (`.h5`, also 3D Slicer's) and MATLAB's format (`.mat`, ANTs'): fixed to moving, LPS mm."""

from __future__ import annotations

from pathlib import Path

import SimpleITK as sitk

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.exchange.transforms.itk import check_part, read_itk_transform
from fusionviewer.exchange.transforms.matlab import arrays_in
from fusionviewer.exchange.transforms.numbers import WANTED, other_frame
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Matrix, RigidTransform
from fusionviewer.imaging.native_calls import check_name, remarks_kept
from fusionviewer.imaging.whole_files import written_whole


def to_parent_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """3D Slicer's “transform to parent”: from moving to fixed points, RAS mm, as its Transforms module shows it."""
    return other_frame((~moving_from_fixed).matrix)


def write_binary(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write an affine transform about the origin, by the ending of the name. Raises CannotWrite."""
    check_name(path)
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(moving_from_fixed.rotation.ravel().tolist())
    transform.SetTranslation(moving_from_fixed.translation.tolist())
    with written_whole(path) as temporary:
        try:
            with remarks_kept():
                sitk.WriteTransform(transform, str(temporary))
        except RuntimeError as problem:
            raise CannotWrite(
                f"{path} cannot be written: the disk refused.", "Choose another folder or disk."
            ) from problem


def read_h5(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in an HDF5 file. Raises UnreadableInput."""
    return read_itk_transform(path)


def read_ants(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a `.mat` of ITK or ANTs, which is looked at before ITK gets it. Raises UnreadableInput."""
    arrays = arrays_in(path)
    names = [name for name in arrays if "Transform" in name]
    if not names:
        raise UnreadableInput(f"{path.name} holds no transform of ITK or ANTs.", WANTED)
    if len(names) > 1:
        raise UnreadableInput(f"{path.name} holds {len(names)} transforms.", WANTED)
    fixed = arrays.get("fixed")
    check_part(path, names[0], arrays[names[0]].size, 0 if fixed is None else fixed.size)
    return read_itk_transform(path)
