"""The history in the review panel."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QLabel, QLineEdit
from windows import OpenWindow, child, click

from fusionviewer.app.commands.window import show_step
from fusionviewer.session.study_file import load_study, save_study
from fusionviewer.ui.panels.review.history_section import HistorySection


def test_an_undone_review_stays_in_the_history_that_the_panel_unfolds(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window()
    show_step(window.workspace, "review")
    section = child(window, HistorySection)
    assert section.isHidden()
    child(window, QLineEdit, "initials").setText("AB")
    click(window, "button_accept")
    window.workspace.document.undo_stack.undo()
    click(window, "fold_review_history")
    lines = [line.text() for line in section.findChildren(QLabel) if "UTC: " in line.text() and not line.isHidden()]
    assert [line.partition("UTC: ")[2] for line in lines] == ["Undone: there is no review.", "Accepted by AB."]
    assert child(section, QLabel, "summary_review_history").text() == "2 entries"
    save_study(window.workspace.document.state, None, tmp_path / "s.fusion.json")
    assert len(load_study(tmp_path / "s.fusion.json").without_images.alignment.history) == 2
