"""Questions that must be answered before something can go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PyQt6.QtWidgets import QDialog, QWidget

from fusionviewer.app.commands.choose_files import IMAGES
from fusionviewer.app.state.workspace import ChangedFile
from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.exchange.transforms.registry import format_of
from fusionviewer.imaging.mirroring import WAYS
from fusionviewer.imaging.reading.options import Spacing
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.imaging.volume import Axis
from fusionviewer.session.landmark_joining import Mismatch, Pairing
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import ImageReference
from fusionviewer.ui.dialogs import landmark_questions
from fusionviewer.ui.dialogs.choice_question import ask
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory, choose_file, choose_folder
from fusionviewer.ui.dialogs.intake_questions import SpacingDialog, VolumeDialog
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog


class WindowQuestions:
    """Asks the user on behalf of the commands. `save` saves the study and says whether that worked."""

    def __init__(
        self, window: QWidget, modified: Callable[[], bool], save: Callable[[], bool], folders: FolderMemory
    ) -> None:
        self._window = window
        self._folders = folders
        self._modified = modified
        self._save = save

    def may_discard_changes(self) -> bool:
        """Whether what is not saved may go; offers to save it first."""
        if not self._modified():
            return True
        answers = (("Save", "save"), ("Discard", "discard"))
        answer = ask(self._window, "Save the changes to this study first?", "Otherwise they are lost.", answers)
        return self._save() if answer == "save" else answer == "discard"

    def replace_changed(self, name: str, changed: ChangedFile) -> Literal["replace", "elsewhere"] | None:
        """Whether to save over what another window or program has done to the study's file."""
        told = "Another window or program has written it. Save anyway replaces what was saved there."
        if changed == "removed":
            told = "It was removed, renamed, or its drive is not there. Save anyway writes it again."
        answers: tuple[tuple[str, Literal["replace", "elsewhere"]], ...]
        answers = (("Save anyway", "replace"), ("Save as…", "elsewhere"))
        return ask(self._window, f"{name} was {changed} since you opened it.", told, answers, careful=True)

    def choose_series(self, question: SeriesQuestion) -> SeriesPicks | None:
        """Which series of a folder to open as which image."""
        dialog = SeriesDialog(question, self._window)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()  # with it goes what names the patient
        return dialog.picks if accepted else None

    def choose_side(self, name: str) -> Side | None:
        """Which image a dropped one replaces."""
        answers: tuple[tuple[str, Side], ...] = (("Fixed", "fixed"), ("Moving", "moving"))
        told = "It replaces the one that is open, and its alignment."
        return ask(self._window, f"Open “{name}” as which image?", told, answers)

    def choose_volume(self, name: str, volumes: FileVolumes, now: int) -> int | None:
        """Which volume of a 4D file is meant."""
        dialog = VolumeDialog(name, volumes, now, self._window)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return dialog.number if accepted else None

    def type_spacing(self, name: str, why: str, known_mm: Spacing) -> Spacing | None:
        """How large the voxels of an image are."""
        dialog = SpacingDialog(name, why, known_mm, self._window)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return dialog.spacing_mm if accepted else None

    def may_touch(self, name: str, places: tuple[str, ...]) -> bool:
        """Whether a study's images may be looked for outside of this computer, or in a place that is no usual one."""
        told = f"{'; '.join(places)}. Nothing there has been touched yet. Read it only if you know the study."
        answers = (("Read it", True),)
        question = f"{name} names an image in an unusual place. Read it?"
        return ask(self._window, question, told, answers, careful=True) or False

    def find_image(self, what: str, reference: ImageReference) -> Path | None:
        """Where an image or the mask of a study lies now."""
        question = f"The study's {what} “{reference.name}” is not where it was."
        answers = (("Choose a file…", "file"), ("Choose a folder…", "folder"))
        answer = ask(self._window, question, "Where does it lie now?", answers)
        title, start = f"The study's {what}", self._folders.start("images")
        if answer == "file":
            return self._folders.note("images", choose_file(self._window, title, IMAGES, start))
        return self._folders.note("images", choose_folder(self._window, title, start)) if answer == "folder" else None

    def may_accept_failed(self, places: tuple[str, ...]) -> bool:
        """Whether to accept an alignment of which places failed."""
        count = "A place" if len(places) == 1 else f"{len(places)} places"
        told = f"{', '.join(places)}. Accepted all the same, the note will say so."
        answers = (("Accept all the same", True),)
        return ask(self._window, f"{count} failed when you looked.", told, answers, careful=True) or False

    def accept_changed_image(self, what: str, reference: ImageReference) -> bool:
        """Whether to go on with an image that is not what the study was made with."""
        question = f"The {what} “{reference.name}” is not the one that the study was made with."
        told = "Its voxels or their places are different"
        told += "." if what == "mask" else ", so the alignment and the landmarks may not fit it."
        return ask(self._window, question, told, (("Open all the same", True),), careful=True) or False

    def choose_transform_format(self, name: str, keys: tuple[str, ...]) -> str | None:
        """Which program a file of a transform is of."""
        told = "Its numbers may be of several programs, for which they mean different things."
        answers = tuple((format_of(key).title, key) for key in keys)
        return ask(self._window, f"Which program is {name} of?", told, answers, careful=True)

    def choose_points_side(self, name: str) -> Side | None:
        """Which image the points of a dropped file are for."""
        return landmark_questions.ask_points_side(self._window, name)

    def choose_pairing(self, name: str, side: Side, different: Mismatch) -> Pairing | None:
        """What to do with points whose names are not those of the pairs that there are."""
        return landmark_questions.ask_pairing(self._window, name, side, different)

    def choose_joining(self, name: str, new: int, old: int) -> Literal["instead", "add"] | None:
        """Whether pairs from a file replace those that there are."""
        return landmark_questions.ask_joining(self._window, name, new, old)

    def choose_reading(
        self, name: str, image: str, outside: tuple[int, int], suggestions: tuple[Suggestion, ...]
    ) -> Suggestion | Literal["as written"] | None:
        """How to read points that do not lie in their image."""
        return landmark_questions.ask_reading(self._window, name, image, outside, suggestions)

    def may_mirror(self, axis: Axis) -> bool:
        """Whether to mirror the moving image's voxels."""
        told = (
            "Do this only if its header is wrong: make sure by something that tells, such as a shunt, a lesion or a "
            "marker. No transform can hold a mirror, so the image itself is changed: transforms made afterwards belong "
            "to the mirrored image only, which must be exported with them. The run goes, the review is out of date."
        )
        question = f"Mirror the moving image {WAYS[axis]}?"
        return ask(self._window, question, told, (("Mirror it", True),), careful=True) or False
