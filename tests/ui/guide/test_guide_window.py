"""The window of the guide, with real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from keyboard import ALT, CTRL, NONE, SHIFT, key_click, key_clicks
from mouse import mouse_click
from PyQt6.QtCore import QByteArray, QPoint, Qt, QUrl
from PyQt6.QtGui import QImage, QTextCursor, QTextDocument
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from windows import EMPTY, Dress, OpenWindow, child, press_in_views

from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import Step
from fusionviewer.imaging.volume import ImageSource
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.guide import guide_window, pages
from fusionviewer.ui.guide.guide_window import GuideWindow
from fusionviewer.ui.guide.pages import HOME, PAGES
from fusionviewer.ui.look.palettes import DARK, LIGHT
from fusionviewer.ui.panels.align_panel import PAGES as ALIGN_PAGES
from fusionviewer.ui.panels.align_panel import Page
from fusionviewer.ui.window.main_window import MainWindow


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


@pytest.fixture
def guide(qtbot: QtBot) -> GuideWindow:
    made = GuideWindow()
    qtbot.addWidget(made)
    made.open_page(HOME)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    settle()
    return made


def guide_of(window: MainWindow) -> GuideWindow:
    settle()
    return child(window, GuideWindow)


def place_of(guide: GuideWindow, words: str) -> QPoint:
    """Where the first of some words stand in the page, in pixels of its viewport."""
    (cursor, *_) = guide.view.find_all(words)
    at = QTextCursor(cursor)
    at.setPosition(cursor.selectionStart() + 2)
    guide.view.setTextCursor(at)
    return guide.view.cursorRect(at).center()


def click_words(guide: GuideWindow, words: str) -> None:
    mouse_click(guide.view.viewport(), pos=place_of(guide, words))
    settle()


def width_of_picture(guide: GuideWindow) -> float:
    ((picture, _), *_) = list(guide.view.pictures())
    return picture.width()


# At the page of what is shown


def test_help_opens_the_first_page_of_an_empty_window(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    key_click(window, Qt.Key.Key_F1, SHIFT)
    guide = guide_of(window)
    assert guide.isVisible()
    assert guide.page == "guide/first-fusion.md"
    assert guide.windowTitle() == "First fusion – Guide"


def test_it_opens_at_the_page_of_what_is_shown(open_window: OpenWindow, unaligned: FusionState) -> None:
    window = open_window()
    expected = {"Automatic": "refine", "Landmarks": "landmarks", "Manual": "manual"}
    assert set(expected) == set(ALIGN_PAGES)
    shown: list[tuple[Step, Page, str]] = [("align", name, expected[name]) for name in ALIGN_PAGES]
    for step, name, page in (*shown, ("review", "Manual", "review"), ("export", "Manual", "export")):
        show_step(window.workspace, step)
        window.column.align.show_page(name)
        press_in_views(window, Qt.Key.Key_F1, SHIFT)
        assert guide_of(window).page == f"guide/{page}.md"
        key_click(guide_of(window).view, Qt.Key.Key_Escape)
        window.activateWindow()
        settle()
    assert len(window.findChildren(GuideWindow)) == 1
    assert pages.page_for("align", "Automatic", unaligned) == "guide/first-fusion.md"


def test_of_dicom_images_it_tells_about_dicom(study: FusionState) -> None:
    assert study.fixed is not None
    read = replace(study.fixed, source=ImageSource(Path("cd"), "1.2.3"))
    assert pages.page_for("open", "", study) == "guide/first-fusion.md"
    assert pages.page_for("open", "", edits.new_study(read, study.moving)) == "guide/dicom.md"
    assert all(pages.page_for(step, "", study) in PAGES for step in get_args(Step))


# From page to page


def test_a_link_leads_to_its_page_and_the_keys_back_and_forth(guide: GuideWindow) -> None:
    assert not guide.back.isEnabled()
    click_words(guide, "Manual alignment")
    assert guide.page == "guide/manual.md"
    key_click(guide.view, Qt.Key.Key_Left, ALT)
    assert guide.page == HOME
    key_click(guide.view, Qt.Key.Key_Right, ALT)
    assert guide.page == "guide/manual.md"
    key_click(guide.view, Qt.Key.Key_Home, ALT)
    assert guide.page == HOME
    assert not guide.forward.isEnabled()


def test_the_buttons_do_the_same(guide: GuideWindow) -> None:
    guide.open_page("guide/review.md")
    for name, page in (("back", HOME), ("forward", "guide/review.md"), ("contents", HOME)):
        mouse_click(child(guide, QToolButton, f"button_guide_{name}"))
        assert guide.page == page


def test_a_link_may_lead_into_the_middle_of_a_page(guide: GuideWindow) -> None:
    guide.open_page("guide/first-fusion.md")
    click_words(guide, "Fix orientation")
    assert guide.page == "guide/manual.md"
    bar = guide.view.verticalScrollBar()
    assert bar is not None
    assert bar.value() > 0


def test_the_list_has_every_page_and_goes_there(guide: GuideWindow) -> None:
    items = [guide.list.item(row) for row in range(guide.list.count())]
    listed = [item.data(Qt.ItemDataRole.UserRole) for item in items if item is not None]
    assert [page for page in listed if page] == list(PAGES)
    row = listed.index("guide/landmarks.md")
    mouse_click(guide.list.viewport(), pos=guide.list.visualItemRect(items[row]).center())
    assert guide.page == "guide/landmarks.md"
    key_click(guide.list, Qt.Key.Key_Down)
    assert guide.page == "guide/refine.md"


def test_every_page_opens_with_its_pictures(guide: GuideWindow) -> None:
    for page in PAGES:
        guide.open_page(page)
        text = guide.view.toPlainText()
        assert text.startswith(guide.windowTitle().removesuffix(" – Guide"))
        assert "](" not in text
        assert "**" not in text
        assert [name for name, there in guide.view.pictures_read().items() if not there] == []


def test_nothing_is_fetched_from_elsewhere(guide: GuideWindow) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    for address in ("https://example.org/a.png", "file:///etc/a.png"):
        assert guide.view.loadResource(kind, QUrl(address)) == QByteArray()
    guide.view.link_chosen.emit("https://example.org")
    assert guide.page == HOME


def test_a_screen_reader_finds_a_name_for_every_control(guide: GuideWindow) -> None:
    controls = [guide.list, guide.view, guide.find_field, *guide.findChildren(QToolButton)]
    names = [control.accessibleName() for control in controls if control.isVisible()]
    assert names == ["Pages of the guide", "Page of the guide", "Find in page", "Back", "Forward", "Contents"]


# Search


def test_a_search_marks_all_places_and_goes_round(guide: GuideWindow) -> None:
    guide.open_page("guide/review.md")
    key_click(guide.view, Qt.Key.Key_F, CTRL)
    assert guide.find_field.hasFocus()
    key_clicks(guide.find_field, "checkerboard")
    places = len(guide.view.extraSelections())
    assert places == guide.view.toPlainText().lower().count("checkerboard") > 0
    assert guide.count.text() == f"1 of {places}"
    for _ in range(places):
        key_click(guide.find_field, Qt.Key.Key_Return)
    assert guide.count.text() == f"1 of {places}"
    key_click(guide.find_field, Qt.Key.Key_Return, SHIFT)
    assert guide.count.text() == f"{places} of {places}"
    key_clicks(guide.find_field, "x")
    assert guide.count.text() == "Not on this page"
    assert guide.view.extraSelections() == []


def test_esc_ends_the_search_and_then_closes_the_window(guide: GuideWindow) -> None:
    key_click(guide, Qt.Key.Key_F, CTRL)
    key_clicks(guide.find_field, "limits")
    key_click(guide.find_field, Qt.Key.Key_Escape)
    assert guide.isVisible()
    assert guide.find_field.text() == ""
    assert guide.view.extraSelections() == []
    key_click(guide.view, Qt.Key.Key_Escape, NONE)
    assert not guide.isVisible()


# How it looks


def test_a_picture_has_the_width_that_there_is(guide: GuideWindow, qtbot: QtBot) -> None:
    guide.open_page("guide/first-fusion.md")
    viewport = guide.view.viewport()
    assert viewport is not None
    wide = width_of_picture(guide)
    assert wide < viewport.width()
    guide.resize(700, 500)
    qtbot.waitUntil(lambda: width_of_picture(guide) < wide)
    assert width_of_picture(guide) < viewport.width()
    bar = guide.view.horizontalScrollBar()
    assert bar is not None
    assert bar.maximum() == 0


def test_it_follows_theme_and_letters_where_it_was_read(guide: GuideWindow, dressed: Dress) -> None:
    dressed()
    guide.open_page("guide/first-fusion.md")
    bar = guide.view.verticalScrollBar()
    assert bar is not None
    bar.setValue(100)
    sizes = []
    for palette in (DARK, LIGHT):
        if palette is LIGHT:
            dressed("light", 1.5)
        link, document = guide.view.find_all("DICOM from a CD")[0], guide.view.document()
        assert document is not None
        assert link.charFormat().foreground().color().name() == palette.accent
        assert guide.view.palette().text().color().name() == palette.text
        sizes.append(document.defaultFont().pixelSize())
        assert bar.value() == 100
    assert sizes[1] == round(1.5 * sizes[0])
    assert guide.page == "guide/first-fusion.md"


def test_its_size_is_remembered(guide: GuideWindow, qtbot: QtBot) -> None:
    guide.resize(777, 555)
    settle()
    key_click(guide.view, Qt.Key.Key_Escape)
    again = GuideWindow()
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (777, 555)


def test_a_missing_guide_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide_window, "documents_folder", lambda: None)
    made = GuideWindow()
    qtbot.addWidget(made)
    made.open_page("guide/review.md")
    assert made.view.toPlainText().splitlines()[-1] == pages.MISSING
    assert made.list.count() == 0


def test_a_missing_page_says_so(guide: GuideWindow, tmp_path: Path) -> None:
    assert pages.MISSING in pages.read_page(tmp_path, "guide/review.md")
    assert isinstance(guide.view.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("no.png")), QImage)
