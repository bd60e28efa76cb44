"""Which of two images is wanted on which grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.union import Spacing, finer_spacing, finest_spacing, union_grid
from fusionviewer.imaging.resample import Interpolation, check_memory, resample
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer

Which: TypeAlias = Literal["fixed", "moving"]

Onto: TypeAlias = Literal["fixed", "moving", "union"]
"""The grid of one of the images, or one along the fixed image's axes that covers both."""

UnionSpacing: TypeAlias = Spacing | Literal["finer", "isotropic"]
"""Of a union: mm along its axes; the finer one of the two images along each axis; or the finest of all everywhere."""

SMALLEST_SPACING_MM: Final = 0.1
LARGEST_SPACING_MM: Final = 20.0
"""What can be chosen: the narrower has no image of a head, and what is wider is not read again."""


@dataclass(frozen=True)
class VolumeChoice:
    """One image on one grid."""

    image: Which = "moving"
    grid: Onto = "fixed"
    spacing: UnionSpacing = "finer"
    """Of a union alone; the grid of an image has its own."""
    interpolation: Interpolation = "linear"

    def grid_of(self, fixed: Grid, moving: Grid, moving_from_fixed: RigidTransform) -> Grid:
        """The grid itself: in moving space if it is the moving image's, else in fixed space."""
        if self.grid != "union":
            return fixed if self.grid == "fixed" else moving
        if self.spacing == "finer":
            spacing = finer_spacing(fixed, moving, moving_from_fixed)
        elif self.spacing == "isotropic":
            spacing = finest_spacing(fixed, moving)
        else:
            spacing = self.spacing
        return union_grid(fixed, moving, moving_from_fixed, spacing)

    def made(
        self,
        fixed: Volume,
        moving: Volume,
        moving_from_fixed: RigidTransform,
        observer: Observer = Observer(),  # noqa: B008 - frozen
    ) -> Volume:
        """The image on the grid. Raises BadArgument where the memory that is free does not hold it, Cancelled."""
        grid = self.grid_of(fixed.grid, moving.grid, moving_from_fixed)
        volume = fixed if self.image == "fixed" else moving
        in_moving_space = self.grid == "moving"
        if (self.image == "moving") == in_moving_space:
            volume_from_grid = RigidTransform.identity()
        else:
            volume_from_grid = ~moving_from_fixed if in_moving_space else moving_from_fixed
        check_memory(volume, grid)
        return resample(volume, grid, volume_from_grid, self.interpolation, observer=observer)
