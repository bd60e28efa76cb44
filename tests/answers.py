"""A user who answers at once: stands in for the dialogs of the window."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fusionviewer.app.state.workspace import ChangedFile
from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.imaging.reading.options import Spacing
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.imaging.volume import Axis
from fusionviewer.session.landmark_joining import Mismatch, Pairing
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import ImageReference


class Answers:
    """What the user would say; and which questions were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.discard = True
        self.replace: Literal["replace", "elsewhere"] | None = None
        self.series: SeriesPicks | None = None
        self.series_question: SeriesQuestion | None = None
        self.side: Side | None = None
        self.volume: int | None = None
        self.spacing: Spacing | None = None
        self.place: Path | None = None
        self.accept = False
        self.touch = False
        self.mirror = False
        self.points_side: Side | None = None
        self.pairing: Pairing | None = None
        self.joining: Literal["instead", "add"] | None = None
        self.transform_format: str | None = None
        self.reading: str | None = None
        """The reading of points to take, or "as written"."""

    def may_discard_changes(self) -> bool:
        self.asked.append("discard")
        return self.discard

    def replace_changed(self, name: str, changed: ChangedFile) -> Literal["replace", "elsewhere"] | None:
        self.asked.append(f"{name} {changed}")
        return self.replace

    def choose_series(self, question: SeriesQuestion) -> SeriesPicks | None:
        self.asked.append("series")
        self.series_question = question
        return self.series

    def choose_volume(self, name: str, volumes: FileVolumes, now: int) -> int | None:
        self.asked.append(f"volume of {name}: {volumes.count}, {now}")
        return self.volume

    def type_spacing(self, name: str, why: str, known_mm: Spacing) -> Spacing | None:
        self.asked.append(f"spacing of {name}: {known_mm}")
        return self.spacing

    def choose_side(self, name: str) -> Side | None:
        self.asked.append("side")
        return self.side

    def choose_points_side(self, name: str) -> Side | None:
        self.asked.append(f"points side {name}")
        return self.points_side

    def choose_pairing(self, name: str, side: Side, different: Mismatch) -> Pairing | None:
        self.asked.append(f"pairing {side}: {different.common} {different.only_new} {different.only_old}")
        return self.pairing

    def choose_joining(self, name: str, new: int, old: int) -> Literal["instead", "add"] | None:
        self.asked.append(f"joining {new} {old}")
        return self.joining

    def choose_reading(
        self, name: str, image: str, outside: tuple[int, int], suggestions: tuple[Suggestion, ...]
    ) -> Suggestion | Literal["as written"] | None:
        self.asked.append(f"reading {image} {outside[0]}/{outside[1]}: {', '.join(s.reading for s in suggestions)}")
        if self.reading == "as written":
            return "as written"
        return next((one for one in suggestions if one.reading == self.reading), None)

    def choose_transform_format(self, name: str, keys: tuple[str, ...]) -> str | None:
        self.asked.append(f"format of {name}: {' '.join(keys)}")
        return self.transform_format

    def may_touch(self, name: str, places: tuple[str, ...]) -> bool:
        self.asked.append(f"touch for {name}: {'; '.join(places)}")
        return self.touch

    def find_image(self, what: str, reference: ImageReference) -> Path | None:
        self.asked.append(f"find {what}")
        return self.place

    def accept_changed_image(self, what: str, reference: ImageReference) -> bool:
        self.asked.append(f"changed {what}")
        return self.accept

    def may_accept_failed(self, places: tuple[str, ...]) -> bool:
        self.asked.append(f"failed {', '.join(places)}")
        return self.accept

    def may_mirror(self, axis: Axis) -> bool:
        self.asked.append(f"mirror {axis}")
        return self.mirror
