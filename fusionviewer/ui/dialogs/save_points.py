"""Which points are saved, and what their numbers are to mean: asked before the file is, and remembered."""

from __future__ import annotations

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QWidget

from fusionviewer.exchange.points.frames import FRAMES, WORDS
from fusionviewer.session.exports.listed_points import LIST_NAMES, POINT_LISTS, PointsChoice, points_of_list
from fusionviewer.session.state import FusionState
from fusionviewer.ui.look.theme import follow_theme, scaled
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box


class PointsDialog(FormDialog):
    """Targets or landmarks, and in which frame; the caption says what the frame is."""

    def __init__(self, state: FusionState, parent: QWidget | None = None) -> None:
        super().__init__("Save points by frame", "", parent)
        self._state = state
        kept = {name: QSettings().value(f"points/{name}", "") for name in ("which", "frame")}
        there = [which for which in POINT_LISTS if points_of_list(state, which).names]
        which = kept["which"] if kept["which"] in there or not there else there[0]
        self.which = choice_box(tuple((which, LIST_NAMES[which]) for which in POINT_LISTS), which)
        self.frame = choice_box(
            tuple((frame, WORDS[frame].title) for frame in FRAMES),
            kept["frame"] if kept["frame"] in FRAMES else "scanner-ras",
        )
        self.caption.setWordWrap(True)
        self.form.addRow("Points", self.which)
        self.form.addRow("Coordinates", self.frame)
        for name, box in (("Points", self.which), ("Coordinates", self.frame)):
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self._show)
        follow_theme(self, self._take_sizes)
        self._show()

    @property
    def choice(self) -> PointsChoice:
        """What is chosen now."""
        return PointsChoice(self.which.currentData(), self.frame.currentData())

    def accept(self) -> None:
        QSettings().setValue("points/which", self.choice.which)
        QSettings().setValue("points/frame", self.choice.frame)
        super().accept()

    def _take_sizes(self) -> None:
        """Room for three lines, so that nothing jumps from one frame to the next."""
        self.caption.ensurePolished()
        self.caption.setMinimumWidth(scaled(380))
        self.caption.setFixedHeight(3 * self.caption.fontMetrics().lineSpacing() + 2)

    def _show(self) -> None:
        chosen = self.choice
        self.caption.setText(WORDS[chosen.frame].meaning)
        nothing = f"There are no {chosen.which.replace('-', ' ')} yet."
        self.allow_saving("" if points_of_list(self._state, chosen.which).names else nothing)
