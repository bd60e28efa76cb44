"""The study that is open, with undo and the signals that keep the window true."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

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

    def id(self) -> int:
        return _MERGEABLE if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, _Swap) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        self.setObsolete(self._after is self._before)  # a drag that was taken back leaves no step
        return True

    def redo(self) -> None:
        self._document._show(self._after)

    def undo(self) -> None:
        self._document._show(self._before)


class Document(QObject):
    """Holds the `FusionState`, its undo stack and its path.

    Every change goes through `apply` (one undo step) or `replace` (another study). The signals carry nothing: read
    `state`. Which of them fire is found by comparing the parts of the state by identity.
    """

    volumes_changed = pyqtSignal()
    transform_changed = pyqtSignal()
    landmarks_changed = pyqtSignal()
    """The pairs, or how well they can be placed."""
    targets_changed = pyqtSignal()
    bounds_changed = pyqtSignal()
    result_changed = pyqtSignal()
    settings_changed = pyqtSignal()
    region_changed = pyqtSignal()
    path_changed = pyqtSignal()
    modified_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = FusionState()
        self._path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.modified_changed)

    @property
    def state(self) -> FusionState:
        """The study as it is now."""
        return self._state

    @property
    def path(self) -> Path | None:
        """Where the study was saved or opened, if it was."""
        return self._path

    @property
    def modified(self) -> bool:
        """Whether there is something that a save would keep."""
        return not self.undo_stack.isClean()

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
        self._show(state)
        self._set_path(path)

    def saved(self, path: Path) -> None:
        """Note that the study as it is now lies in this file."""
        self.undo_stack.setClean()
        self._set_path(path)

    def restored(self, path: Path | None) -> None:
        """Note that the study as it is now is saved nowhere; the file, if there is one, holds an earlier state."""
        self.undo_stack.resetClean()
        self._set_path(path)

    def _set_path(self, path: Path | None) -> None:
        self._path = path
        self.path_changed.emit()

    def _show(self, after: FusionState) -> None:
        before, self._state = self._state, after
        if before.fixed is not after.fixed or before.moving is not after.moving:
            self.volumes_changed.emit()
        old, new = before.alignment, after.alignment
        if old.moving_from_fixed is not new.moving_from_fixed or old.start is not new.start:
            self.transform_changed.emit()
        if before.landmarks is not after.landmarks or before.fle_mm != after.fle_mm:
            self.landmarks_changed.emit()
        if before.targets is not after.targets:
            self.targets_changed.emit()
        if old.limits is not new.limits:
            self.bounds_changed.emit()
        if old.run is not new.run or old.review is not new.review:
            self.result_changed.emit()
        if old.settings is not new.settings or old.landmark_weight != new.landmark_weight:
            self.settings_changed.emit()
        if before.region is not after.region:
            self.region_changed.emit()
