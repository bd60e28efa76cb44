"""What is found about the user's review of the pose."""

from __future__ import annotations

from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.wording import sentence
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import FusionState


def review_findings(state: FusionState) -> list[Finding]:
    """The review, or that it is out of date, or that there is none although the images are aligned."""
    review, changed = state.alignment.review, changed_since_review(state)
    if review is None:
        return [found("not_reviewed")] if state.alignment.is_made else []
    if changed:
        verdict, date, note, by = review.verdict, review.date, review.note, review.by
        return [found("review_out_of_date", verdict=verdict, date=date, note=note, by=by, changed=changed)]
    return [found(review.verdict, date=review.date, note=review.note, by=review.by)]


def why_not_accepted(state: FusionState) -> str:
    """That the pose was not reviewed, was rejected, or has changed since; empty where it is accepted, or none was made.

    A sentence for what leaves the program, such as files for an archive.
    """
    return " ".join(sentence(finding) for finding in review_findings(state) if finding.code != "accepted")
