"""Words that fit, in letters that the font has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.errors import UnreadableInput
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
    assert lettering.lettering("Schädel 頭", 12)[0] == "Schadel ?"


def test_the_typeface_that_comes_along_writes_latin_greek_cyrillic_and_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_SYSTEM_FONTS", ())
    text = "Żółć Θάλαμος Череп ° × − ≤ ≥ ± µ → ▲ ✓ ✗ ● ◆ · … ⚠"
    written, font = lettering.lettering(text, 12)
    assert written == text
    assert font.getname()[0] == "Inter Tabular"
    assert len({font.getlength(sign) for sign in "0123456789−+"}) == 1


def test_without_it_pillows_own_font_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise UnreadableInput("The bundled sample study is missing from this installation.", "Install it again.")

    lettering.typeface_folder.cache_clear()
    lettering._font.cache_clear()
    monkeypatch.setattr(lettering, "sample_folder", lost)
    try:
        written, font = lettering.lettering("R 50 mm", 12)
        assert (written, font.getname()[0]) == ("R 50 mm", "Aileron")
    finally:
        lettering.typeface_folder.cache_clear()
        lettering._font.cache_clear()
