"""What must be decided before an image can be read: which volume of a file it is, and how large its voxels are."""

from __future__ import annotations

from typing import Final

from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.imaging.intake import LARGEST_SPACING_MM, SMALLEST_SPACING_MM
from fusionviewer.imaging.reading.options import Spacing
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.widgets.controls import allow, breakable, enter_only_here, label, labelled, spin

_LENGTHS: Final = (
    ("Pixel width", "Distance of neighbouring columns"),
    ("Pixel height", "Distance of neighbouring rows"),
    ("Slice distance", "From the middle of one slice to the middle of the next, gap included"),
)
_ROWS: Final = 9


class _Question(QDialog):
    """A text, a `body` below it, a caption, and the buttons Open and Cancel."""

    def __init__(self, title: str, text: str, caption: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setSpacing(2 * UNIT)
        column.addWidget(label(breakable(text), wrap=True))
        self.body = QVBoxLayout()
        column.addLayout(self.body)
        column.addWidget(label(caption, "caption", wrap=True))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = QPushButton("Open")
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        if cancel is not None:
            enter_only_here(cancel)  # else Enter in a list or a box would be Cancel as long as Open is not allowed
        self.open_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(scaled(420))


class VolumeDialog(_Question):
    """The volumes of a 4D file by their numbers and what is known of each; one of them is chosen."""

    def __init__(self, name: str, volumes: FileVolumes, now: int, parent: QWidget | None = None) -> None:
        size = " × ".join(str(n) for n in volumes.size)
        spacing = " × ".join(f"{mm:.3g}" for mm in volumes.spacing_mm)
        told = f"“{name}” holds {volumes.count} volumes of {size} voxels, {spacing} mm. Which one is to be opened?"
        later = "Another one can be chosen later: Another volume… below the image, in step 1."
        super().__init__("Choose a volume", told, later, parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Volumes")
        self.list.setUniformItemSizes(True)
        digits = len(str(volumes.count))
        for number in range(1, volumes.count + 1):  # which comes first, so that typing it finds it
            words = volumes.name(number)
            self.list.addItem(f"{number:>{digits}}" + (f"   {words}" if words else ""))
        self.list.setCurrentRow(max(1, min(now, volumes.count)) - 1)
        self.list.setFixedHeight(min(_ROWS, volumes.count + 1) * (self.list.sizeHintForRow(0) or 20) + UNIT)
        self.list.itemActivated.connect(self.accept)
        self.body.addWidget(self.list)
        self.list.setFocus()

    @property
    def number(self) -> int:
        """The number of the chosen volume, from 1."""
        return self.list.currentRow() + 1


class SpacingDialog(_Question):
    """The three distances of voxels; none of them is made up: what is not known is empty until it is typed."""

    def __init__(self, name: str, why: str, known_mm: Spacing, parent: QWidget | None = None) -> None:
        told = f"{why} “{name}” can be opened if you know its voxel size."
        warned = (
            "Every distance, every landmark error and the alignment are as right as these numbers. The image, its "
            "study and every report will say that they were typed."
        )
        super().__init__("Voxel size", told, warned, parent)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * UNIT)
        form.setVerticalSpacing(UNIT)
        self.boxes = [spin(0.0, LARGEST_SPACING_MM, self._allow, step=0.1, decimals=4, suffix=" mm") for _ in _LENGTHS]
        for box, (words, help_text), mm in zip(self.boxes, _LENGTHS, known_mm, strict=True):
            box.setSpecialValueText("not known")
            box.setKeyboardTracking(True)
            box.setValue(mm)
            box.setToolTip(help_text)
            box.setAccessibleName(words)
            form.addRow(labelled(words, box), box)
        self.body.addLayout(form)
        self._allow()
        first = next((box for box in self.boxes if box.value() == 0), self.boxes[0])
        first.setFocus()
        first.selectAll()

    @property
    def spacing_mm(self) -> Spacing:
        """What is typed now."""
        a, b, c = (box.value() for box in self.boxes)
        return a, b, c

    def _allow(self, _: float = 0.0) -> None:
        known = all(box.value() >= SMALLEST_SPACING_MM for box in self.boxes)
        allow(
            self.open_button, "Read the image with this voxel size", "" if known else "Type all three distances first."
        )
