"""The study that is open, with undo and the signals that keep the window true."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from fusionviewer.session.changes import EVERYTHING, Changes, changes_between
from fusionviewer.session.review.history import StepKind, carried
from fusionviewer.session.state import FusionState

_MERGEABLE = 1


class _Swap(QUndoCommand):
    """The only undo command: one whole state for another. Neighbours with the same merge key become one step."""

    def __init__(self, document: Document, text: str, after: FusionState, merge_key: str) -> None:
        super().__init__(text)
        self._document = document
        self._before = document.state
        self._after = after
        self._merge_key = merge_key
        self._done = False

    def id(self) -> int:
        return _MERGEABLE if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, _Swap) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        self.setObsolete(self._after is self._before)  # a drag that was put back leaves no step
        return True

    def redo(self) -> None:
        self._document._show(self._after, "redo" if self._done else "do")
        self._done = True

    def undo(self) -> None:
        self._document._show(self._before, "undo")


class _Relay(QObject):
    """Passes on the announcements of some groups of changes to slots without arguments."""

    told = pyqtSignal()

    def __init__(self, groups: Changes, parent: QObject) -> None:
        super().__init__(parent)
        self._groups = groups

    def hear(self, changes: Changes) -> None:
        """Be told what has changed."""
        if changes & self._groups:
            self.told.emit()


class Document(QObject):
    """Holds the `FusionState`, its undo stack and its path.

    Every change goes through `apply` (one undo step) or `replace` (another study), and is announced once.
    """

    changed = pyqtSignal(object)
    """The `Changes` between the state before and the one now; read `state`."""
    study_replaced = pyqtSignal()
    """Another study was put in place, after `changed` with everything: what belonged to the last one is to go."""
    path_changed = pyqtSignal()
    modified_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = FusionState()
        self._path: Path | None = None
        self._digest = ""
        self._saved_events = 0
        self._relays: dict[Changes, _Relay] = {}
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.modified_changed)

    def when(self, groups: Changes) -> pyqtBoundSignal:
        """A signal without arguments, emitted once for each `changed` that holds one of these groups."""
        relay = self._relays.get(groups)
        if relay is None:
            relay = self._relays[groups] = _Relay(groups, self)
            self.changed.connect(relay.hear)
        return relay.told

    @property
    def state(self) -> FusionState:
        """The study as it is now."""
        return self._state

    @property
    def path(self) -> Path | None:
        """Where the study was saved or opened, if it was."""
        return self._path

    @property
    def digest(self) -> str:
        """What its file held when it was opened or saved last (`study_file.digest_on_disk`); "": not known."""
        return self._digest

    @property
    def modified(self) -> bool:
        """Whether there is something that a save would keep."""
        return not self.undo_stack.isClean() or len(self._state.alignment.history) != self._saved_events

    def apply(self, text: str, after: FusionState, merge_key: str = "") -> None:
        """Make an edit the current state, as one step of undo called `text`.

        Edits in a row with the same `merge_key` (a drag, a spin box) are one step. An edit that changes nothing is
        not a step.
        """
        if after is not self._state:
            self.undo_stack.push(_Swap(self, text, after, merge_key))

    def replace(self, state: FusionState, path: Path | None = None) -> None:
        """Show another study. There is no way back; ask before."""
        self.undo_stack.clear()
        self._set_path(path, "")
        self._state = state
        self._saved_events = len(state.alignment.history)
        self.changed.emit(EVERYTHING)
        self.study_replaced.emit()

    def saved(self, path: Path, digest: str = "") -> None:
        """Note that the study as it is now lies in this file, and the digest of that."""
        was_clean = self.undo_stack.isClean()
        self._saved_events = len(self._state.alignment.history)
        self.undo_stack.setClean()
        if was_clean:  # the history alone had not been saved
            self.modified_changed.emit()
        self._set_path(path, digest)

    def restored(self, path: Path | None, digest: str = "") -> None:
        """Note that the study as it is now is saved nowhere; the file, if there is one, holds an earlier state."""
        self.undo_stack.resetClean()
        self._set_path(path, digest)

    def _set_path(self, path: Path | None, digest: str) -> None:
        self._path, self._digest = path, digest
        self.path_changed.emit()

    def _show(self, after: FusionState, step: StepKind) -> None:
        """Make a state the current one; the history of the reviews goes on, whatever the step."""
        after = carried(self._state, after, step)
        changes = changes_between(self._state, after)
        self._state = after
        if changes:
            self.changed.emit(changes)
