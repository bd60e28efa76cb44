"""The pose as six numbers, to read and to change; the pivot, and the resets."""

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
from fusionviewer.ui.look.theme import UNIT, follow_theme, number_font, scaled
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import NumberBox, Section, action_button, allow, guard_wheel, label, show_value

STEP: Final = 0.1
COARSE: Final = 10
NO_KEYS: Final = Qt.KeyboardModifier.NoModifier
_RANGE: Final = 999_999.0
"""Headers may place two images hundreds of metres apart; a field must not say less than what is so."""

_AXES: Final = (("x", "sagittal"), ("y", "coronal"), ("z", "axial"))
"""(axis of LPS, the plane that stands across it)."""

_ENDS: Final = ("left", "back", "head")
"""Where the axes lead."""

_FRAME_TIP: Final = "The six numbers are along the axes of DICOM (LPS), whether positions are written in LPS or RAS"

_NUMBERED: Final = tuple(enumerate(_AXES))
_SPOKEN: Final = {"turn": "Rotation about", "shift": "Translation along"}
_HOW: Final = "Up, Down and the wheel step by 0.1, with Ctrl or Shift by 1"


class PoseSection(Section):
    """Manual alignment: how the moving image is seen to have moved from where its header puts it, in mm and degrees."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Manual alignment", parent)
        self._workspace = workspace
        self._boxes: list[PoseNumber] = []
        """In the order of `moving.numbers`: the three angles, the three shifts."""
        self._headings = [label("", "caption") for _ in _AXES]
        self.column.addLayout(self._fields())
        self._centre = label("", "caption", wrap=True)
        self._centre.setObjectName("hand_centre")
        self.add(self._centre)
        self.add_row(*(_narrow(action_button(actions[name])) for name in ("centre_cursor", "centre_head")))
        resets = (("start_header", "Header"), ("reset_start", "Start"), ("reset_accepted", "Accepted"))
        self.add_row(label("Reset to"), *(_narrow(action_button(actions[name], text)) for name, text in resets))
        self.add(
            label(
                "Mouse mode Move (M): drag in a view. Arrow keys translate by 0.1 mm and Page keys rotate by 0.1° "
                "in the view used last, with Shift by ten times as much.",
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
        frame = label("LPS axes", "caption")  # positions beside them may be written in RAS
        frame.setObjectName("hand_frame")
        frame.setToolTip(_FRAME_TIP)
        grid.addWidget(frame, 0, 0)
        for column, heading in enumerate(self._headings, start=1):
            grid.addWidget(heading, 0, column, Qt.AlignmentFlag.AlignHCenter)
            grid.setColumnStretch(column, 1)
        for row, (name, title) in enumerate((("turn", "Rotation, °"), ("shift", "Translation, mm"))):
            grid.addWidget(label(title), 2 - row, 0)  # the shifts stand above
            for column, (axis, plane) in enumerate(_AXES):
                box = PoseNumber(f"{name}_{axis}", plane)
                box.setAccessibleName(f"{_SPOKEN[name]} {axis}")
                box.valueChanged.connect(partial(manual_alignment.set_number, self._workspace, len(self._boxes)))
                self._boxes.append(box)
                grid.addWidget(box, 2 - row, column + 1)
        return grid

    def _tips(self) -> list[str]:
        """What each of the six numbers means, with the letters that the views have."""
        ends = [f"the {end} ({letter})" for end, letter in zip(_ENDS, self._letters, strict=True)]
        turns = [f"about {axis} as it is seen: + is from {ends[n - 2]} to {ends[n - 1]}" for n, (axis, _) in _NUMBERED]
        shifts = [f"along {axis} as it is seen: + is towards {ends[n]}" for n, (axis, _) in _NUMBERED]
        return [
            f"{what}. {_HOW}" for what in (*(f"Rotation {t}" for t in turns), *(f"Translation {s}" for s in shifts))
        ]

    @property
    def _letters(self) -> tuple[str, str, str]:
        """The patient's sides where the axes lead."""
        return "L", "P", self._workspace.preferences.now.side_letters[0]

    def _show(self) -> None:
        why_not = need_idle_pair(self._workspace)
        for heading, (axis, _), letter in zip(self._headings, _AXES, self._letters, strict=True):
            heading.setText(f"{axis}  {letter}+")
        for box, tip, value in zip(self._boxes, self._tips(), manual_alignment.numbers(self._workspace), strict=True):
            show_value(box, value)
            allow(box, tip, why_not)
        self._centre.setText(manual_alignment.centre_text(self._workspace))


class PoseNumber(NumberBox):
    """One of the six numbers, with its plane's colour at its left edge. Large steps: Ctrl, as Qt has it, or Shift."""

    def __init__(self, name: str, plane: str) -> None:
        super().__init__()
        self._held = NO_KEYS
        self.setObjectName(name)
        self.setProperty("plane", plane)
        self.setRange(-_RANGE, _RANGE)
        self.setDecimals(2)
        self.setSingleStep(STEP)
        self.setFont(number_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(self.ButtonSymbols.NoButtons)
        follow_theme(self, lambda: self.setMinimumWidth(scaled(7 * UNIT)))
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
