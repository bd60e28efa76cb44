"""A review speaks of a pose of two images with their landmarks; whatever of that changes makes it out of date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from landmark_sets import noisy, pair
from phantoms import MOVING_FROM_FIXED, phantom_ct, phantom_mr

from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import load_study, save_study

MR, CT = phantom_mr(), phantom_ct()


def reviewed() -> FusionState:
    pairs = (*noisy(5, 0.5), pair(5, use="check"), pair(6, use="off"))
    state = edits.set_pose(replace(edits.new_study(MR, CT), landmarks=pairs), MOVING_FROM_FIXED, "file")
    return edits.set_review(state, "accepted", "fine")


def nudged(state: FusionState, mm: float = 1.0) -> FusionState:
    return edits.nudge(state, np.array([mm, 0, 0]), np.zeros(3), np.zeros(3))


def point_moved(state: FusionState) -> FusionState:
    return landmark_edits.place_point(state, 1, "moving", (1.0, 2.0, 3.0))


HARMLESS: dict[str, Callable[[FusionState], FusionState]] = {
    "nothing": lambda s: s,
    "a pair that is not marked yet": landmark_edits.add_pair,
    "a half-marked pair": lambda s: landmark_edits.place_point(landmark_edits.add_pair(s), 7, "fixed", (1, 2, 3)),
    "a name": lambda s: landmark_edits.rename_pair(s, 0, "nasion"),
    "a colour": lambda s: landmark_edits.colour_pair(s, 0, "#ff0000"),
    "a lock": lambda s: landmark_edits.lock_pair(s, 0, True),
    "another order": lambda s: landmark_edits.order_by(s, [6, 5, 4, 3, 2, 1, 0]),
    "a pair that was off": lambda s: landmark_edits.delete_pair(s, 6),
    "a target": lambda s: landmark_edits.add_target(s, (1, 2, 3)),
    "the limits of the next run": lambda s: edits.set_limits(s, Limits(1, 1)),
    "the note": lambda s: edits.change_note(s, "else"),
    "a nudge and back": lambda s: nudged(nudged(s), -1.0),
    "two mirrors": lambda s: edits.take_mirrored(edits.take_mirrored(s, mirror(CT, "x"), "x"), CT, "x"),
    "a new review": lambda s: edits.set_review(nudged(s), "rejected", ""),
    "no review": lambda s: edits.clear_review(nudged(s)),
}

CHANGES: dict[str, tuple[Callable[[FusionState], FusionState], tuple[str, ...]]] = {
    "a nudge": (nudged, ("pose",)),
    "another start": (edits.start_from_header, ("pose",)),
    "a point": (point_moved, ("landmarks",)),
    "a pair left out": (lambda s: landmark_edits.set_use(s, 2, "off"), ("landmarks",)),
    "a pair taken in": (lambda s: landmark_edits.set_use(s, 6, "fit"), ("landmarks",)),
    "a pair that only checks": (lambda s: landmark_edits.set_use(s, 2, "check"), ("landmarks",)),
    "a pair deleted": (lambda s: landmark_edits.delete_pair(s, 0), ("landmarks",)),
    "another fixed image": (lambda s: replace(s, fixed=CT), ("images",)),
    "a mirror": (lambda s: edits.take_mirrored(s, mirror(CT, "x"), "x"), ("images", "landmarks")),
    "images that changed places": (edits.swap_images, ("pose", "images", "landmarks")),
    "a fit after a point was moved": (lambda s: edits.fit_to_landmarks(point_moved(s)), ("pose", "landmarks")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_was_not_reviewed_may_change(name: str) -> None:
    assert changed_since_review(HARMLESS[name](reviewed())) == ()


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_told_and_the_review_kept(name: str, tmp_path: Path) -> None:
    change, told = CHANGES[name]
    before = reviewed()
    after = change(before)
    assert after.alignment.review is before.alignment.review
    assert changed_since_review(after) == told
    path = tmp_path / "s.fusion.json"
    save_study(after, None, path)
    back = replace(load_study(path).without_images, fixed=after.fixed, moving=after.moving)
    assert back.alignment.review == before.alignment.review
    assert changed_since_review(back) == told


def test_an_image_whose_file_changed_meanwhile_makes_it_out_of_date(tmp_path: Path) -> None:
    path = tmp_path / "s.fusion.json"
    save_study(reviewed(), None, path)
    write_volume(Volume(CT.image + 1, "ct", "CT"), tmp_path / "ct.nii.gz")
    state = replace(load_study(path).without_images, fixed=MR, moving=read_volume(tmp_path / "ct.nii.gz"))
    assert changed_since_review(state) == ("images",)
