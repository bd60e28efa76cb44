"""The results of landmarks, registration and refinement, to compare in mm and to choose."""

from __future__ import annotations

from itertools import chain
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import compare_results
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.alignment import AlternativeKind
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.controls import Section, allow, label, number_label, obey_toggle

COLUMNS: Final = 5
"""Places that are compared here: mean and maximum at the landmarks, and the first targets."""

_WIDTH: Final = 4 * UNIT + 4
"""Of a column, at the usual size of letters: room for 888.8."""


class ResultsSection(Section):
    """A button for each result, and below it how far it lies from the pose shown."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("Results", parent)
        self._workspace = workspace
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(UNIT // 2)
        self._grid.setVerticalSpacing(UNIT // 2)
        self._grid.setColumnStretch(0, 1)
        self.column.addLayout(self._grid)
        self._shown_kinds: set[AlternativeKind] = set()
        self._buttons = [self._button(kind, name) for kind, name, _ in compare_results.RESULT_KINDS]
        for row, button in enumerate(self._buttons, start=1):
            self._grid.addWidget(button, row, 0)
        self._cells = [[self._cell(row, column) for column in range(COLUMNS)] for row in range(len(self._buttons) + 1)]
        self._note = label("", "caption", wrap=True)
        self._note.setObjectName("results_note")
        self.add(self._note)
        document, model = workspace.document, workspace.view_model
        for signal in (
            document.when(~(Changes.REGION | Changes.LIMITS | Changes.REVIEW)), model.numbers_changed,
            workspace.runner.started, workspace.runner.ended,
        ):  # fmt: skip
            signal.connect(self._show)
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        for cell in chain.from_iterable(self._cells):
            cell.setMinimumWidth(scaled(_WIDTH))
        self._show()

    def _button(self, kind: AlternativeKind, name: str) -> QPushButton:
        made = QPushButton(name)
        made.setObjectName(f"result_{kind}")
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setProperty("role", "narrow")
        made.clicked.connect(lambda: self._choose(kind))
        obey_toggle(made, lambda: kind in self._shown_kinds, lambda: self._choose(kind))
        return made

    def _cell(self, row: int, column: int) -> QLabel:
        made = number_label() if row else label("", "caption")
        made.setObjectName(f"apart_{row}_{column}")
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(made, row, column + 1)
        return made

    def _choose(self, kind: AlternativeKind) -> None:
        compare_results.choose(self._workspace, kind)
        self._show()  # a click on the one that is shown must not lift its mark

    def _show(self) -> None:
        workspace = self._workspace
        state, why_not = workspace.document.state, need_idle_pair(workspace)
        found = compare_results.results(state)
        self._show_buttons(found, why_not)
        places = compare_results.comparisons(state, workspace.view_model.pose)
        self._show_distances(places, found)
        if not found:
            note = "Fit to landmarks, register or refine: what each finds is kept here, to compare and to choose."
        elif not places:
            note = "Click a result to show it. With landmarks or targets, its distance from the pose stands beside it."
        else:
            note = "Distances from the pose shown, in mm. Where they are large, look: none of the results is the truth."
            if any(result.stale for result in found):
                note += " The landmarks have changed since they were fitted."
            if len(places) > COLUMNS:
                note += " More targets: on the page Landmarks."
        self._note.setText(note)

    def _show_buttons(self, found: tuple[compare_results.Result, ...], why_not: str) -> None:
        self._shown_kinds = {result.kind for result in found if result.shown}
        for button, (kind, name, tip) in zip(self._buttons, compare_results.RESULT_KINDS, strict=True):
            result = next((one for one in found if one.kind == kind), None)
            button.setVisible(result is not None)
            if result is not None:
                button.setAccessibleName(f"Result of {name.lower()}")
                button.setText(f"✓ {name}" if result.shown else name)
                button.setChecked(result.shown)
                allow(button, f"{tip}. {'It is shown' if result.shown else 'Click to show it'}", why_not)

    def _show_distances(
        self, places: tuple[compare_results.Comparison, ...], found: tuple[compare_results.Result, ...]
    ) -> None:
        """A column for each place, a row for each result; the heading is short, its tool tip is not."""
        rows = {kind: number for number, (kind, _, _) in enumerate(compare_results.RESULT_KINDS, start=1)}
        shown = [[""] * COLUMNS for _ in range(len(rows) + 1)]
        tips, width = [""] * COLUMNS, scaled(_WIDTH)
        for column, place in enumerate(places[:COLUMNS]):
            heading = self._cells[0][column]
            shown[0][column] = heading.fontMetrics().elidedText(place.heading, Qt.TextElideMode.ElideRight, width)
            tips[column] = f"mm from the pose shown, {place.where}"
            for result, apart_mm in zip(found, place.apart_mm, strict=True):
                shown[rows[result.kind]][column] = f"{apart_mm:.1f}"
        for cells, texts in zip(self._cells, shown, strict=True):
            for cell, text, tip in zip(cells, texts, tips, strict=True):
                cell.setText(text)
                cell.setToolTip(tip)
                cell.setVisible(bool(text))
