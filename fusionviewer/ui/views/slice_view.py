"""One pane: a slice through one image, or through both of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QSize, Qt, pyqtSignal
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

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Orientation, Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import Box
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slices import SliceRequest
from fusionviewer.session.scene import scene_of
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.pane.geometry import SliceFrame, slices_on
from fusionviewer.ui.pane.image import SlicePicture
from fusionviewer.ui.pane.interactions.dispatch import NOTCH, Wheel, gesture_for, show_what_a_press_does, zoom_about
from fusionviewer.ui.pane.interactions.interaction import Gesture
from fusionviewer.ui.pane.overlay_cache import KeptOverlay
from fusionviewer.ui.pane.overlays import annotations as overlay
from fusionviewer.ui.pane.overlays.stack import paint_over
from fusionviewer.ui.pane.redraw import Freshness
from fusionviewer.ui.widgets.theme import IMAGE

_ZOOM_PER_NOTCH: Final = 1.15

# Turning the wheel away from the hand goes towards the patient's right, front and head.
_AWAY: Final = np.diag([-1.0, -1.0, 1.0])


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
        self._orientation = orientation
        self.fused = fused
        self.side: Side = "fixed" if fused else side
        self._placing = False
        self._picture = SlicePicture()
        self.words = KeptOverlay()
        self._gesture: Gesture | None = None
        self._marked = False
        self._wheel = Wheel()
        self._mouse: QPointF | None = None
        self._ring = False
        number = ORIENTATIONS.index(orientation)
        self._fresh = Freshness(self, number, self.update, lambda: self._picture.slow and self.isVisible())
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
            document.landmarks_changed, document.region_changed, document.bounds_changed, document.result_changed,
            document.targets_changed,
            model.window_changed, model.blend_changed, model.layout_changed, model.interlude.changed,
            model.tool_changed, model.aids_changed, model.halo_changed, model.selection_changed, model.repeats.changed,
        ):  # fmt: skip
            changed.connect(self.update)
        for changed in (model.selection_changed, model.tool_changed, document.landmarks_changed):
            changed.connect(self._show_cursor_shape)
        for moved in (model.cursor_changed, model.space_changed, document.transform_changed):
            moved.connect(self._fresh.moved)
        model.preview_changed.connect(self._follow_preview)

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
    def orientation(self) -> Orientation:
        """Which of the standard planes is shown, turned or not."""
        return self._orientation

    @property
    def beyond_focus(self) -> Points | None:
        """Where the plane lies from the focus, (3,) mm in LPS; None: it goes through the crosshair."""
        return None

    @property
    def way_in(self) -> Points:
        """The unit vector (3,) in LPS in which slices are counted: towards the patient's right, front or head."""
        return np.asarray(self.view_model.view.space(self.space).tilt @ _AWAY[self.orientation.normal_axis])

    @property
    def rough(self) -> bool:
        """Whether a rough picture is shown, because more moves are expected."""
        return self._fresh.rough

    @property
    def gesture(self) -> Gesture | None:
        """The drag that is going on."""
        return self._gesture

    @property
    def mouse(self) -> QPointF | None:
        """Where the mouse was last over this view, in logical pixels."""
        return self._mouse

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
            beyond_focus=self.beyond_focus,
        )

    def title(self, frame: SliceFrame) -> str:
        """What the view is called on the screen."""
        oblique = self.view_model.view.space(self.space).oblique
        return f"{self.orientation.name}, oblique" if oblique else self.orientation.name

    def near_cursor(self, frame: SliceFrame) -> bool:
        """Whether the crosshair lies on the plane, as far as this view is concerned."""
        return True

    def own_point(self, side: Side, point: Points) -> Points:
        """A point (3,) of the space that is looked at, in one image's own space."""
        return self._pose().apply(point) if self.fused and side == "moving" else point

    @property
    def box(self) -> Box | None:
        """The box that alone counts in a registration, where the view shows the fixed image's space."""
        region = self.document.state.region if self.space == "fixed" else None
        return region.box if region else None

    def _pose(self) -> RigidTransform:
        """From the space that is looked at to the moving image's: without a fixed image that is its own."""
        alone = not self.fused or self.document.state.fixed is None
        return RigidTransform.identity() if alone else self.view_model.pose

    def scene(self, *sides: Side) -> Scene:
        """The images of these sides as the view shows them, in its space."""
        model = self.view_model
        return scene_of(
            self.document.state, model.view,
            space=self.space, sides=sides, pose=self._pose(), blend=model.shown_blend, halo=model.halo,
        )  # fmt: skip

    def request(self, frame: SliceFrame) -> SliceRequest:
        """What the renderer is asked for; the spy-glass is under the mouse, or at the crosshair where there is none."""
        glass = self._mouse is not None and self.view_model.shown_blend.mode is BlendMode.SPY_GLASS
        glass_at = frame.plane.screen(frame.point_under(self._mouse)) if glass and self._mouse is not None else None
        return self.scene(*(SIDES if self.fused else (self.side,))).request(frame.plane, frame.viewport, glass_at)

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(IMAGE))
        frame = self.frame()
        if frame is None:
            overlay.paint_note(painter, f"no {self.side} image", self.size())
        else:
            self._picture.make(self.request(frame), frame, rough=self._fresh.rough)
            self._picture.paint(painter)
            paint_over(self, painter, frame)
        if self._ring:
            overlay.paint_focus(painter, self.size())

    def marks(self, frame: SliceFrame) -> list[overlay.Mark]:
        """The landmark points that belong to this view."""
        sides = SIDES if self.fused else (self.side,)
        landmarks = self.view_model.repeats.seen(self.document.state.landmarks)
        return overlay.find_marks(frame, landmarks, sides, ~self._pose()) if landmarks else []

    def _follow_preview(self) -> None:
        if self.view_model.by_hand:
            self._fresh.moved()
        else:
            self._fresh.follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fresh.moved()

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
            self._drop_gesture()
        if self._gesture is not None:
            self._gesture.fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._gesture.move(event.position())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not event.buttons():
            self.view_model.set_cursor(self.space, point)
        else:
            self._show_cursor_shape(event.position())
        self.activated.emit()
        self._mouse = event.position()
        if self.view_model.view.mode is BlendMode.SPY_GLASS or self.view_model.tool == "move":
            self.update()
        self.hovered.emit(self.space, point)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._gesture is not None and event is not None and not event.buttons():
            gesture, self._gesture = self._gesture, None
            before = self.document.state
            gesture.release()
            self._marked = self.document.state is not before
            self._show_cursor_shape()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self.missing_side() is not None or self._marked:  # of two quick clicks each marks its point, or none
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
            zoom_about(self, event.position(), _ZOOM_PER_NOTCH ** (turned / NOTCH))
            return
        notches = self._wheel.turn(turned)
        if notches:
            self.scroll_slices(notches)

    def scroll_slices(self, number: int) -> None:
        """Go so many slices of the image towards the patient's right, front or head."""
        volume = self.volume
        if volume is not None:
            cursor = np.asarray(self.view_model.view.space(self.space).cursor)
            self.view_model.set_cursor(self.space, slices_on(*self.stepped(volume), cursor, self.way_in, number))

    def stepped(self, volume: Volume) -> tuple[Volume, RigidTransform]:
        """Whose slices the wheel counts, and its pose: the view's image, or the moving one if that is chosen."""
        moving = self.document.state.moving
        if self.fused and moving is not None and self.view_model.view.wheel_moving:
            return moving, self._pose()
        return volume, RigidTransform.identity()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._mouse = None
        self.update()
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
        if not self._placing:
            return None
        again = self.view_model.repeats.sides
        if again:
            return None if self.fused or self.side not in again else self.side
        sides = SIDES if self.fused else (self.side,)
        return mark_landmarks.missing_side(self.document.state, self.view_model.view.selected_pair, sides)

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
        """Whatever was dragged, nobody waits for it any more: other images, or the button was let go elsewhere."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.drop()
        self._wheel = Wheel()
        self._show_cursor_shape()
        self.update()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._drop_gesture()
        self._fresh.rest()

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
        show_what_a_press_does(self, mouse)
