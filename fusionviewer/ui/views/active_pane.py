"""The view that was used last, as the commands see it."""

from __future__ import annotations

import numpy as np

from fusionviewer.app.commands.export_pictures import Screen
from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.geometry import slices_on
from fusionviewer.ui.views.pane_grid import PaneGrid


class ActiveView:
    """Whichever view of the image area was used last at the time of asking: the `ActivePane` of the commands."""

    def __init__(self, images: PaneGrid) -> None:
        self._images = images

    @property
    def sides(self) -> tuple[Side, ...]:
        return self._images.active_view().sides

    @property
    def plane(self) -> SlicePlane | None:
        frame = self._images.active_view().frame()
        return None if frame is None else frame.plane

    @property
    def screen(self) -> Screen:
        return self._images.screen_shown()

    def step_cursor(self, way: Points, number: int) -> None:
        view = self._images.active_view()
        if view.volume is not None:
            cursor = np.asarray(view.view_model.view.space(view.space).cursor)
            view.view_model.set_cursor(view.space, slices_on(*view.stepped(view.volume), cursor, way, number))

    def scroll_slices(self, number: int) -> None:
        self._images.active_view().scroll_slices(number)

    def magnify_point(self, side: Side) -> None:
        self._images.magnifier(self._images.active_view()).show_point(side)

    def focus_next(self, way: int) -> None:
        self._images.step_active(way)


def magnify_where_shown(images: PaneGrid, side: Side) -> None:
    """Magnify the selected pair's point of an image for a second: in the view used last, or one like it that shows it.

    In the fused views the last of several such points is seen.
    """
    active = images.active_view()
    shown = [view for view in images.visible_views() if side in view.sides]
    view = min(shown, key=lambda one: (one is not active, one.orientation is not active.orientation), default=None)
    if view is not None:
        images.magnifier(view).show_point(side)
