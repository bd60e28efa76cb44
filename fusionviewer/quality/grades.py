"""The named grades of everything that is judged: those of a registration, and those of a study."""

from __future__ import annotations

from typing import Final

from fusionviewer.registration.grades import LITTLE_OVERLAP, PART_OVERLAP, RIVAL_APART_MM, UNTOLD_MM

__all__ = [
    "APART",
    "CENTRES_APART_MM",
    "DAYS_APART",
    "FAR_MM",
    "FINE_MM",
    "FRAME_MM",
    "INVERSE_MM",
    "LITTLE_OVERLAP",
    "MANY_TIMES",
    "MIRRORED_EDGES",
    "NO_FIT_MM",
    "OUTLIER_MM",
    "OUTLIER_TIMES",
    "PART_OVERLAP",
    "REPEAT_FAR_MM",
    "RIVAL_APART_MM",
    "STRETCHED",
    "STRETCH_GAIN",
    "STRETCH_MM",
    "SUSPECT_MM",
    "TOGETHER_MM",
    "TURNED_DEG",
    "UNSURE_MM",
    "UNTOLD_MM",
    "VENTRICLES_MM",
    "WRONG_MM",
]

CENTRES_APART_MM: Final = 50.0
"""The middles of two images of one head seldom lie so far apart where one scanner's frame holds for both."""

DAYS_APART: Final = 180
"""In so many days a head changes: an operation, a growth, a child."""

FAR_MM: Final = 30.0
"""Further than a head is ever mispositioned by a scanner that both images came from."""

FRAME_MM: Final = 5.0
"""Within one frame of reference a head moves between two series by less, or the patient has moved."""

TURNED_DEG: Final = 45.0
"""Further than a head is ever turned from one examination to the next, where both headers tell how it lies."""

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

# The second opinion by skull and skin (quality.second_opinion). On simulated heads its own error was 0.4 to 0.9 mm, up
# to 1.8 mm with thick slices and much noise; the standard error by its bootstrap was 0.16 to 0.35 mm where both images
# were of one head, and from 0.58 mm on where they were not, or one was mirrored.

FINE_MM: Final = 1.75
"""A residual motion of the head (95th percentile) of at most so much is within the second opinion's own error."""

WRONG_MM: Final = 3.0
"""By more than this the pose is off, whatever that error is."""

SUSPECT_MM: Final = 0.35
"""From this standard error on the mirrored head is tried as well."""

UNSURE_MM: Final = 0.4
"""With a larger standard error nothing is said about millimetres: no simulated case of one head had so much."""

NO_FIT_MM: Final = 0.5
"""With a larger one, pieces of skull and skin want to go different ways: no rigid pose fits them."""

MIRRORED_EDGES: Final = 1.1
"""A mirrored head that fits better by so much says that left and right are exchanged in one of the images."""

STRETCH_MM: Final = 0.24
"""From this standard error on it is tried whether another voxel size would fit better."""

VENTRICLES_MM: Final = 5.0
"""Ventricles further apart: the pose is off, or the brain has moved inside the skull. At right poses it was 1 to 3 mm
on heads whose MR is warped to the CT by skull and skin alone, so that the ventricles are another head's."""

INVERSE_MM: Final = 3.0
"""A registration with the roles exchanged that ends further away: the images leave the pose open. From right poses it
ended 0.2 to 1.2 mm away on heads of `sample` and `second`, 2.3 mm in one case of sixteen."""

STRETCHED: Final = 0.015
"""A voxel size that is wrong by this share is named, where the edges are clearer by STRETCH_GAIN with the other one:
on right pairs the best gain was 0.5 %, with a size wrong by 4 % from 1 % on."""

STRETCH_GAIN: Final = 0.01
