"""The tour in the review panel: how to start it, where it stands, and what is said of a place."""

from __future__ import annotations

from typing import Final

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QPushButton, QStackedWidget, QWidget

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.review.tour import TourPlace
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import Rows, Section, action_button
from fusionviewer.ui.widgets.elided_label import ElidedLabel

_OFFER: Final = "Eight to ten places that tell most, each in the view that shows it best."
_SEARCHING: Final = "Looking for the places…"
_BEFORE: Final = {"pass": "passed before", "fail": "failed before", "skip": "skipped before"}


class TourSection(Section):
    """One height, whether the tour goes on or not, so that nothing below it moves."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Tour", parent)
        self.setObjectName("tour")
        self._workspace = workspace
        self._told = ClampedLabel(3, "caption")
        self._told.setObjectName("tour_told")
        self._where = ElidedLabel("strong")
        self._where.setObjectName("tour_where")
        self._look_for = ClampedLabel(2, "caption")
        self._look_for.setObjectName("tour_look_for")
        rest, going = Rows(), Rows()
        for rows in (rest, going):
            rows.setLayout(rows.column)
        rest.add(self._told)
        rest.add_row(action_button(actions["start_tour"]), action_button(actions["before_after"]))
        going.add(self._where)
        going.add(self._look_for)
        marks = [_with_key(actions[f"tour_{result}"]) for result in ("pass", "fail", "skip")]
        leave = [action_button(actions[key], text) for key, text in (("tour_back", "Back"), ("tour_end", "End"))]
        for button in (*marks, *leave):
            button.setProperty("role", "narrow")
        going.add_row(*marks, *leave)
        self._pages = QStackedWidget()
        for page in (rest, going):
            self._pages.addWidget(page)
        self.add(self._pages)
        workspace.tour.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        tour = self._workspace.tour
        place = tour.place
        self._pages.setCurrentIndex(0 if place is None else 1)
        if place is None:
            told = _SEARCHING if tour.searching else review_commands.looked_at_text(self._workspace) or _OFFER
            failed = any(one.result == "fail" for one in tour.looked_at)
            self._told.say(told, "caption_warning" if failed else "caption")
        else:
            self._where.say(_where(place))
            self._look_for.say(place.stop.look_for, "caption")


def _where(place: TourPlace) -> str:
    before = f" · {_BEFORE[place.result]}" if place.result else ""
    return f"{place.number} of {place.of} · {place.stop.name}{before}"


def _with_key(action: QAction) -> QPushButton:
    """A button with its key beside its word: the tour is gone through without the mouse."""
    return action_button(action, f"{action.text()} ({action.shortcut().toString()})")
