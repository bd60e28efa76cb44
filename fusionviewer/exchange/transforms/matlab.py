"""MATLAB's `.mat`: what names and numbers a file holds, and SPM's `M` in it.

ITK (and so ANTs) keeps its transforms in the same kind of file. Read are the matrices of real numbers in the versions
4, 5, 6 and 7; version 7.3 is HDF5 and says so. Layout: MathWorks, “MAT-File Format”.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.transforms.numbers import MOST_BYTES, WANTED, inverse, other_frame, read_bytes, rigid
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Matrix, RigidTransform
from fusionviewer.imaging.whole_files import written_whole

_V5: Final = b"MATLAB 5.0 MAT-file"
_HDF5: Final = b"MATLAB 7.3 MAT-file"
_TYPES_4: Final = ("f8", "f4", "i4", "i2", "u2", "u1")
_TYPES_5: Final = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15
_NUMERIC: Final = range(6, 16)
"""Classes of version 5 that are arrays of numbers: double to uint64."""


def spm_matrix(moving_from_fixed: RigidTransform, pair: Pair) -> Matrix:
    """The 4×4 that SPM multiplies the moving header's by: from moving to fixed points, RAS mm."""
    return other_frame((~moving_from_fixed).matrix)


def write_spm(moving_from_fixed: RigidTransform, path: Path, pair: Pair) -> None:
    """Write SPM's `M` as a `.mat` of version 4, which every MATLAB and Octave loads. Raises CannotWrite."""
    matrix = spm_matrix(moving_from_fixed, pair)
    head = struct.pack("<5i", 0, 4, 4, 0, 2)
    with written_whole(path) as temporary:
        temporary.write_bytes(head + b"M\0" + matrix.astype("<f8").tobytes(order="F"))


def read_spm(path: Path, pair: Pair) -> RigidTransform:
    """`moving_from_fixed` in a `.mat` with a 4×4 `M`. Raises UnreadableInput."""
    found = arrays_in(path)
    matrix = found.get("M")
    if matrix is None or matrix.shape != (4, 4):
        raise UnreadableInput(
            f"{path.name} holds no 4×4 named M.",
            "Save it in MATLAB with: save('name.mat', 'M') – as spm_coreg leaves it.",
        )
    return rigid(path, other_frame(inverse(path, matrix)))


def arrays_in(path: Path) -> dict[str, Matrix]:
    """The matrices of real numbers in a `.mat`, by name; other things in it are passed over. Raises UnreadableInput."""
    content = read_bytes(path)
    if content.startswith(_HDF5):
        raise UnreadableInput(
            f"{path.name} is a MATLAB file of version 7.3, which is not read.", "Save it in MATLAB with the option -v7."
        )
    try:
        found = _version_5(content) if content.startswith(_V5) else _version_4(content)
    except (struct.error, ValueError, zlib.error, KeyError, OverflowError) as problem:
        raise UnreadableInput(f"{path.name} is not a MATLAB file, or it is damaged.", WANTED) from problem
    if not all(np.isfinite(array).all() for array in found.values()):
        raise UnreadableInput(f"{path.name} is damaged: not all of its matrix is numbers.", WANTED)
    return found


def _version_4(content: bytes) -> dict[str, Matrix]:
    found: dict[str, Matrix] = {}
    at = 0
    while at < len(content):
        (kind,) = struct.unpack_from("<i", content, at)
        order = "<" if 0 <= kind < 5000 else ">"
        kind, n_rows, n_columns, imaginary, length = struct.unpack_from(f"{order}5i", content, at)
        kind %= 1000
        if min(n_rows, n_columns, imaginary, length) < 0 or kind % 10 > 2:
            raise ValueError("no header of version 4")
        dtype = np.dtype(order + _TYPES_4[kind // 10 % 10]) if kind // 10 % 10 < len(_TYPES_4) else None
        if dtype is None:
            raise ValueError("no type of version 4")
        name = content[at + 20 : at + 20 + length].split(b"\0", 1)[0].decode("ascii")
        if name in found:
            raise ValueError("one name twice")
        at += 20 + length
        count = n_rows * n_columns
        if count * dtype.itemsize > len(content) - at:
            raise ValueError("cut short")
        values = np.frombuffer(content, dtype, count, at)
        found[name] = values.astype(np.float64).reshape((n_rows, n_columns), order="F")
        at += count * dtype.itemsize * (2 if imaginary else 1)
    return found


def _version_5(content: bytes) -> dict[str, Matrix]:
    order = {b"IM": "<", b"MI": ">"}[content[126:128]]
    found: dict[str, Matrix] = {}
    at = 128
    while at + 8 <= len(content):
        kind, length = struct.unpack_from(f"{order}2I", content, at)
        data = content[at + 8 : at + 8 + length]
        at += 8 + length
        if kind == _COMPRESSED:
            data = zlib.decompressobj().decompress(data, MOST_BYTES)
            kind, length = struct.unpack_from(f"{order}2I", data)
            data = data[8 : 8 + length]
        if kind == _MATRIX:
            _add_matrix(data, order, found)
    return found


def _add_matrix(data: bytes, order: str, found: dict[str, Matrix]) -> None:
    """Add one variable of version 5 if it is a matrix of real numbers."""
    at = 0
    parts: list[tuple[int, bytes]] = []
    while at + 8 <= len(data) and len(parts) < 4:
        kind, length = struct.unpack_from(f"{order}2I", data, at)
        if kind >> 16:  # a small element: type and length share four bytes
            kind, length, start, step = kind & 0xFFFF, kind >> 16, at + 4, 8
        else:
            start, step = at + 8, 8 + (length + 7) // 8 * 8
        parts.append((kind, data[start : start + length]))
        at += step
    if len(parts) < 4 or parts[0][1][0 if order == "<" else 3] not in _NUMERIC:
        return
    shape = np.frombuffer(parts[1][1], f"{order}i4").tolist()
    kind, raw = parts[3]
    if len(shape) != 2 or kind not in _TYPES_5:
        return
    values = np.frombuffer(raw, order + _TYPES_5[kind]).astype(np.float64)
    found[parts[2][1].decode("ascii")] = values.reshape(shape, order="F")
