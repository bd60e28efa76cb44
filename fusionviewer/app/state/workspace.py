"""What every command works on: the document, its display, the running job, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.guard.checked import Checked
from fusionviewer.app.state.guard.fusion_check import FusionCheck
from fusionviewer.app.state.guard.judging import Evidence
from fusionviewer.app.state.landmark_judge import LandmarkJudge
from fusionviewer.app.state.limit_display import LimitDisplay
from fusionviewer.app.state.preferences import PreferenceStore
from fusionviewer.app.state.recent_files import RecentFiles
from fusionviewer.app.state.review.edge_display import EdgeDisplay
from fusionviewer.app.state.review.tour import Tour
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.state.window_state import WindowState
from fusionviewer.app.state.worklist.work_list import WorkList
from fusionviewer.app.tasks.disk import ask_disk
from fusionviewer.app.tasks.jobs import Failed, JobRunner, Outcome, Succeeded
from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.native_calls import use_threads
from fusionviewer.imaging.reading.options import Spacing
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.guard.assessment import Assessment, with_known
from fusionviewer.registration.result import Trace
from fusionviewer.session.changes import Changes
from fusionviewer.session.landmark_joining import Mismatch, Pairing
from fusionviewer.session.state import FusionState, LandmarkPair, Side
from fusionviewer.session.study_file import ImageReference

Result = TypeVar("Result")

ChangedFile: TypeAlias = Literal["changed", "removed"]
"""What has become of the file of the open study since it was opened or saved last."""


class Questions(Protocol):
    """The questions that must be answered before a command can go on. The window asks them in dialogs."""

    def may_discard_changes(self) -> bool:
        """Whether unsaved changes may be lost (the window also offers to save them first)."""

    def replace_changed(self, name: str, changed: ChangedFile) -> Literal["replace", "elsewhere"] | None:
        """Whether a save may write a study's file that is no longer what was opened or saved here; None: not saved."""

    def choose_series(self, question: SeriesQuestion) -> SeriesPicks | None:
        """Which series of a folder to open as which image; None: leave everything as it is."""

    def choose_side(self, name: str) -> Side | None:
        """Which image a dropped file replaces when there are two already; None: neither."""

    def choose_volume(self, name: str, volumes: FileVolumes, now: int) -> int | None:
        """The number of the volume of a 4D file that is meant, `now` is offered first; None: none of them."""

    def type_spacing(self, name: str, why: str, known_mm: Spacing) -> Spacing | None:
        """The voxel size of an image, mm, of which so much is known (0: not); None: it is not to be read."""

    def may_touch(self, name: str, places: tuple[str, ...]) -> bool:
        """Whether places that a study names may be looked at: on networks, devices, whole disks, each with why."""

    def find_image(self, what: str, reference: ImageReference) -> Path | None:
        """Where a study's "fixed image", "moving image" or "mask" lies now; None: leave the study closed."""

    def may_mirror(self, axis: Axis) -> bool:
        """Whether the moving image may be mirrored along an axis: no turn and no shift can do that."""

    def choose_points_side(self, name: str) -> Side | None:
        """Which image the points of a dropped file are for; None: neither."""

    def choose_pairing(self, name: str, side: Side, different: Mismatch) -> Pairing | None:
        """What to do with points whose names are not those of the pairs that there are; None: leave them."""

    def choose_joining(self, name: str, new: int, old: int) -> Literal["instead", "add"] | None:
        """Whether so many pairs from a file replace those that there are, or come to them; None: neither."""

    def choose_reading(
        self, name: str, image: str, outside: tuple[int, int], suggestions: tuple[Suggestion, ...]
    ) -> Suggestion | Literal["as written"] | None:
        """How to read points so many of which (of how many) lie outside of their image; None: not at all."""

    def may_accept_failed(self, places: tuple[str, ...]) -> bool:
        """Whether to accept an alignment of which these places failed when they were looked at."""

    def choose_transform_format(self, name: str, keys: tuple[str, ...]) -> str | None:
        """Which of several formats, by their keys, a file of a transform is of; None: it is not to be opened."""

    def accept_changed_image(self, what: str, reference: ImageReference) -> bool:
        """Whether to go on with an image or mask whose content is not what the study was made with."""


class Workspace(QObject):
    """What the commands work on. Announces what is worth a sentence to the user."""

    said = pyqtSignal(str)
    exported = pyqtSignal(str, object)
    """A file was written: the sentence about it (empty if it is said otherwise), and its Path, which can be shown."""
    warned = pyqtSignal(str)
    """What must not be overlooked: a touched limit, a doubtful result."""
    cautioned = pyqtSignal(str, str, object)
    """What was done as it was asked for, but may not be meant: the sentence, which stays until it is read, the text of
    a button, and what that does."""
    hindered = pyqtSignal(str)
    """Why what was asked for cannot be done now; nothing is wrong, so that it may be forgotten soon."""
    failed = pyqtSignal(object)
    """A FusionError that the user should see."""
    not_saved = pyqtSignal(object, object)
    """The study could not be written: a FusionError, and what asks for another place to save it."""
    point_found = pyqtSignal(str)
    """The program has moved the selected pair's point of this image (side): worth a look."""
    live_trace_changed = pyqtSignal()

    def __init__(self, questions: Questions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.questions = questions
        self.document = Document(self)
        self.judge = LandmarkJudge(self.document, self)
        self.preferences = PreferenceStore(self)
        self.preferences.changed.connect(self._share_cores)
        self._share_cores()
        self.recent = RecentFiles(self.document, self.preferences, self)
        self.view_model = ViewModel(self.document, self, self.preferences)
        self.runner = JobRunner(self)
        self.check = FusionCheck(self.document, self.view_model, self.runner, self.preferences, self)
        self._assessed: tuple[tuple[FusionState, Points | None, Evidence], Assessment] | None = None
        self.judge.judged.connect(self._assess_anew)
        self.window = WindowState(self)
        self.work_list = WorkList(self.document, self)
        self.edge_display = EdgeDisplay(self.document, self.view_model, lambda: self.checked.assessment, self)
        self.check.changed.connect(self.edge_display.follow)
        self.tour = Tour(self.document, self.view_model, self)
        self.tour.dropped.connect(self.hindered)
        self.limits = LimitDisplay(self.document, self.view_model, self.runner, self)
        self.full_screen = False
        """Whether the window fills the screen; the window says so."""
        self._live_trace: Trace | None = None
        self._exported: RigidTransform | None = None
        self._heads: WeakKeyDictionary[Volume, Points | None] = WeakKeyDictionary()
        self.document.when(Changes.IMAGES).connect(self._tell_head)
        self.document.when(Changes.IMAGES).connect(self._forget_export)
        self.runner.started.connect(self._lock)
        self.runner.ended.connect(self._unlock)

    def state_for_files(self) -> FusionState:
        """The study as it is written: by the descriptions of its DICOM series only if the user prefers that."""
        state = self.document.state
        return state.for_files(descriptions=True) if self.preferences.now.series_descriptions else state

    @property
    def head_corners(self) -> Points | None:
        """(8, 3) corners of the head's box in fixed space, LPS mm; None where no head was found."""
        fixed = self.document.state.fixed
        return None if fixed is None else self.head_in(fixed)

    def head_in(self, volume: Volume) -> Points | None:
        """(8, 3) corners of the head's box in an image's own space, LPS mm; None where no head was found."""
        return self._heads.get(volume)

    def set_head_box(self, volume: Volume, corners: Points | None) -> None:
        """Remember where the head is in an image, for as long as the image is there."""
        self._heads[volume] = corners
        self._tell_head()

    @property
    def checked(self) -> Checked:
        """Where the check of the fusion stands; its assessment counts what else is known of the study as it is."""
        evidence = self.check.evidence
        if evidence is None:
            return Checked(self.check.phase)
        given = (self.document.state, self.head_corners, evidence)
        if self._assessed is None or any(a is not b for a, b in zip(given, self._assessed[0], strict=True)):
            self._assessed = given, with_known(evidence.assessment, alignment_findings(*given[:2]))
        return Checked("done", self._assessed[1])

    def _assess_anew(self) -> None:
        """More is known of the landmarks."""
        self._assessed = None

    def _share_cores(self) -> None:
        use_threads(self.preferences.now.threads)

    def _tell_head(self) -> None:
        corners = self.head_corners
        self.view_model.know_head_centre(None if corners is None else corners.mean(axis=0))

    def _lock(self, title: str) -> None:
        self.view_model.lock(f"{title} is going on: wait, or press Esc to cancel.")

    def _unlock(self, _: Outcome) -> None:
        self.view_model.lock("")

    @property
    def selected_pair(self) -> LandmarkPair | None:
        """The landmark pair that is selected."""
        index, pairs = self.view_model.view.selected_pair, self.document.state.landmarks
        return pairs[index] if index is not None and index < len(pairs) else None

    @property
    def placing(self) -> bool:
        """Whether a click in a view marks a point: while the selected pair lacks one, or its placement is repeated."""
        pair = self.selected_pair
        return pair is not None and (not pair.complete or bool(self.view_model.repeats.sides))

    @property
    def trace(self) -> Trace | None:
        """The course of the metric in the running registration, else in the run that gave the study's pose, if any."""
        run = self.document.state.alignment.run
        return self._live_trace if self._live_trace is not None else None if run is None else run.trace

    def set_live_trace(self, trace: Trace | None) -> None:
        """Follow a registration that runs; None: none does."""
        self._live_trace = trace
        self.live_trace_changed.emit()

    def report(self, outcome: Outcome, stopped: str) -> object | None:
        """The result of a job that succeeded; otherwise say what happened and return None."""
        if isinstance(outcome, Succeeded):
            return outcome.result
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)
        else:
            self.said.emit(stopped)
        return None

    def note_export(self, said: str, path: Path) -> None:
        """A result of the alignment was written to a file: remember that, and tell it."""
        self._exported = self.document.state.alignment.moving_from_fixed
        self.exported.emit(said, path)

    def _forget_export(self) -> None:
        """What was written belongs to the images of then, whatever the numbers of the pose are."""
        self._exported = None

    @property
    def alignment_exported(self) -> bool:
        """Whether the alignment as it is was written to a file since these images were opened."""
        return self._exported == self.document.state.alignment.moving_from_fixed

    def refuse(self, error: FusionError) -> None:
        """Tell the user why something was not done."""
        self.failed.emit(error)

    def refuse_if_busy(self) -> bool:
        """Whether a job is going on; then the user is told to wait for it."""
        if self.runner.busy:
            self.refuse(BadArgument(f"{self.runner.title} is still going on.", "Wait for it, or cancel it with Esc."))
        return self.runner.busy

    def attempt(self, act: Callable[[], Result]) -> Result | None:
        """What `act` returns; None if it raises a FusionError, which the user is told."""
        try:
            return act()
        except FusionError as error:
            self.refuse(error)
            return None

    def done(self, act: Callable[[], object]) -> bool:
        """Whether `act` was done; False if it raises a FusionError, which the user is told."""
        return self.attempt(lambda: (act(),)) is not None

    def on_disk(self, act: Callable[[], Result], path: Path) -> Result | None:
        """As `attempt`, for what reads or writes a small file: a disk that does not answer is left after a while."""
        return self.attempt(lambda: ask_disk(lambda _: act(), path, "Choose a file on another disk, or try again."))

    def written(self, write: Callable[[], object], path: Path) -> bool:
        """As `done`, for what writes a small file."""
        return self.on_disk(lambda: (write(),), path) is not None

    def edit(self, text: str, edit: Callable[[FusionState], FusionState], merge_key: str = "") -> bool:
        """Whether the study could be edited, as one step of undo called `text`; if not, the user is told why."""
        after = self.attempt(lambda: edit(self.document.state))
        if after is not None:
            self.document.apply(text, after, merge_key)
        return after is not None
