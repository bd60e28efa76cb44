"""What is found about pairs of landmarks that do not fit: single ones, and all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fusionviewer.geometry import Points
from fusionviewer.quality.finding import Finding, found
from fusionviewer.registration.points.agreement import Doubt
from fusionviewer.registration.points.suspects import Reason, Suspect
from fusionviewer.session.edits import point_of

IMAGES: Final = ("the fixed image", "the moving image")
"""What the two sides of pairs are called where they do not come from files."""

_SUSPECT_CODES: Final[dict[Reason, str]] = {
    "displaced": "pair_displaced",
    "swapped": "pairs_swapped",
    "wrong side": "pair_on_wrong_side",
}


def distinct_suspects(suspects: Sequence[Suspect]) -> list[Suspect]:
    """The same with each swap once."""
    return [one for n, one in enumerate(suspects) if one.twin not in {other.number for other in suspects[:n]}]


def suspect_finding(suspect: Suspect, names: Sequence[str], fixed: Points) -> Finding:
    """A pair, or two that look swapped. `off_mm` is how far it lies from where the others expect it."""
    code, where = _SUSPECT_CODES[suspect.reason], point_of(fixed[suspect.number])
    if suspect.twin is None:
        return found(code, where, name=names[suspect.number], off_mm=suspect.off_mm)
    first, second = sorted((suspect.number, suspect.twin))
    return found(code, where, name=names[first], twin=names[second], off_mm=suspect.off_mm)


def doubt_finding(doubt: Doubt, fre_mm: float, fle_mm: float, sources: tuple[str, str] = IMAGES) -> Finding:
    """What may be wrong with all pairs.

    `fre_mm` is the residual of the fit to them as they are, `fle_mm` the FLE that is assumed of pairs
    without one of their own; `sources` are the names of what the fixed and the moving points come from.
    """
    fixed, moving = sources
    match doubt.reason:
        case "mirrored":
            return found("pairs_mirrored", mirrored_mm=doubt.value, fre_mm=fre_mm, fixed=fixed, moving=moving)
        case "scaled":
            return found("pairs_scaled", scale=doubt.value, fixed=fixed, moving=moving)
        case "disagreeing":
            return found("pairs_disagree", times=doubt.value, fle_mm=fle_mm, usual_mm=doubt.value * fle_mm)
        case "turned round":
            return found("pairs_turned_round", rotation_deg=doubt.value)
        case "huddled":
            return found("pairs_huddled", reach_mm=doubt.value)
