"""The study's file: JSON, images by path and fingerprint, every number exactly as it was. The pose in any file."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import read_transform, recognised
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import AXES
from fusionviewer.imaging.volume import Axis, ImageSource, Volume
from fusionviewer.imaging.whole_files import json_value, read_whole, written_whole
from fusionviewer.process.places import why_ask
from fusionviewer.progress import Observer
from fusionviewer.registration import Region
from fusionviewer.session.alignment import Alignment, PoseOrigin
from fusionviewer.session.records import (
    alternative_from_record,
    alternative_record,
    box_from_record,
    landmark_from_record,
    landmark_record,
    limits_from_record,
    listed,
    placement_error,
    pose_from_record,
    pose_record,
    run_from_record,
    run_record,
    settings_from_record,
    settings_record,
    target_from_record,
    target_record,
    text,
    weight_from_record,
)
from fusionviewer.session.review.records import (
    history_from_record,
    history_record,
    review_from_record,
    review_record,
)
from fusionviewer.session.review.validity import image_identity, reviewed_as
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_records import view_from_record, view_record
from fusionviewer.session.view_state import ViewState
from fusionviewer.version import __version__

FORMAT = "fusionviewer study"
VERSION = 2
"""1 did not say what a review was given for: it went when the pose changed, so that it always was current."""

SUFFIX = ".fusion.json"

DAMAGED = "Open a copy or an earlier version of it; the file was not changed."


@dataclass(frozen=True)
class ImageReference:
    """How a study names an image: where it was, seen from the study and on the disk, and what it held."""

    relative: str
    absolute: str
    series_uid: str
    fingerprint: str
    """Of the voxels as they lie in the file."""
    name: str
    mirrored: tuple[Axis, ...] = ()
    """Along which axes they are mirrored after they were read."""

    def locate(self, study: Path, *, allowed: bool = False) -> Path | None:
        """Where the image lies now: beside the study as before, or where it was; None if at neither place.

        A place on a network, a device or a whole disk (`places.why_ask`) is not touched unless `allowed`: raises
        UnaskedPlace where the image lies at no other.
        """
        unasked = ""
        for named in filter(None, (self.relative, self.absolute)):
            why = "" if allowed else why_ask(named, study)
            if why:
                unasked = unasked or f"{named} {why}"
            elif os.path.exists(study.parent / named):  # False for impossible names, too
                return study.parent / named
        if unasked:
            raise UnaskedPlace(study.name, unasked)
        return None


class UnaskedPlace(UnreadableInput):
    """A study names a place that must be asked about first; `place` is its path and why."""

    def __init__(self, study: str, place: str) -> None:
        super().__init__(
            f"The study {study} names a place that was not touched: {place}.",
            "If it may be read, give --allow-network-paths (in the library allow_network_paths=True).",
        )
        self.place = place


@dataclass(frozen=True, eq=False)
class StoredStudy:
    """A study file that was read: all but the images, which the reader of images fetches next."""

    path: Path
    fixed: ImageReference | None
    moving: ImageReference | None
    mask: ImageReference | None
    """The mask that a run looks at alone, if there is one."""
    without_images: FusionState
    view: ViewState | None
    recovery: dict[str, Any] | None = None
    """What stands in a copy that was kept in case of a crash (see `recovery`); None in a study that was saved."""
    digest: str = ""
    """Of the file's bytes (`digest_on_disk`)."""

    def reference(self, side: Side) -> ImageReference | None:
        """How the study names one of its images."""
        return self.fixed if side == "fixed" else self.moving

    @property
    def identities(self) -> tuple[str, str]:
        """The fixed and the moving image as `image_identity` names them; "" where there is none."""
        return _identity(self.fixed), _identity(self.moving)


def save_study(
    state: FusionState,
    view: ViewState | None,
    path: Path,
    observer: Observer = Observer(),  # noqa: B008 - frozen
    *,
    recovery: dict[str, Any] | None = None,
) -> str:
    """Write a study and return its digest; the file appears whole or not at all. Raises CannotWrite, Cancelled."""
    alignment = state.alignment
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": f"fusionviewer {__version__}",
        "note": "Points are LPS mm; moving_from_fixed maps fixed points to moving points. Not a medical device.",
        "images": {side: _image_record(volume, path) for side, volume in _sides(state)},
        "moving_from_fixed": pose_record(alignment.moving_from_fixed),
        "origin": alignment.origin,
        "start": pose_record(alignment.start),
        "landmarks": [landmark_record(pair) for pair in state.landmarks],
        "fle_mm": state.fle_mm,
        "landmark_weight": alignment.landmark_weight,
        "targets": [target_record(target) for target in state.targets],
        "alternatives": [alternative_record(found) for found in alignment.alternatives],
        "limits": asdict(alignment.limits),
        "region": {
            "box": state.region.box if state.region else None,
            "mask": _image_record(state.region.mask if state.region else None, path),
        },
        "settings": settings_record(alignment.settings),
        "run": run_record(alignment.run) if alignment.run else None,
        "review": review_record(alignment.review) if alignment.review else None,
        "review_history": history_record(alignment.history),
        "accepted": pose_record(alignment.accepted) if alignment.accepted else None,
        "view": view_record(view) if view else None,
    }
    if recovery is not None:
        document["recovery"] = recovery
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    # A path of bytes that are no UTF-8 holds lone surrogates: written as JSON's \udc.. they come back as they were.
    content = text.encode("utf-8", "backslashreplace")
    with written_whole(path, observer) as temporary:
        temporary.write_bytes(content)
    return _digest(content)


def refuse_to_replace_a_study(path: Path) -> None:
    """Raise BadArgument if what is no study would take the place of one, also of one that a link leads to."""
    if os.path.exists(path) and os.path.realpath(path).lower().endswith(SUFFIX):
        raise BadArgument(f"{path.name} leads to a study.", "Choose another name for the result.")


def digest_on_disk(path: Path) -> str:
    """What tells the content of a study file from any other: "" if there is no file, "?" if it cannot be read."""
    try:
        return _digest(read_whole(path))
    except UnreadableInput:
        return "?" if os.path.lexists(path) else ""


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def load_study(path: Path) -> StoredStudy:
    """Read a study file. Raises UnreadableInput if it is missing, damaged, of another kind, or newer than this."""
    content = read_whole(path)
    document = _parse(path, content)
    try:
        fixed, moving = (_image_from_record(document["images"][side]) for side in SIDES)
        view = document["view"]
        region = document.get("region")  # older studies do not have it
        if region is None:
            region = {}
        box = box_from_record(region.get("box"))
        landmarks = tuple(landmark_from_record(record) for record in listed(document["landmarks"]))
        alignment = _alignment(document)
        if document["review"] is not None:
            of = None
            if document["version"] == 1:
                of = reviewed_as(alignment.moving_from_fixed, _identity(fixed), _identity(moving), landmarks)
            alignment = replace(alignment, review=review_from_record(document["review"], of))
        history = history_from_record(document.get("review_history"), alignment.review)
        alignment = replace(alignment, history=history)
        state = FusionState(
            alignment=alignment,
            landmarks=landmarks,
            fle_mm=placement_error(document.get("fle_mm")),  # older studies do not have it
            targets=tuple(target_from_record(record) for record in listed(document.get("targets", []))),
            region=Region(box=box) if box else None,
        )
        return StoredStudy(
            path,
            fixed,
            moving,
            _image_from_record(region.get("mask")),
            state,
            None if view is None else view_from_record(view),
            document.get("recovery"),
            _digest(content),
        )
    except (BadArgument, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UnreadableInput(f"The study file {path.name} is damaged ({_reason(error)}).", DAMAGED) from error


def _alignment(document: dict[str, Any]) -> Alignment:
    """What a study file says of the alignment, but for its review; its keys stand beside the others."""
    run = document["run"]
    accepted = document.get("accepted")  # older studies do not have it
    return Alignment(
        moving_from_fixed=pose_from_record(document["moving_from_fixed"]),
        origin=_origin(document["origin"]),
        start=pose_from_record(document["start"]),
        run=None if run is None else run_from_record(run),
        accepted=None if accepted is None else pose_from_record(accepted),
        alternatives=tuple(alternative_from_record(record) for record in listed(document.get("alternatives", []))),
        limits=limits_from_record(document["limits"]),
        settings=settings_from_record(document["settings"]),
        landmark_weight=weight_from_record(document.get("landmark_weight", 0.0)),
    )


def _identity(image: ImageReference | None) -> str:
    return "" if image is None else image_identity(image.fingerprint, image.mirrored)


def _parse(path: Path, content: bytes) -> dict[str, Any]:
    try:
        document = json_value(content)
    except ValueError as error:  # ValueError also for a number of thousands of digits
        raise UnreadableInput(f"{path.name} is not a study file, or it is damaged.", DAMAGED) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadableInput(f"{path.name} is not a fusionviewer study.", f"Choose a file that ends in {SUFFIX}.")
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise UnreadableInput(f"The study file {path.name} is damaged (its version is unreadable).", DAMAGED)
    if version > VERSION:
        raise UnreadableInput(
            f"{path.name} was made by a newer fusionviewer (study version {version}; this program knows {VERSION}).",
            "Open it with that version, or install a newer fusionviewer.",
        )
    return document


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"“{error.args[0]}” is missing"
    return "a value in it makes no sense"


def _origin(value: object) -> PoseOrigin:
    known: tuple[PoseOrigin, ...] = (
        "header", "centre", "landmarks", "registration", "refinement", "correction", "file", "hand",
    )  # fmt: skip
    for origin in known:
        if origin == value:
            return origin
    raise ValueError("unknown origin of the pose")


def _sides(state: FusionState) -> tuple[tuple[Side, Volume | None], ...]:
    return ("fixed", state.fixed), ("moving", state.moving)


def _image_record(volume: Volume | None, study: Path) -> dict[str, object] | None:
    if volume is None:
        return None
    source = volume.source or ImageSource(Path())
    absolute = os.path.abspath(source.path)
    try:
        relative = Path(os.path.relpath(absolute, os.path.abspath(study.parent))).as_posix()
    except ValueError:  # another drive on Windows
        relative = ""
    return {
        "path": relative,
        "absolute_path": absolute,
        "series_uid": source.series_uid,
        "fingerprint": volume.fingerprint_on_disk,
        "name": volume.written_name,
        "mirrored": list(volume.mirrored),
    }


def _image_from_record(record: dict[str, Any] | None) -> ImageReference | None:
    if record is None:
        return None
    keys = ("path", "absolute_path", "series_uid", "fingerprint", "name")
    path, absolute, series_uid, fingerprint, name = (text(record[key]) for key in keys)
    return ImageReference(path, absolute, series_uid, fingerprint, name, _axes(record.get("mirrored", [])))


def _axes(value: object) -> tuple[Axis, ...]:
    if not isinstance(value, list):
        raise TypeError("the mirrored axes are not a list")
    axes = tuple(axis for axis in AXES if axis in value)
    if len(axes) != len(value):
        raise ValueError("an unknown axis, or one that is named twice")
    return axes


def read_pose(path: Path, key: str = "", pair: Pair = Pair()) -> RigidTransform:  # noqa: B008 - frozen
    """The `moving_from_fixed` in a study, or in a file of a transform: of the format that `key` says, or its own.

    Raises UnreadableInput (Ambiguous where only a key can tell the format), BadArgument where the format needs an image
    that the pair does not have.
    """
    if path.name.lower().endswith(SUFFIX):
        return load_study(path).without_images.alignment.moving_from_fixed
    return read_transform(path, key, pair)


def needs_images(path: Path, key: str = "") -> bool:
    """Whether a pose means nothing without the two images. Raises UnreadableInput, BadArgument for an unknown key."""
    return not path.name.lower().endswith(SUFFIX) and bool(recognised(path, key).reads_with)


def read_study(path: Path) -> FusionState | None:
    """The study in a file, without its images; None for a transform file. Raises UnreadableInput."""
    return load_study(path).without_images if path.name.lower().endswith(SUFFIX) else None
