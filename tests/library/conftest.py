"""The made-up head as programs have it: in files, read from them, and registered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusionviewer import Volume, read_volume, register, write_volume
from fusionviewer.registration import RegistrationResult


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, phantom_mr: Volume, phantom_ct: Volume) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("head")
    fixed, moving = folder / "mr.nii.gz", folder / "ct.nii.gz"
    write_volume(phantom_mr, fixed)
    write_volume(phantom_ct, str(moving))
    return fixed, moving


@pytest.fixture(scope="session")
def head(files: tuple[Path, Path]) -> tuple[Volume, Volume]:
    fixed, moving = files
    return read_volume(fixed), read_volume(str(moving))


@pytest.fixture(scope="session")
def registered(head: tuple[Volume, Volume]) -> RegistrationResult:
    return register(*head, preset="fast")
