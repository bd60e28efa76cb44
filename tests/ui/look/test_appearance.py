"""The look follows the preferences, and only where the look is another."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.preferences import Preferences, PreferenceStore
from fusionviewer.ui.look import appearance


def test_the_application_is_dressed_as_preferred_and_anew_only_for_another_look(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    worn: list[tuple[str, float]] = []
    monkeypatch.setattr(appearance, "apply_theme", lambda _, theme, scale: worn.append((theme, scale)))
    appearance.dress(qapp, Preferences())
    store = PreferenceStore()
    appearance.keep_dressed(qapp, store)
    store.change(side_letters="SI")
    assert worn == [("dark", 1.0)]
    store.change(theme="light")
    store.change(text_size=1.5)
    store.change(threads=1)
    store.restore_defaults()
    assert worn[1:] == [("light", 1.0), ("light", 1.5), ("dark", 1.0)]
