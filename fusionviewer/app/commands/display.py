"""Commands: how the two images are put together, arranged and drawn. None of them is a step of undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fusionviewer.app.state.guidance import blended_unseen, why_apart
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import why_withheld_text
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.slab import THICKEST_MM, Slab, SlabKind, slab_words
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ROWS, ErrorSource, PlaneName

NO_EXPECTED: Final = "This pose has not been checked, or the check cannot say how far off it may be."

PARAMETER_STEP: Final = 0.1

USUAL_SLAB_MM: Final = 10.0
SLABS_MM: Final = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 25.0, THICKEST_MM)

MOSAIC_STEPS_MM: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0)


def choose_mode(workspace: Workspace, mode: BlendMode) -> None:
    """Blend in a mode; in the fade, if that mode is chosen already."""
    now = workspace.view_model.view.mode
    workspace.view_model.set_blend(mode=BlendMode.FADE if now is mode else mode)
    _say_if_unseen(workspace)


def swap(workspace: Workspace) -> None:
    """Let the two images change their parts in the blend."""
    workspace.view_model.change(blend=workspace.view_model.view.blend.swap())
    _say_if_unseen(workspace)


def next_option(workspace: Workspace, mode: BlendMode) -> None:
    """Show a mode; if it is shown already, with its next colours or direction."""
    blend = workspace.view_model.view.blend
    workspace.view_model.change(blend=blend.next_option() if blend.mode is mode else replace(blend, mode=mode))
    _say_if_unseen(workspace)


def choose_slab(workspace: Workspace, side: Side, kind: SlabKind | None) -> None:
    """Show an image as a thick slice of this kind, as thick as before; None: as the plane itself."""
    model = workspace.view_model
    before = model.view.slab(side)
    slab = None if kind is None else Slab(kind, before.thickness_mm if before else USUAL_SLAB_MM)
    model.set_slab(side, slab)
    workspace.said.emit(slab_text(side, slab))


def step_slabs(workspace: Workspace, way: int) -> None:
    """Make the slabs that are shown thicker (1) or thinner (-1)."""
    model, told = workspace.view_model, list[str]()
    for side in SIDES:
        slab = model.view.slab(side)
        if slab is not None:
            further = [mm for mm in SLABS_MM if (mm - slab.thickness_mm) * way > 0]
            slab = replace(slab, thickness_mm=further[0 if way > 0 else -1] if further else slab.thickness_mm)
            model.set_slab(side, slab)
            told.append(slab_text(side, slab))
    workspace.said.emit(" ".join(told))


def slab_text(side: Side, slab: Slab | None) -> str:
    """What of an image is shown across the plane, as a sentence."""
    if slab is None:
        return f"The {side} image is shown on the plane itself."
    return f"The {side} image is shown as the {slab_words(slab)}."


def step_parameter(workspace: Workspace, way: int) -> None:
    """More (1) or less (-1) of what can be set about the mode: the fade, the size of squares or spyglass, the edges."""
    share = workspace.view_model.view.blend.parameter
    if share is not None:
        workspace.view_model.set_parameter(share + way * PARAMETER_STEP)
    _say_if_unseen(workspace)


def toggle_fade(workspace: Workspace) -> None:
    """Fade the moving image out, or halfway in."""
    workspace.view_model.set_fade(0.0 if workspace.view_model.view.fade > 0 else 0.5)
    _say_if_unseen(workspace)


def _say_if_unseen(workspace: Workspace) -> None:
    """Where no view shows both images together, say what has changed, and the way to see it."""
    unseen = blended_unseen(workspace.view_model.view)
    if unseen:
        workspace.said.emit(unseen)


def begin_peek(workspace: Workspace) -> None:
    """Show the other image alone until `end_peek`."""
    workspace.view_model.interlude.peek(True)
    _said_why_apart(workspace)


def end_peek(workspace: Workspace) -> None:
    """Show the chosen blend again."""
    workspace.view_model.interlude.peek(False)


def flicker(workspace: Workspace) -> None:
    """Show the two images in turn, or stop that."""
    interlude = workspace.view_model.interlude
    if interlude.flickering or not _said_why_apart(workspace):
        interlude.set_flicker(not interlude.flickering)


def rock(workspace: Workspace) -> None:
    """Let the fade go to and fro, or stop that."""
    interlude = workspace.view_model.interlude
    if interlude.rocking or not _said_why_apart(workspace):
        interlude.set_rock(not interlude.rocking)


def _said_why_apart(workspace: Workspace) -> bool:
    """Say how to see both images together where no view shows them so; whether that had to be said."""
    why = why_apart(workspace.view_model.view)
    if why:
        workspace.said.emit(why)
    return bool(why)


def flip(workspace: Workspace, name: str) -> None:
    """Turn a yes-or-no of the view around."""
    workspace.view_model.change(**{name: not getattr(workspace.view_model.view, name)})


def flip_in_fused(workspace: Workspace, name: str) -> None:
    """The same for what only views that show both images together can show; where there are none, say so."""
    flip(workspace, name)
    _said_why_apart(workspace)


def why_no_lines(workspace: Workspace) -> str:
    """Why no error is shown at places although one is chosen, as a sentence; empty if it can be believed."""
    if workspace.view_model.view.error_of == "landmarks":
        return why_withheld_text(landmark_facts(workspace.document.state))
    return "" if workspace.view_model.expected_error.now else NO_EXPECTED


def choose_error(workspace: Workspace, source: ErrorSource) -> None:
    """Show the error of the landmark fit at places, or that of the check."""
    workspace.view_model.change(error_of=source)


def flip_error_lines(workspace: Workspace) -> None:
    """Show the TRE isocontours, or put them off; where they are withheld, say why."""
    flip(workspace, "show_error_lines")
    why_not = why_no_lines(workspace)
    if workspace.view_model.view.show_error_lines and why_not:
        workspace.warned.emit(f"{why_not} No TRE isocontours are drawn.")


def choose_plane(workspace: Workspace, plane: PlaneName) -> None:
    """Show a plane large."""
    view = workspace.view_model.view
    # a pane that fills the window would hide the plane that is asked for
    workspace.view_model.change(main_plane=plane, enlarged="" if view.layout == "large" else view.enlarged)


def toggle_rows(workspace: Workspace) -> None:
    """Between the three fused planes and a row for each image."""
    workspace.view_model.set_layout("fused" if workspace.view_model.view.layout == "pairs" else "pairs")


def toggle_link(workspace: Workspace) -> None:
    """Let the rows look at the same place, or each at its own."""
    workspace.view_model.link_rows(not workspace.view_model.view.linked)


def step_mosaic(workspace: Workspace, way: int) -> None:
    """Put the mosaic's slices further apart (1), or closer together (-1)."""
    now = workspace.view_model.view.mosaic_step_mm
    others = [mm for mm in MOSAIC_STEPS_MM if (mm - now) * way > 0]
    if others:
        workspace.view_model.change(mosaic_step_mm=min(others) if way > 0 else max(others))


def remove_distances(workspace: Workspace) -> None:
    """Forget all distances that were measured."""
    workspace.view_model.change(distances=())


def zoom(workspace: Workspace, factor: float) -> None:
    """Enlarge all views about their middles."""
    workspace.view_model.zoom("fixed", factor)
    view = workspace.view_model.view
    if view.layout in ROWS and not view.linked:
        workspace.view_model.zoom("moving", factor)
