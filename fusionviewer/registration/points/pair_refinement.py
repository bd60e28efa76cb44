"""One landmark pair made better: what lies around its fixed point, found again around its moving point.

Only shifts are tried, all of them on a lattice of 1 mm, so that the whole surface of the similarity is known: where
its peak is, how wide it is, and whether there is another. The six halves of the neighbourhood, each searched by itself,
have no part in the answer; how far they lead away from it is what tells how good it is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Matrix, Points, RigidTransform, as_point
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.head import looks_like_ct
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.registration.levels import CT_RANGE_HU, IntensityCode

Level: TypeAlias = Literal["high", "medium", "low"]

RADIUS_MM: Final = 20.0
"""How much around a point is compared. On the sample half of 60 points ended more than 1.5 mm off with balls of 10 mm,
0.9 mm with 15 mm, 0.7 mm with 20 mm."""

SEARCH_MM: Final = 4.0

_POINTS, _BINS, _HALF_BINS = 8000, 32, 24

_TRUST: Final = 0.00043
"""What the similarity must gain for each mm² of distance from where the user has put the point."""

_SPREAD_MM: Final = (0.8, 1.3, 2.0)
"""Halves that lead less far away (root mean square) make the confidence high, medium, low; beyond nothing is said."""

_RIVAL_MM, _RIVAL_SHARE = 2.5, 0.9
_LEAST_INSIDE: Final = 0.6
_LEAST_CONTRAST: Final = 0.006
"""What the similarity's peak must have over the middle of its surface; beside noise it has a tenth of that."""

_ADVICE: Final = "Place this point by eye."


@dataclass(frozen=True, eq=False)
class PairRefinement:
    """A better moving point (LPS mm of moving space), and why it may be believed. None of it measures accuracy."""

    moving_point: Points
    moved_mm: float
    confidence: float
    """0 to 1: how well the halves of the neighbourhood agree."""
    level: Level
    halves_mm: float
    """How far the six halves of the neighbourhood would lead away, root mean square."""
    width_mm: float
    """How far one can go from the peak, the flattest way, until the similarity has lost a fifth of its peak."""

    @property
    def reasons(self) -> str:
        """A sentence about what the confidence rests on."""
        return (
            f"Confidence {self.level}: halves of the neighbourhood lead {self.halves_mm:.1f} mm away, and the peak is "
            f"{self.width_mm:.1f} mm wide."
        )


def refine_pair(
    fixed: Volume,
    moving: Volume,
    fixed_point: Points,
    moving_point: Points,
    moving_from_fixed: RigidTransform,
    *,
    radius_mm: float = RADIUS_MM,
    search_mm: float = SEARCH_MM,
    observer: Observer | None = None,
) -> PairRefinement:
    """Find the fixed point's neighbourhood (a ball) again within `search_mm` of the moving point.

    Points are LPS mm of their own spaces; of the pose only the rotation counts. Normalised mutual information over some
    8000 points, a little held to where the point was (on like images as well: it found the sample's T1 in itself,
    with noise and another coil's field, to 0.1 mm). Raises BadArgument where the neighbourhood says nothing (outside
    an image, flat, a peak at the edge of the search, several peaks, halves that disagree), and Cancelled.
    """
    if not (5 <= radius_mm <= 40 and 1 <= search_mm <= 8):
        raise BadArgument("A neighbourhood is 5 to 40 mm wide, and a search 1 to 8 mm.", "Give for example 20 and 4.")
    observer = observer or Observer()
    patch = _Patch.around(
        (fixed, as_point(fixed_point)), (moving, as_point(moving_point)), moving_from_fixed.rotation, radius_mm,
        round(search_mm) + 1,
    )  # fmt: skip
    observer.report(0.1, "comparing")
    whole = patch.surface(slice(None), _BINS, patch.reach, observer)
    free, _ = _peak(whole)
    _refuse_unclear(whole, free, search_mm)
    shift, bend = _peak(whole - _TRUST * _squares(whole))
    away = []
    for number, half in enumerate(patch.halves()):
        observer.report(0.4 + 0.1 * number, "comparing halves")
        one, _ = _peak(patch.surface(half, _HALF_BINS, patch.reach - 1, observer))
        away.append(float(((one - shift) ** 2).sum()))
    spread = float(np.sqrt(np.mean(away)))
    level = next((name for name, most in zip(_LEVELS, _SPREAD_MM, strict=True) if spread < most), None)
    if level is None:
        raise BadArgument(f"Parts of the neighbourhood lead {spread:.1f} mm apart: it says nothing certain.", _ADVICE)
    rise = float(np.nanmax(whole) - np.nanmedian(whole))
    flattest = max(float(np.linalg.eigvalsh(-bend)[0]), 1e-9)
    width = min(float(np.sqrt(0.4 * rise / flattest)), 2 * search_mm)
    moved = moving_from_fixed.rotation @ shift
    return PairRefinement(
        frozen(moving_point + moved), float(np.linalg.norm(moved)), 1 - spread / _SPREAD_MM[-1], level, spread, width
    )


_LEVELS: Final[tuple[Level, Level, Level]] = ("high", "medium", "low")


@dataclass(frozen=True, eq=False)
class _Patch:
    """Values of both images on lattices of 1 mm along the axes of fixed space, about the two points.

    `offsets` (n, 3) are the lattice places (x, y, z) that are compared, `fixed_values` (n,) the fixed image's there,
    `moving_values` (k, j, i) the moving image's, with its point in the middle.
    """

    offsets: NDArray[np.int64]
    fixed_values: NDArray[np.float32]
    moving_values: NDArray[np.float32]
    reach: int
    """Shifts up to so many mm can be looked at."""

    @staticmethod
    def around(
        fixed: tuple[Volume, Points], moving: tuple[Volume, Points], rotation: Matrix, radius_mm: float, reach: int
    ) -> _Patch:
        """Resample both images. Raises BadArgument where they do not hold enough, or nothing but one value."""
        radius = int(radius_mm)
        first, inside = _lattice(*fixed, np.eye(3), radius)
        second, there = _lattice(*moving, rotation, radius + reach)
        side = np.arange(-radius, radius + 1)
        z, y, x = (v.ravel() for v in np.meshgrid(side, side, side, indexing="ij"))
        ball = x * x + y * y + z * z <= radius_mm**2
        middle = radius + reach
        usable = ball & inside.ravel()
        for corner in itertools.product((-reach, reach), repeat=3):  # a box that holds these holds all between them
            usable &= there[z + middle + corner[2], y + middle + corner[1], x + middle + corner[0]]
        if usable.sum() < _LEAST_INSIDE * ball.sum():
            raise BadArgument("Too little of the neighbourhood lies inside both images.", "Place this point by eye.")
        chosen = np.random.default_rng(0).permutation(np.flatnonzero(usable))[:_POINTS]  # a grid would beat with voxels
        patch = _Patch(np.stack([x, y, z], axis=1)[chosen], first.ravel()[chosen], second, reach)
        for values, name in ((patch.fixed_values, "fixed"), (patch.moved(patch.offsets), "moving")):
            if float(np.ptp(values)) <= 1e-6 * max(1.0, float(np.abs(values).max())):
                raise BadArgument(f"The {name} image is flat around this point.", "Place this point by eye.")
        return patch

    def moved(self, offsets: NDArray[np.int64]) -> NDArray[np.float32]:
        """The moving image's values at lattice places (n, 3)."""
        x, y, z = (offsets + self.moving_values.shape[0] // 2).T
        return np.asarray(self.moving_values[z, y, x])

    def halves(self) -> list[NDArray[np.int64]]:
        """The numbers of the points on either side of the middle, along each axis."""
        return [np.flatnonzero(way * self.offsets[:, axis] >= 0) for axis in range(3) for way in (-1, 1)]

    def surface(
        self, which: NDArray[np.int64] | slice, n_bins: int, reach: int, observer: Observer
    ) -> NDArray[np.float64]:
        """The similarity of some of the points at all shifts up to `reach` mm: [z, y, x], NaN beyond that ball."""
        offsets, values = self.offsets[which], self.fixed_values[which]
        rows = np.rint(_code(values, n_bins)(values)).astype(np.int64) * n_bins
        columns = np.rint(_code(self.moved(offsets), n_bins)(self.moving_values)).astype(np.int64).ravel()
        n = self.moving_values.shape[0]
        x, y, z = (offsets + n // 2).T
        base = (z * n + y) * n + x
        kernel = _kernel(n_bins)
        out = np.full((2 * reach + 1,) * 3, np.nan)
        for dz, dy, dx in itertools.product(range(-reach, reach + 1), repeat=3):
            if dx * dx + dy * dy + dz * dz <= reach * reach:
                cells = rows + np.take(columns, base + ((dz * n + dy) * n + dx))
                out[dz + reach, dy + reach, dx + reach] = _information(cells, n_bins, kernel)
            if dy == dx == 0:
                observer.check()
        return out


def _lattice(volume: Volume, point: Points, axes: Matrix, half: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The lightly smoothed values on a lattice of 1 mm with its middle at a point, and which lie in the image."""
    n = 2 * half + 1
    origin = point - axes @ np.full(3, float(half))
    image = sitk.Resample(
        volume.image, [n] * 3, sitk.Transform(3, sitk.sitkIdentity), sitk.sitkLinear, origin.tolist(), [1.0] * 3,
        axes.ravel().tolist(), float("nan"), sitk.sitkFloat32,
    )  # fmt: skip
    values = sitk.GetArrayFromImage(image)
    inside = np.isfinite(values)
    if not inside.any():
        raise BadArgument("The point lies outside its image.", "Place it inside.")
    low, high = CT_RANGE_HU if looks_like_ct(volume) else (-np.inf, np.inf)
    values = np.clip(np.where(inside, values, values[inside].min()), low, high).astype(np.float32)
    return sitk.GetArrayFromImage(sitk.DiscreteGaussian(sitk.GetImageFromArray(values), 0.25)), inside


def _code(values: NDArray[np.float32], n_bins: int) -> IntensityCode:
    low, high = (float(v) for v in np.percentile(values, [0.5, 99.5]))
    return IntensityCode.of(values, n_bins, low, max(high, low + 1e-6 * max(1.0, abs(low))))


def _kernel(n: int) -> Matrix:
    k = np.arange(n)
    g = np.exp(-0.5 * (k[:, None] - k[None]) ** 2)
    return np.asarray(g / g.sum(axis=0, keepdims=True))


def _information(cells: NDArray[np.int64], n_bins: int, kernel: Matrix) -> float:
    """Normalised mutual information of a histogram's cells, as in `metric`."""
    counts = np.bincount(cells, minlength=n_bins * n_bins).reshape(n_bins, n_bins)
    joint = kernel @ (counts / cells.size) @ kernel.T
    fixed, moving = joint.sum(axis=1), joint.sum(axis=0)
    single = sum(float((p * np.log(np.maximum(p, 1e-12))).sum()) for p in (fixed, moving))
    return single / float((joint * np.log(np.maximum(joint, 1e-12))).sum()) - 1


def _squares(surface: NDArray[np.float64]) -> NDArray[np.float64]:
    """mm² from the middle at each place of a surface."""
    side = np.arange(surface.shape[0]) - surface.shape[0] // 2
    return np.asarray((side**2)[:, None, None] + (side**2)[:, None] + side**2, dtype=np.float64)


def _peak(surface: NDArray[np.float64]) -> tuple[Points, Matrix]:
    """The top of a surface between its places, (x, y, z) mm from the middle, and how it bends there (3, 3).

    A quadric through the places around the highest one, by least squares; it moves the top by at most 1 mm.
    """
    at = np.unravel_index(int(np.nanargmax(surface)), surface.shape)
    rows, heights = [], []
    for d in itertools.product((-1, 0, 1), repeat=3):
        place = tuple(int(a) + b for a, b in zip(at, d, strict=True))
        if all(0 <= p < n for p, n in zip(place, surface.shape, strict=True)) and np.isfinite(surface[place]):
            z, y, x = d
            rows.append([1, x, y, z, x * x / 2, y * y / 2, z * z / 2, x * y, x * z, y * z])
            heights.append(float(surface[place]))
    top = np.array(at[::-1], dtype=np.float64) - surface.shape[0] // 2
    if len(rows) < 20:
        return top, np.zeros((3, 3))
    c = np.linalg.lstsq(np.array(rows, dtype=np.float64), np.array(heights), rcond=None)[0]
    bend = np.array([[c[4], c[7], c[8]], [c[7], c[5], c[9]], [c[8], c[9], c[6]]])
    if float(np.linalg.eigvalsh(bend)[-1]) >= 0:
        return top, bend
    return top + np.clip(-np.linalg.solve(bend, c[1:4]), -1, 1), bend


def _refuse_unclear(surface: NDArray[np.float64], top: Points, search_mm: float) -> None:
    """Raise BadArgument for a surface without one clear peak inside the search."""
    highest, middle = float(np.nanmax(surface)), float(np.nanmedian(surface))
    if highest - middle < _LEAST_CONTRAST:
        raise BadArgument("There is nothing around this point that both images show.", _ADVICE)
    if float(np.linalg.norm(top)) > search_mm:
        raise BadArgument(
            f"The best place lies at the edge of the search, {search_mm:g} mm away or farther.",
            "Place this point nearer by eye.",
        )
    at = np.unravel_index(int(np.nanargmax(surface)), surface.shape)
    wide = np.pad(surface, 1, constant_values=np.nan)
    for place in np.argwhere(surface > middle + _RIVAL_SHARE * (highest - middle)):
        k, j, i = (int(p) for p in place)
        beside = float(np.linalg.norm(place - np.array(at)))
        if beside >= _RIVAL_MM and surface[k, j, i] >= np.nanmax(wide[k : k + 3, j : j + 3, i : i + 3]):
            raise BadArgument(f"Two places, {beside:.0f} mm apart, look alike: which one is meant is unclear.", _ADVICE)
