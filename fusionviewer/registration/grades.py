"""Named grades: from which number on a thing is called little, far or doubtful. One table for each thing.

What lies above registration reads them from here as well (`quality.grades`), so that no thing has two tables.
"""

from __future__ import annotations

from typing import Final

# How much of the fixed head lies inside the moving image, as a share

NO_OVERLAP: Final = 0.1
"""With less there is nothing to compare: a run fails."""

DOUBTFUL_OVERLAP: Final = 0.25
"""With less a run's result is doubtful."""

LITTLE_OVERLAP: Final = 0.5
"""With less a pose rests on less than half of the head, which is warned of."""

PART_OVERLAP: Final = 0.85
"""With less a part of the head, such as the face, is cut off, which is noted."""

# What makes a result doubtful. On CT–MR pairs with a known answer right poses had a contrast from 3.0, rivals up to
# 0.85 and halves within 0.9 mm; wrong ones, mirror images among them, broke these limits.

CHANCE_CONTRAST: Final = 1.5
"""A contrast below is that of poses picked by chance."""

WEAK_CONTRAST: Final = 3.5
"""A contrast below is doubtful together with another weak sign: halves that disagree, or no other start that agrees."""

PARTS_MM: Final = 1.5
"""Halves of the head that disagree by more are doubtful,"""

WEAK_PARTS_MM: Final = 1.0
"""and by more than this together with a weak contrast."""

UNTOLD_MM: Final = 1000.0
"""A number of mm that stands for "cannot be told"."""

RIVAL: Final = 0.95
"""Another pose with this share of the metric is as good,"""

RIVAL_APART_MM: Final = 10.0
"""unless it is nearer than this: then it says nearly the same."""

MANY_STARTS: Final = 8
"""Of so many starts another one must lead to the same pose, whatever else speaks for it. Right poses of whole heads
had at least 3 of 18 from an automatic start, and all from a near one; wrong poses, found where the head was not, had 1.
Of half heads right poses, too, had 1 or 2: they are looked at again with more starts."""

MIRRORED: Final = 1.0
"""From this share of the metric on, a mirror image fits better. On CT–MR and MR–MR pairs of four heads the right way
round had at most 0.94, and where one image had been mirrored it was at least 1.06."""

REGION_MM: Final = 2.0
"""A small region that leads farther than this from where the whole head does is doubtful: skulls do not bend."""

# How far landmarks and images may disagree, in localisation errors

DISAGREE: Final = 2.0
"""Where the images alone would lead so many localisation errors away, landmarks and images say different things."""

OUTVOTED: Final = 3.0
"""From about so many localisation errors on a pair counts less and less: at ten it pulls with less than a hundredth of
a square's force, and none costs more than ten times what one at a single error does."""
