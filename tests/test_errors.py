"""What a user is told can be shown, whatever the names of files hold."""

from __future__ import annotations

import json

import pytest

from fusionviewer.errors import FusionError, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Müller 頭部 حمدي क्‍ष.nii", "Müller 頭部 حمدي क्‍ष.nii"),
        ("n\udcff.nii", r"n\udcff.nii"),
        ("a\nb\tc", r"a\u000ab\u0009c"),
        ("\x1b[31mred", r"\u001b[31mred"),
        ("r\u202eiin.exe", r"r\u202eiin.exe"),
    ],
)
def test_only_what_steers_is_written_out(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert str(FusionError(f"{name}.", name)) == f"{shown}. {shown}"
    assert json.loads(printable(json.dumps(name, ensure_ascii=False))) == name


def test_lines_stay_where_they_are_meant() -> None:
    assert printable("a\n\x07", "\n") == "a\n\\u0007"
