"""Makes the standalone folder smaller, on Linux: libraries without symbols, ICU's data without what Qt never asks for.

A file is stripped only where that is known to be safe: those that auditwheel has edited (in folders `*.libs`, and the
modules beside them) do not survive it, and what comes out must still be laid out for the loader.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

EDITED: Final = ("numpy", "PIL", "SimpleITK")
"""Packages whose modules auditwheel has edited, or that hold nothing to strip."""

ICU_KEPT: Final = re.compile(
    r"coll/.*|[^/]*\.(icu|nrm)|(root|pool|res_index|keyTypeData|likelySubtags|supplementalData|metadata|numberingSystems)"
    r"\.res"
)
"""What Qt asks ICU for: how names are sorted. Its own tables hold dates, numbers and names of languages."""

ASSEMBLY: Final = """\
.section .rodata
.balign 16
.globl {name}
.type {name}, @object
{name}: .incbin "{file}"
.size {name}, . - {name}
.section .note.GNU-stack, "", @progbits
"""


def strip_symbols(folder: Path) -> int:
    """Strip the libraries in a folder of which that is safe. Returns how many bytes that saved."""
    saved = 0
    for file in sorted(folder.rglob("*.so*")):
        if file.is_symlink() or not file.is_file() or _is_edited(file.relative_to(folder)):
            continue
        before = file.stat().st_size
        with tempfile.TemporaryDirectory() as place:
            slim = Path(place) / file.name
            done = subprocess.run(["strip", "--strip-unneeded", "-o", str(slim), str(file)], check=False)
            if done.returncode == 0 and slim.stat().st_size < before and is_well_laid_out(slim):
                shutil.copymode(file, slim)
                saved += before - slim.stat().st_size
                shutil.move(slim, file)
    return saved


def is_well_laid_out(file: Path) -> bool:
    """Whether each segment that is loaded lies in the file as the loader will map it: offset and address agree."""
    told = subprocess.run(["readelf", "-lW", str(file)], capture_output=True, text=True, check=True).stdout
    loads = re.findall(r"LOAD\s+(0x\w+)\s+(0x\w+)\s+0x\w+\s+0x\w+\s+0x\w+\s+.*?(0x\w+)$", told, re.MULTILINE)
    return bool(loads) and all((int(a, 16) - int(b, 16)) % int(size, 16) == 0 for a, b, size in loads)


def trim_icu(folder: Path) -> int:
    """Write ICU's data library anew with what Qt asks it for. Returns how many bytes that saved."""
    saved = 0
    for file in sorted(folder.rglob("libicudata.so.*")):
        if file.is_symlink():
            continue
        before = file.stat().st_size
        with tempfile.TemporaryDirectory() as place:
            raw, source, compiled = (Path(place) / name for name in ("data.bin", "data.s", "data.o"))
            subprocess.run(["objcopy", "-O", "binary", "--only-section=.rodata", str(file), str(raw)], check=True)
            raw.write_bytes(kept_icu(raw.read_bytes()))
            name = f"icudt{file.name.rpartition('.')[2]}_dat"
            source.write_text(ASSEMBLY.format(name=name, file=raw), encoding="utf-8")
            subprocess.run(["as", "-o", str(compiled), str(source)], check=True)
            slim = Path(place) / file.name
            subprocess.run(["ld", "-shared", "-soname", file.name, "-o", str(slim), str(compiled)], check=True)
            shutil.copymode(file, slim)
            saved += before - slim.stat().st_size
            shutil.move(slim, file)
    return saved


def kept_icu(data: bytes) -> bytes:
    """ICU's common data ("CmnD", little endian) with the items of ICU_KEPT alone.

    A header; the number of items; for each the offsets, from that number on, of its name and of its bytes; the names;
    the items, each on a multiple of 16.
    """
    if data[12:16] != b"CmnD":
        raise ValueError("this is not ICU's common data")
    (begin,) = struct.unpack_from("<H", data)
    items = [(name, item) for name, item in _icu_items(data[begin:]) if ICU_KEPT.fullmatch(name.partition("/")[2])]
    names_at = 4 + 8 * len(items)
    names = b"".join(name.encode() + b"\0" for name, _ in items)
    table, place, name_at = struct.pack("<I", len(items)), names_at + len(names), names_at
    body = names
    for name, item in items:
        gap = -(begin + place) % 16
        body += b"\0" * gap
        table += struct.pack("<II", name_at, place + gap)
        body += item
        name_at += len(name) + 1
        place += gap + len(item)
    return data[:begin] + table + body


def _icu_items(toc: bytes) -> Iterator[tuple[str, bytes]]:
    (count,) = struct.unpack_from("<I", toc)
    places = [struct.unpack_from("<II", toc, 4 + 8 * n) for n in range(count)]
    ends = [begin for _, begin in places[1:]] + [len(toc)]
    for (name_at, begin), end in zip(places, ends, strict=True):
        yield toc[name_at : toc.index(b"\0", name_at)].decode(), toc[begin:end]


def _is_edited(place: Path) -> bool:
    return place.parts[0].endswith(".libs") or any(part in EDITED or part.endswith(".libs") for part in place.parts)
