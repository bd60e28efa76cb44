"""Commands: where the images of a study lie, asked of the user where the study cannot say it, or must not alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.disk import ask_disk
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.progress import Observer
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.study_file import ImageReference, StoredStudy, UnaskedPlace

_TRY_AGAIN: Final = "See whether its drive or network is there, and try again."


@dataclass(frozen=True)
class ImagePlaces:
    """Where the images of a study and its mask are to be read from."""

    wanted: dict[Side, Wanted]
    mask: Wanted | None


def image_places(workspace: Workspace, stored: StoredStudy) -> ImagePlaces | None:
    """Where the images lie; None, and it is told, where the user does not say it.

    A place on a network, a whole disk and the like are asked about once for all images, before any is touched. Raises
    NoAnswer.
    """
    references = {side: reference for side in SIDES if (reference := stored.reference(side)) is not None}
    named = [*references.values(), *([stored.mask] if stored.mask else [])]
    places, unasked = _places(stored, named, allowed=False)
    if unasked:
        if not workspace.questions.may_touch(stored.path.name, tuple(unasked)):
            workspace.said.emit(f"The study was not opened: {unasked[0]}.")
            return None
        places, _ = _places(stored, named, allowed=True)
    wanted: dict[Side, Wanted] = {}
    for side, reference in references.items():
        place = places[reference] or workspace.questions.find_image(f"{side} image", reference)
        if place is None:
            workspace.said.emit(f"The study was not opened: its {side} image “{reference.name}” is not there.")
            return None
        wanted[side] = Wanted(place, reference.series_uid, reference.mirrored)
    if stored.mask is None:
        return ImagePlaces(wanted, None)
    place = places[stored.mask] or workspace.questions.find_image("mask", stored.mask)
    return ImagePlaces(wanted, None if place is None else Wanted(place, stored.mask.series_uid))


def _places(
    stored: StoredStudy, named: list[ImageReference], *, allowed: bool
) -> tuple[dict[ImageReference, Path | None], list[str]]:
    """Where each image lies, None where it does not; and what of their places must be asked about."""
    places: dict[ImageReference, Path | None] = {}
    unasked: list[str] = []
    for reference in named:
        try:
            places[reference] = ask_disk(
                partial(_located, reference, stored.path, allowed), Path(reference.name), _TRY_AGAIN
            )
        except UnaskedPlace as problem:
            unasked.append(problem.place)
    return places, list(dict.fromkeys(unasked))


def _located(reference: ImageReference, study: Path, allowed: bool, _: Observer) -> Path | None:
    return reference.locate(study, allowed=allowed)
