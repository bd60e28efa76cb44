"""A patient's CT and MR on the disk, which no test changes."""

from __future__ import annotations

import pytest
from archive_pairs import Made, ct, made, mr


@pytest.fixture(scope="package")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The oblique MR is the fixed image, the CT the moving one."""
    return made(tmp_path_factory.mktemp("kept"), mr(), ct())
