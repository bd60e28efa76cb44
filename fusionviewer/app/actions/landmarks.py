"""The actions of *Edit ▸ Landmarks*, and those that do without the mouse what it does in the views."""

from __future__ import annotations

from functools import partial
from typing import Final

from fusionviewer.app.actions.action import (
    Action,
    and_with_shift,
    first_of,
    need_idle_pair,
    need_image,
    need_pair,
    need_selected,
    when,
)
from fusionviewer.app.commands import active_pane, choose_files
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.commands.exports import positions
from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import PROGRAMS
from fusionviewer.exchange.points.frames import FRAMES, WORDS
from fusionviewer.session.state import SIDES, Side

_LANDMARKS, _CROSSHAIR = "Landmarks", "Crosshair and pane"

_need_marks: Final = when(
    lambda w: bool(w.document.state.landmarks or w.document.state.targets), "There are no landmarks or targets yet."
)
_need_pairs: Final = when(lambda w: bool(w.document.state.landmarks), "There are no landmark pairs yet.")


def _need_points(side: Side, workspace: Workspace) -> str:
    some = any(pair.point(side) is not None for pair in workspace.document.state.landmarks)
    return "" if some else f"No point is marked in the {side} image yet."


def _need_guess(workspace: Workspace) -> str:
    if mark_landmarks.guess(workspace) is not None:
        return ""
    pair = workspace.selected_pair
    if pair is None or pair.complete:
        return "Select a pair that is marked in one image only."
    if pair.fixed_point is None and pair.moving_point is None:
        return f"Mark {pair.name} in one image first."
    return "The place that is expected lies outside of the image."


def _selected_is_locked(workspace: Workspace) -> bool:
    return workspace.selected_pair is not None and workspace.selected_pair.locked


LANDMARKS: Final = (
    Action("confirm_guess", "Accept predicted point", "Edit",
           "The dashed mark, where the missing point of the selected pair is expected, becomes that point",
           ("Return", "Enter"), on_workspace(mark_landmarks.confirm_guess), _need_guess, images_only=True,
           submenu=_LANDMARKS),
    Action("previous_pair", "Previous pair", "Edit", "Each row jumps to its point of the pair before", ("[",),
           on_workspace(mark_landmarks.step, -1), _need_pairs, submenu=_LANDMARKS),
    Action("next_pair", "Next pair", "Edit", "Each row jumps to its point of the pair after", ("]",),
           on_workspace(mark_landmarks.step, 1), _need_pairs, submenu=_LANDMARKS),
    Action("rename_pair", "Rename pair", "Edit", "The usual places of the head are offered as names", ("F6",),
           landmark_list.rename_selected, need_selected, separated=True, submenu=_LANDMARKS),
    Action("part_of_pair", "Use of pair: Fit, Check, Ignore", "Edit",
           "Fitted, or kept out of the fit to measure its error, or neither: one after the other", ("Shift+P",),
           on_workspace(landmark_list.next_use_of_selected), need_selected, submenu=_LANDMARKS),
    Action("lock_pair", "Lock pair", "Edit", "Its points can then be moved neither by the mouse nor by keys",
           ("Shift+K",), on_workspace(landmark_list.toggle_lock_of_selected), need_selected, _selected_is_locked,
           submenu=_LANDMARKS),
    Action("order_by_residual", "Order by residual", "Edit", "The pair that is furthest off comes first", (),
           on_workspace(landmark_list.order_pairs, "residual"), _need_pairs, separated=True, submenu=_LANDMARKS),
    Action("order_by_left_out", "Order by leave-one-out distance", "Edit",
           "The pair that lies furthest from where all others expect it comes first", (),
           on_workspace(landmark_list.order_pairs, "left out"), _need_pairs, submenu=_LANDMARKS),
    Action("order_by_name", "Order by name", "Edit", "The pairs in the order of the alphabet", (),
           on_workspace(landmark_list.order_pairs, "name"), _need_pairs, submenu=_LANDMARKS),
    *(Action(f"nudge_point_{name}", f"Move the point {name} by 0.1 mm", "Edit",
             "The selected pair's point of the view that was used last, the moving one where both are shown; with "
             "Shift by 1 mm", and_with_shift(name.capitalize(), "Alt+"),
             partial(active_pane.move_point, right=right, down=down), need_selected, images_only=True,
             separated=name == "left", submenu=_LANDMARKS) for name, (right, down) in active_pane.DIRECTIONS.items()),
    Action("open_pairs", "Open pairs…", "Edit", "A table with both points of each pair", (), choose_files.open_pairs,
           need_idle_pair, separated=True, submenu=_LANDMARKS),
    *(Action(f"open_{side}_points", f"Open {side} points…", "Edit",
             f"A landmark table, or points of {PROGRAMS}; pairs are made by name", (),
             partial(choose_files.open_points, side=side), need_idle_pair, submenu=_LANDMARKS) for side in SIDES),
    Action("save_pairs", "Save pairs…", "Edit", "A table with both points of each pair, LPS mm", (),
           choose_files.save_pairs, _need_pairs, submenu=_LANDMARKS),
    *(Action(f"save_{side}_points", f"Save {side} points…", "Edit",
             f"A landmark table, or points for {PROGRAMS}", (),
             partial(choose_files.save_points, side=side), partial(_need_points, side),
             submenu=_LANDMARKS) for side in SIDES),
    Action("save_points_by_frame", "Save points by frame…", "Edit",
           "Targets or landmarks as LPS, scanner RAS or FreeSurfer's surface RAS, each called by its name", (),
           choose_files.save_points_in, first_of(need_pair, _need_marks), submenu=_LANDMARKS),
)  # fmt: skip

CROSSHAIR: Final = (
    Action("next_pane", "Next pane", "View", "What keys do in one view, they do in the one with the marked corners",
           ("Ctrl+Tab",), lambda c: c.active_pane.focus_next(1), need_image, separated=True, submenu=_CROSSHAIR),
    Action("previous_pane", "Previous pane", "View", "The one before", ("Ctrl+Shift+Tab",),
           lambda c: c.active_pane.focus_next(-1), need_image, submenu=_CROSSHAIR),
    *(Action(f"cursor_{name}", f"Crosshair {name} by a voxel", "View",
             "In the view used last; with Shift by ten",
             (*and_with_shift(name.capitalize()), *and_with_shift(name.capitalize(), "Ctrl+")),
             partial(active_pane.step_cursor, right=right, down=down), need_image, images_only=True,
             lent_to_move=and_with_shift(name.capitalize()),
             separated=name == "left", submenu=_CROSSHAIR) for name, (right, down) in active_pane.DIRECTIONS.items()),
    Action("slice_forward", "Next slice", "View",
           "In the view that was used last, towards the patient's right, front or head; with Shift ten",
           (*and_with_shift("PgUp"), *and_with_shift("PgUp", "Ctrl+")),
           lambda c: c.active_pane.scroll_slices(c.times), need_image, images_only=True,
           lent_to_move=and_with_shift("PgUp"), submenu=_CROSSHAIR),
    Action("slice_back", "Previous slice", "View",
           "In the view that was used last, towards the patient's left, back or feet; with Shift ten",
           (*and_with_shift("PgDown"), *and_with_shift("PgDown", "Ctrl+")),
           lambda c: c.active_pane.scroll_slices(-c.times), need_image, images_only=True,
           lent_to_move=and_with_shift("PgDown"), submenu=_CROSSHAIR),
    Action("go_to_slice", "Go to slice…", "View", "Type the number of a slice in the view that was used last",
           ("Shift+G",), active_pane.type_slice, need_image, submenu=_CROSSHAIR),
    *(Action(f"copy_position_{frame}", f"Copy position: {words.title}", "View",
             f"The crosshair's. {words.meaning.removesuffix('.')}", (), partial(positions.copy_position, frame=frame),
             need_image, separated=frame == FRAMES[0], submenu=_CROSSHAIR) for frame, words in WORDS.items()),
)  # fmt: skip
