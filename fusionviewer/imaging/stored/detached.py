"""Headers that name the files of their voxels (MetaImage, NRRD): only regular files in their own folder."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput

_MOST_HEADER_BYTES: Final = 1 << 20
"""So far a header is looked at; those of scanners and programs have some thousand bytes."""

_META: Final = re.compile(rb"^[ \t]*ElementDataFile[ \t]*[=:][ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_NRRD: Final = re.compile(rb"^[ \t]*data ?file[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def check_voxel_files(path: Path) -> None:
    """Raise UnreadableInput for a header that names what is no regular file in its own folder, before it is touched.

    A device would be read without end, a pipe wait for ever, and another folder may hold what is not meant.
    """
    ending = path.suffix.lower()
    if ending in {".mha", ".mhd"}:
        named = _named_by_meta(_head(path))
    elif ending in {".nrrd", ".nhdr"}:
        named = _named_by_nrrd(_head(path))
    elif ending in {".hdr", ".img"}:
        named = [f"{path.stem}{other}" for other in (".hdr", ".img", ".img.gz")]
    else:
        return
    for name in named:
        plain = name.removeprefix("./")
        if plain in ("", ".", "..") or re.search(r"[/\\:]", plain):
            raise UnreadableInput(
                f"{path.name} names voxels outside of its own folder: {name}. They were not read.",
                "Put both files into one folder, and let the header name the other one without a folder.",
            )
        try:
            regular = stat.S_ISREG(os.stat(path.parent / name).st_mode)
        except (OSError, ValueError) as problem:
            if "%" in name or ending in {".hdr", ".img"}:  # a pattern is the name of no file; of three, one is there
                continue
            raise UnreadableInput(
                f"{path.name} has its voxels in {name}, which is not beside it.", "Copy both files into one folder."
            ) from problem
        if not regular:
            raise UnreadableInput(f"{path.name} names {name}, which is no file.", "Copy or export the image again.")


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_MOST_HEADER_BYTES)


def _named_by_meta(head: bytes) -> list[str]:
    """Every name that any reader could take for that of the voxels: programs differ about capitals and repetitions."""
    return _named(_META, head)


def _named_by_nrrd(head: bytes) -> list[str]:
    return _named(_NRRD, re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])


def _named(field: re.Pattern[bytes], head: bytes) -> list[str]:
    names: list[str] = []
    for found in field.finditer(head):
        word = found[1].strip()
        if word.upper().startswith(b"LIST"):
            return names + [os.fsdecode(line.strip()) for line in head[found.end() :].splitlines() if line.strip()]
        if word.upper() != b"LOCAL":  # which says that they lie in this file
            names.append(os.fsdecode(word))
    return names
