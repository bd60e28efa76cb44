"""What the commands ask and show, as dialogs of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PyQt6.QtWidgets import QDialog, QMessageBox, QWidget

from fusionviewer.app.commands.context import FileKind
from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen, What
from fusionviewer.exchange.points.formats import PointFormat
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.dialogs.export_fused import FusedDialog
from fusionviewer.ui.dialogs.export_picture import PictureDialog, remembered_choice
from fusionviewer.ui.dialogs.file_dialogs import choose_file, choose_folder, choose_new_file
from fusionviewer.ui.dialogs.landmark_files import choose_points_file
from fusionviewer.ui.panels.review_entry import ReviewEntry
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet
from fusionviewer.version import __version__

_ABOUT: Final = (
    f"<p><b>fusionviewer {__version__}</b></p><p>Fuses a head CT with an MRI.</p>"
    "<p>Not a medical device: for research, not for diagnosis or treatment.</p>"
    "<p>Free software under the GNU General Public License, version 3 or later.</p>"
)


class WindowDialogs:
    """The `Dialogs` of the commands. `entry` is where a review is typed, brought to the front if it is asked for."""

    def __init__(self, window: QWidget, entry: Callable[[bool], ReviewEntry], edit_name: Callable[[int], None]) -> None:
        self._window = window
        self._entry = entry
        self._edit_name = edit_name

    def choose_file(self, title: str, kinds: Sequence[FileKind]) -> Path | None:
        return choose_file(self._window, title, kinds)

    def choose_folder(self, title: str) -> Path | None:
        return choose_folder(self._window, title)

    def choose_new_file(self, title: str, suggestion: str, kinds: Sequence[FileKind]) -> Path | None:
        return choose_new_file(self._window, title, suggestion, kinds)

    def choose_points_file(self, title: str, suggestion: str) -> tuple[Path, PointFormat] | None:
        return choose_points_file(self._window, title, suggestion)

    def choose_picture(self, view: ViewState, screen: Screen, why_no_marks: str) -> PictureChoice | None:
        dialog = PictureDialog(view, screen, self._window, why_no_marks=why_no_marks)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def remembered_picture(self, what: What) -> PictureChoice:
        return remembered_choice(what)

    def choose_fused_volume(self, view: ViewState) -> FusedChoice | None:
        dialog = FusedDialog(view, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def review_entry(self) -> tuple[str, str]:
        entry = self._entry(False)
        return entry.initials, entry.note

    def ask_initials(self) -> None:
        self._entry(True).ask_initials()

    def edit_pair_name(self, index: int) -> None:
        self._edit_name(index)

    def show_shortcuts(self) -> None:
        ShortcutSheet(self._window).exec()

    def show_about(self) -> None:
        QMessageBox.about(self._window, "About fusionviewer", _ABOUT)

    def close_window(self) -> None:
        self._window.close()
