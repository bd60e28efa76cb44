"""The look that the user prefers: theme and size of the text."""

from __future__ import annotations

from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.preferences import Preferences, PreferenceStore
from fusionviewer.ui.look.theme import apply_theme


def dress(application: QApplication, preferences: Preferences) -> None:
    """Give the whole application the look that is preferred: the one place that asks the theme for it."""
    apply_theme(application, theme=preferences.theme, scale=preferences.text_size)


def keep_dressed(application: QApplication, store: PreferenceStore) -> None:
    """Dress the application anew whenever another look is preferred, and only then: it takes a while."""
    worn = _look(store.now)

    def follow() -> None:
        nonlocal worn
        if _look(store.now) != worn:
            worn = _look(store.now)
            dress(application, store.now)

    store.changed.connect(follow)


def _look(preferences: Preferences) -> tuple[object, ...]:
    return preferences.theme, preferences.text_size
