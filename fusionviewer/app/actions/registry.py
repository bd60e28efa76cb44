"""One table of everything that can be done from a menu or a key; menus and the shortcut sheet are readings of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from fusionviewer.app.actions.action import (
    Action,
    Menu,
    Need,
    and_with_shift,
    first_of,
    need_idle,
    need_idle_pair,
    need_image,
    need_move_mode,
    need_pair,
    need_redo,
    need_review,
    need_running,
    need_selected,
    need_three_pairs,
    need_undo,
    when,
)
from fusionviewer.app.actions.alignment import HAND, need_way_to_header
from fusionviewer.app.actions.landmark_refinement import PAIR_HELP
from fusionviewer.app.actions.landmarks import CROSSHAIR, LANDMARKS
from fusionviewer.app.actions.tour import TOUR
from fusionviewer.app.actions.view import VIEW
from fusionviewer.app.actions.window import WINDOW
from fusionviewer.app.commands import active_pane, choose_files, compare_results, open_save, regions, undo_cancel
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.archive import back_to_archive
from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.commands.landmarks import mark_landmarks, repeat_landmarks
from fusionviewer.app.commands.landmarks import targets as target_commands
from fusionviewer.exchange.scenes.folder import TITLES
from fusionviewer.session.state import SIDES


def _need_number(number: int) -> Need:
    return when(lambda w: number <= len(w.document.state.landmarks), f"There is no pair {number} yet.")


_need_recent: Final = when(lambda w: w.recent.listed, "No studies are remembered.")

_FILE: Final = (
    Action("open_fixed", "Open fixed image…", "File", "The image that stays: NIfTI, NRRD or MetaImage", ("Ctrl+O",),
           partial(choose_files.open_image, side="fixed"), need_idle),
    Action("open_moving", "Open moving image…", "File", "The image that is aligned to the fixed one",
           ("Ctrl+Shift+O",), partial(choose_files.open_image, side="moving"), need_idle),
    Action("open_dicom", "Open DICOM series…", "File", "Choose the images among the series of a folder or a CD", (),
           choose_files.open_dicom, need_idle),
    *(Action(f"open_{side}_folder", f"Open {side} DICOM folder…", "File",
             f"A folder of DICOM files as the {side} image", (),
             partial(choose_files.open_folder, side=side), need_idle) for side in SIDES),
    Action("open_sample", "Open sample", "File", "A head CT and a T1-weighted MR that come with the program", (),
           on_workspace(open_save.open_sample), need_idle),
    Action("open_study", "Open study…", "File", "A study saved by this program", ("Ctrl+Alt+O",),
           choose_files.open_study,
           need_idle, separated=True),
    Action("clear_recent", "Clear list", "File", "Forget the recent studies; the files themselves stay", (),
           on_workspace(lambda w: w.recent.clear_studies()), _need_recent, separated=True, submenu="Recent studies"),
    Action("batch_review", "Batch review…", "File", "Go through the results of fusionviewer batch, worst first", (),
           batch_review.show_list),
    Action("open_transform", "Open transform…", "File", "Align both images as a transform of any program says", (),
           choose_files.open_transform, need_idle_pair),
    Action("save", "Save study", "File", "Images by path, alignment, landmarks, limits, run, review and views",
           ("Ctrl+S",), choose_files.save, need_image),
    Action("save_as", "Save study as…", "File", "Save under another name", ("Ctrl+Shift+S",), choose_files.save_as,
           need_image),
    Action("close_study", "Close study", "File", "Back to the empty window; asks about what is not saved", ("Ctrl+W",),
           on_workspace(open_save.close_study), first_of(need_image, need_idle)),
    Action("export_transform", "Export transform…", "File",
           "For FSL, FreeSurfer, SPM, ANTs, 3D Slicer and others, each in its own terms", ("Ctrl+E",),
           choose_files.export_transform, need_pair, separated=True),
    *(Action(f"export_{side}", f"Export resampled {side} image…", "File",
             f"The {side} image on the other image's voxels, its own, or a grid that covers both", (),
             partial(choose_files.export_resampled, side=side), need_idle_pair) for side in SIDES[::-1]),
    Action("export_fused", "Export fused volume…", "File", "Both images as one volume, in colour or grey", (),
           choose_files.export_fused, need_idle_pair),
    *(Action(f"scene_{program}", f"Open in {title}…", "File",
             f"Writes both images, the transform, fade and windows as a folder that {title} opens", (),
             partial(choose_files.export_scene, program=program), need_idle_pair)
      for program, title in TITLES.items()),
    Action("export_archive", "Back to the archive…", "File",
           "The alignment as DICOM: a registration, the aligned series, fused colours; with or without names",
           ("Ctrl+Shift+E",), back_to_archive.ask, first_of(need_idle_pair, back_to_archive.why_not)),
    Action("export_picture", "Export screenshot…", "File", "The three planes, one view or the mosaic, as PNG or TIFF",
           ("Ctrl+P",), choose_files.export_picture, need_idle_pair),
    Action("export_view", "Export screenshot of this view…", "File", "The view that was used last, as PNG or TIFF", (),
           choose_files.export_view, need_idle_pair),
    Action("quit", "Quit", "File", "Close the window", ("Ctrl+Q",), lambda c: c.dialogs.close_window(), separated=True),
)  # fmt: skip

_EDIT: Final = (
    Action("undo", "Undo", "Edit", "Take the last step back", ("Ctrl+Z",),
           on_workspace(undo_cancel.undo), need_undo),
    Action("redo", "Redo", "Edit", "Do the step again", ("Ctrl+Y", "Ctrl+Shift+Z"),
           on_workspace(undo_cancel.redo), need_redo),
    Action("copy_picture", "Copy screenshot", "Edit", "What the views show, onto the clipboard, without names",
           ("Ctrl+C",), choose_files.copy_picture, need_idle_pair, images_only=True, separated=True),
    Action("copy_view", "Copy this view", "Edit", "The view that was used last, onto the clipboard, without names",
           ("Ctrl+Shift+C",), choose_files.copy_view, need_idle_pair),
    Action("new_pair", "New landmark pair", "Edit", "Then click its point in each image", ("N",),
           on_workspace(mark_landmarks.new_pair), need_idle_pair, separated=True),
    *(Action(f"mark_{side}", f"Mark {side} point at the crosshair", "Edit",
             f"The selected pair's point in the {side} image", (f"Shift+{side[0].upper()}",),
             on_workspace(mark_landmarks.mark_at_cursor, side), need_selected) for side in SIDES),
    Action("delete_pair", "Delete landmark pair", "Edit", "Remove the selected pair", ("Del",),
           on_workspace(mark_landmarks.delete_selected), need_selected),
    Action("mark_again", "Repeat placement", "Edit",
           "The selected pair once more in each image, without seeing where it is marked: tells how well you place it",
           ("Shift+A",), on_workspace(repeat_landmarks.mark_again),
           first_of(need_idle_pair, repeat_landmarks.why_not_again),
           lambda w: bool(w.view_model.repeats.sides)),
    Action("add_target", "New target at the crosshair", "Edit",
           "A place where the error matters: it is predicted there, and the results are compared", ("Shift+N",),
           on_workspace(target_commands.add_at_cursor), need_pair),
    *(Action(f"pair_{n}", f"Go to pair {n}", "Edit", f"Each row jumps to its point of pair {n}", (str(n),),
             on_workspace(mark_landmarks.select, n - 1), _need_number(n), series="Go to a pair by number")
      for n in range(1, 10)),
    Action("swap_images", "Swap fixed and moving", "Edit", "The alignment stays what it is; a box or mask goes", (),
           on_workspace(open_save.swap_images), need_idle_pair, separated=True),
)  # fmt: skip

_PREFERENCES: Final = (
    Action("preferences", "Preferences…", "Edit", "Look, letters, wheel, cores, and what is remembered", ("Ctrl+,",),
           lambda c: c.dialogs.show_preferences(), separated=True),
)  # fmt: skip

_ALIGN: Final = (
    Action("start_header", "Reset to header", "Align", "Scanner alignment, as the headers of both images say", (),
           on_workspace(register_commands.set_start, "header"), need_way_to_header),
    Action("start_centre", "Align centres", "Align", "The middles of the images on each other", (),
           on_workspace(register_commands.set_start, "centre"), need_idle_pair),
    Action("fit_landmarks", "Fit to landmarks", "Align", "Rigid fit to the complete pairs whose use is “Fit”",
           ("Ctrl+L",), on_workspace(register_commands.set_start, "landmarks"), need_three_pairs),
    Action("register", "Register", "Align", "Search for the pose from scratch", ("Ctrl+R",),
           on_workspace(register_commands.start_register, "auto"), need_idle_pair, separated=True),
    Action("register_current", "Register from the current pose", "Align", "Without limits, beginning at what is shown",
           ("Ctrl+Alt+R",), on_workspace(register_commands.start_register, "current"), need_idle_pair),
    Action("refine", "Refine within limits", "Align", "Never further from the current pose than the limits say",
           ("Ctrl+Shift+R", "F5"), on_workspace(register_commands.start_refine), need_idle_pair),
    Action("cancel", "Cancel", "Align",
           "Stop what is running; else end the placement of a landmark, the mouse mode, or the tour",
           ("Esc",), on_workspace(undo_cancel.cancel), need_running),
    Action("region_box", "Restrict to a box", "Align",
           "Only what lies in a box counts; its sides can be dragged in the views", ("X",),
           on_workspace(regions.toggle_box), need_idle_pair, lambda w: regions.box_of(w.document.state) is not None,
           separated=True),
    Action("region_mask", "Restrict to a mask…", "Align",
           "Only voxels of a file that are not 0 count; choose it again to let the mask go", (), choose_files.open_mask,
           need_idle_pair, lambda w: regions.mask_of(w.document.state) is not None),
    *(Action(f"nudge_{name}", f"Translate {name} by 0.1 mm", "Align",
             "The moving image, in the view used last; with Shift by 1 mm", and_with_shift(name.capitalize()),
             partial(active_pane.nudge_image, right=right, down=down), need_move_mode, images_only=True,
             separated=name == "left") for name, (right, down) in active_pane.DIRECTIONS.items()),
    *(Action(f"turn_{name}", f"Rotate {text} by 0.1°", "Align",
             "The moving image about its pivot, in the view used last; with Shift by 1°",
             and_with_shift(key), partial(active_pane.nudge_image, clockwise=clockwise), need_move_mode,
             images_only=True)
      for name, text, key, clockwise in (("left", "anticlockwise", "PgUp", -1.0),
                                         ("right", "clockwise", "PgDown", 1.0))),
)  # fmt: skip

_REVIEW: Final = (
    Action("check_fusion", "Check this fusion", "Review",
           "Compare skull and skin of the CT with the MR's edges, in the background: how far the fusion may be off",
           ("Shift+R",), on_workspace(lambda w: w.check.check_now()),
           first_of(need_idle_pair, when(lambda w: w.document.state.alignment.is_made, "Align the images first."))),
    Action("check_inverse", "Check inverse consistency", "Review",
           "Register the images the other way round from this pose, and say how far away that ends: some 2 s",
           (), on_workspace(review_commands.check_inverse),
           first_of(need_idle_pair, when(lambda w: w.checked.assessment is not None,
                                         "Check this fusion first (Shift+R)."))),
    Action("try_correction", "Try the check's correction", "Review",
           "Move the images as the check says that they fit better; the pose before comes back with Undo",
           (), on_workspace(compare_results.try_correction),
           first_of(need_idle_pair, compare_results.why_no_correction)),
    Action("accept", "Accept", "Review", "Accept the alignment: kept in the study with your initials and note", (),
           partial(review_commands.sign, verdict="accepted"), need_idle_pair, separated=True),
    Action("accept_next", "Accept and next", "Review",
           "Accept, save the study, and open the next one of the list that is still to be reviewed", (),
           review_commands.accept_and_next, first_of(need_idle_pair, batch_review.why_no_next)),
    Action("reject", "Reject", "Review", "Reject the alignment: kept in the study with your initials and note", (),
           partial(review_commands.sign, verdict="rejected"), need_idle_pair),
    Action("withdraw_review", "Withdraw review", "Review", "As if it had not been given", (),
           on_workspace(review_commands.withdraw), need_review),
)  # fmt: skip

_HELP: Final = (
    Action("guide", "Guide", "Help", "Step by step, at the page about what is shown; nothing is downloaded",
           ("Shift+F1",), lambda c: c.dialogs.show_guide()),
    Action("shortcuts", "Keyboard and mouse", "Help", "All keys and gestures", ("F1",),
           lambda c: c.dialogs.show_shortcuts()),
    Action("about", "About", "Help", "Version, licence, and what this program is not", (),
           lambda c: c.dialogs.show_about()),
)  # fmt: skip

ACTIONS: Final[tuple[Action, ...]] = (
    *_FILE, *_EDIT, *PAIR_HELP, *LANDMARKS, *_PREFERENCES, *VIEW, *CROSSHAIR, *WINDOW, *_ALIGN, *HAND, *_REVIEW, *TOUR,
    *_HELP,
)  # fmt: skip
BY_KEY: Final = {action.key: action for action in ACTIONS}
MENUS: Final[tuple[Menu, ...]] = ("File", "Edit", "View", "Align", "Review", "Help")


@dataclass(frozen=True)
class KeyRow:
    """A row of the shortcut sheet and of the guide: keys, what stands between them, and what they do."""

    keys: tuple[str, ...]
    joint: str
    meaning: str

    def written(self, write: Callable[[str], str] = str) -> str:
        """The keys, each as `write` puts it."""
        return self.joint.join(write(key) for key in self.keys)


def key_rows(menu: Menu) -> list[KeyRow]:
    """A row for each of a menu's actions that has keys; those of a series share one."""
    rows = []
    with_keys = (action for action in ACTIONS if action.menu == menu and action.keys)
    for _, group in groupby(with_keys, lambda action: action.series or action.key):
        first, *others = group
        if first.series:
            rows.append(KeyRow((first.keys[0], others[-1].keys[0]), " … ", first.series))
        else:
            rows.append(KeyRow(first.keys, ", ", first.text.rstrip("…")))
    return rows
