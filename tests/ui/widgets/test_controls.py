"""Controls of the column: what the wheel leaves alone, and where lines end."""

from __future__ import annotations

import pytest
from keyboard import key_click
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from windows import OpenWindow, child

from fusionviewer.session.state import FusionState
from fusionviewer.ui.widgets.controls import ZERO_WIDTH_SPACE, breakable, enter_only_here
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def _wheel(widget: QWidget) -> None:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(widget.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", ["shift_y", "turn_x", "max_shift", "start", "preset", "fixed_level", "fixed_preset"])
def test_the_wheel_changes_nothing_that_was_not_clicked(window: MainWindow, name: str) -> None:
    state, view = window.workspace.document.state, window.workspace.view_model.view
    kind: type[QComboBox | QDoubleSpinBox] = (
        QComboBox if name in {"start", "preset", "fixed_preset"} else QDoubleSpinBox
    )
    control = child(window, kind, name)
    before = control.currentIndex() if isinstance(control, QComboBox) else control.value()
    _wheel(control)
    assert window.workspace.document.state is state
    assert window.workspace.view_model.view == view
    assert before == (control.currentIndex() if isinstance(control, QComboBox) else control.value())


def test_a_line_ends_between_words_unless_a_word_is_long() -> None:
    sentence = "Internal auditory canal, left side and Choroid plexus calcification L look swapped: exchange them?"
    assert breakable(sentence) == sentence
    assert breakable("a" * 30) == "a" * 24 + ZERO_WIDTH_SPACE + "a" * 6
    assert breakable("t1_head") == f"t1_{ZERO_WIDTH_SPACE}head"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_a_button_where_it_has_the_focus_and_nowhere_else(key: Qt.Key, qtbot: QtBot) -> None:
    dialog, pressed = QDialog(), []
    column, box = QVBoxLayout(dialog), QLineEdit()
    column.addWidget(box)
    for name in ("Browse", "Save"):
        button = QPushButton(name)
        button.clicked.connect(lambda _, name=name: pressed.append(name))
        column.addWidget(button)
    browse, save = dialog.findChildren(QPushButton)
    enter_only_here(browse)
    save.setDefault(True)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    for focused in (browse, box):
        focused.setFocus()
        key_click(focused, key)
    assert pressed == ["Browse", "Save"]
