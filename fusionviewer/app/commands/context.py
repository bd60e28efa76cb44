"""What a command works on: the workspace, the view that was used last, and what only the window can ask or show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeAlias

from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen, What
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import PointFormat
from fusionviewer.exchange.transforms.registry import TransformFormat
from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.recent import FolderKind
from fusionviewer.session.state import FusionState, Side
from fusionviewer.session.view_state import ViewState

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the window must not wait
    from fusionviewer.exchange.archive.choice import ArchiveChoice
    from fusionviewer.exchange.archive.export import Originals

P = ParamSpec("P")


@dataclass(frozen=True)
class FileKind:
    """A kind of file that a dialog offers: its name, and the endings of its files, the usual one first; none: any."""

    name: str
    endings: tuple[str, ...] = ()


class ActivePane(Protocol):
    """The view that the mouse or the keyboard was in last."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The images that it shows: both where they are fused."""

    @property
    def plane(self) -> SlicePlane | None:
        """The plane that it shows, in the space that is looked at (the fixed one where both are); None: no image."""

    @property
    def screen_shown(self) -> Screen:
        """What of the window a picture depends on."""

    def step_cursor(self, way: Points, number: int) -> None:
        """Put the crosshair so many slices further on along a unit vector (3,) of the space that is looked at."""

    def scroll_slices(self, number: int) -> None:
        """Go so many slices towards the patient's right, front or head."""

    def type_slice(self) -> None:
        """Let the user type the number of a slice; in the mosaic nothing."""

    def magnify_point(self, side: Side) -> None:
        """Magnify the selected pair's point of an image for a while."""

    def focus_next(self, way: int) -> None:
        """Give the keyboard to the next (1) or previous (-1) view; to this one if no view has it."""


class Dialogs(Protocol):
    """What a command asks before it acts, and what only the window can show. None: the user thought better of it."""

    def choose_file(self, title: str, kinds: Sequence[FileKind], folder: FolderKind) -> Path | None:
        """A file to read, first looked for in the last folder of its kind."""

    def choose_folder(self, title: str, folder: FolderKind) -> Path | None:
        """A folder to read."""

    def choose_new_file(
        self, title: str, suggestion: str, kinds: Sequence[FileKind], folder: FolderKind
    ) -> Path | None:
        """A file to write; the user has agreed to its replacement if it is there already."""

    def choose_points_file(self, title: str, suggestion: str) -> tuple[Path, PointFormat] | None:
        """A file to write points to, and in which format."""

    def choose_picture(
        self, view: ViewState, screen: Screen, why_no_marks: str, what: What | None
    ) -> PictureChoice | None:
        """What a picture is to show; `what` is offered first, or without it what was chosen the last time."""

    def remembered_picture(self, what: What) -> PictureChoice:
        """How a picture was chosen last, but for what it shows."""

    def choose_fused_volume(self, view: ViewState) -> FusedChoice | None:
        """What a fused volume is made of."""

    def choose_points(self, state: FusionState) -> PointsChoice | None:
        """Which points are to be saved, and in which frame."""

    def choose_volume(self, state: FusionState, image: Side) -> VolumeChoice | None:
        """Which image is to be written on which grid; `image` is offered first."""

    def choose_transform_format(self, state: FusionState) -> TransformFormat | None:
        """In which format the transform of a study is to be written."""

    def choose_archive(self, originals: Originals) -> ArchiveChoice | None:
        """What is written for the archive, with or without names."""

    def review_entry(self) -> tuple[str, str]:
        """The reviewer's initials and the note as they are typed for a review."""

    def ask_initials(self) -> None:
        """Let the user type the reviewer's initials, where the review is given."""

    def show_before_after(self) -> None:
        """The pose at the start beside the present one."""

    def edit_pair_name(self, index: int) -> None:
        """Let the user type a pair's name, where the pairs are listed."""

    def show_work_list(self) -> None:
        """The studies of the batch that is open, to go through."""

    def show_preferences(self) -> None:
        """What the user prefers on this machine, to be changed."""

    def toggle_full_screen(self) -> None:
        """Let the window fill the screen, or have its frame again."""

    def show_guide(self) -> None:
        """The page of the guide about what the window shows."""

    def show_shortcuts(self) -> None:
        """All keys and what the mouse does."""

    def show_about(self) -> None:
        """Version, licence, and what this program is not."""

    def close_window(self) -> None:
        """Close the window, which asks first about what is not saved."""


@dataclass(frozen=True)
class Context:
    """Everything that a command can reach. `coarse`: Shift is held, which makes steps ten times as large."""

    workspace: Workspace
    active_pane: ActivePane
    dialogs: Dialogs
    coarse: bool = False

    @property
    def times(self) -> int:
        """How many steps a command goes at once."""
        return 10 if self.coarse else 1


Command: TypeAlias = Callable[[Context], object]
"""What an action does. What it answers, such as whether a study was saved, is for other callers."""


def on_workspace(act: Callable[Concatenate[Workspace, P], object], *args: P.args, **kwargs: P.kwargs) -> Command:
    """A command of a function that needs the workspace alone."""
    return lambda context: act(context.workspace, *args, **kwargs)


def on_view(act: Callable[Concatenate[ViewModel, P], object], *args: P.args, **kwargs: P.kwargs) -> Command:
    """A command of what the view model does."""
    return lambda context: act(context.workspace.view_model, *args, **kwargs)
