"""Commands: start, register, refine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

from fusionviewer.app.state.limit_display import REFINING
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.progress import Observer, Progress
from fusionviewer.quality.wording import ORIGINS, outcome_text
from fusionviewer.registration import Ending, PoseUpdate, RegistrationResult, Start, fit_landmarks, register
from fusionviewer.registration.presets import DEFAULT_PRESET, Preset, load_preset, preset_files
from fusionviewer.session import edits
from fusionviewer.session.alignment import Alignment, Limits
from fusionviewer.session.state import FusionState, pull_of

StartChoice: TypeAlias = Literal["auto", "header", "centre", "landmarks", "current"]

START_CHOICES: Final[tuple[tuple[StartChoice, str, str], ...]] = (
    ("auto", "Automatic", "Search for the pose from scratch: needs neither matching headers nor landmarks"),
    ("header", "Header", "Begin with the scanner alignment"),
    ("centre", "Centres", "Begin with the middles of the two images on each other"),
    ("landmarks", "Landmarks", "Begin with the rigid fit to the landmark pairs"),
    ("current", "Current pose", "Begin with the pose that is shown now"),
)
"""(value, name, tool tip) of the ways to begin a registration, in the order in which they are offered."""


def set_start(workspace: Workspace, choice: StartChoice) -> None:
    """Align as the headers, the centres or the landmarks say, without looking at the images."""
    ways: dict[StartChoice, tuple[str, Callable[[FusionState], FusionState]]] = {
        "header": ("Reset to header", edits.start_from_header),
        "centre": ("Align centres", edits.start_from_centres),
        "landmarks": ("Fit to landmarks", edits.fit_to_landmarks),
    }
    workspace.edit(*ways[choice])


def start_register(workspace: Workspace, choice: StartChoice) -> None:
    """Register in the background from one of the starts; the result is one step of undo."""
    state = workspace.document.state
    if state.fixed is None or state.moving is None or workspace.runner.busy:
        return
    start = workspace.attempt(partial(_start, state, choice))
    if start is not None:
        _run(workspace, "Registering", "Register", partial(_register, state, start, choice, None))


def start_refine(workspace: Workspace) -> None:
    """Refine the current pose in the background within the study's limits; the result is one step of undo."""
    state = workspace.document.state
    if state.has_pair and not workspace.runner.busy:
        job = partial(_register, state, state.alignment.moving_from_fixed, "current", state.alignment.limits)
        _run(workspace, REFINING, "Refine", job)


def _start(state: FusionState, choice: StartChoice) -> Start:
    if choice == "landmarks":
        return fit_landmarks(*state.used_points(), state.used_fle()).moving_from_fixed
    if choice == "current":
        return state.alignment.moving_from_fixed
    return choice


def _register(
    state: FusionState, start: Start, choice: StartChoice, limits: Limits | None, observer: Observer
) -> RegistrationResult:
    if state.fixed is None or state.moving is None:
        raise FusionError("There are not two images yet.", "Open a fixed and a moving image first.")
    return register(
        state.fixed,
        state.moving,
        start,
        settings=state.alignment.settings,
        max_shift_mm=None if limits is None else limits.max_shift_mm,
        max_rotation_deg=None if limits is None else limits.max_rotation_deg,
        start_kind=choice,
        region=state.region,
        pull=pull_of(state),
        observer=replace(observer, listener=_Leading(observer.listener)),
    )


def _run(workspace: Workspace, title: str, step: str, job: Callable[[Observer], RegistrationResult]) -> None:
    workspace.set_live_trace(())
    workspace.runner.start(title, job, partial(_ended, workspace, step))


@dataclass(frozen=True)
class Course:
    """How a running registration has come to where it stands; the `detail` of its progress from the first pose on."""

    leader: RigidTransform
    """The best pose of the stage: of the several starts that are tried, the views follow the one that leads."""
    steps: Sequence[tuple[str, int, float]]
    """(stage, iteration, metric) of every step; the run goes on adding to it."""


class _Leading:
    """Listens in the job's thread: the window looks ten times a second only, and must not miss a pose that led."""

    def __init__(self, listener: Callable[[Progress], None]) -> None:
        self._listener = listener
        self._steps: list[tuple[str, int, float]] = []
        self._stage, self._best = "", -math.inf
        self._course: Course | None = None

    def __call__(self, progress: Progress) -> None:
        update = progress.detail
        if isinstance(update, PoseUpdate):
            self._steps.append((update.stage, update.iteration, update.metric))
            if update.stage != self._stage or update.metric >= self._best:
                self._stage, self._best = update.stage, update.metric
                self._course = Course(update.moving_from_fixed, self._steps)
        self._listener(replace(progress, detail=self._course))


def follow(workspace: Workspace, progress: Progress) -> None:
    """Show where a running registration stands: the views follow its pose, the plot its metric."""
    course = progress.detail
    if isinstance(course, Course):
        workspace.view_model.set_preview(course.leader)
        if len(course.steps) > len(workspace.trace or ()):
            workspace.set_live_trace(tuple(course.steps))


def _ended(workspace: Workspace, step: str, outcome: Outcome) -> None:
    workspace.set_live_trace(None)
    result = workspace.report(outcome, f"{step}: cancelled. Nothing was changed.")
    if isinstance(result, RegistrationResult):
        workspace.document.apply(step, edits.take_run(workspace.document.state, result))
        tell = workspace.said if result.ending is Ending.CONVERGED else workspace.warned
        workspace.view_model.set_preview(None)
        tell.emit(
            f"{ORIGINS[workspace.document.state.alignment.origin]} in {result.seconds:.1f} s. {outcome_text(result)}"
        )
    else:
        workspace.view_model.set_preview(None)


def set_limits(workspace: Workspace, limits: Limits) -> None:
    """Choose how far a refinement may go."""
    if limits != workspace.document.state.alignment.limits:
        workspace.document.apply("Change limits", edits.set_limits(workspace.document.state, limits), "limits")


def set_seed(workspace: Workspace, seed: int) -> None:
    """Choose the seed of the next run."""
    state = workspace.document.state
    if seed != state.alignment.settings.seed:
        settings = replace(state.alignment.settings, seed=seed)
        workspace.document.apply("Change random seed", edits.set_settings(state, settings), "seed")


def set_landmark_weight(workspace: Workspace, weight: float) -> None:
    """Choose how much the next run respects the landmarks."""
    if weight != workspace.document.state.alignment.landmark_weight:
        text = "Change landmark weight"
        workspace.edit(text, lambda state: edits.set_landmark_weight(state, weight), "landmark weight")


def presets() -> list[Preset]:
    """The presets that can be chosen, the default first; a user's preset that is damaged is left out."""
    found: list[Preset] = []
    for name in preset_files():
        with suppress(FusionError):
            found.append(load_preset(name))
    return sorted(found, key=lambda preset: (preset.name != DEFAULT_PRESET, preset.name))


def preset_of(alignment: Alignment, among: list[Preset]) -> Preset | None:
    """The preset that an alignment's settings come from, whatever their seed; None if they come from none.

    Of several that are alike, one whose limits are the alignment's, then one without any.
    """

    def rank(preset: Preset) -> int:
        given = preset.max_shift_mm, preset.max_rotation_deg
        if given == (None, None):
            return 1
        own = alignment.limits.max_shift_mm, alignment.limits.max_rotation_deg
        return 0 if all(a is None or a == b for a, b in zip(given, own, strict=True)) else 2

    settings = alignment.settings
    alike = [preset for preset in among if replace(preset.settings, seed=settings.seed) == settings]
    return min(alike, key=rank, default=None)


def choose_preset(workspace: Workspace, preset: Preset) -> None:
    """Make the next run as a preset says, with the study's seed; a preset with limits brings them along."""
    state = workspace.document.state
    settings, limits = state.alignment.settings, state.alignment.limits
    new_settings = replace(preset.settings, seed=settings.seed)
    new_limits = Limits(
        limits.max_shift_mm if preset.max_shift_mm is None else preset.max_shift_mm,
        limits.max_rotation_deg if preset.max_rotation_deg is None else preset.max_rotation_deg,
    )
    if (new_settings, new_limits) != (settings, limits):
        after = edits.set_limits(edits.set_settings(state, new_settings), new_limits)
        workspace.document.apply(f"Use preset {preset.title}", after)


def use_preset_file(workspace: Workspace, path: Path) -> None:
    """Make the next run as the preset in a file says."""
    preset = workspace.attempt(lambda: load_preset(str(path)))
    if preset is not None:
        choose_preset(workspace, preset)


def bounds_summary(run: RegistrationResult) -> str:
    """Which limits a refinement has reached; empty without limits."""
    if run.bounds is None:
        return ""
    reached = " and ".join("translation" if which == "shift" else which for which in run.touched)
    return f"Limit reached: {reached}." if reached else "No limit reached."
