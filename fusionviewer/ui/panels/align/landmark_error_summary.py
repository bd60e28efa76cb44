"""The main facts about the error of the landmarks: FRE, TRE measured and predicted, and the pairs that do not fit."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fusionviewer.app.commands.landmarks import landmark_list, landmark_quality, mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import Suspicion, landmark_facts, measured_under
from fusionviewer.quality.landmark_lines import (
    WHY_BRIEFLY,
    WHY_THEY_DIFFER,
    about_pose,
    fre_line,
    measured_line,
    measured_text,
    misfit_text,
    prediction_line,
)
from fusionviewer.quality.wording import sentence
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT, follow_theme
from fusionviewer.ui.widgets.controls import allow, breakable, column_of, label, plain
from fusionviewer.ui.widgets.elided_label import ElidedLabel

CHECKS_TIP = "How exactly the check points themselves were placed is part of these distances"
HERE_TIP = "Error of the landmark fit predicted at the crosshair, root mean square"


class LandmarkErrorSummary(QWidget):
    """Three lines that stay where they are, whatever their numbers; below them what is wrong, if anything is."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._fre, self._measured, self._here = ElidedLabel(), ElidedLabel(), ElidedLabel()
        lines = QGridLayout()
        lines.setHorizontalSpacing(UNIT)
        lines.setVerticalSpacing(UNIT // 2)
        lines.setColumnStretch(1, 1)
        for row, (what, line, name) in enumerate(
            (
                ("FRE of the fit", self._fre, "fre"),
                ("TRE measured", self._measured, "measured"),
                ("TRE predicted here", self._here, "tre_here"),
            )
        ):
            line.setObjectName(name)
            heading = label(what, "caption")
            heading.setBuddy(line)
            lines.addWidget(heading, row, 0)
            lines.addWidget(line, row, 1)
        self._why = label("", "caption", wrap=True)
        self._why.setObjectName("why_they_differ")
        self._why.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        follow_theme(self._why, lambda: self._why.setMinimumHeight(2 * self._why.fontMetrics().lineSpacing()))
        self._suspects = SuspectList(workspace)
        self._misfit = label("", "warning", wrap=True)
        self._misfit.setObjectName("misfit")
        column = column_of(self, UNIT // 2)
        column.addLayout(lines)
        for widget in (self._why, self._suspects, self._misfit):
            column.addWidget(widget)
        document, model = workspace.document, workspace.view_model
        for signal in (document.when(Changes.LANDMARKS | Changes.IMAGES), workspace.judge.judged):
            signal.connect(self._show)
        for signal in (document.when(Changes.POSE), model.numbers_changed):
            signal.connect(self._follow_pose)
        model.cursor_changed.connect(self._show_here)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        facts = landmark_facts(state)
        self._suspects.show_suspicions(facts.suspicions)
        self._fre.say(fre_line(facts), WHY_THEY_DIFFER)
        self._why.setText(facts.why_not or WHY_BRIEFLY)
        self._misfit.setText(misfit_text(state))
        self._misfit.setVisible(bool(self._misfit.text()))
        self._follow_pose()

    def _follow_pose(self) -> None:
        measured = measured_under(self._workspace.document.state, self._workspace.view_model.pose)
        self._measured.say(measured_line(measured), f"{measured_text(measured)}\n{CHECKS_TIP}")
        self._show_here()

    def _show_here(self) -> None:
        if self.isVisible():
            state, model = self._workspace.document.state, self._workspace.view_model
            text = prediction_line(state, model.pose, np.asarray(model.view.fixed.cursor))
            about = about_pose(state, model.pose)
            self._here.say(text, f"{HERE_TIP}\n{about}" if about else HERE_TIP)

    def showEvent(self, event: QShowEvent | None) -> None:
        self._show_here()


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
        locks = tuple(landmark_quality.why_no_exchange(self._workspace, one) for one in suspicions)
        if (suspicions, locks) == (self._shown, self._locks):
            return
        before = {(one.index, one.twin) for one in self._shown}
        self._shown, self._locks = suspicions, locks
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        before_it = self._control_before()
        for suspicion in suspicions:
            line = self._line(suspicion)
            self._column.addWidget(line)
            for button in line.findChildren(QPushButton):  # else Tab would come to them last of all
                QWidget.setTabOrder(before_it, button)
                before_it = button
        self.setVisible(bool(suspicions))
        for new in [one for one in suspicions if (one.index, one.twin) not in before][:1]:
            self._workspace.warned.emit(sentence(new.finding))
        if before and not suspicions:
            self._workspace.said.emit("No pair stands out from the others any more.")

    def _control_before(self) -> QWidget:
        """What Tab comes to before this list."""
        found: QWidget | None = self.previousInFocusChain()
        while found is not None and found is not self and found.focusPolicy() == Qt.FocusPolicy.NoFocus:
            found = found.previousInFocusChain()
        return found or self

    def _line(self, suspicion: Suspicion) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addWidget(label(f"▲ {breakable(sentence(suspicion.finding))}", "warning", wrap=True))
        workspace, pairs = self._workspace, self._workspace.document.state.landmarks
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for index in (suspicion.index, suspicion.twin):
            if index is not None:
                name = pairs[index].name
                show = _button(f"Show {plain(_short(name))}", f"Select {name} and go to it")
                show.setObjectName(f"show_suspect_{index}")
                show.clicked.connect(lambda _=False, n=index: mark_landmarks.select(workspace, n))
                row.addWidget(show)
        if suspicion.twin is None:
            mend = _button("Ignore", "Keep the pair, but do not use it in the fit")
            mend.clicked.connect(lambda: landmark_list.set_use(workspace, suspicion.index, "off"))
        else:
            mend = _button("Exchange", "Let the two pairs exchange their points in the moving image; Ctrl+Z undoes it")
            allow(mend, mend.toolTip(), landmark_quality.why_no_exchange(workspace, suspicion))
            mend.clicked.connect(lambda: landmark_quality.exchange(workspace, suspicion))
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
