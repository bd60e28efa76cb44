"""Commands: the list of landmark pairs: their parts, locks, colours and order; and a row of facts about each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.wording import sentence
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import FusionState

Order: TypeAlias = Literal["residual", "left out", "name"]

USES: Final[tuple[PairUse, ...]] = ("fit", "check", "off")

USE_WORDS: Final[dict[PairUse, str]] = {"fit": "Fit", "check": "Check", "off": "Ignore"}

_DONE: Final[dict[PairUse, str]] = {"fit": "Use {}: Fit", "check": "Use {}: Check", "off": "Use {}: Ignore"}


@dataclass(frozen=True)
class PairRow:
    """What a table shows of a pair."""

    use: PairUse
    residual_mm: float | None
    """How far its points lie apart under the pose shown."""
    left_out_mm: float | None
    """How far it lies from where the fit to all other pairs expects it."""
    remark: str
    """What is wrong with it, as a sentence; empty: nothing that is known."""


def pair_rows(state: FusionState) -> tuple[PairRow, ...]:
    """A row of facts for each pair."""
    facts = landmark_facts(state)
    left_out = {pair.index: pair.left_out_mm for pair in facts.pairs}
    remarks = {
        row: f"Its point in the {side} image lies outside of that image."
        for side, rows in facts.outside.items()
        for row in rows
    }
    for found in facts.suspicions:
        for index in (found.index, found.twin):
            if index is not None:
                remarks[index] = sentence(found.finding)
    rows: list[PairRow] = []
    for index, (pair, residual) in enumerate(zip(state.landmarks, landmark_edits.residuals_mm(state), strict=True)):
        out = left_out.get(index)
        if pair.complete and not pair.used and facts.fit is not None:  # all others are those of the fit
            expected = facts.fit.moving_from_fixed.apply(np.asarray(pair.fixed_point))
            out = float(np.linalg.norm(expected - np.asarray(pair.moving_point)))
        rows.append(PairRow(pair.use, residual, out, remarks.get(index, "")))
    return tuple(rows)


def rename_selected(context: Context) -> None:
    """Let the user type the selected pair's name."""
    index = mark_landmarks.selected(context.workspace)
    if index is not None:
        context.dialogs.edit_pair_name(index)


def set_use(workspace: Workspace, index: int, use: PairUse) -> None:
    """Fit a pair, check with it, or leave it out."""
    state = workspace.document.state
    pair = state.landmarks[index]
    if use != pair.use:
        workspace.document.apply(_DONE[use].format(pair.name), landmark_edits.set_use(state, index, use))


def next_use(workspace: Workspace, index: int) -> None:
    """From the fit to the check, from there to off, and from there to the fit."""
    now = workspace.document.state.landmarks[index].use
    set_use(workspace, index, USES[(USES.index(now) + 1) % len(USES)])


def next_use_of_selected(workspace: Workspace) -> None:
    """The same for the selected pair."""
    index = mark_landmarks.selected(workspace)
    if index is not None:
        next_use(workspace, index)


def toggle_lock(workspace: Workspace, index: int) -> None:
    """Keep a pair's points from being moved, or no longer."""
    state = workspace.document.state
    pair = state.landmarks[index]
    text = f"{'Unlock' if pair.locked else 'Lock'} {pair.name}"
    workspace.document.apply(text, landmark_edits.lock_pair(state, index, not pair.locked))


def toggle_lock_of_selected(workspace: Workspace) -> None:
    """The same for the selected pair."""
    index = mark_landmarks.selected(workspace)
    if index is not None:
        toggle_lock(workspace, index)


def set_colour(workspace: Workspace, index: int, colour: str) -> None:
    """Give a pair a colour "#rrggbb" of its own; empty: none."""
    state = workspace.document.state
    if state.landmarks[index].colour != colour:
        text = f"Colour of {state.landmarks[index].name}"
        workspace.document.apply(text, landmark_edits.colour_pair(state, index, colour))


def order_pairs(workspace: Workspace, order: Order) -> None:
    """Put the pairs into an order: the largest distance first, or by name; what has no distance comes last."""
    state = workspace.document.state
    rows = pair_rows(state)

    def place(index: int) -> tuple[float, str]:
        if order == "name":
            return 0.0, state.landmarks[index].name.casefold()
        distance = rows[index].residual_mm if order == "residual" else rows[index].left_out_mm
        return (math.inf if distance is None else -distance), ""

    numbers = sorted(range(len(rows)), key=place)
    if numbers == list(range(len(rows))):
        return
    workspace.document.apply(f"Order the landmarks by {order}", landmark_edits.order_by(state, numbers))
