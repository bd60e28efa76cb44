"""What is odd about the two images: each when it was read, and both together."""

from __future__ import annotations

from datetime import date

from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.grades import DAYS_APART
from fusionviewer.session.state import FusionState


def image_findings(state: FusionState) -> list[Finding]:
    """What is odd about both images together, and the remarks of the readers of each, in their own words."""
    remarks = [
        found("image_remark", side=side, name=volume.name, remark=remark)
        for side, volume in state.volumes().items()
        for remark in volume.notes
    ]
    return [*odd_pair_findings(state), *frame_findings(state), *remarks]


def frame_findings(state: FusionState) -> list[Finding]:
    """Whether both images share a frame of reference, in which the headers' alignment may well be right already."""
    fixed, moving = state.fixed, state.moving
    if fixed is None or moving is None or fixed.mirrored or moving.mirrored or not fixed.frame_of_reference:
        return []
    return [found("same_frame")] if fixed.frame_of_reference == moving.frame_of_reference else []


def odd_pair_findings(state: FusionState) -> list[Finding]:
    """Whether both images are the same one, of different patients, or of a kind that the program is not made for.

    Nothing without both.
    """
    fixed, moving = state.fixed, state.moving
    if fixed is None or moving is None:
        return []
    # what a file holds is known since it was read; mirrored voxels would have to be looked at once more
    if fixed.grid.size == moving.grid.size and fixed.fingerprint_on_disk == moving.fingerprint_on_disk:
        return [found("same_image", fixed=fixed.name, moving=moving.name, mirrored=fixed.mirrored != moving.mirrored)]
    odd = []
    differing = fixed.patient.differing(moving.patient)
    if differing:
        odd.append(found("other_patient", differing=differing))
    if fixed.modality == moving.modality == "CT":
        odd.append(found("both_ct", fixed=fixed.name, moving=moving.name))
    dates = fixed.acquired[:10], moving.acquired[:10]
    if all(dates):
        days = abs((date.fromisoformat(dates[0]) - date.fromisoformat(dates[1])).days)
        if days > DAYS_APART:
            odd.append(found("dates_apart", days=days, fixed=dates[0], moving=dates[1]))
    return odd
