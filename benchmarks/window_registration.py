"""What the live views cost a registration: the same run in the window and on the command line, in turns.

    python benchmarks/window_registration.py [--runs 5] [--patience 20] [--layouts fused,nine] [--json FILE]

Three pairs: the bundled sample, the pair in --second (by default ../shared/data/second, where it is there), and a
harder case made from that one, or from the sample (see cases.py). Every run has a process of its own. Both read the
files and call the same `registration.register`; the window is the real one, 1920×1200, with the study opened and the
action Register triggered. The seconds are what the engine measures; where other programs use the cores, they are told
without the time for which the run's thread waited for one as well. The window also counts how many pictures of a new
pose each pane of both images paints between the first and the last pose that leads, how long after it, and the time of
a core that its own thread takes. One more run of each kind has a timer of 16 ms: how long would an event have to wait?

Uses Qt's offscreen platform unless QT_QPA_PLATFORM says otherwise (for example under Xvfb: QT_QPA_PLATFORM=xcb).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT.parent / "shared" / "data" / "second"
HARDER = "clinic"
WINDOW = (1920, 1200)

Row = dict[str, Any]

QUIET_CORES = 0.2


# One run, in a process of its own


def plain(fixed: Path, moving: Path) -> Row:
    """As the command line has it."""
    from fusionviewer.imaging.readers import read_volume
    from fusionviewer.registration import register

    waits: list[float] = []
    result = counting(register, waits)(read_volume(fixed), read_volume(moving), "auto")
    return {"seconds": result.seconds, "waited": waits[0], "pose": result.moving_from_fixed.matrix.tolist()}


def counting(run: Callable[..., Any], waits: list[float]) -> Callable[..., Any]:
    """The same call, which also notes how long its thread could have gone on but had no core; only Linux tells."""
    told = Path("/proc/thread-self/schedstat")

    def waited() -> float:
        return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0

    def counted(*args: Any, **named: Any) -> Any:
        before = waited()
        result = run(*args, **named)
        waits.append(waited() - before)
        return result

    return counted


def in_window(fixed: Path, moving: Path, layout: str, probed: bool = False) -> Row:
    """In the window, by its own action."""
    from PyQt6.QtCore import QTimer

    from fusionviewer.app.commands import open_save
    from fusionviewer.app.commands import register as register_commands
    from fusionviewer.app.tasks.image_reading import Wanted
    from fusionviewer.registration import register
    from fusionviewer.session.view_state import Layout
    from fusionviewer.ui import application as start
    from fusionviewer.ui.window.main_window import MainWindow

    application = start.make_application()
    window = MainWindow()
    window.workspace.check.end()  # no check of a result runs beside the next registration
    start.keep_work(window, Path(os.environ["XDG_STATE_HOME"]))
    window.resize(*WINDOW)
    window.show()
    workspace = window.workspace

    def wait(until: Callable[[], bool], seconds: float = 120.0) -> None:
        deadline = time.perf_counter() + seconds
        while not until():
            if time.perf_counter() > deadline:
                raise TimeoutError
            application.processEvents()
            time.sleep(0.002)

    open_save.open_images(workspace, {"fixed": Wanted(fixed), "moving": Wanted(moving)})
    wait(lambda: not workspace.runner.busy)
    workspace.view_model.set_layout(next(one for one in get_args(Layout) if one == layout))
    window.workspace.window.show_step("align")
    settled = time.perf_counter() + 1.0
    wait(lambda: time.perf_counter() > settled)

    waits: list[float] = []
    setattr(register_commands, "register", counting(register, waits))  # noqa: B010 - it is not exported
    watch = Watch(window, probed)
    workspace.runner.ended.connect(watch.ended)
    workspace.runner.ended.connect(lambda _: QTimer.singleShot(0, lambda: application.exit(0)))
    QTimer.singleShot(0, window.actions_by_key["register"].trigger)
    application.exec()
    run = workspace.document.state.alignment.run
    assert run is not None
    row: Row = {"seconds": run.seconds, "waited": waits[0], "pose": run.moving_from_fixed.matrix.tolist()}
    row |= watch.figures() | {"platform": application.platformName()}
    wait(lambda: not any(view.rough for view in window.images.visible_views()))
    window.workspace.document.undo_stack.setClean()
    window.close()
    return row


class Watch:
    """Counts the pictures that each pane paints of a new pose, and how much the window's thread works beside the run.

    With `probed`, a timer of 16 ms tells how long an event would have to wait; it takes some of the run's time itself.
    """

    def __init__(self, window: Any, probed: bool) -> None:
        from PyQt6.QtCore import Qt, QTimer
        from PyQt6.QtGui import QPaintEvent

        from fusionviewer.ui.views.slice_view import SliceView

        workspace = window.workspace
        self._runner, self._model = workspace.runner, workspace.view_model
        self._pictures: dict[str, list[float]] = {v.key: [] for v in window.images.visible_views() if v.fused}
        self._last: dict[str, object] = dict.fromkeys(self._pictures, self._model.pose)
        self._poses: list[float] = []
        self._delays: list[float] = []
        self._gaps: list[float] = []
        self._before = 0.0
        self._worked = 0.0
        workspace.runner.started.connect(self._started)
        workspace.view_model.preview_changed.connect(self._posed)
        paint, has_painted = SliceView.paintEvent, self._has_painted

        def watched(self: SliceView, event: QPaintEvent | None) -> None:
            paint(self, event)
            has_painted(self.key)

        SliceView.paintEvent = watched  # type: ignore[method-assign]
        if probed:
            self._timer = QTimer(window)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._tick)
            self._timer.start(16)

    def _started(self) -> None:
        self._worked = time.thread_time()
        self._before = time.perf_counter()

    def ended(self, _: object) -> None:
        """To be called as soon as the run has ended."""
        self._worked = time.thread_time() - self._worked

    def _posed(self) -> None:
        if self._runner.busy:
            self._poses.append(time.perf_counter())

    def _has_painted(self, key: str) -> None:
        pose = self._model.pose
        if key in self._last and pose is not self._last[key] and self._runner.busy:
            self._last[key] = pose
            self._pictures[key].append(time.perf_counter())
            self._delays.append(1000 * (time.perf_counter() - self._poses[-1]))

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._runner.busy:
            self._gaps.append(1000 * (now - self._before))
        self._before = now

    def figures(self) -> Row:
        """Pictures a second of each pane between the first and the last new pose, their delays, and the gaps, ms."""
        first, last = self._poses[0], self._poses[-1]
        row: Row = {
            "poses": len(self._poses),
            "pictures_a_second": {key: len(times) / (last - first) for key, times in self._pictures.items()},
            "missed": max(len(self._poses) - len(times) for times in self._pictures.values()),
            "delay_p95_ms": _quantile(self._delays, 0.95),
            "window_cpu_seconds": self._worked,
        }
        if self._gaps:
            row |= {"gap_p99_ms": _quantile(self._gaps, 0.99), "gap_longest_ms": max(self._gaps)}
        return row


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


# All runs


def pairs(args: argparse.Namespace, scratch: Path) -> dict[str, tuple[Path, Path]]:
    """The files of each pair by its name."""
    from cases import SAMPLE, load_case, make_case, save_case

    def files(folder: Path) -> tuple[Path, Path]:
        facts = json.loads((folder / "truth.json").read_text())
        return folder / facts["fixed"], folder / facts["moving"]

    found = {"sample": files(SAMPLE)}
    second = args.second if args.second.exists() else SAMPLE
    made = [(HARDER, 0)] if second != SAMPLE else [("small", 0), (HARDER, 0)]
    if second != SAMPLE:
        found["second"] = files(second)
    for kind, seed in made:
        folder = scratch / f"{kind}-{seed}"
        save_case(make_case(load_case(second), kind, seed), folder, ".nii")
        found[folder.name] = files(folder)
    return found


def run(how: str, files: tuple[Path, Path], scratch: Path) -> Row:
    """One run in a process of its own, with settings and state of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", how, *map(str, files)]
    own = {name: str(scratch / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **own, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    row: Row = json.loads(lines[-1])
    return row


def quiet(patience_s: float) -> float:
    """Wait for a second in which other programs leave the cores alone, but not for longer than asked; the cores used.

    Only Linux tells; elsewhere 0 at once.
    """
    deadline = time.monotonic() + patience_s
    while True:
        before = _idle_seconds()
        time.sleep(1.0)
        used = (os.cpu_count() or 1) - (_idle_seconds() - before) if before else 0.0
        if used < QUIET_CORES or time.monotonic() > deadline:
            return max(0.0, used)


def _idle_seconds() -> float:
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    idle, waiting = stat.read_text().split("\n", 1)[0].split()[4:6]
    return (int(idle) + int(waiting)) / os.sysconf("SC_CLK_TCK")


def measure(args: argparse.Namespace, scratch: Path) -> dict[str, dict[str, list[Row]]]:
    """The rows of each pair by how they were run; the ways take turns."""
    ways = ["plain", *args.layouts.split(",")]
    rows: dict[str, dict[str, list[Row]]] = {}
    for name, files in pairs(args, scratch).items():
        own = rows[name] = defaultdict(list)
        for _ in range(args.runs):
            for how in ways:
                busy = quiet(args.patience)
                own[how].append(run(how, files, scratch) | {"other_cores": busy})
        for how in ways[1:]:
            own[f"{how}+timer"].append(run(f"{how}+timer", files, scratch))
        show(name, own)
    return rows


def show(name: str, rows: dict[str, list[Row]]) -> None:
    """A pair's lines of the table."""
    poses = {json.dumps(row["pose"]) for own in rows.values() for row in own}
    if len(poses) > 1:
        raise SystemExit(f"{name}: the runs found different poses")
    for how, own in rows.items():
        seconds = [row["seconds"] for row in own]
        line = (
            f"{name:12}{how:12}{_spread(seconds, 2)} s, with cores of its own {_spread([alone(r) for r in own], 2)} s"
        )
        if how.endswith("+timer"):
            line += f"  16 ms became {own[0]['gap_p99_ms']:.0f} (p99), {own[0]['gap_longest_ms']:.0f} at most"
        elif how == "plain":
            line += f"  others used {_spread([row['other_cores'] for row in own], 1)} cores before"
        else:
            slowest = [min(row["pictures_a_second"].values()) for row in own]
            delays, work = ([row[key] for row in own] for key in ("delay_p95_ms", "window_cpu_seconds"))
            line += f"  {_ratio(own, rows['plain'], lambda row: float(row['seconds']))}"
            line += f", with cores of its own {_ratio(own, rows['plain'], alone)}"
            line += f"  {_spread(slowest, 1)} pictures/s, {_spread(delays, 0)} ms after the pose (p95)"
            line += f"  window's thread {_spread(work, 2)} s"
        print(line, flush=True)


def alone(row: Row) -> float:
    """How long the run would have taken had its thread not waited for a core that other programs used."""
    return float(row["seconds"] - row["waited"])


def _ratio(rows: list[Row], base: list[Row], seconds: Callable[[Row], float]) -> str:
    """How many times as long, by the medians, and from turn to turn."""
    turns = [seconds(one) / seconds(other) for one, other in zip(rows, base, strict=True)]
    ratio = statistics.median(map(seconds, rows)) / statistics.median(map(seconds, base))
    return f"× {ratio:.2f} ({min(turns):.2f}–{max(turns):.2f})"


def _spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of each kind")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds to wait for quiet cores before each run")
    parser.add_argument("--layouts", default="fused,nine", help="of the window's panes")
    parser.add_argument("--second", type=Path, default=SECOND, help="a folder with truth.json, see cases.py")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--one", nargs=3, metavar=("HOW", "FIXED", "MOVING"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        how, fixed, moving = args.one[0], Path(args.one[1]), Path(args.one[2])
        layout, _, timer = how.partition("+")
        row = plain(fixed, moving) if how == "plain" else in_window(fixed, moving, layout, bool(timer))
        print("\n" + json.dumps(row))
        return
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {load}; median (least–most) of {args.runs} runs")
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(args, Path(scratch))
    if args.json is not None:
        facts = {"date": time.strftime("%Y-%m-%d"), "machine": platform.platform(), "cores": os.cpu_count()}
        args.json.write_text(json.dumps({**facts, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
