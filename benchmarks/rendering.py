"""How long the views take from an input event to the painted panes, as a user feels it.

    python benchmarks/rendering.py [--json FILE] [--runs 120] [--repaints 10000] [--only-3d]

A T1 of 256×256×192 voxels is fixed, a CT of 512×512×400 moving, in three fused panes of 640×480 and of 1024×1024
logical pixels, and of 1500×950 as on a screen of 3840×2160. Events go through the window's own widgets; the clock
stops when every pane that changed has been painted. Then the 3D view of the same images, and of the sample, in
400×400. Uses Qt's offscreen platform unless QT_QPA_PLATFORM says otherwise (for example under Xvfb:
QT_QPA_PLATFORM=xcb).
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import SimpleITK as sitk
from PyQt6.QtCore import PYQT_VERSION_STR, QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.state.workspace import Questions, Workspace
from fusionviewer.app.tasks.image_reading import find_head
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.slab import Slab
from fusionviewer.session import edits
from fusionviewer.ui.application import make_application
from fusionviewer.ui.look.theme import GAP
from fusionviewer.ui.views import pane_head, slice_bar
from fusionviewer.ui.views.head_view import HeadView
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_pane import SlicePane
from fusionviewer.ui.views.slice_view import SliceView

PANES = ((640, 480), (1024, 1024), (1500, 950))
"""The last as on a screen of 3840×2160."""

SLABBED, BARRED = "one plane scrolled, moving image maximum 10 mm", "slice bar dragged"
LIMITS_MS = {
    (640, 480): {"rigid drag of all three planes": 33.0, "planes turned": 33.0},
    (1500, 950): dict.fromkeys(
        ("crosshair drag, the other two planes scrolled", "one plane scrolled", "rigid drag of all three planes",
         "planes turned", SLABBED, BARRED), 40.0,
    ),
}  # fmt: skip
USUAL_MS = {(640, 480): 16.0, (1500, 950): 25.0}
"""Asked of the median and the 95th percentile; of 1024×1024 nothing is asked but that it stays as it was."""
HEAD_COLUMNS = (
    ("ready", 8), ("turned", 8), ("p95", 6), ("a second", 10), ("sharp", 8), ("smooth", 8), ("MB", 6),
)  # fmt: skip
"""Of the table of the 3D view, and their widths; all ms but for pictures a second and memory."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from an input event to painted panes.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--runs", type=int, default=120, help="events for each row")
    parser.add_argument("--repaints", type=int, default=10_000, help="for the growth of memory; 0 leaves it out")
    parser.add_argument("--only-3d", action="store_true", help="measure the 3D view alone")
    args = parser.parse_args()
    app = make_application()
    about = {
        "python": platform.python_version(), "pyqt": PYQT_VERSION_STR, "numpy": np.__version__,
        "simpleitk": sitk.Version_VersionString(), "cores": os.cpu_count(), "load": os.getloadavg()[0],
        "qt_platform": app.platformName(), "runs": args.runs,
    }  # fmt: skip
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    t1, ct, pose = volumes()
    figures: dict[str, object] = {"about": about}
    for width, height in () if args.only_3d else PANES:
        desk = Desk.set_up(t1, ct, pose, width, height)
        figures[f"{width}x{height}"] = measure(desk, args.runs, (width, height))
        if (width, height) == PANES[0] and args.repaints:
            figures["memory"] = repaint(desk, args.repaints)
        desk.area.close()
        desk.area.deleteLater()
    heads = "".join(f"{name:>{width}}" for name, width in HEAD_COLUMNS)
    print(f"\n3D view of 400×400\n{'':<12}{heads}")
    figures["3d"] = {
        "made-up": measure_head("made-up", t1, ct, pose, args.runs),
        "sample": measure_head("sample", *sample(), args.runs),
    }
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def volumes() -> tuple[Volume, Volume, RigidTransform]:
    """A made-up T1 and CT of a noisy ball, and the pose that lays them on each other."""
    ct_grid = Grid.axis_aligned((512, 512, 400), (0.45, 0.45, 0.5), np.array([10.0, -150.0, 30.0]))
    t1_grid = Grid.axis_aligned((256, 256, 192), (0.9, 0.9, 1.0), np.zeros(3))
    ct = Volume(image_on_grid(_ball(ct_grid, (-1000, 1100, 35), 12), ct_grid), "made-up CT", "CT")
    t1 = Volume(image_on_grid(_ball(t1_grid, (0, 40, 300), 10), t1_grid), "made-up T1", "MR")
    turn = RigidTransform.from_euler((4, -6, 9, 0, 0, 0), t1.grid.centre)
    return t1, ct, RigidTransform.from_euler((0, 0, 0, 10, -150, 30), t1.grid.centre) @ turn


def _ball(grid: Grid, values: tuple[int, int, int], noise: int) -> np.ndarray:
    """Outside, shell and inside, int16, with ripples so that no two slices are alike."""
    ni, nj, nk = grid.size
    z, y, x = (np.linspace(-1.1, 1.1, n, dtype=np.float32) for n in (nk, nj, ni))
    grain = np.random.default_rng(0).integers(-noise, noise, (nj, ni)).astype(np.float32)
    out = np.empty((nk, nj, ni), np.int16)
    for k in range(nk):
        radius = np.sqrt(z[k] ** 2 + (y**2)[:, None] + x**2)
        ripple = 0.2 * values[2] * np.sin(9 * (z[k] + y[:, None]) * (1 + x))
        out[k] = np.where(radius > 1, values[0], np.where(radius > 0.92, values[1], values[2] + ripple)) + grain
    return out


@dataclass
class Desk:
    """The views with both images open, on the screen."""

    document: Document
    view_model: ViewModel
    area: PaneGrid

    @staticmethod
    def set_up(t1: Volume, ct: Volume, pose: RigidTransform, width: int, height: int) -> Desk:
        document = Document()
        view_model = ViewModel(document)
        area = PaneGrid(document, view_model)
        document.replace(edits.set_pose(edits.new_study(t1, ct), pose, "file"))
        view_model.show(opening_view(document.state))
        area.resize(2 * (width + slice_bar.WIDTH) + GAP, 2 * (height + pane_head.HEIGHT) + GAP)
        area.show()
        desk = Desk(document, view_model, area)
        desk.settle()
        assert (desk.view.width(), desk.view.height()) == (width, height)
        return desk

    @property
    def view(self) -> SliceView:
        return self.area.view("fused.axial")

    @property
    def bar(self) -> slice_bar.SliceBar:
        pane = self.view.parentWidget()
        assert isinstance(pane, SlicePane)
        return pane.bar

    def settle(self) -> None:
        """Until everything is sharp and nothing waits."""
        until = time.perf_counter() + 0.4
        while time.perf_counter() < until:
            QApplication.processEvents()
            time.sleep(0.005)

    def mouse(self, kind: QEvent.Type, at: QPointF, held: bool, modifiers: Qt.KeyboardModifier) -> None:
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, at, self.view.mapToGlobal(at), button, buttons, modifiers)
        QApplication.sendEvent(self.view, event)

    def wheel(self, turned: int) -> None:
        at = QPointF(self.view.width() / 2, self.view.height() / 2)
        event = QWheelEvent(
            at, self.view.mapToGlobal(at), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.view, event)

    def places(self) -> Iterator[QPointF]:
        """A slow wander around the middle of the axial pane, never twice the same place in a row."""
        middle = QPointF(self.view.width() / 2, self.view.height() / 2)
        for n in itertools.count():
            yield middle + QPointF(60 * math.sin(n * 0.11), 36 * math.cos(n * 0.07)) + QPointF(n % 2, 9 * (n % 2))


def measure(desk: Desk, runs: int, size: tuple[int, int]) -> dict[str, dict[str, float]]:
    title = f"{size[0]}×{size[1]}"
    print(f"\npanes of {title}\n{'':<44}{'median':>8}{'p95':>8}{'p99':>8}{'longest':>9}  ms")
    rows = {}

    def row(name: str, act: Callable[[], object]) -> None:
        for _ in range(5):  # the first ones learn how slow a full picture is
            act()
            QApplication.processEvents()
        seconds = []
        for _ in range(runs):
            begun = time.perf_counter()
            act()
            QApplication.processEvents()
            seconds.append(time.perf_counter() - begun)
        middle, high, higher, longest = (float(v) for v in np.percentile(seconds, (50, 95, 99, 100)) * 1000)
        limit = LIMITS_MS.get(size, {}).get(name, USUAL_MS.get(size, math.inf))
        mark = "" if max(middle, high) <= limit else f"  above {limit:g}"
        print(f"{name:<44}{middle:8.1f}{high:8.1f}{higher:8.1f}{longest:9.1f}{mark}")
        rows[name] = {"median_ms": middle, "p95_ms": high, "p99_ms": higher, "longest_ms": longest}

    plain, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier

    def drag(name: str, modifiers: Qt.KeyboardModifier = plain) -> None:
        places = desk.places()
        desk.mouse(QEvent.Type.MouseButtonPress, next(places), True, modifiers)
        row(name, lambda: desk.mouse(QEvent.Type.MouseMove, next(places), True, modifiers))
        desk.mouse(QEvent.Type.MouseButtonRelease, next(places), False, modifiers)
        desk.settle()

    model = desk.view_model
    drag("fade", control)
    model.set_tool("window")
    drag("window/level")
    model.set_tool("crosshair")
    model.change(bone_edges=True)
    drag("fade with bone edges", control)
    model.change(bone_edges=False)
    for mode in (BlendMode.TWO_COLOUR, BlendMode.CHECKERBOARD, BlendMode.EDGES):
        model.set_blend(mode=mode)
        desk.settle()
        drag(f"blend parameter: {mode.value}", control)
    model.set_blend(mode=BlendMode.SPY_GLASS)
    places = desk.places()
    row("spy-glass under the mouse", lambda: desk.mouse(QEvent.Type.MouseMove, next(places), False, plain))
    model.set_blend(mode=BlendMode.FADE)
    desk.settle()
    model.enlarge("fused.axial")
    desk.area.resize(desk.area.width() // 2, desk.area.height() // 2)
    desk.settle()
    drag("crosshair overlay in one pane")
    model.set_blend(mode=BlendMode.CURTAIN)
    drag("curtain that follows the crosshair, one pane")
    model.set_blend(mode=BlendMode.FADE)
    model.show_all_panes()
    desk.area.resize(desk.area.width() * 2, desk.area.height() * 2)
    desk.settle()
    drag("crosshair drag, the other two planes scrolled")
    turns = itertools.cycle([120] * 20 + [-120] * 20)
    row("one plane scrolled", lambda: desk.wheel(next(turns)))
    desk.settle()
    bar = desk.bar
    heights = itertools.cycle([bar.height() * (0.4 + 0.01 * n) for n in (*range(20), *range(20, 0, -1))])
    row(BARRED, lambda: bar.chosen.emit(bar.slice_at(next(heights))))
    desk.settle()
    model.set_slab("moving", Slab("maximum", 10.0))
    desk.settle()
    row(SLABBED, lambda: desk.wheel(next(turns)))
    model.set_slab("moving", None)
    desk.settle()
    model.set_tool("move")
    drag("rigid drag of all three planes")
    model.set_tool("turn")
    drag("planes turned")
    model.straighten_planes()
    model.set_tool("crosshair")
    desk.settle()
    rows["sharp after the last move"] = sharp(desk, runs // 6)
    return rows


def sharp(desk: Desk, runs: int) -> dict[str, float]:
    """How long after the last of a row of moves every pane is drawn in full."""
    seconds = []
    for n in range(runs):
        turned = 120 if n % 2 else -120
        for _ in range(3):
            desk.wheel(turned)
            QApplication.processEvents()
        begun = time.perf_counter()
        while desk.view.rough and time.perf_counter() - begun < 2:
            QApplication.processEvents()
        QApplication.processEvents()
        seconds.append(time.perf_counter() - begun)
    middle, high, higher, longest = (float(v) for v in np.percentile(seconds, (50, 95, 99, 100)) * 1000)
    print(f"{'sharp after the last move':<44}{middle:8.1f}{high:8.1f}{higher:8.1f}{longest:9.1f}")
    return {"median_ms": middle, "p95_ms": high, "p99_ms": higher, "longest_ms": longest}


def repaint(desk: Desk, times: int) -> dict[str, float]:
    """Resident memory before and after many repaints of all kinds, MB."""
    turns = itertools.cycle([120] * 20 + [-120] * 20)

    def some(count: int) -> None:
        for n in range(count):
            if n % 4 == 0:
                desk.wheel(next(turns))
            else:
                desk.view_model.set_fade((n % 101) / 100)
            desk.view.repaint()

    some(500)
    before = resident_mb()
    some(times)
    after = resident_mb()
    print(f"\n{times} repaints: {before:.1f} MB before, {after:.1f} MB after")
    return {"repaints": times, "before_mb": before, "after_mb": after}


def sample() -> tuple[Volume, Volume, RigidTransform]:
    """The bundled head: T1, CT, and about how they belong together."""
    fixed, moving = (read_volume(sample_folder() / name) for name in ("t1.nii.gz", "ct.nii.gz"))
    turn = RigidTransform.from_euler((7, -4, 11, 0, 0, 0), fixed.grid.centre)
    return fixed, moving, RigidTransform.about(np.eye(3), np.zeros(3), np.array([14.0, -21.0, 9.0])) @ turn


def measure_head(name: str, fixed: Volume, moving: Volume, pose: RigidTransform, runs: int) -> dict[str, float]:
    """How long the 3D view takes: from the images to its surface, from a move of the mouse to the painted view, and
    from the last move to one ray in each pixel, and to four. ms, and MB of what it keeps."""
    workspace = Workspace(cast(Questions, None))
    view = HeadView(workspace)
    view.resize(400, 400)
    view.show()
    head = find_head(moving)
    workspace.set_head_box(moving, head)
    workspace.set_head_box(fixed, find_head(fixed))
    begun = time.perf_counter()
    workspace.document.replace(edits.set_pose(edits.new_study(fixed, moving), pose, "file"))
    workspace.view_model.show(opening_view(workspace.document.state))
    ready = until(lambda: view.surface is not None, begun)
    until(lambda: view.sharp)
    view.stand.reset()
    at = QPointF(200, 200)
    _mouse(view, QEvent.Type.MouseButtonPress, at)
    seconds, sharp, smooth = [], [], []
    for n in range(runs + 10):
        begun = time.perf_counter()
        _mouse(view, QEvent.Type.MouseMove, at + QPointF(5 + 3 * n, 40 * math.sin(n * 0.1)))
        view.repaint()
        seconds.append(time.perf_counter() - begun)
        if n % 20 == 10:
            begun = time.perf_counter()
            sharp.append(until(lambda: view.sharp, begun))
            smooth.append(until(lambda: view.smooth, begun))
    middle, high = (float(v) for v in np.percentile(seconds[10:], (50, 95)) * 1000)
    row = {
        "ready_ms": ready, "turned_ms": middle, "turned_p95_ms": high, "pictures_per_second": 1000 / middle,
        "sharp_ms": float(np.median(sharp)), "smooth_ms": float(np.median(smooth)), "mb": view.nbytes / 1e6,
    }  # fmt: skip
    print(f"{name:<12}" + "".join(f"{v:{width}.0f}" for v, (_, width) in zip(row.values(), HEAD_COLUMNS, strict=True)))
    view.close()
    view.deleteLater()
    return row


def until(done: Callable[[], bool], begun: float | None = None) -> float:
    """Handle events until something is so; how long that took, ms."""
    begun = time.perf_counter() if begun is None else begun
    while not done() and time.perf_counter() - begun < 30:
        QApplication.processEvents()
        time.sleep(0.002)
    return 1000 * (time.perf_counter() - begun)


def _mouse(view: HeadView, kind: QEvent.Type, at: QPointF) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind, at, view.mapToGlobal(at), button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, event)


def resident_mb() -> float:
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
