"""The actions of the Review menu for looking: before and after, and the tour, whose keys act only meanwhile."""

from __future__ import annotations

from typing import Final

from fusionviewer.app.actions.action import Action, Need, first_of, need_idle_pair, need_pair, when
from fusionviewer.app.commands import review
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.state.review.before_after import poses_differ
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.review.values import LookResult

_need_no_tour: Final = when(lambda w: w.tour.place is None and not w.tour.searching, "The tour goes on already.")
_need_tour: Final = when(lambda w: w.tour.place is not None, "Start the tour first (menu Review).")


def _has_one_before(workspace: Workspace) -> bool:
    place = workspace.tour.place
    return place is not None and place.number > 1


_need_before: Final[Need] = first_of(_need_tour, when(_has_one_before, "This is the first place."))

_MARKS: Final[tuple[tuple[LookResult, str, str, str], ...]] = (
    ("pass", "Pass", "A", "The images agree at this place: go to the next one"),
    ("fail", "Fail", "R", "The images do not agree at this place: go to the next one"),
    ("skip", "Skip", "Z", "This place says nothing: go to the next one"),
)

_need_other_pose: Final = first_of(
    need_pair, when(lambda w: poses_differ(w.document.state), "The pose is still the one at the start.")
)

TOUR: Final = (
    Action("before_after", "Before and after", "Review",
           "The pose at the start beside the present one, with the joint histograms", (),
           lambda c: c.dialogs.show_before_after(), _need_other_pose, separated=True),
    Action("start_tour", "Start the tour", "Review",
           "Eight to ten places that tell most, each in the view that shows it best; yours comes back at the end", (),
           on_workspace(review.start_tour), first_of(need_idle_pair, _need_no_tour), separated=True),
    *(Action(f"tour_{result}", text, "Review", tip, (key,), on_workspace(lambda w, result: w.tour.mark(result), result),
             _need_tour) for result, text, key, tip in _MARKS),
    Action("tour_back", "Back one place", "Review", "The place before this one", ("Shift+Z",),
           on_workspace(lambda w: w.tour.back()), _need_before),
    Action("tour_end", "End tour", "Review", "What was said of the places is kept; Esc does it as well", (),
           on_workspace(lambda w: w.tour.end()), _need_tour),
)  # fmt: skip
