"""Why a run ended as it did: codes and numbers, which `quality` puts into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

ReasonCode: TypeAlias = Literal[
    "settled",
    "locked",
    "limit_reached",
    "mirror_better",
    "overlap_doubtful",
    "contrast_of_chance",
    "rival_pose",
    "region_elsewhere",
    "parts_untold",
    "parts_disagree",
    "lone_start",
    "landmarks_elsewhere",
    "landmarks_far",
    "told",
]
"""The first three say how a run ended, the others what speaks against its pose. "told": in a study of version 1 there
is only a text."""


VALUES_OF: Final[Mapping[ReasonCode, Mapping[str, type[float] | type[str]]]] = {
    "settled": {},
    "locked": {},
    "limit_reached": {"max_shift_mm": float, "max_rotation_deg": float},
    "mirror_better": {"mirror_share": float},
    "overlap_doubtful": {"overlap": float},
    "contrast_of_chance": {"contrast": float},
    "rival_pose": {"rival_mm": float, "rival_share": float},
    "region_elsewhere": {"region_mm": float},
    "parts_untold": {},
    "parts_disagree": {"parts_mm": float},
    "lone_start": {"starts": float},
    "landmarks_elsewhere": {"alone_mm": float},
    "landmarks_far": {"after_median_mm": float},
    "told": {"text": str},
}
"""Which values a reason has: numbers or texts, under the names that they have elsewhere. limit_reached has those of its
two that were reached, every other reason all of its values."""


class FrozenValues(Mapping[str, Any]):
    """Values by name that cannot be changed, nor can mappings and lists within them. Equal to a dict that has the same;
    can be copied and pickled."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: _unchanging(value) for name, value in values.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


@dataclass(frozen=True)
class Reason:
    """One reason: its code, and the values that belong to it as `VALUES_OF` says."""

    code: ReasonCode
    values: Mapping[str, float | str] = field(default_factory=dict, hash=False)
    """Read-only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", FrozenValues(self.values))


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A new dict of the same values for JSON, which knows no other kind of mapping."""
    return {name: plain_values(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _unchanging(value: Any) -> Any:
    if isinstance(value, Mapping):
        return FrozenValues(value)
    return tuple(value) if isinstance(value, list) else value
