"""Step 1: the two images."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget

from fusionviewer.app.commands import window
from fusionviewer.app.commands.register import StartChoice, set_start
from fusionviewer.app.state.steps import step_to_show
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.image_findings import frame_findings, odd_pair_findings
from fusionviewer.quality.pose_findings import centre_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, FusionState
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.panels.image_card import ImageCard
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, column_of, set_accent
from fusionviewer.ui.widgets.remark_list import Remark, RemarkButton, RemarkList


class OpenPanel(QWidget):
    """What is open, and buttons to open something else."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        column = column_of(self)
        column.addSpacing(UNIT)
        for side in SIDES:
            column.addWidget(ImageCard(workspace, actions, side))
        self._odd = RemarkList("odd_pair")
        column.addWidget(self._odd)
        rest = Section("Study")
        rest.add_row(action_button(actions["open_study"]), action_button(actions["swap_images"]))
        column.addWidget(rest)
        self._go_on = QPushButton("Go on to Align")
        self._go_on.setObjectName("go_on")
        self._go_on.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._go_on.setToolTip("Register, place landmarks, refine, or align manually")
        self._go_on.clicked.connect(lambda: window.show_step(workspace, "align"))
        column.addWidget(self._go_on)
        column.addStretch(1)
        workspace.document.when(Changes.IMAGES | Changes.POSE).connect(self._show)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        found = (*odd_pair_findings(state), *centre_findings(state), *frame_findings(state))
        self._odd.show_remarks([self._remark(finding, state) for finding in found])
        self._go_on.setVisible(state.has_pair)
        set_accent(self._go_on, state.has_pair and step_to_show(state) == "open")

    def _remark(self, finding: Finding, state: FusionState) -> Remark:
        """What is said of both images together, with what can be done about it."""
        remedy: tuple[RemarkButton, ...] = ()
        if finding.code == "centres_apart":
            remedy = (self._start_button("centre", "Align centres", "Put the middles of both images on each other"),)
        elif finding.code == "same_frame" and state.alignment.origin != "header":
            remedy = (self._start_button("header", "Reset to header", "Align as both headers say"),)
        return Remark(sentence(finding), remedy, warns=finding.level != "fact")

    def _start_button(self, start: StartChoice, title: str, told: str) -> RemarkButton:
        return RemarkButton(f"remedy_{start}", title, told, partial(set_start, self._workspace, start))
