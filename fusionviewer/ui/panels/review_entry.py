"""Where a review is given: initials, a note, and the decision."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QSettings, Qt, pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.changes import Changes
from fusionviewer.session.review.values import Review
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import Section, action_button, label, set_accent

INITIALS_SETTING: Final = "review/initials"
_LONGEST: Final = 12
_NONE: Final = "Not reviewed yet."


class ReviewEntry(Section):
    """The reviewer's initials, which are remembered, an optional note, and Accept, Reject, Withdraw review."""

    typed = pyqtSignal()
    """A review was given while the keyboard was still in a field: the next key is meant for the images."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Review", parent)
        self._workspace = workspace
        self._shown: Review | None = None
        self._told = ClampedLabel(2, "caption")
        self._told.setObjectName("review")
        self._initials = QLineEdit(str(QSettings().value(INITIALS_SETTING, "")))
        self._initials.setObjectName("initials")
        self._initials.setAccessibleName("Reviewer's initials")
        self._initials.setPlaceholderText("Required")
        self._initials.setToolTip("Who has looked at the fusion: kept in the study, and remembered on this computer")
        self._initials.setMaxLength(_LONGEST)
        follow_theme(self._initials, lambda: self._initials.setFixedWidth(scaled(12 * UNIT)))
        self._initials.textChanged.connect(self._remember)
        self._note = QPlainTextEdit()
        self._note.setObjectName("note")
        self._note.setAccessibleName("Note on the review")
        self._note.setPlaceholderText("Note (optional): what you looked at, what is off")
        self._note.setTabChangesFocus(True)
        follow_theme(self._note, lambda: self._note.setFixedHeight(scaled(6 * UNIT)))
        self._note.textChanged.connect(lambda: review_commands.change_note(workspace, self.note))
        self._accept = action_button(actions["accept"])
        self.add(self._told)
        withdraw = action_button(actions["withdraw_review"])
        withdraw.setProperty("role", "narrow")
        self.add_row(label("Your initials"), self._initials, withdraw, stretch=2)
        self.add(self._note)
        reject = action_button(actions["reject"])
        self._accept_next = action_button(actions["accept_next"])
        actions["accept_next"].changed.connect(self._offer_next)
        for button in (self._accept, self._accept_next, reject):
            button.clicked.connect(self._leave)
        self.add_row(self._accept, self._accept_next, reject)
        self._offer_next()
        workspace.preferences.changed.connect(self._remember)
        document = workspace.document
        document.study_replaced.connect(self._show_study)
        document.when(~Changes.LIMITS).connect(self._show)
        self._show()

    @property
    def initials(self) -> str:
        """The initials as they are typed now."""
        return self._initials.text().strip()

    @property
    def note(self) -> str:
        """The note as it is typed now."""
        return self._note.toPlainText()

    def ask_initials(self) -> None:
        """Put the keyboard where the initials are typed."""
        self._initials.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        typing = self._initials.hasFocus() or self._note.hasFocus()
        if typing and self._workspace.document.state.alignment.review is not None and self.initials:
            self.typed.emit()

    def _remember(self) -> None:
        """Keep the initials for the next time, if anything may be remembered."""
        if self._workspace.preferences.now.remember:
            QSettings().setValue(INITIALS_SETTING, self.initials)
        else:
            QSettings().remove(INITIALS_SETTING)

    def recommend(self, *, accept: bool) -> None:
        """Make Accept the next action, or not."""
        set_accent(self._accept, accept)

    def _offer_next(self) -> None:
        """With a list of studies to review, Accept has a twin that goes on to the next of them."""
        self._accept_next.setVisible(not batch_review.why_no_next(self._workspace))

    def _show_study(self) -> None:
        """A note without a review belongs to the study before: it must not go to this one."""
        self._note.blockSignals(True)
        self._note.clear()
        self._note.blockSignals(False)
        self._show()

    def _show(self) -> None:
        state = self._workspace.document.state
        review = state.alignment.review
        out_of_date = bool(review_commands.review_changes(state))
        self._told.say(review_commands.review_text(state) or _NONE, "caption_warning" if out_of_date else "caption")
        if review is not None and review.note != self.note.strip():
            self._note.setPlainText(review.note)
        elif review is None and self._shown is not None:
            self._note.clear()
        self._shown = review
