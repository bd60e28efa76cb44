"""The two images that a transform lies between: formats whose numbers are about voxels cannot do without them."""

from __future__ import annotations

from dataclasses import dataclass

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume


@dataclass(frozen=True)
class Pair:
    """The grids of the fixed and the moving image as far as they are known, and their voxels."""

    fixed: Grid | None = None
    moving: Grid | None = None
    moving_volume: Volume | None = None
    fixed_volume: Volume | None = None

    @staticmethod
    def of(fixed: Volume | None, moving: Volume | None) -> Pair:
        """The pair of two images, either of which may be missing."""
        return Pair(None if fixed is None else fixed.grid, None if moving is None else moving.grid, moving, fixed)

    @property
    def swapped(self) -> Pair:
        """The pair of a transform's inverse."""
        return Pair(self.moving, self.fixed, self.fixed_volume, self.moving_volume)

    def fixed_for(self, program: str) -> Grid:
        """The fixed grid. Raises BadArgument where it is not known."""
        if self.fixed is None:
            raise missing(program, "fixed image", "--fixed FIXED")
        return self.fixed

    def moving_for(self, program: str) -> Grid:
        """The moving grid. Raises BadArgument where it is not known."""
        if self.moving is None:
            raise missing(program, "moving image", "--moving MOVING")
        return self.moving

    def grids_for(self, program: str) -> tuple[Grid, Grid]:
        """Both grids. Raises BadArgument where one is not known."""
        return self.fixed_for(program), self.moving_for(program)

    def volume_for(self, program: str) -> Volume:
        """The moving image with its voxels. Raises BadArgument without it."""
        if self.moving_volume is None:
            raise missing(program, "moving image", "--moving MOVING")
        return self.moving_volume


def missing(program: str, image: str, option: str) -> BadArgument:
    """What is said where an image is not known that a format needs."""
    return BadArgument(
        f"A transform of {program} means nothing without the {image}.",
        f"Give the {image} too: in the window open it, for convert add {option}.",
    )
