"""Inverse consistency: does a registration with the images' roles exchanged lead to the same pose?"""

from __future__ import annotations

import numpy as np

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.head import solid_head
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Finding, Place, found
from fusionviewer.quality.grades import INVERSE_MM
from fusionviewer.registration import register
from fusionviewer.registration.presets import load_preset

_PRESET = "refine"


def inverse_consistency(
    fixed: Volume, moving: Volume, moving_from_fixed: RigidTransform, observer: Observer | None = None
) -> Finding | None:
    """How far from a pose a registration ends that begins there, with the moving image as the fixed one.

    The finding has the 95th percentile over the head in mm, and the place (fixed space) where it is furthest; None
    where no head is seen. The registration keeps to the limits of the preset *refine*. It looks at the same likeness of
    intensities as the run itself: agreement says little, and never clears an alarm. Raises Cancelled, and FusionError
    where the images cannot be registered.
    """
    observer = observer or Observer()
    solid, grid = solid_head(fixed, 3.0)
    if not solid.any():
        return None
    k, j, i = np.nonzero(solid)
    places = grid.points(np.stack([i, j, k], axis=1).astype(np.float64))
    preset = load_preset(_PRESET)
    result = register(
        moving, fixed, ~moving_from_fixed, settings=preset.settings,
        max_shift_mm=preset.max_shift_mm, max_rotation_deg=preset.max_rotation_deg, observer=observer,
    )  # fmt: skip
    apart = np.linalg.norm((~result.moving_from_fixed).apply(places) - moving_from_fixed.apply(places), axis=1)
    x, y, z = (float(v) for v in places[int(np.argmax(apart))])
    where: Place = (x, y, z)
    apart_mm = float(np.percentile(apart, 95))
    return found("inverse_apart" if apart_mm > INVERSE_MM else "inverse_near", where, apart_mm=apart_mm)
