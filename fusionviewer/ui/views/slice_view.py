"""One pane: a slice through one image, or through both of them."""

from __future__ import annotations

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
    QShowEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QFrame, QSizePolicy, QToolTip, QWidget

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Orientation, Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.look.palettes import IMAGE
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame, slices_on, way_in
from fusionviewer.ui.pane.image import SliceImage, request_for
from fusionviewer.ui.pane.interactions import dispatch
from fusionviewer.ui.pane.interactions.interaction import Interaction
from fusionviewer.ui.pane.interactions.navigation import Wheel
from fusionviewer.ui.pane.overlays.annotations import paint_focus, paint_note
from fusionviewer.ui.pane.overlays.stack import OverlayStack
from fusionviewer.ui.pane.redraw import Redraw


class SliceView(QFrame):
    """A slice of the fixed image with the moving one over it (`fused`), or of one image in its own space.

    Signals mark the view dirty; the picture is made when Qt asks for it, so that ten mouse moves in a frame cost one.
    """

    point_clicked = pyqtSignal(str, object)
    """The side whose point of the selected pair is missing, and the point (3,) in its own space."""
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
        self.space = self.side
        """The space that is looked at, whose crosshair and focus the view follows."""
        self._picture = SliceImage()
        self._overlays = OverlayStack()
        self._interaction: Interaction | None = None
        self._marked = False
        self._wheel = Wheel()
        self._mouse: QPointF | None = None
        self._active = False
        self._first = True
        self._ring = False
        number = ORIENTATIONS.index(orientation)
        picture = self._picture
        self._redraw = Redraw(
            self, number, self.update, lambda: picture.slow and self.isVisible(),
            lambda: picture.slow_look and self.isVisible(),
        )  # fmt: skip
        self.setObjectName(self.key)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._connect()

    def _connect(self) -> None:
        document, model = self.document, self.view_model
        document.when(Changes.IMAGES).connect(self._drop_interaction)
        for changed in (
            document.when(Changes.LANDMARKS | Changes.REGION | Changes.LIMITS | Changes.RESULTS | Changes.TARGETS),
            model.layout_changed, model.interlude.changed,
            model.tool_changed, model.aids_changed, model.halo_changed, model.selection_changed, model.repeats.changed,
        ):  # fmt: skip
            changed.connect(self.update)
        marked = document.when(Changes.LANDMARKS)
        for changed in (model.selection_changed, model.tool_changed, model.repeats.changed, marked):
            changed.connect(self._show_what_a_press_does)
        for moved in (model.cursor_changed, model.space_changed, document.when(Changes.POSE)):
            moved.connect(self._redraw.moved)
        for restyled in (model.window_changed, model.blend_changed, model.edges.changed):
            restyled.connect(self._redraw.restyled)
        model.preview_changed.connect(self._follow_preview)

    # What is looked at

    @property
    def key(self) -> str:
        """The view's name: "fused.axial", "moving.coronal", …"""
        return f"{'fused' if self.fused else self.side}.{self.orientation.name}"

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
        """The unit vector (3,) in LPS in which slices are counted."""
        return way_in(self.view_model.view.space(self.space), self.orientation)

    @property
    def rough(self) -> bool:
        """Whether a rough picture is shown, because more moves are expected."""
        return self._redraw.rough

    @property
    def interaction(self) -> Interaction | None:
        """The drag that is going on."""
        return self._interaction

    def set_rank(self, *, active: bool, first: bool) -> None:
        """Tell whether keys act in this view, and whether it comes before all others that show the same images."""
        if (active, first) != (self._active, self._first):
            self._active, self._first = active, first
            self.update()

    @property
    def sides(self) -> tuple[Side, ...]:
        """The images that the view shows."""
        return SIDES if self.fused else (self.side,)

    @property
    def volume(self) -> Volume | None:
        """The image whose box the view fits: the first that it shows."""
        volumes = self.document.state.volumes()
        return next((volumes[side] for side in self.sides if side in volumes), None)

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

    @property
    def plane_name(self) -> str:
        """What the plane that is shown is called; empty without an image."""
        if self.volume is None:
            return ""
        oblique = self.view_model.view.space(self.space).oblique
        return f"{self.orientation.name.capitalize()}{', oblique' if oblique else ''}"

    def title(self, frame: SliceFrame) -> str:
        """What is written on the picture; empty: the head above the view says it."""
        return ""

    def shows_crosshair(self, frame: SliceFrame) -> bool:
        """Whether the crosshair lies on the plane, as far as this view is concerned."""
        return True

    def context(self) -> PaneContext | None:
        """The view as its overlays and interactions read it; None without an image."""
        frame = self.frame()
        if frame is None:
            return None
        state, model = self.document.state, self.view_model
        return PaneContext(
            state=state,
            view=model.view,
            blend=model.shown_blend,
            pose=model.pose,
            limit_band=model.halo,
            expected=model.expected_error.now,
            edge_field=model.edges.now,
            landmarks=model.repeats.seen(state.landmarks),
            repeating=bool(model.repeats.sides),
            placing=mark_landmarks.side_to_mark(state, model, self.sides),
            tool=model.tool,
            locked=model.locked,
            rotation_centre=model.hand_centre,
            space=self.space,
            sides=self.sides,
            orientation=self.orientation,
            side_letters=model.preferences.now.side_letters,
            frame=frame,
            size=self.size(),
            title=self.title(frame),
            shows_crosshair=self.shows_crosshair(frame),
            active=self._active,
            first=self._first,
            mouse=self._mouse,
            drag=None if self._interaction is None else self._interaction.feedback,
        )

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        context = self.context()
        if context is None:
            painter.fillRect(self.rect(), QColor(IMAGE))
            paint_note(painter, f"no {self.side} image", self.size())
        else:
            rough, hurried = self._redraw.rough, self.view_model.following
            self._picture.make(request_for(context), context.frame, rough=rough, hurried=hurried)
            self._picture.paint(painter)
            self._overlays.paint(painter, context)
        if self._ring:
            paint_focus(painter, self.size())

    def _follow_preview(self) -> None:
        if not self.isVisible():
            return
        if not self.view_model.following:
            self._redraw.moved()
        elif self.fused or self.document.state.landmarks:  # one image in its own space shows at most marks through it
            self._redraw.follow()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._redraw.moved()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        context = self.context()
        if event is None or context is None:
            return
        self.activated.emit()
        if self._interaction is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self._cancel_interaction()
            return
        self._interaction = dispatch.begin(self, context, event)
        self._show_what_a_press_does()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._interaction is not None and not event.buttons():  # the button was let go outside of the window
            self._drop_interaction()
        at = self._mouse = event.position()
        context = self.context()
        if context is None:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        point = context.frame.point_under(at)
        if self._interaction is not None:
            self._interaction.follow(at, context, fine=shift)
        elif shift and not event.buttons():
            self.view_model.set_cursor(self.space, point)
        else:
            self._show_what_a_press_does(context)
        self.activated.emit()
        if self.view_model.view.mode is BlendMode.SPY_GLASS or self.view_model.tool == "move":
            self.update()
        self.hovered.emit(self.space, point)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._interaction is not None and event is not None and not event.buttons():
            interaction, self._interaction = self._interaction, None
            before = self.document.state
            interaction.release()
            self._marked = self.document.state is not before
            self._show_what_a_press_does()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        context = self.context()
        placing = context is not None and context.placing is not None
        if placing or self._marked:  # of two quick clicks each marks its point, or none
            self.mousePressEvent(event)
        else:
            self.view_model.enlarge(self.key)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        notches = 0 if event is None else self._wheel.turn(self, event)
        if notches:
            self.scroll_slices(notches)

    def scroll_slices(self, number: int) -> None:
        """Go so many slices of the image towards the patient's right, front or head."""
        self.step_cursor(self.way_in, number)

    def step_cursor(self, way: Points, number: int) -> None:
        """Put the crosshair so many slices further on along a unit vector (3,) of the space that is looked at."""
        volume = self.volume
        if volume is not None:
            cursor = np.asarray(self.view_model.view.space(self.space).cursor)
            self.view_model.set_cursor(self.space, slices_on(*self.stepped(volume), cursor, way, number))

    def stepped(self, volume: Volume) -> tuple[Volume, RigidTransform]:
        """Whose slices the wheel counts, and its pose: the view's image, or the moving one if that is chosen."""
        moving = self.document.state.moving
        if self.fused and moving is not None and self.view_model.view.wheel_moving:
            return moving, self.view_model.pose
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

    # For interactions

    def mark_point(self, side: Side, point: Points) -> None:
        """Announce a click that marks the selected pair's point of an image, (3,) of that image's own space."""
        self.point_clicked.emit(side, point)

    def explain(self, text: str, at: QPointF) -> None:
        """Show a sentence at a place of the view, logical pixels."""
        QToolTip.showText(self.mapToGlobal(at).toPoint(), text, self)

    # Taking back

    def event(self, event: QEvent | None) -> bool:
        # Esc ends a drag before any shortcut of the window gets it.
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and self._is_way_back(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and self._is_way_back(event):
            self._cancel_interaction()
        else:
            super().keyPressEvent(event)

    def _is_way_back(self, event: QEvent) -> bool:
        return self._interaction is not None and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape

    def _cancel_interaction(self) -> None:
        interaction, self._interaction = self._interaction, None
        if interaction is not None:
            interaction.cancel()
        self._show_what_a_press_does()

    def _drop_interaction(self) -> None:
        """End a drag whose end will not come: the images are others, or the button was let go elsewhere."""
        interaction, self._interaction = self._interaction, None
        if interaction is not None:
            interaction.drop()
        self._wheel = Wheel()
        self._show_what_a_press_does()
        self.update()

    def showEvent(self, event: QShowEvent | None) -> None:
        self._show_what_a_press_does()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._drop_interaction()
        self._redraw.rest()

    # Focus and cursor

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event is not None and event.reason() in by_keyboard
        self.activated.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._ring = False
        self.update()

    def _show_what_a_press_does(self, context: PaneContext | None = None) -> None:
        """Give the mouse the shape that tells what a press would begin, and the tool tip why nothing."""
        if not self.isVisible():
            return
        context = context or self.context()
        shape, why_not = (Qt.CursorShape.ArrowCursor, "") if context is None else dispatch.what_a_press_does(context)
        self.setToolTip(why_not)
        self.setCursor(shape if self._interaction is None else self._interaction.cursor)
