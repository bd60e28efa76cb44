"""A user who answers at once: stands in for the dialogs of the window."""

from __future__ import annotations

from pathlib import Path

from fusionviewer.imaging.readers import SeriesChoice
from fusionviewer.imaging.volume import Axis
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import ImageReference


class Answers:
    """What the user would say; and which questions were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.discard = True
        self.series: str | None = None
        self.side: Side | None = None
        self.place: Path | None = None
        self.accept = False
        self.mirror = False

    def may_discard_changes(self) -> bool:
        self.asked.append("discard")
        return self.discard

    def choose_series(self, folder: Path, choices: tuple[SeriesChoice, ...]) -> str | None:
        self.asked.append("series")
        return self.series

    def choose_side(self, name: str) -> Side | None:
        self.asked.append("side")
        return self.side

    def find_image(self, what: str, reference: ImageReference) -> Path | None:
        self.asked.append(f"find {what}")
        return self.place

    def accept_changed_image(self, what: str, reference: ImageReference) -> bool:
        self.asked.append(f"changed {what}")
        return self.accept

    def may_mirror(self, axis: Axis) -> bool:
        self.asked.append(f"mirror {axis}")
        return self.mirror
