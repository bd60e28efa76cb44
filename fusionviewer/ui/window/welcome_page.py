"""What is shown until there are two images: a place for each, recent studies, and the sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.app.commands import open_save
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import printable
from fusionviewer.session.state import SIDES
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.panels.image_card import ImageCard
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import action_button, label, plain, scrolled

_MOST_RECENT: Final = 6
_WIDTH: Final = 104 * UNIT


class WelcomePage(QWidget):
    """Two drop targets side by side, and below them what can be opened with one click."""

    def __init__(
        self,
        workspace: Workspace,
        actions: ActionSet,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        content = QWidget()
        content.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 2 * UNIT, 0, UNIT)
        column.setSpacing(2 * UNIT)
        column.addStretch(1)
        column.addWidget(label("Fuse a head CT with an MRI", "headline"))
        cards = QHBoxLayout()
        cards.setSpacing(2 * UNIT)
        for side in SIDES:
            card = ImageCard(workspace, actions, side)
            card.setMinimumHeight(24 * UNIT)
            cards.addWidget(card, 1)
        column.addLayout(cards)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for key in ("open_dicom", "open_sample", "open_study"):
            row.addWidget(action_button(actions[key]))
        row.addStretch(1)
        column.addLayout(row)
        self._heading = label("Recent studies", "section")
        column.addWidget(self._heading)
        self._studies = QGridLayout()
        self._studies.setSpacing(UNIT)
        column.addLayout(self._studies)
        column.addStretch(2)
        column.addWidget(label("Not a medical device: for research only.", "caption"))
        outer = QWidget()
        centre = QHBoxLayout(outer)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.addStretch(1)
        centre.addWidget(content, 100)
        centre.addStretch(1)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(scrolled(outer))
        workspace.recent.changed.connect(self.show_recent)
        self.show_recent()

    def show_recent(self) -> None:
        """Show the studies that were used last, those of them that are still there."""
        while (item := self._studies.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        found = self._workspace.recent.studies()[:_MOST_RECENT]
        self._heading.setVisible(bool(found))
        for number, path in enumerate(found):
            button = StudyButton(path.name.removesuffix(SUFFIX))
            button.setObjectName(f"recent_{number}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(printable(str(path)))
            button.clicked.connect(partial(self._open, path))
            self._studies.addWidget(button, number // 3, number % 3)
        for column in range(3):
            self._studies.setColumnStretch(column, 1)

    def leave_room(self, height: int) -> None:
        """Begin so many logical pixels further down: a message covers what is above."""
        self._whole.setContentsMargins(0, height, 0, 0)

    def _open(self, path: Path) -> None:
        open_save.open_study(self._workspace, path)


class StudyButton(QPushButton):
    """A study's name. Names often differ in their beginning and their end: what does not fit is left out between."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(plain(name), parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def initStyleOption(self, option: QStyleOptionButton | None) -> None:
        super().initStyleOption(option)
        style = self.style()
        if option is not None and style is not None:
            room = style.subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
            shown, flags = Qt.TextElideMode.ElideMiddle, Qt.TextFlag.TextShowMnemonic.value
            option.text = self.fontMetrics().elidedText(self.text(), shown, room, flags)
