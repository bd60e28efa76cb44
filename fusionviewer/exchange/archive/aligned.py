"""The moving image on the fixed image's voxels as a new series: CT or MR Image Storage, slice by slice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, MRImageStorage

from fusionviewer.exchange.archive.sources import OF_CT, OF_MR, OF_SHOWING, Original
from fusionviewer.exchange.archive.stamp import PROGRAM, Series, Stamp, add_loss, code, decimals, reference
from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.version import __version__

_LARGEST: Final = 2**16 - 1

KINDS: Final = {"CT": CTImageStorage, "MR": MRImageStorage}
"""The SOP class of a series by its modality."""


def aligned_slices(
    stamp: Stamp, series: Series, moving: Original, resampled: Volume, moving_from_fixed: RigidTransform
) -> Iterator[Dataset]:
    """The slices of the new series, each a data set with its pixels.

    `resampled` is the moving image on the fixed grid; the original's rescale slope and intercept are kept where the
    values fit.
    """
    grid = resampled.grid
    scale = _scale_for(resampled, moving)
    signed = round(resampled.value_range[0] / scale[0] - scale[1] / scale[0]) < 0
    for k in range(grid.size[2]):
        made = stamp.dataset(KINDS[series.modality], series)
        made.InstanceNumber = k + 1
        made.ImageType = ["DERIVED", "SECONDARY", "AXIAL" if series.modality == "CT" else "OTHER"]
        _add_derivation(made, stamp, moving, moving_from_fixed.apply(_corners(grid, k)))
        add_loss(made, moving)
        _add_place(made, grid, k)
        _add_acquisition(made, series.modality, stamp, moving)
        _add_pixels(made, resampled.array[k], scale, signed, series.modality)
        _add_window(made, moving)
        yield made


def derivation_words(how: str) -> str:
    """What was done to the images, in a sentence for their headers."""
    return f"{how} by {PROGRAM} {__version__}. Not for diagnosis."


def _add_derivation(made: Dataset, stamp: Stamp, moving: Original, corners: Points) -> None:
    """Say from which images of the moving series a slice was made, and how; `corners` in moving space, LPS mm."""
    made.DerivationDescription = derivation_words("Resampled linearly onto the fixed series through a rigid transform")
    made.DerivationCodeSequence = [code("113085", "Spatial resampling")]
    if not stamp.without_names:  # no image has the new UIDs
        made.SourceImageSequence = [reference(one, frames) for one, frames in moving.within(corners)]
    scanner = stamp.scanner(moving)
    if scanner is not None:
        made.ContributingEquipmentSequence = [scanner]


def _corners(grid: Grid, k: int) -> Points:
    """The corners (4, 3) of a slice, LPS mm."""
    i, j, _ = (float(n) for n in grid.size)
    return grid.points(np.array([[x - 0.5, y - 0.5, float(k)] for x in (0.0, i) for y in (0.0, j)]))


def _add_place(made: Dataset, grid: Grid, k: int) -> None:
    direction = np.asarray(grid.direction)
    made.ImagePositionPatient = decimals(grid.points(np.array([0.0, 0.0, float(k)])))
    made.ImageOrientationPatient = decimals(direction.T[:2])
    made.PixelSpacing = decimals(grid.spacing[1::-1])  # DICOM: between rows comes first
    made.SliceThickness = decimals([grid.spacing[2]])[0]
    made.Rows, made.Columns = grid.size[1], grid.size[0]


def _add_acquisition(made: Dataset, modality: str, stamp: Stamp, moving: Original) -> None:
    """How the moving image was made, as far as it is the same for all of it."""
    for keyword in OF_CT if modality == "CT" else OF_MR:
        if keyword in moving.header:
            made[keyword] = moving.header[keyword]
    made.PatientPosition = stamp.fixed.text("PatientPosition")
    made.BurnedInAnnotation = "NO"
    if stamp.without_names:
        made.RecognizableVisualFeatures = "YES"
    if "AcquisitionNumber" not in made:
        made.AcquisitionNumber = None
    if modality == "CT":
        if "KVP" not in made:
            made.KVP = None
        return
    made.SpacingBetweenSlices = made.SliceThickness
    for keyword, value in (
        ("ScanningSequence", "RM"), ("SequenceVariant", "NONE"), ("ScanOptions", ""), ("MRAcquisitionType", ""),
        ("RepetitionTime", moving.facts.repetition_ms or None), ("EchoTime", moving.facts.echo_ms or None),
        ("EchoTrainLength", None),
    ):  # fmt: skip
        if not made.get(keyword):
            setattr(made, keyword, value)
    _add_conditional(made, moving)


def _add_conditional(made: Dataset, moving: Original) -> None:
    """What an MR must say in certain sequences, and may not in others (PS3.3 C.8.3.1)."""
    if "IR" not in _words(made, "ScanningSequence"):
        made.pop("InversionTime", None)
    elif not made.get("InversionTime"):
        made.InversionTime = moving.facts.inversion_ms or None
    if _words(made, "ScanOptions") & {"CG", "PPG"}:
        made.TriggerTime = None


def _words(made: Dataset, keyword: str) -> set[str]:
    value = made.get(keyword) or ()
    return {value} if isinstance(value, str) else {str(one) for one in value}


def _scale_for(volume: Volume, moving: Original) -> tuple[float, float]:
    """Slope and intercept with which all values fit into 16 bits: the original's if possible."""
    low, high = volume.value_range
    whole = volume.array.dtype.kind in "iu"
    for slope, intercept in [*([moving.scale] if moving.scale else []), *([(1.0, 0.0)] if whole else [])]:
        if slope > 0:
            first, last = round((low - intercept) / slope), round((high - intercept) / slope)
            if (first >= 0 and last <= _LARGEST) or (first >= -(2**15) and last < 2**15):
                return slope, intercept
    return float(decimals([max((high - low) / _LARGEST * (1 + 1e-9), 1e-12)])[0]), float(decimals([low])[0])


def _add_pixels(made: Dataset, values: NDArray[Any], scale: tuple[float, float], signed: bool, modality: str) -> None:
    slope, intercept = scale
    stored = np.rint((values.astype(np.float64) - intercept) / slope)
    stored = np.clip(stored, -(2**15) if signed else 0, 2**15 - 1 if signed else _LARGEST)
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, int(signed)
    if modality == "CT" or scale != (1.0, 0.0):
        made.RescaleSlope, made.RescaleIntercept = decimals(scale)
        made.RescaleType = "HU" if modality == "CT" else "US"
    made.PixelData = stored.astype("<i2" if signed else "<u2").tobytes()
    made["PixelData"].VR = "OW"


def _add_window(made: Dataset, moving: Original) -> None:
    """The window of the original, where it means the same values."""
    if moving.window_kept and {"WindowCenter", "WindowWidth"} <= set(moving.header.dir()):
        for keyword in OF_SHOWING[:3]:
            if keyword in moving.header:
                made[keyword] = moving.header[keyword]
