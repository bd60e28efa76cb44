"""Two states compared but for the history of their reviews, which Undo and Redo make longer."""

from __future__ import annotations

from dataclasses import fields

from fusionviewer.session.state import FusionState


def all_but_history(state: FusionState) -> list[object]:
    """Every part of a study and of its alignment, in the same order for every study."""
    alignment = {field.name: getattr(state.alignment, field.name) for field in fields(state.alignment)}
    parts = {field.name: getattr(state, field.name) for field in fields(state)} | alignment
    return [part for name, part in parts.items() if name not in {"alignment", "history"}]
