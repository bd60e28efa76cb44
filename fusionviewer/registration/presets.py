"""Named settings in TOML files: those that come with the program, and the user's own beside them."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import platformdirs

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.imaging.whole_files import SMALL_BYTES, cannot_write, read_whole, written_whole
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.settings import RegistrationSettings

DEFAULT_PRESET = "rigid-default"
TITLES: Final = {DEFAULT_PRESET: "Standard", "fast": "Fast", "refine": "Refine", "thorough": "Thorough"}
"""What the program's own presets are called in the window."""


@dataclass(frozen=True)
class Preset:
    """Settings with a name; and limits, if it is one that refines a start."""

    name: str
    description: str
    settings: RegistrationSettings
    max_shift_mm: float | None = None
    max_rotation_deg: float | None = None

    @property
    def title(self) -> str:
        """What it is called in the window: the program's own have a word each, a user's its name."""
        return TITLES.get(self.name, self.name)

    @property
    def is_default(self) -> bool:
        """Whether it is the preset of a run that says nothing else."""
        return self.name == DEFAULT_PRESET


def user_preset_folder() -> Path:
    """Where users keep their own presets. It need not exist."""
    return platformdirs.user_config_path("fusionviewer", appauthor=False) / "presets"


def preset_files() -> dict[str, Path]:
    """The presets there are, by name: the program's, and the user's, which win over the program's of the same name."""
    found: dict[str, Path] = {}
    for folder in (sample_folder().parent / "presets", user_preset_folder()):
        found |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return found


def load_preset(name_or_path: str | Path) -> Preset:
    """A preset by its name, or from a file.

    Raises BadArgument for a name that there is not or a setting that is wrong, UnreadableInput for a file that is
    missing or is not TOML; each says which, and what would be right.
    """
    files = preset_files()
    name = str(name_or_path)
    if name not in files:
        name = {title.lower(): known for known, title in TITLES.items()}.get(name.lower(), name)
    path = files.get(name, Path(name_or_path))
    if not os.path.isfile(path):
        if path.suffix == ".toml":
            raise UnreadableInput(f"The preset file {path.name} does not exist.", "Check its path.")
        raise BadArgument(f"There is no preset called {name_or_path}.", f"There are: {', '.join(sorted(files))}.")
    try:
        content = tomllib.loads(read_whole(path, SMALL_BYTES).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The preset {path.name} is not a TOML file: {error}.", "Mend that place.") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets within brackets
        raise UnreadableInput(f"The preset {path.name} cannot be made sense of.", "Copy one and change it.") from error
    return _preset(path, content)


def copy_preset(name: str, new: str) -> Path:
    """Copy a preset into the user's folder under a new name, and say where it lies.

    Raises BadArgument for an unknown preset, a name that is no file name, or one that is taken; CannotWrite.
    """
    if not new or not all(c.isalnum() or c in "-_" for c in new):
        raise BadArgument(f"“{new}” cannot be a preset's name.", "Use letters, digits, - and _.")
    files = preset_files()
    if name not in files:
        raise BadArgument(f"There is no preset called {name}.", f"There are: {', '.join(sorted(files))}.")
    if new in files:
        raise BadArgument(f"There is a preset called {new} already.", "Choose another name.")
    target = user_preset_folder() / f"{new}.toml"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise cannot_write(target, problem) from problem
    with written_whole(target) as temporary:
        temporary.write_bytes(files[name].read_bytes())
    return target


def _preset(path: Path, content: dict[str, Any]) -> Preset:
    known: dict[str, type] = {"description": str, "settings": dict, "bounds": dict}
    _only(path, "", content, known)
    names: dict[str, type] = {f.name: object for f in fields(RegistrationSettings)}
    settings = _only(path, "settings.", content.get("settings", {}), names)
    for name, value in settings.items():
        settings[name] = _checked(path, name, value)
    bounds = content.get("bounds", {})
    _only(path, "bounds.", bounds, {"max_shift_mm": float, "max_rotation_deg": float})
    try:
        made = RegistrationSettings(**settings)
        limits = {name: float(value) for name, value in bounds.items()}
        given = limits.get("max_shift_mm"), limits.get("max_rotation_deg")
        Bounds.about(RigidTransform.identity(), (0.0, 0.0, 0.0), *given)
    except BadArgument as error:
        raise BadArgument(f"In the preset {path.name}: {error.message}", error.remedy) from error
    except OverflowError as error:
        raise BadArgument(f"The preset {path.name} has a number that is too large.", "Mend that line.") from error
    return Preset(path.stem, content.get("description", ""), made, **limits)


def _only(path: Path, prefix: str, table: dict[str, Any], known: dict[str, type]) -> dict[str, Any]:
    """The table, if it holds nothing but what is known, of the right kind."""
    for key, value in table.items():
        if key not in known:
            raise BadArgument(
                f"The preset {path.name} has {prefix}{key}, which means nothing here.",
                f"Known are: {', '.join(prefix + name for name in known)}.",
            )
        wanted = (int, float) if known[key] is float else known[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and known[key] is not object):
            kind = {str: "a text", dict: "a table", float: "a number"}[known[key]]
            raise BadArgument(f"In the preset {path.name}, {prefix}{key} is not {kind}.", "Mend that line.")
    return dict(table)


def _checked(path: Path, name: str, value: object) -> object:
    """A setting of the kind that the default's is: a whole number, or a list of numbers."""
    default = getattr(RegistrationSettings(), name)
    if isinstance(default, tuple):
        whole = isinstance(default[0], int)
        numbers = (int,) if whole else (int, float)
        if isinstance(value, list) and all(isinstance(v, numbers) and not isinstance(v, bool) for v in value):
            return tuple(value)
        kind = f"a list of {'whole ' if whole else ''}numbers"
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    else:
        kind = "a whole number"
    raise BadArgument(f"In the preset {path.name}, settings.{name} is not {kind}.", f"The default is {default}.")
