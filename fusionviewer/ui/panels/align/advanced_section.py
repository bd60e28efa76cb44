"""What seldom needs to be changed of a run: preset, random seed, restriction, and the weight of the landmarks."""

from __future__ import annotations

from functools import partial
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QSpinBox, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.registration.presets import Preset
from fusionviewer.registration.settings import LARGEST_SEED
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import number_font
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.collapsible import Collapsible
from fusionviewer.ui.widgets.controls import action_button, allow, guard_wheel, label, labelled, show_value, spin

OWN_SETTINGS: Final = "Other settings"

_WEIGHT_TIP: Final = (
    "How much the next registration or refinement respects the landmarks. 0: the images alone. 1: one FLE at all "
    "pairs counts as much as what the images gain over the last millimetre"
)


class AdvancedSection(Collapsible):
    """The settings of the next run; folded away it says which of them are not the usual ones."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Advanced", "advanced", parent)
        self._workspace = workspace
        self._preset = QComboBox()
        self._preset.setObjectName("preset")
        self._preset.setAccessibleName("Preset")
        self._fill_presets()
        self._preset.setPlaceholderText(OWN_SETTINGS)
        self._preset.activated.connect(self._preset_chosen)
        self._seed = QSpinBox()
        self._seed.setObjectName("seed")
        self._seed.setAccessibleName("Random seed")
        self._seed.setRange(0, LARGEST_SEED)
        self._seed.setFont(number_font())
        self._seed.setKeyboardTracking(False)
        self._seed.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._seed.valueChanged.connect(lambda seed: register_commands.set_seed(workspace, seed))
        for box in (self._preset, self._seed):
            guard_wheel(box)
        self._weight = spin(0, 100, partial(register_commands.set_landmark_weight, workspace), step=0.5, decimals=2)
        self._weight.setObjectName("landmark_weight")
        self._weight.setAccessibleName("Landmark weight")
        self.add_row(labelled("Preset", self._preset), self._preset, stretch=1)
        self.add_row(labelled("Random seed", self._seed), self._seed, stretch=1)
        region = (action_button(actions["region_box"], "Box"), action_button(actions["region_mask"], "Mask…"))
        self.add_row(label("Restrict to"), *region)
        self.add_row(labelled("Landmark weight", self._weight), self._weight, stretch=1)
        document, runner = workspace.document, workspace.runner
        shown = Changes.LIMITS | Changes.SETTINGS | Changes.REGION | Changes.IMAGES
        for signal in (document.when(shown), runner.started, runner.ended):
            signal.connect(self._show)
        self._show()

    def _fill_presets(self) -> None:
        self._presets = register_commands.presets()
        self._preset.clear()
        for preset in self._presets:
            self._preset.addItem(preset.title, preset)
            self._preset.setItemData(self._preset.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)

    def _preset_chosen(self, index: int) -> None:
        preset = self._preset.itemData(index)
        if isinstance(preset, Preset):
            register_commands.choose_preset(self._workspace, preset)
        self._show()

    def _show(self) -> None:
        state, why_not = self._workspace.document.state, need_idle_pair(self._workspace)
        self._seed.blockSignals(True)
        self._seed.setValue(state.alignment.settings.seed)
        self._seed.blockSignals(False)
        show_value(self._weight, state.alignment.landmark_weight)
        preset = register_commands.preset_of(state.alignment, self._presets)
        if preset is None:  # perhaps one that the user has just written
            self._fill_presets()
            preset = register_commands.preset_of(state.alignment, self._presets)
        self._preset.setCurrentIndex(self._presets.index(preset) if preset else -1)
        unusual = (
            "" if preset is not None and preset.is_default else preset.title if preset else OWN_SETTINGS,
            "" if state.region is None else f"restricted to {state.region}",
            f"landmark weight {state.alignment.landmark_weight:g}" if state.alignment.landmark_weight else "",
        )
        self.summary.say(", ".join(part for part in unusual if part))
        tip = self._preset.currentData(Qt.ItemDataRole.ToolTipRole) or "Settings that are no preset's"
        allow(self._preset, tip, why_not)
        allow(self._seed, "The same seed gives the same result", why_not)
        allow(self._weight, _WEIGHT_TIP, why_not)
