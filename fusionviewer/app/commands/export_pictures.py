"""Commands: fused pictures and volumes, into files and onto the clipboard, as the views show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QGuiApplication, QImage

from fusionviewer.app.commands.export import start_writing
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.geometry import AXIAL, ORIENTATIONS, Orientation
from fusionviewer.progress import Observer
from fusionviewer.quality.guard.expected_error import ExpectedMap, expected_lines
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.prediction_findings import error_within
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.fused_volume import VOLUME_MODES, Kind, write_fused
from fusionviewer.rendering.marks.values import Marks
from fusionviewer.rendering.picture import Framing, PictureForm, draw_picture
from fusionviewer.rendering.picture_file import write_picture
from fusionviewer.session.marks import marks_of
from fusionviewer.session.scene import NO_PAIR, scene_of
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Point, Side
from fusionviewer.session.view_state import PlaneName, ViewState

What: TypeAlias = Literal["planes", "active", "axial", "sagittal", "coronal", "mosaic"]
"""The three planes, the view that is used, one of the planes, or the mosaic."""

Shown: TypeAlias = Literal["head", "window"]
"""The whole head, or what the window shows: its zoom and its middle."""

FACTORS: Final = (1, 2, 4)
"""How many times the size on the screen a picture can be chosen to have."""


@dataclass(frozen=True)
class PictureChoice:
    """What a picture shows, and how large it is."""

    what: What = "planes"
    shown: Shown = "head"
    factor: int = 1
    annotated: bool = True
    names: bool = False
    marks: bool = True
    """Landmarks, targets and distances, and the TRE isocontours while the window shows them."""


@dataclass(frozen=True)
class ViewOnScreen:
    """A view of the window: its size in device pixels, whose space and which images it shows, where its plane is."""

    size: tuple[int, int]
    space: Side
    sides: tuple[Side, ...]
    orientation: Orientation
    at: Point
    near_cursor: bool = True
    """Whether the crosshair lies on the plane."""


@dataclass(frozen=True)
class Screen:
    """What of the window a picture depends on: the size of the images' area in device pixels, and the view in use."""

    size: tuple[int, int] = (1280, 800)
    active: ViewOnScreen | None = None


def form_of(choice: PictureChoice, view: ViewState, screen: Screen) -> PictureForm:
    """The picture that is meant, larger where it could not be read. Raises BadArgument if that is too large."""
    active = screen.active if choice.what == "active" else None
    size = screen.size if active is None else active.size
    space = view.space("fixed" if active is None else active.space)
    orientation = active.orientation if active else _orientation(choice.what, view.main_plane)
    form = PictureForm(
        layout="planes" if choice.what == "planes" else "mosaic" if choice.what == "mosaic" else "view",
        orientation=orientation,
        step_mm=view.mosaic_step_mm,
        middle=view.fixed.focus,
        framing=None if choice.shown == "head" else Framing(space.focus, space.zoom),
        annotated=choice.annotated,
        names=choice.names,
        marks=choice.marks,
        crosshair=active is None or active.near_cursor,
        ras=view.ras,
    )
    wide, high = form.smallest
    for factor in (n for n in FACTORS if n >= choice.factor):  # the small panes of some layouts have no room for words
        width, height = form.with_room_for_words((size[0] * factor, size[1] * factor))
        if width >= wide and height >= high:
            break
    return replace(form, size=(width, height))


def _orientation(what: What, main_plane: PlaneName) -> Orientation:
    wanted = main_plane if what == "mosaic" else what
    return next((orientation for orientation in ORIENTATIONS if orientation.name == wanted), AXIAL)


def marks_seen(
    state: FusionState,
    view: ViewState,
    active: ViewOnScreen | None = None,
    landmarks: Sequence[LandmarkPair] | None = None,
    expected: ExpectedMap | None = None,
) -> Marks:
    """What is marked where both images are fused, or in one view; the pair whose placement is repeated is hidden.

    `expected` is what the check expects of the error of the study's pose.
    """
    error = None
    if view.show_error_lines and state.fixed is not None:
        if view.error_of == "landmarks":
            error = error_within(landmark_facts(state), state.fixed.grid)
        elif expected is not None:
            error = expected_lines(expected, state.fixed.grid)
    space, sides = ("fixed", SIDES) if active is None else (active.space, active.sides)
    return marks_of(state, view.distances, space=space, sides=sides, landmarks=landmarks, error=error)


def why_no_marks(workspace: Workspace) -> str:
    """Why nothing is marked that a picture could show; empty if something is."""
    model = workspace.view_model
    nothing = marks_seen(workspace.document.state, model.view, expected=model.expected_error.now).empty
    return "There are no landmarks, targets or distances yet." if nothing else ""


def export_picture(
    workspace: Workspace, path: Path, choice: PictureChoice = PictureChoice(), screen: Screen = Screen()
) -> None:
    """Write a picture as PNG or TIFF, blended and windowed as the views are now."""
    draw = _drawing(workspace, choice, screen)

    def job(observer: Observer) -> None:
        write_picture(draw(observer.part(0.0, 0.9)), path, observer)

    start_writing(workspace, "Drawing the screenshot", job, path)


def copy_picture(workspace: Workspace, choice: PictureChoice, screen: Screen) -> None:
    """Put a picture on the clipboard; never with the images' names."""
    if not workspace.document.state.has_pair or workspace.runner.busy:
        return
    draw = _drawing(workspace, replace(choice, names=False), screen)
    workspace.runner.start("Drawing the screenshot", draw, partial(_copied, workspace))


def _drawing(workspace: Workspace, choice: PictureChoice, screen: Screen) -> Callable[[Observer], NDArray[np.uint8]]:
    """A job that draws what is looked at now, whatever happens until it does."""
    state, view, halo = workspace.state_for_files(), workspace.view_model.view, workspace.view_model.halo
    letters = workspace.preferences.now.side_letters
    active = screen.active if choice.what == "active" else None
    seen, expected = workspace.view_model.repeats.seen(state.landmarks), workspace.view_model.expected_error.now
    marks = marks_seen(state, view, active, seen, expected)

    def draw(observer: Observer) -> NDArray[np.uint8]:
        scene = (
            scene_of(state, view, halo=halo, marks=marks)
            if active is None
            else scene_of(state, view, space=active.space, sides=active.sides, at=active.at, halo=halo, marks=marks)
        )
        return draw_picture(scene, replace(form_of(choice, view, screen), letters=letters), observer)

    return draw


def _copied(workspace: Workspace, outcome: Outcome) -> None:
    picture = workspace.report(outcome, "Cancelled: nothing was copied.")
    clipboard = QGuiApplication.clipboard()
    if isinstance(picture, np.ndarray) and clipboard is not None:
        height, width = picture.shape[:2]
        pixels = np.ascontiguousarray(picture).tobytes()
        clipboard.setImage(QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy())
        workspace.said.emit(f"Copied a screenshot of {width} × {height} pixels, without names.")


@dataclass(frozen=True)
class FusedChoice:
    """What a fused volume is made of."""

    kind: Kind = "rgb"
    grid: Side = "fixed"
    mode: BlendMode = BlendMode.FADE


def why_no_fused_volume(choice: FusedChoice, view: ViewState) -> str:
    """Why there is no such volume; empty if there is one."""
    greys = {view.fixed_colours, view.moving_colours} <= {"grey", "inverted"}
    if choice.kind == "scalar" and (choice.mode is BlendMode.TWO_COLOUR or not greys):
        return "A grey volume has no colours: choose the coloured one, or the fade or checkerboard of grey images."
    return ""


def default_fused_mode(view: ViewState) -> BlendMode:
    """The mode of the views, where a volume can have it; otherwise the fade."""
    return view.mode if view.mode in VOLUME_MODES else BlendMode.FADE


def export_fused(workspace: Workspace, path: Path, choice: FusedChoice = FusedChoice()) -> None:
    """Write both images, windowed, coloured and blended as the views are now, as one volume."""
    state, view = workspace.document.state, workspace.view_model.view
    start_writing(workspace, "Fusing the images", partial(_fuse, state, view, choice, path), path)


def _fuse(state: FusionState, view: ViewState, choice: FusedChoice, path: Path, observer: Observer) -> None:
    scene = scene_of(state, replace(view, blend=replace(view.blend, mode=choice.mode)))
    if scene.back is None or scene.front is None:
        raise NO_PAIR
    write_fused(
        scene.back,
        scene.front,
        scene.blend,
        path,
        grid=choice.grid,
        kind=choice.kind,
        interpolation=scene.interpolation,
        observer=observer,
    )
