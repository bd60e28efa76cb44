"""For which program a transform is written: asked before the file is, and remembered."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from fusionviewer.app.commands.export import (
    proof_beforehand,
    transform_command,
    transform_matrix,
    transform_names,
    transform_text,
    transform_told,
)
from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.registry import FORMATS, KEYS, TransformFormat, format_of
from fusionviewer.session.state import FusionState
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.controls import label, labelled, number_label
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box

_KEPT: Final = "transform/format"
_HOW: Final = "How to apply it"
_COPIED: Final = "Copied"


class TransformDialog(FormDialog):
    """The format by what a file of it does, the line with which the receiver applies it, and its 4×4 to copy."""

    def __init__(self, state: FusionState, parent: QWidget | None = None) -> None:
        super().__init__("Export transform", "", parent)
        self._state = state
        kept = QSettings().value(_KEPT, "")
        names = transform_names(state)
        offered = tuple((known.key, known.moves(*names)) for known in FORMATS)
        self.format = choice_box(offered, kept if kept in KEYS else FORMATS[0].key)
        self.format.setAccessibleName("Format")
        self.format.setMaxVisibleItems(len(FORMATS))
        self.format.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.format.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.command = QPlainTextEdit()
        self.command.setReadOnly(True)
        self.command.setTabChangesFocus(True)
        self.command.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.command.setAccessibleName(_HOW)
        self.copy_command = QPushButton("Copy line")
        self.copy_matrix = QPushButton("Copy 4×4")
        self.copy_matrix.setToolTip("Four lines of four numbers with all their digits")
        self.maps, self.note = label("", wrap=True), label("", "caption", wrap=True)
        for text in (self.maps, self.note):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.cells = [[number_label() for _ in range(4)] for _ in range(4)]
        self.form.addRow("Format", self.format)
        self.form.addRow(labelled(_HOW, self.command), _beside(self.command, self.copy_command))
        self.form.addRow("", self.note)
        self.form.addRow("Its 4×4 maps", self.maps)
        self.form.addRow("", self._matrix())
        self.format.currentIndexChanged.connect(self._show)
        self.copy_command.clicked.connect(lambda: self._copy(self.copy_command, transform_command(state, self.choice)))
        self.copy_matrix.clicked.connect(lambda: self._copy(self.copy_matrix, transform_text(state, self.choice)))
        follow_theme(self, self._take_sizes)
        self._show()

    @property
    def choice(self) -> TransformFormat:
        """What is chosen now."""
        return format_of(self.format.currentData())

    def accept(self) -> None:
        QSettings().setValue(_KEPT, self.choice.key)
        super().accept()

    def _matrix(self) -> QWidget:
        """The sixteen numbers in columns, and the button that copies them."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        for i, row in enumerate(self.cells):
            for j, cell in enumerate(row):
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(cell, i, j)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(grid)
        line.addStretch(1)
        line.addWidget(self.copy_matrix, alignment=Qt.AlignmentFlag.AlignTop)
        return whole

    def _take_sizes(self) -> None:
        """Room for two lines of each text, so that nothing jumps from one format to the next."""
        self.command.setMinimumWidth(scaled(400))
        for text in (self.command, self.note, self.maps):
            text.ensurePolished()
            text.setFixedHeight(2 * text.fontMetrics().lineSpacing() + (3 * UNIT if text is self.command else 2))
        for row in self.cells:
            for cell in row:
                cell.setMinimumWidth(scaled(76))

    def _show(self) -> None:
        known = self.choice
        self.command.setPlainText(transform_told(self._state, known))
        self.maps.setText(f"{known.maps}.")
        self.note.setText(known.note)
        self._prove(known)
        for row, numbers in zip(self.cells, transform_matrix(self._state, known).tolist(), strict=True):
            for cell, number in zip(row, numbers, strict=True):
                cell.setText(f"{round(number, 6) + 0.0:.6f}".replace("-", "−"))
        self.copy_command.setText("Copy line")
        self.copy_matrix.setText("Copy 4×4")

    def _prove(self, known: TransformFormat) -> None:
        """Say how well such a file agrees with the transform; what does not agree cannot be saved."""
        try:
            proof = proof_beforehand(self._state, known)
        except FusionError as problem:
            self.caption.setText(problem.message)
            self.allow_saving(str(problem))
            return
        later = "When it is written, it is read back by a second path, and 1,000 points are compared."
        self.caption.setText(later if proof is None else f"The file, {proof}.")
        self.allow_saving("")

    def _copy(self, button: QPushButton, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            button.setText(_COPIED)


def _beside(control: QWidget, button: QPushButton) -> QWidget:
    """A control that takes the width, and a button to its right."""
    whole = QWidget()
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(UNIT)
    line.addWidget(control, 1)
    line.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
    return whole
