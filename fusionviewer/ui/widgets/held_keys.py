"""Commands that last as long as their key is held over the images: their keys are watched, and are no shortcuts."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QKeyCombination, QObject
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QApplication, QWidget

from fusionviewer.app.actions.action import Action
from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands.context import Context


class HeldKeys(QObject):
    """Begins a command when its key goes down and ends it when the key is let go, or the keyboard goes elsewhere."""

    def __init__(self, context: Context, images: QWidget) -> None:
        super().__init__(images)
        self._context = context
        self._images = images
        self._by_code = {_code(key): action for action in ACTIONS if action.let_go is not None for key in action.keys}
        images.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat() or event.key() not in self._by_code:
            return False
        action = self._by_code[event.key()]
        if event.type() == QEvent.Type.KeyPress and not action.need(self._context.workspace):
            action.command(self._context)
            return True
        if event.type() == QEvent.Type.KeyRelease:
            self._let_go(action)
            return True
        return False

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Where the keyboard goes elsewhere, nothing tells when a key is let go."""
        if now is None or not self._images.isAncestorOf(now):
            for action in self._by_code.values():
                self._let_go(action)

    def _let_go(self, action: Action) -> None:
        if action.let_go is not None:
            action.let_go(self._context)


def _code(key: str) -> int:
    """The code of a key without what is held beside it, which may change while it is down."""
    combination: QKeyCombination = QKeySequence(key)[0]
    return combination.key()
