"""What the user prefers: kept at once, read with care, announced."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from fusionviewer.app.state import preferences
from fusionviewer.app.state.preferences import (
    GROUP,
    Preferences,
    PreferenceStore,
    choices_are_kept,
    forget_choices,
    read_preferences,
)  # fmt: skip

OTHERS = {
    "theme": "light", "text_size": 1.2, "side_letters": "SI", "reverse_wheel": True, "threads": 1, "remember": False,
    "check_fusions": False, "series_descriptions": True,
}  # fmt: skip


def test_every_preference_is_kept_at_once_and_read_at_the_next_start() -> None:
    assert set(OTHERS) == set(Preferences.__dataclass_fields__)
    PreferenceStore().change(**OTHERS)
    QSettings().sync()
    assert PreferenceStore().now == Preferences(**OTHERS)  # type: ignore[arg-type]


def test_each_change_is_announced_once_and_what_is_no_change_is_not(qtbot: QtBot) -> None:
    store = PreferenceStore()
    heard: list[Preferences] = []
    store.changed.connect(lambda: heard.append(store.now))
    store.change(side_letters="SI", reverse_wheel=True)
    store.change(side_letters="SI")
    assert heard == [Preferences(side_letters="SI", reverse_wheel=True)]
    store.restore_defaults()
    store.restore_defaults()
    assert heard[1:] == [Preferences()]


@pytest.mark.parametrize("damaged", ["", "nonsense", "nan", "-1", "99999", "1e400", "\0", [1, 2], {"a": 1}, b"\xff"])
def test_damaged_values_are_the_defaults(damaged: object) -> None:
    settings = QSettings()
    for name in OTHERS:
        settings.setValue(f"{GROUP}/{name}", damaged)
    assert read_preferences() == Preferences()


def test_one_damaged_value_leaves_the_others_as_they_were() -> None:
    PreferenceStore().change(side_letters="SI", text_size=1.5)
    QSettings().setValue(f"{GROUP}/text_size", "huge")
    QSettings().setValue(f"{GROUP}/of_a_later_version", "unknown")
    assert read_preferences() == Preferences(side_letters="SI")


def test_the_arrangement_of_the_window_is_forgotten_without_the_preferences() -> None:
    assert not choices_are_kept()
    PreferenceStore().change(side_letters="SI")
    assert not choices_are_kept()
    for key in ("window/geometry", "view/layout", "panels/histograms", "picture/what", "fused/kind"):
        QSettings().setValue(key, 1)
        assert choices_are_kept()
        forget_choices()
        assert not choices_are_kept()
    assert read_preferences().side_letters == "SI"


def test_more_cores_than_this_machine_has_are_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preferences, "cores", lambda: 8)
    PreferenceStore().change(threads=8)
    assert read_preferences().threads == 8
    monkeypatch.setattr(preferences, "cores", lambda: 2)
    assert read_preferences().threads == 0


@pytest.mark.parametrize(("name", "value"), [("theme", "pink"), ("text_size", 3.0), ("threads", -1)])
def test_what_there_is_not_cannot_be_preferred(name: str, value: object) -> None:
    store = PreferenceStore()
    with pytest.raises(ValueError, match=name):
        store.change(**{name: value})
    assert store.now == Preferences()


def test_the_default_leaves_nothing_in_the_settings() -> None:
    """So that another default of a later version is followed by all who never chose."""
    store = PreferenceStore()
    store.change(side_letters="SI")
    store.change(side_letters="HF")
    assert [key for key in QSettings().allKeys() if key.startswith(GROUP)] == []
