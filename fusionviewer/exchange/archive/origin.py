"""Whether an image came from DICOM: asked often, so that neither pydicom nor a file is needed for it."""

from __future__ import annotations

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading.options import NO_OPTIONS
from fusionviewer.imaging.volume import Volume


def check_source(volume: Volume, side: str) -> None:
    """Raise UnreadableInput where nothing of an archive can be written about an image; reads no file."""
    if volume.source is None or not volume.source.is_dicom:
        raise UnreadableInput(
            f"The {side} image “{volume.name}” was not read from DICOM files.",
            "Open its DICOM series: other files do not tell to which patient and study they belong.",
        )
    if volume.source.options != NO_OPTIONS:
        raise UnreadableInput(
            f"The {side} image “{volume.name}” was not read as its files say, so that the archive's images are others.",
            "Open it without what was decided about its reading, or export NIfTI volumes instead.",
        )
    if volume.mirrored:
        raise UnreadableInput(
            f"The {side} image “{volume.name}” was mirrored, so that it lies no longer as the archive has it.",
            "Undo the mirroring, or export NIfTI volumes instead.",
        )


def check_sources(fixed: Volume, moving: Volume) -> None:
    """Raise UnreadableInput where nothing can be written about these two; reads no file."""
    check_source(fixed, "fixed")
    check_source(moving, "moving")
