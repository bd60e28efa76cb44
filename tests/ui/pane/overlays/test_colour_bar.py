"""The colour bars of the panes: when there are some, what they say, and what they leave free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pixels import rgb
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, CORONAL
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import COLOUR_PAIRS, colour_table
from fusionviewer.rendering.window import Window
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.pane.overlays.colour_bar import bars_of, ticks_of
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView

Show = Callable[..., QWidget]


def sides_with_bars(document: Document, view_model: ViewModel, *sides: Side) -> list[Side]:
    return [bar.side for bar in bars_of(document.state, view_model.view, view_model.shown_blend, sides)]


def test_what_is_grey_needs_no_bar(document: Document, view_model: ViewModel) -> None:
    assert sides_with_bars(document, view_model, *SIDES) == []
    view_model.set_colours("moving", "hot")
    assert sides_with_bars(document, view_model, *SIDES) == ["moving"]
    assert sides_with_bars(document, view_model, "fixed") == []
    view_model.set_colours("fixed", "inverted")
    assert sides_with_bars(document, view_model, *SIDES) == ["fixed", "moving"]


@pytest.mark.parametrize(
    ("mode", "changes", "expected"),
    [
        (BlendMode.FADE, {"fade": 0.0}, ["fixed"]),
        (BlendMode.FADE, {"fade": 1.0}, ["moving"]),
        (BlendMode.CHECKERBOARD, {"fade": 0.0}, ["fixed", "moving"]),
        (BlendMode.EDGES, {}, ["fixed"]),
        (BlendMode.EDGES, {"swapped": True}, ["moving"]),
        (BlendMode.DIFFERENCE, {}, []),
    ],
)
def test_only_what_is_seen_in_its_colours_has_a_bar(
    document: Document, view_model: ViewModel, mode: BlendMode, changes: dict[str, Any], expected: list[Side]
) -> None:
    for side in SIDES:
        view_model.set_colours(side, "viridis")
    view_model.set_blend(mode=mode, **changes)
    assert sides_with_bars(document, view_model, *SIDES) == expected
    assert sides_with_bars(document, view_model, "moving") == ["moving"]  # alone it has its own colours in any mode


def test_in_two_colours_each_bar_ends_in_its_own_and_rows_keep_theirs(
    document: Document, view_model: ViewModel
) -> None:
    view_model.set_blend(mode=BlendMode.TWO_COLOUR)
    bars = bars_of(document.state, view_model.view, view_model.shown_blend, SIDES)
    assert [tuple(bar.table[-1].tolist()) for bar in bars] == list(COLOUR_PAIRS["amber-blue"])
    assert bars_of(document.state, view_model.view, view_model.shown_blend, ("fixed",)) == []


def test_limits_have_the_unit_at_the_top_and_the_shoulder_its_place() -> None:
    assert ticks_of(Window(40, 160), "CT") == ((0.0, "-40"), (1.0, "120 HU"))
    assert ticks_of(Window(40, 80, 1300), "CT") == ((0.0, "0"), (0.6, "80"), (1.0, "1300 HU"))
    assert ticks_of(Window(0.5, 0.25), "MR") == ((0.0, "0.375"), (1.0, "0.625"))
    assert ticks_of(Window(40, 80, 60), "CT") == ((0.0, "0"), (1.0, "80 HU"))


# As they are painted


def pixels(widget: QWidget) -> np.ndarray:
    """(h, w, 3) red, green, blue."""
    return rgb(widget.grab().toImage()).astype(int)


def added(view_model: ViewModel, widget: QWidget) -> np.ndarray:
    """Which pixels (h, w) the bars and the legend change."""
    view_model.change(colour_bar=True)
    with_bars = pixels(widget)
    view_model.change(colour_bar=False)
    apart = np.abs(with_bars.astype(int) - pixels(widget).astype(int))
    return np.asarray((apart > 4).any(axis=2))  # letters that are copied differ by the rounding of their rims


def view_of(document: Document, view_model: ViewModel, show: Show, *size: int, fused: bool = True) -> SliceView:
    view = SliceView(document, view_model, "fixed", AXIAL, fused)
    show(view, *size)
    return view


SIZES = [(470, 320), (300, 215), (216, 216), (900, 900)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", [BlendMode.FADE, BlendMode.TWO_COLOUR])
def test_letters_scale_and_title_stay_free(
    document: Document, view_model: ViewModel, show: Show, size: tuple[int, int], mode: BlendMode
) -> None:
    for side in SIDES:
        view_model.set_colours(side, "hot")
    view_model.set_window("moving", Window(1500, 3500))
    view_model.set_blend(mode=mode)
    view = view_of(document, view_model, show, *size)
    changed = added(view_model, view)
    assert changed.sum() > 800
    width, height = size
    assert not changed[:20, : width // 2].any()  # the title
    assert not changed[-24:, : width // 2].any()  # the scale
    assert not changed[:20, width // 2 - 8 : width // 2 + 8].any()  # the upper letter
    assert not changed[-20:, width // 2 - 8 : width // 2 + 8].any()  # the lower one
    assert not changed[height // 2 - 8 : height // 2 + 8, -24:].any()  # the right one
    lower = changed[height // 2 :]
    assert lower.any() == (mode is BlendMode.TWO_COLOUR)  # the legend


def test_a_pane_too_low_for_a_bar_has_none(document: Document, view_model: ViewModel, show: Show) -> None:
    view_model.set_colours("fixed", "hot")
    assert not added(view_model, view_of(document, view_model, show, 300, 120)).any()


@pytest.mark.parametrize("ground", ["black", "white"])
def test_the_bar_has_the_colours_from_low_to_high_and_is_seen_on_any_ground(
    document: Document, view_model: ViewModel, show: Show, ground: str
) -> None:
    view_model.set_colours("fixed", "viridis")
    view_model.set_window("fixed", Window(1e6, 1))  # the image is all dark
    view_model.zoom("fixed", 40 if ground == "white" else 0.25)
    view = view_of(document, view_model, show, 400, 400, fused=False)
    if ground == "white":
        view_model.set_colours("fixed", "inverted")
    changed = added(view_model, view)
    view_model.change(colour_bar=True)
    drawn = pixels(view)
    x = 400 - 8 - 5  # the middle of the bar
    rows = 28 + np.flatnonzero(changed[28:180, x])  # below the image's shape
    strip = drawn[rows[0] : rows[-1] + 1, x]
    table = colour_table("inverted" if ground == "white" else "viridis").astype(int)
    where = [int(np.abs(strip - colour).sum(axis=1).argmin()) for colour in (table[250], table[128], table[5])]
    assert where == sorted(where)
    assert where[2] - where[0] > 80
    edge = drawn[(rows[0] + rows[-1]) // 2, 400 - 8 - 10 - 4 : 400 - 2].sum(axis=1)
    assert edge.max() - edge.min() > 400  # a light line and a dark one around it


def test_only_the_first_pane_of_those_that_show_the_same_has_bars(
    document: Document, view_model: ViewModel, show: Show
) -> None:
    for side in SIDES:
        view_model.set_colours(side, "hot")
    area = PaneGrid(document, view_model)
    show(area, 1000, 700)

    def panes_with_bars() -> set[str]:
        return {view.key for view in area.visible_views() if added(view_model, view).any()}

    assert panes_with_bars() == {"fused.axial"}
    view_model.set_layout("pairs")
    assert panes_with_bars() == {"fixed.axial", "moving.axial"}
    view_model.set_layout("nine")
    assert panes_with_bars() == {"fixed.axial", "moving.axial", "fused.axial"}
    view_model.set_layout("large")
    view_model.change(main_plane="coronal")
    assert panes_with_bars() == {"fused.coronal"}
    view_model.set_layout("mosaic")
    assert panes_with_bars() == {"mosaic.0"}
    view_model.enlarge("mosaic.5")
    assert panes_with_bars() == {"mosaic.5"}


def test_one_image_alone_has_its_bar_and_no_legend(document: Document, view_model: ViewModel, show: Show) -> None:
    document.replace(replace(document.state, moving=None))
    view_model.set_blend(mode=BlendMode.TWO_COLOUR)
    view_model.set_colours("fixed", "blue")
    view = SliceView(document, view_model, "fixed", CORONAL, True)
    show(view, 400, 400)
    changed = added(view_model, view)
    assert changed[:170].any()
    assert not changed[200:].any()
