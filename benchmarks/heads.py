"""More heads with a known answer: an aligned pair deformed together; and images that no pose can align.

A smooth random field and a scale move the anatomy of CT and MR alike, so that they go on agreeing and the answer stays
known, as well as the pair's own. What is deformed alone is another patient; a brain without its skull, stretched to
fill the head, has edges in all the wrong places. Needs numpy and SimpleITK.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from cases import SAMPLE, Array, Case, apply, inside, load_case

SECOND = SAMPLE.parent.parent.parent / "shared" / "data" / "second"

_KNOTS = 5
"""Random shifts along each axis of the box about the head: fields of about 60 mm and more in width."""


@cache
def head(name: str, second: Path = SECOND) -> Case:
    """A pair by its name: "sample", "second", or one of them deformed by a seed, as in "sample+3"."""
    base, _, seed = name.partition("+")
    pair = load_case(SAMPLE if base == "sample" else second)
    return deformed(pair, int(seed)) if seed else pair


def deformed(pair: Case, seed: int, *, together: bool = True) -> Case:
    """The pair with another anatomy, 4 to 8 mm off by the root of the mean square, and larger or smaller by up to 8 %.

    The MR lies on a grid of 1 mm in the CT's frame, so that the truth is the identity. Not `together`, the CT stays as
    it is: the MR is then of another patient, and there is no truth.
    """
    rng = np.random.default_rng([seed, 7])
    truth = pair.moving_from_fixed
    middle = apply(truth, pair.points.mean(axis=0)[None])[0]
    scale, rms_mm = rng.uniform(0.92, 1.08), rng.uniform(4.0, 8.0)
    old_from_new = _field(rng, middle, scale, rms_mm)
    mr_from_ct = sitk.AffineTransform(3)
    back = np.linalg.inv(truth)
    mr_from_ct.SetMatrix(back[:3, :3].ravel().tolist())
    mr_from_ct.SetTranslation(back[:3, 3].tolist())
    both = sitk.CompositeTransform([mr_from_ct, old_from_new])  # the last is applied first
    grid = _grid_about(middle)
    mr = sitk.Resample(sitk.Cast(pair.fixed, sitk.sitkFloat32), grid, both, sitk.sitkBSpline, 0.0)
    mr = sitk.Clamp(mr, sitk.sitkFloat32, 0.0, 1e9)
    if not together:
        return Case(mr, pair.moving, np.eye(4), apply(truth, pair.points))
    ct = sitk.Resample(pair.moving, pair.moving, old_from_new, sitk.sitkLinear, -1024.0)
    points = _new_points(old_from_new, apply(truth, pair.points))
    return Case(mr, ct, np.eye(4), points[inside(mr, points) & inside(ct, points)])


def stretched_brain(pair: Case) -> Case:
    """The MR's brain alone, enlarged until it is as large as the head was, in the CT's frame. There is no truth."""
    truth = pair.moving_from_fixed
    ct = sitk.Cast(pair.moving, sitk.sitkFloat32)
    middle = apply(truth, pair.points.mean(axis=0)[None])[0]
    bone = sitk.BinaryMorphologicalClosing(sitk.BinaryThreshold(ct, 250.0, 4000.0), [4, 4, 3], sitk.sitkBall)
    seed = [int(n) for n in ct.TransformPhysicalPointToIndex(middle.tolist())]
    room = sitk.ConnectedThreshold(sitk.Cast(sitk.And(bone == 0, ct > -200.0), sitk.sitkUInt8), [seed], 1, 1)
    room = sitk.BinaryMorphologicalOpening(room, [5, 5, 4], sitk.sitkBall)
    room = sitk.RelabelComponent(sitk.ConnectedComponent(room)) == 1
    at = np.argwhere(sitk.GetArrayFromImage(room))[:, ::-1]
    corners = np.array(
        [ct.TransformContinuousIndexToPhysicalPoint([float(v) for v in c]) for c in (at.min(0), at.max(0))]
    )
    brain_mm = np.abs(corners[1] - corners[0])
    skin = np.argwhere(sitk.GetArrayFromImage(sitk.BinaryMorphologicalOpening(ct > -300.0, [8, 8, 5], sitk.sitkBall)))
    ends = np.array([ct.TransformContinuousIndexToPhysicalPoint([float(v) for v in c]) for c in
                     (skin[:, ::-1].min(0), skin[:, ::-1].max(0))])  # fmt: skip
    head_mm = np.minimum(np.abs(ends[1] - ends[0]), brain_mm * 1.5)
    mr_from_ct = sitk.AffineTransform(3)
    back = np.linalg.inv(truth)
    mr_from_ct.SetMatrix(back[:3, :3].ravel().tolist())
    mr_from_ct.SetTranslation(back[:3, 3].tolist())
    masked = sitk.Resample(sitk.Cast(pair.fixed, sitk.sitkFloat32), ct, mr_from_ct, sitk.sitkLinear, 0.0)
    masked = sitk.Mask(masked, sitk.Cast(room, sitk.sitkUInt8))
    smaller = sitk.AffineTransform(3)
    smaller.SetMatrix(np.diag(brain_mm / head_mm).ravel().tolist())
    centre = corners.mean(axis=0)
    smaller.SetTranslation((centre - brain_mm / head_mm * centre).tolist())
    mr = sitk.Resample(masked, _grid_about(middle), smaller, sitk.sitkLinear, 0.0)
    return Case(mr, pair.moving, np.eye(4), apply(truth, pair.points))


def mirrored(pair: Case) -> Case:
    """The MR with left and right swapped. There is no truth."""
    mr = sitk.GetImageFromArray(sitk.GetArrayFromImage(pair.fixed)[:, :, ::-1].copy())
    mr.CopyInformation(pair.fixed)
    return Case(mr, pair.moving, pair.moving_from_fixed, pair.points)


def _grid_about(middle: Array) -> sitk.Image:
    size = np.array([220, 250, 240])
    grid = sitk.Image(size.tolist(), sitk.sitkFloat32)
    grid.SetOrigin((middle - (size - 1) / 2).tolist())
    return grid


def _field(rng: np.random.Generator, middle: Array, scale: float, rms_mm: float) -> sitk.Transform:
    """Where each point of the new anatomy was in the old one."""
    size = np.array([80, 80, 80])
    spacing = 4.0
    origin = middle - (size - 1) / 2 * spacing
    knots = rng.normal(size=(3, _KNOTS, _KNOTS, _KNOTS))
    axes = []
    for component in knots:
        coarse = sitk.GetImageFromArray(component)
        coarse.SetSpacing([float(spacing * (size[0] - 1) / (_KNOTS - 1))] * 3)
        coarse.SetOrigin(origin.tolist())
        fine = sitk.Image(size.tolist(), sitk.sitkFloat64)
        fine.SetSpacing([spacing] * 3)
        fine.SetOrigin(origin.tolist())
        axes.append(sitk.GetArrayFromImage(sitk.Resample(coarse, fine, sitk.Transform(), sitk.sitkBSpline, 0.0)))
    shift = np.stack(axes, axis=-1)
    k, j, i = np.indices(shift.shape[:3])
    points = origin + spacing * np.stack([i, j, k], axis=-1)
    near = np.linalg.norm(points - middle, axis=-1) < 110.0
    shift -= shift[near].mean(axis=0)
    shift *= rms_mm / np.sqrt((shift[near] ** 2).sum(axis=-1).mean())
    shift += (1 / scale - 1) * (points - middle)
    image = sitk.GetImageFromArray(shift, isVector=True)
    image.SetSpacing([spacing] * 3)
    image.SetOrigin(origin.tolist())
    return sitk.DisplacementFieldTransform(image)


def _new_points(old_from_new: sitk.Transform, old: Array) -> Array:
    """Where points of the old anatomy are in the new one, by iteration."""
    new = old.copy()
    for _ in range(30):
        new += old - np.array([old_from_new.TransformPoint(p.tolist()) for p in new])
    return new
