"""Files that can be read once the user has decided something: which volume is meant, or how large a voxel is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading.note_words import TYPED
from fusionviewer.imaging.reading.options import Spacing

_FEWEST_VALUES: Final = 2
_LONGEST_TABLE: Final = 1_000_000
"""Bytes of a table of b-values; no honest one comes near it."""

_NO_WEIGHTING: Final = 50.0
"""b-values up to here, s/mm², show the anatomy as if there were none."""


@dataclass(frozen=True)
class FileVolumes:
    """The volumes of a 4D file, which have numbers from 1."""

    count: int
    size: tuple[int, int, int]
    spacing_mm: Spacing
    step_s: float = 0.0
    """The time from one to the next; 0: not known."""
    b_values: tuple[float, ...] = ()
    """Of all of them, s/mm²; empty: not known."""

    @property
    def likeliest(self) -> int:
        """The number of the one that shows the anatomy best: without diffusion weighting, else the first."""
        return next((n for n, b in enumerate(self.b_values, 1) if b <= _NO_WEIGHTING), 1)

    def name(self, number: int) -> str:
        """What tells one from the others, in words; empty where nothing is known."""
        if self.b_values:
            return f"b {self.b_values[number - 1]:g}"
        return f"{(number - 1) * self.step_s:.3g} s" if self.step_s else ""


class SeveralVolumes(UnreadableInput):
    """A file holds several volumes, and none was asked for."""

    def __init__(self, path: Path, volumes: FileVolumes) -> None:
        super().__init__(
            f"{path.name} is a 4D image with {volumes.count} frames.",
            f"Say which one: on the command line {path.name}#2 is the second; the window asks.",
        )
        self.path, self.volumes = path, volumes

    def __reduce__(self) -> tuple[type[SeveralVolumes], tuple[Path, FileVolumes]]:
        return SeveralVolumes, (self.path, self.volumes)


class NeedsSpacing(UnreadableInput):
    """The voxel size is not known or makes no sense: the image can be read once it is typed.

    `series` is the text that names the image in its file, `suggested` what is known of the voxel size, mm; 0: not.
    """

    def __init__(self, message: str, path: Path, series: str, suggested: Spacing) -> None:
        super().__init__(
            message,
            "If you know the voxel size, type it: the window asks, on the command line add "
            "#spacing=0.5,0.5,2 (distance of columns, rows and slices, mm). Else export the original again.",
        )
        self.path, self.series, self.suggested = path, series, suggested

    def __reduce__(self) -> tuple[type[NeedsSpacing], tuple[str, Path, str, Spacing]]:
        return NeedsSpacing, (self.message, self.path, self.series, self.suggested)


def typed_note(spacing_mm: Spacing) -> str:
    """What is said for ever after of an image whose voxel size was typed."""
    typed = " × ".join(f"{mm:g}" for mm in spacing_mm)
    return f"{TYPED} ({typed} mm), not read from the file: every distance is as right as these numbers."


def b_values_beside(path: Path, count: int) -> tuple[float, ...]:
    """The b-values in the table that lies beside a file of so many volumes; empty without one that fits."""
    table = path.with_name(path.name.removesuffix(".gz").removesuffix(".nii") + ".bval")
    try:
        if table.stat().st_size > _LONGEST_TABLE:
            return ()
        values = tuple(float(word) for word in table.read_text(encoding="ascii", errors="replace").split())
    except (OSError, ValueError):
        return ()
    sound = len(values) == count >= _FEWEST_VALUES and all(math.isfinite(value) for value in values)
    return values if sound else ()
