"""A study with its images, as the command line opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import SIDES, FusionState
from fusionviewer.session.study_file import ImageReference, load_study

_CALLED: Final = {"fixed": "fixed image", "moving": "moving image", "mask": "mask"}


def open_study(path: Path, observer: Observer, remedy: str = "") -> FusionState:
    """The study in a file with the images that it has.

    Raises UnreadableInput where one is missing or has changed; `remedy` says what to do then (default: give the images
    and --transform).
    """
    stored = load_study(path)
    read: dict[str, Volume] = {}
    for number, side in enumerate(SIDES):
        reference = stored.reference(side)
        if reference is not None:
            part = observer.part(number / 2, (number + 1) / 2)
            read[side] = _image(side, reference, stored.path, part, remedy)
    return stored.without_images.with_volumes({side: read[side] for side in SIDES if side in read})


def study_mask(path: Path, observer: Observer, remedy: str) -> Volume | None:
    """The mask that the runs of a study are restricted to; None without one. Raises UnreadableInput as `open_study`."""
    stored = load_study(path)
    return None if stored.mask is None else _image("mask", stored.mask, stored.path, observer, remedy)


def _image(side: str, reference: ImageReference, study: Path, observer: Observer, remedy: str) -> Volume:
    place = reference.locate(study)
    remedy = remedy or f"Give both images and --transform {study.name} instead, or open the study in the window."
    if place is None:
        raise UnreadableInput(f"The {_CALLED[side]} “{reference.name}” of {study.name} is not where it was.", remedy)
    volume = read_volume(place, reference.series_uid, observer)
    if volume.fingerprint != reference.fingerprint:
        raise UnreadableInput(
            f"The {_CALLED[side]} “{reference.name}” of {study.name} has changed since the study was saved.", remedy
        )
    for axis in reference.mirrored:
        volume = mirror(volume, axis)
    return volume
