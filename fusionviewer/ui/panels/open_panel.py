"""Step 1: the two images."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.image_findings import odd_pair_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, breakable, column_of, label, set_accent

MEANING = {"fixed": "It stays where it is.", "moving": "It is aligned to the fixed image."}


class OpenPanel(QWidget):
    """What is open, and buttons to open something else."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        column = column_of(self)
        self._names = {}
        self._facts = {}
        self._buttons = {}
        for side in SIDES:
            section = Section(f"{side.capitalize()} image")
            self._names[side] = label("", side, wrap=True)
            self._facts[side] = label("", "caption", wrap=True)
            self._buttons[side] = action_button(actions[f"open_{side}"], "Open file")
            section.add(self._names[side])
            section.add(self._facts[side])
            section.add_row(
                self._buttons[side],
                action_button(actions[f"open_{side}_folder"], "DICOM folder"),
            )
            column.addWidget(section)
        self._odd = label("", "warning", wrap=True)
        self._odd.setObjectName("odd_pair")
        column.addWidget(self._odd)
        rest = Section("Study")
        rest.add_row(action_button(actions["open_study"]), action_button(actions["open_sample"], "Open sample"))
        rest.add(action_button(actions["swap_images"]))
        column.addWidget(rest)
        column.addStretch(1)
        workspace.document.when(Changes.IMAGES).connect(self._show)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        for side in SIDES:
            volume = state.volume(side)
            self._names[side].setText(breakable(volume.name) if volume else "not opened")
            self._facts[side].setText(facts(volume) if volume else MEANING[side])
        self._odd.setText("\n".join(sentence(finding) for finding in odd_pair_findings(state)))
        self._odd.setVisible(bool(self._odd.text()))
        for side in SIDES:
            set_accent(self._buttons[side], side in state.missing[:1])


def facts(volume: Volume) -> str:
    """What is worth knowing about an image, in a few lines."""
    grid = volume.grid
    size = " × ".join(str(n) for n in grid.size)
    spacing = " × ".join(f"{mm:.3g}" for mm in grid.spacing)
    lines = [f"{volume.modality or 'modality unknown'}, {size} voxels of {spacing} mm"]
    return "\n".join((*lines, *volume.notes))
