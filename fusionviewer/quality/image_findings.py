"""What was odd about the images when they were read."""

from __future__ import annotations

from fusionviewer.quality.finding import Finding, found
from fusionviewer.session.state import FusionState


def image_findings(state: FusionState) -> list[Finding]:
    """The remarks of the readers of all images, in their own words."""
    return [
        found("image_remark", side=side, name=volume.name, remark=remark)
        for side, volume in state.volumes().items()
        for remark in volume.notes
    ]
