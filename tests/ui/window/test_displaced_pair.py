"""Eight pairs, one displaced by 12 mm: it is told once in each place, everywhere with the same number."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from landmark_sets import noisy, pair
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from windows import OpenWindow, child

from fusionviewer.app.commands import register as register_commands
from fusionviewer.cli.main import run
from fusionviewer.exchange.points.formats import write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.session.state import LandmarkPair, points_of

NAME = "L4"


def displaced() -> list[LandmarkPair]:
    pairs = noisy(8, 0.5)
    pairs[3] = pair(3, (0.0, 12.0, 0.0))
    return pairs


def said_of_it(widget: QWidget) -> list[str]:
    """What its labels say of the pair, whether they can be seen now or not."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what was shown before
    texts = (label.text().replace("\u200b", "") for label in widget.findChildren(QLabel))
    return [text for text in texts if NAME in text]


def the_number(text: str) -> str:
    """The only distance in a text, as it stands there."""
    (mm,) = re.findall(r"(\d+\.\d+) mm", text)
    return str(mm)


@pytest.mark.parametrize("fitted", [False, True])
def test_a_displaced_pair_is_told_once_with_one_number(
    fitted: bool, open_window: OpenWindow, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = displaced()
    for name, points in zip(("fixed", "moving"), points_of(pairs), strict=True):
        write_points(tmp_path / f"{name}.csv", NamedPoints(tuple(one.name for one in pairs), points))
    command = ["landmarks", str(tmp_path / "fixed.csv"), str(tmp_path / "moving.csv"), "--out", str(tmp_path / "out")]
    assert run([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (suspect,) = told["suspects"]
    assert suspect["name"] == NAME
    assert suspect["off_mm"] == pytest.approx(12, abs=1)
    off_mm = f"{suspect['off_mm']:.1f}"
    (finding,) = told["findings"]
    assert finding["values"]["off_mm"] == suspect["off_mm"]
    assert finding["where"] == pytest.approx(pairs[3].fixed_point)
    residual_mm = told["residuals_mm"][3]
    assert f"{residual_mm:.1f}" != off_mm  # another number, under a key and a heading of its own

    assert run(command) == 0
    summary, warned = capsys.readouterr()
    (row,) = (line for line in summary.splitlines() if line.startswith(NAME))
    assert row.split()[1] == f"{residual_mm:.2f}"
    assert summary.splitlines()[0].split()[1] == "residual"
    (sentence,) = (line.partition(": ")[2] for line in summary.splitlines() if line.startswith("SUSPECT: "))
    assert sentence == finding["sentence"]
    assert warned == f"fusionviewer: Warning: {sentence}\n"

    window = open_window(landmarks=noisy(8, 0.5))
    document, said = window.workspace.document, list[str]()
    window.workspace.warned.connect(said.append)
    document.apply("displace one", replace(document.state, landmarks=tuple(pairs)))
    if fitted:
        register_commands.set_start(window.workspace, "landmarks")
    check = said_of_it(child(window.column.review, QWidget, "findings"))
    assert check == [f"▲ {sentence}"]
    assert NAME not in child(window.column.review, QLabel, "known").text()
    assert [text for text in said_of_it(child(window, QWidget, "suspects")) if "mm" in text] == check
    assert said == [sentence]
    if not fitted:
        assert window.status.sentence.text() == sentence
    for text in (*check, *said, finding["sentence"]):
        assert the_number(text) == off_mm
