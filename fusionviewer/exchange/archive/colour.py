"""The fused image in colour: a secondary capture of many frames, which may say where its frames lie.

Of the secondary captures only those with several frames can (PS3.3 A.8.5.4: pixel measures, plane position and plane
orientation), so that all slices are frames of one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import MultiFrameTrueColorSecondaryCaptureImageStorage

from fusionviewer.errors import CannotWrite
from fusionviewer.exchange.archive.aligned import derivation_words
from fusionviewer.exchange.archive.sources import Original
from fusionviewer.exchange.archive.stamp import Series, Stamp, add_loss, decimals, reference, save
from fusionviewer.geometry import Grid
from fusionviewer.progress import Observer

_MOST_BYTES: Final = 2**32 - 2
"""Of the pixels in one file."""


def check_colour(grid: Grid) -> None:
    """Raise CannotWrite where the frames of a grid do not fit into one file."""
    if 3 * int(np.prod(grid.size, dtype=np.int64)) > _MOST_BYTES:
        raise CannotWrite(
            "The fused colour series would be larger than a file of DICOM may be (4 GB).",
            "Leave the colour series out, or use a fixed image with fewer voxels.",
        )


def write_colour(
    stamp: Stamp,
    series: Series,
    moving: Original,
    grid: Grid,
    *,
    slabs: Iterator[NDArray[np.uint8]],
    path: Path,
    observer: Observer,
) -> None:
    """Write slabs (k, j, i, 3) of red, green and blue, which together fill the fixed grid, as the frames of a file."""
    made = stamp.dataset(MultiFrameTrueColorSecondaryCaptureImageStorage, series)
    made.InstanceNumber = 1
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.ConversionType = "WSD"
    made.ContentDate, made.ContentTime = stamp.day, stamp.hour
    made.DerivationDescription = derivation_words("Fixed and moving image blended in colour after a rigid alignment")
    if not stamp.without_names:  # no image has the new UIDs
        both = (stamp.fixed, moving)
        made.SourceImageSequence = [reference(one, frames) for original in both for one, frames in original.referred]
    made.PatientOrientation = ""
    made.BurnedInAnnotation = "NO"
    if stamp.without_names:
        made.RecognizableVisualFeatures = "YES"
    add_loss(made, stamp.fixed, moving)
    _add_frames(made, grid)
    pixels = path.with_name("pixels")
    with pixels.open("wb+") as stream:
        for slab in slabs:
            stream.write(np.ascontiguousarray(slab).data)
        if stream.tell() % 2:
            stream.write(b"\0")
        observer.report(1.0, "Writing the colour series")
        stream.seek(0)
        made.PixelData = stream
        made["PixelData"].VR = "OB"
        save(made, path)
    pixels.unlink()


def _add_frames(made: Dataset, grid: Grid) -> None:
    i, j, k = grid.size
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "RGB", 0
    made.Rows, made.Columns, made.NumberOfFrames = j, i, k
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.FrameIncrementPointer = Tag("SliceLocationVector")
    made.SliceLocationVector = decimals(grid.spacing[2] * np.arange(k))
    made.SharedFunctionalGroupsSequence = [_shared(grid)]
    made.PerFrameFunctionalGroupsSequence = [_own(grid, number) for number in range(k)]


def _shared(grid: Grid) -> Dataset:
    group, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = decimals(grid.spacing[1::-1])
    measures.SliceThickness = measures.SpacingBetweenSlices = decimals([grid.spacing[2]])[0]
    orientation.ImageOrientationPatient = decimals(np.asarray(grid.direction).T[:2])
    group.PixelMeasuresSequence, group.PlaneOrientationSequence = [measures], [orientation]
    return group


def _own(grid: Grid, number: int) -> Dataset:
    group, position = Dataset(), Dataset()
    position.ImagePositionPatient = decimals(grid.points(np.array([0.0, 0.0, float(number)])))
    group.PlanePositionSequence = [position]
    return group
