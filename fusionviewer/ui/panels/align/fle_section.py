"""How well landmarks can be placed: typed, automatic, or learnt by repeated placement."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget

from fusionviewer.app.commands.landmarks import landmark_quality, repeat_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import automatic_fle_mm, landmark_facts
from fusionviewer.quality.landmark_lines import repeats_text
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import number_font
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.collapsible import Collapsible
from fusionviewer.ui.widgets.controls import NumberBox, action_button, allow, guard_wheel, label, show_value

_FLE_TIP: Final = (
    "How well a pair can be placed: the root mean square error in 3D of both images together. 0: automatic, from the "
    "size of the voxels. Pairs with an error of their own keep it"
)
_OWN_TIP: Final = (
    "How well the selected pair could be placed: the fit and the predicted error trust it more or less than others. "
    "0: as the others"
)
_TAKE_TIP: Final = (
    "Assume this FLE from now on. It is how well you repeat yourself: what one always places wrongly in "
    "the same way is not in it"
)


class FleSection(Collapsible):
    """Lets the user say or learn how well pairs can be placed; folded away it says what is assumed."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Localisation error (FLE)", "placement", parent)
        self.heading.setAccessibleName("Fiducial localisation error (FLE)")
        self._workspace = workspace
        self._fle = FleBox()
        self._fle.valueChanged.connect(lambda mm: landmark_quality.set_fle(workspace, mm or None))
        self.add_row(label("All pairs"), self._fle, stretch=1)
        self._own = FleBox("pair_fle", "Fiducial localisation error (FLE) of the selected pair", "as the others")
        self._own.valueChanged.connect(lambda mm: landmark_quality.set_pair_fle(workspace, mm or None))
        self.add_row(label("Selected pair"), self._own, stretch=1)
        self._take = QPushButton("Use estimate")
        self._take.setObjectName("take_estimate")
        self._take.clicked.connect(lambda: landmark_quality.take_estimate(workspace))
        self._forget = QPushButton("Clear repeats")
        self._forget.setObjectName("forget_repeats")
        self._forget.clicked.connect(lambda: repeat_landmarks.forget_repeats(workspace))
        for button in (self._take, self._forget):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        again = action_button(actions["mark_again"], "Repeat placement")
        for button in (again, self._take, self._forget):
            button.setProperty("role", "narrow")
        self.add(again)
        self.add_row(self._take, self._forget)
        self._repeats = label("", "caption", wrap=True)
        self._repeats.setObjectName("repeats")
        self.add(self._repeats)
        document = workspace.document
        document.when(Changes.LANDMARKS | Changes.IMAGES).connect(self._show)
        workspace.view_model.selection_changed.connect(self._show_own)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        facts = landmark_facts(state)
        self.summary.say(f"{facts.fle_mm:.2f} mm, {'auto' if state.fle_mm is None else 'own'}", _FLE_TIP)
        self._fle.show_fle(state.fle_mm, automatic_fle_mm(state))
        allow(self._fle, _FLE_TIP, "" if state.has_pair else "Open a fixed and a moving image first.")
        self._show_own()
        estimate = facts.repeats.fle_mm
        self._take.setText("Use estimate" if estimate is None else f"Use {estimate:.2f} mm")
        allow(self._take, _TAKE_TIP, "" if estimate else "Repeat the placement of pairs in both images first.")
        why_not = repeat_landmarks.why_no_repeats(self._workspace)
        allow(self._forget, "Remove all repeated placements; the first ones stay", why_not)
        self._repeats.setText(repeats_text(facts))
        self._repeats.setVisible(bool(self._repeats.text()))

    def _show_own(self) -> None:
        state, pair = self._workspace.document.state, self._workspace.selected_pair
        assumed = automatic_fle_mm(state) if state.fle_mm is None else state.fle_mm
        self._own.show_fle(None if pair is None else pair.fle_mm, assumed)
        allow(self._own, _OWN_TIP, "" if pair is not None else "Select a landmark pair first.")


class FleBox(NumberBox):
    """The FLE: automatic (0), or a number of mm. Stepping begins at what was automatic."""

    def __init__(
        self, name: str = "fle", meaning: str = "Fiducial localisation error (FLE) of a pair", usual: str = "automatic"
    ) -> None:
        super().__init__()
        self._automatic = 1.0
        self._usual = usual
        self.setObjectName(name)
        self.setAccessibleName(meaning)
        self.setRange(0, 100)
        self.setDecimals(2)
        self.setSingleStep(0.1)
        self.setSuffix(" mm")
        self.setFont(number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setKeyboardTracking(False)
        guard_wheel(self)

    def show_fle(self, fle_mm: float | None, automatic_mm: float) -> None:
        """Show what is assumed, and what would be automatically."""
        self._automatic = automatic_mm
        self.setSpecialValueText(f"{self._usual}: {automatic_mm:.2f} mm")
        show_value(self, fle_mm or 0.0)

    def stepBy(self, steps: int) -> None:
        if self.value() == 0:
            self.setValue(max(self.singleStep(), self._automatic + steps * self.singleStep()))
        else:
            super().stepBy(steps)
