"""A part of a panel that can be folded away; what matters of it is said in its heading all the same."""

from __future__ import annotations

from PyQt6.QtCore import QSettings, QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import Rows
from fusionviewer.ui.widgets.elided_label import ElidedLabel


class Collapsible(Rows):
    """A heading with an arrow, and below it what is folded away or shown; that is remembered.

    Until the user decides, the room does: see `adapt_to_height`.
    """

    def __init__(self, title: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = f"panels/{key}"
        self.heading = QToolButton()
        self.heading.setObjectName(f"fold_{key}")
        self.heading.setText(title)
        self.heading.setProperty("role", "heading")
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setIconSize(QSize(3 * UNIT // 2, 3 * UNIT // 2))
        self.heading.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.heading.clicked.connect(self._turn_over)
        self.summary = ElidedLabel("caption")
        self.summary.setObjectName(f"summary_{key}")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(self.heading)
        row.addWidget(self.summary, 1)
        self._content = QWidget()
        self._content.setLayout(self.column)
        self.column.setContentsMargins(0, UNIT // 2, 0, UNIT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._content)
        self._shown = True
        self.unfold(QSettings().value(self._setting, False, bool))

    @property
    def unfolded(self) -> bool:
        """Whether its content is shown."""
        return self._shown

    def unfold(self, shown: bool) -> None:
        """Show the content, or fold it away."""
        self._shown = shown
        self._content.setVisible(shown)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.heading.setToolTip("Fold this away" if shown else "Show all of it")

    def adapt_to_height(self, height: int, wanted: int) -> None:
        """Show the content in a column of at least the `wanted` height (pixels), or as the user has decided."""
        if not QSettings().contains(self._setting):
            self.unfold(height >= wanted)

    def _turn_over(self) -> None:
        self.unfold(not self._shown)
        QSettings().setValue(self._setting, self._shown)
