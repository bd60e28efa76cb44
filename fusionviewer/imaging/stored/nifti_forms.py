"""The two places in which a NIfTI header says where the image lies, the qform and the sform: they may differ.

Which one ITK takes: the sform if its code is 1 or if there is no qform, else the qform, and the voxel size always from
`pixdim`. Fields and formulas: nifti.nimh.nih.gov, nifti1.h (methods 2 and 3) and nifti2.h.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Matrix
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.reading.note_words import BOTH_FORMS
from fusionviewer.imaging.reading.options import OTHER_FORM, Form

APART_MM: Final = 0.25
"""Rounded files differ by less."""

_IN_MM: Final = {0, 2}
"""Codes of the unit of length: not said, and mm."""

_MEANT: Final = {1: "scanner coordinates", 2: "aligned to another image", 3: "Talairach space", 4: "MNI space"}


@dataclass(frozen=True, eq=False)
class NiftiForms:
    """Both as 4×4 from indices to LPS mm, and their codes: 0 where one is not given."""

    qform: Matrix
    sform: Matrix
    codes: tuple[int, int]
    """Of the qform and the sform."""
    comparable: bool = True
    """Whether lengths are in mm and all numbers are numbers."""

    def matrix(self, form: Form) -> Matrix:
        """One of the two."""
        return self.qform if form == "qform" else self.sform

    def is_broken(self, form: Form) -> bool:
        """Whether one of the two is given, and holds what is no number."""
        given = bool(self.codes[0 if form == "qform" else 1])
        return given and not np.isfinite(self.matrix(form)).all()

    def called(self, form: Form) -> str:
        """One of the two with what its code means."""
        code = self.codes[0 if form == "qform" else 1]
        return f"the {form} ({_MEANT.get(code, f'code {code}')})"


NO_FORMS: Final = NiftiForms(frozen(np.eye(4)), frozen(np.eye(4)), (0, 0))


@dataclass(frozen=True)
class Placed:
    """Where an image lies after all, and what is to be said of it."""

    grid: Grid
    form: Form | None = None
    """Which form was taken where they differ; else None."""
    notes: tuple[str, ...] = ()


def place_by(forms: NiftiForms, grid: Grid, wanted: str, name: str) -> Placed:
    """The grid by the form that is `wanted` (empty: ITK's `grid` as it is), and what is odd.

    Raises UnreadableInput where that form is not there or makes no right-angled grid.
    """
    if wanted and not forms.codes[0 if wanted == "qform" else 1]:
        raise UnreadableInput(f"{name} has no {wanted}.", f"Leave #{wanted} out.")
    broken = [form for form in OTHER_FORM if forms.is_broken(form)]
    if broken:
        return _placed_by_the_other(forms, grid, broken, wanted, name)
    if not all(forms.codes) or not forms.comparable:
        return Placed(grid)
    corners = grid.corners
    indices = np.hstack([grid.indices(corners), np.ones((len(corners), 1))])
    off = {form: _distance((indices @ forms.matrix(form).T)[:, :3], corners) for form in OTHER_FORM}
    itk: Form = "sform" if off["sform"] <= off["qform"] else "qform"
    apart_mm = _distance(*((indices @ forms.matrix(form).T)[:, :3] for form in OTHER_FORM))
    if apart_mm <= APART_MM:
        return Placed(grid)
    used: Form = itk if not wanted else "qform" if wanted == "qform" else "sform"
    placed = grid if used == itk and off[used] <= APART_MM else _grid(forms.matrix(used), grid, used, name)
    taken, left = forms.called(used), forms.called(OTHER_FORM[used])
    note = (
        f"{BOTH_FORMS}, by up to {apart_mm:.1f} mm: {taken} is used, not {left}. "
        "Points and transforms that were made with the other one do not fit."
    )
    return Placed(placed, used, (note,))


def _placed_by_the_other(forms: NiftiForms, grid: Grid, broken: list[Form], wanted: str, name: str) -> Placed:
    """By the form that is sound, where ITK would take zeros for what is no number, and with them another side.

    Raises UnreadableInput where there is none.
    """
    bad, other = broken[0], OTHER_FORM[broken[0]]
    if len(broken) > 1 or wanted == bad or not forms.codes[0 if other == "qform" else 1]:
        raise UnreadableInput(
            f"{name} does not say where it lies: its {' and its '.join(broken)} holds what is no number (NaN or "
            "infinite).",
            "Export the image again, or correct its header.",
        )
    note = f"Its {bad} holds what is no number (NaN or infinite): {forms.called(other)} is used."
    return Placed(_grid(forms.matrix(other), grid, other, name), other, (note,))


def used_form(note: str) -> Form:
    """Which one is used, of a note that both differ."""
    return "sform" if ": the sform (" in note else "qform"


def forms_1(head: bytes, order: str, pixdim: tuple[float, ...]) -> NiftiForms:
    """Those of a NIfTI-1 header."""
    codes = struct.unpack_from(order + "2h", head, 252)
    numbers = struct.unpack_from(order + "18f", head, 256)
    return _forms(codes, numbers, pixdim, head[123])


def forms_2(head: bytes, order: str, pixdim: tuple[float, ...]) -> NiftiForms:
    """Those of a NIfTI-2 header."""
    codes = struct.unpack_from(order + "2i", head, 344)
    numbers = struct.unpack_from(order + "18d", head, 352)
    (units,) = struct.unpack_from(order + "i", head, 500)
    return _forms(codes, numbers, pixdim, units)


def _forms(codes: tuple[int, ...], numbers: tuple[float, ...], pixdim: tuple[float, ...], units: int) -> NiftiForms:
    b, c, d, *offset = numbers[:6]
    qform, sform = np.eye(4), np.eye(4)
    sform[:3] = np.array(numbers[6:], dtype=np.float64).reshape(3, 4)
    qform[:3, 3] = offset
    a = math.sqrt(max(0.0, 1 - (b * b + c * c + d * d)))
    length = math.sqrt(a * a + b * b + c * c + d * d) or 1.0
    a, b, c, d = a / length, b / length, c / length, d / length
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    lps = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    with np.errstate(all="ignore"):  # numbers that are none are found below
        qform[:3, :3] = turn * np.array([pixdim[1], pixdim[2], (-1 if pixdim[0] < 0 else 1) * pixdim[3]])
    sound = bool(np.isfinite(qform).all() and np.isfinite(sform).all())
    used = (max(0, codes[0]), max(0, codes[1]))
    return NiftiForms(frozen(lps * qform), frozen(lps * sform), used, sound and units & 7 in _IN_MM)


def _grid(matrix: Matrix, like: Grid, form: Form, name: str) -> Grid:
    lengths = np.linalg.norm(matrix[:3, :3], axis=0)
    if not (lengths > 0).all():
        raise UnreadableInput(f"The {form} of {name} is no grid.", f"Leave #{form} out: the other one may be.")
    x, y, z = (float(v) for v in matrix[:3, 3])
    a, b, c = (float(mm) for mm in lengths)
    return Grid(like.size, (a, b, c), (x, y, z), frozen(matrix[:3, :3] / lengths))


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other, axis=1).max())
