"""How the notes on images begin or end about which something can be done (`remedies`)."""

from __future__ import annotations

import re
from typing import Final

BOTH_FORMS: Final = "sform and qform place the image differently"
TYPED: Final = "Its voxel size was typed"
FAR_AWAY: Final = "Its header puts the image"
NO_SIDES: Final = "The file does not say which side of the image is the patient's left"

NOT_RESCALED: Final = "The headers of this CT do not say how stored numbers become Hounsfield units"
CT_OFFSET: Final = -1024
"""What most scanners mean to be added where they store no number below 0."""

INVERTED: Final = "Its smallest value is meant to be the brightest (MONOCHROME1)"
TURNED_ROUND: Final = "the values were turned round."
AS_STORED: Final = "the values stay as they are stored, as decided."

PADDING: Final = "outside of the scanner's field of view"
MADE_AIR: Final = "they were made air, as decided."
AIR_HU: Final = -1000

ACQUISITIONS: Final = "acquisitions (numbers "
ONE_ACQUISITION: Final = "As decided, only its acquisition"

TAKEN_OF_COPIES: Final = re.compile(r"more than once; the (first|last)")
MENDED_ON_DISK: Final = (" left out because ", " missing.", " are here.")
"""What is told of a series that is not whole."""

LEFT_HANDED: Final = "Its axes are left-handed"
