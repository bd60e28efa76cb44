"""What is known of the series of a DICOM folder before one is read: plain values that name no patient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Plane: TypeAlias = Literal["axial", "sagittal", "coronal", "oblique", ""]
"""In which plane the slices lie, the nearest one within 30°; empty where the headers do not say it."""

SeriesKey: TypeAlias = tuple[str, int]
"""The UID of a series and the number of the part: what tells two entries of a folder apart."""


WORST_SKEW: Final = 0.01
"""Directions of rows and columns that are further from unit length and a right angle than this are not believed."""


@dataclass(frozen=True)
class Person:
    """Who the patient is: only to be shown where that is asked for, never kept and never written."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    """The patient's ID."""

    @property
    def shown(self) -> str:
        """Name and number in one line; empty where the files have neither."""
        return " · ".join(part for part in (self.name, self.number) if part)


@dataclass(frozen=True)
class SeriesFacts:
    """What the first header of a series says about how it was made. Empty or 0 where it says nothing."""

    study_uid: str = ""
    study_when: str = ""
    """2016-03-09 14:30:43, or without the time."""
    study_description: str = ""
    when: str = ""
    number: int | None = None
    kernel: str = ""
    """The convolution kernel of a CT."""
    sequence: str = ""
    """The name of an MR's pulse sequence, else its kind (SE/IR)."""
    protocol: str = ""
    body_part: str = ""
    image_type: tuple[str, ...] = ()
    """ORIGINAL, PRIMARY, AXIAL …: in capitals."""
    scanned_3d: bool = False
    """An MR that excites the whole volume at once."""
    thickness_mm: float = 0.0
    repetition_ms: float = 0.0
    echo_ms: float = 0.0
    inversion_ms: float = 0.0
    rescaled: bool = True
    """Whether a CT says how stored numbers become Hounsfield units."""
    inverted: bool = False
    """MONOCHROME1: the smallest value is meant to be the brightest."""
    captured: bool = False
    """A secondary capture: a picture of a screen or a film."""
    position: str = ""
    """How the patient lay: HFS is head first on the back."""
    skew: float = 0.0
    """How far the directions of rows and columns are from unit length and a right angle."""


@dataclass(frozen=True)
class SeriesChoice:
    """What a chooser shows of a series in a DICOM folder. Nothing in it names the patient."""

    uid: str
    description: str
    modality: str
    """As in DICOM: CT, MR, PT, …"""
    n_images: int
    size: tuple[int, int, int]
    """Columns, rows, slices; slices 0 if it is no volume."""
    spacing: tuple[float, float, float]
    """mm; 0 where it is not known."""
    usable: bool
    why_not: str
    """A sentence; empty if it is usable."""
    needs_spacing: bool = False
    """It is not usable as it is, but can be opened once its voxel size is typed."""
    part: int = 1
    """Which volume of the series it is, from 1 on."""
    parts: int = 1
    """How many volumes the series has."""
    part_name: str = ""
    """What this one is, where there are several: echo 4.9 ms, water, time 2 of 5."""
    listed: int = 1
    """The number of the series in its folder, from 1."""
    patient: int = 1
    """Which patient of the folder, from 1 on."""
    plane: Plane = ""
    notes: tuple[str, ...] = ()
    """Sentences on what will be corrected or is odd."""
    facts: SeriesFacts = SeriesFacts()
    description_hidden: bool = False
    """There is a description, but the patient is named in it."""

    @property
    def key(self) -> SeriesKey:
        """What tells it from all other entries of its folder."""
        return self.uid, self.part

    @property
    def number(self) -> str:
        """What stands after the # on the command line: 3, or 3.2 for the second volume of a series."""
        return f"{self.listed}" if self.parts == 1 else f"{self.listed}.{self.part}"

    @property
    def openable(self) -> bool:
        """Whether it can be opened, if need be once its voxel size is typed."""
        return self.usable or self.needs_spacing

    @property
    def slice_mm(self) -> float:
        """The distance of slices if it is a volume, else how thick the header says that they are; 0: not known."""
        return self.spacing[2] if self.usable else self.facts.thickness_mm

    @property
    def n_slices(self) -> int:
        """How many slices the volume has; of what is no volume, how many images there are."""
        return self.size[2] if self.usable else self.n_images

    @property
    def method(self) -> str:
        """The kernel of a CT, the sequence of an MR."""
        return self.facts.kernel or self.facts.sequence

    @property
    def remarks(self) -> tuple[str, ...]:
        """Whole sentences: why it cannot be opened, else what is odd about it."""
        asked = ("It can be opened once its voxel size is typed.",) if self.needs_spacing else ()
        return (self.why_not, *asked, *self.notes) if self.why_not else self.notes
