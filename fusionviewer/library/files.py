"""Images and transforms, from and to files and arrays; and an image on another grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.transforms import registry
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging import intake, readers, writers
from fusionviewer.imaging import resample as resampling
from fusionviewer.imaging.resampling.choice import SMALLEST_SPACING_MM, UnionSpacing, VolumeChoice
from fusionviewer.imaging.volume import Modality, Volume
from fusionviewer.library.arguments import (
    AS_HEADERS_SAY,
    AnyPath,
    Image,
    Transform,
    check_one_of,
    image_of,
    number_of,
    numbers_of,
    path_of,
    text_of,
    transform_of,
)
from fusionviewer.progress import Observer
from fusionviewer.session.study_file import read_pose


def read_volume(path: AnyPath, series: str | int = "", *, observer: Observer | None = None) -> Volume:
    """The image in a file (NIfTI, NRRD, MetaImage …) or a DICOM folder.

    Its `array` is (k, j, i), read-only, its `grid` says where the voxels lie; `notes` say what was odd. `series` is
    wanted where a folder holds several: a number from 1, as `fusionviewer info` counts them, or a SeriesInstanceUID.
    Raises UnreadableInput (SeveralSeries, whose `choices` are the series, where one must be chosen) and BadArgument.
    """
    observer = observer or Observer()
    place = path_of(path)
    if isinstance(series, int):
        series = readers.series_numbered(place, series, observer.part(0.0, 0.1))
    return readers.read_volume(place, text_of(series, "series"), observer)


def volume_from_array(
    array: ArrayLike,
    spacing_mm: Sequence[float],
    origin_mm: Sequence[float] = (0.0, 0.0, 0.0),
    direction: ArrayLike | None = None,
    *,
    name: str = "array",
    modality: Modality | None = None,
) -> Volume:
    """A volume of voxels (k, j, i), which are copied: int16 or uint16 where they fit, else float32.

    `spacing_mm` is along (i, j, k), `origin_mm` the centre of voxel (0, 0, 0) in LPS; the columns of `direction` (3, 3)
    are the unit vectors of the i, j and k axes in LPS (default: along x, y, z). `modality` is guessed from the values
    if it is None. Raises BadArgument where the shapes do not fit, UnreadableInput where the numbers make no image.
    """
    try:
        voxels = np.asarray(array)
    except (TypeError, ValueError) as problem:
        raise BadArgument("These voxels make no array.", "Give numbers (k, j, i), all rows as long.") from problem
    if voxels.ndim != 3 or voxels.dtype.kind not in "biuf" or not voxels.size:
        raise BadArgument(f"A volume is made of numbers (k, j, i), not {voxels.dtype} {voxels.shape}.", "Give one.")
    text_of(name, "name")
    if modality is not None:
        check_one_of(modality, get_args(Modality), "modality")
    k, j, i = voxels.shape
    a, b, c = numbers_of(spacing_mm, (3,), "spacing_mm").tolist()
    x, y, z = numbers_of(origin_mm, (3,), "origin_mm").tolist()
    axes = frozen(np.eye(3) if direction is None else numbers_of(direction, (3, 3), "direction"))
    if modality is None:
        modality = intake.guess_modality(voxels)
    return intake.volume_of(voxels, Grid((i, j, k), (a, b, c), (x, y, z), axes), name, None, modality=modality)


def write_volume(volume: Image, path: AnyPath, *, observer: Observer | None = None) -> None:
    """Write a volume as NIfTI, NRRD or MetaImage, by the ending of the name; the file appears whole or not at all.

    Raises BadArgument for another ending, UnreadableInput, CannotWrite.
    """
    observer, place = observer or Observer(), path_of(path)
    if isinstance(volume, Volume):
        writers.write_volume(volume, place, observer)
    else:
        writers.write_volume(image_of(volume, observer.part(0.0, 0.5)), place, observer.part(0.5, 1.0))


def read_transform(
    path: AnyPath, format: str = "", *, fixed: Image | None = None, moving: Image | None = None
) -> RigidTransform:
    """The `moving_from_fixed` in a rigid transform of any program, or in a study (.fusion.json).

    `format` is a key such as "fsl", as `fusionviewer convert` takes it; without it what the file holds says it. The two
    images are needed where a format's numbers are about their voxels. Raises UnreadableInput for what is missing,
    damaged, not rigid, or may be of several programs; BadArgument for an unknown key and a missing image.
    """
    place, key = path_of(path), text_of(format, "format")
    return read_pose(place, key, _pair(fixed, moving))


def write_transform(
    moving_from_fixed: Transform,
    path: AnyPath,
    format: str = "",
    *,
    fixed: Image | None = None,
    moving: Image | None = None,
) -> float:
    """Write a transform of points, LPS mm, for another program; how far it is off when it is read back, in mm.

    `format` is a key such as "fsl", as `fusionviewer convert` takes it; without it the ending says it: `.tfm` and
    `.txt` are ITK's text with all digits. The two images are needed where a format's numbers are about their voxels.
    Raises BadArgument for a name, key or image that does not fit and for what is no transform, UnreadableInput,
    CannotWrite.
    """
    place, key = path_of(path), text_of(format, "format")
    transform = transform_of(moving_from_fixed)
    return registry.write_transform(transform, place, registry.format_for(place, key), _pair(fixed, moving)).max_mm


def _pair(fixed: Image | None, moving: Image | None) -> Pair:
    """The images that were given, read where they are paths."""
    observer = Observer()
    return Pair.of(
        None if fixed is None else image_of(fixed, observer), None if moving is None else image_of(moving, observer)
    )


def resample(
    image: Image,
    grid: Image | Grid,
    image_from_grid: Transform = AS_HEADERS_SAY,
    interpolation: resampling.Interpolation = "linear",
    *,
    outside: float | None = None,
    observer: Observer | None = None,
) -> Volume:
    """The image's values at the voxel centres of another grid, in the image's own pixel type.

    `image_from_grid` maps points of the grid to the image, LPS mm: with `moving_from_fixed`, `resample(moving, fixed,
    moving_from_fixed)` puts the moving image onto the fixed one's grid, and `~moving_from_fixed` goes the other way.
    `interpolation` is "linear", "nearest", "cubic" or "sinc" (Lanczos' window of three voxels); beyond the image the
    value is `outside` (default: −1024 for a CT, else 0 or less). `union_grid` makes a grid that covers two
    images. Raises BadArgument where grid and image do not overlap.
    """
    check_one_of(interpolation, get_args(resampling.Interpolation), "interpolation")
    outside = None if outside is None else number_of(outside, "outside")
    observer = observer or Observer()
    volume = image_of(image, observer.part(0.0, 0.2))
    onto = grid if isinstance(grid, Grid) else image_of(grid, observer.part(0.2, 0.4)).grid
    transform = transform_of(image_from_grid)
    resampling.check_overlap(onto, volume.grid, transform)
    part = observer.part(0.4, 1.0)
    return resampling.resample(volume, onto, transform, interpolation, outside=outside, observer=part)


def union_grid(
    fixed: Image,
    moving: Image,
    moving_from_fixed: Transform = AS_HEADERS_SAY,
    spacing: UnionSpacing | float = "finer",
    *,
    observer: Observer | None = None,
) -> Grid:
    """A grid in fixed space, along the fixed image's axes, that covers both images whole.

    `spacing` is "finer" (that of the two images along each axis), "isotropic" (the finest of all), or one or three
    numbers of mm. Raises BadArgument, UnreadableInput.
    """
    observer = observer or Observer()
    if isinstance(spacing, str):
        check_one_of(spacing, ("finer", "isotropic"), "spacing")
    else:
        wanted = np.broadcast_to(np.asarray(spacing), (3,)) if np.ndim(spacing) == 0 else spacing
        i, j, k = numbers_of(wanted, (3,), "spacing").tolist()
        if not min(i, j, k) >= SMALLEST_SPACING_MM:
            raise BadArgument("The spacing is too small.", f"Give at least {SMALLEST_SPACING_MM} mm along each axis.")
        spacing = (i, j, k)
    choice = VolumeChoice(grid="union", spacing=spacing)
    grids = [image_of(image, observer).grid for image in (fixed, moving)]
    return choice.grid_of(grids[0], grids[1], transform_of(moving_from_fixed))
