"""The preferences, to be changed while the window goes on: each change acts at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.app.state.preferences import TEXT_SIZES, choices_are_kept, cores
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import allow, enter_only_here, guard_wheel, label, show_value, spin
from fusionviewer.ui.widgets.form_dialog import choice_box

THEMES: Final = (("dark", "Dark"), ("light", "Light"), ("system", "As the system"))
LETTERS: Final = (("HF", "H and F (head, feet)"), ("SI", "S and I (superior, inferior)"))
WHEEL: Final = ((False, "Towards the head"), (True, "Towards the feet"))
POSITIONS: Final = ((False, "LPS, as DICOM"), (True, "RAS, as NIfTI and 3D Slicer"))
CONVENTIONS: Final = ((True, "Radiological"), (False, "Neurological"))

_OF_THE_VIEW: Final = ("ras", "radiological")
"""What is a part of how the study is looked at, and not of the preferences: there is one truth about it."""

_OF_THE_STUDY: Final = "Of this study and of those that are begun after it, as in the View menu; a study keeps its own"
_LETTERS_IN_A_BOX: Final = 22
_NOTHING: Final = "Nothing is remembered."


def show_preferences(workspace: Workspace, forget_layout: Callable[[], None], window: QWidget) -> None:
    """Show the one dialog of a window, or bring it to the front."""
    dialog = window.findChild(PreferencesDialog) or PreferencesDialog(workspace, forget_layout, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


class PreferencesDialog(QDialog):
    """Not modal. `forget_layout` lets the window look as at its first start, and forget how it was arranged."""

    def __init__(self, workspace: Workspace, forget_layout: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._workspace, self._forget_layout = workspace, forget_layout
        self._boxes: dict[str, QComboBox] = {}
        self._build()
        workspace.preferences.changed.connect(self._show)
        workspace.view_model.layout_changed.connect(self._show)
        workspace.recent.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(3 * UNIT)
        columns.addLayout(self._left(), 1)
        columns.addLayout(self._right(), 1)
        rows = QVBoxLayout(self)
        rows.setSpacing(2 * UNIT)
        rows.addLayout(columns)
        defaults = _button("restore_defaults", "Restore defaults", "All choices as at the first start")
        defaults.clicked.connect(self._restore)
        close = _button("close", "Close", "What was changed acts already")
        close.clicked.connect(self.close)
        rows.addLayout(_row(defaults, None, close))

    def _left(self) -> QFormLayout:
        form = _form()
        form.addRow(label("Look", "section"))
        sizes = tuple((size, f"{size * 100:.0f} %") for size in TEXT_SIZES)
        self._choose(form, "theme", "Theme", THEMES, tip="Colours around the images, which stay on black")
        self._choose(form, "text_size", "Text size", sizes, tip="Of all words and numbers around the images")
        form.addRow(label("Views", "section"))
        letters = "At the edges of the views and in screenshots, beside R, L, A and P"
        self._choose(form, "side_letters", "Head and feet", LETTERS, tip=letters)
        wheel = "In axial views; in the others to the front and the right, or to the back and the left"
        self._choose(form, "reverse_wheel", "Wheel forward", WHEEL, tip=wheel)
        self._choose(form, "ras", "Positions", POSITIONS, tip=_OF_THE_STUDY)
        sides = "Radiological: the patient's right on the left of the screen"
        self._choose(form, "radiological", "Convention", CONVENTIONS, tip=f"{sides}. {_OF_THE_STUDY}")
        return form

    def _right(self) -> QFormLayout:
        form = _form()
        form.addRow(label("Calculation", "section"))
        self.threads = spin(0, cores(), lambda number: self._prefer("threads", int(number)), step=1)
        self.threads.setSpecialValueText(f"all ({cores()})")
        tip = "How many cores a calculation may use; results are the same to the last digit"
        _name(self.threads, "threads", "Cores", tip)
        form.addRow("Cores", self.threads)
        self.check_fusions = QCheckBox("Check each fusion by itself")
        tip = "In the background, after each run and once a pose that was changed rests; without the mark, when asked"
        _name(self.check_fusions, "check_fusions", "Check each fusion by itself", tip)
        self.check_fusions.toggled.connect(partial(self._prefer, "check_fusions"))
        form.addRow(self.check_fusions)
        form.addRow(label("Privacy", "section"))
        self.series_descriptions = QCheckBox("Series descriptions in files")
        tip = "Studies, archives and screenshots with names call a DICOM series by its description, not CT series 3"
        _name(self.series_descriptions, "series_descriptions", "Series descriptions in files", tip)
        self.series_descriptions.toggled.connect(partial(self._prefer, "series_descriptions"))
        form.addRow(self.series_descriptions)
        self.remember = QCheckBox("Remember recent studies and folders")
        tip = "In a file that you alone can read, and your initials; without the mark they are removed at once"
        _name(self.remember, "remember", "Remember recent studies and folders", tip)
        self.remember.toggled.connect(partial(self._prefer, "remember"))
        self.kept = QPlainTextEdit()
        self.kept.setReadOnly(True)
        self.kept.setTabChangesFocus(True)
        self.kept.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.kept.setMinimumSize(44 * UNIT, 14 * UNIT)
        _name(self.kept, "remembered", "What is remembered", "What is kept from one start to the next")
        recent = self._workspace.recent
        self.clear_studies = self._clearing("Studies", "clear_studies", recent.clear_studies)
        self.clear_folders = self._clearing("Folders", "clear_folders", recent.clear_folders)
        self.clear_layout = self._clearing("Window", "clear_window_layout", self._forget_layout)
        form.addRow(self.remember)
        form.addRow(self.kept)
        form.addRow("Clear", _row(self.clear_studies, self.clear_folders, self.clear_layout, None))
        return form

    def _choose(
        self, form: QFormLayout, name: str, title: str, choices: tuple[tuple[object, str], ...], *, tip: str
    ) -> None:
        """A row of a form with a box for one of the preferences."""
        box = choice_box(choices, None)
        _name(box, name, title, tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_LETTERS_IN_A_BOX)  # so that it fits in the largest letters, too
        guard_wheel(box)
        box.activated.connect(lambda _: self._prefer(name, box.currentData()))
        form.addRow(title, box)
        self._boxes[name] = box

    def _clearing(self, text: str, name: str, clear: Callable[[], None]) -> QPushButton:
        button = _button(name, text, "")
        button.setAccessibleName(name.replace("_", " ").capitalize())

        def do() -> None:
            clear()
            self._show()

        button.clicked.connect(do)
        return button

    def _prefer(self, name: str, value: object) -> None:
        holder = self._workspace.view_model if name in _OF_THE_VIEW else self._workspace.preferences
        holder.change(**{name: value})

    def _restore(self) -> None:
        self._workspace.preferences.restore_defaults()
        first = ViewState()
        self._workspace.view_model.change(ras=first.ras, radiological=first.radiological)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        """Show what holds now; nothing is changed by that."""
        preferences, view = self._workspace.preferences.now, self._workspace.view_model.view
        for name, choice in self._boxes.items():
            holder = view if name in _OF_THE_VIEW else preferences
            choice.setCurrentIndex(choice.findData(getattr(holder, name)))
        show_value(self.threads, preferences.threads)
        for box in (self.remember, self.check_fusions, self.series_descriptions):
            box.blockSignals(True)
            box.setChecked(getattr(preferences, box.objectName()))
            box.blockSignals(False)
        if self.isVisible():
            self._show_kept()

    def _show_kept(self) -> None:
        remembered = self._workspace.recent.remembered
        lines = [f"Study: {path}" for path in remembered.studies]
        lines += [f"Folder of {kind}: {path}" for kind, path in remembered.folders.items()]
        lines += ["Window: size, layout, choices of dialogs, initials"] * choices_are_kept()
        text = "\n".join(lines) or _NOTHING
        if text != self.kept.toPlainText():
            self.kept.setPlainText(text)
        for button, there, what in (
            (self.clear_studies, remembered.studies, "The list of recent studies; the files themselves stay"),
            (self.clear_folders, remembered.folders, "Dialogs for files open where the system opens them"),
            (
                self.clear_layout,
                choices_are_kept(),
                "The window as at its first start; choices of dialogs and initials go",
            ),
        ):
            allow(button, what, "" if there else "There is nothing to clear.")


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(2 * UNIT)
    form.setVerticalSpacing(UNIT)
    form.setFieldGrowthPolicy(form.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Parts side by side; None: the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(UNIT)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def _name(control: QWidget, name: str, title: str, tip: str) -> None:
    control.setObjectName(name)
    control.setAccessibleName(title)
    control.setToolTip(tip)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    enter_only_here(button)  # Enter in a box must not press one
    _name(button, name, text, tip)
    return button
