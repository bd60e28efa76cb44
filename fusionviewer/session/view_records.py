"""The display of a study as plain JSON values and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from fusionviewer.rendering.blends import Blend, BlendMode, CurtainWay
from fusionviewer.rendering.colours import ColourPair, Colours
from fusionviewer.rendering.slab import Slab, SlabKind
from fusionviewer.rendering.window import Window
from fusionviewer.session.records import flag, number, one_of, point_from_record, positive, text
from fusionviewer.session.state import SIDES
from fusionviewer.session.view_state import ORIGIN, Distance, ErrorSource, Layout, PlaneName, SpaceView, ViewState

Record = dict[str, Any]


def view_record(view: ViewState) -> Record:
    """Everything about the display."""
    blend = view.blend
    return {
        "fixed": _space_record(view.fixed),
        "moving": _space_record(view.moving),
        "fade": blend.fade,
        "mode": blend.mode.value,
        "swapped": blend.swapped,
        "pair": blend.pair,
        "checker_mm": blend.checker_mm,
        "curtain": blend.curtain,
        "glass_mm": blend.glass_mm,
        "edge_strength": blend.edge_strength,
        "bone_edges": view.bone_edges,
        "smooth": view.smooth,
        "fixed_window": asdict(view.fixed_window),
        "moving_window": asdict(view.moving_window),
        "fixed_colours": view.fixed_colours,
        "moving_colours": view.moving_colours,
        "fixed_slab": view.fixed_slab and asdict(view.fixed_slab),
        "moving_slab": view.moving_slab and asdict(view.moving_slab),
        "colour_bar": view.colour_bar,
        "layout": view.layout,
        "main_plane": view.main_plane,
        "mosaic_step_mm": view.mosaic_step_mm,
        "linked": view.linked,
        "wheel_moving": view.wheel_moving,
        "enlarged": view.enlarged,
        "radiological": view.radiological,
        "ras": view.ras,
        "selected_pair": view.selected_pair,
        "distances": [asdict(distance) for distance in view.distances],
        "hand_centre": view.hand_centre,
        "show_limits": view.show_limits,
        "show_error_lines": view.show_error_lines,
        "error_of": view.error_of,
        "show_edge_distances": view.show_edge_distances,
    }


def view_from_record(record: Record) -> ViewState:
    """Everything about the display. Raises KeyError, TypeError or ValueError on nonsense.

    What an older file does not have yet is as in a new study.
    """
    full = {**view_record(ViewState()), **record}
    selected = full["selected_pair"]
    return ViewState(
        fixed=_space(full["fixed"]),
        moving=_space(full["moving"]),
        blend=_blend(full),
        bone_edges=flag(full["bone_edges"]),
        smooth=flag(full["smooth"]),
        fixed_window=_window(full["fixed_window"]),
        moving_window=_window(full["moving_window"]),
        fixed_colours=one_of(full["fixed_colours"], get_args(Colours)),
        moving_colours=one_of(full["moving_colours"], get_args(Colours)),
        fixed_slab=_slab(full["fixed_slab"]),
        moving_slab=_slab(full["moving_slab"]),
        colour_bar=flag(full["colour_bar"]),
        layout=one_of(full["layout"], get_args(Layout)),
        main_plane=one_of(full["main_plane"], get_args(PlaneName)),
        mosaic_step_mm=positive(full["mosaic_step_mm"]),
        linked=flag(full["linked"]),
        wheel_moving=flag(full["wheel_moving"]),
        enlarged=text(full["enlarged"]),
        radiological=flag(full["radiological"]),
        ras=flag(full["ras"]),
        selected_pair=None if selected is None else int(selected),
        distances=tuple(_distance(distance) for distance in full["distances"]),
        hand_centre=point_from_record(full["hand_centre"]),
        show_limits=flag(full["show_limits"]),
        show_error_lines=flag(full["show_error_lines"]),
        error_of=one_of(full["error_of"], get_args(ErrorSource)),
        show_edge_distances=flag(full["show_edge_distances"]),
    )


def _blend(record: Record) -> Blend:
    return Blend(
        mode=BlendMode(record["mode"]),
        fade=min(1.0, max(0.0, number(record["fade"]))),
        swapped=flag(record["swapped"]),
        pair=one_of(record["pair"], get_args(ColourPair)),
        checker_mm=number(record["checker_mm"]),
        curtain=one_of(record["curtain"], get_args(CurtainWay)),
        glass_mm=number(record["glass_mm"]),
        edge_strength=number(record["edge_strength"]),
    )


def _space_record(space: SpaceView) -> Record:
    return {"cursor": space.cursor, "focus": space.focus, "zoom": space.zoom, "tilt_deg": space.tilt_deg}


def _space(record: Record) -> SpaceView:
    cursor, focus = point_from_record(record["cursor"]), point_from_record(record["focus"])
    tilt = point_from_record(record.get("tilt_deg"))
    return SpaceView(cursor or ORIGIN, focus or ORIGIN, number(record["zoom"]), tilt or ORIGIN).zoomed(1.0)


def _window(record: Record) -> Window:
    white_at = record.get("white_at")
    return Window(number(record["level"]), number(record["width"]), None if white_at is None else number(white_at))


def _slab(record: Record | None) -> Slab | None:
    if record is None:
        return None
    return Slab(one_of(record["kind"], get_args(SlabKind)), number(record["thickness_mm"]))


def _distance(record: Record) -> Distance:
    start, end = point_from_record(record["start"]), point_from_record(record["end"])
    if start is None or end is None:
        raise TypeError("a distance has two ends")
    return Distance(one_of(record["side"], SIDES), start, end)
