"""Names of places in and on the head that are often marked; L and R are the patient's own sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SCREWS: Final = 12

_ON_BOTH_SIDES: Final = (
    "Petrous apex", "Internal auditory canal", "Lens", "Foramen of Monro", "Mastoid tip", "Optic canal",
    "Choroid plexus calcification",
)  # fmt: skip

COMMON_NAMES: Final = (
    "AC", "PC", "Nasion", "Inion",
    *(f"{name} {side}" for name in _ON_BOTH_SIDES for side in "LR"),
    "Basilar tip", "Pineal", "Obex", "Vertex", "Crista galli", "Dorsum sellae",
    *(f"Fiducial screw {number}" for number in range(1, SCREWS + 1)),
)  # fmt: skip
"""In the order in which they are offered."""


def names_left(taken: Iterable[str]) -> tuple[str, ...]:
    """The common names that none of these are, whatever their capitals."""
    used = {name.casefold() for name in taken}
    return tuple(name for name in COMMON_NAMES if name.casefold() not in used)
