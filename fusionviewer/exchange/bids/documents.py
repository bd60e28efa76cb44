"""The JSON and TSV files of a derivatives dataset, as texts. Fields: the BIDS specification's schema, 1.10."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.bids.layout import Layout
from fusionviewer.exchange.points.named_points import NamedPoints, lps_from_ras
from fusionviewer.imaging.whole_files import json_value
from fusionviewer.version import __version__

BIDS_VERSION: Final = "1.10.0"

RAW: Final = "raw"
"""How the derivatives dataset calls the dataset that it lies in."""

_MEANING: Final = (
    "95 % of the head are expected to lie within P95; P95Upper held in 95 of 100 simulated cases. Calibrated on "
    "simulations; no measurement of this fusion."
)


@dataclass(frozen=True)
class CheckedError:
    """What a check expects of the error of the transform, in mm over the head; None: it could not be judged."""

    verdict: str
    p95_mm: float | None
    p95_upper_mm: float | None


def description_text(earlier: str = "") -> str:
    """dataset_description.json; of an earlier one everything is kept that is not wrong now.

    Raises UnreadableInput where the earlier text is no JSON object.
    """
    own = {"Name": "fusionviewer", "Version": __version__, "Description": "Rigid fusion of a head CT with an MRI"}
    document: dict[str, Any] = {
        "Name": "Fusions of CT and MR",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [],
        "DatasetLinks": {},
    }
    document |= _object(earlier) if earlier else {}
    listed = document["GeneratedBy"] if isinstance(document["GeneratedBy"], list) else []
    others = [one for one in listed if not isinstance(one, dict) or one.get("Name") != own["Name"]]
    document["GeneratedBy"] = [own, *others]
    links = document["DatasetLinks"] if isinstance(document["DatasetLinks"], dict) else {}
    document["DatasetLinks"] = {RAW: "../..", **links}
    document["DatasetType"] = "derivative"
    return _text(document)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json_value(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnreadableInput(
            "dataset_description.json of the derivatives is no JSON object.",
            "Mend it or move it away; nothing was written.",
        )
    return found


def transform_sidecar(
    layout: Layout, fixed: str, moving: str, error: CheckedError | None, *, reviewed: str = ""
) -> str:
    """What a transform maps; `fixed` and `moving` are BIDS URIs or empty, `reviewed` is accepted, rejected or empty."""
    document: dict[str, Any] = {
        "Description": f"Rigid transform that resamples the {layout.moving} image onto the {layout.fixed} image.",
        "Maps": f"Points of {layout.fixed} space to points of {layout.moving} space, as ITK does when it resamples an "
        f"image from {layout.moving} to {layout.fixed}.",
        "Convention": "ITK text, LPS mm; 6 degrees of freedom",
        "ApplyWith": f"antsApplyTransforms -i {layout.moving} -r {layout.fixed} -t FILE",
        "SpatialReference": fixed,
        "Software": {"Name": "fusionviewer", "Version": __version__},
    }
    if moving:
        document["Sources"] = [moving]
    if reviewed:
        document["Review"] = reviewed
    if error is not None:
        document["ExpectedError"] = {
            "Verdict": error.verdict,
            "P95Millimetres": error.p95_mm,
            "P95UpperMillimetres": error.p95_upper_mm,
            "Meaning": _MEANING,
        }
    return _text(document)


def resampled_sidecar(layout: Layout, fixed: str, moving: str, transform: str, interpolation: str) -> str:
    """What the resampled image is; `fixed`, `moving` (may be empty) and `transform` are BIDS URIs."""
    return _text(
        {
            "Description": f"The {layout.moving} image on the voxels of the {layout.fixed} image.",
            "SpatialReference": fixed,
            "SkullStripped": False,
            "Sources": [*([moving] if moving else []), transform],
            "Interpolation": interpolation,
        }
    )


def reference_sidecar(layout: Layout) -> str:
    """What the copy of the fixed image is."""
    return _text(
        {
            "Description": f"The {layout.fixed} image as it was read: the space that others are given in.",
            "SpatialReference": "orig",
            "SkullStripped": False,
        }
    )


def electrodes_text(points: NamedPoints) -> str:
    """electrodes.tsv: points of LPS mm in scanner RAS mm. How large contacts are is not known."""
    rows = ["name\tx\ty\tz\tsize"]
    for name, (x, y, z) in zip(points.names, lps_from_ras(points.points).tolist(), strict=True):
        rows.append(f"{name}\t{x:.6g}\t{y:.6g}\t{z:.6g}\tn/a")
    return "\n".join(rows) + "\n"


def coordsystem_text(layout: Layout, fixed: str) -> str:
    """coordsystem.json beside it; `fixed` is the BIDS URI of the image in whose header's space the positions are."""
    return _text(
        {
            "IntendedFor": fixed,
            "iEEGCoordinateSystem": layout.coordinate_system,
            "iEEGCoordinateUnits": "mm",
            "iEEGCoordinateSystemDescription": f"Scanner RAS of the {layout.fixed} image: x to the patient's right, y "
            "to the front, z to the head, the origin as its header has it. Not FreeSurfer's surface (tkr) RAS.",
            "iEEGCoordinateProcessingDescription": "none: the places as they were marked",
        }
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
