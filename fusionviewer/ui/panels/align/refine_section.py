"""Refine within limits: the two limits, and how much of them is used."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import Section, action_button, allow, label, show_value, spin
from fusionviewer.ui.widgets.limit_gauge import LimitGauge

_SHIFT_TIP: Final = "How far the head's centre may move from the start at most; 0 locks it"
_ROTATION_TIP: Final = "By what angle the head may rotate from the start at most; 0 locks it"
_IDLE: Final = "Limits are measured at the head's centre, from the pose shown."
_RUNNING: Final = "Measured at the head's centre, from where the refinement began."


class RefineSection(Section):
    """Never further from the pose shown than the limits say. While they are edited, the views show them, too."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Refine within limits", parent)
        self._workspace = workspace
        self._shift = spin(0, 9999, lambda mm: self._choose(max_shift_mm=mm), step=1, decimals=1, suffix=" mm")
        self._shift.setObjectName("max_shift")
        self._rotation = spin(0, 180, lambda deg: self._choose(max_rotation_deg=deg), step=1, decimals=1, suffix=" °")
        self._rotation.setObjectName("max_rotation")
        for box, name in ((self._shift, "Limit of translation"), (self._rotation, "Limit of rotation")):
            box.setAccessibleName(name)
            box.installEventFilter(self)
        self.add_row(label("Limits"), self._shift, self._rotation, stretch=-1)
        self._refine = action_button(actions["refine"], "Refine")
        self.add(self._refine)
        self._gauges = (
            LimitGauge("Translation", " mm", 2, "How far the refinement has moved the head's centre from its start"),
            LimitGauge("Rotation", "°", 1, "By what angle the refinement has rotated the head, about whatever axis"),
        )
        for gauge in self._gauges:
            self.add(gauge)
        self.touched = ClampedLabel(2, "caption")
        """What the last refinement has to say about its limits."""
        self.touched.setObjectName("touched")
        self.add(self.touched)
        document = workspace.document
        document.when(Changes.RESULTS | Changes.REVIEW | Changes.POSE | Changes.IMAGES).connect(self._show_result)
        document.when(Changes.LIMITS).connect(self._show_limits)
        workspace.view_model.preview_changed.connect(self._show_gauges)
        workspace.runner.started.connect(self._show_result)
        workspace.runner.ended.connect(self._show_result)
        self._show_limits()
        self._show_result()

    def _choose(self, **chosen: float) -> None:
        limits = self._workspace.document.state.alignment.limits
        register_commands.set_limits(self._workspace, replace(limits, **chosen))
        self._workspace.limits.linger()

    def _show_limits(self) -> None:
        limits = self._workspace.document.state.alignment.limits
        show_value(self._shift, limits.max_shift_mm)
        show_value(self._rotation, limits.max_rotation_deg)

    def _show_gauges(self) -> None:
        bounds = self._workspace.limits.in_use
        by_hand = self._workspace.view_model.by_hand
        if bounds is None or by_hand:  # manual alignment leaves the refinement's result
            for gauge in self._gauges:
                gauge.show_used(None, 0.0, touched=False)
            return
        pose = self._workspace.view_model.pose
        touched = bounds.touched(pose)
        shift, angle = self._gauges
        used_mm, used_deg = bounds.reached(pose)
        shift.show_used(used_mm, bounds.max_shift_mm, touched="shift" in touched)
        angle.show_used(used_deg, bounds.max_rotation_deg, touched="rotation" in touched)

    def _show_result(self) -> None:
        workspace = self._workspace
        run = workspace.document.state.alignment.run
        refined = run if run is not None and run.bounds is not None and not workspace.limits.refining else None
        said = _RUNNING if workspace.limits.refining else _IDLE
        reached = refined is not None and bool(refined.touched)
        if refined is not None:
            said = register_commands.bounds_summary(refined)
        self.touched.say(said, "caption_warning" if reached else "caption")
        why_not = need_idle_pair(workspace)
        allow(self._shift, _SHIFT_TIP, why_not)
        allow(self._rotation, _ROTATION_TIP, why_not)
        self._show_gauges()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """While one of the limits has the keyboard, the views show them."""
        if event is not None and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._workspace.limits.mind(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)
