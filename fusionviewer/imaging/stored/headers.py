"""NRRD and MetaImage files in the usual form: where their voxels stand, and how they are packed.

Everything else about them is ITK's business. Formats: teem.sourceforge.net/nrrd/format.html and
itk.org/Wiki/ITK/MetaIO/Documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import SimpleITK as sitk

from fusionviewer.imaging.stored.voxels import Packing, StoredVoxels

LONGEST_HEADER: Final = 1 << 20

_TYPES: Final = {
    sitk.sitkUInt8: "u1",
    sitk.sitkInt8: "i1",
    sitk.sitkUInt16: "u2",
    sitk.sitkInt16: "i2",
    sitk.sitkUInt32: "u4",
    sitk.sitkInt32: "i4",
    sitk.sitkUInt64: "u8",
    sitk.sitkInt64: "i8",
    sitk.sitkFloat32: "f4",
    sitk.sitkFloat64: "f8",
}

_NRRD_PACKINGS: Final[dict[str, Packing]] = {"raw": "", "gzip": "gzip", "gz": "gzip"}
_NRRD_ORDERS: Final = {"": "|", "little": "<", "big": ">"}
_META_FLAGS: Final = ("compresseddata", "binarydatabyteordermsb", "elementbyteordermsb")
_NRRD_SKIPS: Final = ("line skip", "lineskip", "byte skip", "byteskip")


@dataclass(frozen=True)
class VoxelPlace:
    """What such a header says of the voxels."""

    beside: str
    """The file that holds them; empty: they stand behind the header."""
    size: tuple[int, ...] = ()
    order: str = "|"
    packing: Packing = ""
    begin: int = 0
    """Where they begin in their file."""
    usual: bool = False
    """Whether that is all that there is to know; if not, ITK reads them."""


def voxel_place(path: Path) -> VoxelPlace | None:
    """What the header of a file says of its voxels; None: it is of another kind, or ITK must say what is wrong with it.

    What it names was looked at before (`detached`).
    """
    read = {".nrrd": _nrrd, ".nhdr": _nrrd, ".mha": _meta, ".mhd": _meta}.get(path.suffix.lower())
    if read is None:
        return None
    try:
        with path.open("rb") as stream:
            return read(stream.read(LONGEST_HEADER))
    except OSError:
        return None


def stored_as(place: VoxelPlace, header: sitk.ImageFileReader) -> StoredVoxels | None:
    """How the voxels are stored, by ITK's reading of the same header; None: not in the usual form."""
    kind, size = _TYPES.get(header.GetPixelIDValue()), tuple(int(n) for n in header.GetSize())
    if not place.usual or kind is None or place.size != size or len(size) != 3:
        return None
    if place.order == "|" and kind[1] != "1":  # a number of several bytes must say their order
        return None
    begins = 0 if place.packing else place.begin
    return StoredVoxels(size, np.dtype(place.order + kind), begins, packing=place.packing, packed_from=place.begin)


def _nrrd(content: bytes) -> VoxelPlace | None:
    end = re.search(rb"\n\r?\n", content)
    if not content.startswith(b"NRRD000"):
        return None
    fields = {}
    for line in _text(content[: end.start()] if end else content).splitlines()[1:]:
        key, colon, value = line.partition(": ")
        if colon and not line.startswith("#"):
            fields[key.strip().lower()] = value.strip()
    named = fields.get("data file", fields.get("datafile", ""))
    if not named and end is None:
        return None
    packing, order = _NRRD_PACKINGS.get(fields.get("encoding", "").lower()), fields.get("endian", "").lower()
    skips = any(fields.get(skip, "0") != "0" for skip in _NRRD_SKIPS)
    usual = packing is not None and order in _NRRD_ORDERS and not skips and _is_one(named)
    begin = 0 if named or end is None else end.end()
    return VoxelPlace(
        named, _numbers(fields.get("sizes", "")), _NRRD_ORDERS.get(order, "|"), packing or "", begin, usual
    )


@dataclass(frozen=True)
class MetaHeader:
    """The fields of a MetaImage header, keys and values in small letters, but for the last one."""

    fields: dict[str, str]
    named: str
    """What the last one says of where the voxels stand, as it is written."""
    end: int
    """In bytes from the beginning of the file."""


def meta_header(content: bytes) -> MetaHeader | None:
    """The header at the beginning of a MetaImage file; None if it does not end."""
    last = re.search(rb"^\s*ElementDataFile\s*=([^\n]*)\n?", content, re.MULTILINE)
    if last is None:
        return None
    fields = {}
    for line in _text(content[: last.start()]).splitlines():
        key, _, value = line.partition("=")
        fields[key.strip().lower()] = value.strip().lower()
    return MetaHeader(fields, _text(last[1]).strip(), last.end())


def _meta(content: bytes) -> VoxelPlace | None:
    header = meta_header(content)
    if header is None:
        return None
    fields, named = header.fields, header.named
    local = named.upper() == "LOCAL"
    msb = fields.get("binarydatabyteordermsb", fields.get("elementbyteordermsb", "false")) == "true"
    packed = fields.get("compresseddata", "false") == "true"
    binary = fields.get("headersize", "0") == "0" and fields.get("binarydata", "true") == "true"
    plain = all(fields.get(flag, "false") in {"true", "false"} for flag in _META_FLAGS)  # ITK knows T and 1 as well
    return VoxelPlace(
        "" if local else named, _numbers(fields.get("dimsize", "")), ">" if msb else "<",
        "zlib" if packed else "", header.end if local else 0, binary and plain and _is_one(named),
    )  # fmt: skip


def _is_one(named: str) -> bool:
    """Whether it is the name of one file, or none, and neither a list nor a pattern for many."""
    return not named.startswith("LIST") and "%" not in named


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _numbers(words: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words.split() if word.isdecimal() and len(word) < 10)
