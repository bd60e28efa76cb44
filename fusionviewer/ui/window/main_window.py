"""The window: puts the parts in their places and connects them to the commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import get_args

from PyQt6.QtCore import QEvent, QObject, QSettings, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PyQt6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QMessageBox, QVBoxLayout, QWidget

from fusionviewer.app.actions.view import tool_in_the_way
from fusionviewer.app.commands import export as export_commands
from fusionviewer.app.commands import export_pictures, manual_alignment, open_save, regions
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.guidance import next_step, what_is_shown, what_to_do, why_apart
from fusionviewer.app.state.view_model import PERSISTED_VIEW_FIELDS
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.session.view_state import PLANES, Layout
from fusionviewer.ui.dialogs.export_fused import FusedDialog
from fusionviewer.ui.dialogs.export_picture import PictureDialog, remembered_choice, what_is_copied
from fusionviewer.ui.dialogs.landmark_files import file_handlers
from fusionviewer.ui.dialogs.questions import (
    IMAGES,
    STUDIES,
    WindowQuestions,
    choose_file,
    choose_folder,
    choose_new_file,
)
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.views.pane_grid import PaneGrid, dropped_paths
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.value_text import place_text
from fusionviewer.ui.window.blend_bar import BlendBar
from fusionviewer.ui.window.key_commands import landmark_handlers, magnify
from fusionviewer.ui.window.message_bar import MessageBar
from fusionviewer.ui.window.metric_plot import MetricPlot
from fusionviewer.ui.window.position_readout import PositionReadout
from fusionviewer.ui.window.preset_menu import PresetMenu
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet
from fusionviewer.ui.window.side_panel import SidePanel
from fusionviewer.ui.window.status_bar import StatusBar
from fusionviewer.ui.window.step_bar import StepBar
from fusionviewer.version import __version__

CHOICES: dict[str, tuple[str, ...]] = {"layout": get_args(Layout), "main_plane": PLANES}

VOLUMES = "NIfTI (*.nii.gz *.nii);;NRRD (*.nrrd);;MetaImage (*.mha *.mhd)"
FUSED_VOLUMES = "NIfTI (*.nii.gz *.nii);;NRRD (*.nrrd);;MetaImage (*.mha)"
PICTURES = "PNG (*.png);;TIFF (*.tif *.tiff)"
NUDGES = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
NUDGE_MM, TURN_DEG, COARSE = 0.1, 0.1, 10.0


class MainWindow(QMainWindow):
    """Everything that is seen. It decides nothing: each control calls a command of `fusionviewer.app`."""

    closing = pyqtSignal()
    """The window closes, and the user was asked about what is not saved."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace(WindowQuestions(self, lambda: self.workspace.document.modified, self.save), self)
        self.images = PaneGrid(self.workspace.document, self.workspace.view_model)
        self.actions_by_key = ActionSet(self.workspace, self._handlers(), self, self.images)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self.setMinimumSize(1200, 700)  # below this the words in the views would lie over each other
        self.resize(1280, 800)
        self._restore()
        self._refresh()
        self.images.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.images.setFocus()  # else the first button of the window would have it, and look chosen

    def _build(self) -> None:
        bar = self.menuBar()
        if bar is not None:
            self.actions_by_key.fill(bar, {"Align": PresetMenu(self.workspace, self)})
        overview = QWidget()
        rows = QVBoxLayout(overview)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(PositionReadout(self.workspace))
        rows.addWidget(MetricPlot(self.workspace), 1)
        self.images.set_overview(overview)
        self.fade_bar = BlendBar(self.workspace.document, self.workspace.view_model)
        self.steps = StepBar(self.workspace, self.actions_by_key)
        self.column = SidePanel(self.workspace, self.actions_by_key)
        self.messages = MessageBar(self.save)
        self.status = StatusBar(self.actions_by_key)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.images, 3)
        middle.addWidget(self.column, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.steps)
        column.addLayout(middle, 1)
        column.addWidget(self.fade_bar)
        column.addWidget(self.messages)
        column.addWidget(self.status)
        self.setCentralWidget(content)

    def _connect(self) -> None:
        workspace, document, view_model = self.workspace, self.workspace.document, self.workspace.view_model
        self.steps.chosen.connect(self.column.show_step)
        self.images.point_clicked.connect(partial(mark_landmarks.click, workspace))
        self.images.hovered.connect(self._hovered)
        self.images.paths_dropped.connect(partial(open_save.open_paths, workspace))
        self.images.installEventFilter(self)
        workspace.said.connect(self.status.say)
        workspace.warned.connect(self.status.warn)
        workspace.failed.connect(lambda error: self.status.warn(str(error)))
        workspace.point_found.connect(partial(magnify, self.images))
        workspace.runner.started.connect(self.status.begin)
        workspace.runner.progressed.connect(self.status.progress)
        workspace.runner.progressed.connect(partial(register_commands.follow, workspace))
        workspace.runner.ended.connect(self.status.end)
        for signal in (
            document.volumes_changed, document.transform_changed, document.landmarks_changed,
            document.bounds_changed, document.result_changed, document.settings_changed, document.region_changed,
            document.path_changed,
            document.modified_changed, document.undo_stack.indexChanged, view_model.blend_changed,
            view_model.layout_changed, view_model.selection_changed, view_model.tool_changed,
            view_model.space_changed, view_model.aids_changed, view_model.interlude.switched,
            view_model.repeats.changed,
            workspace.runner.started, workspace.runner.ended,
        ):  # fmt: skip
            signal.connect(self._refresh)
        document.volumes_changed.connect(self._welcome_images)
        for signal in (
            view_model.cursor_changed, view_model.space_changed, view_model.layout_changed, view_model.preview_changed,
            document.transform_changed, document.volumes_changed,
        ):  # fmt: skip
            signal.connect(self.images.tell_hovered)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Where the keyboard goes elsewhere, nobody tells when Space is let go."""
        if now is None or not self.images.isAncestorOf(now):
            self.workspace.view_model.interlude.peek(False)

    def _welcome_images(self) -> None:
        """New images: the keys for them work at once, and with both of them the next step is on top."""
        if self.workspace.document.state.has_pair:
            self.steps.go_on("align")
        self.images.active_view().setFocus()

    def _handlers(self) -> dict[str, Callable[[], None]]:
        handlers: dict[str, Callable[[], None]] = {
            "open_fixed": partial(self._open_file, "fixed"),
            "open_moving": partial(self._open_file, "moving"),
            "open_fixed_folder": partial(self._open_folder, "fixed"),
            "open_moving_folder": partial(self._open_folder, "moving"),
            "open_study": self._open_study,
            "save": lambda: self._noted(self.save()),
            "save_as": lambda: self._noted(self.save_as()),
            "export_transform": partial(self._export, "Transform", "moving_from_fixed.tfm", "ITK transform (*.tfm)",
                                        export_commands.export_transform),
            "export_moving": partial(self._export, "Moving on the fixed grid", "moving-on-fixed.nii.gz", VOLUMES,
                                     partial(export_commands.export_resampled, onto="fixed")),
            "export_fixed": partial(self._export, "Fixed on the moving grid", "fixed-on-moving.nii.gz", VOLUMES,
                                    partial(export_commands.export_resampled, onto="moving")),
            "export_fused": self._export_fused,
            "export_picture": self._export_picture,
            "copy_picture": lambda: self._copy(what_is_copied(self.workspace.view_model.view)),
            "copy_view": lambda: self._copy("active"),
            "region_mask": self._choose_mask,
            "accept": lambda: review_commands.review(self.workspace, "accepted", self.column.check.note),
            "reject": lambda: review_commands.review(self.workspace, "rejected", self.column.check.note),
            "shortcuts": lambda: self._noted(ShortcutSheet(self).exec()),
            "about": self._about,
            "quit": lambda: self._noted(self.close()),
        }  # fmt: skip
        for name, (right, down) in NUDGES.items():
            handlers[f"nudge_{name}"] = partial(self._nudge, right, down, 0.0)
        handlers |= landmark_handlers(self.workspace, self.images, self._bring_landmarks)
        handlers |= file_handlers(self.workspace, self)
        handlers["turn_left"] = partial(self._nudge, 0.0, 0.0, -1.0)
        handlers["turn_right"] = partial(self._nudge, 0.0, 0.0, 1.0)
        handlers["quarter_clockwise"] = partial(self._turn_quarter, True)
        handlers["quarter_anticlockwise"] = partial(self._turn_quarter, False)
        return handlers

    def _bring_landmarks(self) -> LandmarkTable:
        """Show the table of landmarks, whatever the panel shows."""
        self.steps.go_on("align")
        return self.column.align.bring_landmarks()

    @staticmethod
    def _noted(_: object) -> None:
        """For handlers whose answer nobody needs."""

    def save(self) -> bool:
        """Save the study where it lies, or ask where; True if it was saved."""
        path = self.workspace.document.path
        return open_save.save(self.workspace, path) if path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a name and save the study there; True if it was saved."""
        path = choose_new_file(self, "Save study", f"study{SUFFIX}", STUDIES)
        return path is not None and open_save.save(self.workspace, path)

    def _open_file(self, side: Side) -> None:
        path = choose_file(self, f"Open the {side} image", IMAGES)
        if path is not None:
            open_save.open_images(self.workspace, {side: open_save.Wanted(path)})

    def _open_folder(self, side: Side) -> None:
        path = choose_folder(self, f"Open a DICOM folder as the {side} image")
        if path is not None:
            open_save.open_images(self.workspace, {side: open_save.Wanted(path)})

    def _choose_mask(self) -> None:
        """Ask for the mask that alone counts; if there is one, let it go."""
        if regions.mask_of(self.workspace.document.state) is not None:
            regions.remove_mask(self.workspace)
            return
        path = choose_file(self, "Register only in a mask of the fixed image", IMAGES)
        if path is not None:
            regions.open_mask(self.workspace, path)

    def _open_study(self) -> None:
        path = choose_file(self, "Open study", STUDIES)
        if path is not None:
            open_save.open_study(self.workspace, path)

    def _export(self, title: str, name: str, kinds: str, verb: Callable[[Workspace, Path], None]) -> None:
        path = choose_new_file(self, title, name, kinds)
        if path is not None:
            verb(self.workspace, path)

    def _export_picture(self) -> None:
        screen = self.images.screen_shown()
        why_no_marks = export_pictures.why_no_marks(self.workspace)
        dialog = PictureDialog(self.workspace.view_model.view, screen, self, why_no_marks=why_no_marks)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            verb = partial(export_pictures.export_picture, choice=dialog.choice, screen=screen)
            self._export("Picture", "fused.png", PICTURES, verb)

    def _export_fused(self) -> None:
        dialog = FusedDialog(self.workspace.view_model.view, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            verb = partial(export_pictures.export_fused, choice=dialog.choice)
            self._export("Fused image", "fused.nii.gz", FUSED_VOLUMES, verb)

    def _copy(self, what: export_pictures.What) -> None:
        export_pictures.copy_picture(self.workspace, remembered_choice(what), self.images.screen_shown())

    def _nudge(self, right: float, down: float, turn: float) -> None:
        frame = self.images.active_view().frame()
        if frame is None:
            return
        factor = COARSE if self._shift_held else 1.0
        register_commands.nudge(
            self.workspace,
            frame.plane,
            right_mm=right * NUDGE_MM * factor,
            down_mm=down * NUDGE_MM * factor,
            angle_deg=turn * TURN_DEG * factor,
        )

    def _turn_quarter(self, clockwise: bool) -> None:
        frame = self.images.active_view().frame()
        if frame is not None:
            manual_alignment.turn_quarter(self.workspace, frame.plane, clockwise=clockwise)

    @property
    def _shift_held(self) -> bool:
        return bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)

    def _hovered(self, side: Side, point: Points | None) -> None:
        self.status.show_position(self._position_text(side, point) if point is not None else "")

    def _position_text(self, side: Side, point: Points) -> str:
        """A line for each image about a place in one of the spaces, through the pose that is shown."""
        state, view_model = self.workspace.document.state, self.workspace.view_model
        lines = []
        for which in SIDES:
            volume = state.volume(which)
            if volume is not None:
                there = point
                if state.has_pair and which != side:
                    there = (view_model.pose if side == "fixed" else ~view_model.pose).apply(point)
                lines.append(place_text(which, volume, there, ras=view_model.view.ras))
        return "\n".join(lines)

    def _refresh(self) -> None:
        state, view = self.workspace.document.state, self.workspace.view_model.view
        again = self.workspace.view_model.repeats.sides
        self.actions_by_key.refresh()
        to_do = tool_in_the_way(self.workspace) or what_to_do(state, view, self.workspace.placing, again)
        self.status.guide(what_is_shown(state, view), to_do)
        self.steps.recommend(next_step(state))
        path = self.workspace.document.path
        name = path.name.removesuffix(SUFFIX) if path else "new study"
        self.setWindowTitle(f"{name}[*] – fusionviewer" if state.fixed or state.moving else "fusionviewer[*]")
        self.setWindowModified(self.workspace.document.modified)

    def _about(self) -> None:
        QMessageBox.about(
            self,
            "About fusionviewer",
            f"<p><b>fusionviewer {__version__}</b></p><p>Fuses a head CT with an MRI.</p>"
            "<p>Not a medical device: for research, not for diagnosis or treatment.</p>"
            "<p>Free software under the GNU General Public License, version 3 or later.</p>",
        )

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """While Space is held over the images, the other image is seen."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if event.type() == QEvent.Type.KeyPress and self.workspace.document.state.has_pair:
                self.workspace.view_model.interlude.peek(True)
                self.status.say(why_apart(self.workspace.view_model.view))
                return True
            if event.type() == QEvent.Type.KeyRelease:
                self.workspace.view_model.interlude.peek(False)
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None:
            event.acceptProposedAction()
            open_save.open_paths(self.workspace, dropped_paths(event))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ask about unsaved changes, leave a running job, remember the window's place."""
        if event is None:
            return
        if not self.workspace.questions.may_discard_changes():
            event.ignore()
            return
        self.workspace.runner.cancel()
        self.workspace.view_model.interlude.end()
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        for name in PERSISTED_VIEW_FIELDS:
            settings.setValue(f"view/{name}", getattr(self.workspace.view_model.view, name))
        event.accept()
        self.closing.emit()

    def _restore(self) -> None:
        settings = QSettings()
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        view = self.workspace.view_model.view
        for name in PERSISTED_VIEW_FIELDS:
            default = getattr(view, name)
            value = settings.value(f"view/{name}", default, type(default))
            if not isinstance(default, str) or value in CHOICES[name]:
                view = replace(view, **{name: value})
        self.workspace.view_model.show(view)
