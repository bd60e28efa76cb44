"""Series of a folder of which nothing but what is shown is there: no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fusionviewer.app.tasks.series_question import SeriesQuestion
from fusionviewer.imaging.dicom.folder import SeriesEntry, SeriesFolder
from fusionviewer.imaging.dicom.headers import SeriesHeaders
from fusionviewer.imaging.dicom.series_choice import Person, SeriesChoice, SeriesFacts
from fusionviewer.imaging.volume import Modality
from fusionviewer.session.state import SIDES, Side

CT = SeriesChoice("ct", "thin", "CT", 160, (200, 200, 160), (1, 1, 1), True, "")
BONE = replace(CT, uid="bone", description="bone")
MR = replace(CT, uid="mr", description="t1 mprage", modality="MR")
T2 = replace(CT, uid="t2", description="t2", modality="MR")
SCOUT = replace(CT, uid="scout", description="scout", usable=False, why_not="It is a single slice.")
CHOICES = (CT, BONE, MR, T2, SCOUT)


def question(
    choices: Sequence[SeriesChoice],
    sides: tuple[Side, ...] = SIDES,
    open_modalities: Mapping[Side, Modality] | None = None,
    meant: str = "",
    persons: tuple[Person, ...] = (Person("Doe, Jane", "X1234567"),),
    elsewhere: Mapping[Side, SeriesChoice] | None = None,
) -> SeriesQuestion:
    """A question about series of which nothing but what is shown is there."""
    entries = tuple(
        SeriesEntry(choice, SeriesHeaders(choice.uid, 0, "", "", "", (), 0, SeriesFacts(), persons[0], False))
        for choice in choices
    )
    folder = SeriesFolder(Path("folder"), entries, persons, meant)
    others = tuple(side for side in SIDES if side not in sides and side not in (elsewhere or {}))
    return SeriesQuestion(folder, sides, others, open_modalities or {}, elsewhere or {})
