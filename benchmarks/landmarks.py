"""How long one step of dragging a landmark takes on the window's thread, with few and with many pairs.

    python benchmarks/landmarks.py [--steps 40] [--pairs 8 30 100]

A window with made-up images and the page of landmarks; a point is dragged with the mouse. For each number of pairs:
the median time of a step (the event and all that listens, without painting), how much of it was spent judging the
pairs, and what judging them completely costs, all as processor time of the window's thread. Qt's offscreen platform
is used unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality import landmark_facts as facts_module
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, LandmarkPair
from fusionviewer.ui.application import make_application
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.window.main_window import MainWindow

POSE = RigidTransform.from_euler((4, -6, 9, 3, -5, 2), np.zeros(3))
FLE_MM = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a step of dragging a landmark.")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--pairs", type=int, nargs="+", default=[8, 30, 100])
    args = parser.parse_args()
    app = make_application()
    print(f"load {os.getloadavg()[0]:.1f}; ms of the window's thread, medians of {args.steps} steps")
    print(f"{'pairs':>6}{'step':>10}{'of it judging':>15}{'judging completely':>20}")
    spent = Spent()
    for count in args.pairs:
        window = MainWindow()
        window.workspace.check.end()
        window.resize(1280, 900)
        window.show()
        state = study(count)
        assert state.fixed is not None
        show_study(window.workspace, state, Opened({"fixed": state.fixed}, {"fixed": None}))
        window.workspace.view_model.set_layout("pairs")
        window.workspace.window.show_step("align")
        window.column.align.show_page("Landmarks")
        app.processEvents()
        steps, judging = drag(window, args.steps, spent)
        others = [moved(state, n) for n in range(5)]
        completely = [spent.time(partial(facts_module.landmark_facts, other)) for other in others]
        print(f"{count:>6}{ms(steps):>10.1f}{ms(judging):>15.1f}{ms(completely):>20.1f}")
        window.workspace.document.replace(FusionState())
        window.close()
        window.deleteLater()
        app.processEvents()


class Spent:
    """The processor time that this thread has spent in `landmark_facts`, wherever it was called."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0
        for name in ("_facts", "judge_landmarks"):
            setattr(facts_module, name, self._timed(getattr(facts_module, name)))

    def _timed(self, function: Callable[..., object]) -> Callable[..., object]:
        def timed(*args: object, **named: object) -> object:
            before = time.thread_time()
            try:
                return function(*args, **named)
            finally:
                self.seconds += time.thread_time() - before

        return timed

    def time(self, act: Callable[[], object]) -> float:
        """The processor time of this thread, s."""
        before = time.thread_time()
        act()
        return time.thread_time() - before


def study(count: int) -> FusionState:
    """Two made-up images and so many pairs in them, placed as well as one can."""
    grid = Grid.axis_aligned((128, 128, 128), (1.8, 1.8, 1.8), np.full(3, -114.0))
    rng = np.random.default_rng(1)
    values = rng.integers(0, 1000, (128, 128, 128)).astype(np.int16)
    fixed, moving = (Volume(image_on_grid(values, grid), name, "MR") for name in ("fixed", "moving"))
    points = rng.uniform(-60, 60, (count, 3))
    points[0] = (10.0, 10.0, 0.9)  # in the middle axial slice, to be dragged
    others = POSE.apply(points) + rng.normal(size=(count, 3)) * FLE_MM / 3**0.5
    pairs = (LandmarkPair(f"L{n}", tuple(f), tuple(m)) for n, (f, m) in enumerate(zip(points, others, strict=True), 1))
    aligned = edits.set_pose(edits.new_study(fixed, moving), POSE, "file")
    return replace(aligned, landmarks=tuple(pairs), fle_mm=FLE_MM)


def moved(state: FusionState, step: int) -> FusionState:
    """The study with its first pair a little elsewhere."""
    first = state.landmarks[0]
    assert first.fixed_point is not None
    there = edits.point_of(np.array(first.fixed_point) + 0.1 + step)
    return replace(state, landmarks=(replace(first, fixed_point=there), *state.landmarks[1:]))


def drag(window: MainWindow, steps: int, spent: Spent) -> tuple[list[float], list[float]]:
    """Drag the first pair's fixed point with the mouse: for each step all of it, and the part that judged pairs, s."""
    window.workspace.view_model.set_cursor("fixed", np.array([30.0, 30.0, 0.9]))
    QApplication.processEvents()
    view = window.images.view("fixed.axial")
    context = view.context()
    assert context is not None
    start = next(QPointF(*mark.at) for mark in find_marks(context) if mark.index == 0)
    all_of_it, judging = [], []
    send(view, QEvent.Type.MouseButtonPress, start)
    for step in range(steps + 3):
        before = spent.seconds
        place = start + QPointF(8 + step, 2 * (step % 5))
        seconds = spent.time(partial(send, view, QEvent.Type.MouseMove, place))
        if step >= 3:
            all_of_it.append(seconds)
            judging.append(spent.seconds - before)
        QApplication.processEvents()
    send(view, QEvent.Type.MouseButtonRelease, place)
    assert window.workspace.document.undo_stack.count() == 1
    return all_of_it, judging


def send(view: SliceView, kind: QEvent.Type, at: QPointF) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, view.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def ms(seconds: list[float]) -> float:
    return 1e3 * statistics.median(seconds)


if __name__ == "__main__":
    main()
