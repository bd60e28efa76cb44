"""How far a refinement within limits could move a skull's surface: a band around it on a plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform, SlicePlane
from fusionviewer.imaging.outline import KNOWN_MM, Outline
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import HALO_COLOUR, rgb
from fusionviewer.rendering.contour import ContourLine, level_line

_STEP_MM: Final = 2.0
"""Distances are taken so far apart and interpolated: their surfaces are bent by no more than a skull is."""

_SLAB_MM: Final = 2.0
"""The way out of the plane is measured between two planes so far apart."""

_WIDEST_MM: Final = KNOWN_MM - 2.0
"""A band does not reach further from the surface: it would fill every pane."""

_THINNEST_MM: Final = 0.05
"""Below this there is no band to be seen: both limits are 0."""

_UNSURE_MM: Final = 0.5
"""Two standard deviations of the outline's distances: the band rather is a little too wide than too narrow."""

_COVER_INSIDE: Final = 0.06
_COVER_AT_EDGE: Final = 0.24
"""How much of the picture the band hides where the surface is now, and at its borders. The surface stays clear."""

_INNER_LINE: Final = 0.6
"""The inner border is so strong compared with the outer one."""


@dataclass(frozen=True)
class Halo:
    """The limits of a refinement about a reference pose, and the surface that it moves.

    `moving_from_view` maps points of the view's space (fixed, LPS mm) to the moving image, in which `outline` lies.
    The limits are those of `registration.bounds.Bounds`: `centre` (view space) is what the shift is measured at.
    """

    outline: Outline
    moving_from_view: RigidTransform
    centre: tuple[float, float, float]
    max_shift_mm: float
    max_rotation_deg: float


def reach_mm(points: Points, centre: Points, max_shift_mm: float, max_rotation_deg: float) -> Points:
    """How far the limits let points (…, 3) of the view's space move at most, mm (…).

    With start S, centre c and an allowed pose T, let Q = R_T·R_Sᵀ (an angle of at most ω) and d = T(c) − S(c)
    (at most s long). What the moving image shows at p with S is seen at p′ = T⁻¹(S(p)) with T, and with u = S(p) − S(c)

        |p′ − p| = |Qᵀ(u − d) − u| ≤ |Qᵀu − u| + |d| ≤ 2·sin(ω/2)·|p − c| + s.

    The second step is the chord of a turn by ω (equal where the axis is at right angles to u); both are equalities for
    a shift along that chord, so that no smaller number would do.
    """
    chord = 2 * math.sin(math.radians(min(180.0, max_rotation_deg)) / 2)
    arm = np.linalg.norm(np.asarray(points, dtype=np.float64) - np.asarray(centre), axis=-1)
    return np.asarray(max_shift_mm + chord * arm)


@dataclass(frozen=True, eq=False)
class HaloBand:
    """A band on one picture: flat indices of its pixels, what it leaves of them and adds to them, and its border."""

    pixels: NDArray[np.intp]
    left: NDArray[np.uint32]
    """How much of 256 of a pixel is left."""
    red_blue: NDArray[np.uint32]
    green: NDArray[np.uint32]
    """What is added to 256 times a pixel, in the places of its channels."""
    border: ContourLine

    def draw(self, picture: NDArray[np.uint8]) -> None:
        """Draw into a (height, width, 4) picture in the order blue, green, red, 255."""
        if self.pixels.size:
            flat = picture.reshape(-1, 4).view(np.uint32).ravel()
            under = flat[self.pixels]
            over = ((under & 0xFF00FF) * self.left + self.red_blue) >> 8 & 0xFF00FF
            over |= ((under & 0x00FF00) * self.left + self.green) >> 8 & 0x00FF00
            over |= 0xFF000000
            flat[self.pixels] = over
        self.border.draw(picture)


def halo_band(halo: Halo, plane: SlicePlane, viewport: Viewport) -> HaloBand:
    """All places of a plane that the surface could come to within the limits.

    A place belongs to the band if the nearest point of the surface, on this plane or off it, can get so far. So the
    surface never leaves the band, and (but for the last few per cent where it bends sharply) can come to all of it.
    """
    scale = viewport.mm_per_pixel
    step = max(3, round(_STEP_MM / scale))
    size = [max(2, -(-(n - 1) // step) + 1) for n in (viewport.width, viewport.height)]
    distance, reach = _distance_and_reach(
        halo, plane, Viewport(size[0], size[1], viewport.left_mm, viewport.top_mm, step * scale)
    )
    if reach.max() < _THINNEST_MM:
        return _NO_BAND
    distance, reach = (_finer(field, step, viewport) for field in (distance, reach + np.float32(_UNSURE_MM)))
    beyond = _beyond(halo, plane, viewport)
    return _band(reach, distance, np.abs(distance) if beyond is None else np.hypot(distance, beyond), scale)


def _distance_and_reach(halo: Halo, plane: SlicePlane, viewport: Viewport) -> tuple[NDArray[np.float32], ...]:
    """On a plane (h, w): mm from the surface, negative inside, and the reach of the surface's point nearest to it."""
    pose, scale = halo.moving_from_view, viewport.mm_per_pixel
    right, down = _places(viewport)
    corner = plane.points(np.asarray(right[0]), np.asarray(down[0])) - plane.normal * _SLAB_MM / 2
    slab = sitk.GetArrayFromImage(
        sitk.Resample(
            halo.outline.distance, [viewport.width, viewport.height, 2], sitk.Transform(3, sitk.sitkIdentity),
            sitk.sitkLinear, pose.apply(corner).tolist(), [scale, scale, _SLAB_MM],
            (pose.rotation @ plane.axes()).ravel().tolist(), 10 * KNOWN_MM, sitk.sitkFloat32,
        )
    )  # fmt: skip
    distance = (slab[0] + slab[1]) / 2
    down_slope, right_slope = np.gradient(distance, np.float32(scale))
    out_slope = (slab[1] - slab[0]) / np.float32(_SLAB_MM)
    steepness = np.sqrt(right_slope**2 + down_slope**2 + out_slope**2)
    along = distance / np.maximum(steepness, np.float32(0.5))
    # the nearest point of the surface, from the centre in mm along the screen's axes and out of the plane
    middle = np.asarray(halo.centre)
    at_right, at_down = plane.screen(middle)
    nearest = np.empty((*distance.shape, 3), dtype=np.float32)
    nearest[..., 0] = (right - at_right).astype(np.float32)[None, :] - along * right_slope
    nearest[..., 1] = (down - at_down).astype(np.float32)[:, None] - along * down_slope
    nearest[..., 2] = -along * out_slope - np.float32(plane.distance(middle))
    reach = reach_mm(nearest, np.zeros(3), halo.max_shift_mm, halo.max_rotation_deg)
    return distance, np.minimum(reach, _WIDEST_MM).astype(np.float32)


def _places(viewport: Viewport) -> tuple[Points, Points]:
    """Screen mm of the columns (w,) and of the rows (h,)."""
    scale = viewport.mm_per_pixel
    right = viewport.left_mm + scale * np.arange(viewport.width, dtype=np.float64)
    return right, viewport.top_mm + scale * np.arange(viewport.height, dtype=np.float64)


def _beyond(halo: Halo, plane: SlicePlane, viewport: Viewport) -> NDArray[np.float32] | None:
    """On a plane (h, w): how far, in mm, the surface's image ends before a place; None where it does so nowhere."""
    outline, pose = halo.outline, halo.moving_from_view
    to_axes = np.asarray(outline.grid.direction).T
    start = to_axes @ (pose.apply(plane.points(np.zeros(()), np.zeros(()))) - np.asarray(outline.grid.origin))
    ways = to_axes @ pose.rotation @ plane.axes()
    right, down = _places(viewport)
    total: NDArray[np.float32] | None = None
    for axis, ends in enumerate(zip(outline.low, outline.high, strict=True)):
        across = (start[axis] + ways[axis, 0] * right).astype(np.float32)[None, :]
        at = across + (ways[axis, 1] * down).astype(np.float32)[:, None]
        for end, sign in zip(ends, (-1, 1), strict=True):
            out = sign * (at - np.float32(end)) if np.isfinite(end) else None
            if out is not None and out.max() > 0:
                np.maximum(out, 0, out=out)
                total = out if total is None else np.hypot(total, out)
    return total


def _finer(field: NDArray[np.float32], step: int, viewport: Viewport) -> NDArray[np.float32]:
    """A field whose pixels lie `step` apart in a viewport, interpolated to all of it."""
    tall = _stretched(field, step)[: viewport.height]
    return np.ascontiguousarray(_stretched(tall.T, step).T[:, : viewport.width])


def _stretched(field: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Rows interpolated between the rows: (n, m) becomes ((n − 1)·step + 1, m), in the memory's order of `field`."""
    out = np.empty_like(field, shape=((field.shape[0] - 1) * step + 1, field.shape[1]))
    out[-1] = field[-1]
    rise = (field[1:] - field[:-1]) / np.float32(step)
    for phase in range(step):
        np.multiply(rise, np.float32(phase), out=out[phase:-1:step])
        out[phase:-1:step] += field[:-1]
    return out


def _band(
    reach: NDArray[np.float32], distance: NDArray[np.float32], away: NDArray[np.float32], mm_per_pixel: float
) -> HaloBand:
    """The pixels of the band from the reach, the distances and how far away the surface is (h, w), all in mm."""
    left_over = reach - away
    pixels = np.flatnonzero(left_over > -0.5 * mm_per_pixel)
    room, far = left_over.ravel()[pixels], reach.ravel()[pixels]
    used = 1 - np.clip(room / far, 0, 1)
    soft = np.clip(room / np.float32(mm_per_pixel) + np.float32(0.5), 0, 1)  # the border runs between the pixels
    cover = soft * (np.float32(_COVER_INSIDE) + np.float32(_COVER_AT_EDGE - _COVER_INSIDE) * used * used)
    hidden = np.round(cover * 256).astype(np.uint32)
    red, green, blue = rgb(HALO_COLOUR)
    border = level_line(left_over, 0.0, 1e-6, HALO_COLOUR)
    inner = distance.ravel()[border.pixels] < 0
    faint = np.where(inner, np.round(_INNER_LINE * border.cover), border.cover).astype(np.uint16)
    line = ContourLine(border.pixels, faint, HALO_COLOUR)
    return HaloBand(pixels, 256 - hidden, hidden * np.uint32(red << 16 | blue), hidden * np.uint32(green << 8), line)


_NONE: Final = np.zeros(0, dtype=np.uint32)
_NO_BAND: Final = HaloBand(
    _NONE.astype(np.intp), _NONE, _NONE, _NONE, ContourLine(_NONE.astype(np.intp), _NONE.astype(np.uint16), HALO_COLOUR)
)
