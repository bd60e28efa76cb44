"""The named grades of everything that is judged: those of a registration, and those of a study."""

from __future__ import annotations

from typing import Final

from fusionviewer.registration.grades import LITTLE_OVERLAP, PART_OVERLAP, RIVAL_APART_MM, UNTOLD_MM

__all__ = [
    "APART",
    "CENTRES_APART_MM",
    "FAR_MM",
    "LITTLE_OVERLAP",
    "MANY_TIMES",
    "OUTLIER_MM",
    "OUTLIER_TIMES",
    "PART_OVERLAP",
    "REPEAT_FAR_MM",
    "RIVAL_APART_MM",
    "TOGETHER_MM",
    "UNTOLD_MM",
]

CENTRES_APART_MM: Final = 50.0
"""The middles of two images of one head seldom lie so far apart where one scanner's frame holds for both."""

FAR_MM: Final = 30.0
"""Further than a head is ever mispositioned by a scanner that both images came from."""

OUTLIER_MM: Final = 3.0
OUTLIER_TIMES: Final = 2.5
"""A pair stands out under a pose if it is apart by more than both: so many mm, and so many times the median of the
others."""

TOGETHER_MM: Final = 6.0
"""Half of the pairs further apart than this under a pose, while they agree with each other, is more than placing them
in both images explains (1 to 2 mm each): the pose is wrong, or all of them mean other places."""

MANY_TIMES: Final = 5.0
"""Residuals so many times larger than they should be are no matter of careful placing."""

REPEAT_FAR_MM: Final = 10.0
"""A repeated placement further from the first one is no matter of careful placing: another place was meant."""

APART: Final = 0.01
"""With a smaller share of the head inside the moving image the two do not overlap, and the views show one of them."""
