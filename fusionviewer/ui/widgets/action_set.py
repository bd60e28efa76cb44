"""Menus and keys, read from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from PyQt6.QtCore import QKeyCombination, QObject, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from fusionviewer.app.actions.action import Action
from fusionviewer.app.actions.registry import ACTIONS, MENUS
from fusionviewer.app.commands.context import Context
from fusionviewer.ui.widgets.controls import plain
from fusionviewer.ui.widgets.held_keys import HeldKeys


class ActionSet(QObject):
    """A QAction for each action of the table: enabled when it can be done, its tool tip saying why if it cannot."""

    def __init__(self, context: Context, window: QWidget, images: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._actions: dict[str, tuple[Action, QAction]] = {}
        for action in ACTIONS:
            qt_action = self._make(action)
            self._actions[action.key] = (action, qt_action)
            (images if action.images_only else window).addAction(qt_action)
        self._held = HeldKeys(context, images)

    def __getitem__(self, key: str) -> QAction:
        """The action of that key. Raises KeyError where the table has none, so that a wrong one shows at the start."""
        if key not in self._actions:
            raise KeyError(f"There is no action “{key}” in the table of app/actions.")
        return self._actions[key][1]

    def fill(self, bar: QMenuBar, submenus: Mapping[str, QMenu]) -> None:
        """Put the menus into a menu bar; a series would drown what stands in a menu.

        `submenus`: by a menu's name what comes to its end, by a submenu's name what stands in its place.
        """
        for name in MENUS:
            menu = QMenu(f"&{name}", bar)
            menu.setToolTipsVisible(True)
            bar.addMenu(menu)
            inner: dict[str, QMenu] = {}
            for action, qt_action in self._actions.values():
                if action.menu != name or action.series:
                    continue
                if action.submenu and action.submenu not in inner:
                    inner[action.submenu] = submenus.get(action.submenu) or self.submenu(action.submenu, menu)
                    menu.addMenu(inner[action.submenu])
                elif not action.submenu:
                    if action.separated:
                        menu.addSeparator()
                    menu.addAction(qt_action)
            if name in submenus:
                menu.addSeparator()
                menu.addMenu(submenus[name])

    def submenu(self, name: str, parent: QWidget) -> QMenu:
        """A new menu of the actions that stand in a menu inside a menu. Raises KeyError if there are none."""
        made = QMenu(name, parent)
        made.setToolTipsVisible(True)
        for action, qt_action in self._actions.values():
            if action.submenu == name:
                if action.separated:
                    made.addSeparator()
                made.addAction(qt_action)
        if made.isEmpty():
            raise KeyError(f"No action of the table of app/actions stands in a submenu “{name}”.")
        return made

    def refresh(self) -> None:
        """Enable what can be done now, and set the marks."""
        workspace = self._context.workspace
        for action, qt_action in self._actions.values():
            why_not = action.need(workspace)
            qt_action.setEnabled(not why_not)
            remark = why_not or action.remark(workspace)
            tip = action.tip if why_not else _with_keys(action)
            qt_action.setToolTip(f"{tip}. {remark}" if remark else tip)
            if action.checked is not None:
                qt_action.setChecked(action.checked(workspace))
            if action.lent_to_move:
                lent = action.lent_to_move if workspace.view_model.tool == "move" else ()
                _set_keys(qt_action, tuple(key for key in action.keys if key not in lent))
        stack = workspace.document.undo_stack
        for key, text in (("undo", stack.undoText()), ("redo", stack.redoText())):
            if text:
                action, qt_action = self._actions[key]
                qt_action.setToolTip(f"{action.tip}: {text} ({', '.join(shown_keys(action))})")
        self["undo"].setText(f"Undo {plain(stack.undoText())}".rstrip())
        self["redo"].setText(f"Redo {plain(stack.redoText())}".rstrip())

    def why_not(self, pressed: QKeyCombination, *, in_images: bool) -> str:
        """Why the action of a key cannot be done now; empty for a key without one, and where it can.

        `in_images`: the images have the keyboard. Elsewhere their keys mean something else, or nothing.
        """
        wanted = QKeySequence(pressed)
        for action, qt_action in self._actions.values():
            if action.images_only and not in_images:
                continue
            if not qt_action.isEnabled() and any(QKeySequence(key) == wanted for key in action.keys):
                return action.need(self._context.workspace)
        return ""

    def _make(self, action: Action) -> QAction:
        qt_action = QAction(action.text, self)
        qt_action.setObjectName(action.key)
        qt_action.setCheckable(action.checked is not None)
        if action.let_go is None:
            qt_action.setShortcuts([QKeySequence(key) for key in action.keys])
        if action.images_only:
            qt_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if action.key == "quit":
            qt_action.setMenuRole(QAction.MenuRole.QuitRole)
        qt_action.triggered.connect(lambda _=False: self._do(action))
        return qt_action

    def _do(self, action: Action) -> None:
        if action.let_go is None:
            coarse = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
            action.command(replace(self._context, coarse=coarse))
        else:
            self._context.workspace.said.emit(f"Hold {', '.join(shown_keys(action))} over the images: {action.tip}.")
        self.refresh()


def _set_keys(qt_action: QAction, keys: tuple[str, ...]) -> None:
    shortcuts = [QKeySequence(key) for key in keys]
    if qt_action.shortcuts() != shortcuts:
        qt_action.setShortcuts(shortcuts)


def _with_keys(action: Action) -> str:
    return f"{action.tip} ({', '.join(shown_keys(action))})" if action.keys else action.tip


def shown_keys(action: Action) -> tuple[str, ...]:
    """The keys of an action as this system writes them."""
    return tuple(native_key(key) for key in action.keys)


@cache
def native_key(key: str) -> str:
    """A key of the table as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
