"""Small oblique volumes of noise, for the tests of reading, writing and resampling."""

from __future__ import annotations

from typing import Any

import numpy as np

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid


def make_volume(
    dtype: Any = np.int16,
    size: tuple[int, int, int] = (7, 6, 5),
    *,
    modality: Modality = "CT",
    angles_deg: tuple[float, float, float] = (10.0, -20.0, 30.0),
    mirrored: bool = False,
) -> Volume:
    """An oblique volume of noise; `mirrored` turns one of its axes round."""
    noise = np.random.default_rng(1).integers(-1000, 2000, size[::-1])
    direction = RigidTransform.from_euler((*angles_deg, 0, 0, 0), np.zeros(3)).rotation
    if mirrored:
        direction = direction * np.array([1.0, 1.0, -1.0])
    grid = Grid(size, (0.9, 1.1, 2.3), (12.5, -7.25, 31.0), frozen(direction))
    return Volume(image_on_grid(noise.astype(dtype), grid), "noise", modality)
