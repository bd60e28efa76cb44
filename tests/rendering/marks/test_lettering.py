"""Words that fit, in letters that the font has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.rendering.marks import lettering


@given(st.text(min_size=1, max_size=80), st.integers(40, 400))
def test_elided_text_fits_and_keeps_its_ends(text: str, room: int) -> None:
    short = lettering.elided(text, 15, room)
    written, font = lettering.lettering(short, 15)
    assert font.getlength(written) <= room or short == "…"
    if short != text:
        head, tail = short.split("…")[0], short.split("…")[-1]
        assert text.startswith(head)
        assert text.endswith(tail)


def test_letters_that_the_font_lacks_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lettering.lettering("t1.nii.gz", 12)[0] == "t1.nii.gz"
    monkeypatch.setattr(lettering, "_SYSTEM_FONTS", ("there-is-no-such-font.ttf",))
    assert lettering.lettering("Schädel Ж", 12)[0] == "Schadel ?"
