"""What the landmarks say of their own error: pairs that do not fit, residuals, placement error, what is measured."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusionviewer.app import judging, marking, marking_again, pair_list
from fusionviewer.app.landmark_facts import (
    Suspicion,
    automatic_fle_mm,
    fre_text,
    landmark_facts,
    measured_text,
    measured_under,
    misfit_text,
    repeats_text,
)
from fusionviewer.app.workspace import Workspace
from fusionviewer.ui.controls import (
    NumberBox,
    Section,
    action_button,
    allow,
    breakable,
    guard_wheel,
    label,
    show_value,
)
from fusionviewer.ui.menus import ActionSet
from fusionviewer.ui.theme import UNIT, number_font

_FLE_TIP: Final = (
    "How well a pair can be placed: the root mean square error in 3D of both images together. 0: automatic, from the "
    "size of the voxels. Pairs with an error of their own keep it"
)
_OWN_TIP: Final = (
    "How well the selected pair could be placed: the fit and the predicted error trust it more or less than others. "
    "0: as the others"
)
_TAKE_TIP: Final = (
    "Assume this placement error from now on. It is how well you repeat yourself: what one always places wrongly in "
    "the same way is not in it"
)


class ErrorSection(Section):
    """Shows the facts about the fit to the landmarks, and lets the user say or learn how well they can be placed."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("How well they fit", parent)
        self._workspace = workspace
        self._suspects = SuspectList(workspace)
        self.add(self._suspects)
        self._fre = _text("fre")
        self.add(self._fre)
        self._fle = FleBox()
        self._fle.valueChanged.connect(lambda mm: judging.set_fle(workspace, mm or None))
        self.add_row(label("Placement error"), self._fle, stretch=1)
        self._own = FleBox("pair_fle", "Placement error of the selected pair, FLE", "as the others")
        self._own.valueChanged.connect(lambda mm: judging.set_pair_fle(workspace, mm or None))
        self.add_row(label("Selected pair"), self._own, stretch=1)
        self._misfit = _text("misfit", "warning")
        self.add(self._misfit)
        self._take = QPushButton("Use estimate")
        self._take.setObjectName("take_estimate")
        self._take.clicked.connect(lambda: judging.take_estimate(workspace))
        self._forget = QPushButton("Forget")
        self._forget.setObjectName("forget_repeats")
        self._forget.clicked.connect(lambda: marking_again.forget_repeats(workspace))
        for button in (self._take, self._forget):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        again = action_button(actions["mark_again"], "Mark again")
        for button in (again, self._take, self._forget):
            button.setProperty("role", "narrow")
        self.add_row(again, self._take, self._forget)
        self._repeats = _text("repeats")
        self.add(self._repeats)
        self._measured = _text("measured", "")
        self._measured.setToolTip("How exactly the check points themselves were placed is part of these distances")
        self.add(self._measured)
        document, model = workspace.document, workspace.view_model
        for signal in (document.landmarks_changed, document.volumes_changed, document.path_changed):
            signal.connect(self._show)
        model.selection_changed.connect(self._show_own)
        for signal in (document.transform_changed, model.preview_changed):
            signal.connect(self._show_measured)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        facts = landmark_facts(state)
        self._suspects.show_suspicions(facts.suspicions)
        self._fre.setText(fre_text(facts))
        self._fle.show_fle(state.fle_mm, automatic_fle_mm(state))
        allow(self._fle, _FLE_TIP, "" if state.has_pair else "Open a fixed and a moving image first.")
        self._show_own()
        _show_text(self._misfit, misfit_text(facts))
        estimate = facts.repeats.fle_mm
        self._take.setText("Use estimate" if estimate is None else f"Use {estimate:.2f} mm")
        allow(self._take, _TAKE_TIP, "" if estimate else "Mark pairs again in both images first.")
        why_not = marking_again.why_no_repeats(self._workspace)
        allow(self._forget, "Drop all repeated marks; the first ones stay", why_not)
        _show_text(self._repeats, repeats_text(facts))
        self._show_measured()

    def _show_own(self) -> None:
        state, pair = self._workspace.document.state, self._workspace.selected_pair
        assumed = automatic_fle_mm(state) if state.fle_mm is None else state.fle_mm
        self._own.show_fle(None if pair is None else pair.fle_mm, assumed)
        allow(self._own, _OWN_TIP, "" if pair is not None else "Select a landmark pair first.")

    def _show_measured(self) -> None:
        measured = measured_under(self._workspace.document.state, self._workspace.view_model.pose)
        self._measured.setText(measured_text(measured))


class FleBox(NumberBox):
    """The placement error: automatic (0), or a number of mm. Stepping begins at what was automatic."""

    def __init__(
        self, name: str = "fle", meaning: str = "Placement error of a pair, FLE", usual: str = "automatic"
    ) -> None:
        super().__init__()
        self._automatic = 1.0
        self._usual = usual
        self.setObjectName(name)
        self.setAccessibleName(meaning)
        self.setRange(0, 100)
        self.setDecimals(2)
        self.setSingleStep(0.1)
        self.setSuffix(" mm FLE")
        self.setFont(number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setKeyboardTracking(False)
        guard_wheel(self)

    def show_fle(self, fle_mm: float | None, automatic_mm: float) -> None:
        """Show what is assumed, and what would be automatically."""
        self._automatic = automatic_mm
        self.setSpecialValueText(f"{self._usual}: {automatic_mm:.2f} mm FLE")
        show_value(self, fle_mm or 0.0)

    def stepBy(self, steps: int) -> None:
        if self.value() == 0:
            self.setValue(max(self.singleStep(), self._automatic + steps * self.singleStep()))
        else:
            super().stepBy(steps)


class SuspectList(QWidget):
    """A loud sentence for each pair that does not fit the others, and what can be done about it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("suspects")
        self._workspace = workspace
        self._shown: tuple[Suspicion, ...] = ()
        self._locks: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT // 2)
        self.setVisible(False)

    def show_suspicions(self, suspicions: tuple[Suspicion, ...]) -> None:
        """Show these instead of what is there; what is new is said at the bottom of the window, too."""
        locks = tuple(judging.why_no_exchange(self._workspace, one) for one in suspicions)
        if (suspicions, locks) == (self._shown, self._locks):
            return
        before = {(one.index, one.twin) for one in self._shown}
        self._shown, self._locks = suspicions, locks
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for suspicion in suspicions:
            self._column.addWidget(self._line(suspicion))
        self.setVisible(bool(suspicions))
        for new in [one for one in suspicions if (one.index, one.twin) not in before][:1]:
            self._workspace.warned.emit(new.sentence)
        if before and not suspicions:
            self._workspace.said.emit("No pair stands out from the others any more.")

    def _line(self, suspicion: Suspicion) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addWidget(label(f"▲ {breakable(suspicion.sentence)}", "warning", wrap=True))
        workspace, pairs = self._workspace, self._workspace.document.state.landmarks
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for index in (suspicion.index, suspicion.twin):
            if index is not None:
                name = pairs[index].name
                show = _button(f"Show {_short(name)}", f"Select {name} and go to it")
                show.setObjectName(f"show_suspect_{index}")
                show.clicked.connect(lambda _=False, n=index: marking.select(workspace, n))
                row.addWidget(show)
        if suspicion.twin is None:
            mend = _button("Leave out", "Keep the pair, but let the fit do without it")
            mend.clicked.connect(lambda: pair_list.set_part(workspace, suspicion.index, "off"))
        else:
            mend = _button("Exchange", "Let the two pairs exchange their points in the moving image; Ctrl+Z undoes it")
            allow(mend, mend.toolTip(), judging.why_no_exchange(workspace, suspicion))
            mend.clicked.connect(lambda: judging.exchange(workspace, suspicion))
        mend.setObjectName("mend_suspect")
        row.addWidget(mend)
        column.addLayout(row)
        return line


def _button(text: str, tip: str) -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setProperty("role", "narrow")
    return made


def _short(name: str) -> str:
    return name if len(name) <= 9 else f"{name[:8]}…"


def _text(name: str, role: str = "caption") -> QLabel:
    made = label("", role, wrap=True)
    made.setObjectName(name)
    return made


def _show_text(text: QLabel, words: str) -> None:
    text.setText(words)
    text.setVisible(bool(words))
