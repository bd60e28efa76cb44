"""What is said on the command line of landmark pairs that do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fusionviewer.registration.points.agreement import Doubt, Judgement
    from fusionviewer.registration.points.suspects import Suspect

_LONGEST_NAME: Final = 40

_MANY_TIMES: Final = 5.0
"""Residuals so many times larger than they should be are no matter of careful placing."""


def shown(name: str) -> str:
    """A name as it can stand in a line of words: without breaks and control characters, and not too long."""
    from fusionviewer.exchange.points.named_points import tidy

    line = " ".join(tidy(name).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


def suspicion(suspect: Suspect, names: Sequence[str]) -> str:
    """One suspect in a sentence."""
    name = shown(names[suspect.number])
    if suspect.twin is not None:
        what = f"seems swapped with “{shown(names[suspect.twin])}”"
    elif suspect.reason == "wrong side":
        what = "seems to be on the wrong side of the head in one image"
    else:
        what = "seems displaced in one image"
    return f"“{name}” does not fit the others: it {what}, {suspect.off_mm:.1f} mm off."


def doubt_in_words(doubt: Doubt, fre_mm: float, fle_mm: float, files: tuple[str, str]) -> str:
    """What speaks against all pairs together, and what to do, in words."""
    fixed, moving = files
    value = doubt.value
    if doubt.reason == "mirrored":
        return (
            f"The points of one file look mirrored: with {fixed} mirrored they fit to {value:.1f} mm RMS, and only to "
            f"{fre_mm:.1f} mm as they are. No rigid fit mends that: check which file has left and right, or two of its "
            "columns, exchanged."
        )
    if doubt.reason == "scaled":
        return (
            f"The points of {moving} lie {value:.3f} times as far apart as those of {fixed}, and a rigid fit does not "
            "scale. Check that both are mm, not voxels, and the voxel sizes of the images."
        )
    if doubt.reason == "turned round":
        return (
            f"The fit turns by {value:.0f}°, as if one of the files were RAS: of tables, all are read as LPS. "
            "If the patient did not lie so, negate x and y in that file."
        )
    if doubt.reason == "huddled":
        return f"All points lie within {value:.0f} mm. If the files are in cm, give them in mm."
    what = (
        f"The pairs disagree by more than placing them to {fle_mm:.3g} mm explains: residuals like these are usual "
        f"for {value * fle_mm:.1f} mm. An error predicted from them is too small."
    )
    return f"{what} Check that the same names mean the same places." if value > _MANY_TIMES else what


def warnings_about(judgement: Judgement, names: Sequence[str], fle_mm: float, files: tuple[str, str]) -> list[str]:
    """A sentence for everything that speaks against the pairs."""
    doubts = [doubt_in_words(doubt, judgement.fit.fre_mm, fle_mm, files) for doubt in judgement.doubts]
    suspicions = [f"{suspicion(suspect, names)} Look at it before you use the fit." for suspect in judgement.suspects]
    return [f"fusionviewer: Warning: {sentence}" for sentence in (*doubts, *suspicions)]
