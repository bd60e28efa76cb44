"""The two themes and the sizes of letters: what can be read, what follows, and what stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import pytest
from contrast import DISABLED, EDGE, TEXT, contrast
from PyQt6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication
from PyQt6.QtWidgets import QApplication
from windows import Dress

from fusionviewer.process import log
from fusionviewer.ui.look import theme, typeface
from fusionviewer.ui.look.palettes import DARK, LIGHT, Palette
from fusionviewer.ui.look.style_sheet import CAPTION, HEADING, TITLE, style_sheet
from fusionviewer.ui.look.style_sheet import TEXT as TEXT_SIZE
from fusionviewer.ui.look.typeface import family, text_font

BOTH = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])


class Selector(NamedTuple):
    """One selector of a style sheet, in its parts: QToolButton[role="step"]::menu-indicator:hover."""

    kind: str
    attributes: frozenset[str]
    part: str
    states: frozenset[str]

    def holds_for(self, other: Selector) -> bool:
        """Whether what is said of this one is said of the other, too."""
        alike = self.kind in (other.kind, "QWidget") and self.part == other.part
        return alike and self.attributes <= other.attributes and self.states <= other.states


def rules(sheet: str) -> Iterator[tuple[Selector, dict[str, str]]]:
    """Each selector with what is declared for it, in order."""
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        said = dict(re.findall(r"([\w-]+):\s*([^;]+)", body))
        for text in selectors.split(","):
            kind, attributes, part, states = re.fullmatch(  # type: ignore[union-attr] # a sheet that cannot be read
                r"\s*(\w+)((?:\[[^]]*\])*)((?:::[\w-]+)?)((?::[\w-]+)*)\s*", text
            ).groups()
            named = Selector(
                kind, frozenset(re.findall(r"\[[^]]*\]", attributes)), part, frozenset(states.split(":")) - {""}
            )
            yield named, said


def looks(sheet: str) -> Iterator[tuple[Selector, dict[str, str]]]:
    """What every selector of the sheet looks like when all that holds for it is put together."""
    known = list(rules(sheet))
    for selector, _ in known:
        look: dict[str, str] = {}
        holding = [
            (len(other.attributes) + len(other.states), said) for other, said in known if other.holds_for(selector)
        ]
        for _, said in sorted(holding, key=lambda one: one[0]):  # of the same rank the later one wins
            look.update(said)
        yield selector, look


@BOTH
def test_every_text_of_the_style_sheet_can_be_read_on_its_surface(palette: Palette) -> None:
    pairs = 0
    for selector, look in looks(style_sheet(palette, round)):
        surface = look.get("background", "transparent")
        surface = palette.window if not surface.startswith("#") else surface
        for ink, ground in (
            (look.get("color"), surface),
            (look.get("selection-color"), look.get("selection-background-color", surface)),
        ):
            if ink is not None:
                least = DISABLED if "disabled" in selector.states else TEXT
                assert contrast(ink, ground) >= least, (selector, ink, ground)
                pairs += 1
    assert pairs > 60


@BOTH
def test_what_is_painted_by_hand_can_be_read(palette: Palette) -> None:
    everywhere = (palette.window, palette.field, palette.raised, palette.hover)
    for surface in everywhere:
        for ink in (
            palette.text, palette.caption, palette.caution, palette.failure, palette.fixed_text, palette.moving_text,
        ):  # fmt: skip
            assert contrast(ink, surface) >= TEXT, (ink, surface)
        assert contrast(palette.disabled, surface) >= DISABLED
    for surface in everywhere[:3]:
        assert contrast(palette.accent, surface) >= TEXT
        assert contrast(palette.disabled, surface) >= TEXT
    for name in ("axial", "sagittal", "coronal"):
        assert contrast(getattr(palette, name), palette.field) >= EDGE


@BOTH
def test_what_can_be_filled_in_has_an_edge_that_is_seen(palette: Palette) -> None:
    assert min(contrast(palette.outline, surface) for surface in (palette.window, palette.field)) >= EDGE
    filled = [look for selector, look in looks(style_sheet(palette, round)) if selector.kind == "QLineEdit"]
    assert filled
    for look in filled:
        edge = look["border"].split()[-1] if "border-color" not in look else look["border-color"]
        assert min(contrast(edge, surface) for surface in (palette.window, palette.field)) >= EDGE


@BOTH
def test_the_images_and_the_accent_have_colours_of_their_own(palette: Palette) -> None:
    hues = [QColor(colour).hue() for colour in (palette.fixed_text, palette.moving_text, palette.accent)]
    assert min(abs(a - b) for a, b in combinations(hues, 2)) > 30
    assert 200 <= hues[0] <= 220
    assert 25 <= hues[1] <= 40
    assert QColor(palette.caution).hue() - hues[1] > 8  # amber as well, but yellower
    assert QColor(palette.failure).hue() < 15


def test_the_theme_dresses_the_application(qapp: QApplication, dressed: Dress) -> None:
    dressed()
    assert qapp.palette().window().color() == QColor(DARK.window)
    assert DARK.accent in qapp.styleSheet()
    assert (qapp.font().family(), qapp.font().pixelSize()) == (family(), TEXT_SIZE)
    dressed("light", 1.5)
    assert qapp.palette().window().color() == QColor(LIGHT.window)
    assert theme.colours() is LIGHT
    assert LIGHT.accent in qapp.styleSheet()
    assert DARK.accent not in qapp.styleSheet()
    assert qapp.font().pixelSize() == round(1.5 * TEXT_SIZE)
    assert theme.scaled(100) == 150


def test_as_the_system_has_it_follows_the_system(
    qapp: QApplication, dressed: Dress, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = QGuiApplication.styleHints()
    assert hints is not None
    light = True
    monkeypatch.setattr(theme, "_system_is_light", lambda: light)
    dressed("system", 1.2)
    assert theme.colours() is LIGHT
    light = False
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert theme.colours() is DARK
    assert theme.scaled(100) == 120
    dressed("light")
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert theme.colours() is LIGHT  # what was chosen is no more the system's business


def test_there_are_four_sizes_of_letters(qapp: QApplication, dressed: Dress) -> None:
    assert CAPTION < TEXT_SIZE < HEADING < TITLE
    sizes = {int(size) for size in re.findall(r"font-size: (\d+)px", style_sheet(DARK, round))}
    assert sizes <= {CAPTION, TEXT_SIZE, HEADING, TITLE}
    assert "pt" not in re.findall(r"font-size: \d+(\w+)", style_sheet(DARK, round))


def test_the_typeface_comes_along_with_digits_of_one_width_and_all_signs(qapp: QApplication) -> None:
    assert family() == "Inter Tabular"
    for font in (text_font(13), text_font(12)):
        assert QFontInfo(font).family() == "Inter Tabular"
        metrics = QFontMetrics(font)
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789−+\u2007"}) == 1
        for sign in "°×−≤≥±µ→▲✓✗●◆·…⚠›²³ΩЖé":
            assert metrics.inFont(sign), sign
    bold = text_font(13)
    bold.setBold(True)
    assert QFontMetrics(bold).horizontalAdvance("Landmarks") > QFontMetrics(text_font(13)).horizontalAdvance(
        "Landmarks"
    )


def test_without_it_the_systems_font_is_used_and_the_log_says_so(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(log, "note", noted.append)
    monkeypatch.setattr(typeface, "typeface_folder", lambda: None)
    typeface.family.cache_clear()
    try:
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        assert text_font(13).family() == system.family()
        assert text_font(13).pixelSize() == 13
        assert len(noted) == 1  # once, not for every text
        assert "typeface cannot be loaded" in noted[0]
    finally:
        typeface.family.cache_clear()
