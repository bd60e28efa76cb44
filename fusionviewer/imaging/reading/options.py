"""What a user has decided about how an image is read, where its file leaves a choice or says too little.

It stands behind the series, or the number of a volume, in the text that names an image within its file: `#3#qform`,
`UID#2#spacing=0.5,0.5,2`. So it is kept wherever that text is: in studies, on the command line, in tables of pairs.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from fusionviewer.errors import BadArgument

Form: TypeAlias = Literal["sform", "qform"]
"""The two places in which a NIfTI header says where the image lies."""

Spacing: TypeAlias = tuple[float, float, float]
"""Distance of columns, of rows and of slices, mm."""

OTHER_FORM: Final[dict[Form, Form]] = {"sform": "qform", "qform": "sform"}

_SPACING: Final = "spacing="
_ADDED: Final = "add="
_ACQUISITION: Final = "acquisition="
_FLAGS: Final = {"as-stored": "as_stored", "padding-is-air": "padding_is_air", "last-copies": "last_copies"}
"""What stands for a decision between two, and its field."""


@dataclass(frozen=True)
class ReadingOptions:
    """Decisions, each with the value that means that nothing was decided."""

    form: Form | Literal[""] = ""
    spacing_mm: Spacing | None = None
    """As it was typed."""
    added: float = 0.0
    """What is added to every value of a CT that says nothing of Hounsfield units."""
    as_stored: bool = False
    """Values that are meant to be inverted (MONOCHROME1) stay as they are."""
    padding_is_air: bool = False
    """What lies outside of the scanner's field of view becomes air."""
    last_copies: bool = False
    """Of slices that are there more than once the last one is taken, not the first."""
    acquisition: float = 0.0
    """The number of the acquisition whose slices alone are taken; 0: all."""

    @property
    def text(self) -> str:
        """As it stands behind the series: #qform#spacing=1,1,2; empty where nothing was decided."""
        parts: list[str] = [self.form] if self.form else []
        if self.spacing_mm is not None:
            parts.append(_SPACING + ",".join(f"{mm:.10g}" for mm in self.spacing_mm))
        if self.added:
            parts.append(f"{_ADDED}{self.added:.10g}")
        if self.acquisition:
            parts.append(f"{_ACQUISITION}{self.acquisition:.10g}")
        parts += [word for word, field in _FLAGS.items() if getattr(self, field)]
        return "".join(f"#{part}" for part in parts)


NO_OPTIONS: Final = ReadingOptions()


def split_reference(reference: str) -> tuple[str, ReadingOptions]:
    """The series, or the #number of a volume, and what was decided. Raises BadArgument for numbers that are none."""
    found: dict[str, object] = {}
    while "#" in reference:
        before, _, last = reference.rpartition("#")
        option = _option(last)
        if option is None:
            break
        reference, found = before, {**option, **found}
    return reference, ReadingOptions(**found)  # type: ignore[arg-type] # _option has made them


def file_part(text: str) -> str:
    """The file or folder in an image as it is given on the command line: what stands before #3, #qform and the like.

    Of what is not there, what stands before the first #.
    """
    before = text
    while "#" in before and not os.path.exists(before):  # not Path's: those raise
        before = before.rpartition("#")[0]
    return before


def _option(text: str) -> dict[str, object] | None:
    """A decision by the name of its field; None for what is none."""
    if text in get_args(Form):
        return {"form": text}
    if text in _FLAGS:
        return {_FLAGS[text]: True}
    for begins, field in ((_ADDED, "added"), (_ACQUISITION, "acquisition")):
        if text.startswith(begins):
            return {field: _numbers(text, text.removeprefix(begins), 1)[0]}
    if text.startswith(_SPACING):
        spacing = _numbers(text, text.removeprefix(_SPACING), 3)
        return {"spacing_mm": spacing}
    return None


def _numbers(whole: str, text: str, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        what = "three numbers of mm: #spacing=0.5,0.5,2" if count == 3 else "a number"
        raise BadArgument(f"#{whole} is not understood.", f"Give it {what}.")
    return numbers
