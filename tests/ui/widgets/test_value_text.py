"""Values and positions as they are written."""

from __future__ import annotations

import numpy as np

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.ui.views.pane_grid import PaneGrid


def test_positions_are_written_as_lps_or_ras(area: PaneGrid, view_model: ViewModel, document: Document) -> None:
    from fusionviewer.ui.widgets.value_text import place_text

    volume = document.state.fixed
    assert volume is not None
    point = np.array([10.0, -20.0, 30.0])
    i, j, k = (round(n) for n in volume.grid.indices(point))
    texts = [place_text("fixed", volume, point, ras=ras) for ras in (False, True)]
    lps, ras = (" ".join(text.split()) for text in texts)
    assert "10.0 −20.0 30.0 mm LPS" in lps
    assert "−10.0 20.0 30.0 mm RAS" in ras
    assert f"{i} {j} {k}]" in lps
    assert len({len(text) for text in texts}) == 1  # nothing jumps
    assert "outside" in place_text("fixed", volume, point + 500, ras=False)
