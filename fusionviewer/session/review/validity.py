"""Whether a review still speaks of what there is: what it was given for, and what has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.session.review.values import Changed, Reviewed
from fusionviewer.session.state import FusionState, LandmarkPair, Point


def under_review(state: FusionState) -> Reviewed:
    """What a review that is given now speaks of."""
    return reviewed_as(
        state.alignment.moving_from_fixed, _identity(state.fixed), _identity(state.moving), state.landmarks
    )


def reviewed_as(pose: RigidTransform, fixed: str, moving: str, landmarks: Sequence[LandmarkPair]) -> Reviewed:
    """The same from its parts; the images as `image_identity` names them."""
    return Reviewed(pose, fixed, moving, _digest(landmarks))


def changed_since_review(state: FusionState, unread: tuple[str, str] | None = None) -> tuple[Changed, ...]:
    """What is no longer as it was reviewed; empty without a review and if nothing has changed.

    `unread` are the fixed and the moving image as `image_identity` names them, if the state is without the images that
    belong to it; None: what it holds is all that there is.
    """
    review = state.alignment.review
    if review is None:
        return ()
    now, then = under_review(state), review.of
    changed: dict[Changed, bool] = {
        "pose": not now.moving_from_fixed.is_close(then.moving_from_fixed),
        "images": ((now.fixed, now.moving) if unread is None else unread) != (then.fixed, then.moving),
        "landmarks": now.landmarks != then.landmarks,
    }
    return tuple(what for what, is_so in changed.items() if is_so)


def image_identity(fingerprint_on_disk: str, mirrored: Sequence[Axis]) -> str:
    """One text for the voxels of an image as they are used."""
    return "+".join([fingerprint_on_disk, *mirrored])


def _identity(volume: Volume | None) -> str:
    return "" if volume is None else image_identity(volume.fingerprint_on_disk, volume.mirrored)


def _digest(landmarks: Sequence[LandmarkPair]) -> str:
    """Of the pairs that are fitted or check, whatever their order and names; to a millionth of a mm."""
    places = sorted(
        (pair.use, _rounded(pair.fixed_point), _rounded(pair.moving_point))
        for pair in landmarks
        if pair.used or pair.checks
    )
    return hashlib.blake2b(repr(places).encode(), digest_size=16).hexdigest()


def _rounded(point: Point | None) -> tuple[float, ...]:
    return () if point is None else tuple(round(float(v), 6) + 0.0 for v in point)  # + 0.0: there is no minus zero
