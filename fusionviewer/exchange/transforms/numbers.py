"""What the formats have in common: small text files, 17 digits, LPS to RAS and back, and rigid or refused."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.text_files import number_in
from fusionviewer.geometry import Matrix, NotRigid, RigidTransform
from fusionviewer.geometry.types import FARTHEST
from fusionviewer.imaging.whole_files import SMALL_BYTES, read_whole, written_whole

WANTED: Final = "Choose a file with one rigid transform, for example one that fusionviewer wrote."

MOST_BYTES: Final = SMALL_BYTES
"""A rigid transform takes some hundred bytes; a comment may name many files."""

_TURN: Final = np.array([-1.0, -1.0, 1.0, 1.0])


def other_frame(matrix: Matrix) -> Matrix:
    """A 4×4 of points in LPS mm as one of points in RAS mm, or the other way round: x and y are negated."""
    return np.asarray(_TURN[:, None] * np.asarray(matrix, dtype=np.float64) * _TURN)


def ras_from_index(point_from_index: Matrix) -> Matrix:
    """A grid's 4×4 from indices to LPS mm as NIfTI has it, to RAS mm."""
    return np.asarray(_TURN[:, None] * np.asarray(point_from_index, dtype=np.float64))


def read_bytes(path: Path) -> bytes:
    """All of a small regular file. Raises UnreadableInput."""
    if os.path.isdir(path):
        raise UnreadableInput(f"{path} is a folder, not a transform.", WANTED)
    if os.path.exists(path) and not os.path.isfile(path):
        raise UnreadableInput(f"{path} is a device, not a transform.", WANTED)
    if os.path.isfile(path) and os.path.getsize(path) > MOST_BYTES:
        raise UnreadableInput(f"{path.name} is too large for a rigid transform.", WANTED)
    content = read_whole(path)
    if not content.strip():
        raise UnreadableInput(f"{path.name} is empty.", WANTED)
    return content


def read_text(path: Path) -> str:
    """The text of a small regular file; what is no UTF-8 (a path in a comment) is replaced. Raises UnreadableInput."""
    content = read_bytes(path)
    if b"\0" in content:
        raise UnreadableInput(f"{path.name} is not a text file.", WANTED)
    return content.decode("utf-8-sig", "replace")


def write_text(path: Path, text: str) -> None:
    """Write a text. The file appears whole or not at all. Raises CannotWrite."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def row(numbers: ArrayLike) -> str:
    """Numbers with 17 digits, which bring each back to the last bit; zero is never negative."""
    return " ".join(f"{float(n) + 0.0:.17g}" for n in np.asarray(numbers, dtype=np.float64).ravel())


def rows(matrix: Matrix) -> str:
    """A line for each row of a matrix, each with its end."""
    return "".join(f"{row(numbers)}\n" for numbers in matrix)


def numbers_in(path: Path, words: Iterable[str], what: str = "its matrix") -> list[float]:
    """The finite numbers that words are. Raises UnreadableInput if one is none, or larger than any of a transform."""
    found = [number_in(word) for word in words]
    numbers = [number for number in found if number is not None]
    if len(numbers) != len(found):
        raise UnreadableInput(f"{path.name} is damaged: not all of {what} is numbers.", WANTED)
    if any(abs(number) > FARTHEST for number in numbers):
        raise UnreadableInput(f"{path.name} is damaged: a number of {what} makes no sense.", WANTED)
    return numbers


def matrix_in(path: Path, text: str) -> Matrix:
    """The 4×4 of a text that holds nothing else; 3×4 numbers are its first rows. Lines that begin with # are comments.

    Raises UnreadableInput.
    """
    lines = [line.split("#", 1)[0].replace(",", " ").split() for line in text.splitlines()]
    numbers = numbers_in(path, [word for words in lines for word in words])
    return square(path, numbers)


def square(path: Path, numbers: list[float]) -> Matrix:
    """A 4×4 from 16 numbers row by row, or from the 12 of its first three rows. Raises UnreadableInput."""
    if len(numbers) == 12:
        numbers = [*numbers, 0.0, 0.0, 0.0, 1.0]
    if len(numbers) != 16:
        raise UnreadableInput(f"{path.name} holds {len(numbers)} numbers, not the 16 of a 4×4 matrix.", WANTED)
    return np.array(numbers).reshape(4, 4)


def rigid(path: Path, matrix: object) -> RigidTransform:
    """The rigid transform of a 4×4 in LPS mm. Raises UnreadableInput if it scales, shears or mirrors.

    The tolerance is that of `RigidTransform`: files with few digits come within it and are made orthogonal. What it
    lets through moves no point of a head (100 mm from its middle) by more than 0.01 mm.
    """
    try:
        return RigidTransform.from_matrix(matrix)
    except NotRigid as problem:
        raise UnreadableInput(f"{path.name} does not hold a rigid transform: {problem.why}.", WANTED) from problem
    except np.linalg.LinAlgError as problem:
        raise UnreadableInput(
            f"{path.name} does not hold a rigid transform: its matrix is singular.", WANTED
        ) from problem


def inverse(path: Path, matrix: Matrix) -> Matrix:
    """The inverse of a 4×4 from a file. Raises UnreadableInput where it has none."""
    try:
        found = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        found = np.full((4, 4), np.inf)
    if not (np.abs(found) <= FARTHEST).all():  # also what is singular but for a tiny number
        raise UnreadableInput(f"{path.name} does not hold a rigid transform: its matrix is singular.", WANTED)
    return found
