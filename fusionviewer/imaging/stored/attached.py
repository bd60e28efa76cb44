"""NRRD and MetaImage files whose voxels stand behind the header in the usual form: where, and how they are packed.

Everything else about them is ITK's business. Formats: teem.sourceforge.net/nrrd/format.html and
itk.org/Wiki/ITK/MetaIO/Documentation.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import SimpleITK as sitk

from fusionviewer.imaging.stored.voxels import Packing, StoredVoxels

_LONGEST_HEADER: Final = 1 << 20

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
_NRRD_OTHERWISE: Final = frozenset({"data file", "datafile", "line skip", "lineskip", "byte skip", "byteskip"})
_META_USUAL: Final = frozenset(
    {
        *("objecttype", "objectsubtype", "ndims", "binarydata", "binarydatabyteordermsb", "elementbyteordermsb"),
        *("compresseddata", "compresseddatasize", "compressionlevel", "transformmatrix", "rotation", "orientation"),
        *("offset", "origin", "position", "centerofrotation", "anatomicalorientation", "elementspacing", "elementsize"),
        *("dimsize", "elementtype", "elementdatafile", "modality", "comment", "name", "id", "elementnumberofchannels"),
    }
)
"""Fields that change nothing about where the voxels stand; with any other, ITK reads them."""


def stored_in(path: Path, header: sitk.ImageFileReader) -> StoredVoxels | None:
    """How the voxels of a file are stored whose header ITK has read; None: not in the usual form, or another kind."""
    read = {".nrrd": _nrrd, ".mha": _meta}.get(path.suffix.lower())
    kind = _TYPES.get(header.GetPixelIDValue())
    if read is None or kind is None or header.GetDimension() != 3:
        return None
    try:
        with path.open("rb") as stream:
            found = read(stream.read(_LONGEST_HEADER))
    except OSError:
        return None
    size = tuple(int(n) for n in header.GetSize())
    if found is None or found[0] != size:
        return None
    _, order, packing, begin = found
    if order == "|" and kind[1] != "1":  # a number of several bytes must say their order
        return None
    return StoredVoxels(size, np.dtype(order + kind), 0 if packing else begin, packing=packing, packed_from=begin)


_Found = tuple[tuple[int, ...], str, Packing, int]
"""The size, the byte order, how the voxels are packed, and where they begin."""


def _nrrd(content: bytes) -> _Found | None:
    end = re.search(rb"\n\r?\n", content)
    if not content.startswith(b"NRRD000") or end is None:
        return None
    fields = {}
    for line in content[: end.start()].decode("latin-1").splitlines()[1:]:
        key, colon, value = line.partition(": ")
        if colon and not line.startswith("#"):
            fields[key.strip().lower()] = value.strip().lower()
    packing = _NRRD_PACKINGS.get(fields.get("encoding", ""))
    one_byte = not fields.get("endian")
    if packing is None or fields.keys() & _NRRD_OTHERWISE or fields.get("endian") not in {None, "little", "big"}:
        return None
    order = "|" if one_byte else {"little": "<", "big": ">"}[fields["endian"]]
    return _numbers(fields.get("sizes", "")), order, packing, end.end()


def _meta(content: bytes) -> _Found | None:
    end = re.search(rb"^ElementDataFile *= *LOCAL *\r?\n", content, re.MULTILINE)
    if end is None:
        return None
    fields = {}
    for line in content[: end.start()].decode("latin-1").splitlines():
        key, _, value = line.partition("=")
        fields[key.strip().lower()] = value.strip().lower()
    if not fields.keys() <= _META_USUAL or fields.get("binarydata") != "true":
        return None
    msb = fields.get("binarydatabyteordermsb", fields.get("elementbyteordermsb", "false"))
    packed: Packing = "zlib" if fields.get("compresseddata", "false") == "true" else ""
    return _numbers(fields.get("dimsize", "")), ">" if msb == "true" else "<", packed, end.end()


def _numbers(words: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words.split() if word.isdecimal() and len(word) < 10)
