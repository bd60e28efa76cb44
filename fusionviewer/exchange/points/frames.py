"""What the numbers of a point can mean, by name, and files of points in each of these frames.

FreeSurfer has two frames that are both called RAS and that differ by centimetres. In a table the columns are named by
the frame, so that its numbers are taken for no other's; FreeSurfer's files of points (`.dat`) say it themselves.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.landmarks_csv import write_landmarks
from fusionviewer.exchange.points.named_points import NamedPoints, lps_from_ras
from fusionviewer.exchange.text_files import write_text
from fusionviewer.exchange.transforms.freesurfer import surface_from_index
from fusionviewer.geometry import Grid, Points

PointFrame: TypeAlias = Literal["lps", "scanner-ras", "surface-ras"]

FRAMES: Final[tuple[PointFrame, ...]] = get_args(PointFrame)


@dataclass(frozen=True)
class FrameWords:
    """How a frame is called, whose it is, and what it is, in a sentence."""

    title: str
    whose: str
    """To go on after the title: “as …”."""
    meaning: str


WORDS: Final[dict[PointFrame, FrameWords]] = {
    "lps": FrameWords(
        "LPS",
        "as DICOM and ITK have it",
        "As DICOM and ITK: x to the patient's left, y to the back, z to the head, origin as in the image's header.",
    ),
    "scanner-ras": FrameWords(
        "Scanner RAS",
        "as NIfTI, 3D Slicer and FreeView's “RAS” have it",
        "As NIfTI and 3D Slicer; FreeView's “RAS”: x to the right, y to the front, z to the head, origin as in the "
        "image's header.",
    ),
    "surface-ras": FrameWords(
        "Surface RAS (tkr)",
        "as FreeSurfer's surfaces and tkregister have it",
        "As FreeSurfer's surfaces and tkregister: origin at the middle of the image, axes along its voxels, whatever "
        "its header says; right for this image alone.",
    ),
}

TABLE, CONTROL_POINTS = ".csv", ".dat"

FRAME_ENDINGS: Final = (TABLE, CONTROL_POINTS)
"""A table with names, or FreeSurfer's file of points, which has none."""


def in_frame(points: Points, frame: PointFrame, grid: Grid) -> Points:
    """The numbers of points (…, 3), LPS mm, in a frame, mm; `grid` is that of the image in whose space they lie.

    Surface RAS: the matrix that FreeSurfer calls vox2ras-tkr, of the grid's sizes and spacings alone.
    """
    points = np.asarray(points, dtype=np.float64)
    if frame == "lps":
        return points
    if frame == "scanner-ras":
        return lps_from_ras(points)
    surface = surface_from_index(np.array(grid.size), np.array(grid.spacing))
    return np.asarray(grid.indices(points) @ surface[:3, :3].T + surface[:3, 3] + 0.0)


def point_text(point: Points, frame: PointFrame, grid: Grid) -> str:
    """A point (3,), LPS mm, to be pasted: three numbers with a micrometre's digits."""
    return " ".join(f"{value:z.3f}" for value in in_frame(point, frame, grid))


def check_frame_file(path: Path, frame: PointFrame) -> None:
    """Raise BadArgument for a name that does not say what can be written in a frame."""
    ending = path.suffix.lower()
    if ending not in FRAME_ENDINGS:
        raise BadArgument(
            f"{path.name} does not say how points are written.",
            "Let the name end in .csv, or in .dat for FreeSurfer's files of points.",
        )
    if ending == CONTROL_POINTS and frame == "lps":
        raise BadArgument("FreeSurfer's files of points know no LPS.", "Choose scanner or surface RAS, or a .csv.")


def write_points_in(path: Path, points: NamedPoints, frame: PointFrame, grid: Grid) -> None:
    """Write points as a table (.csv), or as FreeSurfer's file of points (.dat), which has no names.

    Every digit is written; whole or not at all. Raises BadArgument where name and frame do not fit, CannotWrite.
    """
    check_frame_file(path, frame)
    numbers = in_frame(points.points, frame, grid).tolist()
    if path.suffix.lower() == CONTROL_POINTS:
        lines = [f"{x:.17g} {y:.17g} {z:.17g}" for x, y, z in numbers]
        real = int(frame == "scanner-ras")  # FreeSurfer's word for scanner RAS is real RAS
        write_text(path, "\n".join([*lines, "info", f"numpoints {len(lines)}", f"useRealRAS {real}", ""]))
    elif frame == "lps":
        write_landmarks(path, points.by_name)
    else:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        prefix = frame.replace("-", "_")
        rows.writerow(["name", *(f"{prefix}_{axis}" for axis in "xyz")])
        rows.writerows([name, *map(repr, place)] for name, place in zip(points.names, numbers, strict=True))
        write_text(path, text.getvalue())
