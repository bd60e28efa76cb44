"""What was done manually to a fusion, as far as its study keeps it: what, and by whom and when where that is known."""

from __future__ import annotations

from typing import Any

from fusionviewer.session.state import FusionState


def manual_record(state: FusionState) -> list[dict[str, Any]]:
    """Each step as a JSON object: `what`, `by` and `date` (null: the study does not keep it), and its `sentence`.

    The review is the last of them. None of the sentences has a name in it but the reviewer's initials.
    """
    out, alignment = [], state.alignment
    if alignment.origin == "hand":
        out.append(_step("pose", "The pose was adjusted manually."))
    marked = sum(pair.complete for pair in state.landmarks)
    if marked:
        pairs = "pair was" if marked == 1 else "pairs were"
        out.append(_step("landmarks", f"{marked} landmark {pairs} marked, or read from files."))
    if state.targets:
        one = len(state.targets) == 1
        out.append(_step("targets", f"{len(state.targets)} {'target was' if one else 'targets were'} marked."))
    if state.region is not None and state.region.box is not None:
        out.append(_step("region", "A box was drawn for the registration to look at alone."))
    for side, volume in state.volumes().items():
        if volume.mirrored:
            out.append(_step("mirrored", f"The {side} image was mirrored along {' and '.join(volume.mirrored)}."))
    review = alignment.review
    if review is not None:
        sentence = f"The alignment was {review.verdict}."
        out.append({"what": "review", "by": review.by or None, "date": review.date, "sentence": sentence})
    return out


def _step(what: str, sentence: str) -> dict[str, Any]:
    return {"what": what, "by": None, "date": None, "sentence": sentence}
