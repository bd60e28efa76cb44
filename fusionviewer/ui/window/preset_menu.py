"""The presets as a menu: the program's, the user's own, and any file."""

from __future__ import annotations

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import choose_files
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.context import Context
from fusionviewer.registration.presets import Preset


class PresetMenu(QMenu):
    """Read anew whenever it is opened, so that a preset that was just written is there."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__("Preset", window)
        self._context = context
        self._workspace = context.workspace
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        found = register_commands.presets()
        chosen = register_commands.preset_of(self._workspace.document.state.alignment, found)
        why_not = need_idle_pair(self._workspace)
        for preset in found:
            entry = self._entry(preset.title, why_not or preset.description)
            entry.setCheckable(True)
            entry.setChecked(preset is chosen)
            entry.triggered.connect(lambda _=False, p=preset: self._choose(p))
        self.addSeparator()
        tip = "A TOML file; “fusionviewer presets --copy” makes one to start from"
        entry = self._entry("From a file…", why_not or tip)
        entry.triggered.connect(lambda _=False: choose_files.use_preset(self._context))
        for action in self.actions():
            action.setEnabled(not why_not)

    def _entry(self, text: str, tip: str) -> QAction:
        entry = QAction(text, self)
        entry.setToolTip(tip)
        self.addAction(entry)
        return entry

    def _choose(self, preset: Preset) -> None:
        register_commands.choose_preset(self._workspace, preset)
