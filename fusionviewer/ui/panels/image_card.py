"""One of the two images: a place to drop it, and once it is there what it is."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
)
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.intake.remedies import apply_remedy, can_be_applied
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.reading.note_words import LEFT_HANDED
from fusionviewer.imaging.reading.remedies import Remedy, remedies_of
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.rendering.thumbnail import thumbnail
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import action_button, breakable, label, set_accent
from fusionviewer.ui.widgets.drops import dropped_paths
from fusionviewer.ui.widgets.remark_list import Remark, RemarkButton, RemarkList

_MEANING: Final[dict[Side, str]] = {"fixed": "Fixed image: stays", "moving": "Moving image: is aligned to it"}
_EMPTY: Final = "Drop a file or a DICOM folder here, or open one:"
_PICTURE: Final = 10 * UNIT
_PALE: Final = 0.35


class ImageCard(QFrame):
    """A drop target for an image; once it is filled: thumbnail, name, modality, size, spacing and remarks."""

    def __init__(self, workspace: Workspace, actions: ActionSet, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side
        self._dragged_over = False
        self._shown: Volume | None = None
        self._drawn: object = None
        self.setAcceptDrops(True)
        self.setAccessibleName(_MEANING[side])
        self._picture = QLabel()
        self._picture.setFixedSize(_PICTURE, _PICTURE)
        self._picture.setAccessibleName(f"Thumbnail of the {side} image")
        self._name = label("", wrap=True)
        self._facts = label(_EMPTY, "caption", wrap=True)
        self._remarks = RemarkList(f"remarks_{side}")
        self.open = action_button(actions[f"open_{side}"], "Open image…")
        folder = action_button(actions[f"open_{side}_folder"], "DICOM folder…")
        self.single = action_button(actions["look_at_single"])
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        column.addWidget(label(_MEANING[side], side))
        row, texts = QHBoxLayout(), QVBoxLayout()
        row.setSpacing(2 * UNIT)
        texts.setSpacing(UNIT // 2)
        for part in (self._name, self._facts):
            texts.addWidget(part)
        texts.addStretch(1)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        column.addLayout(row)
        column.addWidget(self._remarks)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        for button in (self.open, folder):
            buttons.addWidget(button)
        column.addLayout(buttons)
        column.addWidget(self.single)
        workspace.document.when(Changes.IMAGES | Changes.POSE).connect(self._show)
        workspace.window.changed.connect(self._show)
        follow_theme(self, self._draw)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        volume = state.volume(self._side)
        self._name.setVisible(volume is not None)
        self._facts.setText(facts(volume) if volume else _EMPTY)
        self._remarks.show_remarks(self._remarks_on(volume) if volume else ())
        self.single.setVisible(volume is not None and not state.has_pair and not self._workspace.window.single)
        set_accent(self.open, self._side in state.missing[:1])
        if volume is not None and volume is not self._shown:
            self._name.setText(breakable(volume.name))
        self._shown = volume
        self._draw()

    def _remarks_on(self, volume: Volume) -> list[Remark]:
        """What is odd about the image, each with what can be done about it."""
        state = self._workspace.document.state
        found = [one for one in remedies_of(volume) if can_be_applied(state, self._side, one)]

        def buttons(note: str) -> tuple[RemarkButton, ...]:
            return tuple(self._remedy_button(remedy) for remedy in found if remedy.note == note)

        remarks = [Remark(note, buttons(note)) for note in volume.oddities]
        remarks += [Remark(note, warns=False) for note in volume.notes if note.startswith(LEFT_HANDED)]
        of_the_image = buttons("")
        return [*remarks, Remark("", of_the_image)] if of_the_image else remarks

    def _remedy_button(self, remedy: Remedy) -> RemarkButton:
        act = partial(apply_remedy, self._workspace, self._side, remedy)
        return RemarkButton(f"remedy_{self._side}_{remedy.kind}", remedy.title, remedy.help, act)

    def _draw(self) -> None:
        """The image's middle slice, or the sign of its part while it is missing; as long as it is not seen, neither."""
        ratio = self.devicePixelRatioF()
        wanted = (self._shown, ratio, colours())
        if wanted == self._drawn or not self.isVisible():
            return
        self._drawn = wanted
        self._picture.setPixmap(_sign(self._side, ratio) if self._shown is None else _pixmap(self._shown, ratio))

    def showEvent(self, event: QShowEvent | None) -> None:
        self._draw()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and dropped_paths(event):
            event.acceptProposedAction()
            self._drag(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        self._drag(False)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """One image goes where it is dropped; whatever else is dropped is opened as anywhere in the window."""
        self._drag(False)
        paths = dropped_paths(event) if event is not None else []
        if event is not None and paths:
            event.acceptProposedAction()
            open_save.open_dropped_on(self._workspace, paths, self._side)

    def _drag(self, over: bool) -> None:
        self._dragged_over = over
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        empty = self._shown is None
        pen = QPen(QColor(colours().accent if self._dragged_over else colours().line), 2 if self._dragged_over else 1)
        pen.setStyle(Qt.PenStyle.DashLine if empty and not self._dragged_over else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), UNIT / 2, UNIT / 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(36 * UNIT, super().minimumSizeHint().height())


def facts(volume: Volume) -> str:
    """What kind of image it is, when it was made if that is known, its size and its spacing."""
    grid = volume.grid
    size = " × ".join(str(n) for n in grid.size)
    spacing = " × ".join(f"{mm:.3g}" for mm in grid.spacing)
    modality: str = volume.modality or "Modality unknown"
    if volume.modality_guessed:
        modality = f"{modality} (by its values)"
    if volume.acquired:
        modality = f"{modality}, {volume.acquired[:10]}"
    return f"{modality}\n{size} voxels\n{spacing} mm"


def _pixmap(volume: Volume, ratio: float) -> QPixmap:
    pixels = round(_PICTURE * ratio)
    greys = np.ascontiguousarray(thumbnail(volume, pixels))
    made = QPixmap.fromImage(QImage(greys.tobytes(), pixels, pixels, pixels, QImage.Format.Format_Grayscale8))
    made.setDevicePixelRatio(ratio)
    return made


def _sign(side: Side, ratio: float) -> QPixmap:
    """The disc of the fixed image or the diamond of the moving one, pale."""
    made = QPixmap(round(_PICTURE * ratio), round(_PICTURE * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(_PALE)
    outline = shape(side, (_PICTURE / 2, _PICTURE / 2), _PICTURE / 4)
    paint(painter, [Stroke((outline,), colours().sides[side], 1.0, rim=0.0, fill=1.0)])
    painter.end()
    return made
