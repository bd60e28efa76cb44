"""What is written is DICOM to the letter: two validators have nothing against it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from archive_pairs import OF_MR, POSE, Made, complaints, ct, made, mr, one_file, tilted
from dicom_series import Series

from fusionviewer.exchange.archive.aligned import aligned_slices
from fusionviewer.exchange.archive.export import ALL, Plan
from fusionviewer.exchange.archive.stamp import save
from fusionviewer.imaging.readers import read_volume

SOURCES = {
    "CT on MR": (mr, ct, False),
    "CT on MR, without names": (mr, ct, True),
    "MR on tilted CT": (tilted, mr, False),
}


def files_of(folder: Path) -> list[Path]:
    """The registration, the colours, and a slice."""
    return [folder / name for name in ("registration.dcm", "colour.dcm", "aligned/0005.dcm")]


@pytest.mark.parametrize(("fixed", "moving", "without_names"), SOURCES.values(), ids=SOURCES)
def test_every_file_is_valid_and_all_of_them_agree(
    tmp_path: Path, fixed: Callable[[], Series], moving: Callable[[], Series], without_names: bool
) -> None:
    pair = made(tmp_path, fixed(), moving())
    pair.write(tmp_path / "out", ALL, without_names=without_names)
    assert complaints("dciodvfy", *files_of(tmp_path / "out")) == []
    every = sorted((tmp_path / "out").rglob("*.dcm"))
    originals = [] if without_names else [file for side in ("fixed", "moving") for file in (tmp_path / side).iterdir()]
    assert complaints("dcentvfy", *every, *originals) == []


def test_headers_that_say_next_to_nothing_are_filled_up_so_that_files_are_valid(tmp_path: Path) -> None:
    """Also those of files with many frames."""
    replace(ct(), header={}).write(tmp_path / "fixed")
    one_file(replace(mr(), header={}), tmp_path / "moving")
    pair = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    pair.write(tmp_path / "out")
    assert complaints("dciodvfy", *files_of(tmp_path / "out")) == []


def test_what_only_some_sequences_say_is_said_by_those_alone(kept: Made, tmp_path: Path) -> None:
    originals = kept.plan().originals
    inversion = {"ScanningSequence": ["GR", "IR"], "ScanOptions": ["PFP", "CG"]}
    files = []
    for name, values in (("inversion", inversion), ("plain", {"ScanningSequence": "GR", "InversionTime": "900"})):
        header = copy.deepcopy(originals.moving.header)
        for keyword, value in {**OF_MR, **values, "Modality": "MR"}.items():
            setattr(header, keyword, value)
        plan = Plan(replace(originals, moving=replace(originals.moving, header=header)))
        slices = aligned_slices(plan.stamp, plan.series["series"], plan.originals.moving, kept.fixed, POSE)
        one = next(slices)
        assert ("InversionTime" in one) == ("TriggerTime" in one) == (name == "inversion")
        files.append(tmp_path / f"{name}.dcm")
        save(one, files[-1])
    assert complaints("dciodvfy", *files) == []


def test_the_validators_find_what_is_wrong(kept: Made, tmp_path: Path) -> None:
    kept.write(tmp_path / "out", ("registration",))
    path = tmp_path / "out" / "registration.dcm"
    told = pydicom.dcmread(path)
    del told.RegistrationSequence[0].MatrixRegistrationSequence
    told.save_as(path)
    assert complaints("dciodvfy", path)
