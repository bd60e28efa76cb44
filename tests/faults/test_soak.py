"""The same work again and again: nothing grows. Memory, threads, open files and temporary files stay as they were."""

from __future__ import annotations

import ctypes
import gc
import os
import tempfile
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from answers import Answers
from fusion_checks import no_checks
from marked_patient import MarkedPair
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import export, export_pictures, open_save, register
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.imaging.volume import Volume
from fusionviewer.process.workers import wait_for_workers
from fusionviewer.registration.presets import load_preset
from fusionviewer.session import edits
from fusionviewer.ui.application import keep_work
from fusionviewer.ui.window.main_window import MainWindow

WARM: Final = 10
"""After so many rounds everything that is kept is there."""
MOST_MB: Final = 40.0
"""What memory may differ by between two rounds, whatever the number of rounds."""

linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what is counted stands in Linux's /proc")


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    memory_mb: float
    threads: int
    handles: int
    temporary: int
    volumes: int
    objects: int
    """Of Python, as far as its collector knows them."""


def _held(volumes: weakref.WeakSet[Volume], temporary: Path) -> Held:
    """Memory is counted without what the C library keeps of freed blocks, which depends on which thread freed them."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        threading.active_count(),
        len(os.listdir("/proc/self/fd")),
        sum(1 for _ in temporary.rglob("*")),
        len(volumes),
        len(gc.get_objects()),
    )


def _round(window: MainWindow, pair: MarkedPair, out: Path, qtbot: QtBot, volumes: weakref.WeakSet[Volume]) -> None:
    """Open, register, undo, export, save, close the study."""
    workspace = window.workspace

    def wait_for(work: Callable[[], object]) -> None:
        work()
        wait_until_idle(workspace, qtbot)

    wait_for(lambda: open_save.open_images(workspace, {"fixed": Wanted(pair.fixed), "moving": Wanted(pair.moving)}))
    state = workspace.document.state
    volumes.update(state.volumes().values())
    settings = load_preset("fast").settings
    workspace.document.apply("Fast", replace(state, alignment=replace(state.alignment, settings=settings)))
    wait_for(lambda: register.start_register(workspace, "header"))
    assert workspace.document.state.alignment.run is not None
    workspace.document.undo_stack.undo()
    workspace.document.undo_stack.redo()
    workspace.document.apply("Reset", edits.set_pose(workspace.document.state, state.alignment.start, "header"))
    wait_for(lambda: export.export_resampled(workspace, out / "a.nii.gz"))
    wait_for(lambda: export_pictures.export_picture(workspace, out / "a.png"))
    assert save_study(workspace, out / "a.fusion.json")
    QApplication.processEvents()
    open_save.close_study(workspace)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert wait_for_workers(20)


@linux
@pytest.mark.parametrize(
    ("rounds", "warm"), [(3, 2), pytest.param(500, WARM, marks=[pytest.mark.long, pytest.mark.timeout(5400)])]
)
def test_nothing_grows(
    rounds: int, warm: int, tmp_path: Path, marked_pair: MarkedPair, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_checks(monkeypatch)
    (tmp_path / "temporary").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    window = MainWindow()
    window.workspace.questions = Answers()
    keep_work(window, tmp_path / "state")
    with qtbot.waitExposed(window):
        window.show()
    volumes: weakref.WeakSet[Volume] = weakref.WeakSet()
    held = []
    for number in range(rounds):
        _round(window, marked_pair, tmp_path / "out", qtbot, volumes)
        held.append(_held(volumes, tmp_path / "temporary"))
        if number % 50 == 9:
            print(f"\nround {number + 1}: {held[-1]}", flush=True)
    window.close()
    assert window.workspace.runner.wait_for_threads(10)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    first, last = held[warm - 1], held[-1]
    print(f"\n{rounds} rounds: {first} after the {warm}th, {last} after the last")
    assert last.temporary == 0
    assert last.volumes <= first.volumes
    assert last.objects < first.objects + 500
    assert last.handles <= first.handles + 2
    assert last.threads <= first.threads + 1
    if rounds > WARM:  # before, memory grows by what is kept
        assert last.memory_mb < first.memory_mb + MOST_MB
