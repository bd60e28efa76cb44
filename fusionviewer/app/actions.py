"""One table of everything that can be done from a menu or a key; menus and the shortcut sheet are readings of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from fusionviewer.app import aligning, checking, marking, opening, regions
from fusionviewer.app.view_model import FADE_STEP
from fusionviewer.app.workspace import Workspace
from fusionviewer.rendering.slices import BlendMode

Menu = Literal["File", "Edit", "View", "Align", "Check", "Help"]
Need = Callable[[Workspace], str]
"""Why something cannot be done now, as a sentence for the tool tip; empty if it can."""

Verb = Callable[[Workspace], None]


@dataclass(frozen=True)
class Action:
    """A thing to do: its name, place in the menus, keys and tool tip, what it does, and when it can be done.

    `verb` is None where the window itself must act first (ask for a file, hold a key). `checked` makes it a mark in
    the menu. `images_only`: its keys work while the images have the keyboard, so that they stay usable elsewhere.
    """

    key: str
    text: str
    menu: Menu
    tip: str
    keys: tuple[str, ...] = ()
    verb: Verb | None = None
    need: Need = lambda _: ""
    checked: Callable[[Workspace], bool] | None = None
    images_only: bool = False
    separated: bool = False
    """Whether a line stands above it in the menu."""


def need_idle(workspace: Workspace) -> str:
    """Nothing runs."""
    return f"{workspace.runner.title} is going on: wait, or press Esc to cancel." if workspace.runner.busy else ""


def need_pair(workspace: Workspace) -> str:
    """Both images are open."""
    return "" if workspace.document.state.has_pair else "Open a fixed and a moving image first."


def need_image(workspace: Workspace) -> str:
    """At least one image is open."""
    state = workspace.document.state
    return "" if state.fixed or state.moving else "Open an image first."


def need_idle_pair(workspace: Workspace) -> str:
    """Both images are open and nothing runs."""
    return need_pair(workspace) or need_idle(workspace)


def need_three_pairs(workspace: Workspace) -> str:
    """Enough landmarks for a rigid fit."""
    count = sum(pair.used for pair in workspace.document.state.landmarks)
    return need_idle_pair(workspace) or (
        "" if count >= 3 else f"A rigid fit needs three complete, enabled pairs; there {_are(count)}."
    )


def need_selected(workspace: Workspace) -> str:
    """A landmark pair is selected."""
    return "" if marking.selected(workspace) is not None else "Select a landmark pair first."


def need_undo(workspace: Workspace) -> str:
    """There is a step to undo."""
    return need_idle(workspace) or ("" if workspace.document.undo_stack.canUndo() else "There is nothing to undo.")


def need_redo(workspace: Workspace) -> str:
    """There is a step to redo."""
    return need_idle(workspace) or ("" if workspace.document.undo_stack.canRedo() else "There is nothing to redo.")


def need_running(workspace: Workspace) -> str:
    """A job runs, or a pair is being marked."""
    return "" if workspace.runner.busy or workspace.placing else "Nothing is running."


def need_review(workspace: Workspace) -> str:
    """There is a verdict."""
    return "" if workspace.document.state.review else "There is no verdict yet."


def _are(count: int) -> str:
    return {0: "is none", 1: "is one", 2: "are two"}.get(count, f"are {count}")


def _fade_by(step: float, workspace: Workspace) -> None:
    workspace.view_model.set_fade(workspace.view_model.view.fade + step)


def _toggle_fade(workspace: Workspace) -> None:
    workspace.view_model.set_fade(0.0 if workspace.view_model.view.fade > 0 else 0.5)


def _swap_fade(workspace: Workspace) -> None:
    workspace.view_model.set_fade(1.0 - workspace.view_model.view.fade)


def _toggle_checkerboard(workspace: Workspace) -> None:
    checkered = workspace.view_model.view.mode is BlendMode.CHECKERBOARD
    workspace.view_model.set_mode(BlendMode.FADE if checkered else BlendMode.CHECKERBOARD)


def _toggle_layout(workspace: Workspace) -> None:
    workspace.view_model.set_layout("fused" if workspace.view_model.view.layout == "pairs" else "pairs")


def _zoom(factor: float, workspace: Workspace) -> None:
    workspace.view_model.zoom("fixed", factor)
    if workspace.view_model.view.layout == "pairs":
        workspace.view_model.zoom("moving", factor)


def _cancel(workspace: Workspace) -> None:
    if workspace.runner.busy:
        aligning.cancel(workspace)
    else:
        marking.stop(workspace)


def _register(choice: aligning.StartChoice) -> Verb:
    return lambda workspace: aligning.start_register(workspace, choice)


def _go_to(number: int) -> Verb:
    return lambda workspace: marking.select(workspace, number - 1)


def _need_number(number: int) -> Need:
    return lambda workspace: (
        "" if number <= len(workspace.document.state.landmarks) else f"There is no pair {number} yet."
    )


_FILE: Final = (
    Action("open_fixed", "Open fixed image…", "File", "The image that stays: NIfTI, NRRD or MetaImage", ("Ctrl+O",),
           need=need_idle),
    Action("open_moving", "Open moving image…", "File", "The image that is aligned to the fixed one",
           ("Ctrl+Shift+O",), need=need_idle),
    Action("open_fixed_folder", "Open fixed DICOM folder…", "File", "A folder of DICOM files as the fixed image",
           need=need_idle),
    Action("open_moving_folder", "Open moving DICOM folder…", "File", "A folder of DICOM files as the moving image",
           need=need_idle),
    Action("open_sample", "Open the sample", "File", "A head CT and a T1 that come with the program",
           verb=opening.open_sample, need=need_idle),
    Action("open_study", "Open study…", "File", "A study saved by this program", need=need_idle, separated=True),
    Action("save", "Save study", "File", "Images by path, alignment, landmarks, limits, run, verdict and views",
           ("Ctrl+S",), need=need_image),
    Action("save_as", "Save study as…", "File", "Save under another name", ("Ctrl+Shift+S",), need=need_image),
    Action("export_transform", "Export transform…", "File",
           "ITK .tfm, which maps fixed points to moving points, LPS mm", ("Ctrl+E",), need=need_pair, separated=True),
    Action("export_moving", "Export moving on the fixed grid…", "File",
           "The moving image resampled to the fixed image's voxels", need=need_idle_pair),
    Action("export_fixed", "Export fixed on the moving grid…", "File",
           "The fixed image resampled to the moving image's voxels", need=need_idle_pair),
    Action("export_picture", "Export picture…", "File", "A PNG of the three fused views at the crosshair",
           ("Ctrl+P",), need=need_idle_pair),
    Action("quit", "Quit", "File", "Close the window", ("Ctrl+Q",), separated=True),
)  # fmt: skip

_EDIT: Final = (
    Action("undo", "Undo", "Edit", "Take the last step back", ("Ctrl+Z",),
           lambda w: w.document.undo_stack.undo(), need_undo),
    Action("redo", "Redo", "Edit", "Do the step again", ("Ctrl+Y", "Ctrl+Shift+Z"),
           lambda w: w.document.undo_stack.redo(), need_redo),
    Action("new_pair", "New landmark pair", "Edit", "Then click its point in each image", ("N",), marking.new_pair,
           need_idle_pair, separated=True),
    Action("mark_fixed", "Mark fixed point at the crosshair", "Edit", "The selected pair's point in the fixed image",
           ("Shift+F",), lambda w: marking.mark_at_cursor(w, "fixed"), need_selected),
    Action("mark_moving", "Mark moving point at the crosshair", "Edit",
           "The selected pair's point in the moving image", ("Shift+M",),
           lambda w: marking.mark_at_cursor(w, "moving"), need_selected),
    Action("delete_pair", "Delete landmark pair", "Edit", "Remove the selected pair", ("Del",),
           marking.delete_selected, need_selected),
    *(Action(f"pair_{n}", f"Go to pair {n}", "Edit", f"Each row jumps to its point of pair {n}", (str(n),),
             _go_to(n), _need_number(n), separated=n == 1) for n in range(1, 10)),
    Action("swap_images", "Swap fixed and moving", "Edit", "The alignment stays what it is; a box or mask goes", (),
           opening.swap_images, need_idle_pair, separated=True),
)  # fmt: skip

_VIEW: Final = (
    Action("fade_less", "Fade towards fixed", "View", "10 % less of the moving image", ("Q",),
           partial(_fade_by, -FADE_STEP), need_pair),
    Action("fade_toggle", "Moving image on or off", "View", "0 % or 50 %", ("W",), _toggle_fade, need_pair),
    Action("fade_more", "Fade towards moving", "View", "10 % more of the moving image", ("E",),
           partial(_fade_by, FADE_STEP), need_pair),
    Action("fade_swap", "Swap the fade", "View", "30 % becomes 70 %", ("Tab",), _swap_fade, need_pair,
           images_only=True),
    Action("peek", "See the other image (hold)", "View", "While the key is held, the other image alone", ("Space",),
           need=need_pair, images_only=True),
    Action("flicker", "Flicker", "View", "The two images in turn, three times a second", ("F",),
           lambda w: w.view_model.set_flicker(not w.view_model.flickering), need_pair,
           checked=lambda w: w.view_model.flickering),
    Action("checkerboard", "Checkerboard", "View", "Squares of the two images in turn", ("K",), _toggle_checkerboard,
           need_pair, lambda w: w.view_model.view.mode is BlendMode.CHECKERBOARD, separated=True),
    Action("bone_edges", "Bone edges", "View", "The outline of the CT's bone over everything", ("B",),
           lambda w: w.view_model.set_bone_edges(not w.view_model.view.bone_edges), need_image,
           lambda w: w.view_model.view.bone_edges),
    Action("layout", "Images side by side", "View", "A row for each image in its own space", ("L",), _toggle_layout,
           need_pair, lambda w: w.view_model.view.layout == "pairs"),
    Action("window_tool", "Window tool", "View", "Dragging in a view changes its brightness and contrast", ("T",),
           lambda w: w.view_model.set_window_tool(not w.view_model.window_tool), need_image,
           lambda w: w.view_model.window_tool, separated=True),
    Action("auto_window", "Automatic windows", "View", "A sensible brightness and contrast for both images",
           ("Shift+T",), lambda w: w.view_model.auto_windows(), need_image),
    Action("zoom_in", "Zoom in", "View", "About the middle of the views", ("+", "="), partial(_zoom, 1.25), need_image),
    Action("zoom_out", "Zoom out", "View", "About the middle of the views", ("-",), partial(_zoom, 0.8), need_image),
    Action("zoom_reset", "Show everything", "View", "The whole images again", ("0",),
           lambda w: w.view_model.reset_zoom(), need_image),
    Action("radiological", "Patient's right on the left", "View",
           "Radiological convention; the other way round is the neurological one", (),
           lambda w: w.view_model.set_radiological(not w.view_model.view.radiological), need_image,
           lambda w: w.view_model.view.radiological, separated=True),
)  # fmt: skip

_ALIGN: Final = (
    Action("start_header", "Align by the headers", "Align", "As the scanners placed the two images", (),
           lambda w: aligning.set_start(w, "header"), need_idle_pair),
    Action("start_centre", "Align the centres", "Align", "The middles of the images on each other", (),
           lambda w: aligning.set_start(w, "centre"), need_idle_pair),
    Action("fit_landmarks", "Fit to landmarks", "Align", "Rigid fit to the enabled complete pairs", ("Ctrl+L",),
           lambda w: aligning.set_start(w, "landmarks"), need_three_pairs),
    Action("register", "Register automatically", "Align", "Search for the pose from scratch", ("Ctrl+R",),
           _register("auto"), need_idle_pair, separated=True),
    Action("register_current", "Register from the current pose", "Align", "Without limits, beginning at what is shown",
           ("Ctrl+Alt+R",), _register("current"), need_idle_pair),
    Action("refine", "Refine within limits", "Align", "Never further from the current pose than the limits say",
           ("Ctrl+Shift+R",), aligning.start_refine, need_idle_pair),
    Action("cancel", "Cancel", "Align", "Leave what is running, or end the marking of a pair; nothing changes",
           ("Esc",), _cancel, need_running),
    Action("region_box", "Register only in a box", "Align",
           "Only what lies in a box counts; its sides can be dragged in the views", ("X",), regions.toggle_box,
           need_idle_pair, lambda w: regions.box_of(w.document.state) is not None, separated=True),
    Action("region_mask", "Register only in a mask…", "Align",
           "Only voxels of a file that are not 0 count; choose it again to let the mask go", (), None, need_idle_pair,
           lambda w: regions.mask_of(w.document.state) is not None),
    *(Action(f"nudge_{name}", f"Move {name} by 0.1 mm", "Align",
             "The moving image, in the view that was used last; with Shift by 1 mm", (key, f"Shift+{key}"),
             need=need_idle_pair, images_only=True, separated=name == "left")
      for name, key in (("left", "Left"), ("right", "Right"), ("up", "Up"), ("down", "Down"))),
    *(Action(f"turn_{name}", f"Turn by 0.1° {text}", "Align",
             "The moving image about the crosshair, in the view that was used last; with Shift by 1°",
             (key, f"Shift+{key}"), need=need_idle_pair, images_only=True)
      for name, text, key in (("left", "anticlockwise", "PgUp"), ("right", "clockwise", "PgDown"))),
)  # fmt: skip

_CHECK: Final = (
    Action("accept", "Accept the alignment", "Check", "Kept in the study with a note, until the pose changes", ("A",),
           need=need_idle_pair, images_only=True),
    Action("reject", "Reject the alignment", "Check", "Kept in the study with a note, until the pose changes", ("R",),
           need=need_idle_pair, images_only=True),
    Action("take_back", "Take the verdict back", "Check", "As if it had not been given", (), checking.take_back,
           need_review),
)  # fmt: skip

_HELP: Final = (
    Action("shortcuts", "Keyboard and mouse", "Help", "All keys and gestures", ("F1",)),
    Action("about", "About", "Help", "Version, licence, and what this program is not"),
)

ACTIONS: Final[tuple[Action, ...]] = (*_FILE, *_EDIT, *_VIEW, *_ALIGN, *_CHECK, *_HELP)
MENUS: Final[tuple[Menu, ...]] = ("File", "Edit", "View", "Align", "Check", "Help")

GESTURES: Final[tuple[tuple[str, str], ...]] = (
    ("Left drag", "Move the crosshair"),
    ("Shift + move", "Crosshair under the mouse, without a click"),
    ("Wheel", "Through the slices"),
    ("Ctrl + wheel, or right drag", "Zoom"),
    ("Middle drag", "Pan"),
    ("Ctrl + left drag", "Fade: half a view's height is the whole range"),
    ("Left drag with the window tool", "Brightness (up, down) and contrast (left, right)"),
    ("Drag a landmark", "Move it; Esc puts it back"),
    ("Drag a side or corner of the box", "Move it; Esc puts it back"),
    ("Double-click", "Enlarge a view, and back"),
)
"""What the mouse does in the views, for the shortcut sheet."""
