"""What must be decided before an image can be read: which volume of a file it is, or how large its voxels are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import ImageQuestion, Wanted
from fusionviewer.imaging.reading.options import Spacing, split_reference
from fusionviewer.imaging.reading.undecided import SeveralVolumes
from fusionviewer.session.state import Side


def decided(
    workspace: Workspace, wanted: Mapping[Side, Wanted], question: ImageQuestion
) -> Mapping[Side, Wanted] | None:
    """What is wanted after the user has answered; None where the user thought better of it."""
    asks, source = question.asks, wanted[question.side]
    if isinstance(asks, SeveralVolumes):
        number = workspace.questions.choose_volume(asks.path.name, asks.volumes, asks.volumes.likeliest)
        reference = None if number is None else f"#{number}{split_reference(source.series_uid)[1].text}"
    else:
        spacing = workspace.questions.type_spacing(asks.path.name, asks.message, asks.suggested)
        reference = None if spacing is None else with_spacing(asks.series, spacing)
    if reference is None:
        return None
    return {**wanted, question.side: replace(source, path=asks.path, series_uid=reference, found=None, part=1)}


def with_spacing(reference: str, spacing_mm: Spacing) -> str:
    """The text that names an image in its file, with a voxel size that was typed."""
    series, options = split_reference(reference)
    return f"{series}{replace(options, spacing_mm=spacing_mm).text}"
