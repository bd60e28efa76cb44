"""What a picture or a volume is made from: the images as they are looked at, whatever its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Matrix, Orientation, Points, SlicePlane
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.reslice import PlaneInterpolation, Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import FACTS, Blend, BlendMode
from fusionviewer.rendering.marks.edge_field import EdgeField
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.rendering.marks.values import Marks
from fusionviewer.rendering.slices import Layer, SliceRequest

WHOLE_IMAGE: Final = 1.04
"""How much more than the image a pane shows at zoom 1, so that the letters at the edges have room."""

_INWARDS: Final = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Scene:
    """One or two images, how they are blended and drawn, and the crosshair, in the space of the back image.

    Without a back image the front one is looked at in its own space. `at` is (3,) LPS mm, `tilt` a 3×3 rotation that
    turns the standard planes about it. `mask` is 0 and 1 in the space that is looked at; its outline is drawn.
    """

    back: Layer | None
    front: Layer | None
    at: Points
    blend: Blend = Blend()  # noqa: RUF009 - immutable
    tilt: Matrix | None = None
    radiological: bool = True
    bone_edges: bool = False
    mask: Volume | None = None
    interpolation: PlaneInterpolation = "linear"
    halo: Halo | None = None
    """How far a refinement could go, drawn over the images."""
    edge_field: EdgeField | None = None
    """Distances to colour the contours of the CT's bone by."""
    marks: Marks = Marks()  # noqa: RUF009 - immutable
    """Landmarks and the like, in the space that is looked at."""

    def __post_init__(self) -> None:
        if self.back is None and self.front is None:
            raise ValueError("a scene without an image")

    @property
    def _layers(self) -> list[Layer]:
        return [layer for layer in (self.back, self.front) if layer is not None]

    @property
    def both(self) -> bool:
        """Whether there are two images, so that the blend means something."""
        return len(self._layers) == 2

    @property
    def volume(self) -> Volume:
        """The image in whose space the picture lies."""
        return self._layers[0].volume

    def plane(self, orientation: Orientation, point: Points | None = None) -> SlicePlane:
        """One of the three planes through a point (3,), or through the crosshair."""
        return SlicePlane.through(self.at if point is None else point, orientation, self.radiological, self.tilt)

    def inwards(self, orientation: Orientation) -> Points:
        """The unit vector (3,) in which slices are counted: towards the patient's right, front or head."""
        way = _INWARDS[orientation.normal_axis]
        return np.asarray(way if self.tilt is None else self.tilt @ way)

    def request(self, plane: SlicePlane, viewport: Viewport, glass_at: Points | None = None) -> SliceRequest:
        """What the renderer is asked for: the one place that makes it.

        `glass_at` is the middle of the spyglass, (2,) screen mm; without it that is the plane's point.
        """
        return SliceRequest(
            plane,
            viewport,
            self.back,
            self.front,
            self.blend,
            self.bone_edges,
            self.mask,
            None if glass_at is None else (float(glass_at[0]), float(glass_at[1])),
            self.interpolation,
            self.halo,
            self.edge_field,
        )

    def check_blend(self) -> None:
        """Raise BadArgument if the two images cannot be put together in this way."""
        refusal = why_no_blend(self.blend.mode, *(layer.volume for layer in self._layers)) if self.both else None
        if refusal is not None:
            raise refusal


def why_no_blend(mode: BlendMode, fixed: Volume, moving: Volume) -> BadArgument | None:
    """What stands against putting two images together in this way; None: nothing."""
    done = FACTS[mode].like_images
    if done and fixed.modality != moving.modality:
        kinds = " and ".join(volume.modality or "an unknown kind" for volume in (fixed, moving))
        return BadArgument(
            f"Only images of the same kind can be {done}; these are {kinds}.",
            "Choose another mode, such as checkerboard or edges.",
        )
    return None


def head_corners(volume: Volume) -> tuple[Points, Points]:
    """The eight corners (8, 3) of the box of the head along the LPS axes, and its middle; of the image without one."""
    try:
        head = head_mask(volume)
        corners, middle = head.corners, head.centre_point
    except UnreadableInput:
        corners, middle = volume.grid.corners, volume.grid.centre
    low, high = corners.min(axis=0), corners.max(axis=0)
    shares = np.array([[a, b, c] for c in (0, 1) for b in (0, 1) for a in (0, 1)])
    return low + shares * (high - low), middle


def whole_image_scale(volume: Volume, width: int, height: int) -> float:
    """Millimetres a pixel at which the image fits into so many pixels in each of the three orientations.

    One scale for all of them, so that the crosshair runs on from pane to pane.
    """
    x, y, z = np.ptp(volume.grid.corners, axis=0)
    return float(max(max(x, y) / width, max(y, z) / height)) * WHOLE_IMAGE
