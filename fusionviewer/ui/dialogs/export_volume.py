"""Which image is written on which grid: asked before the file is, and remembered."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from fusionviewer.errors import FusionError
from fusionviewer.imaging.resample import Interpolation, bytes_on, check_memory
from fusionviewer.imaging.resampling.choice import (
    LARGEST_SPACING_MM,
    SMALLEST_SPACING_MM,
    Onto,
    UnionSpacing,
    VolumeChoice,
)
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.widgets.controls import breakable, show_value, spin
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box

_Relation: TypeAlias = Literal["other", "own", "union"]
"""Of the grid to the image that is chosen: so it is remembered, since each image has its own button."""

_SPACINGS: Final = (
    ("finer", "Finer of both images"),
    ("isotropic", "Finest, isotropic"),
    ("typed", "Isotropic, of"),
)
_INTERPOLATIONS: Final[tuple[tuple[Interpolation, str], ...]] = (
    ("linear", "Linear"),
    ("nearest", "Nearest neighbour"),
    ("cubic", "Cubic (B-spline)"),
    ("sinc", "Windowed sinc (Lanczos, slow)"),
)


class VolumeDialog(FormDialog):
    """Image, grid, spacing and interpolation, and how large the volume then is."""

    def __init__(self, state: FusionState, image: Side, parent: QWidget | None = None) -> None:
        super().__init__("Export resampled image", "", parent)
        self._state = state
        self.caption.setWordWrap(True)
        self.caption.setMinimumHeight(2 * self.caption.fontMetrics().lineSpacing())  # so that nothing above is squeezed
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setMinimumWidth(scaled(460))
        kept = {name: QSettings().value(f"volume/{name}", "") for name in ("grid", "spacing", "mm", "interpolation")}
        relation: _Relation = kept["grid"] if kept["grid"] in get_args(_Relation) else "other"
        self.image = choice_box(tuple((side, self._called(side)) for side in SIDES), image)
        self.grid = choice_box(
            (
                ("fixed", "The fixed image's"),
                ("moving", "The moving image's"),
                ("union", "Both images, along the fixed axes"),
            ),
            _onto(image, relation),
        )
        self.spacing = choice_box(_SPACINGS, kept["spacing"])
        self.millimetres = spin(
            SMALLEST_SPACING_MM, LARGEST_SPACING_MM, lambda _: self._show(), step=0.1, decimals=2, suffix=" mm"
        )
        self.millimetres.setAccessibleName("Spacing in mm")
        show_value(self.millimetres, _number(kept["mm"], 1.0))
        self.interpolation = choice_box(_INTERPOLATIONS, kept["interpolation"])
        self.form.addRow("Image", self.image)
        self.form.addRow("Voxels", self.grid)
        self.form.addRow("Spacing", _beside(self.spacing, self.millimetres))
        self.form.addRow("Interpolation", self.interpolation)
        for name, box in (("Image", self.image), ("Voxels", self.grid), ("Spacing", self.spacing)):
            box.setAccessibleName(name)
        for box in (self.image, self.grid, self.spacing):
            box.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def choice(self) -> VolumeChoice:
        """What is chosen now."""
        kind, length = self.spacing.currentData(), self.millimetres.value()
        spacing: UnionSpacing = (length, length, length) if kind == "typed" else kind
        return VolumeChoice(
            self.image.currentData(), self.grid.currentData(), spacing, self.interpolation.currentData()
        )

    def accept(self) -> None:
        chosen = self.choice
        own = "own" if chosen.grid == chosen.image else "other"
        relation = "union" if chosen.grid == "union" else own
        settings = QSettings()
        settings.setValue("volume/grid", relation)
        settings.setValue("volume/spacing", self.spacing.currentData())
        settings.setValue("volume/mm", self.millimetres.value())
        settings.setValue("volume/interpolation", chosen.interpolation)
        super().accept()

    def _called(self, side: Side) -> str:
        volume = self._state.volume(side)
        return side.capitalize() if volume is None else f"{side.capitalize()}: {breakable(volume.name)}"

    def _show(self) -> None:
        union = self.grid.currentData() == "union"
        self.spacing.setEnabled(union)
        self.millimetres.setEnabled(union and self.spacing.currentData() == "typed")
        fixed, moving, choice = self._state.fixed, self._state.moving, self.choice
        if fixed is None or moving is None:
            return
        grid = choice.grid_of(fixed.grid, moving.grid, self._state.alignment.moving_from_fixed)
        volume = fixed if choice.image == "fixed" else moving
        voxels, lengths = (" × ".join(f"{n:.3g}" if isinstance(n, float) else str(n) for n in numbers)
                           for numbers in (grid.size, grid.spacing))  # fmt: skip
        self.caption.setText(f"{voxels} voxels of {lengths} mm, {bytes_on(volume, grid) / 1e6:,.0f} MB unpacked.")
        try:
            check_memory(volume, grid)
        except FusionError as problem:
            self.caption.setText(str(problem))
            self.allow_saving(str(problem))
        else:
            self.allow_saving("")


def _onto(image: Side, relation: _Relation) -> Onto:
    if relation == "union":
        return "union"
    other: Side = "moving" if image == "fixed" else "fixed"
    return other if relation == "other" else image


def _number(kept: object, otherwise: float) -> float:
    try:
        return float(str(kept))
    except ValueError:
        return otherwise


def _beside(control: QWidget, number: QWidget) -> QWidget:
    whole = QWidget()
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(UNIT)
    line.addWidget(control, 1)
    line.addWidget(number)
    return whole
