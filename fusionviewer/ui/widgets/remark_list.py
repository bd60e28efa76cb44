"""Remarks below each other, and below each a button for what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import Rows, label, set_role


@dataclass(frozen=True)
class RemarkButton:
    """What can be done about a remark."""

    name: str
    title: str
    help: str
    act: Callable[[], object] = field(compare=False)


@dataclass(frozen=True)
class Remark:
    """A sentence, as a warning or as a mere fact, and what can be done about it. Without a text the buttons alone."""

    text: str
    buttons: tuple[RemarkButton, ...] = ()
    warns: bool = True


class RemarkList(Rows):
    """Shows remarks; hidden where there are none. The text of each is a label with the list's own name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(self.column)
        self._name = name
        self._lines = [self._line()]
        self._shown: tuple[Remark, ...] = ()
        self.hide()

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Show these instead of what is there."""
        if tuple(remarks) == self._shown:
            return
        self._shown = tuple(remarks)
        while len(self._lines) < len(remarks):
            self._lines.append(self._line())
        for line, remark in zip(self._lines, [*remarks, *[None] * len(self._lines)], strict=False):
            line.show_remark(remark)
        self.setVisible(bool(remarks))

    def _line(self) -> _Line:
        line = _Line(self._name)
        self.add(line)
        return line


class _Line(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        self._text = label("", "warning", wrap=True)
        self._text.setObjectName(name)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(UNIT)
        column.addWidget(self._text)
        column.addLayout(self._buttons)

    def show_remark(self, remark: Remark | None) -> None:
        self.setVisible(remark is not None)
        sign = "▲" if remark is not None and remark.warns else "·"
        self._text.setText(f"{sign} {remark.text}" if remark is not None and remark.text else "")
        self._text.setVisible(bool(self._text.text()))
        set_role(self._text, "warning" if remark is None or remark.warns else "caption")
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if remark is not None and remark.buttons:
            for button in remark.buttons:
                self._buttons.addWidget(_button(button, remark.text))
            self._buttons.addStretch(1)


def _button(what: RemarkButton, remark: str) -> QPushButton:
    made = QPushButton(what.title)
    made.setObjectName(what.name)
    made.setAccessibleName(f"{what.title}: {remark}" if remark else what.title)
    made.setToolTip(what.help)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda _=False: what.act())
    return made
