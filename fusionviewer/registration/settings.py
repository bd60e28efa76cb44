"""What a registration is asked to do, as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform

StartKind: TypeAlias = Literal["auto", "header", "centre"]

Start: TypeAlias = StartKind | RigidTransform
"""Where a run begins: a global search, the headers as they are, the image centres, or a given `moving_from_fixed`."""

DEFAULT_SEED = 20170401
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class RegistrationSettings:
    """What can be chosen about a run; nothing here needs to be. The same settings give the same result."""

    seed: int = DEFAULT_SEED
    """Places the sample points."""
    rotations: int = 1000
    """How many rotations the automatic start looks at, spread evenly over all there are."""
    starts: int = 16
    """How many poses are refined before one is chosen."""
    levels_mm: tuple[float, ...] = (8.0, 4.0, 2.0)
    """Voxel sizes of the pyramid, coarse to fine."""
    points: tuple[int, ...] = (3000, 10000, 80000)
    """Sample points at each pyramid level."""
    bins: int = 64
    """Intensity bins per image; fewer where the points are too few to fill them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels_mm", tuple(float(v) for v in self.levels_mm))
        object.__setattr__(self, "points", tuple(int(v) for v in self.points))
        self._demand(0 <= self.seed <= LARGEST_SEED, "seed", f"a whole number from 0 to {LARGEST_SEED}")
        self._demand(24 <= self.rotations <= 100_000, "rotations", "between 24 and 100000")
        self._demand(1 <= self.starts <= 200, "starts", "between 1 and 200")
        falling = all(a > b for a, b in zip(self.levels_mm, self.levels_mm[1:], strict=False))
        self._demand(bool(self.levels_mm) and falling, "levels_mm", "a list of falling voxel sizes")
        self._demand(all(0.3 <= v <= 16 for v in self.levels_mm), "levels_mm", "made of sizes between 0.3 and 16 mm")
        self._demand(len(self.points) == len(self.levels_mm), "points", "as long as levels_mm")
        self._demand(all(500 <= n <= 2_000_000 for n in self.points), "points", "made of numbers from 500 to 2000000")
        self._demand(8 <= self.bins <= 256, "bins", "between 8 and 256")

    def wider(self) -> RegistrationSettings:
        """The same, with three times as many rotations looked at and four times as many starts."""
        return replace(self, rotations=min(3 * self.rotations, 100_000), starts=min(4 * self.starts, 200))

    @staticmethod
    def _demand(holds: bool, name: str, what: str) -> None:
        if not holds:
            raise BadArgument(f"The setting {name} is not right.", f"It must be {what}.")
