"""The predicted error (TRE) at targets and as lines in the views; where one more pair would help."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget

from fusionviewer.app.commands.display import NO_EXPECTED, choose_error
from fusionviewer.app.commands.landmarks import landmark_quality
from fusionviewer.app.commands.landmarks import targets as target_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.guard.words import expected_range
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import about_pose, targets_line, why_withheld_text
from fusionviewer.session.changes import Changes
from fusionviewer.session.view_state import ErrorSource
from fusionviewer.ui.landmarks.target_table import ERROR_TIPS, TargetTable
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.collapsible import Collapsible
from fusionviewer.ui.widgets.controls import action_button, allow, guard_wheel, label, labelled
from fusionviewer.ui.widgets.form_dialog import choice_box

_TIP: Final = "Where one more pair would lower the predicted error most, at the selected target or else the crosshair"
SOURCES: Final[tuple[tuple[ErrorSource, str], ...]] = (("landmarks", "Landmark fit"), ("check", "Check"))
"""(value, name) of the errors that can be shown at places."""

_SOURCE_TIP: Final = (
    "Which error stands at the targets and the crosshair, and as isocontours in the views: that predicted of the "
    "landmark fit, or that expected by the check of the pose shown"
)
_ABOUT_CHECK: Final = "Expected of the pose shown by the check, calibrated on simulations: an estimate, not accuracy."
_ADVICE: Final = "Predicted from where the pairs lie and how well they can be placed, if none is placed wrongly."


class TargetSection(Collapsible):
    """What is predicted for the fit to the landmarks at the targets; folded away it says the numbers alone."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Targets", "targets", parent)
        self._workspace = workspace
        self._about = label("", "caption", wrap=True)
        self._about.setObjectName("tre_about")
        self._table = TargetTable(workspace)
        self._delete = QPushButton("Delete")
        self._delete.setObjectName("delete_target")
        self._delete.setAccessibleName("Delete target")
        self._delete.clicked.connect(self._delete_clicked)
        self._where = QPushButton("Suggest next landmark")
        self._where.setObjectName("where_to_add")
        self._where.clicked.connect(self._propose)
        for button in (self._delete, self._where):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._advice = label(_ADVICE, "caption", wrap=True)
        self._advice.setObjectName("advice")
        self._source = choice_box(SOURCES, workspace.view_model.view.error_of)
        self._source.setObjectName("error_of")
        self._source.setAccessibleName("Error from")
        self._source.setToolTip(_SOURCE_TIP)
        self._source.activated.connect(lambda _: choose_error(workspace, self._source.currentData()))
        guard_wheel(self._source)
        self.add_row(labelled("Error from", self._source), self._source, stretch=1)
        self.add(self._about)
        self.add(self._table)
        self.add_row(action_button(actions["add_target"], "New target"), self._delete)
        contours = action_button(actions["show_error_lines"])
        for button in (self._where, contours):
            button.setProperty("role", "narrow")
        self.add_row(self._where, contours, stretch=0)
        self.add(self._advice)
        document, model = workspace.document, workspace.view_model
        for signal in (
            document.when(Changes.POSE | Changes.TARGETS),
            model.numbers_changed,
            workspace.judge.judged,
            model.expected_error.changed,
        ):
            signal.connect(self._show)
        document.when(Changes.LANDMARKS | Changes.IMAGES).connect(self._forget_advice)
        self._table.itemSelectionChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        facts, chosen = landmark_facts(state), self._table.target
        model = self._workspace.view_model
        by_check, expected = model.view.error_of == "check", model.expected_error.now
        self._source.setCurrentIndex(self._source.findData(model.view.error_of))
        about = "" if expected is not None else NO_EXPECTED
        self._about.setText(about if by_check else about_pose(state, model.pose))
        self._about.setVisible(bool(self._about.text()))
        if self._advice.text() in (_ADVICE, _ABOUT_CHECK):  # and not a proposal
            self._advice.setText(_ABOUT_CHECK if by_check else _ADVICE)
        allow(self._delete, "Remove the selected target (Del)", "" if chosen is not None else "Select a target first.")
        allow(self._where, _TIP, facts.why_not or why_withheld_text(facts))
        if by_check and expected is not None and state.targets:
            self.summary.say(expected_range(expected, [target.point for target in state.targets]), ERROR_TIPS["check"])
        else:
            self.summary.say(targets_line(state), "TRE predicted for the fit to the landmarks, root mean square")

    def _forget_advice(self) -> None:
        self._advice.setText(_ADVICE)
        self._show()

    def _delete_clicked(self) -> None:
        if self._table.target is not None:
            target_commands.delete(self._workspace, self._table.target)

    def _propose(self) -> None:
        proposal = landmark_quality.propose_pair(self._workspace, self._table.target)
        self._advice.setText(
            proposal.sentence if proposal is not None else "There is no place left for one more landmark."
        )
