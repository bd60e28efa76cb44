"""Which series of a DICOM folder is meant, and what is suggested: asked where a folder holds several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from fusionviewer.imaging.dicom.likeliest import Likely, likeliest_pair
from fusionviewer.imaging.dicom.series_choice import SeriesChoice, SeriesKey
from fusionviewer.imaging.volume import Modality
from fusionviewer.session.state import Side

if TYPE_CHECKING:  # loads pydicom, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesFolder

SeriesPicks: TypeAlias = Mapping[Side, SeriesKey]
"""The series that were chosen, by the image that each of them will be."""

_OF_THE_FILE: Final = "The series of the file that was chosen."


@dataclass(frozen=True, eq=False)
class SeriesQuestion:
    """What a reading job brings where a folder holds several series."""

    folder: SeriesFolder
    sides: tuple[Side, ...]
    """The images that are asked for: one, or both."""
    optional: tuple[Side, ...] = ()
    """Those that can be chosen from this folder as well, but need not."""
    open_modalities: Mapping[Side, Modality] = field(default_factory=dict)
    """What the images are that stay open beside those that are asked for."""
    elsewhere: Mapping[Side, SeriesChoice] = field(default_factory=dict)
    """The series that are chosen already from other folders, to be read together with what is chosen here."""

    def suggested(self) -> Mapping[Side, Likely]:
        """The likeliest series for each image that is asked for, none of them twice; empty if there is none."""
        choices = self.folder.choices
        meant = (self.folder.meant, self.folder.meant_part)
        own = next((choice for choice in choices if self.folder.meant and choice.key == meant), None)
        pair = likeliest_pair(choices, own.patient if own else 0)
        if len(self.sides) > 1:
            found: dict[Side, Likely | None] = {"fixed": pair.mr, "moving": pair.ct}
        else:
            mr_first = self._wants_mr(self.sides[0])
            found = {self.sides[0]: (pair.mr or pair.ct) if mr_first else (pair.ct or pair.mr)}
        if own is not None:
            side: Side = "moving" if own.modality == "CT" else "fixed"
            found[side if side in found else self.sides[0]] = Likely(own, _OF_THE_FILE)
        return {side: likely for side, likely in found.items() if likely is not None}

    def _wants_mr(self, side: Side) -> bool:
        """Whether an MR goes with what is open; where nothing is, usual is the MR fixed and the CT moving."""
        other: Side = "moving" if side == "fixed" else "fixed"
        chosen = self.elsewhere.get(other)
        modality = chosen.modality if chosen else self.open_modalities.get(other, "")
        return modality == "CT" if modality else side == "fixed"
