"""Presets chosen in the menu."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QComboBox
from windows import Chosen, OpenWindow, child

from fusionviewer.registration.presets import load_preset
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.preset_menu import PresetMenu


def test_presets_from_the_menu_and_from_a_file(
    open_window: OpenWindow,
    unaligned: FusionState,
    tmp_path: Path,
    chosen: Chosen,
) -> None:
    window = open_window(unaligned)
    document = window.workspace.document
    failed: list[object] = []
    window.workspace.failed.connect(failed.append)
    (menu,) = window.findChildren(PresetMenu)

    def choose(name: str) -> None:
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == name).trigger()

    names = [action.text() for action in menu.actions()]
    assert {"Standard", "Fast", "Thorough", "Refine", "From a file…"} <= set(names)
    choose("Fast")
    assert document.state.alignment.settings == load_preset("Fast").settings
    assert child(window, QComboBox, "preset").currentText() == "Fast"
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Fast"]
    file = tmp_path / "mine.toml"
    chosen.path = file
    file.write_text("[settings]\nstarts = 5\n")
    choose("From a file…")
    assert document.state.alignment.settings.starts == 5
    document.undo_stack.undo()
    file.write_text("[settings]\nstarts = 5000\n")
    choose("From a file…")
    assert document.state.alignment.settings == load_preset("Fast").settings
    assert "starts" in str(failed[0])
