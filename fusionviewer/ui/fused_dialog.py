"""Which fused volume is wanted: asked before the file is, and remembered."""

from __future__ import annotations

from typing import Final, get_args

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from fusionviewer.app.picturing import FusedChoice, default_fused_mode, why_no_fused_volume
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.fused_volume import Kind
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.controls import allow, label
from fusionviewer.ui.picture_dialog import choice_box
from fusionviewer.ui.theme import UNIT

_KINDS: Final[tuple[tuple[Kind, str], ...]] = (("rgb", "Colour (RGB, 24 bits)"), ("scalar", "Grey (8 bits)"))
_GRIDS: Final[tuple[tuple[Side, str], ...]] = (("fixed", "The fixed image's"), ("moving", "The moving image's"))
_MODES: Final = (
    (BlendMode.FADE, "Fade"),
    (BlendMode.TWO_COLOUR, "Two colours"),
    (BlendMode.CHECKERBOARD, "Checkerboard of cubes"),
)


class FusedDialog(QDialog):
    """Colour or grey, whose voxels, and how the two are put together; all else is as in the views."""

    def __init__(self, view: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export fused image")
        self._view = view
        kind, grid = (QSettings().value(f"fused/{name}", "") for name in ("kind", "grid"))
        self.kind = choice_box(_KINDS, kind if kind in get_args(Kind) else "rgb")
        self.grid = choice_box(_GRIDS, grid if grid in SIDES else "fixed")
        self.mode = choice_box(_MODES, default_fused_mode(view))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * UNIT)
        form.setVerticalSpacing(UNIT)
        form.addRow("Values", self.kind)
        form.addRow("Voxels", self.grid)
        form.addRow("Put together by", self.mode)
        column = QVBoxLayout(self)
        column.setSpacing(2 * UNIT)
        column.addLayout(form)
        column.addWidget(label("Fade, brightness, contrast and colours are those of the views.", "caption"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        if self._save is not None:
            self._save.setText("Save as…")
        column.addWidget(buttons)
        for control in (self.kind, self.mode):
            control.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def choice(self) -> FusedChoice:
        """What is chosen now."""
        return FusedChoice(self.kind.currentData(), self.grid.currentData(), BlendMode(self.mode.currentData()))

    def accept(self) -> None:
        QSettings().setValue("fused/kind", self.choice.kind)
        QSettings().setValue("fused/grid", self.choice.grid)
        super().accept()

    def _show(self) -> None:
        if self._save is not None:
            allow(self._save, "Choose the file", why_no_fused_volume(self.choice, self._view))
