"""What programs call: read, register, refine, fit, resample, draw and save, without Qt and without a screen.

`from fusionviewer import register` comes here. Points are LPS millimetres; transforms map points of fixed space to
moving space (`moving_from_fixed`). Errors are FusionError with a sentence and a remedy; an Observer that is handed
over hears of progress and can cancel, which raises Cancelled.
"""

from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.library.alignment import fit_landmarks, refine, register
from fusionviewer.library.files import (
    read_transform,
    read_volume,
    resample,
    union_grid,
    volume_from_array,
    write_transform,
    write_volume,
)
from fusionviewer.library.picture import draw_picture, write_picture
from fusionviewer.library.study import Study, describe
from fusionviewer.progress import Observer, Progress
from fusionviewer.session.state import LandmarkPair, Target

__all__ = [
    "Cancelled",
    "FusionError",
    "Grid",
    "LandmarkPair",
    "Observer",
    "Progress",
    "RigidTransform",
    "Study",
    "Target",
    "Volume",
    "describe",
    "draw_picture",
    "fit_landmarks",
    "read_transform",
    "read_volume",
    "refine",
    "register",
    "resample",
    "union_grid",
    "volume_from_array",
    "write_picture",
    "write_transform",
    "write_volume",
]
