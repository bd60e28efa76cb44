"""When the bone contours are coloured by how far the other image's skull lies from them."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.review.edge_distances import edge_distances
from fusionviewer.quality.second_opinion.residual import Residual
from fusionviewer.rendering.marks.edge_field import EdgeField
from fusionviewer.session.changes import Changes


class EdgeDisplay(QObject):
    """Keeps the `EdgeField` of the `ViewModel` true: shown while it is chosen, and known for the pose that is drawn."""

    def __init__(
        self,
        document: Document,
        view_model: ViewModel,
        assessment: Callable[[], Assessment | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view_model, self._assessment = document, view_model, assessment
        self._of: Residual | None = None
        self._field: EdgeField | None = None
        for signal in (view_model.blend_changed, view_model.preview_changed, document.when(Changes.POSE)):
            signal.connect(self.follow)

    @property
    def known(self) -> EdgeField | None:
        """The distances of the study's pose, whether they are shown or not; None while there are none."""
        assessment = self._assessment()
        found = None if assessment is None else assessment.residual
        if found is not self._of:
            edges = None if found is None else edge_distances(found)
            self._of = found
            self._field = None if edges is None else EdgeField(edges.places, edges.outwards_mm)
        return self._field

    def follow(self) -> None:
        """Show what is known now; to be called when another assessment is there."""
        chosen = self._view_model.view.show_edge_distances
        at_rest = self._view_model.pose is self._document.state.alignment.moving_from_fixed
        self._view_model.edges.show(self.known if chosen and at_rest else None)
