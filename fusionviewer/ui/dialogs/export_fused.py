"""Which fused volume is wanted: asked before the file is, and remembered."""

from __future__ import annotations

from typing import Final, get_args

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.commands.export_pictures import FusedChoice, default_fused_mode, why_no_fused_volume
from fusionviewer.rendering.blend_words import MODE_NAMES
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.fused_volume import Kind
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box

_KINDS: Final[tuple[tuple[Kind, str], ...]] = (("rgb", "Colour (RGB, 24 bits)"), ("scalar", "Grey (8 bits)"))
_GRIDS: Final[tuple[tuple[Side, str], ...]] = (("fixed", "The fixed image's"), ("moving", "The moving image's"))
_MODES: Final = (
    (BlendMode.FADE, MODE_NAMES[BlendMode.FADE]),
    (BlendMode.TWO_COLOUR, MODE_NAMES[BlendMode.TWO_COLOUR]),
    (BlendMode.CHECKERBOARD, f"{MODE_NAMES[BlendMode.CHECKERBOARD]} of cubes"),
)


class FusedDialog(FormDialog):
    """Colour or grey, whose voxels, and the comparison mode; all else is as in the views."""

    def __init__(self, view: ViewState, parent: QWidget | None = None) -> None:
        caption = "Fade, window/level and colours are those of the views."
        if any(view.slab(side) is not None for side in SIDES):
            caption = f"{caption} Slabs are left out: each voxel has its own value."
        super().__init__("Export fused volume", caption, parent)
        self._view = view
        kind, grid = (QSettings().value(f"fused/{name}", "") for name in ("kind", "grid"))
        self.kind = choice_box(_KINDS, kind if kind in get_args(Kind) else "rgb")
        self.grid = choice_box(_GRIDS, grid if grid in SIDES else "fixed")
        self.mode = choice_box(_MODES, default_fused_mode(view))
        self.form.addRow("Values", self.kind)
        self.form.addRow("Voxels", self.grid)
        self.form.addRow("Comparison mode", self.mode)
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
        self.allow_saving(why_no_fused_volume(self.choice, self._view))
