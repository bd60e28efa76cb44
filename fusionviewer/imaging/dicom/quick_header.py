"""The few values that each slice of a series needs, read without the rest of its header.

pydicom takes two milliseconds for a header of a scanner, of which a folder may hold thousands. This reads files of one
slice in a tenth of that, and leaves everything that is not quite plain to pydicom.
"""

from __future__ import annotations

import os
from pathlib import Path
from struct import Struct, error
from typing import BinaryIO, Final, TypeAlias

import numpy as np

from fusionviewer.imaging.dicom.labels import GE_B, GE_MARK, PHILIPS_B, SIEMENS_B, SIEMENS_MARK
from fusionviewer.imaging.dicom.mosaic import is_mosaic

PlainValues: TypeAlias = dict[str, int | list[str]]
"""By DICOM's keyword: a number, or the parts of a text, of which there is at least one."""

_NUMBERS: Final = {
    0x00280002: "SamplesPerPixel", 0x00280010: "Rows", 0x00280011: "Columns", 0x00280100: "BitsAllocated",
    0x00280101: "BitsStored", 0x00280103: "PixelRepresentation",
}  # fmt: skip
_TEXTS: Final = {
    0x00080016: "SOPClassUID", 0x00080018: "SOPInstanceUID", 0x0020000E: "SeriesInstanceUID",
    0x00200032: "ImagePositionPatient", 0x00200037: "ImageOrientationPatient", 0x00280008: "NumberOfFrames",
    0x00280030: "PixelSpacing", 0x00281052: "RescaleIntercept", 0x00281053: "RescaleSlope",
    0x00080008: "ImageType", 0x00080032: "AcquisitionTime", 0x00080033: "ContentTime", 0x00180081: "EchoTime",
    0x00180082: "InversionTime", 0x00180086: "EchoNumbers", 0x00181060: "TriggerTime",
    0x00200012: "AcquisitionNumber", 0x00200013: "InstanceNumber", 0x00200100: "TemporalPositionIdentifier",
    SIEMENS_B: str(SIEMENS_B), GE_B: str(GE_B), SIEMENS_MARK: str(SIEMENS_MARK), GE_MARK: str(GE_MARK),
}  # fmt: skip
_DOUBLES: Final = {0x00189087: "DiffusionBValue", 0x00189089: "DiffusionGradientOrientation"}
_SINGLES: Final = {PHILIPS_B: str(PHILIPS_B)}
_WANTED: Final = frozenset((*_NUMBERS, *_TEXTS, *_DOUBLES, *_SINGLES))
_FRAMES, _PIXELS = 0x52009229, 0x7FE00000
"""Where the frames of a file are described, and where the header ends."""
_FIRST_PIXELS, _LAST_PIXELS = 0x7FE00008, 0x7FE00010

_NEEDED: Final = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "Rows", "Columns", "ImagePositionPatient")

_SYNTAX: Final = 0x00020010
_IMPLICIT: Final = b"1.2.840.10008.1.2"
_UNUSUAL: Final = (b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99")
"""Big endian, and deflated: pydicom's."""

_LONG: Final = frozenset((b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"))
_SHORT: Final = frozenset(
    (b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL", b"SS",
     b"ST", b"TM", b"UI", b"UL", b"US")
)  # fmt: skip
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DEEPEST: Final = 40
_LONGEST: Final = 1024
"""Bytes of a value that is wanted: all of them are shorter."""

_explicit = Struct("<HH2sH").unpack
_implicit = Struct("<HHL").unpack
_length = Struct("<L").unpack
_group = Struct("<H").unpack


def quick_values(path: Path) -> PlainValues | None:
    """What the header of a file with one slice says; None for every file that is not quite plain, or no DICOM."""
    try:
        with path.open("rb", buffering=16384) as stream:
            if stream.read(132)[128:] != b"DICM":
                return None
            return _values(stream)
    except (OSError, _NotPlain, error, UnicodeDecodeError):
        return None


class _NotPlain(Exception):
    """pydicom shall read this file."""


def _values(stream: BinaryIO) -> PlainValues | None:
    syntax = _syntax(stream)
    if not syntax or syntax in _UNUSUAL:
        return None
    found: PlainValues = {}
    implicit = syntax == _IMPLICIT
    while True:
        tag, length = _element(stream, implicit)
        if tag == _FRAMES:
            return None
        if tag >= _PIXELS:
            found["PixelBytes"] = _bytes_there(stream, tag, length)
            break
        if tag in _WANTED:
            _take(found, tag, _value(stream, length))
        elif length == _UNDEFINED:
            _skip_sequence(stream, implicit)
        else:
            stream.seek(length, 1)
    several = found.get("NumberOfFrames", ["1"]) != ["1"] or is_mosaic(tuple(_texts(found.get("ImageType"))))
    return None if several or any(not found.get(keyword) for keyword in _NEEDED) else found


def _texts(value: int | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else []


def _syntax(stream: BinaryIO) -> bytes:
    """How the rest of the file is written, which stands in the group 2 before it; empty if that does not say it."""
    found = b""
    while _group(stream.read(2))[0] == 2:
        stream.seek(-2, 1)
        tag, length = _element(stream, False)
        value = _value(stream, length)
        found = value.rstrip(b"\0 ") if tag == _SYNTAX else found
    stream.seek(-2, 1)
    return found


def _value(stream: BinaryIO, length: int) -> bytes:
    if length > _LONGEST:
        raise _NotPlain
    return stream.read(length)


def _take(found: PlainValues, tag: int, value: bytes) -> None:
    """Keep a value; an empty one counts as none."""
    if tag in _NUMBERS:
        if value:
            found[_NUMBERS[tag]] = int.from_bytes(value[:2], "little")
    elif tag in _DOUBLES or tag in _SINGLES:
        kind, name = ("<f8", _DOUBLES[tag]) if tag in _DOUBLES else ("<f4", _SINGLES[tag])
        if value and len(value) % int(kind[2:]) == 0:
            found[name] = [str(one) for one in np.frombuffer(value, kind).tolist()]
    elif text := value.decode("ascii").strip("\0 "):
        found[_TEXTS[tag]] = text.split("\\")


def _bytes_there(stream: BinaryIO, tag: int, length: int) -> int:
    """How many bytes of pixels the file holds where the stream is; -1 where they are compressed."""
    if length == _UNDEFINED or tag < _FIRST_PIXELS:  # the table of where compressed frames begin
        return -1
    return min(length, os.fstat(stream.fileno()).st_size - stream.tell()) if tag <= _LAST_PIXELS else 0


def _element(stream: BinaryIO, implicit: bool) -> tuple[int, int]:
    """The tag and the length of the value at which the stream then is."""
    head = stream.read(8)
    if implicit:
        group, element, length = _implicit(head)
        return group << 16 | element, length
    group, element, kind, length = _explicit(head)
    tag = group << 16 | element
    if group == 0xFFFE:  # what begins and ends items has no kind
        return tag, _implicit(head)[2]
    if kind in _SHORT:
        return tag, length
    if kind in _LONG:
        return tag, _length(stream.read(4))[0]
    raise _NotPlain


def _skip_sequence(stream: BinaryIO, implicit: bool, depth: int = 0) -> None:
    """Go to the end of a sequence of undefined length, whatever is nested in it."""
    if depth > _DEEPEST:
        raise _NotPlain
    while True:
        tag, length = _element(stream, implicit)
        if tag == _SEQUENCE_END:
            return
        if tag != _ITEM:
            raise _NotPlain
        if length != _UNDEFINED:
            stream.seek(length, 1)
            continue
        while True:
            inner, length = _element(stream, implicit)
            if inner == _ITEM_END:
                break
            if length == _UNDEFINED:
                _skip_sequence(stream, implicit, depth + 1)
            else:
                stream.seek(length, 1)
