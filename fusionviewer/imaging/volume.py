"""An image in memory, with where it lies and where it came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Matrix, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.dicom.patient_marks import NO_MARKS, PatientMarks
from fusionviewer.imaging.reading.handover import image_of
from fusionviewer.imaging.reading.note_words import LEFT_HANDED
from fusionviewer.imaging.reading.options import ReadingOptions, split_reference

Modality = Literal["CT", "MR", ""]

Axis = Literal["x", "y", "z"]
"""An axis of LPS."""

_LEAST_ENTRY: Final = 1e-100
"""Of a rotation. It moves no point by more than 1e-97 mm within a metre, and its square does not underflow."""


@dataclass(frozen=True)
class ImageSource:
    """Where an image was read from: a file, or a DICOM folder and which of its series (empty: not DICOM).

    The second volume of a series that holds several is UID#2, of a 4D file #2; behind it stands what was decided about
    how it is read (`reading.options`): #2#qform.
    """

    path: Path
    series_uid: str = ""

    @property
    def series(self) -> str:
        """The same without what was decided."""
        return split_reference(self.series_uid)[0]

    @property
    def options(self) -> ReadingOptions:
        """What was decided about how it is read."""
        return split_reference(self.series_uid)[1]

    @property
    def is_dicom(self) -> bool:
        """Whether it is a series of a DICOM folder."""
        return bool(self.series_uid) and not self.series_uid.startswith("#")


GUESSED = "The file does not say its modality: taken for"
"""How the note begins that the values have told the modality."""


@dataclass(frozen=True, eq=False)
class Volume:
    """A scalar 3D image, immutable by agreement: `image` and `array` are not written to after it is made.

    `image` is SimpleITK's, of a pixel type that SimpleITK interpolates (int16, uint16, float32 …). `name` is what is
    shown: a file or folder name, never a patient's. `notes` are plain sentences about what was odd when it was read.
    """

    image: sitk.Image
    name: str
    modality: Modality = ""
    source: ImageSource | None = None
    notes: tuple[str, ...] = ()
    mirrored: tuple[Axis, ...] = ()
    """Along which axes the voxels were mirrored since they were read (see `mirroring`)."""
    fingerprint_as_read: str = ""
    """What the fingerprint was before that; empty: nothing was mirrored."""
    frame_of_reference: str = ""
    """A digest of the DICOM frame of reference: images that share one lie as the scanner saw them; empty: not known."""
    acquired: str = ""
    """When it was made by its DICOM header: 2016-03-09 14:30:43, or without the time; empty: not known."""
    patient: PatientMarks = NO_MARKS
    """Digests of who the patient is, to be compared with another image's; never kept."""
    neutral_name: str = ""
    """What files call it in the place of `name`, which a DICOM header may have said: CT series 3; empty: its name."""

    @property
    def written_name(self) -> str:
        """What a study and other files call it."""
        return self.neutral_name or self.name

    def for_files(self, *, descriptions: bool) -> Volume:
        """The same called as files call it: by the description of its DICOM series only where that is asked for."""
        if not self.neutral_name:
            return self
        named = replace(self, name=self.name if descriptions else self.written_name, neutral_name="")
        known = {key: value for key, value in vars(self).items() if key not in vars(named)}
        vars(named).update(known)  # what was worked out of the voxels is not worked out again
        return named

    @property
    def modality_guessed(self) -> bool:
        """Whether the modality was taken from the values, because the file does not say it."""
        return any(note.startswith(GUESSED) for note in self.notes)

    @property
    def oddities(self) -> tuple[str, ...]:
        """The notes but for usual ones: that the modality was taken from the values, and that axes are left-handed."""
        return tuple(note for note in self.notes if not note.startswith((GUESSED, LEFT_HANDED)))

    @cached_property
    def grid(self) -> Grid:
        """Where the voxels lie."""
        return grid_of(self.image)

    @cached_property
    def array(self) -> NDArray[Any]:
        """The voxels, read-only, (k, j, i), in the image's own pixel type; a view of the image's memory."""
        return array_of(self.image)

    @cached_property
    def value_range(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return float(self.array.min()), float(self.array.max())

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of the voxels and the grid: the same wherever the file lies and whatever it is called."""
        digest = hashlib.blake2b(digest_size=16)
        g = self.grid
        numbers = [*g.size, *g.spacing, *g.origin, *np.asarray(g.direction).ravel()]
        digest.update(",".join(f"{float(n):.6g}" for n in numbers).encode())
        digest.update(np.ascontiguousarray(self.array).data)
        return digest.hexdigest()

    @property
    def fingerprint_on_disk(self) -> str:
        """The fingerprint of the image as its file has it."""
        return self.fingerprint_as_read or self.fingerprint

    def value_at(self, point: Points) -> float | None:
        """The value of the voxel around a point (LPS mm of this volume's space), or None outside."""
        if not bool(self.grid.contains(point)):
            return None
        i, j, k = (int(n) for n in np.clip(np.round(self.grid.indices(point)), 0, np.asarray(self.grid.size) - 1))
        return float(self.array[k, j, i])


def array_of(image: sitk.Image) -> NDArray[Any]:
    """The voxels of an image, read-only, (k, j, i): a view of its memory, which it keeps."""
    view: NDArray[Any] = np.asarray(_Memory(image))
    return view


class _Memory:
    """An image's voxels as NumPy asks for them. SimpleITK's own view does not keep the image: this does."""

    def __init__(self, image: sitk.Image) -> None:
        self.image = image
        self.__array_interface__ = sitk.GetArrayViewFromImage(image).__array_interface__


def grid_of(image: sitk.Image) -> Grid:
    """The grid of a 3D SimpleITK image."""
    si, sj, sk = (int(n) for n in image.GetSize())
    x, y, z = (float(v) for v in image.GetSpacing())
    ox, oy, oz = (float(v) for v in image.GetOrigin())
    direction = frozen(np.asarray(image.GetDirection(), dtype=np.float64).reshape(3, 3))
    return Grid((si, sj, sk), (x, y, z), (ox, oy, oz), direction)


def image_on_grid(array: NDArray[Any], grid: Grid) -> sitk.Image:
    """A SimpleITK image of an array (k, j, i) that lies on a grid of the same size."""
    if array.shape != grid.size[::-1]:
        raise ValueError(f"array {array.shape} does not fit the grid {grid.size}")
    return place_on_grid(image_of(array), grid)


def place_on_grid(image: sitk.Image, grid: Grid) -> sitk.Image:
    """The same image, told where its first voxel lies and which way its axes run; its size stays what it is."""
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    image.SetDirection(itk_matrix(grid.direction))
    return image


def itk_matrix(rotation: Matrix) -> list[float]:
    """The nine numbers of a 3×3 row by row, as ITK is to get every rotation and direction.

    ITK inverts such a matrix by a singular value decomposition that sums squares. Where an entry is so small that its
    square underflows, that does not converge, and ITK goes on with a wrong inverse: a resampled image is empty. Such
    entries come from rotations by next to nothing, and become 0.
    """
    numbers = np.asarray(rotation, dtype=np.float64).ravel()
    whole: list[float] = (numbers * (np.abs(numbers) >= _LEAST_ENTRY)).tolist()
    return whole
