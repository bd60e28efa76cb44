"""What is found about the user's verdict on the pose."""

from __future__ import annotations

from fusionviewer.quality.finding import Finding, found
from fusionviewer.session.state import FusionState


def review_findings(state: FusionState) -> list[Finding]:
    """The verdict, or that there is none although the images are aligned."""
    review = state.alignment.review
    if review is not None:
        return [found(review.verdict, date=review.date, note=review.note)]
    return [] if state.alignment.origin in {"header", "centre"} else [found("not_reviewed")]
