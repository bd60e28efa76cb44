"""What an action of the menus is, and when it can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from fusionviewer.app.commands.context import Command
from fusionviewer.app.state.workspace import Workspace

Menu = Literal["File", "Edit", "View", "Align", "Review", "Help"]
Need = Callable[[Workspace], str]
"""Why something cannot be done now, as a sentence for the tool tip; empty if it can."""


@dataclass(frozen=True)
class Action:
    """A thing to do: its name, place in the menus, tool tip and keys, its command, and when it can be done.

    `checked` makes it a mark in the menu. `images_only`: its keys work while the images have the keyboard, so that
    they stay usable elsewhere.
    """

    key: str
    text: str
    menu: Menu
    tip: str
    keys: tuple[str, ...]
    command: Command
    need: Need = lambda _: ""
    checked: Callable[[Workspace], bool] | None = None
    images_only: bool = False
    let_go: Command | None = None
    """What ends the command when its key is let go; None: it does not last."""
    separated: bool = False
    """Whether a line stands above it in the menu."""
    submenu: str = ""
    """The menu inside the menu in which it stands; empty: in the menu itself."""
    lent_to_move: tuple[str, ...] = ()
    """Those of its keys that nudge the image instead while Move is the mouse mode."""
    series: str = ""
    """What it is one of many of, told as one: such an action has its key, but no place in a menu. Empty: it is not."""
    remark: Need = lambda _: ""
    """What its tool tip says of what it shows now, although it can be done."""


def and_with_shift(key: str, held: str = "") -> tuple[str, str]:
    """A key, pressed while others are held, and the same with Shift, which makes larger steps."""
    return f"{held}{key}", f"{held}Shift+{key}"


def when(holds: Callable[[Workspace], bool], else_why_not: str) -> Need:
    """The sentence that is given, unless the condition holds."""
    return lambda workspace: "" if holds(workspace) else else_why_not


def first_of(*needs: Need) -> Need:
    """The first of several sentences that is not empty."""
    return lambda workspace: next(filter(None, (need(workspace) for need in needs)), "")


def need_idle(workspace: Workspace) -> str:
    """Nothing runs."""
    return f"{workspace.runner.title} is going on: wait, or press Esc to cancel." if workspace.runner.busy else ""


def _why_no_fit(workspace: Workspace) -> str:
    count = sum(pair.used for pair in workspace.document.state.landmarks)
    there = {0: "is none", 1: "is one", 2: "are two"}.get(count)
    return f"A rigid fit needs three complete pairs whose use is “Fit”; there {there}." if there else ""


need_pair: Final = when(lambda w: w.document.state.has_pair, "Open a fixed and a moving image first.")
need_image: Final = when(lambda w: bool(w.document.state.volumes()), "Open an image first.")
need_idle_pair: Final = first_of(need_pair, need_idle)
need_three_pairs: Final = first_of(need_idle_pair, _why_no_fit)
need_move_mode: Final = first_of(
    need_idle_pair, when(lambda w: w.view_model.tool == "move", "Choose the mouse mode Move (M) first.")
)
need_selected: Final = when(lambda w: w.selected_pair is not None, "Select a landmark pair first.")
need_undo: Final = first_of(need_idle, when(lambda w: w.document.undo_stack.canUndo(), "There is nothing to undo."))
need_redo: Final = first_of(need_idle, when(lambda w: w.document.undo_stack.canRedo(), "There is nothing to redo."))
need_running: Final = when(
    lambda w: w.runner.busy or w.placing or w.view_model.tool != "crosshair" or w.tour.place is not None,
    "There is nothing to cancel.",
)
need_review: Final = when(lambda w: w.document.state.alignment.review is not None, "There is no review yet.")
