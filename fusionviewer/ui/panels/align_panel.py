"""Step 2: start, landmarks, registration, refinement, and moving by hand."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QComboBox, QScrollArea, QSpinBox, QWidget

from fusionviewer.app import aligning, marking
from fusionviewer.app.action import need_idle_pair
from fusionviewer.app.guidance import next_step
from fusionviewer.app.workspace import Workspace
from fusionviewer.registration import Ending
from fusionviewer.registration.presets import Preset
from fusionviewer.registration.settings import LARGEST_SEED
from fusionviewer.ui.controls import (
    Section,
    action_button,
    allow,
    column_of,
    guard_wheel,
    label,
    set_accent,
)
from fusionviewer.ui.landmark_table import LandmarkTable
from fusionviewer.ui.menus import ActionSet
from fusionviewer.ui.panels.pose_section import PoseSection
from fusionviewer.ui.panels.refine_section import RefineSection
from fusionviewer.ui.theme import UNIT, number_font

OWN_SETTINGS = "other settings"


class AlignPanel(QWidget):
    """Sections for each way to move the moving image, the automatic one first."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._refine = RefineSection(workspace, actions)
        column = column_of(self)
        for section in (
            self._register_section(actions),
            self._landmark_section(actions),
            self._refine,
            PoseSection(workspace, actions),
        ):
            column.addWidget(section)
        column.addStretch(1)
        document = workspace.document
        for signal in (document.landmarks_changed, document.volumes_changed):
            signal.connect(self._show_landmarks)
        for signal in (document.result_changed, document.transform_changed, document.volumes_changed):
            signal.connect(self._show_result)
        document.bounds_changed.connect(self._show_settings)
        document.settings_changed.connect(self._show_settings)
        # another study brings its own seed without a word, if they are equal objects
        document.path_changed.connect(self._show_all)
        workspace.runner.started.connect(self._show_result)
        workspace.runner.started.connect(self._show_gauges)
        workspace.runner.ended.connect(self._show_result)
        self._show_all()

    def _register_section(self, actions: ActionSet) -> Section:
        section = Section("Register")
        self._start = QComboBox()
        self._start.setObjectName("start")
        for value, name, tip in aligning.START_CHOICES:
            self._start.addItem(name, value)
            self._start.setItemData(self._start.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._start.currentIndexChanged.connect(self._show_start)
        self._register = action_button(actions["register"], "Register")
        self._register.clicked.disconnect()  # this button begins where the box beside it says
        self._register.clicked.connect(self._register_clicked)
        section.add_row(label("Start from"), self._start, stretch=1)
        self._preset = QComboBox()
        self._preset.setObjectName("preset")
        self._fill_presets()
        self._preset.setPlaceholderText(OWN_SETTINGS)
        for box in (self._start, self._preset):
            guard_wheel(box)
        self._preset.activated.connect(self._preset_chosen)
        section.add_row(label("Preset"), self._preset, stretch=1)
        self._seed = QSpinBox()
        self._seed.setObjectName("seed")
        self._seed.setRange(0, LARGEST_SEED)
        self._seed.setFont(number_font())
        self._seed.setKeyboardTracking(False)
        guard_wheel(self._seed)
        self._seed.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._seed.valueChanged.connect(lambda seed: aligning.set_seed(self._workspace, seed))
        section.add_row(label("Seed"), self._seed, self._register, stretch=2)
        self._box = action_button(actions["region_box"], "Box")
        self._mask = action_button(actions["region_mask"], "Mask…")
        section.add_row(label("Only in"), self._box, self._mask, stretch=-1)
        self._result = label("", "caption", wrap=True)
        self._result.setObjectName("result")
        section.add(self._result)
        return section

    def _landmark_section(self, actions: ActionSet) -> Section:
        section = Section("Landmarks")
        section.add(LandmarkTable(self._workspace))
        section.add_row(action_button(actions["new_pair"], "New pair"), action_button(actions["delete_pair"], "Delete"))
        self._fit = action_button(actions["fit_landmarks"])
        section.add(self._fit)
        self._fre = label("", "caption", wrap=True)
        self._fre.setObjectName("fre")
        section.add(self._fre)
        return section

    def _show_all(self) -> None:
        self._show_landmarks()
        self._show_settings()
        self._show_result()
        self._show_start()

    def _preset_chosen(self, index: int) -> None:
        preset = self._preset.itemData(index)
        if isinstance(preset, Preset):
            aligning.choose_preset(self._workspace, preset)
        self._show_settings()

    def _register_clicked(self) -> None:
        aligning.start_register(self._workspace, self._start.currentData())

    def _fill_presets(self) -> None:
        self._presets = aligning.presets()
        self._preset.clear()
        for preset in self._presets:
            self._preset.addItem(preset.name, preset)
            self._preset.setItemData(self._preset.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)

    def _show_settings(self) -> None:
        state = self._workspace.document.state
        self._seed.blockSignals(True)
        self._seed.setValue(state.settings.seed)
        self._seed.blockSignals(False)
        preset = aligning.preset_of(state, self._presets)
        if preset is None:  # perhaps one that the user has just written
            self._fill_presets()
            preset = aligning.preset_of(state, self._presets)
        self._preset.setCurrentIndex(self._presets.index(preset) if preset else -1)
        self._show_ability()

    def _show_start(self) -> None:
        self._show_ability()

    def _show_landmarks(self) -> None:
        self._fre.setText(marking.fit_summary(self._workspace.document.state))

    def _show_result(self) -> None:
        state = self._workspace.document.state
        run = state.run
        align_next = next_step(state) == "align"
        set_accent(self._register, align_next)
        bounded = run is not None and run.bounds is not None
        self._result.setText("" if run is None or bounded else f"{run.reason} {run.seconds:.1f} s.")
        self._result.setVisible(bool(self._result.text()))
        loud = run is not None and run.ending is not Ending.CONVERGED
        self._result.setProperty("role", "warning" if loud else "caption")
        style = self._result.style()
        if style is not None:
            style.unpolish(self._result)
            style.polish(self._result)
        self._show_ability()
        if loud:
            QTimer.singleShot(0, lambda: self._scroll_to(self._refine.touched if bounded else self._result))

    def _show_gauges(self) -> None:
        """A refinement that was begun from the keyboard is followed, too."""
        if self._workspace.limits.refining:
            QTimer.singleShot(0, lambda: self._scroll_to(self._refine.touched))

    def _scroll_to(self, text: QWidget) -> None:
        """A warning must not lie below the edge of the panel."""
        area = self.parent()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parent()
        if isinstance(area, QScrollArea) and self.isVisible():
            area.ensureWidgetVisible(text, 0, 2 * UNIT)

    def _show_ability(self) -> None:
        why_not = need_idle_pair(self._workspace)
        for control, tip in (
            (self._start, self._start.currentData(Qt.ItemDataRole.ToolTipRole)),
            (self._preset, self._preset.currentData(Qt.ItemDataRole.ToolTipRole) or "Settings that are no preset's"),
            (self._seed, "The same seed gives the same result"),
        ):
            allow(control, tip, why_not)
