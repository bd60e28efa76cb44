"""Real processes, killed at random moments: at most the work of the last seconds is lost, and no file is damaged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fusionviewer.session.recovery import find_leftovers
from fusionviewer.session.study_file import load_study

EDITING = """
import sys, time
from dataclasses import replace
from pathlib import Path
from PyQt6.QtCore import QCoreApplication, QTimer
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.state import Target

app = QCoreApplication([])
workspace = Workspace(None)
autosave = Autosave(workspace, Path(sys.argv[1]), float(sys.argv[2]))
number = 0

def edit():
    global number
    number += 1
    document = workspace.document
    document.apply("Edit", replace(document.state, targets=(Target(str(number), (0.0, 0.0, 0.0)),)))
    print(number, time.time(), flush=True)

timer = QTimer()
timer.timeout.connect(edit)
timer.start(5)
app.exec()
"""

SLACK_S = 3.0
"""For a busy machine to write in: with the 5 s of the program, less than the 10 s that are promised."""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system ends a process in another way")
@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_kills_at_random_moments(kills: int, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    for kill in range(kills):
        folder = tmp_path / str(kill)
        interval_s = chance.choice([0.005, 0.2])  # nearly always writing, or nearly never
        edited, killed = _edit_until_killed(folder, interval_s, chance.uniform(0.0, 1.0))
        whole = [load_study(path) for path in folder.glob("*-[01].fusion.json")]  # or it raises
        leftovers = find_leftovers(folder)
        kept = int(leftovers[0].study.without_images.targets[0].name) if leftovers else 0
        lost = [when for number, when in edited.items() if number > kept]
        assert not lost or killed - lost[0] < interval_s + SLACK_S, f"seed {seed}, kill {kill}: {len(whole)} files"
        if leftovers:
            assert leftovers[0].steps == kept
            leftovers[0].discard()
        assert not list(folder.glob("*.json"))


def _edit_until_killed(folder: Path, interval_s: float, after_s: float) -> tuple[dict[int, float], float]:
    """When each edit was made, by its number; and when the process was killed, so long after the first."""
    command = [sys.executable, "-c", EDITING, str(folder), str(interval_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        killed = time.time()
        said += process.stdout.read()
    lines = [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]
    return {int(number): float(when) for number, when in lines}, killed
