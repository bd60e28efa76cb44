"""DICOM: a Spatial Registration, which belongs to the two series that it names.

What makes and reads it stands in `exchange/archive`, which is loaded when it is needed: pydicom takes a while.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from fusionviewer.exchange.archive.origin import check_source
from fusionviewer.exchange.transforms.pair import Pair, missing
from fusionviewer.geometry import Matrix, RigidTransform
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.progress import Observer

_KIND: Final = re.compile(rb"1\.2\.840\.10008\.5\.1\.4\.1\.1\.66\.[13](?![\d.])")
"""Spatial and deformable registrations, as a file's beginning says it."""

_FIRST_BYTES: Final = 1024


def is_registration(path: Path) -> bool:
    """Whether a file is a registration of DICOM, rigid or not."""
    try:
        if not os.path.isfile(path):
            return False
        with path.open("rb") as stream:
            start = stream.read(_FIRST_BYTES)
    except OSError:
        return False
    return start[128:132] == b"DICM" and _KIND.search(start) is not None


def dicom_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 from moving to fixed points, LPS mm."""
    return (~moving_from_fixed).matrix


def read_dicom(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a registration, of the two images of the pair if they are DICOM series.

    Raises UnreadableInput.
    """
    from fusionviewer.exchange.archive.registration_file import read_registration

    return read_registration(path, pair.fixed_volume, pair.moving_volume)


def check_pair(pair: Pair) -> None:
    """Raise BadArgument without both images, UnreadableInput where one did not come from DICOM; reads no file."""
    for side, volume in (("fixed", pair.fixed_volume), ("moving", pair.moving_volume)):
        if volume is None:
            raise missing("DICOM", f"{side} image", f"--{side} {side.upper()}")
        check_source(volume, side)


def write_dicom(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write a registration into the fixed image's study. Raises BadArgument without both images, UnreadableInput where
    one did not come from DICOM or has changed on the disk, CannotWrite.
    """
    check_pair(pair)
    assert pair.fixed_volume is not None
    assert pair.moving_volume is not None
    from fusionviewer.exchange.archive.export import Plan, read_originals
    from fusionviewer.exchange.archive.registration import registration
    from fusionviewer.exchange.archive.stamp import save

    originals = read_originals(pair.fixed_volume, pair.moving_volume, Observer())
    plan = Plan(originals)
    made = registration(plan.stamp, plan.series["registration"], originals.moving, moving_from_fixed)
    with written_whole(path) as temporary:
        save(made, temporary)
