"""Register from scratch, or from a chosen start: how, and what came of it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QSpinBox, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.state.guidance import next_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.wording import reason_text
from fusionviewer.registration import Ending
from fusionviewer.registration.presets import Preset
from fusionviewer.registration.settings import LARGEST_SEED
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import Section, action_button, allow, guard_wheel, label, set_accent, set_role
from fusionviewer.ui.widgets.theme import number_font

OWN_SETTINGS = "other settings"


class RegisterSection(Section):
    """Start, preset, seed and region of the next run, and what the last one says of itself."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Register", parent)
        self._workspace = workspace
        self._build(actions)
        document = workspace.document
        document.when(Changes.RESULTS | Changes.REVIEW | Changes.POSE | Changes.IMAGES).connect(self._show_result)
        document.when(Changes.LIMITS | Changes.SETTINGS).connect(self._show_settings)
        workspace.runner.started.connect(self._show_result)
        workspace.runner.ended.connect(self._show_result)
        self._show_all()

    def _build(self, actions: ActionSet) -> None:
        self._start = QComboBox()
        self._start.setObjectName("start")
        for value, name, tip in register_commands.START_CHOICES:
            self._start.addItem(name, value)
            self._start.setItemData(self._start.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._start.currentIndexChanged.connect(self._show_start)
        self._register = action_button(actions["register"], "Register")
        self._register.clicked.disconnect()  # this button begins where the box beside it says
        self._register.clicked.connect(self._register_clicked)
        self.add_row(label("Start from"), self._start, stretch=1)
        self._preset = QComboBox()
        self._preset.setObjectName("preset")
        self._fill_presets()
        self._preset.setPlaceholderText(OWN_SETTINGS)
        for box in (self._start, self._preset):
            guard_wheel(box)
        self._preset.activated.connect(self._preset_chosen)
        self.add_row(label("Preset"), self._preset, stretch=1)
        self._seed = QSpinBox()
        self._seed.setObjectName("seed")
        self._seed.setRange(0, LARGEST_SEED)
        self._seed.setFont(number_font())
        self._seed.setKeyboardTracking(False)
        guard_wheel(self._seed)
        self._seed.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._seed.valueChanged.connect(lambda seed: register_commands.set_seed(self._workspace, seed))
        self.add_row(label("Seed"), self._seed, self._register, stretch=2)
        self._box = action_button(actions["region_box"], "Box")
        self._mask = action_button(actions["region_mask"], "Mask…")
        self.add_row(label("Only in"), self._box, self._mask, stretch=-1)
        self.result = label("", "caption", wrap=True)
        self.result.setObjectName("result")
        self.add(self.result)

    def _show_all(self) -> None:
        self._show_settings()
        self._show_result()
        self._show_start()

    def _preset_chosen(self, index: int) -> None:
        preset = self._preset.itemData(index)
        if isinstance(preset, Preset):
            register_commands.choose_preset(self._workspace, preset)
        self._show_settings()

    def _register_clicked(self) -> None:
        register_commands.start_register(self._workspace, self._start.currentData())

    def _fill_presets(self) -> None:
        self._presets = register_commands.presets()
        self._preset.clear()
        for preset in self._presets:
            self._preset.addItem(preset.name, preset)
            self._preset.setItemData(self._preset.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)

    def _show_settings(self) -> None:
        state = self._workspace.document.state
        self._seed.blockSignals(True)
        self._seed.setValue(state.alignment.settings.seed)
        self._seed.blockSignals(False)
        preset = register_commands.preset_of(state.alignment, self._presets)
        if preset is None:  # perhaps one that the user has just written
            self._fill_presets()
            preset = register_commands.preset_of(state.alignment, self._presets)
        self._preset.setCurrentIndex(self._presets.index(preset) if preset else -1)
        self._show_ability()

    def _show_start(self) -> None:
        self._show_ability()

    def _show_result(self) -> None:
        run = self._workspace.document.state.alignment.run
        set_accent(self._register, next_step(self._workspace.document.state) == "align")
        bounded = run is not None and run.bounds is not None
        loud = run is not None and run.ending is not Ending.CONVERGED
        sign = "▲ " if loud else ""
        self.result.setText("" if run is None or bounded else f"{sign}{reason_text(run)} {run.seconds:.1f} s.")
        self.result.setVisible(bool(self.result.text()))
        set_role(self.result, "warning" if loud else "caption")
        self._show_ability()

    def _show_ability(self) -> None:
        why_not = need_idle_pair(self._workspace)
        for control, tip in (
            (self._start, self._start.currentData(Qt.ItemDataRole.ToolTipRole)),
            (self._preset, self._preset.currentData(Qt.ItemDataRole.ToolTipRole) or "Settings that are no preset's"),
            (self._seed, "The same seed gives the same result"),
        ):
            allow(control, tip, why_not)
