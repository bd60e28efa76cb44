"""Where distances are drawn."""

from __future__ import annotations

import numpy as np
from panes import frame_of, grey, picture_of
from PyQt6.QtCore import QPointF

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.session import edits
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.views.pane_grid import PaneGrid


def test_a_distance_is_seen_only_in_its_plane(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    z = float(frame_of(view).plane.point[2])
    plain = picture_of(view)
    view_model.change(distances=(Distance("fixed", (-30.0, 0.0, z), (30.0, 10.0, z)),))
    assert picture_of(view) != plain
    view_model.change(distances=(Distance("fixed", (-30.0, 0.0, z + 2), (30.0, 10.0, z + 2)),))
    assert picture_of(view) == plain


def test_a_distance_on_the_moving_image_goes_along_with_it(
    area: PaneGrid, view_model: ViewModel, document: Document
) -> None:
    view = area.view("fused.axial")
    z = float(frame_of(view).plane.point[2])
    seen = np.array([[-30.0, 0.0, z], [30.0, 10.0, z]])
    start, end = (edits.point_of(p) for p in document.state.alignment.moving_from_fixed.apply(seen))
    plain = picture_of(view)
    view_model.change(distances=(Distance("moving", start, end),))
    image = picture_of(view)
    assert image != plain
    at, to = frame_of(view).positions(seen)
    on_line = at + (to - at) * 0.25
    assert max(grey(image, on_line + QPointF(0, row)) for row in (-1, 0, 1)) > 200
