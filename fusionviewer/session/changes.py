"""Which parts of a study differ between two states, in groups as what shows them needs to know."""

from __future__ import annotations

from dataclasses import fields
from enum import Flag, auto
from typing import Final

from fusionviewer.session.state import FusionState


class Changes(Flag):
    """Parts of a study that change together."""

    IMAGES = auto()
    POSE = auto()
    """The pose shown, where it came from, or the pose that it is compared with."""
    RESULTS = auto()
    """The run that gave the pose, or what was found in other ways."""
    REVIEW = auto()
    """The review, its history, or the pose that was accepted last."""
    LANDMARKS = auto()
    """The pairs, or how well they can be placed."""
    TARGETS = auto()
    REGION = auto()
    LIMITS = auto()
    SETTINGS = auto()
    """How the next run is made, within whatever limits."""


NOTHING: Final = Changes(0)
EVERYTHING: Final = ~NOTHING

GROUPS: Final[dict[str, Changes]] = {
    "fixed": Changes.IMAGES,
    "moving": Changes.IMAGES,
    "landmarks": Changes.LANDMARKS,
    "fle_mm": Changes.LANDMARKS,
    "targets": Changes.TARGETS,
    "region": Changes.REGION,
    "moving_from_fixed": Changes.POSE,
    "origin": Changes.POSE,
    "start": Changes.POSE,
    "run": Changes.RESULTS,
    "alternatives": Changes.RESULTS,
    "review": Changes.REVIEW,
    "history": Changes.REVIEW,
    "accepted": Changes.REVIEW,
    "limits": Changes.LIMITS,
    "settings": Changes.SETTINGS,
    "landmark_weight": Changes.SETTINGS,
}
"""Where each field of a `FusionState` and of its `Alignment` belongs."""


def changes_between(before: FusionState, after: FusionState) -> Changes:
    """The groups in which two states differ. Parts are compared by identity, plain numbers by value."""
    found = NOTHING
    for old, new in ((before, after), (before.alignment, after.alignment)):
        for field in fields(old):
            one, other = getattr(old, field.name), getattr(new, field.name)
            if field.name != "alignment" and one is not other and not (isinstance(one, float) and one == other):
                found |= GROUPS[field.name]
    return found
