"""What an action of the menus is, and when it can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fusionviewer.app.commands.context import Command
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace

Menu = Literal["File", "Edit", "View", "Align", "Check", "Help"]
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
    series: str = ""
    """What it is one of many of, told as one: such an action has its key, but no place in a menu. Empty: it is not."""


def and_with_shift(key: str, held: str = "") -> tuple[str, str]:
    """A key, pressed while others are held, and the same with Shift, which makes larger steps."""
    return f"{held}{key}", f"{held}Shift+{key}"


def need_idle(workspace: Workspace) -> str:
    """Nothing runs."""
    return f"{workspace.runner.title} is going on: wait, or press Esc to cancel." if workspace.runner.busy else ""


def need_pair(workspace: Workspace) -> str:
    """Both images are open."""
    return "" if workspace.document.state.has_pair else "Open a fixed and a moving image first."


def need_image(workspace: Workspace) -> str:
    """At least one image is open."""
    state = workspace.document.state
    return "" if state.volumes() else "Open an image first."


def need_idle_pair(workspace: Workspace) -> str:
    """Both images are open and nothing runs."""
    return need_pair(workspace) or need_idle(workspace)


def need_three_pairs(workspace: Workspace) -> str:
    """Enough landmarks for a rigid fit."""
    count = sum(pair.used for pair in workspace.document.state.landmarks)
    return need_idle_pair(workspace) or (
        "" if count >= 3 else f"A rigid fit needs three complete pairs whose part is “fit”; there {_are(count)}."
    )


def need_selected(workspace: Workspace) -> str:
    """A landmark pair is selected."""
    return "" if mark_landmarks.selected(workspace) is not None else "Select a landmark pair first."


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
    return "" if workspace.document.state.alignment.review else "There is no verdict yet."


def _are(count: int) -> str:
    return {0: "is none", 1: "is one", 2: "are two"}.get(count, f"are {count}")
