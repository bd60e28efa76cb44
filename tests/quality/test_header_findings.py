"""What a pose says against the headers of its images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from phantoms import phantom_ct, phantom_mr

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.image_findings import image_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session import edits
from fusionviewer.session.alignment import Alignment

MR, CT = phantom_mr(), phantom_ct()
HEAD = np.array([[x, y, z] for z in (-60.0, 60.0) for y in (-70.0, 70.0) for x in (-60.0, 60.0)])


def by_header(pose: RigidTransform, *, frames: tuple[str, str] = ("", ""), mirrored: bool = False) -> list[Finding]:
    """What is said of a pose about the headers of the phantoms."""
    fixed, moving = (
        replace(volume, frame_of_reference=one, mirrored=("x",) if mirrored else ())
        for volume, one in zip((MR, CT), frames, strict=True)
    )
    state = replace(edits.new_study(fixed, moving), alignment=Alignment(pose, "registration", pose))
    return [one for one in alignment_findings(state, HEAD) if one.code in {"frame_left", "turned_far"}]


def moved(mm: float, turned_deg: float = 0.0) -> RigidTransform:
    turn = np.deg2rad([0.0, 0.0, turned_deg])
    return RigidTransform.from_rotation_vector(turn, np.zeros(3), np.array([0.0, mm, 0.0]))


@pytest.mark.parametrize(("mm", "frames", "told"), [
    (5.5, ("ab", "ab"), True), (4.5, ("ab", "ab"), False), (5.5, ("ab", "cd"), False), (5.5, ("", ""), False),
])  # fmt: skip
def test_leaving_the_frame_of_reference_that_both_images_share_is_noted(
    mm: float, frames: tuple[str, str], told: bool
) -> None:
    found = by_header(moved(mm), frames=frames)
    assert [(one.code, one.level) for one in found] == ([("frame_left", "note")] if told else [])
    if told:
        assert "the head lies up to 5.5 mm from there" in sentence(found[0])
        assert by_header(moved(mm), frames=frames, mirrored=True) == []


@pytest.mark.parametrize(("degrees", "told"), [(46.0, True), (44.0, False), (-90.0, True)])
def test_a_head_that_is_turned_as_no_head_lies_is_noted(degrees: float, told: bool) -> None:
    found = by_header(moved(0.0, degrees))
    assert [(one.code, one.level) for one in found] == ([("turned_far", "note")] if told else [])
    if told:
        assert f"turned by {abs(degrees):.0f}° against the headers" in sentence(found[0])


def test_images_made_long_after_each_other_are_a_note() -> None:
    def told(fixed: str, moving: str) -> list[str]:
        two = replace(edits.new_study(MR, CT), fixed=replace(MR, acquired=fixed), moving=replace(CT, acquired=moving))
        return [sentence(one) for one in image_findings(two) if one.code == "dates_apart"]

    assert told("2024-01-01 10:00:00", "2024-06-01") == told("2024-01-01", "") == []
    (one,) = told("2024-07-01 08:30:00", "2024-01-01")
    assert one.startswith("The images were made 182 days apart (2024-07-01 and 2024-01-01): a rigid alignment")


def test_one_frame_of_reference_is_a_fact_and_not_of_mirrored_images() -> None:
    def told(fixed: Volume, moving: Volume) -> list[str]:
        return [one.level for one in image_findings(replace(edits.new_study(MR, CT), fixed=fixed, moving=moving))]

    fixed, moving = (replace(one, frame_of_reference="f") for one in (MR, CT))
    assert told(fixed, moving) == ["fact"]
    assert told(fixed, replace(moving, frame_of_reference="g")) == []
    assert told(fixed, mirror(moving, "x")) == ["note"]  # that it is mirrored
