"""What the user prefers on this machine, whatever study is open; kept in the program's settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from PyQt6.QtCore import QObject, QSettings, pyqtSignal

from fusionviewer.geometry import SideLetters

Theme: TypeAlias = Literal["dark", "light", "system"]

TEXT_SIZES: Final = (0.9, 1.0, 1.2, 1.5)
"""How large the text can be, as a share of the usual size."""

GROUP: Final = "preferences"
"""Under which name they stand in the settings."""

CHOICES: Final = ("window", "view", "panels", "picture", "fused", "volume", "points", "series", "review", "guide")
"""And how the window was arranged, what dialogs were told, and the reviewer's initials: remembered beside them."""


@dataclass(frozen=True)
class Preferences:
    """Every value at its default; what a study is looked at with (`ViewState`) is not among them."""

    theme: Theme = "dark"
    text_size: float = 1.0
    side_letters: SideLetters = "HF"
    reverse_wheel: bool = False
    """The wheel turned forward goes towards the feet, the back and the left, and not the other way."""
    threads: int = 0
    """How many cores a calculation may use; 0: all."""
    remember: bool = True
    """Whether recent studies and the folders of files are remembered."""
    check_fusions: bool = True
    """Whether each fusion is checked by itself, in the background."""
    series_descriptions: bool = False
    """Whether studies and exports call DICOM series by their descriptions."""


def cores() -> int:
    """How many cores this machine has."""
    return os.cpu_count() or 1


_LAWFUL: Final[Mapping[str, Callable[[Any], bool]]] = {
    "theme": lambda value: value in get_args(Theme),
    "text_size": lambda value: value in TEXT_SIZES,
    "side_letters": lambda value: value in get_args(SideLetters),
    "reverse_wheel": lambda value: True,
    "threads": lambda value: 0 <= value <= cores(),
    "check_fusions": lambda value: True,
    "remember": lambda value: True,
    "series_descriptions": lambda value: True,
}


def read_preferences() -> Preferences:
    """The preferences as they were kept; the default for each that is missing, damaged or unknown."""
    settings = QSettings()
    found: dict[str, Any] = {}
    for field in fields(Preferences):
        value = _as(type(field.default), settings.value(f"{GROUP}/{field.name}"))
        if value is not None and _LAWFUL[field.name](value):
            found[field.name] = value
    return Preferences(**found)


def choices_are_kept() -> bool:
    """Whether the settings hold how the window was arranged, or what dialogs were told."""
    return bool(_choices())


def forget_choices() -> None:
    """Forget all of that."""
    settings = QSettings()
    for key in _choices():
        settings.remove(key)


def _choices() -> list[str]:
    return [key for key in QSettings().allKeys() if key.partition("/")[0] in CHOICES]


def _as(kind: type, kept: object) -> object | None:
    """What is kept as text, or on Windows as a number, as a value of this kind; None if it is none."""
    text = str(kept).strip()
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    try:
        return None if kept is None else kind(text)
    except ValueError:
        return None


class PreferenceStore(QObject):
    """Holds the preferences, keeps each change at once, and announces it."""

    changed = pyqtSignal()
    """Read `now`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = read_preferences()

    @property
    def now(self) -> Preferences:
        """The preferences as they are."""
        return self._now

    def change(self, **changes: object) -> None:
        """Prefer something else. Raises ValueError for a value that there is not."""
        for name, value in changes.items():
            if not _LAWFUL[name](value):
                raise ValueError(f"{name} cannot be {value!r}")
        self._show(replace(self._now, **changes))  # type: ignore[arg-type]

    def restore_defaults(self) -> None:
        """Prefer what the program comes with."""
        self._show(Preferences())

    def _show(self, wanted: Preferences) -> None:
        before, self._now = self._now, wanted
        if wanted == before:
            return
        settings = QSettings()
        for field in fields(Preferences):
            value = getattr(wanted, field.name)
            if value == field.default:
                settings.remove(f"{GROUP}/{field.name}")
            else:
                settings.setValue(f"{GROUP}/{field.name}", value)
        self.changed.emit()
