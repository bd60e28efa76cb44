"""What every image must pass before it becomes a `Volume`, whatever file it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Matrix
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.dicom.patient_marks import NO_MARKS, PatientMarks
from fusionviewer.imaging.reading.note_words import FAR_AWAY
from fusionviewer.imaging.volume import GUESSED, ImageSource, Modality, Volume, image_on_grid

SMALLEST_SPACING_MM: Final = 0.01
LARGEST_SPACING_MM: Final = 20.0
MOST_VOXELS: Final = 1_000_000_000
"""A 1000³ image: some 2 GB as int16, and as much again while it is read."""

MOST_NOT_NUMBERS: Final = 0.01
"""Share of voxels that may be NaN or infinite and are then filled; with more, it is unknown what the image shows."""

FEW_SLICES: Final = 6
"""Localizers have fewer, and fewer of the usual thickness do not cover a head."""

LARGEST_EXTENT_MM: Final = 1100.0
"""A CT of the whole trunk is shorter."""

FARTHEST_CENTRE_MM: Final = (300.0, 300.0, 2500.0)
"""How far from the scanner's centre the centre of an image may lie: a table moves along z."""

FARTHEST_ORIGIN_MM: Final = 1e6
"""What a header puts farther away is no place: a kilometre; nor could it be computed with to a thousandth of a mm."""

SKEW_TOLERANCE: Final = 1e-3
"""How far the axes may be from a right angle (as a cosine) before they count as slanted."""

MOST_ROUNDED: Final = 1e-4
"""Files with few digits reach 1e-5; what is further off is said."""


def volume_of(
    array: NDArray[Any],
    grid: Grid,
    name: str,
    source: ImageSource | None,
    *,
    modality: Modality | None = None,
    notes: tuple[str, ...] = (),
) -> Volume:
    """A Volume of voxels (k, j, i) on a grid, with a sensible pixel type and no voxel that is not a number.

    The voxels are copied. Parameters and errors as for `checked`.
    """
    kept = array.view()
    kept.flags.writeable = False  # it is the caller's
    return as_volume(checked(kept, grid, name, source, modality=modality, notes=notes))


@dataclass(frozen=True, eq=False)
class CheckedImage:
    """What makes a Volume, before it is one: it can be handed from one process to another."""

    array: NDArray[Any]
    grid: Grid
    name: str
    modality: Modality
    source: ImageSource | None
    notes: tuple[str, ...]
    patient: PatientMarks = NO_MARKS
    frame_of_reference: str = ""
    acquired: str = ""
    neutral_name: str = ""


def as_volume(image: CheckedImage) -> Volume:
    """The same as a Volume; the voxels are copied."""
    voxels = image_on_grid(image.array, image.grid)
    return Volume(
        voxels, image.name, image.modality, image.source, image.notes,
        frame_of_reference=image.frame_of_reference, acquired=image.acquired, patient=image.patient,
        neutral_name=image.neutral_name,
    )  # fmt: skip


def checked(
    array: NDArray[Any],
    grid: Grid,
    name: str,
    source: ImageSource | None,
    *,
    modality: Modality | None = None,
    notes: tuple[str, ...] = (),
) -> CheckedImage:
    """Voxels (k, j, i) on a grid, with a sensible pixel type and none of them no number; not copied where they are so.

    A few that are no numbers are filled in place where the array can be written to.

    `modality` None: guess it from the values. Raises UnreadableInput where the grid or the values make no sense.
    """
    check_size(grid.size, name)
    check_spacing(grid.spacing, name)
    grid, skew = right_angled(grid, name), skew_of(grid)
    array, found = _finite(array, name)
    array = narrowed(array)
    more = [*found, *_few_slices(grid), *_odd_grid(grid)]
    if skew > MOST_ROUNDED:
        more.append(f"Its axes were not quite at right angles (off by {skew:.2g}): they were made so.")
    if modality is None:
        modality = guess_modality(array)
        known = f"{GUESSED} {modality} because of its values."
        more.append(
            known if modality else "The file does not say its modality: not known (neither CT nor MR for sure)."
        )
    return CheckedImage(array, grid, name, modality, source, (*notes, *more))


def check_size(size: tuple[int, ...], name: str) -> None:
    """Raise UnreadableInput for a flat image and for one that memory cannot be expected to hold."""
    if min(size) < 2:
        raise UnreadableInput(
            f"{name} is a single slice ({_times(size)} voxels), not a volume.", "Open the whole series or 3D file."
        )
    if int(np.prod(np.asarray(size, dtype=np.float64))) > MOST_VOXELS:
        raise UnreadableInput(
            f"{name} has {_times(size)} voxels, more than fusionviewer can hold.", "Crop it or make it coarser first."
        )


def check_spacing(spacing: tuple[float, ...], name: str, *, typed: bool = False) -> None:
    """Raise UnreadableInput if the voxel size (mm), from the header or `typed`, cannot be that of a head scan."""
    if all(is_possible_mm(s) for s in spacing):
        return
    raise UnreadableInput(
        f"The voxel size of {name} makes no sense: {_times(f'{s:g}' for s in spacing)} mm "
        f"(possible are {SMALLEST_SPACING_MM:g} to {LARGEST_SPACING_MM:g} mm).",
        "Type all three distances again." if typed else "Export the image again, or correct its header.",
    )


def is_possible_mm(spacing: float) -> bool:
    """Whether it can be the distance of voxels of a head scan, mm."""
    return SMALLEST_SPACING_MM <= spacing <= LARGEST_SPACING_MM  # a NaN fails both comparisons


def _few_slices(grid: Grid) -> tuple[str, ...]:
    """A note where an image is a few slices, as localizers are, and not merely small."""
    slices, across, _ = sorted(grid.size)
    if slices >= FEW_SLICES or across < 2 * FEW_SLICES:
        return ()
    return (f"Only {slices} slices: too few to align a head by. Is it a localizer?",)


def _odd_grid(grid: Grid) -> list[str]:
    """Notes on a grid that a scanner's export seldom has."""
    notes = []
    largest = float(max(grid.extent_mm))
    if largest > LARGEST_EXTENT_MM:
        long = f"The image is {largest / 1000:.1f} m long by its header"
        notes.append(f"{long}: its voxel size may be wrong, and with it every distance.")
    away = np.abs(np.asarray(grid.centre))
    if (away > FARTHEST_CENTRE_MM).any():
        notes.append(
            f"{FAR_AWAY} {float(np.linalg.norm(away)) / 1000:.1f} m away from the scanner's centre: "
            "register from the images' centres, not from the headers."
        )
    return notes


def narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """The same values in int16 if they are whole numbers that fit, else uint16, else float32."""
    if array.dtype == np.int16:
        return array
    if array.dtype.kind in "iu":
        low, high = int(array.min()), int(array.max())
        for dtype in (np.int16, np.uint16):
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                return array.astype(dtype, copy=False)
    return array.astype(np.float32, copy=False)


def guess_modality(array: NDArray[Any]) -> Modality:
    """CT if a part of the image is air (≤ −500 HU), MR if hardly anything is negative, else not known."""
    some = array.ravel()[:: max(1, array.size // 500_000)].astype(np.float64)
    if float(np.mean(some <= -500)) >= 0.005:
        return "CT"
    low, high = float(some.min()), float(some.max())
    return "MR" if high > 0 and low >= -0.1 * high else ""


def _finite(array: NDArray[Any], name: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The array with its few NaN and infinities replaced by the smallest value, and a note about it."""
    if array.dtype.kind != "f":
        return array, ()
    n = sum(int(_bad(plane).sum()) for plane in array)  # plane by plane: no second array of that size
    if n == 0:
        return array, ()
    if n > MOST_NOT_NUMBERS * array.size:
        raise UnreadableInput(
            f"{_percent(n / array.size)} of the voxels of {name} are not numbers (NaN or infinite).",
            "Replace them by the value of the background and open the image again.",
        )
    filled = array if array.flags.writeable else array.copy()
    least = min(float(plane[~_bad(plane)].min()) for plane in array if not _bad(plane).all())
    for plane in filled:
        plane[_bad(plane)] = least
    return filled, (f"{n} voxels were not numbers (NaN or infinite); they were set to the smallest value.",)


def _bad(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are none: a value beyond float32 would become infinite in our own pixel type."""
    return np.asarray(~(np.abs(values) <= np.finfo(np.float32).max))


def skew_of(grid: Grid) -> float:
    """How far the axes of a grid are from unit length and right angles."""
    axes = grid.direction
    with np.errstate(over="ignore", invalid="ignore"):  # of absurd numbers, which are slanted
        skew = float(np.abs(axes.T @ axes - np.eye(3)).max())
    return skew if math.isfinite(skew) else math.inf


def right_angled(grid: Grid, name: str) -> Grid:
    """The same with the orthogonal axes nearest to its own. Raises UnreadableInput for slanted ones and no place."""
    axes = grid.direction
    if not np.isfinite(axes).all() or skew_of(grid) > SKEW_TOLERANCE:
        raise UnreadableInput(
            f"The axes of {name} are not at right angles to each other.",
            "Resample it onto a right-angled grid with the program that wrote it.",
        )
    if not (np.abs(grid.origin) <= FARTHEST_ORIGIN_MM).all():  # nor is what is no number
        raise UnreadableInput(
            f"The position of {name} in space makes no sense: {', '.join(f'{mm:g}' for mm in grid.origin)} mm.",
            "Export the image again, or correct its header.",
        )
    u, _, vt = np.linalg.svd(axes)
    nearest: Matrix = u @ vt
    return Grid(grid.size, grid.spacing, grid.origin, frozen(axes if np.abs(nearest - axes).max() < 1e-12 else nearest))


def _times(numbers: Any) -> str:
    return " × ".join(str(n) for n in numbers)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
