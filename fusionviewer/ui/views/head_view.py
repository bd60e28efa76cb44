"""The 3D view: the skull of the CT, or the head, with the three planes, landmarks and targets, turned by the mouse."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
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
from PyQt6.QtWidgets import QFrame, QSizePolicy, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_lookup import Lookup
from fusionviewer.geometry import ORIENTATIONS, Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.surface.camera import Camera
from fusionviewer.rendering.surface.head_picture import HeadScene
from fusionviewer.rendering.surface.head_surface import HeadSurface, find_surface
from fusionviewer.rendering.surface.limit_shell import LimitShell
from fusionviewer.rendering.surface.planes import PlanePictures
from fusionviewer.session.changes import Changes
from fusionviewer.session.marks import marks_of
from fusionviewer.session.scene import scene_of
from fusionviewer.session.state import Side
from fusionviewer.ui.look.palettes import DARK, IMAGE
from fusionviewer.ui.pane.overlays.annotations import paint_focus, paint_note
from fusionviewer.ui.views.head_overlay import HeadProjection, paint_over
from fusionviewer.ui.views.head_pictures import HeadPictures
from fusionviewer.ui.views.head_stand import ZOOM_STEP, HeadStand, box_between, planes_box

KEY: Final = "overview"
"""What the fourth pane is called where a pane is enlarged."""

SETTLE_MS: Final = 80
"""The planes are drawn anew when the crosshair, a window or the blend has rested so long: the panes come first."""
LATEST_MS: Final = 400
"""And at least so often while they go on moving."""
FOLLOW_MS: Final = 3000
"""A running registration is followed so often."""
SHARPEN_AFTER_MS: Final = 40

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

_CLICK_PX: Final = 4.0
"""A press that moves by less is a click."""


class HeadView(QFrame):
    """Draws only while it is seen. Turning it changes nothing else; a click puts the crosshair on what is under it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._document, self._model = workspace.document, workspace.view_model
        self.stand = HeadStand()
        self.cut_open = True
        self._surfaces: Lookup[HeadSurface] = Lookup(
            lambda volume: find_surface(volume, workspace.head_in(volume)), self._surface_found, self
        )
        self._planes = PlanePictures()
        self._pictures = HeadPictures(self, self.update)
        self._scene: HeadScene | None = None
        self._shell: tuple[object, LimitShell] | None = None
        self._stale = True
        """The scene is not what is to be shown."""
        self._turned = False
        """The picture is not what is to be seen of the scene."""
        self._press: QPointF | None = None
        self._turning = False
        self._before_click: Points | None = None
        self._ring = False
        self._settle = self._single_shot(SETTLE_MS, self._refresh)
        self._latest = self._single_shot(LATEST_MS, self._refresh)
        self._sharpen = self._single_shot(SHARPEN_AFTER_MS, self._make_sharp)
        self.setObjectName(KEY)
        self.setAccessibleName("3D view")
        self.setAccessibleDescription("Arrow keys turn it, + and - zoom, 1 to 6 show it from a side, Home resets it.")
        self.setToolTip("Drag to turn, wheel to zoom, click to put the crosshair there")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._connect()

    def _single_shot(self, after_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(call)
        return timer

    def _connect(self) -> None:
        document, model = self._document, self._model
        document.when(Changes.IMAGES).connect(self._images_changed)
        for changed in (
            document.when(Changes.POSE | Changes.REGION), model.cursor_changed, model.space_changed,
            model.window_changed, model.blend_changed, model.interlude.changed, model.halo_changed,
        ):  # fmt: skip
            changed.connect(self._changed)
        model.preview_changed.connect(self._pose_moved)
        self._workspace.runner.ended.connect(self._job_ended)
        marked = document.when(Changes.LANDMARKS | Changes.TARGETS)
        for changed in (marked, model.selection_changed, model.layout_changed):
            changed.connect(self.update)

    # What is shown

    @property
    def shown_side(self) -> Side | None:
        """The image whose surface is shown: a CT if there is one, else the first; None without an image."""
        volumes = self._document.state.volumes()
        return next((side for side, volume in volumes.items() if volume.modality == "CT"), next(iter(volumes), None))

    @property
    def _shown_volume(self) -> Volume | None:
        side = self.shown_side
        return None if side is None else self._document.state.volume(side)

    @property
    def surface(self) -> HeadSurface | None:
        """The surface that is shown; None until it is made, and where there is nothing to show."""
        volume = self._shown_volume
        return None if volume is None else self._surfaces.get(volume)

    @property
    def note(self) -> str:
        """What is said over the picture, or in place of it; empty: nothing."""
        volume = self._shown_volume
        if volume is None:
            return ""
        if self.surface is None and self._workspace.runner.busy:
            return "The 3D view comes when the running job has ended."
        if self.surface is None:
            return "No head was found to show." if self._surfaces.ask(volume) else "Making the 3D view…"
        return f"Skin of the {self.shown_side} image: there is no CT." if self.surface.kind == "skin" else ""

    @property
    def sharp(self) -> bool:
        """Whether the picture is the sharp one of what is shown now."""
        return not self._stale and self._pictures.sharp

    @property
    def smooth(self) -> bool:
        """Whether nothing better of the sharp picture is to come."""
        return self.sharp and self._pictures.smooth

    @property
    def nbytes(self) -> int:
        """How much memory the view takes for what it shows."""
        return 0 if self._scene is None else self._scene.nbytes + self._pictures.nbytes

    @property
    def _corners(self) -> Points:
        """The corners (8, 3) of the box that the planes take in: the fixed head's, with some of the neck."""
        state = self._document.state
        volume: Volume | None = state.fixed or state.moving
        assert volume is not None  # without an image nothing is drawn
        return planes_box(volume.grid.corners, self._workspace.head_in(volume))

    @property
    def _room(self) -> Points:
        """The corners (8, 3) of the box that is seen whole: planes and surface, at the study's pose."""
        corners, surface = self._corners, self.surface
        if surface is None:
            return corners
        pose = self._document.state.alignment.moving_from_fixed if self._moved else RigidTransform.identity()
        both = np.concatenate([corners, (~pose).apply(surface.corners)])
        return box_between(both.min(axis=0), both.max(axis=0))

    def camera(self) -> Camera:
        """The pixels of the view, and from where they are seen."""
        ratio = self.devicePixelRatioF()
        width, height = (max(1, math.ceil(n * ratio)) for n in (self.width(), self.height()))
        return self.stand.camera(self._room, width, height)

    @property
    def _moved(self) -> bool:
        """Whether the surface is seen through the pose."""
        return self.shown_side == "moving" and self._document.state.fixed is not None

    def _new_scene(self, surface: HeadSurface) -> HeadScene:
        state, model = self._document.state, self._model
        scene = scene_of(state, model.view, pose=model.pose, blend=model.shown_blend)
        pictures = self._planes.make(scene, self._corners, rough=model.following)
        axes = np.stack([scene.plane(orientation).normal for orientation in ORIENTATIONS], axis=1)
        pose, shell = model.pose if self._moved else RigidTransform.identity(), self._limit_shell()
        return HeadScene(surface, pose, pictures, scene.at, axes, self.cut_open, shell)

    def _limit_shell(self) -> LimitShell | None:
        halo = self._model.halo
        if halo is None:
            return None
        if self._shell is None or self._shell[0] != halo:
            self._shell = (halo, LimitShell.of(halo))
        return self._shell[1]

    # When it is drawn

    def _images_changed(self) -> None:
        self.stand.show_whole()
        self._scene, self._stale = None, True
        self._pictures.drop()
        self._ask()
        self.update()

    def _ask(self) -> None:
        """Have the surface made, if it is to be seen; a running job comes first."""
        volume = self._shown_volume
        if volume is not None and self.isVisible() and not self._workspace.runner.busy:
            self._surfaces.ask(volume)

    def _job_ended(self) -> None:
        self._ask()
        self._sharpen.start()
        self.update()

    def _surface_found(self) -> None:
        self._ask()
        self._stale = True
        self.update()

    def _changed(self) -> None:
        """Something of the planes has changed: draw them when it rests, and now and then until it does."""
        self._stale = True
        if self.isVisible() and self.surface is not None:
            self._settle.start()
            if not self._latest.isActive():
                self._latest.start(LATEST_MS)

    def _pose_moved(self) -> None:
        if not self._model.following:
            self._changed()
            return
        self._stale = True
        if self.isVisible() and self.surface is not None and not self._latest.isActive():
            self._latest.start(FOLLOW_MS)

    def _refresh(self) -> None:
        self._settle.stop()
        self._latest.stop()
        self.update()

    def look_again(self) -> None:
        """The head stands otherwise; the scene is the same."""
        self._pictures.rest()
        self._turned = True
        self.update()

    def _make_sharp(self) -> None:
        idle = not self._workspace.runner.busy  # when the job ends this is done
        if self.isVisible() and self._scene is not None and not self._stale and idle:
            self._pictures.sharpen(self._scene, self.camera())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(IMAGE))
        surface, note = self.surface, self.note
        if surface is None:
            paint_note(painter, note, self.size())
            return
        waits = self._settle.isActive() or self._latest.isActive()
        if (self._stale and not waits) or self._scene is None:
            self._scene, self._stale, self._turned = self._new_scene(surface), False, True
        if self._turned or self._pictures.canvas is None:
            self._turned = False
            self._pictures.draw_roughly(self._scene, self.camera(), hurried=self._model.following)
            self._sharpen.start()
        self._paint_picture(painter, note)

    def _paint_picture(self, painter: QPainter, note: str) -> None:
        canvas = self._pictures.canvas
        assert canvas is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._pictures.image)
        state, model, camera = self._document.state, self._model, self.camera()
        marks = marks_of(state, pose=model.pose, landmarks=model.repeats.seen(state.landmarks))
        projection = HeadProjection(camera.plane, camera.viewport, self.devicePixelRatioF(), canvas)
        letters, selected = model.preferences.now.side_letters, model.view.selected_pair
        paint_over(painter, projection, self.size(), marks=marks, letters=letters, selected=selected)
        if note:
            room = QRectF(self.rect()).adjusted(0, self.height() - 3.2 * painter.fontMetrics().height(), 0, 0)
            painter.setPen(QColor(DARK.text))  # the picture is black in both themes
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, note)
        if self._ring:
            paint_focus(painter, self.size())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.look_again()

    def showEvent(self, event: QShowEvent | None) -> None:
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._settle.stop()
        self._latest.stop()
        self._sharpen.stop()
        self._pictures.rest()
        self._press, self._turning, self._turned = None, False, True

    # What the user does

    def set_cut_open(self, cut_open: bool) -> None:
        """Leave out the eighth of the head that faces the viewer, or not."""
        self.cut_open, self._stale = cut_open, True
        self.update()

    def point_under(self, at: QPointF) -> Points | None:
        """What is seen at a place of the view, (3,) LPS mm of fixed space; None: nothing is."""
        canvas = self._pictures.canvas
        if canvas is None:
            return None
        height, width = canvas.depths.shape
        column = (at.x() + 0.5) * width / self.width() - 0.5
        row = (at.y() + 0.5) * height / self.height() - 0.5
        c, r = min(width - 1, max(0, round(column))), min(height - 1, max(0, round(row)))
        depth = float(canvas.depths[r, c])
        return canvas.camera.point(c, r, depth) if math.isfinite(depth) else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._press, self._turning = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._press is None or not event.buttons():
            return
        moved = event.position() - self._press
        if not self._turning and math.hypot(moved.x(), moved.y()) < _CLICK_PX:
            return
        self._turning, self._press = True, event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        per_px = 180.0 / max(1, min(self.width(), self.height()))
        self.stand.turn(-per_px * moved.x(), per_px * moved.y())
        self.look_again()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        if not self._turning:
            self._before_click = np.asarray(self._model.view.fixed.cursor)
            self._put_crosshair(self.point_under(event.position()))
        self._press, self._turning = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def _put_crosshair(self, point: Points | None) -> None:
        if point is not None:
            self._model.set_cursor("fixed", point)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """The first of the two clicks has moved the crosshair, which was not meant."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._put_crosshair(self._before_click)
            self._model.enlarge(KEY)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None and event.angleDelta().y():
            off = (event.position() - QPointF(self.rect().center())) * self.devicePixelRatioF()
            camera = self.camera() if self.surface is not None else None
            self.stand.magnify(ZOOM_STEP ** (event.angleDelta().y() / 120), camera, (off.x(), off.y()))
            self.look_again()
            event.accept()

    def event(self, event: QEvent | None) -> bool:
        # The window has shortcuts on some of these keys.
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride else None
        if pressed is not None and (self._is_way_back(pressed) or self.stand.step_of(pressed) is not None):
            pressed.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        step = None if event is None else self.stand.step_of(event)
        if event is not None and self._is_way_back(event):
            self._model.show_all_panes()
        elif step is not None:
            step()
            self.look_again()
        elif event is None or event.key() not in _ENTER:  # else the window would say what Enter is for in the slices
            super().keyPressEvent(event)

    def _is_way_back(self, event: QKeyEvent) -> bool:
        """Esc shows all panes again, unless it is needed to leave a job."""
        return event.key() == Qt.Key.Key_Escape and self._model.view.enlarged == KEY and not self._model.locked

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event is not None and event.reason() in by_keyboard
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._ring = False
        self.update()
