"""MetaImage files in unusual forms, of which ITK gives whatever lay in the memory, without a word.

It does so for slices that no file is named for, and for the first voxels of those that are written as text.
"""

from __future__ import annotations

from pathlib import Path

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.stored.headers import LONGEST_HEADER, MetaHeader, meta_header
from fusionviewer.imaging.stored.voxels import damaged


def check_meta_parts(path: Path, size: tuple[int, ...]) -> None:
    """Raise UnreadableInput for a MetaImage file of this size (i, j, k) that ITK would misread; other files pass."""
    if path.suffix.lower() not in {".mha", ".mhd"}:
        return
    with path.open("rb") as stream:
        content = stream.read(LONGEST_HEADER)
    header = meta_header(content)
    if header is None:
        raise damaged(path)
    slices = _slices(header, content)
    if slices is not None and slices != size[-1]:
        raise UnreadableInput(
            f"{path.name} names {slices} files for its {size[-1]} slices.", "Copy or export the image again."
        )
    packed = header.fields.get("compresseddata", "false").startswith(("t", "1"))
    if not packed and not header.fields.get("binarydata", "true").startswith(("t", "1")):
        raise UnreadableInput(
            f"The voxels of {path.name} are written as text.", "Write the image again with BinaryData = True."
        )


def _slices(header: MetaHeader, content: bytes) -> int | None:
    """How many files a header names, one for each slice; None: it names one for all."""
    if header.named.upper().startswith("LIST"):
        return sum(1 for line in content[header.end :].splitlines() if line.strip())
    if "%" not in header.named:
        return None
    words = header.named.split()[1:]
    if not 2 <= len(words) <= 3 or not all(word.isdecimal() and len(word) < 10 for word in words):
        return 0
    first, last, step = (*map(int, words), 1)[:3]
    return len(range(first, last + 1, max(1, step)))
