"""What is found about the pose itself: where it came from, how far it moved the head, how much of it overlaps."""

from __future__ import annotations

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.displacement import Overlap, displacement, overlap
from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.grades import (
    APART,
    CENTRES_APART_MM,
    FAR_MM,
    FRAME_MM,
    LITTLE_OVERLAP,
    OUTLIER_MM,
    OUTLIER_TIMES,
    PART_OVERLAP,
    TOGETHER_MM,
    TURNED_DEG,
)
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import FusionState

MOST_ALIKE = 3
"""So many pairs that agree with each other are no chance."""


def head_overlap(state: FusionState, head_corners: Points | None) -> Overlap | None:
    """How much of the head's box (corners (8, 3) in fixed space) the moving image holds; None if that is unknown.

    Where no head was found, only that the two images do not overlap at all can be told.
    """
    if state.fixed is None or state.moving is None:
        return None
    corners = state.fixed.grid.corners if head_corners is None else head_corners
    inside = overlap(corners, state.moving.grid, state.alignment.moving_from_fixed)
    return inside if head_corners is not None or inside.share < APART else None


def origin_findings(state: FusionState, head_corners: Points | None) -> list[Finding]:
    """Where the pose came from, and how far it has moved the head."""
    out = [found("origin", origin=state.alignment.origin)]
    if not state.alignment.is_made:
        out.append(found("not_aligned", origin=state.alignment.origin))
    if head_corners is None:
        return out
    moved = displacement(head_corners, state.alignment.start, state.alignment.moving_from_fixed)
    by_header = state.alignment.start == RigidTransform.identity()
    if by_header or state.alignment.start != state.alignment.moving_from_fixed:  # else it is its own start
        out.append(found("moved", max_mm=moved.max_mm, mean_mm=moved.mean_mm, start="header" if by_header else "start"))
    if moved.max_mm > FAR_MM:
        out.append(found("moved_far", max_mm=moved.max_mm))
    return out


def centre_findings(state: FusionState) -> list[Finding]:
    """Whether the headers place the middles of the two images far apart; an image may as well show more of the body."""
    if state.fixed is None or state.moving is None or state.alignment.origin != "header":
        return []
    seen = state.alignment.moving_from_fixed.apply(state.fixed.grid.centre)
    apart_mm = float(np.linalg.norm(state.moving.grid.centre - seen))
    return [found("centres_apart", apart_mm=apart_mm)] if apart_mm > CENTRES_APART_MM else []


def header_findings(state: FusionState, head_corners: Points | None) -> list[Finding]:
    """Whether the pose contradicts the headers: a frame of reference that both images share, or how heads can lie.

    These only raise a doubt: that a pose is near the headers' speaks for nothing. Of a mirrored image the header no
    longer tells.
    """
    fixed, moving, pose = state.fixed, state.moving, state.alignment.moving_from_fixed
    if fixed is None or moving is None or fixed.mirrored or moving.mirrored:
        return []
    out, corners = [], fixed.grid.corners if head_corners is None else head_corners
    moved_mm = displacement(corners, RigidTransform.identity(), pose).max_mm
    if fixed.frame_of_reference and fixed.frame_of_reference == moving.frame_of_reference and moved_mm > FRAME_MM:
        out.append(found("frame_left", max_mm=moved_mm))
    angle = float(np.rad2deg(np.linalg.norm(pose.rotation_vector())))
    if angle > TURNED_DEG:
        out.append(found("turned_far", rotation_deg=angle))
    return out


def overlap_findings(inside: Overlap | None) -> list[Finding]:
    """Whether enough of the head lies in the moving image to believe, and to check, the pose."""
    if inside is None or inside.share >= PART_OVERLAP:
        return []
    if inside.share < APART:
        return [found("images_apart", inside.missing_point, overlap=inside.share)]
    code = "overlap_little" if inside.share < LITTLE_OVERLAP else "overlap_part"
    return [found(code, inside.missing_point, overlap=inside.share)]


def outlier_findings(state: FusionState) -> list[Finding]:
    """The pair that the pose shown leaves furthest apart, if it stands out from the others; or that all lie far apart.

    Where the pairs already disagree among themselves, that is the finding, and this is none.
    """
    if landmark_facts(state).misfit:
        return []
    used = [
        (pair, apart_mm)
        for pair, apart_mm in zip(state.landmarks, landmark_edits.residuals_mm(state), strict=True)
        if pair.used and apart_mm is not None
    ]
    apart = float(np.median([apart_mm for _, apart_mm in used])) if len(used) >= MOST_ALIKE else 0.0
    placed = max((pair.fle_mm or state.fle_mm or 0.0 for pair, _ in used), default=0.0)
    if state.alignment.is_made and apart > max(TOGETHER_MM, 2 * placed):
        return [found("pairs_off_the_pose", used[0][0].fixed_point, pairs=len(used), median_mm=apart)]
    if len(used) < 4:  # with three pairs the distances say nothing about which one is wrong
        return []
    worst, worst_mm = max(used, key=lambda one: one[1])
    others_mm = float(np.median([apart_mm for pair, apart_mm in used if pair is not worst]))
    if worst_mm <= max(OUTLIER_MM, OUTLIER_TIMES * others_mm):
        return []
    return [found("pair_off_the_pose", worst.fixed_point, name=worst.name, apart_mm=worst_mm, others_mm=others_mm)]
