"""The pose at the start beside the present one: the three planes, and the joint histogram of both images."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fusionviewer.app.state.review.before_after import BeforeAfter
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.review.joint_histogram import JointHistogram
from fusionviewer.quality.wording import ORIGINS
from fusionviewer.rendering.colours import colour_table
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT, colours, number_font, scaled
from fusionviewer.ui.widgets.controls import label
from fusionviewer.ui.widgets.elided_label import ElidedLabel
from fusionviewer.ui.widgets.value_text import written_value

_WIDTH, _HEIGHT, _FRAME = 150 * UNIT, 98 * UNIT, 5 * UNIT
"""Logical pixels at the usual size of letters; the last is left for the title that the system gives the window."""

_SMALLEST_PICTURE: Final = (640, 480)
_PLOT: Final = 26 * UNIT
_CAPTION: Final = (
    "Joint histogram: how often each value of one image lies on each value of the other, brighter is more often (on a "
    "logarithmic scale). It sharpens when the images come together; it measures no error."
)


class BeforeAfterWindow(QDialog):
    """Not modal: the crosshair is moved in the window, and both sides follow."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Before and after")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._model = BeforeAfter(workspace.document, workspace.view_model, workspace.head_corners, self)
        self._sides = tuple(_Side(name) for name in ("before", "after"))
        row = QHBoxLayout()
        row.setSpacing(2 * UNIT)
        for side in self._sides:
            row.addWidget(side, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(label(_CAPTION, "caption", wrap=True), 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setSpacing(UNIT)
        column.addLayout(row, 1)
        column.addLayout(foot)
        size, screen = QSize(scaled(_WIDTH), scaled(_HEIGHT)), self.screen()
        self.resize(size if screen is None else size.boundedTo(screen.availableSize() - QSize(0, _FRAME)))
        self._model.changed.connect(self._show)
        workspace.document.when(Changes.POSE).connect(self._name)
        workspace.document.study_replaced.connect(self.close)
        self._name()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        size, ratio = self._sides[0].picture.size(), self.devicePixelRatioF()
        wide, high = (max(least, round(n * ratio)) for least, n in zip(
            _SMALLEST_PICTURE, (size.width(), size.height()), strict=True))  # fmt: skip
        self._model.show_size(wide, high)

    def done(self, result: int) -> None:
        self._model.stop()
        super().done(result)

    def _name(self) -> None:
        alignment = self._workspace.document.state.alignment
        header = alignment.start.is_close(type(alignment.start).identity())
        self._sides[0].title.say(f"Before: {'scanner alignment' if header else 'where the last start was'}")
        self._sides[1].title.say(f"After: {ORIGINS[alignment.origin]}")

    def _show(self) -> None:
        found, state = self._model.found, self._workspace.document.state
        if found is None:
            return
        kinds = {side: volume.modality for side, volume in state.volumes().items()}
        for side, picture, histogram in zip(self._sides, found.pictures, found.histograms, strict=True):
            side.picture.show_picture(picture)
            side.plot.show_histogram(histogram, (kinds.get("fixed", ""), kinds.get("moving", "")))


class _Side(QWidget):
    """One of the two: its name, the picture, and the histogram below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        self.title = ElidedLabel("strong")
        self.title.setObjectName(f"{name}_title")
        self.picture = _Picture()
        self.picture.setObjectName(f"{name}_picture")
        self.plot = HistogramPlot()
        self.plot.setObjectName(f"{name}_histogram")
        column.addWidget(self.title)
        column.addWidget(self.picture, 1)
        column.addWidget(self.plot)


class _Picture(QLabel):
    """A picture, as large as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = QPixmap()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(scaled(30 * UNIT), scaled(20 * UNIT))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setText("Drawing…")

    def show_picture(self, picture: NDArray[np.uint8]) -> None:
        """Show a picture (height, width, 3), RGB."""
        height, width = picture.shape[:2]
        pixels = np.ascontiguousarray(picture).tobytes()
        image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._whole = QPixmap.fromImage(image)  # a copy: the bytes may go
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            return
        ratio = self.devicePixelRatioF()
        smooth = Qt.TransformationMode.SmoothTransformation
        shown = self._whole.scaled(self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        shown.setDevicePixelRatio(ratio)
        self.setPixmap(shown)


class HistogramPlot(QWidget):
    """A joint histogram with its axes: the fixed image's values to the right, the moving image's upwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: JointHistogram | None = None
        self._kinds = ("", "")
        self._pixels = b""
        self._image = QImage()
        self.setFixedHeight(scaled(_PLOT))

    @property
    def words(self) -> tuple[str, str, str]:
        """The names of both axes, and the mutual information; empty before there is anything."""
        if self._histogram is None:
            return "", "", ""
        fixed, moving = (f"{kind}, HU" if kind == "CT" else kind for kind in self._kinds)
        bits = f"Mutual information {self._histogram.information_bits:.2f} bits"
        return f"Fixed {fixed}".rstrip(), f"Moving {moving}".rstrip(), bits

    def show_histogram(self, histogram: JointHistogram, kinds: tuple[str, str]) -> None:
        """Show one; `kinds` are the modalities of fixed and moving image."""
        if histogram is not self._histogram:
            shares = np.log1p(histogram.counts) / max(1e-9, float(np.log1p(histogram.counts.max())))
            rgb = colour_table("viridis")[np.round(shares * 255).astype(np.intp)][::-1]
            self._pixels = np.ascontiguousarray(rgb).astype(np.uint8).tobytes()  # Qt draws from this memory
            high, wide = histogram.counts.shape
            self._image = QImage(self._pixels, wide, high, 3 * wide, QImage.Format.Format_RGB888)
        self._histogram, self._kinds = histogram, kinds
        self.setAccessibleName(", ".join(self.words))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._histogram is None:
            return
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setFont(number_font())
        fixed, moving, bits = self.words
        ends = [written_value(v) for pair in (self._histogram.moving_range, self._histogram.fixed_range) for v in pair]
        line, left = metrics.lineSpacing(), max(metrics.horizontalAdvance(text) for text in (*ends[:2], moving)) + UNIT
        side = self.height() - 2 * line - UNIT
        room = QRectF(left, UNIT / 2, side, side)
        painter.drawImage(room, self._image)
        painter.setPen(QColor(colours().line))
        painter.drawRect(room)
        painter.setPen(QColor(colours().caption))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text, y in ((ends[1], room.top()), (moving, room.center().y() - line / 2), (ends[0], room.bottom() - line)):
            painter.drawText(QRectF(0, y, left - UNIT / 2, line), right, text)
        below = room.bottom() + metrics.ascent() + 2
        painter.drawText(QPointF(room.left(), below), ends[2])
        painter.drawText(QPointF(room.right() - metrics.horizontalAdvance(ends[3]), below), ends[3])
        painter.drawText(QPointF(room.center().x() - metrics.horizontalAdvance(fixed) / 2, below + line), fixed)
        painter.setPen(QColor(colours().text))
        rest = QRectF(room.right() + 1.5 * UNIT, room.top(), self.width() - room.right() - 1.5 * UNIT, side)
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, bits)
