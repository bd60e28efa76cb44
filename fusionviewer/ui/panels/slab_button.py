"""How thick a slice of one image is shown, and what is made of it."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget, QWidgetAction

from fusionviewer.app.actions.view import SLABS
from fusionviewer.app.commands import display
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.slab import THICKEST_MM, Slab, SlabKind, slab_words
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.ui.look.icons import icon
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.controls import allow, column_of, label, show_value, spin

_THINNEST_MM = 0.5


class SlabButton(QToolButton):
    """Offers the plane itself, or maximum, mean or minimum over so many millimetres; marked while it is a slab."""

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side
        self.setObjectName(f"{side}_slab")
        self.setIcon(icon("layers-2"))
        self.setProperty("role", "swatch")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        self._choices: dict[SlabKind | None, QAction] = {}
        for kind, name, tip in SLABS:
            action = QAction(name, group)
            action.setToolTip(tip)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, chosen=kind: display.choose_slab(workspace, side, chosen))
            menu.addAction(action)
            self._choices[kind] = action
        menu.addSeparator()
        self._thickness = spin(_THINNEST_MM, THICKEST_MM, self._set_thickness, step=1.0, decimals=1, suffix=" mm")
        self._thickness.setObjectName(f"{side}_slab_mm")
        self._thickness.setAccessibleName(f"Thickness of the {side} image's slab")
        row = QWidget()
        rows = column_of(row, UNIT // 2)
        rows.setContentsMargins(3 * UNIT, UNIT // 2, UNIT, UNIT // 2)
        rows.addWidget(label("Thickness", "caption"))
        rows.addWidget(self._thickness)
        entry = QWidgetAction(menu)
        entry.setDefaultWidget(row)
        menu.addAction(entry)
        self.setMenu(menu)
        workspace.document.when(Changes.IMAGES).connect(self._show)
        workspace.view_model.window_changed.connect(self._show)
        self._show()
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        self.setIconSize(QSize(scaled(2 * UNIT), scaled(2 * UNIT)))
        self.setFixedWidth(scaled(2 * UNIT) + UNIT + 2)

    def _set_thickness(self, thickness_mm: float) -> None:
        slab = self._workspace.view_model.view.slab(self._side)
        if slab is not None and abs(slab.thickness_mm - thickness_mm) > 1e-9:
            self._workspace.view_model.set_slab(self._side, Slab(slab.kind, thickness_mm))

    def _show(self) -> None:
        slab = self._workspace.view_model.view.slab(self._side)
        self._choices[None if slab is None else slab.kind].setChecked(True)
        self._thickness.setEnabled(slab is not None)
        self._thickness.setToolTip("" if slab else "Choose maximum, mean or minimum first.")
        show_value(self._thickness, display.USUAL_SLAB_MM if slab is None else slab.thickness_mm)
        self.setCheckable(True)
        self.setChecked(slab is not None)
        told = "plane" if slab is None else slab_words(slab)
        self.setAccessibleName(f"Slab of the {self._side} image: {told}")
        there = self._workspace.document.state.volume(self._side) is not None
        allow(self, f"Slab: {told}", "" if there else "Open this image first.")
