"""What is suggested where a folder holds several series, by what is asked for and what is open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from series_folders import BONE, CT, MR, SCOUT, T2, question

from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.volume import Modality
from fusionviewer.session.state import SIDES, Side


@pytest.mark.parametrize(
    ("choices", "sides", "others", "meant", "suggested"),
    [
        ((CT, BONE, MR, T2), SIDES, {}, "", {"fixed": "mr", "moving": "ct"}),
        ((CT, BONE), SIDES, {}, "", {"moving": "ct"}),
        ((MR, T2), SIDES, {}, "", {"fixed": "mr"}),
        ((CT, MR), ("fixed",), {}, "", {"fixed": "mr"}),
        ((CT, MR), ("moving",), {}, "", {"moving": "ct"}),
        ((CT, MR), ("fixed",), {"moving": "MR"}, "", {"fixed": "ct"}),
        ((CT, MR), ("moving",), {"fixed": "CT"}, "", {"moving": "mr"}),
        ((CT, MR), ("moving",), {"fixed": ""}, "", {"moving": "ct"}),
        ((CT, BONE), ("fixed",), {}, "", {"fixed": "ct"}),
        ((SCOUT, SCOUT), ("fixed",), {}, "", {}),
        ((SCOUT, SCOUT), SIDES, {}, "", {}),
        ((CT, BONE, MR), ("fixed",), {}, "bone", {"fixed": "bone"}),
        ((CT, BONE, MR), SIDES, {}, "bone", {"fixed": "mr", "moving": "bone"}),
        ((CT, MR, T2), SIDES, {}, "t2", {"fixed": "t2", "moving": "ct"}),
    ],
)
def test_what_is_suggested(
    choices: tuple[SeriesChoice, ...],
    sides: tuple[Side, ...],
    others: Mapping[Side, Modality],
    meant: str,
    suggested: Mapping[Side, str],
) -> None:
    found = question(choices, sides, others, meant).suggested()
    assert {side: likely.choice.uid for side, likely in found.items()} == suggested
    assert all(likely.why.endswith(".") for likely in found.values())


def test_the_series_of_a_file_says_why_it_is_suggested() -> None:
    found = question((CT, BONE), ("fixed",), meant="bone").suggested()
    assert found["fixed"].why == "The series of the file that was chosen."
