"""A view and dialogs that are plain values: what commands reach outside of the workspace, without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fusionviewer.app.commands.context import Context, FileKind
from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen, What
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.archive.choice import ArchiveChoice
from fusionviewer.exchange.archive.export import Originals
from fusionviewer.exchange.points.formats import PointFormat
from fusionviewer.exchange.transforms.registry import TransformFormat, format_of
from fusionviewer.geometry import AXIAL, Points, SlicePlane
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.recent import FolderKind
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_state import ViewState


@dataclass
class Pane:
    """A fused axial view; `done` keeps what the commands had it do."""

    sides: tuple[Side, ...] = SIDES
    plane: SlicePlane | None = field(default_factory=lambda: SlicePlane.through(np.zeros(3), AXIAL))
    screen_shown: Screen = field(default_factory=Screen)
    done: list[object] = field(default_factory=list)

    def step_cursor(self, way: Points, number: int) -> None:
        self.done.append(("step", tuple(float(mm) for mm in way), number))

    def scroll_slices(self, number: int) -> None:
        self.done.append(("scroll", number))

    def type_slice(self) -> None:
        self.done.append("type slice")

    def magnify_point(self, side: Side) -> None:
        self.done.append(("magnify", side))

    def focus_next(self, way: int) -> None:
        self.done.append(("focus", way))


@dataclass
class GivenAnswers:
    """The answers of a user to every dialog; `asked` keeps what was asked. None: the dialog was left."""

    file: Path | None = None
    points: tuple[Path, PointFormat] | None = None
    picture: PictureChoice | None = None
    fused: FusedChoice | None = None
    volume: VolumeChoice | None = None
    points_in: PointsChoice | None = None
    transform: str | None = None
    """The key of a format."""
    note: str = ""
    initials: str = "AB"
    asked: list[str] = field(default_factory=list)
    kinds: Sequence[FileKind] = ()
    """The kinds of files that were offered last."""
    folder: FolderKind | None = None
    """In whose last folder they were looked for."""

    def choose_file(self, title: str, kinds: Sequence[FileKind], folder: FolderKind) -> Path | None:
        self.asked.append(title)
        self.kinds, self.folder = kinds, folder
        return self.file

    def choose_folder(self, title: str, folder: FolderKind) -> Path | None:
        self.asked.append(title)
        self.folder = folder
        return self.file

    def choose_new_file(
        self, title: str, suggestion: str, kinds: Sequence[FileKind], folder: FolderKind
    ) -> Path | None:
        self.asked.append(f"{title}: {suggestion}")
        self.kinds, self.folder = kinds, folder
        return self.file

    def choose_points_file(self, title: str, suggestion: str) -> tuple[Path, PointFormat] | None:
        self.asked.append(f"{title}: {suggestion}")
        return self.points

    def choose_picture(
        self, view: ViewState, screen: Screen, why_no_marks: str, what: What | None
    ) -> PictureChoice | None:
        self.asked.append(" ".join(filter(None, ("picture", what, f"{screen.size}", why_no_marks))))
        return self.picture

    def remembered_picture(self, what: What) -> PictureChoice:
        self.asked.append(f"remembered {what}")
        return PictureChoice(what)

    def choose_fused_volume(self, view: ViewState) -> FusedChoice | None:
        self.asked.append("fused volume")
        return self.fused

    def choose_points(self, state: FusionState) -> PointsChoice | None:
        self.asked.append("points")
        return self.points_in

    def choose_volume(self, state: FusionState, image: Side) -> VolumeChoice | None:
        self.asked.append(f"volume of {image}")
        return self.volume

    def choose_transform_format(self, state: FusionState) -> TransformFormat | None:
        self.asked.append("transform format")
        return None if self.transform is None else format_of(self.transform)

    def choose_archive(self, originals: Originals) -> ArchiveChoice | None:
        self.asked.append("archive")
        return None

    def review_entry(self) -> tuple[str, str]:
        self.asked.append("entry")
        return self.initials, self.note

    def ask_initials(self) -> None:
        self.asked.append("initials")

    def show_before_after(self) -> None:
        self.asked.append("before and after")

    def edit_pair_name(self, index: int) -> None:
        self.asked.append(f"name of {index}")

    def show_work_list(self) -> None:
        self.asked.append("work list")

    def show_preferences(self) -> None:
        self.asked.append("preferences")

    def toggle_full_screen(self) -> None:
        self.asked.append("full screen")

    def show_guide(self) -> None:
        self.asked.append("guide")

    def show_shortcuts(self) -> None:
        self.asked.append("shortcuts")

    def show_about(self) -> None:
        self.asked.append("about")

    def close_window(self) -> None:
        self.asked.append("close")


def context_of(
    workspace: Workspace, pane: Pane | None = None, dialogs: GivenAnswers | None = None, *, coarse: bool = False
) -> Context:
    """What a command gets, without a window."""
    return Context(workspace, pane or Pane(), dialogs or GivenAnswers(), coarse)
