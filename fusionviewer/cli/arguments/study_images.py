"""A study with its images, as the command line opens it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import SIDES, FusionState
from fusionviewer.session.study_file import ImageReference, StoredStudy, load_study
from fusionviewer.session.view_state import ViewState

_CALLED: Final = {"fixed": "fixed image", "moving": "moving image", "mask": "mask"}


@dataclass(frozen=True, eq=False)
class StudyPair:
    """A study with both of its images, and how it names the mask that its runs are restricted to."""

    state: FusionState
    fixed: Volume
    moving: Volume
    _stored: StoredStudy
    _remedy: str
    _anywhere: bool

    @property
    def view(self) -> ViewState | None:
        """How the study is looked at; None where its file does not say it."""
        return self._stored.view

    @property
    def mask_fingerprint(self) -> str:
        """What identifies the mask; empty without one."""
        return "" if self._stored.mask is None else self._stored.mask.fingerprint

    def read_mask(self, observer: Observer) -> Volume | None:
        """The mask; None without one. Raises UnreadableInput where it is missing or has changed."""
        mask = self._stored.mask
        return (
            None
            if mask is None
            else _image("mask", mask, self._stored.path, observer, self._remedy, anywhere=self._anywhere)
        )


def open_study(path: Path, observer: Observer, remedy: str = "", *, anywhere: bool = False) -> FusionState:
    """The study in a file with the images that it has, called as files call them (see `Volume.for_files`).

    `anywhere`: also images where they are not looked for unasked.

    Raises UnreadableInput where one is missing or has changed; `remedy` says what to do then (default: give the images
    and --transform).
    """
    return _opened(load_study(path), observer, remedy, anywhere)


def open_pair(
    path: Path, observer: Observer, remedy: str, *, anywhere: bool = False, descriptions: bool = False
) -> StudyPair:
    """The study in a file, which must have both images. Raises BadArgument if it has not, and as `open_study`."""
    stored = load_study(path)
    state = _opened(stored, observer, remedy, anywhere, descriptions=descriptions)
    if state.fixed is None or state.moving is None:
        raise BadArgument(f"{path.name} has only one image.", remedy)
    return StudyPair(state, state.fixed, state.moving, stored, remedy, anywhere)


def _opened(
    stored: StoredStudy, observer: Observer, remedy: str, anywhere: bool, *, descriptions: bool = False
) -> FusionState:
    read: dict[str, Volume] = {}
    for number, side in enumerate(SIDES):
        reference = stored.reference(side)
        if reference is not None:
            part = observer.part(number / 2, (number + 1) / 2)
            volume = _image(side, reference, stored.path, part, remedy, anywhere=anywhere)
            read[side] = volume.for_files(descriptions=descriptions)
    return stored.without_images.with_volumes({side: read[side] for side in SIDES if side in read})


def _image(
    side: str, reference: ImageReference, study: Path, observer: Observer, remedy: str, *, anywhere: bool
) -> Volume:
    place = reference.locate(study, allowed=anywhere)
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
