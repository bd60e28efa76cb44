"""Which picture is wanted: asked before the file is, and remembered, but for the images' names."""

from __future__ import annotations

from typing import Final, get_args

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QCheckBox, QWidget

from fusionviewer.app.commands.export_pictures import FACTORS, PictureChoice, Screen, Shown, What, form_of
from fusionviewer.errors import BadArgument
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.widgets.controls import allow, number_label
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box

_WHATS: Final[tuple[tuple[What, str], ...]] = (
    ("planes", "The three planes"),
    ("active", "The view that was used last"),
    ("axial", "Axial"),
    ("sagittal", "Sagittal"),
    ("coronal", "Coronal"),
    ("mosaic", "Mosaic of slices"),
)
_SHOWN: Final[tuple[tuple[Shown, str], ...]] = (("head", "The whole head"), ("window", "As in the window"))
_WITHOUT_NAMES: Final = (
    "Without names, landmarks and targets are numbered as in their lists,\n"
    "and nothing in the screenshot or its file tells who the patient is."
)
_WHOLE: Final = frozenset({"planes", "mosaic"})


class PictureDialog(FormDialog):
    """What a picture shows, how large it is, and whether with words. The size in pixels is said at once.

    `what` is offered first; taken as offered, it does not change what is offered the next time.
    """

    def __init__(
        self,
        view: ViewState,
        screen: Screen,
        parent: QWidget | None = None,
        *,
        why_no_marks: str = "",
        what: What | None = None,
    ) -> None:
        super().__init__("Export screenshot", _WITHOUT_NAMES, parent)
        self._view, self._screen, self._why_no_marks = view, screen, why_no_marks
        self._offered = what
        kept = remembered_choice(what)
        self.what = choice_box(_WHATS, kept.what)
        self.shown = choice_box(_SHOWN, kept.shown)
        self.factor = choice_box(tuple((n, f"{n} ×") for n in FACTORS), kept.factor)
        self.pixels = number_label()
        self.annotated = QCheckBox("Letters, lines and words")
        self.annotated.setChecked(kept.annotated)
        self.marks = QCheckBox("Landmarks, targets and distances")
        self.marks.setChecked(kept.marks)
        self.names = QCheckBox("Names of images, landmarks and targets")
        self.form.addRow("Screenshot of", self.what)
        self.form.addRow("Shows", self.shown)
        self.form.addRow("Size on the screen", self.factor)
        self.form.addRow("", self.pixels)
        self.form.addRow("With", self.annotated)
        self.form.addRow("", self.marks)
        self.form.addRow("", self.names)
        self.what.currentIndexChanged.connect(self._suit_framing)
        for control in (self.what, self.shown, self.factor):
            control.currentIndexChanged.connect(self._show)
        self.annotated.toggled.connect(self._show)
        self._show()

    @property
    def choice(self) -> PictureChoice:
        """What is chosen now."""
        annotated = self.annotated.isChecked()
        return PictureChoice(
            self.what.currentData(),
            self.shown.currentData(),
            self.factor.currentData(),
            annotated,
            annotated and self.names.isChecked(),
            self.marks.isChecked(),
        )

    def accept(self) -> None:
        remember_choice(self.choice, what_as_well=self.choice.what != self._offered)
        super().accept()

    def _suit_framing(self) -> None:
        """A single view as it is seen, the others with the whole head, unless it was chosen otherwise before."""
        what: What = self.what.currentData()
        self.shown.setCurrentIndex(self.shown.findData(_remembered_framing(what)))

    def _show(self) -> None:
        bare = "" if self.annotated.isChecked() else "Only with letters, lines and words."
        marks = "As in the views, with the TRE isocontours while those are shown"
        allow(self.marks, marks, bare or self._why_no_marks)
        allow(self.names, "Names may tell who the patient is", bare)
        why_not = ""
        try:
            width, height = form_of(self.choice, self._view, self._screen).size
            self.pixels.setText(f"{width} × {height} pixels")
        except BadArgument as refusal:
            why_not = str(refusal)
            self.pixels.setText("too large or too small")
        self.allow_saving(why_not)


def remembered_choice(what: What | None = None) -> PictureChoice:
    """What was chosen last, without names; of a certain picture, if one is said."""
    settings, default = QSettings(), PictureChoice()
    chosen = what or settings.value("picture/what", default.what)
    chosen = chosen if chosen in get_args(What) else default.what
    factor = settings.value("picture/factor", default.factor, int)
    annotated = settings.value("picture/annotated", default.annotated, bool)
    marks = settings.value("picture/marks", default.marks, bool)
    factor = factor if factor in FACTORS else default.factor
    return PictureChoice(chosen, _remembered_framing(chosen), factor, bool(annotated), marks=bool(marks))


def remember_choice(choice: PictureChoice, *, what_as_well: bool = True) -> None:
    """Offer the same the next time, but not the names."""
    settings = QSettings()
    if what_as_well:
        settings.setValue("picture/what", choice.what)
    settings.setValue(_framing_key(choice.what), choice.shown)
    settings.setValue("picture/factor", choice.factor)
    settings.setValue("picture/annotated", choice.annotated)
    settings.setValue("picture/marks", choice.marks)


def _remembered_framing(what: What) -> Shown:
    default: Shown = "head" if what in _WHOLE else "window"
    kept = QSettings().value(_framing_key(what), default)
    return kept if kept in get_args(Shown) else default


def _framing_key(what: What) -> str:
    return "picture/whole_shows" if what in _WHOLE else "picture/view_shows"
