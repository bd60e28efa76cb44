"""One pane: a slice through one image, or through both of them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from fusionviewer.app.document import Document
from fusionviewer.app.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Orientation, Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import Box, Region
from fusionviewer.rendering.slices import SliceRequest
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui import slice_overlay as overlay
from fusionviewer.ui.box_overlay import paint_box
from fusionviewer.ui.slice_frame import SliceFrame, spacing_along
from fusionviewer.ui.slice_gestures import NOTCH, Gesture, Wheel, cursor_for, gesture_for
from fusionviewer.ui.slice_picture import SlicePicture, request_for
from fusionviewer.ui.theme import IMAGE

Tool: TypeAlias = Literal["crosshair", "window"]
"""What a drag with the left button does where there is no landmark."""

FOLLOW_STEP_MS: Final = 25
SHARPEN_AFTER_MS: Final = 150

_ZOOM_PER_NOTCH: Final = 1.15

# Turning the wheel away from the hand goes towards the patient's right, front and head.
_AWAY: Final = (-1.0, -1.0, 1.0)


class SliceView(QWidget):
    """A slice of the fixed image with the moving one over it (`fused`), or of one image in its own space.

    Signals mark the view dirty; the picture is made when Qt asks for it, so that ten mouse moves in a frame cost one.
    """

    point_clicked = pyqtSignal(str, object)
    """While `placing`: the side whose point of the selected pair is missing, and the point (3,) in its own space."""
    hovered = pyqtSignal(str, object)
    """The space (side) under the mouse and the point (3,) in it; None when the mouse leaves."""
    activated = pyqtSignal()
    """The user turns to this view."""

    def __init__(
        self,
        document: Document,
        view_model: ViewModel,
        side: Side,
        orientation: Orientation,
        fused: bool,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.view_model = view_model
        self.orientation = orientation
        self.fused = fused
        self.side: Side = "fixed" if fused else side
        self._tool: Tool = "crosshair"
        self._placing = False
        self._picture = SlicePicture()
        self._moving = False
        self._gesture: Gesture | None = None
        self._wheel = Wheel()
        self._mouse: QPointF | None = None
        self._ring = False
        self._sharpen_timer = QTimer(self)
        self._sharpen_timer.setSingleShot(True)
        self._sharpen_timer.setInterval(SHARPEN_AFTER_MS)
        self._sharpen_timer.timeout.connect(self._sharpen)
        # The views follow a running registration one after the other: together they would hold up the window, as
        # every large step of drawing waits for the interpreter, which the registration uses too.
        self._follow_timer = QTimer(self)
        self._follow_timer.setSingleShot(True)
        self._follow_timer.setInterval(FOLLOW_STEP_MS * ORIENTATIONS.index(orientation))
        self._follow_timer.timeout.connect(self._move_on)
        self.setObjectName(self.key)
        self.setAccessibleName(" ".join(reversed(self.key.split("."))))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._connect()
        self._show_cursor_shape()

    def _connect(self) -> None:
        document, model = self.document, self.view_model
        document.volumes_changed.connect(self._drop_gesture)
        for changed in (
            document.landmarks_changed, document.region_changed,
            model.window_changed, model.blend_changed, model.layout_changed,
        ):  # fmt: skip
            changed.connect(self.update)
        model.selection_changed.connect(self.update)
        model.selection_changed.connect(self._show_cursor_shape)
        document.landmarks_changed.connect(self._show_cursor_shape)
        for moved in (model.cursor_changed, model.space_changed, document.transform_changed):
            moved.connect(self._move_on)
        model.preview_changed.connect(self._follow_timer.start)

    # What is looked at

    @property
    def key(self) -> str:
        """The view's name: "fused.axial", "moving.coronal", …"""
        return f"{'fused' if self.fused else self.side}.{self.orientation.name}"

    @property
    def space(self) -> Side:
        """The space that is looked at, whose crosshair and focus the view follows."""
        return self.side

    @property
    def tool(self) -> Tool:
        """What a drag with the left button does."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose what a drag with the left button does."""
        self._tool = tool
        self._show_cursor_shape()

    @property
    def placing(self) -> bool:
        """Whether a click marks the missing point of the selected pair."""
        return self._placing

    def set_placing(self, placing: bool) -> None:
        """Let clicks mark points, or not."""
        self._placing = placing
        self._show_cursor_shape()

    @property
    def volume(self) -> Volume | None:
        """The image whose box the view fits: the fixed one, if it is shown at all."""
        state = self.document.state
        if self.fused and state.fixed is None:
            return state.moving
        return state.volume(self.side)

    def frame(self) -> SliceFrame | None:
        """What the view shows now; None without an image."""
        volume = self.volume
        if volume is None:
            return None
        view = self.view_model.view
        return SliceFrame.of(
            volume,
            self.orientation,
            view.space(self.space),
            radiological=view.radiological,
            size=self.size(),
            ratio=self.devicePixelRatioF(),
        )

    def own_point(self, side: Side, point: Points) -> Points:
        """A point (3,) of the space that is looked at, in one image's own space."""
        return self._pose().apply(point) if self.fused and side == "moving" else point

    @property
    def _region(self) -> Region | None:
        """What alone counts in a registration, where the view shows the fixed image's space."""
        return self.document.state.region if self.space == "fixed" else None

    @property
    def box(self) -> Box | None:
        """The region's box, where the view shows it."""
        return self._region.box if self._region else None

    def _pose(self) -> RigidTransform:
        """From the space that is looked at to the moving image's: without a fixed image that is its own."""
        alone = not self.fused or self.document.state.fixed is None
        return RigidTransform.identity() if alone else self.view_model.pose

    def request(self, frame: SliceFrame) -> SliceRequest:
        """What the renderer is asked for."""
        sides = SIDES if self.fused else (self.side,)
        return request_for(
            self.document.state, self.view_model, frame, sides=sides, pose=self._pose(), region=self._region
        )

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(IMAGE))
        frame = self.frame()
        if frame is None:
            overlay.paint_note(painter, f"no {self.side} image", self.size())
        else:
            self._picture.make(self.request(frame), frame, rough=self._moving)
            self._picture.paint(painter)
            self._paint_overlay(painter, frame)
        if self._ring:
            overlay.paint_focus(painter, self.size())

    def _paint_overlay(self, painter: QPainter, frame: SliceFrame) -> None:
        view, size = self.view_model.view, self.size()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.box is not None:
            paint_box(painter, frame, self.box)
        overlay.paint_crosshair(painter, frame.position(np.asarray(view.space(self.space).cursor)), size)
        overlay.paint_marks(painter, self.marks(frame), view.selected_pair)
        overlay.paint_sides(painter, frame.plane.sides(), size)
        overlay.paint_scale(painter, frame.mm_per_unit, size)
        overlay.paint_title(painter, self.orientation.name, None if self.fused else self.side)

    def marks(self, frame: SliceFrame) -> list[overlay.Mark]:
        """The landmark points that belong to this view."""
        sides = SIDES if self.fused else (self.side,)
        return overlay.find_marks(frame, self.document.state.landmarks, sides, ~self._pose())

    def _move_on(self) -> None:
        """Something moved: draw again, roughly if a full picture is slow, and sharply when it rests."""
        if self._picture.slow and self.isVisible():
            self._moving = True
            self._sharpen_timer.start()
        self.update()

    def _sharpen(self) -> None:
        self._moving = False
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._move_on()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        frame = self.frame()
        if event is None or frame is None:
            return
        self.activated.emit()
        if self._gesture is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self._cancel_gesture()
            return
        self._gesture = gesture_for(self, frame, event)
        self._show_cursor_shape()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        frame = self.frame()
        if event is None or frame is None:
            return
        point = frame.point_under(event.position())
        if self._gesture is not None and not event.buttons():  # the button was let go where nobody told us
            self._gesture = None
        if self._gesture is not None:
            self._gesture.move(event.position())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not event.buttons():
            self.view_model.set_cursor(self.space, point)
        else:
            self._show_cursor_shape(event.position())
        self.activated.emit()
        self._mouse = event.position()
        self.hovered.emit(self.space, point)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._gesture is not None and event is not None and not event.buttons():
            gesture, self._gesture = self._gesture, None
            gesture.release()
            self._show_cursor_shape()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self.missing_side() is not None:  # two quick clicks mark two points
            self.mousePressEvent(event)
        else:
            self.view_model.enlarge(self.key)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        volume = self.volume
        if event is None or volume is None:
            return
        event.accept()
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_about(event.position(), _ZOOM_PER_NOTCH ** (turned / NOTCH))
            return
        notches = self._wheel.turn(turned)
        if notches:
            self.scroll_slices(notches)

    def scroll_slices(self, number: int) -> None:
        """Go so many slices of the image towards the patient's right, front or head."""
        volume = self.volume
        if volume is not None:
            axis = self.orientation.normal_axis
            cursor = np.array(self.view_model.view.space(self.space).cursor)
            cursor[axis] += number * _AWAY[axis] * spacing_along(volume, axis)
            self.view_model.set_cursor(self.space, cursor)

    def zoom_about(self, mouse: QPointF, factor: float) -> None:
        """Magnify; what is under the mouse stays there."""
        before = self.frame()
        if before is None:
            return
        self.view_model.zoom(self.space, factor)
        after = self.frame()
        if after is not None:
            focus = np.asarray(self.view_model.view.space(self.space).focus)
            self.view_model.set_focus(self.space, focus + before.point_under(mouse) - after.point_under(mouse))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._mouse = None
        self.hovered.emit(self.space, None)

    def tell_hovered(self) -> None:
        """Announce anew what is under the mouse, if it is over this view."""
        if self._mouse is None:
            return
        frame = self.frame() if self.isVisible() else None
        if frame is None:
            self._mouse = None
        self.hovered.emit(self.space, None if frame is None or self._mouse is None else frame.point_under(self._mouse))

    # Landmarks

    def missing_side(self) -> Side | None:
        """Which point of the selected pair a click in this view marks now, if any."""
        selected = self.view_model.view.selected_pair
        state = self.document.state
        if not self._placing or selected is None or selected >= len(state.landmarks):
            return None
        pair = state.landmarks[selected]
        for side in SIDES if self.fused else (self.side,):
            if pair.point(side) is None and state.volume(side) is not None:
                return side
        return None

    def mark_point(self, point: Points) -> None:
        """Announce a click on a point (3,) of the space that is looked at."""
        side = self.missing_side()
        if side is not None:
            self.point_clicked.emit(side, self.own_point(side, point))

    # Taking back

    def event(self, event: QEvent | None) -> bool:
        # Esc ends a drag before any shortcut of the window gets it.
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and self._is_way_back(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and self._is_way_back(event):
            self._cancel_gesture()
        else:
            super().keyPressEvent(event)

    def _is_way_back(self, event: QEvent) -> bool:
        return self._gesture is not None and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape

    def _cancel_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        self._show_cursor_shape()

    def _drop_gesture(self) -> None:
        """Other images: whatever was dragged belongs to the old ones."""
        self._gesture = None
        self._wheel = Wheel()
        self._show_cursor_shape()
        self.update()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._drop_gesture()
        self._moving = False
        self._sharpen_timer.stop()

    # Focus and cursor

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event is not None and event.reason() in by_keyboard
        self.activated.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._ring = False
        self.update()

    def _show_cursor_shape(self, mouse: QPointF | None = None) -> None:
        self.setCursor(self._gesture.cursor if self._gesture is not None else cursor_for(self, self.frame(), mouse))
