"""The display of a study as plain JSON values and back."""

from __future__ import annotations

from typing import Any

from fusionviewer.rendering.slices import BlendMode
from fusionviewer.rendering.window import Window
from fusionviewer.session.records import flag, number, point_from_record, text
from fusionviewer.session.view_state import ORIGIN, Layout, SpaceView, ViewState

Record = dict[str, Any]


def view_record(view: ViewState) -> Record:
    """Everything about the display."""
    return {
        "fixed": _space_record(view.fixed),
        "moving": _space_record(view.moving),
        "fade": view.fade,
        "mode": view.mode.value,
        "checker_mm": view.checker_mm,
        "bone_edges": view.bone_edges,
        "fixed_window": {"level": view.fixed_window.level, "width": view.fixed_window.width},
        "moving_window": {"level": view.moving_window.level, "width": view.moving_window.width},
        "layout": view.layout,
        "enlarged": view.enlarged,
        "radiological": view.radiological,
        "selected_pair": view.selected_pair,
    }


def view_from_record(record: Record) -> ViewState:
    """Everything about the display. Raises KeyError, TypeError or ValueError on nonsense."""
    layout: Layout = "pairs" if record["layout"] == "pairs" else "fused"
    selected = record["selected_pair"]
    return ViewState(
        fixed=_space(record["fixed"]),
        moving=_space(record["moving"]),
        fade=min(1.0, max(0.0, number(record["fade"]))),
        mode=BlendMode(record["mode"]),
        checker_mm=number(record["checker_mm"]),
        bone_edges=flag(record["bone_edges"]),
        fixed_window=_window(record["fixed_window"]),
        moving_window=_window(record["moving_window"]),
        layout=layout,
        enlarged=text(record["enlarged"]),
        radiological=flag(record["radiological"]),
        selected_pair=None if selected is None else int(selected),
    )


def _space_record(space: SpaceView) -> Record:
    return {"cursor": space.cursor, "focus": space.focus, "zoom": space.zoom}


def _space(record: Record) -> SpaceView:
    cursor, focus = point_from_record(record["cursor"]), point_from_record(record["focus"])
    return SpaceView(cursor or ORIGIN, focus or ORIGIN, number(record["zoom"])).zoomed(1.0)


def _window(record: Record) -> Window:
    return Window(number(record["level"]), number(record["width"]))
