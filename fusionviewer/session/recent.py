"""What is remembered of files from one start to the next: recent studies, and the last folder of each kind of file.

All of it is one small file in the platform's folder for such things. Only its user can read it, as paths may name
patients.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.whole_files import SMALL_BYTES, json_value, read_whole, written_whole
from fusionviewer.process.places import is_remote
from fusionviewer.session.recovery import state_folder

FolderKind: TypeAlias = Literal["images", "studies", "landmarks", "exports", "pictures", "presets"]
"""What lies in a folder that is remembered: what is opened or saved there."""

MOST: Final = 10
"""How many studies are remembered."""


@dataclass(frozen=True)
class Remembered:
    """Studies, the newest first, and folders; all paths are absolute, and may lead nowhere by now."""

    studies: tuple[Path, ...] = ()
    folders: Mapping[FolderKind, Path] = field(default_factory=dict)

    def with_study(self, path: Path) -> Remembered:
        """With a study as the newest one."""
        new = _absolute(path)
        others = (known for known in self.studies if _key(known) != _key(new))
        return replace(self, studies=(new, *others)[:MOST])

    def with_folder(self, kind: FolderKind, folder: Path) -> Remembered:
        """With the folder that was used last for a kind of file."""
        return replace(self, folders={**self.folders, kind: _absolute(folder)})


def recent_file() -> Path:
    """Where it is kept."""
    return state_folder() / "recent.json"


def recent_studies() -> tuple[Path, ...]:
    """The recent studies that are still there, the newest first; none where nothing is remembered."""
    return still_there(read_remembered(recent_file()).studies)


def still_there(studies: tuple[Path, ...]) -> tuple[Path, ...]:
    """Those of the studies that are files; what lies on a network is not looked for, which might take for ever."""
    # Path's own raises where a folder is closed to us
    return tuple(path for path in studies if is_remote(path) or os.path.isfile(path))


def read_remembered(path: Path) -> Remembered:
    """What a file remembers; nothing where it is missing or damaged, and not what makes no sense in it."""
    try:
        record = json_value(read_whole(path, SMALL_BYTES))
    except (UnreadableInput, ValueError):
        return Remembered()
    if not isinstance(record, dict):
        return Remembered()
    studies, folders = record.get("studies"), record.get("folders")
    listed = studies if isinstance(studies, list) else []
    found = [place for one in listed if (place := _path(one)) is not None][:MOST]
    by_kind = folders if isinstance(folders, dict) else {}
    kept = {kind: place for kind in get_args(FolderKind) if (place := _path(by_kind.get(kind))) is not None}
    return Remembered(tuple(found), kept)


def write_remembered(path: Path, remembered: Remembered) -> None:
    """Keep it, in a file that its user alone can read. Raises CannotWrite, and OSError where there is no folder."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(OSError):
        path.parent.chmod(0o700)  # it may have been made as a folder above another one
    record = {
        "studies": [str(study) for study in remembered.studies],
        "folders": {kind: str(folder) for kind, folder in remembered.folders.items()},
    }
    with written_whole(path, private=True) as temporary, temporary.open("w", encoding="utf-8") as stream:
        json.dump(record, stream, indent=1)


def forget(path: Path) -> None:
    """Remove the file. Raises OSError where that cannot be done."""
    path.unlink(missing_ok=True)


def _path(value: object) -> Path | None:
    """An absolute path from a record; None if it is none."""
    if not isinstance(value, str) or "\0" in value or not os.path.isabs(value):
        return None
    return Path(value)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _key(path: Path) -> str:
    return os.path.normcase(path)
