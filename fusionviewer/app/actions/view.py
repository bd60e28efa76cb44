"""The actions of the View menu: how the two images are put together, arranged, and drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fusionviewer.app.actions.action import Action, Need, first_of, need_idle_pair, need_image, need_pair, when
from fusionviewer.app.commands import display
from fusionviewer.app.commands.context import on_view, on_workspace
from fusionviewer.app.state.guidance import why_no_mode, why_no_swap
from fusionviewer.app.state.view_model import Tool, ViewModel
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.rendering.blend_words import MODE_NAMES
from fusionviewer.rendering.blends import FADED, BlendMode
from fusionviewer.rendering.slab import SlabKind
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import PLANES, ROWS, Layout

_MODE_KEYS: Final = (
    (BlendMode.FADE, "S", "From one image to the other"),
    (BlendMode.TWO_COLOUR, "C", "Each image in its colour; where they are alike, the picture is grey"),
    (BlendMode.CHECKERBOARD, "K", "Squares of the two images in turn"),
    (BlendMode.CURTAIN, "V", "One image on either side of the crosshair"),
    (BlendMode.SPY_GLASS, "G", "The other image in a disc under the mouse"),
    (
        BlendMode.EDGES,
        "Shift+B",
        "Bone of a CT, or where the brightness of an MR changes, as lines over the other image",
    ),
    (BlendMode.DIFFERENCE, "U", "Moving minus fixed; grey where they are alike"),
)

MODES: Final = tuple((mode, MODE_NAMES[mode], key, tip) for mode, key, tip in _MODE_KEYS)  # fmt: skip
"""(mode, name, key, tool tip) in the order in which they are offered; the key of a mode may be empty."""

LAYOUTS: Final[tuple[tuple[Layout, str, str, str], ...]] = (
    ("fused", "Three planes", "Ctrl+1", "Axial, sagittal and coronal, both images fused"),
    ("large", "One large plane", "Ctrl+2", "One large plane with two small ones; double-click a small one to swap"),
    ("pairs", "Images side by side", "Ctrl+3", "A row for each image in its own space"),
    ("nine", "Three by three", "Ctrl+4", "A row for each image, and one for both fused"),
    ("mosaic", "Mosaic", "Ctrl+5", "Twelve slices side by side"),
)
"""(layout, name, key, tool tip) in the order in which they are offered."""

SLABS: Final[tuple[tuple[SlabKind | None, str, str], ...]] = (
    (None, "No slab", "The plane itself"),
    ("maximum", "Maximum", "The brightest value across the plane: electrodes, bone, bright vessels"),
    ("mean", "Mean", "The mean across the plane: less noise"),
    ("minimum", "Minimum", "The darkest value across the plane: air, dark vessels"),
)
"""(kind, name, tool tip) of what can be made of the values across a plane."""

TOOLS: Final[tuple[tuple[Tool, str, str, str], ...]] = (
    ("window", "Window/Level", "T", "Dragging changes window and level; with Ctrl, a box gets its best window"),
    (
        "move",
        "Move",
        "M",
        "Drag to translate the moving image, or the rotation handle's rim to rotate it; arrow keys nudge it",
    ),
    ("turn", "Oblique", "O", "Dragging turns the planes about the crosshair"),
    ("measure", "Measure", "D", "Drag from one place to another; the ends can be dragged later"),
)
"""(tool, name, key, tool tip) in the order in which they are offered."""


def tool_in_the_way(workspace: Workspace) -> str:
    """That a mouse mode keeps the clicks that would mark a pair, and the key that puts it away; empty if none does."""
    model, pair = workspace.view_model, workspace.selected_pair
    if pair is None or not workspace.placing or (model.tool == "move" and model.view.layout == "pairs"):
        return ""
    found = [(name, key) for tool, name, key, _ in TOOLS if tool == model.tool]
    return "".join(f"The mouse mode “{name}” keeps the clicks: press {key} to mark {pair.name}." for name, key in found)


def _need_mode(mode: BlendMode) -> Need:
    return lambda w: need_pair(w) or why_no_mode(w.document.state, mode)


def _need_swap(workspace: Workspace) -> str:
    return need_pair(workspace) or why_no_swap(workspace.view_model.view.mode)


def _is(name: str, value: object) -> Callable[[Workspace], bool]:
    """Whether a choice of the view is this one."""
    return lambda w: bool(getattr(w.view_model.view, name) == value)


def _tool_is(tool: Tool) -> Callable[[Workspace], bool]:
    return lambda w: w.view_model.tool == tool


_need_parameter: Final = first_of(
    need_pair, when(lambda w: w.view_model.view.blend.parameter is not None, "There is nothing to set in this mode.")
)
_need_fade: Final = first_of(
    need_pair,
    when(lambda w: w.view_model.view.mode in FADED, "Only Fade and Colour overlay fade: choose one of them first."),
)
_need_mosaic: Final = first_of(need_image, when(_is("layout", "mosaic"), "Choose the mosaic first."))
_need_rows: Final = first_of(
    need_pair, when(lambda w: w.view_model.view.layout in ROWS, "Choose a layout with a row for each image first.")
)
_need_oblique: Final = when(
    lambda w: w.view_model.view.fixed.oblique or w.view_model.view.moving.oblique, "The planes are the standard ones."
)
_need_slab: Final = when(
    lambda w: any(w.view_model.view.slab(side) is not None for side in SIDES), "Show an image as a slab first."
)


def _need_side(side: Side) -> Need:
    return when(lambda w: w.document.state.volume(side) is not None, f"Open the {side} image first.")


def _slab_is(side: Side, kind: SlabKind | None) -> Callable[[Workspace], bool]:
    def is_it(workspace: Workspace) -> bool:
        slab = workspace.view_model.view.slab(side)
        return (None if slab is None else slab.kind) == kind

    return is_it


_need_distances: Final = when(lambda w: bool(w.view_model.view.distances), "No distance has been measured.")


def _need_prediction(workspace: Workspace) -> str:
    """The landmarks can be fitted, or the pose is checked; what is on can be put off anyway."""
    view = workspace.view_model.view
    if view.show_error_lines:
        return ""
    if view.error_of == "check":
        return need_pair(workspace) or display.why_no_lines(workspace)
    return need_pair(workspace) or landmark_facts(workspace.document.state).why_not


def _need_distances_known(workspace: Workspace) -> str:
    """The check has found distances of the pose; what is on can be put off anyway."""
    if workspace.view_model.view.show_edge_distances:
        return ""
    if workspace.checked.assessment is None:
        return need_pair(workspace) or "The fusion has not been checked."
    return "" if workspace.edge_display.known is not None else "The check saw too little of the skull."


def _toggle(name: str, text: str, tip: str, keys: tuple[str, ...], need: Need, *, fused: bool = False,
            separated: bool = False) -> Action:  # fmt: skip
    """A yes-or-no of the view. `fused`: only views that show both images together show it."""
    return Action(name, text, "View", tip, keys, on_workspace(display.flip_in_fused if fused else display.flip, name),
                  need, _is(name, True), separated=separated)  # fmt: skip


VIEW: Final = (
    *(Action(mode.value.replace("-", "_"), text, "View", tip, (key,) if key else (),
             on_workspace(display.choose_mode, mode),
             _need_mode(mode), _is("mode", mode), submenu="Comparison mode") for mode, text, key, tip in MODES),
    Action("swap", "Swap the images", "View",
           "30 % becomes 70 %; in the other modes the images change places", ("Shift+S",),
           on_workspace(display.swap), _need_swap, separated=True, submenu="Comparison mode"),
    Action("colour_pair", "Colour overlay: other pair of colours", "View",
           "Amber and blue, or magenta and green", ("Shift+C",),
           on_workspace(display.next_option, BlendMode.TWO_COLOUR), need_pair, submenu="Comparison mode"),
    Action("curtain_way", "Wipe: next direction", "View", "Side by side, one above the other, or in quarters",
           ("Shift+V",), on_workspace(display.next_option, BlendMode.CURTAIN), need_pair, submenu="Comparison mode"),
    *(Action(f"layout_{layout}", text, "View", tip, (key,), on_view(ViewModel.set_layout, layout),
             need_pair if layout in ROWS else need_image, _is("layout", layout), submenu="Layout")
      for layout, text, key, tip in LAYOUTS),
    Action("rows", "Three planes or images side by side", "View", "Switch between the two layouts", ("L",),
           on_workspace(display.toggle_rows), need_pair, separated=True, submenu="Layout"),
    Action("linked", "Link rows", "View",
           "Crosshair, pan and zoom of both rows go together, except while a landmark is marked", ("Shift+L",),
           on_workspace(display.toggle_link), _need_rows, _is("linked", True), submenu="Layout"),
    *(Action(f"main_{plane}", f"Large plane: {plane}", "View", "In the layout with one large plane, and in the mosaic",
             (f"F{number}",), on_workspace(display.choose_plane, plane), need_image, _is("main_plane", plane),
             separated=number == 2, submenu="Layout") for number, plane in enumerate(PLANES, start=2)),
    Action("mosaic_closer", "Mosaic: slices closer together", "View", "From 20 down to 1 mm", (",",),
           on_workspace(display.step_mosaic, -1), _need_mosaic, submenu="Layout"),
    Action("mosaic_wider", "Mosaic: slices further apart", "View", "From 1 up to 20 mm", (".",),
           on_workspace(display.step_mosaic, 1), _need_mosaic, submenu="Layout"),
    Action("crosshair_tool", "Crosshair", "View",
           "A click puts the crosshair there, a drag pulls it along; Esc comes back to this", (),
           on_view(ViewModel.set_tool, "crosshair"), need_image, _tool_is("crosshair"), submenu="Mouse mode"),
    *(Action(f"{tool}_tool", text, "View", tip, (key,), on_view(ViewModel.set_tool, tool),
             need_idle_pair if tool == "move" else need_image, _tool_is(tool), submenu="Mouse mode")
      for tool, text, key, tip in TOOLS),
    Action("straighten", "Reset orientation", "View", "Axial, sagittal and coronal planes again", ("Shift+O",),
           on_view(ViewModel.straighten_planes), _need_oblique, separated=True, submenu="Mouse mode"),
    Action("clear_distances", "Remove all distances", "View", "All that were measured", ("Shift+D",),
           on_workspace(display.remove_distances), _need_distances, submenu="Mouse mode"),
    *(Action(f"{side}_slab_{kind or 'off'}", f"{side.capitalize()} image: {name.lower()}", "View", tip, (),
             on_workspace(display.choose_slab, side, kind), _need_side(side), _slab_is(side, kind),
             separated=side == "moving" and kind is None, submenu="Slab")
      for side in SIDES for kind, name, tip in SLABS),
    Action("slab_thicker", "Thicker slab", "View", "Of the images that are shown as slabs, up to 30 mm", ("Ctrl+]",),
           on_workspace(display.step_slabs, 1), _need_slab, separated=True, submenu="Slab"),
    Action("slab_thinner", "Thinner slab", "View", "Of the images that are shown as slabs, down to 1 mm", ("Ctrl+[",),
           on_workspace(display.step_slabs, -1), _need_slab, submenu="Slab"),
    Action("fade_less", "Less moving image", "View",
           "Fade towards the fixed image; a smaller checkerboard or spyglass, fainter edges", ("Q",),
           on_workspace(display.step_parameter, -1), _need_parameter, separated=True),
    Action("fade_toggle", "Moving image on or off", "View", "0 % or 50 %", ("W",), on_workspace(display.toggle_fade),
           _need_fade),
    Action("fade_more", "More moving image", "View",
           "Fade towards the moving image; a larger checkerboard or spyglass, stronger edges", ("E",),
           on_workspace(display.step_parameter, 1), _need_parameter),
    Action("peek", "Peek at the other image (hold)", "View", "While the key is held, the other image alone", ("Space",),
           on_workspace(display.begin_peek), need_pair, let_go=on_workspace(display.end_peek), images_only=True),
    Action("flicker", "Flicker", "View", "The two images in turn, three times a second", ("F",),
           on_workspace(display.flicker), need_pair, lambda w: w.view_model.interlude.flickering),
    Action("rock", "Rock", "View", "From one image to the other and back, in three seconds", ("J",),
           on_workspace(display.rock), need_pair, lambda w: w.view_model.interlude.rocking),
    _toggle("bone_edges", "Bone contours", "The outline of the CT's bone over everything", ("B",), need_image),
    _toggle("show_limits", "Show the limits", "How far refining within limits could move the skull, in the fused views",
            ("H",), need_pair, fused=True),
    Action("show_error_lines", "TRE isocontours", "View",
           "Error predicted of the landmark fit, or expected by the check, in mm, in the fused and the fixed views",
           ("I",), on_workspace(display.flip_error_lines), _need_prediction, _is("show_error_lines", True),
           remark=display.why_no_lines),
    _toggle("show_edge_distances", "Bone contours by distance",
            "The outline of the CT's bone, coloured by how far the check finds the MR's skull from it", ("Shift+H",),
            _need_distances_known),
    Action("auto_window", "Automatic window/level", "View", "A sensible window and level for both images",
           ("Shift+T",), on_view(ViewModel.auto_windows), need_image, separated=True),
    _toggle("smooth", "Interpolate between voxels", "Otherwise each voxel is seen as it is", ("P",), need_image),
    _toggle("wheel_moving", "Wheel steps through the moving image's slices",
            "In fused panes; otherwise the fixed image's", (), need_pair),
    _toggle("colour_bar", "Colour bars", "What the colours mean, where there are any", (), need_image),
    Action("zoom_in", "Zoom in", "View", "About the middle of the views", ("+", "="),
           on_workspace(display.zoom, 1.25), need_image, separated=True),
    Action("zoom_out", "Zoom out", "View", "About the middle of the views", ("-",), on_workspace(display.zoom, 0.8),
           need_image),
    Action("zoom_reset", "Fit to view", "View", "The whole images again", ("0",), on_view(ViewModel.reset_zoom),
           need_image),
    _toggle("radiological", "Radiological convention",
            "The patient's right on the screen's left; off: neurological convention", (), need_image, separated=True),
    _toggle("ras", "Positions as RAS",
            "Scanner RAS, as NIfTI and 3D Slicer write them, not FreeSurfer's surface RAS; otherwise LPS as DICOM", (),
            need_image),
    Action("full_screen", "Full screen", "View", "The window without its frame; the same again brings the frame back",
           ("F11",), lambda c: c.dialogs.toggle_full_screen(), checked=lambda w: w.full_screen, separated=True),
)  # fmt: skip
