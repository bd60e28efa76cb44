"""Step 4: files for other programs."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.steps import next_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, column_of, label, set_accent

_EXPORTS = (
    ("Transform", "export_transform", "Transform…",
     "For FSL, FreeSurfer, SPM, ANTs, 3D Slicer and others, with the line to type there; or as numbers to copy."),
    ("Images", "export_moving", "Resampled moving image…",
     "The moving image on the fixed image's voxels, or on a grid that covers both images."),
    ("", "export_fixed", "Resampled fixed image…",
     "The fixed image on the moving image's voxels: a CT then keeps its own resolution."),
    ("", "export_fused", "Fused volume…",
     "The fused image for other viewers: red, green and blue of each voxel, or one grey."),
    ("Other viewers", "scene_slicer", "Open in 3D Slicer…",
     "Writes a folder to open there: both images, transform, fade, windows, landmarks and targets."),
    ("", "scene_itksnap", "Open in ITK-SNAP…",
     "Writes a folder to open there: main image, and the moving one over it with its registration."),
    ("Archive", "export_archive", "Back to the archive…",
     "DICOM for the hospital's archive (PACS): registration and aligned series, in the patient's study or without "
     "names."),
    ("Screenshot", "export_picture", "Screenshot…",
     "PNG or TIFF of the three planes, one view or the mosaic, without names unless you ask."),
    ("Study", "save", "Save study", "Everything but the voxels, to go on with later."),
)  # fmt: skip


class ExportPanel(QWidget):
    """A button for each file, with a line that says what it is."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        column = column_of(self)
        section: Section | None = None
        for title, key, text, meaning in _EXPORTS:
            if title or section is None:
                section = Section(title)
                column.addWidget(section)
            button = action_button(actions[key], text)
            section.add(button)
            section.add(label(meaning, "caption", wrap=True))
            if key == "export_transform":
                self._first = button
        column.addWidget(label("Not a medical device: for research only.", "caption", wrap=True))
        column.addStretch(1)
        workspace.document.when(Changes.RESULTS | Changes.REVIEW | Changes.POSE).connect(self._show)
        workspace.exported.connect(self._show)
        self._show()

    def _show(self) -> None:
        exported = self._workspace.alignment_exported
        set_accent(self._first, next_step(self._workspace.document.state) == "export" and not exported)
