"""The window: puts the parts in their places and connects them to the commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, get_args

from PyQt6.QtCore import QEvent, QSettings, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from fusionviewer.app.actions.view import tool_in_the_way
from fusionviewer.app.commands import choose_files, open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.guidance import what_is_shown, what_to_do
from fusionviewer.app.state.opening_view import PERSISTED_VIEW_FIELDS
from fusionviewer.app.state.preferences import forget_choices
from fusionviewer.app.state.steps import next_step, step_states, step_to_show, title_words
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import BadArgument, FusionError, printable
from fusionviewer.geometry import Points
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import SUFFIX
from fusionviewer.session.view_state import PLANES, Layout, ViewState
from fusionviewer.ui.dialogs.file_dialogs import FolderMemory
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.guide.pages import page_for
from fusionviewer.ui.look.appearance import keep_dressed
from fusionviewer.ui.look.icons import icon
from fusionviewer.ui.look.theme import follow_theme
from fusionviewer.ui.panels.review_entry import ReviewEntry
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import column_of, icon_button
from fusionviewer.ui.widgets.drops import dropped_paths
from fusionviewer.ui.widgets.floating import Floating
from fusionviewer.ui.widgets.value_text import place_text
from fusionviewer.ui.window.blend_bar import BlendBar
from fusionviewer.ui.window.message_bar import MessageBar
from fusionviewer.ui.window.overlap_notice import OverlapNotice
from fusionviewer.ui.window.overview import Overview
from fusionviewer.ui.window.preset_menu import PresetMenu
from fusionviewer.ui.window.recent_menu import RecentMenu
from fusionviewer.ui.window.side_panel import SidePanel
from fusionviewer.ui.window.status_bar import StatusBar
from fusionviewer.ui.window.step_bar import StepBar
from fusionviewer.ui.window.welcome_page import WelcomePage
from fusionviewer.ui.window.window_dialogs import WindowDialogs

FIRST_SIZE: Final = (1280, 800)

COMPARISON_ICONS: Final = (("flicker", "repeat-2"), ("rock", "waves-horizontal"), ("bone_edges", "bone"))
"""(action, icon) of what compares the images beside the modes."""

AFTERWARDS_MS: Final = 300

CHOICES: dict[str, tuple[str, ...]] = {"layout": get_args(Layout), "main_plane": PLANES}


SMALLEST = QSize(1000, 600)
"""Logical pixels: a laptop of 1920×1080 at 150 % has 1280×720, less the system's bars."""


class MainWindow(QMainWindow):
    """Everything that is seen. It decides nothing: each control calls a command of `fusionviewer.app`."""

    closing = pyqtSignal()
    """The window closes, and the user was asked about what is not saved."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace(
            WindowQuestions(
                self,
                lambda: self.workspace.document.modified,
                lambda: choose_files.save(self.context),
                FolderMemory(lambda: self.workspace.recent),
            ),
            self,
        )
        self.images = PaneGrid(self.workspace.document, self.workspace.view_model)
        dialogs = WindowDialogs(
            self,
            self.workspace,
            entry=self._review_entry,
            edit_name=self._edit_pair_name,
            forget_layout=self.forget_layout,
            guide_page=self._guide_page,
            choose_batch=lambda: batch_review.choose_batch(self.context),
        )
        self.context = Context(self.workspace, self.images, dialogs)
        self.actions_by_key = ActionSet(self.context, self, self.images)
        self._build()
        self._connect()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            keep_dressed(application, self.workspace.preferences)
        self._afterwards = QTimer(self)
        self._afterwards.setSingleShot(True)
        self._afterwards.timeout.connect(self.column.get_ready)
        self.setAcceptDrops(True)
        follow_theme(self, lambda: QTimer.singleShot(0, self._keep_room))
        self._keep_room()
        self.resize(*FIRST_SIZE)
        self._restore()
        self._refresh()
        self._show_parts()
        self.images.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pages.setFocus()  # else the first button of the window would have it, and look chosen

    def _build(self) -> None:
        bar = self.menuBar()
        if bar is not None:
            recent = RecentMenu(self.workspace, self.actions_by_key["clear_recent"], bar)
            self.actions_by_key.fill(bar, {"Align": PresetMenu(self.context, self), "Recent studies": recent})
        self.overview = Overview(self.workspace)
        self.images.set_overview(self.overview, self.overview.head)
        tools = [icon_button(self.actions_by_key[key], icon(drawing)) for key, drawing in COMPARISON_ICONS]
        self.fade_bar = BlendBar(self.workspace.document, self.workspace.view_model, tools)
        self.steps = StepBar(self.workspace, self.actions_by_key)
        self.column = SidePanel(self.workspace, self.actions_by_key)
        self.messages = MessageBar(partial(choose_files.save, self.context))
        self.overlap = OverlapNotice(self.workspace, self.actions_by_key)
        self.status = StatusBar(self.actions_by_key)
        self.welcome = WelcomePage(self.workspace, self.actions_by_key)
        work, self._pages = QWidget(), QStackedWidget()
        rows = column_of(work, 0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.images, 3)
        middle.addWidget(self.column, 1)
        rows.addLayout(middle, 1)
        rows.addWidget(self.fade_bar)
        for page in (self.welcome, work):
            self._pages.addWidget(page)
        content, pages = QWidget(), QWidget()
        column_of(pages, 0).addWidget(self._pages)
        column = column_of(content, 0)
        column.addWidget(self.steps)
        column.addWidget(pages, 1)
        column.addWidget(self.status)
        self.setCentralWidget(content)
        # a screen reader would not find it in the stack
        self._over = Floating(pages, self.messages, self.overlap, places=(self.images,))
        self._over.covers.connect(self.welcome.leave_room)

    def _keep_room(self) -> None:
        """Never become so small that words lie over each other, in the views or, with large letters, in the bars."""
        content = self.centralWidget()
        wanted, bar = QSize() if content is None else content.minimumSizeHint(), self.menuBar()
        high = wanted.height() + (0 if bar is None else bar.sizeHint().height())
        self.setMinimumSize(SMALLEST.expandedTo(QSize(wanted.width(), high)))

    def _connect(self) -> None:
        workspace, document, view_model = self.workspace, self.workspace.document, self.workspace.view_model
        workspace.window.changed.connect(self._show_parts)
        document.when(Changes.IMAGES).connect(self._show_parts)
        self.images.point_clicked.connect(partial(mark_landmarks.click, workspace))
        self.images.hovered.connect(self._hovered)
        self.images.asked.connect(lambda key: self.actions_by_key[key].trigger())
        workspace.said.connect(self.status.say)
        workspace.exported.connect(self.status.say_exported)
        workspace.exported.connect(self._refresh)
        workspace.warned.connect(self.status.warn)
        workspace.cautioned.connect(self._caution)
        workspace.hindered.connect(self.status.hinder)
        workspace.failed.connect(self._tell_error)
        workspace.not_saved.connect(self._tell_not_saved)
        for signal in (workspace.window.changed, view_model.layout_changed):
            signal.connect(self.status.move_on)
        workspace.point_found.connect(self.images.magnify_where_shown)
        workspace.runner.started.connect(self.status.begin)
        workspace.runner.progressed.connect(self.status.progress)
        workspace.runner.progressed.connect(partial(register_commands.follow, workspace))
        workspace.runner.ended.connect(self.status.end)
        for signal in (
            document.changed, document.path_changed, document.modified_changed, document.undo_stack.indexChanged,
            view_model.blend_changed, view_model.slab_changed,
            view_model.layout_changed, view_model.selection_changed, view_model.tool_changed,
            view_model.space_changed, view_model.aids_changed, view_model.interlude.switched,
            view_model.repeats.changed, workspace.recent.changed,
            workspace.runner.started, workspace.runner.ended, workspace.judge.judged, workspace.check.changed,
            workspace.tour.changed,
        ):  # fmt: skip
            signal.connect(self._refresh)
        document.study_replaced.connect(self._welcome_study)
        workspace.tour.begun.connect(self._give_back_keys)
        self.column.made.connect(self._connect_panels)
        for signal in (workspace.judge.judged, view_model.expected_error.changed):
            signal.connect(self.images.draw_anew)
        view_model.expected_error.changed.connect(self._refresh)
        for signal in (
            view_model.cursor_changed, view_model.space_changed, view_model.layout_changed, view_model.numbers_changed,
            document.when(Changes.POSE | Changes.IMAGES),
        ):  # fmt: skip
            signal.connect(self.images.tell_hovered)

    def _connect_panels(self) -> None:
        self.column.review.entry.typed.connect(self._give_back_keys)
        QTimer.singleShot(0, self._keep_room)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Once the first page is seen, make what it does not show, so that the first images find it ready."""
        super().showEvent(event)
        self._afterwards.start(AFTERWARDS_MS)

    def _tell_error(self, error: FusionError) -> None:
        """What was typed or chosen wrongly is told where the work goes on; all else stays until it was read."""
        if isinstance(error, BadArgument):
            self.status.warn(str(error))
        else:
            self.messages.show_error(error)

    def _tell_not_saved(self, error: FusionError, elsewhere: Callable[[], object]) -> None:
        self._offer(f"✗ {error}", "Save as…", elsewhere)

    def _caution(self, sentence: str, offer: str, act: Callable[[], object]) -> None:
        self._offer(f"▲ {sentence}", offer, act)

    def _offer(self, told: str, offer: str, act: Callable[[], object]) -> None:
        """Show a sentence with a button, which closes it and acts."""

        def take() -> None:
            self.messages.close_message(told)
            act()

        self.messages.show_message(told, ((offer, take),))

    def _show_parts(self) -> None:
        """The controls of a fusion appear when there are two images; until then the page on which they are opened."""
        window, pair = self.workspace.window, self.workspace.document.state.has_pair
        single = window.single and bool(self.workspace.document.state.volumes())
        self._pages.setCurrentIndex(1 if pair or single else 0)
        self.fade_bar.setVisible(pair)
        self.column.setVisible(window.side_panel)
        QTimer.singleShot(0, self._keep_room)

    def _welcome_study(self) -> None:
        """Another study: the keys for its images work at once, and the step is shown where the study stands."""
        self.workspace.window.look_at_single(False)
        show_step(self.workspace, step_to_show(self.workspace.document.state))
        self._give_back_keys()

    def _give_back_keys(self) -> None:
        self.images.active_view().setFocus()

    def _review_entry(self, in_front: bool) -> ReviewEntry:
        if in_front:
            show_step(self.workspace, "review")
        return self.column.review.entry

    def _guide_page(self) -> str:
        step = self.workspace.window.step
        return page_for(step, self.column.align.page if step == "align" else "", self.workspace.document.state)

    def _edit_pair_name(self, index: int) -> None:
        """Edit a pair's name in the table, whatever the panel shows; the keyboard comes back to where it was."""
        show_step(self.workspace, "align")
        self.column.align.bring_landmarks().edit_name(index, self.images.active_view())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """A key whose action cannot be done now says why: nothing else has taken it. Esc leaves the panel."""
        if event is not None and event.key() == Qt.Key.Key_Escape and self._leave():
            return
        has_it = QApplication.focusWidget()
        in_images = has_it is self.images or self.images.isAncestorOf(has_it)
        why_not = "" if event is None else self.actions_by_key.why_not(event.keyCombination(), in_images=in_images)
        if why_not:
            self.workspace.hindered.emit(why_not)
        else:
            super().keyPressEvent(event)

    def _leave(self) -> bool:
        """Leave the panel for the images, else close the newest message over them; False if there is neither."""
        has_it = QApplication.focusWidget()
        in_field, in_message = self.column.isAncestorOf(has_it), self.messages.isAncestorOf(has_it)
        if not in_field and not self.messages.close_newest():
            return False
        if in_field or in_message:  # else the button that is gone would pass the keyboard on to any other
            (self.images.active_view() if self.images.isVisible() else self._pages).setFocus()
        return True

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
            lines.append(place_text(which, volume, there, ras=view_model.view.ras, brief=self.status.brief))
        return "\n".join(lines)

    def _refresh(self) -> None:
        state, view = self.workspace.document.state, self.workspace.view_model.view
        again = self.workspace.view_model.repeats.sides
        self.actions_by_key.refresh()
        checked = self.workspace.checked
        to_do = tool_in_the_way(self.workspace) or what_to_do(
            state, view, self.workspace.placing, again, checked.verdict
        )
        self.status.guide(what_is_shown(state, view), to_do)
        states = step_states(state, self.workspace.alignment_exported, checked)
        self.steps.show_states(states, next_step(state, checked.verdict), fusion=state.has_pair)
        path = self.workspace.document.path
        name = printable(path.name.removesuffix(SUFFIX)) if path else "New study"
        parts = (f"{name}[*]", title_words(state), "fusionviewer")
        self.setWindowTitle(" – ".join(filter(None, parts)) if state.volumes() else "fusionviewer[*]")
        self.setWindowModified(self.workspace.document.modified)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.workspace.full_screen = self.isFullScreen()  # the system may end it as well
            self.actions_by_key.refresh()

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
        self.workspace.check.end()
        self.workspace.view_model.interlude.end()
        self.workspace.tour.end()  # its views are not the user's own
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        for name in PERSISTED_VIEW_FIELDS:
            settings.setValue(f"view/{name}", getattr(self.workspace.view_model.view, name))
        event.accept()
        self.closing.emit()

    def forget_layout(self) -> None:
        """Arrange the window as at its first start, and forget how it was, and what dialogs were told."""
        forget_choices()
        self.showNormal()
        self.resize(*FIRST_SIZE)
        view, first = self.workspace.view_model, ViewState()
        view.change(layout=first.layout, main_plane=first.main_plane, enlarged=first.enlarged)

    def _restore(self) -> None:
        settings = QSettings()
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)  # a start has its frame
        view = self.workspace.view_model.view
        for name in PERSISTED_VIEW_FIELDS:
            default = getattr(view, name)
            value = settings.value(f"view/{name}", default, type(default))
            if not isinstance(default, str) or value in CHOICES[name]:
                view = replace(view, **{name: value})
        self.workspace.view_model.show(view)
