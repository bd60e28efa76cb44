"""The pose as six numbers, to read and to change by hand; the centre of rotation, and the ways back."""

from __future__ import annotations

from functools import partial
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QGridLayout, QPushButton, QWidget

from fusionviewer.app.actions.action import need_idle_pair
from fusionviewer.app.commands import manual_alignment
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import NumberBox, Section, action_button, allow, guard_wheel, label, show_value
from fusionviewer.ui.widgets.theme import UNIT, number_font

STEP: Final = 0.1
COARSE: Final = 10
NO_KEYS: Final = Qt.KeyboardModifier.NoModifier
_RANGE: Final = 999_999.0
"""Headers may place two images hundreds of metres apart; a field must not say less than what is so."""

_AXES: Final = (("x", "L", "sagittal"), ("y", "P", "coronal"), ("z", "H", "axial"))
"""(axis of LPS, the patient's side at its positive end, the plane that stands across it)."""

_SHIFTS: Final = ("the left (L)", "the back (P)", "the head (H)")
_TURNS: Final = ("the back (P) to the head (H)", "the head (H) to the left (L)", "the left (L) to the back (P)")
_HOW: Final = "Up, Down and the wheel step by 0.1, with Ctrl or Shift by 1"


class PoseSection(Section):
    """Move by hand: how the moving image is seen to have moved from where its header puts it, in mm and degrees."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Move by hand", parent)
        self._workspace = workspace
        self._boxes: list[PoseNumber] = []
        """In the order of `moving.numbers`: the three angles, the three shifts."""
        self._tips: list[str] = []
        self.column.addLayout(self._fields())
        self._centre = label("", "caption", wrap=True)
        self._centre.setObjectName("hand_centre")
        self.add(self._centre)
        for names in (
            (("centre_cursor", "Centre to crosshair"), ("centre_head", "Centre to head")),
            (("reset_start", "To start"), ("start_header", "To header"), ("reset_accepted", "To accepted")),
        ):
            self.add_row(*(_narrow(action_button(actions[name], text)) for name, text in names))
        self.add(
            label(
                "Move tool (M): drag in a view. Arrows move 0.1 mm and Page keys turn 0.1° in the view used last; "
                "with Shift ten times.",
                "caption",
                wrap=True,
            )
        )
        model, document = workspace.view_model, workspace.document
        for signal in (
            document.when(Changes.POSE | Changes.IMAGES), model.numbers_changed, model.aids_changed,
            model.layout_changed, workspace.runner.started, workspace.runner.ended,
        ):  # fmt: skip
            signal.connect(self._show)
        self._show()

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        for column, (axis, end, _) in enumerate(_AXES, start=1):
            grid.addWidget(label(f"{axis}  {end}+", "caption"), 0, column, Qt.AlignmentFlag.AlignHCenter)
            grid.setColumnStretch(column, 1)
        for row, (name, heading, ways) in enumerate((("turn", "Turn, °", _TURNS), ("shift", "Shift, mm", _SHIFTS))):
            grid.addWidget(label(heading), 2 - row, 0)  # the shifts stand above
            for column, (axis, _, plane) in enumerate(_AXES):
                box = PoseNumber(f"{name}_{axis}", plane)
                box.valueChanged.connect(partial(manual_alignment.set_number, self._workspace, len(self._boxes)))
                about = "about" if name == "turn" else "along"
                way = f"from {ways[column]}" if name == "turn" else f"towards {ways[column]}"
                self._tips.append(f"{name.capitalize()} {about} {axis} as it is seen: + is {way}. {_HOW}")
                self._boxes.append(box)
                grid.addWidget(box, 2 - row, column + 1)
        return grid

    def _show(self) -> None:
        why_not = need_idle_pair(self._workspace)
        for box, tip, value in zip(self._boxes, self._tips, manual_alignment.numbers(self._workspace), strict=True):
            show_value(box, value)
            allow(box, tip, why_not)
        self._centre.setText(f"Turns are {manual_alignment.centre_text(self._workspace)}.")


class PoseNumber(NumberBox):
    """One of the six numbers, with its plane's colour at its left edge. Large steps: Ctrl, as Qt has it, or Shift."""

    def __init__(self, name: str, plane: str) -> None:
        super().__init__()
        self._held = NO_KEYS
        self.setObjectName(name)
        self.setAccessibleName(name.replace("_", " "))
        self.setProperty("plane", plane)
        self.setRange(-_RANGE, _RANGE)
        self.setDecimals(2)
        self.setSingleStep(STEP)
        self.setFont(number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(self.ButtonSymbols.NoButtons)
        self.setMinimumWidth(8 * UNIT)
        guard_wheel(self)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        self._held = NO_KEYS if event is None else event.modifiers()
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        self._held = NO_KEYS if event is None else event.modifiers()
        super().wheelEvent(event)

    def stepBy(self, steps: int) -> None:
        """One step is 0.1; with Shift it is 1, as with Ctrl."""
        key = Qt.KeyboardModifier
        shift_alone = self._held & key.ShiftModifier and not self._held & key.ControlModifier  # else Qt has counted it
        super().stepBy(steps * COARSE if shift_alone else steps)


def _narrow(button: QPushButton) -> QPushButton:
    """Three of them fit side by side."""
    button.setProperty("role", "narrow")
    return button
