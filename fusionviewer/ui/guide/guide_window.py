"""The window of the guide: its list of pages, the page, the path back, and a search in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QAction, QHideEvent, QKeyEvent, QKeySequence, QShortcut, QTextCursor
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.ui.guide.page_html import page_html, style_of
from fusionviewer.ui.guide.page_view import PageView
from fusionviewer.ui.guide.pages import CONTENTS, HOME, MISSING, documents_folder, read_page, target_of, title_of
from fusionviewer.ui.look.icons import icon
from fusionviewer.ui.look.palettes import Palette
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, scaled
from fusionviewer.ui.widgets.controls import icon_button, label

GEOMETRY: Final = "guide/geometry"
"""Under which name the settings keep the window's size and place."""

_WIDTH, _HEIGHT, _LIST, _FIND = 128 * UNIT, 84 * UNIT, 31 * UNIT, 24 * UNIT
_PAGE: Final = Qt.ItemDataRole.UserRole


def show_guide(page: str, window: QWidget) -> None:
    """Show a page in the one guide of a window, or bring the guide to the front with it."""
    guide = window.findChild(GuideWindow) or GuideWindow(window)
    guide.open_page(page)
    guide.show()
    guide.raise_()
    guide.activateWindow()


class GuideWindow(QDialog):
    """Not modal: it stays open beside the work. It reads files of the installation, and nothing else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self._folder = documents_folder()
        self._back: list[tuple[str, int]] = []
        self._forward: list[tuple[str, int]] = []
        self._page = ""
        self._look: tuple[Palette, int] | None = None
        self._found: list[QTextCursor] = []
        self._chosen = 0
        self.list = self._make_list()
        self.view = PageView()
        self.view.link_chosen.connect(self._follow)
        self.find_field = QLineEdit()
        self.find_field.setPlaceholderText("Find in page")
        self.find_field.setAccessibleName("Find in page")
        self.find_field.setToolTip("Ctrl+F; Enter goes to the next place, Shift+Enter to the one before")
        self.find_field.textChanged.connect(self._search)
        self.count = label("", "caption")
        self.back = self._action("Back", "Alt+Left", self._go_back)
        self.forward = self._action("Forward", "Alt+Right", self._go_forward)
        self.home = self._action("Contents", "Alt+Home", lambda: self.open_page(HOME))
        QShortcut(QKeySequence("Ctrl+F"), self, self._begin_search)
        self._arrange()
        follow_theme(self, self._dress)
        self.resize(scaled(_WIDTH), scaled(_HEIGHT))
        kept = QSettings().value(GEOMETRY)
        if kept is not None:
            self.restoreGeometry(kept)

    def open_page(self, page: str, place: str = "") -> None:
        """Show a page, and of it a place that a heading names; the page before is where *Back* leads."""
        if page != self._page:
            if self._page:
                self._back.append((self._page, self._scrolled()))
                self._forward.clear()
            self._show(page)
        if place:
            self.view.scrollToAnchor(place)

    @property
    def page(self) -> str:
        """The path of the page that is shown."""
        return self._page

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setProperty("role", "pages")
        made.setAccessibleName("Pages of the guide")
        if self._folder is not None:
            _fill(made, self._folder)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        made.currentItemChanged.connect(self._choose)
        return made

    def _action(self, text: str, key: str, do: Callable[[], object]) -> QAction:
        made = QAction(text, self)
        made.setObjectName(f"guide_{text.lower()}")
        made.setShortcut(QKeySequence(key))
        made.setToolTip(f"{text} ({key})")
        made.triggered.connect(do)
        self.addAction(made)
        return made

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(UNIT // 2)
        for action, drawing in ((self.back, "arrow-left"), (self.forward, "arrow-right"), (self.home, "house")):
            bar.addWidget(icon_button(action, icon(drawing)))
        bar.addStretch(1)
        bar.addWidget(self.count)
        bar.addSpacing(UNIT)
        bar.addWidget(self.find_field)
        self._parts = QSplitter()
        self._parts.setHandleWidth(UNIT // 2)
        self._parts.setChildrenCollapsible(False)
        for part in (self.list, self.view):
            self._parts.addWidget(part)
        self._parts.setStretchFactor(1, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        rows.setSpacing(UNIT)
        rows.addLayout(bar)
        rows.addWidget(self._parts, 1)
        self.view.setFocus()

    def _dress(self) -> None:
        """The page in the colours and letters of the theme, if these are others; where it was scrolled to stays."""
        look = colours(), scaled(100)
        if look == self._look:
            return
        self._look = look
        self.find_field.setFixedWidth(scaled(_FIND))
        self.list.setMinimumWidth(scaled(_LIST))
        self._parts.setSizes([scaled(_LIST), scaled(_WIDTH - _LIST)])
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(_PAGE) is None:
                item.setForeground(self.palette().placeholderText())
        if self._page:
            self._show(self._page, self._scrolled())

    def _show(self, page: str, scrolled_to: int = 0) -> None:
        self._page = page
        text = f"# Guide\n\n{MISSING}\n" if self._folder is None else read_page(self._folder, page)
        html = page_html(text, lambda link: target_of(page, link) is not None)
        folder = (self._folder / page).parent if self._folder is not None else self.view.folder
        self.view.show_html(html, style_of(colours(), scaled), folder)
        bar = self.view.verticalScrollBar()
        if bar is not None:
            bar.setValue(scrolled_to)
        self.setWindowTitle(f"{title_of(text)} – Guide")
        self._mark_in_list(page)
        self.back.setEnabled(bool(self._back))
        self.forward.setEnabled(bool(self._forward))
        self._search(self.find_field.text())

    def _mark_in_list(self, page: str) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(_PAGE) == page:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_PAGE):
            self.open_page(item.data(_PAGE))

    def _follow(self, link: str) -> None:
        target = target_of(self._page, link)
        if target is not None:
            self.open_page(*target)

    def _go_back(self) -> None:
        self._go(self._back, self._forward)

    def _go_forward(self) -> None:
        self._go(self._forward, self._back)

    def _go(self, there: list[tuple[str, int]], here: list[tuple[str, int]]) -> None:
        if there:
            here.append((self._page, self._scrolled()))
            self._show(*there.pop())

    def _scrolled(self) -> int:
        bar = self.view.verticalScrollBar()
        return 0 if bar is None else bar.value()

    def _begin_search(self) -> None:
        self.find_field.setFocus()
        self.find_field.selectAll()

    def _search(self, text: str) -> None:
        self._found, self._chosen = self.view.find_all(text), 0
        self._mark()

    def _step(self, by: int) -> None:
        if self._found:
            self._chosen = (self._chosen + by) % len(self._found)
            self._mark()

    def _mark(self) -> None:
        self.view.mark(self._found, self._chosen)
        none = "Not on this page" if self.find_field.text() else ""
        self.count.setText(f"{self._chosen + 1} of {len(self._found)}" if self._found else none)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter goes through what was found; Esc ends the search first, and closes the window then."""
        key = None if event is None else event.key()
        searching = self.find_field.hasFocus()
        if event is not None and searching and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif searching and key == Qt.Key.Key_Escape and self.find_field.text():
            self.find_field.clear()
            self.view.setFocus()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Closed, by whatever: the next one is as large."""
        super().hideEvent(event)
        QSettings().setValue(GEOMETRY, self.saveGeometry())


def _fill(made: QListWidget, folder: Path) -> None:
    """A row for each page below the title of its group."""
    for title, pages in CONTENTS:
        heading = QListWidgetItem(title, made)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        for page in pages:
            item = QListWidgetItem(title_of(read_page(folder, page)), made)
            item.setToolTip(item.text())
            item.setData(_PAGE, page)
