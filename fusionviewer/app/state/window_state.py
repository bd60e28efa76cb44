"""What the window shows around the images: which step, whether its panel, and whether one image alone."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.steps import Step


class WindowState(QObject):
    """Kept for as long as the window is open; the side panel's is remembered by the window."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._step: Step = "open"
        self._side_panel = True
        self._single = False

    @property
    def step(self) -> Step:
        """The step whose panel is shown."""
        return self._step

    @property
    def side_panel(self) -> bool:
        """Whether the side panel is shown."""
        return self._side_panel

    @property
    def single(self) -> bool:
        """Whether the only image is looked at, and not the page on which the other one can be opened."""
        return self._single

    def show_step(self, step: Step) -> None:
        """Show the panel of a step, also if it was folded away."""
        self._step, self._side_panel = step, True
        self.changed.emit()

    def show_side_panel(self, shown: bool) -> None:
        """Show the side panel, or fold it away."""
        self._side_panel = shown
        self.changed.emit()

    def look_at_single(self, single: bool) -> None:
        """Look at the only image, or at the page on which the other one can be opened."""
        self._single = single
        self.changed.emit()
