"""A Spatial Registration that is read: the moving frame relative to the fixed one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import DeformableSpatialRegistrationStorage, SpatialRegistrationStorage

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.exchange.archive.sources import read_original
from fusionviewer.geometry import Grid, Matrix, NotRigid, RigidTransform
from fusionviewer.imaging.dicom.headers import frame_digest
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.imaging.reading.apart import apart
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer

_WANTED: Final = "Choose a Spatial Registration of two frames of reference, for example one that fusionviewer wrote."
_MOST_BYTES: Final = 200_000_000
_MOST_MATRICES: Final = 100
_MOST_MM: Final = 1e-3


@dataclass(frozen=True)
class Item:
    """An item of a registration: which images it is about, and what maps their points to the registered frame."""

    frame: str
    """A digest of its frame of reference's UID, as a volume has it; empty: it is not said."""
    images: frozenset[str]
    """The UIDs of the images that it names."""
    matrix: tuple[tuple[float, ...], ...]
    """4×4, LPS mm."""

    @property
    def onto_registered(self) -> Matrix:
        """The matrix as an array."""
        return np.array(self.matrix)


@dataclass(frozen=True)
class Registered:
    """What a registration says."""

    frame: str
    """A digest of the UID of the frame onto which its items are mapped."""
    items: tuple[Item, ...]


def read_registration(path: Path, fixed: Volume | None = None, moving: Volume | None = None) -> RigidTransform:
    """`moving_from_fixed` of the two images, or where they are not known, or not of DICOM, of the frames that it names.

    Then the registered frame is the fixed one. Raises UnreadableInput where it is no registration of two frames, is not
    rigid, or is of other images.
    """
    found = apart(items_in, path, name=path.name, then=_itself, observer=Observer())
    frames = {found.frame, *(item.frame for item in found.items)} - {""}
    if len(frames) > 2:
        raise UnreadableInput(f"{path.name} relates {len(frames)} frames of reference, not two.", _WANTED)
    if fixed is None or moving is None or not (_is_dicom(fixed) and _is_dicom(moving)):
        others = [item for item in found.items if item.frame != found.frame]
        own = [item for item in found.items if item.frame == found.frame]
        if len(others) != 1 or len(own) > 1:
            raise UnreadableInput(
                f"{path.name} does not say by itself which of its images is the moving one.",
                "Give both DICOM series too: in the window open them, for convert add --fixed FIXED --moving MOVING.",
            )
        return _relative(path, own[0].onto_registered if own else np.eye(4), others[0].onto_registered)
    matrices = [_matrix_of(path, found, one, other, side) for one, other, side in (
        (fixed, moving, "fixed"), (moving, fixed, "moving"),
    )]  # fmt: skip
    return _relative(path, *matrices)


def check_registration(path: Path, moving_from_fixed: RigidTransform, fixed: Grid) -> None:
    """Raise CannotWrite where a registration that was just written, read back, is 0.001 mm off or more."""
    found = items_in(path, Observer())
    back = _relative(path, *(item.onto_registered for item in found.items))
    off_mm = np.linalg.norm(back.apply(fixed.corners) - moving_from_fixed.apply(fixed.corners), axis=1).max()
    if not off_mm < _MOST_MM:
        raise CannotWrite(
            f"The registration was not written: read back, it is {off_mm:.3g} mm off.", "Please report this."
        )


def _relative(path: Path, of_fixed: Matrix, of_moving: Matrix) -> RigidTransform:
    """`moving_from_fixed` from what maps the points of each to the registered frame."""
    try:
        return RigidTransform.from_matrix(np.linalg.inv(of_moving) @ of_fixed)
    except NotRigid as problem:
        raise UnreadableInput(f"{path.name} does not hold a rigid transform: {problem.why}.", _WANTED) from problem
    except np.linalg.LinAlgError as problem:
        raise UnreadableInput(
            f"{path.name} does not hold a rigid transform: its matrix is singular.", _WANTED
        ) from problem


def _is_dicom(volume: Volume) -> bool:
    return volume.source is not None and volume.source.is_dicom


def _matrix_of(path: Path, found: Registered, volume: Volume, other: Volume, side: str) -> Matrix:
    """What maps the points of an image to the registered frame: by its frame of reference, else by its files."""
    frame = volume.frame_of_reference
    if frame and frame != other.frame_of_reference:
        by_frame = [item for item in found.items if item.frame == frame]
        if len(by_frame) == 1:
            return by_frame[0].onto_registered
        if not by_frame and frame == found.frame:
            return np.eye(4)
    images = {one.uid for one in read_original(volume, side, Observer(), just_read=True).instances}
    by_images = [item for item in found.items if item.images & images]
    if len(by_images) == 1:
        return by_images[0].onto_registered
    raise UnreadableInput(
        f"{path.name} does not register the {side} image “{volume.name}”.",
        "Open the two series that it belongs to.",
    )


def _itself(found: Registered) -> Registered:
    return found


def items_in(path: Path, observer: Observer) -> Registered:
    """What a file says. Runs in a child process. Raises UnreadableInput."""
    observer.check()
    if not os.path.isfile(path):
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.")
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableInput(f"{path.name} is too large for a registration.", _WANTED)
    try:
        with unwarned():
            return _understood(path, pydicom.dcmread(path))
    except UnreadableInput:
        raise
    except Exception as problem:  # whatever a damaged file makes pydicom raise
        raise UnreadableInput(f"{path.name} is damaged, or not a file of DICOM.", _WANTED) from problem


def _understood(path: Path, told: Dataset) -> Registered:
    kind = told.get("SOPClassUID")
    if kind == DeformableSpatialRegistrationStorage:
        raise UnreadableInput(f"{path.name} holds a deformation, not a rigid transform.", _WANTED)
    if kind != SpatialRegistrationStorage:
        raise UnreadableInput(f"{path.name} is a file of DICOM, but not a Spatial Registration.", _WANTED)
    items = tuple(_item(path, item) for item in told.RegistrationSequence)
    if not items:
        raise ValueError("no items")
    return Registered(_frame(told), items)


def _item(path: Path, item: Dataset) -> Item:
    steps: Sequence[Dataset] = item.MatrixRegistrationSequence[0].MatrixSequence
    if not 0 < len(steps) <= _MOST_MATRICES:
        raise ValueError("no matrices")
    whole = np.eye(4)
    for step in steps:  # PS3.3 C.20.2.1.1: the first is applied first
        numbers = np.array([float(n) for n in step.FrameOfReferenceTransformationMatrix]).reshape(4, 4)
        if not np.isfinite(numbers).all():
            raise ValueError("no numbers")
        whole = numbers @ whole
    images = frozenset(str(one.ReferencedSOPInstanceUID) for one in item.get("ReferencedImageSequence") or ())
    rows = tuple(tuple(float(n) for n in row) for row in whole)
    return Item(_frame(item), images, rows)


def _frame(place: Dataset) -> str:
    """A digest of the frame of reference's UID, as a volume has it; empty for none."""
    return frame_digest(str(place.get("FrameOfReferenceUID", "") or "").strip())
