"""What is written is DICOM to the letter: two validators have nothing against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from archive_pairs import Made, complaints, ct, made, mr, one_file, tilted
from dicom_series import Series

from fusionviewer.exchange.archive.export import ALL
from fusionviewer.imaging.readers import read_volume

SOURCES = {"CT on MR": (mr, ct), "MR on tilted CT": (tilted, mr)}


def files_of(folder: Path) -> list[Path]:
    """The registration, the colours, and the first and a middle slice."""
    return [folder / name for name in ("registration.dcm", "colour.dcm", "aligned/0001.dcm", "aligned/0005.dcm")]


@pytest.mark.parametrize("without_names", [False, True], ids=["names kept", "without names"])
@pytest.mark.parametrize("sources", SOURCES.values(), ids=SOURCES)
def test_every_file_is_valid_and_all_of_them_agree(
    tmp_path: Path, sources: tuple[Callable[[], Series], Callable[[], Series]], without_names: bool
) -> None:
    pair = made(tmp_path, *(make() for make in sources))
    pair.write(tmp_path / "out", ALL, without_names=without_names)
    assert complaints("dciodvfy", *files_of(tmp_path / "out")) == []
    every = sorted((tmp_path / "out").rglob("*.dcm"))
    originals = [] if without_names else [file for side in ("fixed", "moving") for file in (tmp_path / side).iterdir()]
    assert complaints("dcentvfy", *every, *originals) == []


def test_what_comes_from_files_of_many_frames_is_valid_too(tmp_path: Path) -> None:
    ct().write(tmp_path / "fixed")
    one_file(mr(), tmp_path / "moving")
    pair = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    pair.write(tmp_path / "out")
    assert complaints("dciodvfy", *files_of(tmp_path / "out")) == []


def test_headers_that_say_next_to_nothing_are_filled_up_so_that_files_are_valid(tmp_path: Path) -> None:
    from dataclasses import replace

    bare = replace(mr(), header={})
    pair = made(tmp_path, bare, replace(ct(), header={}))
    pair.write(tmp_path / "out")
    assert complaints("dciodvfy", *files_of(tmp_path / "out")) == []


def test_the_validators_find_what_is_wrong(tmp_path: Path) -> None:
    import pydicom

    pair = made(tmp_path, mr(), ct())
    pair.write(tmp_path / "out", ("registration",))
    path = tmp_path / "out" / "registration.dcm"
    told = pydicom.dcmread(path)
    del told.RegistrationSequence[0].MatrixRegistrationSequence
    told.save_as(path)
    assert complaints("dciodvfy", path)
