"""The screenshots of a report: three planes at three depths, and the place that the assessment points to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, RigidTransform
from fusionviewer.imaging.head import looks_like_ct
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Place
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.guard.expected_error import expected_map
from fusionviewer.quality.report.error_map import draw_error_map
from fusionviewer.quality.second_opinion.motion import moved_mm
from fusionviewer.quality.wording import sentence
from fusionviewer.rendering.picture import PictureForm, draw_picture
from fusionviewer.rendering.picture_file import png_bytes
from fusionviewer.rendering.scene import Scene, head_corners
from fusionviewer.rendering.slices import Layer
from fusionviewer.rendering.window import auto_window
from fusionviewer.session.state import FusionState

_SIZE: Final = (1260, 500)
_SIZE_BESIDE_A_PLACE: Final = (1260, 390)
_PLACE_SIZE: Final = (1260, 480)
"""In pixels: three, or four with the place, fill an A4 page."""

_DEPTHS: Final = 3

_MAP_CAPTION: Final = (
    "The expected error in mm on three planes through the middle of the head, with lines where it is equal. It is "
    "calibrated on simulations and is no measurement. One colour all over means that it is as small as is ever told."
)


@dataclass(frozen=True)
class ReportPicture:
    """A screenshot as PNG, and a sentence that says what it shows. `title` is a short name for it."""

    title: str
    caption: str
    png: bytes
    where: Place | None = None
    """The place that it shows, fixed space, LPS mm."""


def report_pictures(state: FusionState, checked: Assessment, observer: Observer) -> tuple[ReportPicture, ...]:
    """The screenshots of a study with both images, without a name in any of them. Raises Cancelled."""
    if state.fixed is None or state.moving is None:
        return ()
    corners, middle = head_corners(state.fixed)
    back = Layer(state.fixed, auto_window(state.fixed))
    front = Layer(state.moving, auto_window(state.moving), state.alignment.moving_from_fixed)
    scene = Scene(back, front, middle, bone_edges=True)
    worst = _worst_place(state, checked)
    size = _SIZE if worst is None else _SIZE_BESIDE_A_PLACE
    out = []
    for number, orientation in enumerate((AXIAL, CORONAL, SAGITTAL)):
        part = observer.part(number / 4, (number + 1) / 4)
        step_mm = float(np.ptp(corners[:, orientation.normal_axis])) / (_DEPTHS + 1)
        form = PictureForm(
            "mosaic", orientation, tiles=(_DEPTHS, 1), step_mm=step_mm, size=size, crosshair=False, marks=False
        )
        caption = (
            f"{orientation.name.capitalize()} slices, {step_mm:.0f} mm apart: both images faded in equal parts, and "
            "the outline of the CT's bone."
        )
        out.append(ReportPicture(orientation.name.capitalize(), caption, png_bytes(draw_picture(scene, form, part))))
    if worst is not None:
        where, caption = worst
        form = PictureForm("planes", size=_PLACE_SIZE, marks=False)
        png = png_bytes(draw_picture(replace(scene, at=np.asarray(where)), form, observer.part(0.75, 1.0)))
        out.append(ReportPicture("Place to look at", caption, png, where))
    return tuple(out)


def error_map(state: FusionState, checked: Assessment) -> ReportPicture | None:
    """The expected error over the head as a map on the fixed image; None where it cannot be judged."""
    if state.fixed is None or checked.residual is None:
        return None
    ct_is_fixed = looks_like_ct(state.fixed)
    fixed_from_ct = RigidTransform.identity() if ct_is_fixed else ~state.alignment.moving_from_fixed
    found = expected_map(checked.residual, fixed_from_ct)
    if found is None:
        return None
    picture = draw_error_map(state.fixed, found.estimates_mm)
    return ReportPicture("Expected error", _MAP_CAPTION, png_bytes(picture))


def _worst_place(state: FusionState, checked: Assessment) -> tuple[Place, str] | None:
    """The place of the heaviest warning or note that has one, else where the head would move most; what it shows."""
    for reason in checked.reasons:
        if reason.where is not None and reason.level != "fact":
            return reason.where, sentence(reason)
    found = checked.residual
    if found is None or not found.patches or state.fixed is None:
        return None
    middles = np.array([patch.middle for patch in found.patches])
    moved = moved_mm(found.motion, found.centre, middles)
    worst = int(moved.argmax())
    pose = state.alignment.moving_from_fixed
    fixed_from_ct = RigidTransform.identity() if looks_like_ct(state.fixed) else ~pose
    x, y, z = fixed_from_ct.apply(middles[worst]).tolist()
    caption = (
        f"Where the second opinion would move skull and skin most: by {moved[worst]:.1f} mm, at x {x:z.1f}, "
        f"y {y:z.1f}, z {z:z.1f} mm (LPS, fixed image)."
    )
    return (x, y, z), caption
