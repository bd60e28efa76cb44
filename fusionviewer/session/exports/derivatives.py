"""A study as the derivatives of a BIDS dataset."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fusionviewer.exchange.bids import documents
from fusionviewer.exchange.bids.documents import RAW, CheckedError
from fusionviewer.exchange.bids.layout import Layout, sidecar
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.exports.listed_points import points_of_list
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import FusionState


def label_of(volume: Volume) -> str:
    """What BIDS calls an image; an MR is taken for a T1w."""
    return "CT" if volume.modality == "CT" else "T1w"


@dataclass(frozen=True, eq=False)
class Derivatives:
    """What there is to be written of a study below the root of a dataset."""

    state: FusionState
    layout: Layout
    root: Path
    error: CheckedError | None = None
    """Of a check that was made now; without it the one that stands in a review that holds."""

    @property
    def copies_reference(self) -> bool:
        """Whether the fixed image is not one of the dataset's, and has to be written beside the rest."""
        return not self._raw(self.state.fixed)

    @property
    def fixed_uri(self) -> str:
        """The BIDS URI of the fixed image."""
        return self._raw(self.state.fixed) or f"bids::{self.layout.reference}"

    def texts(self, interpolation: str) -> Mapping[PurePosixPath, str]:
        """The documents, by their paths from the derivatives dataset on."""
        layout, fixed, moving = self.layout, self.fixed_uri, self._raw(self.state.moving)
        review = self.state.alignment.review
        stands = review is not None and not changed_since_review(self.state)
        error = self.error
        if error is None and stands and review is not None and review.assessed is not None:
            then = review.assessed
            error = CheckedError(then.verdict, then.p95_mm, then.p95_upper_mm)
        reviewed = review.verdict if stands and review is not None else ""
        texts = {
            sidecar(layout.transform): documents.transform_sidecar(layout, fixed, moving, error, reviewed=reviewed),
            sidecar(layout.resampled): documents.resampled_sidecar(
                layout, fixed, moving, f"bids::{layout.transform}", interpolation
            ),
        }
        if self.copies_reference:
            texts[sidecar(layout.reference)] = documents.reference_sidecar(layout)
        if self.targets.names:
            texts[layout.electrodes] = documents.electrodes_text(self.targets)
            texts[layout.coordsystem] = documents.coordsystem_text(layout, fixed)
        return texts

    @property
    def targets(self) -> NamedPoints:
        """The targets, in fixed space."""
        return points_of_list(self.state, "targets")

    def _raw(self, volume: Volume | None) -> str:
        """The BIDS URI of an image that is one of the dataset's; empty: it is not, or it was changed since."""
        source = None if volume is None else volume.source
        if volume is None or source is None or source.is_dicom or volume.mirrored:
            return ""
        place, root = Path(os.path.realpath(source.path)), Path(os.path.realpath(self.root))
        if not place.is_relative_to(root):
            return ""
        inner = place.relative_to(root).as_posix()
        return "" if inner.startswith(("derivatives/", "sourcedata/")) else f"bids:{RAW}:{inner}"
