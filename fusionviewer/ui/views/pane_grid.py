"""The room of the images: fused panes, a row for each image, slices side by side, or one pane alone."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import QApplication, QFrame, QSizePolicy, QWidget

from fusionviewer.app.commands.export_pictures import Screen, ViewOnScreen
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Points, SlicePlane
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.session.changes import Changes
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import PLANES
from fusionviewer.ui.look.theme import GAP, UNIT, colours, follow_theme, scaled
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.views import mosaic_view
from fusionviewer.ui.views.head_view import KEY as HEAD_KEY
from fusionviewer.ui.views.mosaic_view import MosaicView
from fusionviewer.ui.views.nudge_magnifier import NudgeMagnifier
from fusionviewer.ui.views.slice_pane import SlicePane
from fusionviewer.ui.views.slice_view import SliceView

_LABEL_WIDTH: Final = 3 * UNIT
_COLUMNS: Final = ORIENTATIONS


class PaneGrid(QFrame):
    """Holds all views, made once; shows those of the layout that the view model asks for.

    For the commands it is whichever view was used last.
    """

    point_clicked = pyqtSignal(str, object)
    """As `SliceView.point_clicked`."""
    hovered = pyqtSignal(str, object)
    """As `SliceView.hovered`."""
    asked = pyqtSignal(str)
    """An icon of the active view's pane was clicked: the key of an action."""

    def __init__(self, document: Document, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._view_model = view_model
        self._views: dict[str, SliceView] = {}
        self._panes: dict[SliceView, QWidget] = {}
        """What is put in a place for a view: its pane with head and slice bar; of the mosaic the tile itself."""
        for orientation in ORIENTATIONS:
            self._add_pane(SliceView(document, view_model, "fixed", orientation, True))
        for side in SIDES:
            for orientation in _COLUMNS:
                self._add_pane(SliceView(document, view_model, side, orientation, False))
        for number in range(mosaic_view.COLUMNS * mosaic_view.ROWS):
            self._add(MosaicView(document, view_model, number, parent=self))
        self._labels = {name: _RowLabel(document, name, self) for name in ("fixed", "moving", "fused")}
        self._overview = QWidget(self)
        self._head: QWidget | None = None
        self._active = self._views["fused.axial"]
        self._magnifiers: dict[SliceView, NudgeMagnifier] = {}
        self.setAccessibleName("Images")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        document.when(Changes.IMAGES).connect(self._arrange)
        view_model.layout_changed.connect(self._arrange)
        follow_theme(self, self._arrange)

    def _add_pane(self, view: SliceView) -> None:
        pane = SlicePane(view, self)
        pane.asked.connect(self.asked)
        self._add(view, pane)

    def _add(self, view: SliceView, pane: QWidget | None = None) -> None:
        self._views[view.key] = view
        self._panes[view] = pane or view
        view.point_clicked.connect(self.point_clicked)
        view.hovered.connect(self.hovered)
        view.activated.connect(lambda: self._set_active(view))

    def view(self, key: str) -> SliceView:
        """A view by its name, for example "fused.axial" or "moving.coronal"."""
        return self._views[key]

    def visible_views(self) -> list[SliceView]:
        """The views that the layout shows, in reading order."""
        shown = [view for view, pane in self._panes.items() if not pane.isHidden()]
        return sorted(shown, key=lambda view: (self._panes[view].y(), self._panes[view].x()))

    def active_view(self) -> SliceView:
        """The view that the mouse or the keyboard was in last, for what the keyboard does."""
        return self._active

    def _set_active(self, view: SliceView) -> None:
        """The keys go along with the mouse from pane to pane, if the images have the keyboard."""
        if view is self._active:
            return
        before, self._active = self._active, view
        self._tell_ranks()
        if before in self._magnifiers:
            self._magnifiers[before].hide()
        if self._focused and not view.hasFocus():
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _focused(self) -> bool:
        """Whether one of the views has the keyboard."""
        return any(view.hasFocus() for view in self._views.values())

    @property
    def sides(self) -> tuple[Side, ...]:
        """The images that the active view shows."""
        return self._active.sides

    @property
    def plane(self) -> SlicePlane | None:
        """The plane that the active view shows; None: no image."""
        frame = self._active.frame()
        return None if frame is None else frame.plane

    @property
    def screen_shown(self) -> Screen:
        """What of the window a picture depends on."""
        ratio = self.devicePixelRatioF()
        size = math.ceil(self.width() * ratio), math.ceil(self.height() * ratio)
        return Screen(size, _on_screen(self._active))

    def step_cursor(self, way: Points, number: int) -> None:
        """Put the crosshair so many slices of the active view further on along a unit vector (3,)."""
        self._active.step_cursor(way, number)

    def scroll_slices(self, number: int) -> None:
        """Go so many slices of the active view towards the patient's right, front or head."""
        self._active.scroll_slices(number)

    def type_slice(self) -> None:
        """Let the user type the number of a slice, where the active view's pane tells it."""
        pane = self._panes[self._active]
        if isinstance(pane, SlicePane):
            pane.head.type_number()

    def magnify_point(self, side: Side) -> None:
        """Magnify the selected pair's point of an image for a second in the active view."""
        self.magnifier(self._active).show_point(side)

    def magnify_where_shown(self, side: Side) -> None:
        """Magnify it in the view used last, or one like it that shows the image; of the fused ones the last is seen."""
        shown = [view for view in self.visible_views() if side in view.sides]
        now = self._active
        view = min(shown, key=lambda one: (one is not now, one.orientation is not now.orientation), default=None)
        if view is not None:
            self.magnifier(view).show_point(side)

    def focus_next(self, way: int) -> None:
        """Give the keyboard to the next (1) or previous (-1) view in reading order; first to the one used last.

        The 3D view comes last, while it is seen.
        """
        views: list[QWidget] = [*self.visible_views()]
        if self._head is not None and self._head.isVisibleTo(self):
            views.append(self._head)
        if not views:
            return
        has_it = next((number for number, view in enumerate(views) if view.hasFocus()), None)
        used_last = views.index(self._active) if self._active in views else 0
        following = used_last if has_it is None else (has_it + way) % len(views)
        views[following].setFocus(Qt.FocusReason.TabFocusReason)

    def set_overview(self, widget: QWidget, head: QWidget | None = None) -> None:
        """Put a widget in the fourth place of the fused layout; `head` is the 3D view in it, which takes keys."""
        self._head = head
        self._overview.hide()
        self._overview.deleteLater()
        self._overview = widget
        widget.setParent(self)
        self._arrange()

    def magnifier(self, view: SliceView) -> NudgeMagnifier:
        """The magnifier of a view, which is made when it is first needed."""
        if view not in self._magnifiers:
            self._magnifiers[view] = NudgeMagnifier(view)
        return self._magnifiers[view]

    def draw_anew(self) -> None:
        """Draw all views anew: something besides the study and its display has become known."""
        for view in self._views.values():
            view.update()

    def tell_hovered(self) -> None:
        """Announce anew what is under the mouse: it may be another place or value now."""
        for view in self._views.values():
            view.tell_hovered()

    def grab_views(self) -> QImage:
        """A picture of the area as it is on the screen."""
        return self.grab().toImage()

    # Places

    def _arrange(self) -> None:
        """Put every widget that is to be seen in its place, and hide the others."""
        view = self._view_model.view
        active, focused, has_it = self._active, self._focused, QApplication.focusWidget()
        has_it = has_it if self.isAncestorOf(has_it) else None
        enlarged = self._overview if view.enlarged == HEAD_KEY else self._views.get(view.enlarged)
        wanted: dict[QWidget, QRect] = self._places() if enlarged is None else {enlarged: self.rect()}
        places = {self._panes[one] if isinstance(one, SliceView) else one: room for one, room in wanted.items()}
        for widget in (*self._panes.values(), *self._labels.values(), self._overview):
            if widget in places:
                widget.setGeometry(places[widget])
            widget.setVisible(widget in places)
        for shown in self.visible_views():
            shown.setAccessibleName(spoken_name(shown, self._document.state.has_pair))
        self._tell_ranks()
        if active not in wanted and view.enlarged != active.key:
            active = next((v for v in self._views.values() if v in wanted), active)
        self._set_active(active)
        # what is hidden, be it a view or the fourth pane, passes the keyboard on to anything
        lost = has_it is not None and not has_it.isVisibleTo(self)
        if (focused or lost) and active in wanted and not active.hasFocus():
            active.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def _tell_ranks(self) -> None:
        """Mark the view in which keys act; the first of those of the same images says what is true of all of them."""
        shown = self.visible_views()
        firsts = {view.sides: view for view in reversed(shown)}
        for view in {*shown, self._active}:
            view.set_rank(active=view is self._active, first=firsts.get(view.sides) is view)

    def _places(self) -> dict[QWidget, QRect]:
        """Where the widgets of the layout lie."""
        match self._view_model.view.layout:
            case "fused":
                return self._fused_places()
            case "large":
                return self._large_places()
            case "pairs":
                return self._row_places(("fixed", "moving"))
            case "nine":
                return self._row_places(("fixed", "moving", "fused"))
            case "mosaic":
                return self._mosaic_places()

    def _cells(self, columns: int, rows: int) -> list[QRect]:
        """Equal parts of the room, in reading order."""
        widths = _parts(self.width(), columns)
        return [_cell(column, row) for row in _parts(self.height(), rows) for column in widths]

    def _fused_places(self) -> dict[QWidget, QRect]:
        views = [self._views[f"fused.{name}"] for name in ("axial", "sagittal", "coronal")]
        return dict(zip((*views, self._overview), self._cells(2, 2), strict=True))

    def _large_places(self) -> dict[QWidget, QRect]:
        """The large plane takes two thirds of the width, the small ones the rest, one above the other."""
        thirds = _parts(self.width(), 3)
        left, right = (0, thirds[2][0] - GAP), thirds[2]
        main = self._view_model.view.main_plane
        small = [name for name in PLANES if name != main]
        places: dict[QWidget, QRect] = {self._views[f"fused.{main}"]: _cell(left, (0, self.height()))}
        for name, row in zip(small, _parts(self.height(), 2), strict=True):
            places[self._views[f"fused.{name}"]] = _cell(right, row)
        return places

    def _row_places(self, rows: tuple[str, ...]) -> dict[QWidget, QRect]:
        label = scaled(_LABEL_WIDTH)
        columns = [(x + label, width) for x, width in _parts(self.width() - label, len(_COLUMNS))]
        places: dict[QWidget, QRect] = {}
        for name, row in zip(rows, _parts(self.height(), len(rows)), strict=True):
            places[self._labels[name]] = _cell((0, label), row)
            for orientation, column in zip(_COLUMNS, columns, strict=True):
                places[self._views[f"{name}.{orientation.name}"]] = _cell(column, row)
        return places

    def _mosaic_places(self) -> dict[QWidget, QRect]:
        cells = self._cells(mosaic_view.COLUMNS, mosaic_view.ROWS)
        return {self._views[f"mosaic.{number}"]: cell for number, cell in enumerate(cells)}

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(960, 640)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 320)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours().window))


def _on_screen(view: SliceView) -> ViewOnScreen | None:
    frame = view.frame()
    if frame is None:
        return None
    size, at = (frame.viewport.width, frame.viewport.height), point_of(frame.plane.point)
    return ViewOnScreen(size, view.space, view.sides, view.orientation, at, view.shows_crosshair(frame))


def _parts(length: int, number: int) -> list[tuple[int, int]]:
    """(start, length) of equal parts with gaps between them; the whole length is used."""
    edges = [round(n * (length + GAP) / number) for n in range(number + 1)]
    return [(start, end - start - GAP) for start, end in pairwise(edges)]


def _cell(column: tuple[int, int], row: tuple[int, int]) -> QRect:
    return QRect(column[0], row[0], column[1], row[1])


def spoken_name(view: SliceView, pair: bool) -> str:
    """What a screen reader calls a view; `pair`: there are two images."""
    kind, _, part = view.key.partition(".")
    name = f"{view.orientation.name.capitalize()} view"
    if kind == "mosaic":
        name = f"{name} {int(part) + 1} of {mosaic_view.COLUMNS * mosaic_view.ROWS}"
    if view.fused:
        return f"{name}, both images" if pair else name
    return f"{name}, {view.side} image"


class _RowLabel(QWidget):
    """The name of a row's image, from bottom to top, in its colour and with its shape; or that both are seen."""

    def __init__(self, document: Document, row: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._side: Side | None = next((side for side in SIDES if side == row), None)
        document.when(Changes.IMAGES).connect(self.update)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._side
        painter.translate(0, self.height())
        painter.rotate(-90)
        length, middle = self.height(), self.width() / 2
        volume = None if side is None else self._document.state.volume(side)
        metrics = self.fontMetrics()
        room = length - 5 * UNIT
        name = "FUSED" if side is None else f"{side.upper()}  {volume.name if volume else ''}".strip()
        text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        x = (length - metrics.horizontalAdvance(text) - 2 * UNIT) / 2
        if side is not None:
            outline = shape(side, (x + 5, middle), 4.5)
            paint(painter, [Stroke((outline,), colours().sides[side], 1.0, rim=0.0, fill=1.0)])
        painter.setPen(QColor(colours().text if side is None else colours().sides[side]))
        painter.drawText(round(x) + 2 * UNIT, round(middle + metrics.capHeight() / 2), text)
