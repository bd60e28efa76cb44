"""What was odd about the images when they were read."""

from __future__ import annotations

from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.finding import Finding, found
from fusionviewer.session.state import SIDES, FusionState, Side


def image_findings(volume: Volume, side: Side) -> list[Finding]:
    """The remarks of the reader of one image, in its own words."""
    return [found("image_remark", side=side, name=volume.name, remark=note) for note in volume.notes]


def images_findings(state: FusionState) -> list[Finding]:
    """The same of both images."""
    return [one for side in SIDES if (volume := state.volume(side)) is not None for one in image_findings(volume, side)]
