"""The places of a tour through a fusion: where the evidence is worst, well-known parts of the head, and targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.head import looks_like_ct
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.finding import Place
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.review.anatomy import Part, head_places, nearest_part
from fusionviewer.quality.review.edge_distances import edge_distances
from fusionviewer.quality.second_opinion.bone_distance import Region
from fusionviewer.quality.wording import sentence, shown
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import PLANES, PlaneName

FEWEST_STOPS: Final = 8
MOST_STOPS: Final = 10
_MOST_EVIDENCE: Final = 3
_MOST_TARGETS: Final = 3

FAR_OFF_MM: Final = 1.5
"""An edge that lies further from the CT's surface than this is worth a look."""

_APART_MM: Final = 25.0
"""Places nearer to each other than this are one place."""

_AROUND_MM: Final = 12.0
_SEEN: Final = 0.75

_BARE: Final = 30
"""Per cent of the places around that may all have the same value: what a cut field of view is filled with."""


@dataclass(frozen=True)
class TourStop:
    """A place to look at, and how it is seen best. `point` is LPS mm of fixed space."""

    name: str
    look_for: str
    """What is right there, or what is wrong, in a sentence."""
    point: Place
    plane: PlaneName
    mode: BlendMode
    swapped: bool = False
    """Of the blend: the fixed image's edges over the moving one."""
    of_target: bool = False
    """The name holds that of a target, which the user gave."""


class _View(NamedTuple):
    plane: PlaneName
    bone: bool
    """Whether bone is what can be compared; else soft tissue."""
    look_for: str
    otherwise: BlendMode = BlendMode.CHECKERBOARD
    """How it is compared where that is not by bone."""


_PARTS: Final[dict[Part, _View]] = {
    "left mastoid": _View("axial", True, "The contour follows the dark mastoid and its air cells all round."),
    "right mastoid": _View("axial", True, "The contour follows the dark mastoid and its air cells all round."),
    "vertex": _View("coronal", True, "The contour of the skull lies on the dark band, not in the brain or the scalp."),
    "occiput": _View("sagittal", True, "Both lines of the skull lie on the edges of the dark band, at the same depth."),
    "left orbit": _View("axial", False, "Eyeball and optic nerve go on from square to square without a step."),
    "right orbit": _View("axial", False, "Eyeball and optic nerve go on from square to square without a step."),
    "ventricles": _View("axial", False, "The walls of the ventricles go on from square to square without a step."),
    "falx": _View("axial", False, "The falx runs straight from one image into the other.", BlendMode.CURTAIN),
    "clivus": _View("sagittal", True, "The contour of the clivus lies before the brain stem, along its whole length."),
    "frontal bone": _View("sagittal", True, "Both lines of the skull lie on the edges of the dark band."),
    "left temporal bone": _View("coronal", True, "Both lines of the skull lie on the edges of the dark band."),
    "right temporal bone": _View("coronal", True, "Both lines of the skull lie on the edges of the dark band."),
}
"""In the order in which they tell most: where there is no room for all, the last ones are left out."""

_ONLY_INSTEAD: Final[frozenset[Part]] = frozenset({"frontal bone", "left temporal bone", "right temporal bone"})
"""These are looked at where the images do not show enough of the others."""

_REGIONS: Final[dict[Region, str]] = {
    "frontal": "at the front",
    "occipital": "at the back",
    "left": "on the left",
    "right": "on the right",
    "vertex": "at the vertex",
    "base": "at the base",
}


def tour_stops(state: FusionState, assessment: Assessment | None) -> tuple[TourStop, ...]:
    """Eight to ten places of a study with both images, fewer where the images do not show them; empty without two.

    `assessment` is one of the present pose; without it the tour goes by anatomy and targets alone. Takes about 0.3 s.
    """
    fixed, moving = state.fixed, state.moving
    if fixed is None or moving is None:
        return ()
    pose = state.alignment.moving_from_fixed
    ct_is_fixed = looks_like_ct(fixed)
    by_bone = ct_is_fixed != looks_like_ct(moving)
    parts = head_places(fixed) if ct_is_fixed or not by_bone else _mapped(head_places(moving), ~pose)
    places = {part: point for part, point in parts.items() if _seen(fixed, point) and _seen(moving, pose.apply(point))}
    swapped = by_bone and ct_is_fixed
    out = list(_evidence(assessment, parts, pose, ct_is_fixed=ct_is_fixed, by_bone=by_bone)) if assessment else []
    targets = [
        TourStop(f"Target “{shown(target.name)}”", "What matters here is at the same place in both images.",
                 target.point, "axial", BlendMode.CHECKERBOARD, of_target=True)
        for target in state.targets[:_MOST_TARGETS]
    ]  # fmt: skip
    for part, view in _PARTS.items():
        most = FEWEST_STOPS if part in _ONLY_INSTEAD else MOST_STOPS
        if part in places and len(out) + len(targets) < most and _is_new(places[part], out):
            mode = BlendMode.EDGES if view.bone and by_bone else view.otherwise
            out.append(_stop(f"Near the {part}", view.look_for, places[part], view.plane, mode, swapped=swapped))
    return (*out, *targets)


def _stop(name: str, look_for: str, point: Points, plane: PlaneName, mode: BlendMode, *, swapped: bool) -> TourStop:
    return TourStop(name, look_for, point_of(point), plane, mode, swapped and mode is BlendMode.EDGES)


def _mapped(places: dict[Part, Points], other_from_here: RigidTransform) -> dict[Part, Points]:
    return {part: other_from_here.apply(point) for part, point in places.items()}


def _evidence(
    assessment: Assessment, parts: dict[Part, Points], pose: RigidTransform, *, ct_is_fixed: bool, by_bone: bool
) -> Iterator[TourStop]:
    """Where warnings and notes point to, then where edges lie furthest from the CT's surfaces."""
    found: list[TourStop] = []
    mode = BlendMode.EDGES if by_bone else BlendMode.CHECKERBOARD
    for reason in assessment.reasons:
        if reason.where is not None and reason.level != "fact" and _is_new(np.asarray(reason.where), found):
            point = np.asarray(reason.where)
            plane = _plane_across(point, parts)
            found.append(
                _stop(f"Evidence {_near(point, parts)}", sentence(reason), point, plane, mode, swapped=ct_is_fixed)
            )
    edges = edge_distances(assessment.residual) if assessment.residual else None
    order = [] if edges is None else np.argsort(-np.abs(edges.outwards_mm)).tolist()
    for number in order:
        assert edges is not None
        mm, place = float(edges.outwards_mm[number]), edges.places[number]
        if abs(mm) < FAR_OFF_MM or len(found) >= _MOST_EVIDENCE:
            break
        point = place if ct_is_fixed else (~pose).apply(place)
        if _is_new(point, found):
            name = f"Skull {abs(mm):.1f} mm off {_REGIONS[edges.regions[number]]}"
            look_for = (
                f"The MR's skull seems to lie {abs(mm):.1f} mm further {'out' if mm > 0 else 'in'} than the CT's."
            )
            found.append(_stop(name, look_for, point, _plane_across(point, parts), mode, swapped=ct_is_fixed))
    yield from found[:_MOST_EVIDENCE]


def _near(point: Points, parts: dict[Part, Points]) -> str:
    part = nearest_part(parts, point)
    x, y, z = point.tolist()
    return f"at {x:z.0f}, {y:z.0f}, {z:z.0f} mm" if part is None else f"near the {part}"


def _plane_across(point: Points, parts: dict[Part, Points]) -> PlaneName:
    """The plane that shows a surface at a point from its side: the one that runs most nearly out of the head."""
    if not parts:
        return "axial"
    outwards = np.abs(point - np.mean(list(parts.values()), axis=0))
    normals: dict[PlaneName, int] = {"axial": 2, "sagittal": 0, "coronal": 1}
    return min(PLANES, key=lambda plane: float(outwards[normals[plane]]))


def _is_new(point: Points, stops: Sequence[TourStop]) -> bool:
    return all(float(np.linalg.norm(np.asarray(stop.point) - point)) > _APART_MM for stop in stops)


def _seen(volume: Volume, point: Points) -> bool:
    """Whether an image shows something around a point (3,) of its space: it lies inside, and is not all the same."""
    steps = np.linspace(-_AROUND_MM, _AROUND_MM, 5)
    around = point + np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    index = np.rint(volume.grid.indices(around)).astype(np.int64)
    inside = ((index >= 0) & (index < np.array(volume.grid.size))).all(axis=1)
    if inside.mean() < _SEEN:
        return False
    i, j, k = index[inside].T
    values = np.asarray(volume.array[k, j, i], dtype=np.float64)
    low, high = np.percentile(values, (_BARE, 100 - _BARE))
    return bool(high > low)
