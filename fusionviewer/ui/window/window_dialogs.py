"""What the commands ask and show, as dialogs of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QMessageBox, QWidget

from fusionviewer.app.commands.context import FileKind
from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen, What
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import PointFormat
from fusionviewer.exchange.transforms.registry import TransformFormat
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.quality.review_findings import why_not_accepted
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.recent import FolderKind
from fusionviewer.session.state import FusionState, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.dialogs.before_after import BeforeAfterWindow
from fusionviewer.ui.dialogs.export_fused import FusedDialog
from fusionviewer.ui.dialogs.export_picture import PictureDialog, remembered_choice
from fusionviewer.ui.dialogs.export_transform import TransformDialog
from fusionviewer.ui.dialogs.export_volume import VolumeDialog
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory, choose_file, choose_folder, choose_new_file
from fusionviewer.ui.dialogs.landmark_files import choose_points_file
from fusionviewer.ui.dialogs.preferences import show_preferences
from fusionviewer.ui.dialogs.save_points import PointsDialog
from fusionviewer.ui.dialogs.work_list import show_work_list
from fusionviewer.ui.guide.guide_window import show_guide
from fusionviewer.ui.panels.review_entry import ReviewEntry
from fusionviewer.ui.window.about import about_text
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the window must not wait
    from fusionviewer.exchange.archive.choice import ArchiveChoice
    from fusionviewer.exchange.archive.export import Originals


class WindowDialogs:
    """The `Dialogs` of the commands.

    `entry` is where a review is typed, brought to the front if it is asked for; `edit_name` lets a pair be renamed,
    `forget_layout` arranges the window as at its first start, `guide_page` names the page about what is shown,
    `choose_batch` asks for the folder of a batch.
    """

    def __init__(
        self,
        window: QWidget,
        workspace: Workspace,
        *,
        entry: Callable[[bool], ReviewEntry],
        edit_name: Callable[[int], None],
        forget_layout: Callable[[], None],
        guide_page: Callable[[], str],
        choose_batch: Callable[[], object],
    ) -> None:
        self._window = window
        self._workspace = workspace
        self._forget_layout = forget_layout
        self._folders = FolderMemory(lambda: workspace.recent)
        self._entry = entry
        self._edit_name = edit_name
        self._guide_page = guide_page
        self._choose_batch = choose_batch

    def choose_file(self, title: str, kinds: Sequence[FileKind], folder: FolderKind) -> Path | None:
        return self._folders.note(folder, choose_file(self._window, title, kinds, self._folders.start(folder)))

    def choose_folder(self, title: str, folder: FolderKind) -> Path | None:
        return self._folders.note(folder, choose_folder(self._window, title, self._folders.start(folder)))

    def choose_new_file(
        self, title: str, suggestion: str, kinds: Sequence[FileKind], folder: FolderKind
    ) -> Path | None:
        start = self._folders.start(folder)
        return self._folders.note(folder, choose_new_file(self._window, title, suggestion, kinds, start))

    def choose_points_file(self, title: str, suggestion: str) -> tuple[Path, PointFormat] | None:
        chosen = choose_points_file(self._window, title, suggestion, self._folders.start("landmarks"))
        self._folders.note("landmarks", None if chosen is None else chosen[0])
        return chosen

    def choose_picture(
        self, view: ViewState, screen: Screen, why_no_marks: str, what: What | None
    ) -> PictureChoice | None:
        dialog = PictureDialog(view, screen, self._window, why_no_marks=why_no_marks, what=what)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def remembered_picture(self, what: What) -> PictureChoice:
        return remembered_choice(what)

    def choose_fused_volume(self, view: ViewState) -> FusedChoice | None:
        dialog = FusedDialog(view, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def choose_points(self, state: FusionState) -> PointsChoice | None:
        dialog = PointsDialog(state, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def choose_volume(self, state: FusionState, image: Side) -> VolumeChoice | None:
        dialog = VolumeDialog(state, image, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def choose_transform_format(self, state: FusionState) -> TransformFormat | None:
        dialog = TransformDialog(state, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def choose_archive(self, originals: Originals) -> ArchiveChoice | None:
        from fusionviewer.ui.dialogs.back_to_archive import ArchiveDialog

        caution = why_not_accepted(self._workspace.document.state)
        dialog = ArchiveDialog(originals, caution, self._window)
        return dialog.choice if dialog.exec() == QDialog.DialogCode.Accepted else None

    def review_entry(self) -> tuple[str, str]:
        entry = self._entry(False)
        return entry.initials, entry.note

    def ask_initials(self) -> None:
        self._entry(True).ask_initials()

    def show_before_after(self) -> None:
        there = self._window.findChild(BeforeAfterWindow)
        shown = BeforeAfterWindow(self._workspace, self._window) if there is None else there
        shown.show()
        shown.raise_()

    def edit_pair_name(self, index: int) -> None:
        self._edit_name(index)

    def show_work_list(self) -> None:
        show_work_list(self._workspace, self._choose_batch, self._window)

    def show_preferences(self) -> None:
        show_preferences(self._workspace, self._forget_layout, self._window)

    def toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_guide(self) -> None:
        show_guide(self._guide_page(), self._window)

    def show_shortcuts(self) -> None:
        ShortcutSheet(self._window).exec()

    def show_about(self) -> None:
        QMessageBox.about(self._window, "About fusionviewer", about_text())

    def close_window(self) -> None:
        self._window.close()
