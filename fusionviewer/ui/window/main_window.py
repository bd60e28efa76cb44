"""The window: puts the parts in their places and connects them to the commands."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import get_args

from PyQt6.QtCore import QSettings, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from fusionviewer.app.actions.view import tool_in_the_way
from fusionviewer.app.commands import choose_files, open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.review import review_text
from fusionviewer.app.state.guidance import next_step, what_is_shown, what_to_do
from fusionviewer.app.state.view_model import PERSISTED_VIEW_FIELDS
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.session.changes import Changes
from fusionviewer.session.reviews import changed_since_review
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.session.view_state import PLANES, Layout
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.views.pane_grid import PaneGrid, dropped_paths
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.value_text import place_text
from fusionviewer.ui.window.blend_bar import BlendBar
from fusionviewer.ui.window.message_bar import MessageBar
from fusionviewer.ui.window.metric_plot import MetricPlot
from fusionviewer.ui.window.position_readout import PositionReadout
from fusionviewer.ui.window.preset_menu import PresetMenu
from fusionviewer.ui.window.side_panel import SidePanel
from fusionviewer.ui.window.status_bar import StatusBar
from fusionviewer.ui.window.step_bar import StepBar
from fusionviewer.ui.window.window_dialogs import WindowDialogs

CHOICES: dict[str, tuple[str, ...]] = {"layout": get_args(Layout), "main_plane": PLANES}


class MainWindow(QMainWindow):
    """Everything that is seen. It decides nothing: each control calls a command of `fusionviewer.app`."""

    closing = pyqtSignal()
    """The window closes, and the user was asked about what is not saved."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace(
            WindowQuestions(self, lambda: self.workspace.document.modified, lambda: choose_files.save(self.context)),
            self,
        )
        self.images = PaneGrid(self.workspace.document, self.workspace.view_model)
        dialogs = WindowDialogs(self, lambda: self.column.check.note, self._edit_pair_name)
        self.context = Context(self.workspace, self.images, dialogs)
        self.actions_by_key = ActionSet(self.context, self, self.images)
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
            self.actions_by_key.fill(bar, {"Align": PresetMenu(self.context, self)})
        overview = QWidget()
        rows = QVBoxLayout(overview)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(PositionReadout(self.workspace))
        rows.addWidget(MetricPlot(self.workspace), 1)
        self.images.set_overview(overview)
        self.fade_bar = BlendBar(self.workspace.document, self.workspace.view_model)
        self.steps = StepBar(self.workspace, self.actions_by_key)
        self.column = SidePanel(self.workspace, self.actions_by_key)
        self.messages = MessageBar(partial(choose_files.save, self.context))
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
        workspace.said.connect(self.status.say)
        workspace.warned.connect(self.status.warn)
        workspace.failed.connect(lambda error: self.status.warn(str(error)))
        workspace.point_found.connect(self.images.magnify_where_shown)
        workspace.runner.started.connect(self.status.begin)
        workspace.runner.progressed.connect(self.status.progress)
        workspace.runner.progressed.connect(partial(register_commands.follow, workspace))
        workspace.runner.ended.connect(self.status.end)
        for signal in (
            document.changed, document.path_changed, document.modified_changed, document.undo_stack.indexChanged,
            view_model.blend_changed,
            view_model.layout_changed, view_model.selection_changed, view_model.tool_changed,
            view_model.space_changed, view_model.aids_changed, view_model.interlude.switched,
            view_model.repeats.changed,
            workspace.runner.started, workspace.runner.ended,
        ):  # fmt: skip
            signal.connect(self._refresh)
        document.study_replaced.connect(self._welcome_study)
        workspace.judge.judged.connect(self.images.draw_anew)
        for signal in (
            view_model.cursor_changed, view_model.space_changed, view_model.layout_changed, view_model.numbers_changed,
            document.when(Changes.POSE | Changes.IMAGES),
        ):  # fmt: skip
            signal.connect(self.images.tell_hovered)

    def _welcome_study(self) -> None:
        """Another study: the keys for its images work at once, and with both of them the next step is on top."""
        if self.workspace.document.state.has_pair:
            self.steps.go_on("align")
        self.images.active_view().setFocus()

    def _edit_pair_name(self, index: int) -> None:
        """Edit a pair's name in the table, whatever the panel shows; the keyboard comes back to where it was."""
        self.steps.go_on("align")
        self.column.align.bring_landmarks().edit_name(index, self.images.active_view())

    def _hovered(self, side: Side, point: Points | None) -> None:
        self.status.show_position(self._position_text(side, point) if point is not None else "")

    def _position_text(self, side: Side, point: Points) -> str:
        """A line for each image about a place in one of the spaces, through the pose that is shown."""
        state, view_model = self.workspace.document.state, self.workspace.view_model
        lines = []
        for which, volume in state.volumes().items():
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
        out_of_date = bool(changed_since_review(state))
        self.steps.recommend(next_step(state), review_text(state), out_of_date=out_of_date)
        path = self.workspace.document.path
        name = path.name.removesuffix(SUFFIX) if path else "new study"
        self.setWindowTitle(f"{name}[*] – fusionviewer" if state.volumes() else "fusionviewer[*]")
        self.setWindowModified(self.workspace.document.modified)

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
        event.ignore()  # until all of it is done: an error on the way must not take the window and the work with it
        if not self.workspace.questions.may_discard_changes():
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
