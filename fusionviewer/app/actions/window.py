"""The actions of the View menu for what stands around the images: steps and side panel."""

from __future__ import annotations

from functools import partial
from typing import Final

from fusionviewer.app.actions.action import Action, Need, need_image, need_pair, when
from fusionviewer.app.commands import window
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.state.steps import STEPS, Step
from fusionviewer.app.state.workspace import Workspace

STEP_TIPS: Final[dict[Step, str]] = {
    "open": "The two images, and remarks on them",
    "align": "Register, place landmarks, refine, or align manually",
    "review": "Compare the images; accept or reject the alignment",
    "export": "Transforms, images, screenshots and the study",
}
"""What the panel of each step is for."""


def _need(step: Step) -> Need:
    return (lambda _: "") if step == "open" else need_pair


def _is_step(step: Step, workspace: Workspace) -> bool:
    return workspace.window.step == step and workspace.window.side_panel


_need_single: Final = when(
    lambda w: len(w.document.state.volumes()) == 1 and not w.window.single, "This is for a study with one image."
)

WINDOW: Final = (
    *(Action(f"step_{step}", name, "View", STEP_TIPS[step], (f"Alt+{number}",), on_workspace(window.show_step, step),
             _need(step), partial(_is_step, step), submenu="Step")
      for number, (step, name) in enumerate(STEPS, start=1)),
    Action("look_at_single", "View this image alone", "View", "Its three planes, before there is another image", (),
           on_workspace(window.look_at_single), _need_single, separated=True, submenu="Step"),
    Action("side_panel", "Side panel", "View", "The panel of the step, and the windows of both images", ("F9",),
           on_workspace(window.toggle_side_panel), need_image, lambda w: w.window.side_panel,
           submenu="Step", separated=True),
)  # fmt: skip
