"""What may be written of errors and of other libraries' remarks: nothing that could come from a patient's data.

Not what looks like a name is taken out, but only what is known to be harmless is let through: of an exception its type
and the places in the program, of a text the words of a fixed list.
"""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

HIDDEN: Final = "…"
"""Stands where something was left out."""

_CAME_OF: Final = "\nwhich came of:\n"

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_ROOTS: Final = ((str(_PACKAGE), _PACKAGE.name), (os.path.dirname(os.__file__), "python"))
"""Folders whose files may be named, and what stands for the folder."""

_LIBRARIES: Final = "/site-packages/"
"""What lies in a folder of this name is named from there."""

_FRAMES_KEPT: Final = 40
_LINES_KEPT: Final = 20
_CAUSES_KEPT: Final = 5
"""Of a chain of exceptions, so many at each end: what was raised last, and what began it."""

_WORDS_AS_TEXT: Final = """
a after alloc allocate allocated already an and any are as at bad be because been before between bits body buffer
by byte bytes cannot cant change check checksum code codec compressed compression condition construct corrupt
corrupted could count create creating data dataset decoder decompress decompressor dictionary dim dimension
dimensions direction does element empty encoding end endian engine eof error exceeds expected explicit factory
failed failure fields file files fit flag for format found fragment frame from group has have header headers
ignored ignoring image images implicit in incomplete inconsistent index initialize input insufficient int integer
invalid io is it item its jpeg length less level line list load looking lookup magic malformed match
matrix mdhd memory metadata mismatch missing more negative no nonorthogonal not null number object of offset on
only open opened opening or order origin orthogonal out output overflow palette parse parser parsing pixel pixels
please pointer position precision premature present problem range raw read reader reading received rejected row
same sample scan seek segment sequence set should size slice spacing stack stream string supported suspicious
swap syntax table tag tags than the there this time to too transfer truncated type unable undefined unexpected
unknown unsupported use used using value values version warning was were while width with without wrong write
writer writing written wrote zero zlib
gdcm gdcmimageio itk itkexception itkimageiobase libtiff metaarray metaimage metaimageio metaobject nifti
niftiimageio nrrd nrrdimageio simpleitk teem warn znz
"""
_WORDS: Final = frozenset(_WORDS_AS_TEXT.split())

_TOKEN: Final = re.compile(r"\([0-9a-fA-F]{4},[0-9a-fA-F]{4}\)|[^\s:;,.!?*()\[\]<>=\"'“”‘’]+|[:;,.!?*()\[\]<>=]")
_CLOSING: Final = frozenset(":;,.!?)]")
_TAG: Final = re.compile(r"\((0002|0008|0010|0018|0020|0028|0040|0054|5200|7fe0|fffe),[0-9a-f]{4}\)", re.IGNORECASE)
"""With a group that images have: another number may be a date of birth."""

_QUOTED: Final = re.compile(
    r""" "[^"\n]*(?:"|.*) | “[^”\n]*(?:”|.*) | ‘[^’\n]*(?:’|.*) | (?<!\w)'(?:[^\n]*?'(?!\w)|.*) """,
    re.DOTALL | re.VERBOSE,
)
"""What is quoted; where a line does not close it, all that follows."""

_PATH: Final = re.compile(r"(?<!\S)\S*?[/\\](?:.*[/\\])?.*?(?=:\s|$)")
"""From the first word with a slash to the end of the line, for names of folders have spaces; a colon with a space after
the last slash ends it."""

_FILE_NAME: Final = re.compile(r"(?<!\S)\S*?\w\.\w\S*")


def known_words(text: str) -> str:
    """A library's remark, of which only the words of a fixed list are left, its signs, and DICOM tags (gggg,eeee).

    What stands in quotes, paths and names of files are left out whole, also where their words are on the list. Lines
    that have no word left are dropped; at most 20 lines are kept.
    """
    lines = (_known(line) for line in _QUOTED.sub(f" {HIDDEN} ", text).splitlines())
    return "\n".join([line for line in lines if any(letter.isalpha() for letter in line)][:_LINES_KEPT])


def _known(line: str) -> str:
    kept: list[str] = []
    for token in _TOKEN.findall(_FILE_NAME.sub(HIDDEN, _PATH.sub(HIDDEN, line))):
        sign = len(token) == 1 and not token.isalnum()
        word = token if sign or token.lower() in _WORDS or _TAG.fullmatch(token) else HIDDEN
        if word in _CLOSING and kept:
            kept[-1] += word
        elif word != HIDDEN or not kept or kept[-1] != HIDDEN:
            kept.append(word)
    return " ".join(kept)


def place_of(filename: str) -> str:
    """A source file named from the package, a library's folder or Python's own; others are hidden."""
    path = filename.replace(os.sep, "/")
    if _LIBRARIES in path:
        return path[path.rindex(_LIBRARIES) + 1 :]
    for root, name in _ROOTS:
        if filename.startswith(root + os.sep):
            return f"{name}{path[len(root) :]}"
    # a frozen program names its own modules like this
    return path if path.startswith(f"{_PACKAGE.name}/") and ".." not in path else HIDDEN


def described(error: BaseException) -> str:
    """An exception as type and places, the innermost last, with what caused it; neither its text nor any value.

    Of a long chain of causes the middle is left out.
    """
    chain: list[BaseException] = []
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        chain.append(now)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    left_out = len(chain) - 2 * _CAUSES_KEPT
    if left_out <= 0:
        return _CAME_OF.join(_alone(one) for one in chain)
    last, first = chain[:_CAUSES_KEPT], chain[-_CAUSES_KEPT:]
    return _CAME_OF.join([*map(_alone, last), f"{HIDDEN} {left_out} more", *map(_alone, first)])


def _alone(error: BaseException) -> str:
    return "\n".join([f"{type(error).__qualname__} (its text is left out)", *_places(error.__traceback__)])


def _places(trace: TracebackType | None) -> list[str]:
    frames = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(trace)]
    return [f"  {place_of(name)}, line {line}, in {function}" for name, line, function in frames[-_FRAMES_KEPT:]]


def innermost(error: BaseException) -> str:
    """Where an exception was raised, as far as the program's own code is concerned: "module.py, line 12"; or empty."""
    own = [
        f"{os.path.basename(frame.f_code.co_filename)}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if place_of(frame.f_code.co_filename).startswith(f"{_PACKAGE.name}/")
    ]
    return own[-1] if own else ""
