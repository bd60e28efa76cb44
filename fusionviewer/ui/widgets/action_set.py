"""Menus and keys, read from the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QWidget

from fusionviewer.app.actions.action import Action, Menu
from fusionviewer.app.actions.registry import ACTIONS, MENUS
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.widgets.controls import plain

HELD_KEYS = frozenset({"peek"})
"""Actions that last as long as their key is held: their keys are watched, and are no shortcuts."""


class ActionSet(QObject):
    """A QAction for each action of the table: enabled when it can be done, its tool tip saying why if it cannot."""

    def __init__(
        self, workspace: Workspace, handlers: Mapping[str, Callable[[], None]], window: QWidget, images: QWidget
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._actions: dict[str, tuple[Action, QAction]] = {}
        for action in ACTIONS:
            qt_action = self._make(action, handlers)
            self._actions[action.key] = (action, qt_action)
            (images if action.images_only else window).addAction(qt_action)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key][1]

    def fill(self, bar: QMenuBar, submenus: Mapping[Menu, QMenu]) -> None:
        """Put the menus into a menu bar, submenus at their ends.

        Pairs by number are keys only: nine entries would drown the menu.
        """
        for name in MENUS:
            menu = QMenu(f"&{name}", bar)
            menu.setToolTipsVisible(True)
            bar.addMenu(menu)
            inner: dict[str, QMenu] = {}
            for action, qt_action in self._actions.values():
                if action.menu != name or action.key.startswith("pair_"):
                    continue
                if action.submenu and action.submenu not in inner:
                    inner[action.submenu] = self.submenu(action.submenu, menu)
                    menu.addMenu(inner[action.submenu])
                elif not action.submenu:
                    if action.separated:
                        menu.addSeparator()
                    menu.addAction(qt_action)
            if name in submenus:
                menu.addSeparator()
                menu.addMenu(submenus[name])

    def submenu(self, name: str, parent: QWidget) -> QMenu:
        """A new menu of the actions that stand in a menu inside a menu."""
        made = QMenu(name, parent)
        made.setToolTipsVisible(True)
        for action, qt_action in self._actions.values():
            if action.submenu == name:
                if action.separated:
                    made.addSeparator()
                made.addAction(qt_action)
        return made

    def refresh(self) -> None:
        """Enable what can be done now, and set the marks."""
        for action, qt_action in self._actions.values():
            why_not = action.need(self._workspace)
            qt_action.setEnabled(not why_not)
            qt_action.setToolTip(f"{action.tip}. {why_not}" if why_not else _with_keys(action))
            if action.checked is not None:
                qt_action.setChecked(action.checked(self._workspace))
        stack = self._workspace.document.undo_stack
        self["undo"].setText(f"Undo {plain(stack.undoText())}".rstrip())
        self["redo"].setText(f"Redo {plain(stack.redoText())}".rstrip())

    def _make(self, action: Action, handlers: Mapping[str, Callable[[], None]]) -> QAction:
        qt_action = QAction(action.text, self)
        qt_action.setObjectName(action.key)
        qt_action.setCheckable(action.checked is not None)
        if action.key not in HELD_KEYS:
            qt_action.setShortcuts([QKeySequence(key) for key in action.keys])
        if action.images_only:
            qt_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if action.key == "quit":
            qt_action.setMenuRole(QAction.MenuRole.QuitRole)
        qt_action.triggered.connect(lambda _=False, a=action: self._do(a, handlers))
        return qt_action

    def _do(self, action: Action, handlers: Mapping[str, Callable[[], None]]) -> None:
        if action.verb is not None:
            action.verb(self._workspace)
        elif action.key in handlers:
            handlers[action.key]()
        self.refresh()


def _with_keys(action: Action) -> str:
    return f"{action.tip} ({', '.join(shown_keys(action))})" if action.keys else action.tip


def shown_keys(action: Action) -> tuple[str, ...]:
    """The keys of an action as this system writes them."""
    style = QKeySequence.SequenceFormat.NativeText
    return tuple(QKeySequence(key).toString(style) or key for key in action.keys)
