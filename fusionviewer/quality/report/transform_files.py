"""Whether the transform survives the files of other programs: each is written for trial and read back."""

from __future__ import annotations

from typing import Any

from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import FORMATS, trial_proof
from fusionviewer.session.state import FusionState


def transform_files_record(state: FusionState) -> list[dict[str, Any]]:
    """A JSON object for each format of transforms that needs no voxels: `key`, `program`, `maps`, `points`, `max_mm`.

    `max_mm` is how far a file of it, read back by a second path, lies from the transform at most, over `points` points
    of the fixed image; null where it does not agree or could not be tried, and then `why_not` is the sentence.
    """
    pair, out = Pair.of(state.fixed, state.moving), []
    for known in FORMATS:
        if known.with_voxels:
            continue
        told: dict[str, Any] = {"key": known.key, "program": known.title, "maps": known.maps}
        try:
            proof = trial_proof(state.alignment.moving_from_fixed, known, pair)
            told |= {"points": proof.points, "max_mm": proof.max_mm, "why_not": ""}
        except FusionError as problem:
            told |= {"points": 0, "max_mm": None, "why_not": problem.message}
        out.append(told)
    return out
