"""A Spatial Registration: which rigid transform puts the moving image's frame of reference onto the fixed one's.

PS3.3 A.39.1 and C.20.2: each item's matrix maps points of its own frame to those of the frame that the object itself
has, here the fixed one. One item for each frame, the identity and the transform: some readers multiply all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, TypeAlias

from pydicom.dataset import Dataset
from pydicom.uid import SpatialRegistrationStorage

from fusionviewer.exchange.archive.sources import Instance, Original
from fusionviewer.exchange.archive.stamp import Series, Stamp, code, decimals, reference
from fusionviewer.geometry import Matrix, RigidTransform

_EQUIPMENT, _FIDUCIAL, _CONTENT, _VISUAL = (
    ("125023", "Acquisition Equipment Alignment"), ("125022", "Fiducial Alignment"),
    ("125024", "Image Content-based Alignment"), ("125025", "Visual Alignment"),
)  # fmt: skip

METHODS: Final = {
    "header": _EQUIPMENT, "centre": _VISUAL, "landmarks": _FIDUCIAL, "registration": _CONTENT, "refinement": _CONTENT,
    "correction": _CONTENT, "hand": _VISUAL,
}  # fmt: skip
"""How DICOM calls where a pose came from (CID 7100); of a file it is not known."""


def onto_fixed(moving_from_fixed: RigidTransform) -> Matrix:
    """The 4×4 that a registration holds: it maps moving points to fixed ones, LPS mm."""
    return (~moving_from_fixed).matrix


def registration(
    stamp: Stamp, series: Series, moving: Original, moving_from_fixed: RigidTransform, origin: str = ""
) -> Dataset:
    """The registration as a data set. `origin` says where the pose came from, a key of METHODS."""
    made = stamp.dataset(SpatialRegistrationStorage, series)
    made.InstanceNumber = 1
    made.ContentDate, made.ContentTime = stamp.day, stamp.hour
    made.ContentLabel = "RIGID"
    made.ContentDescription = "Moving image onto fixed image"
    made.ContentCreatorName = ""
    of_fixed, of_moving = (_images(stamp, original) for original in (stamp.fixed, moving))
    identity = RigidTransform.identity().matrix
    told = METHODS.get(origin)
    made.RegistrationSequence = [
        _item(stamp.frame_of_reference, of_fixed, identity, ("125021", "Frame of Reference Identity")),
        _item(stamp.frame_of(moving), of_moving, onto_fixed(moving_from_fixed), told),
    ]
    _refer(made, stamp.study, [one for one, _ in (*of_fixed, *of_moving)])
    return made


_Images: TypeAlias = Sequence[tuple[Instance, tuple[int, ...]]]


def _images(stamp: Stamp, original: Original) -> _Images:
    """What is referred to; without names nothing, since no image has the new UIDs."""
    return () if stamp.without_names else original.referred


def _item(frame: str, images: _Images, matrix: Matrix, method: tuple[str, str] | None) -> Dataset:
    item, registered, step = Dataset(), Dataset(), Dataset()
    if frame:
        item.FrameOfReferenceUID = frame
    if images:
        item.ReferencedImageSequence = [reference(one, frames) for one, frames in images]
    step.FrameOfReferenceTransformationMatrixType = "RIGID"
    step.FrameOfReferenceTransformationMatrix = decimals(matrix)
    registered.RegistrationTypeCodeSequence = [] if method is None else [code(*method)]
    registered.MatrixSequence = [step]
    item.MatrixRegistrationSequence = [registered]
    return item


def _refer(made: Dataset, study: str, images: Sequence[Instance]) -> None:
    """Say in which series and studies the images lie (PS3.3 C.12.2)."""
    studies = {one.study: [other for other in images if other.study == one.study] for one in images}
    if own := studies.pop(study, []):
        made.ReferencedSeriesSequence = _by_series(own)
    if studies:
        made.StudiesContainingOtherReferencedInstancesSequence = []
        for uid, its in studies.items():
            item = Dataset()
            item.StudyInstanceUID, item.ReferencedSeriesSequence = uid, _by_series(its)
            made.StudiesContainingOtherReferencedInstancesSequence.append(item)


def _by_series(images: Sequence[Instance]) -> list[Dataset]:
    found = []
    for uid, its in groupby(sorted(images, key=lambda one: one.series), key=lambda one: one.series):
        item = Dataset()
        item.SeriesInstanceUID = uid
        item.ReferencedInstanceSequence = [reference(one) for one in its]
        found.append(item)
    return found
