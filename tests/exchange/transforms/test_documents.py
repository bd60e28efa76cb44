"""The documents name every format, and the lines to type are those that the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusionviewer.app.commands.export import transform_file
from fusionviewer.exchange.transforms.registry import FORMATS, KEYS, TransformFormat

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("known", FORMATS, ids=KEYS)
def test_the_guide_has_the_line_to_type(known: TransformFormat) -> None:
    page = (DOCS / "guide" / "send-to.md").read_text("utf-8")
    line = known.told_for(transform_file(known), "t1.nii.gz", "ct.nii.gz")
    assert f"### {known.title}\n\n```text\n{line}\n```\n" in page


def test_the_page_of_formats_has_a_row_for_each_key_in_both_tables() -> None:
    page = (DOCS / "formats.md").read_text("utf-8")
    what, proof = page.split("## Proof")
    for key in KEYS:
        row = next(line for line in what.splitlines() if line.startswith(f"| `{key}` |"))
        assert all(f"`{ending}`" in row for ending in (next(f for f in FORMATS if f.key == key).endings[0],)), key
        assert any(f"`{key}`" in line.split("|")[1] for line in proof.splitlines() if line.startswith("|")), key
