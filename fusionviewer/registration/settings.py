"""What a registration is asked to do, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusionviewer.geometry import RigidTransform

StartKind: TypeAlias = Literal["auto", "header", "centre"]

Start: TypeAlias = StartKind | RigidTransform
"""Where a run begins: a global search, the headers as they are, the image centres, or a given `moving_from_fixed`."""

DEFAULT_SEED = 20170401


@dataclass(frozen=True)
class RegistrationSettings:
    """What the user can choose about a run. The seed is part of it: the same seed gives the same result."""

    seed: int = DEFAULT_SEED
