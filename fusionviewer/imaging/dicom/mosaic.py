"""Siemens' mosaics: all slices of one time as tiles of one picture, in files that say so in a header of their own.

The header (CSA, group 0029) is described at nipy.org/nibabel/dicom/siemens_csa.html, and where the tiles lie at
nipy.org/nibabel/dicom/dicom_mosaic.html.
"""

from __future__ import annotations

import math
import struct
from typing import Final, NamedTuple

import numpy as np
from pydicom.dataset import Dataset

from fusionviewer.geometry import Points
from fusionviewer.imaging.dicom.facts import number

_CSA, _CSA_MARK, _COUNT = 0x00291010, 0x00290010, 0x0019100A
MOSAIC_TAGS: Final[tuple[str | int, ...]] = (_CSA, _CSA_MARK, _COUNT, "SpacingBetweenSlices")

_MOST_TILES: Final = 1024
_MOST_FIELDS: Final = 512
_MOST_ITEMS: Final = 128


def is_mosaic(image_type: tuple[str, ...]) -> bool:
    """Whether the image type says that a picture is tiled."""
    return "MOSAIC" in image_type


class Tile(NamedTuple):
    """A slice in a mosaic."""

    shape: tuple[int, int]
    position: Points
    """Centre of its first pixel, (3,) LPS mm."""
    begins: tuple[int, int]
    """Row and column of the picture."""


def tiles_of(
    dataset: Dataset, shape: tuple[int, int], position: Points, axes: Points, pixel_mm: tuple[float, float]
) -> list[Tile]:
    """The slices of a mosaic whose picture (rows, columns) is described as if it were one slice.

    Raises ValueError where the file does not say how many tiles there are or how far apart their slices lie.
    """
    fields = _fields(dataset)
    count = int(number(next(iter(fields.get("NumberOfImagesInMosaic", ())), ""), 0))
    count = count or int(number(dataset[_COUNT].value, 0) if _COUNT in dataset else 0)
    gap_mm = number(dataset.get("SpacingBetweenSlices"), 0.0) or number(dataset.get("SliceThickness"), 0.0)
    if not (0 < count <= _MOST_TILES and gap_mm > 0):
        raise ValueError("a mosaic of unknown tiles")
    a_row = math.ceil(math.sqrt(count))
    rows, columns = (n // a_row for n in shape)
    # The position is that of a picture as large as the mosaic about the centre of the first slice.
    beside = (np.array(shape[::-1]) - (columns, rows)) / 2 * np.array(pixel_mm)
    first = position + beside @ axes
    normal = np.cross(axes[0], axes[1])
    told = np.array([number(text, 0.0) for text in fields.get("SliceNormalVector", ())[:3]])
    if told.size == 3 and float(told @ normal) < 0:
        normal = -normal
    return [
        Tile((rows, columns), first + k * gap_mm * normal, (k // a_row * rows, k % a_row * columns))
        for k in range(count)
    ]


def _fields(dataset: Dataset) -> dict[str, list[str]]:
    """The values in Siemens' own header, by their names; empty where there is none that is understood."""
    mark = str(dataset[_CSA_MARK].value if _CSA_MARK in dataset else "")
    content = dataset[_CSA].value if _CSA in dataset and mark.strip() == "SIEMENS CSA HEADER" else b""
    if not isinstance(content, bytes) or content[:4] != b"SV10":
        return {}
    (count,) = struct.unpack_from("<I", content, 8)
    fields: dict[str, list[str]] = {}
    at = 16
    for _ in range(min(count, _MOST_FIELDS)):
        name, items = struct.unpack_from("<64s12xI", content, at)
        at += 84
        values = []
        for _ in range(min(items, _MOST_ITEMS)):
            (length,) = struct.unpack_from("<4xI", content, at)
            at += 16
            values.append(content[at : at + length].split(b"\0")[0].decode("latin-1").strip())
            at += -(-length // 4) * 4
        fields[name.split(b"\0")[0].decode("latin-1")] = [value for value in values if value]
    return fields
