"""Where the files of a fusion lie in a BIDS derivatives dataset, and what they are called.

Entities and their order: the BIDS specification's schema, 1.10 (bids-specification, src/schema). CT is no part of it
yet: datatype `ct` and suffix `ct` are those of the extension proposal 24; `from`, `to`, `mode` and the suffix `xfm`
those of proposal 14, as fMRIPrep writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fusionviewer.errors import BadArgument

PIPELINE: Final = "fusionviewer"

FOLDER: Final = PurePosixPath("derivatives") / PIPELINE
"""The derivatives dataset, from the root of the raw one on."""

MR_LABELS: Final = ("T1w", "T2w", "FLAIR", "PDw", "T2starw", "PDT2", "inplaneT1", "inplaneT2", "angio")
"""Suffixes of anatomical MR images."""

LABELS: Final = ("CT", *MR_LABELS)


@dataclass(frozen=True)
class Layout:
    """The paths of one subject's files, from the derivatives dataset on.

    `fixed` and `moving` say what the images are: CT, T1w … Raises BadArgument for labels that BIDS has not.
    """

    subject: str
    fixed: str
    moving: str
    session: str = ""

    def __post_init__(self) -> None:
        for what, label in (("subject", self.subject), *((("session", self.session),) if self.session else ())):
            if not re.fullmatch(r"[0-9A-Za-z]+", label):
                raise BadArgument(f"“{label}” is no label of a {what}.", "Use letters and digits alone, such as 01.")
        for label in (self.fixed, self.moving):
            if label not in LABELS:
                raise BadArgument(f"“{label}” is no kind of image.", f"Use one of: {', '.join(LABELS)}.")
        if self.fixed == self.moving:
            raise BadArgument(
                f"Both images are {self.fixed}, and their files need names.",
                "Say what each is: --fixed-as, --moving-as.",
            )

    @property
    def transform(self) -> PurePosixPath:
        """The transform, as ITK text."""
        return self._path(self.moving, f"from-{self.moving}_to-{self.fixed}_mode-image_xfm", ".txt")

    @property
    def resampled(self) -> PurePosixPath:
        """The moving image on the fixed one's voxels."""
        return self._path(self.moving, f"space-{self.fixed}_{_suffix(self.moving)}", ".nii.gz")

    @property
    def reference(self) -> PurePosixPath:
        """The fixed image, where the raw dataset does not have it."""
        return self._path(self.fixed, f"desc-reference_{_suffix(self.fixed)}", ".nii.gz")

    @property
    def coordinate_system(self) -> str:
        """What BIDS calls the fixed image's scanner RAS: it has a name for that of a T1w alone."""
        return "ScanRAS" if self.fixed == "T1w" else "Other"

    @property
    def electrodes(self) -> PurePosixPath:
        """The positions of electrodes."""
        return self._path("ieeg", f"space-{self.coordinate_system}_electrodes", ".tsv")

    @property
    def coordsystem(self) -> PurePosixPath:
        """What these positions mean."""
        return self._path("ieeg", f"space-{self.coordinate_system}_coordsystem", ".json")

    def _path(self, kind: str, rest: str, ending: str) -> PurePosixPath:
        folders = [f"sub-{self.subject}", *([f"ses-{self.session}"] if self.session else [])]
        datatype = "ieeg" if kind == "ieeg" else "ct" if kind == "CT" else "anat"
        return PurePosixPath(*folders, datatype, f"{'_'.join(folders)}_{rest}{ending}")


def sidecar(path: PurePosixPath) -> PurePosixPath:
    """The JSON file beside a file."""
    return path.with_name(f"{path.name.removesuffix('.gz').rpartition('.')[0]}.json")


def _suffix(label: str) -> str:
    return "ct" if label == "CT" else label
