"""The actions of the View menu: how the two images are put together, arranged, and drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar, get_args

from fusionviewer.app.actions.action import Action, Need, Verb, need_idle_pair, need_image, need_pair
from fusionviewer.app.state.guidance import blended_unseen, why_apart, why_no_difference
from fusionviewer.app.state.view_model import Tool
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.rendering.blends import FADED, BlendMode, CurtainWay
from fusionviewer.rendering.colours import PAIRS
from fusionviewer.session.view_state import PLANES, ROWS, Layout, PlaneName, ViewState

Choice = TypeVar("Choice")

PARAMETER_STEP: Final = 0.1

MOSAIC_STEPS_MM: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0)

MODES: Final = (
    (BlendMode.FADE, "Fade", "S", "From one image to the other"),
    (BlendMode.TWO_COLOUR, "Two colours", "C", "Each image in its colour; where they are alike, the picture is grey"),
    (BlendMode.CHECKERBOARD, "Checkerboard", "K", "Squares of the two images in turn"),
    (BlendMode.CURTAIN, "Curtain", "V", "One image on either side of the crosshair"),
    (BlendMode.SPY_GLASS, "Spy-glass", "G", "The other image in a disc under the mouse"),
    (BlendMode.EDGES, "Edges", "Shift+B",
     "Bone of a CT, or where the brightness of an MR changes, as lines over the other image"),
    (BlendMode.DIFFERENCE, "Difference", "U", "Moving minus fixed; grey where they are alike"),
)  # fmt: skip
"""(mode, name, key, tool tip) in the order in which they are offered."""

LAYOUTS: Final[tuple[tuple[Layout, str, str, str], ...]] = (
    ("fused", "Three planes", "Ctrl+1", "Axial, sagittal and coronal, both images fused"),
    ("large", "One large plane", "Ctrl+2", "One large plane with two small ones; double-click a small one to swap"),
    ("pairs", "Images side by side", "Ctrl+3", "A row for each image in its own space"),
    ("nine", "Three by three", "Ctrl+4", "A row for each image, and one for both fused"),
    ("mosaic", "Mosaic", "Ctrl+5", "Twelve slices side by side"),
)
"""(layout, name, key, tool tip) in the order in which they are offered."""

TOOLS: Final[tuple[tuple[Tool, str, str, str], ...]] = (
    ("window", "Window", "T", "Dragging changes brightness and contrast; with Ctrl, a box gets its best window"),
    ("move", "Move", "M", "Drag inside the image to shift the moving image, or the rotation handle's rim to turn it"),
    ("turn", "Turn planes", "O", "Dragging turns the planes about the crosshair"),
    ("measure", "Measure", "D", "Drag from one place to another; the ends can be dragged later"),
)
"""(tool, name, key, tool tip) in the order in which they are offered."""


def tool_in_the_way(workspace: Workspace) -> str:
    """That a tool keeps the clicks that would mark a pair, and the key that puts it away; empty if none does."""
    model, pair = workspace.view_model, workspace.selected_pair
    if pair is None or not workspace.placing or (model.tool == "move" and model.view.layout == "pairs"):
        return ""
    found = [(name, key) for tool, name, key, _ in TOOLS if tool == model.tool]
    return "".join(f"The tool “{name}” keeps the clicks: press {key} to mark {pair.name}." for name, key in found)


def _need_mode(mode: BlendMode) -> Need:
    if mode is BlendMode.DIFFERENCE:
        return lambda w: why_no_difference(w.document.state)
    return need_pair


def _choose_mode(mode: BlendMode, workspace: Workspace) -> None:
    """The mode; the same again is the fade."""
    now = workspace.view_model.view.mode
    workspace.view_model.set_blend(mode=BlendMode.FADE if now is mode else mode)


def _seen(verb: Verb, unseen_text: Callable[[ViewState], str] = blended_unseen) -> Verb:
    """Change what is seen of both images together; where no view shows them so, say what has changed and the way."""

    def act(workspace: Workspace) -> None:
        verb(workspace)
        unseen = unseen_text(workspace.view_model.view)
        if unseen:
            workspace.said.emit(unseen)

    return act


def _flicker(workspace: Workspace) -> None:
    interlude = workspace.view_model.interlude
    if interlude.flickering or not _said_why_apart(workspace):
        interlude.set_flicker(not interlude.flickering)


def _rock(workspace: Workspace) -> None:
    interlude = workspace.view_model.interlude
    if interlude.rocking or not _said_why_apart(workspace):
        interlude.set_rock(not interlude.rocking)


def _said_why_apart(workspace: Workspace) -> bool:
    """Say how to see both images together where no view shows them so; whether that had to be said."""
    why = why_apart(workspace.view_model.view)
    if why:
        workspace.said.emit(why)
    return bool(why)


def _choose_layout(layout: Layout, workspace: Workspace) -> None:
    workspace.view_model.set_layout(layout)


def _choose_plane(plane: PlaneName, workspace: Workspace) -> None:
    view = workspace.view_model.view
    # a pane that fills the window would hide the plane that is asked for
    workspace.view_model.change(main_plane=plane, enlarged="" if view.layout == "large" else view.enlarged)


def _choose_tool(tool: Tool, workspace: Workspace) -> None:
    """The tool; the same again is the crosshair."""
    workspace.view_model.set_tool(tool)


def _step(way: float, workspace: Workspace) -> None:
    share = workspace.view_model.view.blend.parameter
    if share is not None:
        workspace.view_model.set_parameter(share + way * PARAMETER_STEP)


def _need_parameter(workspace: Workspace) -> str:
    has_none = workspace.view_model.view.blend.parameter is None
    return need_pair(workspace) or ("There is nothing to set in this mode." if has_none else "")


def _need_fade(workspace: Workspace) -> str:
    fades = workspace.view_model.view.mode in FADED
    return need_pair(workspace) or ("" if fades else "Choose the fade or the two colours to use this.")


def _toggle_fade(workspace: Workspace) -> None:
    workspace.view_model.set_fade(0.0 if workspace.view_model.view.fade > 0 else 0.5)


def _swap(workspace: Workspace) -> None:
    workspace.view_model.change(blend=workspace.view_model.view.blend.swap())


def next_of(choices: Sequence[Choice], now: Choice) -> Choice:
    """The choice after this one; after the last the first."""
    return choices[(choices.index(now) + 1) % len(choices)]


def _next_pair(workspace: Workspace) -> None:
    blend = workspace.view_model.view.blend
    if blend.mode is not BlendMode.TWO_COLOUR:
        workspace.view_model.set_blend(mode=BlendMode.TWO_COLOUR)
    else:
        workspace.view_model.set_blend(pair=next_of(list(PAIRS), blend.pair))


def _next_curtain(workspace: Workspace) -> None:
    blend = workspace.view_model.view.blend
    if blend.mode is not BlendMode.CURTAIN:
        workspace.view_model.set_blend(mode=BlendMode.CURTAIN)
    else:
        workspace.view_model.set_blend(curtain=next_of(get_args(CurtainWay), blend.curtain))


def _toggle_rows(workspace: Workspace) -> None:
    workspace.view_model.set_layout("fused" if workspace.view_model.view.layout == "pairs" else "pairs")


def _step_mosaic(way: int, workspace: Workspace) -> None:
    now = workspace.view_model.view.mosaic_step_mm
    others = [mm for mm in MOSAIC_STEPS_MM if (mm - now) * way > 0]
    if others:
        workspace.view_model.change(mosaic_step_mm=min(others) if way > 0 else max(others))


def _need_mosaic(workspace: Workspace) -> str:
    shown = workspace.view_model.view.layout == "mosaic"
    return need_image(workspace) or ("" if shown else "Choose the mosaic first.")


def _need_rows(workspace: Workspace) -> str:
    shown = workspace.view_model.view.layout in ROWS
    return need_pair(workspace) or ("" if shown else "Choose a layout with a row for each image first.")


def _zoom(factor: float, workspace: Workspace) -> None:
    workspace.view_model.zoom("fixed", factor)
    view = workspace.view_model.view
    if view.layout in ROWS and not view.linked:
        workspace.view_model.zoom("moving", factor)


def _flip(name: str) -> tuple[Verb, Callable[[Workspace], bool]]:
    """Turn a yes-or-no of the view around, and what it is now."""

    def verb(workspace: Workspace) -> None:
        workspace.view_model.change(**{name: not getattr(workspace.view_model.view, name)})

    return verb, lambda w: bool(getattr(w.view_model.view, name))


def _toggle(key: str, text: str, tip: str, keys: tuple[str, ...], need: Need, *, fused: bool = False,
            separated: bool = False) -> Action:  # fmt: skip
    """`fused`: it is seen where both images are, and elsewhere that is said."""
    verb, checked = _flip(key)
    verb = _seen(verb, why_apart) if fused else verb
    return Action(key, text, "View", tip, keys, verb, need, checked, separated=separated)


def _mode_is(mode: BlendMode) -> Callable[[Workspace], bool]:
    return lambda w: w.view_model.view.mode is mode


def _layout_is(layout: Layout) -> Callable[[Workspace], bool]:
    return lambda w: w.view_model.view.layout == layout


def _tool_is(tool: Tool) -> Callable[[Workspace], bool]:
    return lambda w: w.view_model.tool == tool


def _plane_is(plane: str) -> Callable[[Workspace], bool]:
    return lambda w: w.view_model.view.main_plane == plane


def _need_oblique(workspace: Workspace) -> str:
    view = workspace.view_model.view
    return "" if view.fixed.oblique or view.moving.oblique else "The planes are the standard ones."


def _need_distances(workspace: Workspace) -> str:
    return "" if workspace.view_model.view.distances else "No distance has been measured."


def _need_prediction(workspace: Workspace) -> str:
    """The landmarks can be fitted; what is on can be put off anyway."""
    if workspace.view_model.view.show_error_lines:
        return ""
    return need_pair(workspace) or landmark_facts(workspace.document.state).why_not


VIEW: Final = (
    *(Action(mode.value.replace("-", "_"), text, "View", tip, (key,), _seen(partial(_choose_mode, mode)),
             _need_mode(mode),
             _mode_is(mode), submenu="Blend") for mode, text, key, tip in MODES),
    Action("swap", "Swap the images", "View", "30 % becomes 70 %; squares, glass, edges and sides are exchanged",
           ("Tab",), _seen(_swap), need_pair, images_only=True, separated=True, submenu="Blend"),
    Action("colour_pair", "Two colours: the other pair", "View",
           "Amber and blue, or magenta and green", ("Shift+C",), _seen(_next_pair), need_pair, submenu="Blend"),
    Action("curtain_way", "Curtain: the next direction", "View", "Side by side, one above the other, or in quarters",
           ("Shift+V",), _seen(_next_curtain), need_pair, submenu="Blend"),
    *(Action(f"layout_{layout}", text, "View", tip, (key,), partial(_choose_layout, layout),
             need_image if layout in ("fused", "large", "mosaic") else need_pair, _layout_is(layout), submenu="Layout")
      for layout, text, key, tip in LAYOUTS),
    Action("rows", "Three planes, or images side by side", "View", "Between the two layouts", ("L",), _toggle_rows,
           need_pair, separated=True, submenu="Layout"),
    Action("linked", "Rows look at the same place", "View",
           "Crosshair, pan and zoom of both rows go together, but for the marking of landmarks", ("Shift+L",),
           lambda w: w.view_model.link_rows(not w.view_model.view.linked), _need_rows,
           lambda w: w.view_model.view.linked, submenu="Layout"),
    *(Action(f"main_{plane}", f"Large plane: {plane}", "View", "In the layout with one large plane, and in the mosaic",
             (f"F{number}",), partial(_choose_plane, plane), need_image, _plane_is(plane),
             separated=number == 2, submenu="Layout") for number, plane in enumerate(PLANES, start=2)),
    Action("mosaic_closer", "Mosaic: slices closer together", "View", "From 20 down to 1 mm", (",",),
           partial(_step_mosaic, -1), _need_mosaic, submenu="Layout"),
    Action("mosaic_wider", "Mosaic: slices further apart", "View", "From 1 up to 20 mm", (".",),
           partial(_step_mosaic, 1), _need_mosaic, submenu="Layout"),
    *(Action(f"{tool}_tool", text, "View", tip, (key,), partial(_choose_tool, tool),
             need_idle_pair if tool == "move" else need_image, _tool_is(tool), submenu="Tool")
      for tool, text, key, tip in TOOLS),
    Action("straighten", "Straighten the planes", "View", "Axial, sagittal and coronal again", ("Shift+O",),
           lambda w: w.view_model.straighten_planes(), _need_oblique, separated=True, submenu="Tool"),
    Action("clear_distances", "Remove the distances", "View", "All that were measured", ("Shift+D",),
           lambda w: w.view_model.change(distances=()), _need_distances, submenu="Tool"),
    Action("fade_less", "Less", "View", "Fade towards fixed; smaller squares or glass, fainter edges", ("Q",),
           _seen(partial(_step, -1)), _need_parameter, separated=True),
    Action("fade_toggle", "Moving image on or off", "View", "0 % or 50 %", ("W",), _seen(_toggle_fade), _need_fade),
    Action("fade_more", "More", "View", "Fade towards moving; larger squares or glass, stronger edges", ("E",),
           _seen(partial(_step, 1)), _need_parameter),
    Action("peek", "See the other image (hold)", "View", "While the key is held, the other image alone", ("Space",),
           need=need_pair, images_only=True),
    Action("flicker", "Flicker", "View", "The two images in turn, three times a second", ("F",),
           _flicker, need_pair,
           checked=lambda w: w.view_model.interlude.flickering),
    Action("rock", "Rock", "View", "From one image to the other and back, in three seconds", ("J",),
           _rock, need_pair,
           checked=lambda w: w.view_model.interlude.rocking),
    _toggle("bone_edges", "Bone edges", "The outline of the CT's bone over everything", ("B",), need_image),
    _toggle("show_limits", "Show the limits", "How far refining within limits could move the skull, in the fused views",
            ("H",), need_pair, fused=True),
    _toggle("show_error_lines", "Lines of equal predicted error",
            "Where the fit to the landmarks is predicted to be off by how many mm, in the fused and the fixed views",
            ("I",), _need_prediction),
    Action("auto_window", "Automatic windows", "View", "A sensible brightness and contrast for both images",
           ("Shift+T",), lambda w: w.view_model.auto_windows(), need_image, separated=True),
    _toggle("smooth", "Interpolate between voxels", "Otherwise each voxel is seen as it is", ("P",), need_image),
    _toggle("wheel_moving", "Wheel counts the moving image's slices", "In fused panes; otherwise the fixed image's", (),
            need_pair),
    _toggle("colour_bar", "Colour bars", "What the colours mean, where there are any", (), need_image),
    Action("zoom_in", "Zoom in", "View", "About the middle of the views", ("+", "="), partial(_zoom, 1.25), need_image,
           separated=True),
    Action("zoom_out", "Zoom out", "View", "About the middle of the views", ("-",), partial(_zoom, 0.8), need_image),
    Action("zoom_reset", "Show everything", "View", "The whole images again", ("0",),
           lambda w: w.view_model.reset_zoom(), need_image),
    _toggle("radiological", "Patient's right on the left",
            "Radiological convention; the other way round is the neurological one", (), need_image, separated=True),
    _toggle("ras", "Positions as RAS", "x and y negated, as NIfTI and 3D Slicer write them; otherwise LPS as DICOM", (),
            need_image),
)  # fmt: skip
