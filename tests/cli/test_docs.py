"""The examples in docs/cli.md run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.imaging.sample import sample_folder

TEXT = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def test_every_example_runs(tmp_path: Path, program: Any) -> None:
    examples = [
        line for block in re.findall(r"```sh\n(.*?)```", TEXT.read_text("utf-8"), re.S) for line in block.splitlines()
    ]
    assert len(examples) >= 7
    for example in examples:
        words = [word.replace("resources/sample", str(sample_folder())) for word in shlex.split(example)]
        assert words[0] == "fusionviewer"
        done = program(*words[1:])
        assert done.returncode == 0, f"{example}: {done.stderr}"
    for name in ("result/transform.tfm", "result/study.fusion.json", "refined/moving-on-fixed.nii.gz"):
        assert (tmp_path / name).is_file()
    for name in ("ct-on-t1.nii.gz", "t1-on-ct.nrrd", "fused.png"):
        assert (tmp_path / name).is_file()


@pytest.mark.parametrize("code", [0, 2, 3, 130])
def test_every_exit_code_is_named(code: int) -> None:
    assert f"| {code} |" in TEXT.read_text("utf-8")
