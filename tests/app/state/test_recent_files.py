"""Recent studies and folders follow the document and the preferences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionviewer.app.actions.registry import BY_KEY
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.process import log
from fusionviewer.session import recent
from fusionviewer.session.recent import Remembered, read_remembered
from fusionviewer.session.state import FusionState


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "state" / "recent.json"
    monkeypatch.setattr(recent, "recent_file", lambda: path)
    return path


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """The log of this test."""
    log.begin("test", tmp_path / "logs")
    yield tmp_path / "logs" / log.NAME
    log.begin("", None)


def _studies(folder: Path, *names: str) -> list[Path]:
    paths = [folder / f"{name}.fusion.json" for name in names]
    for path in paths:
        path.touch()
    return paths


def test_what_is_opened_or_saved_is_the_newest(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    one, two = _studies(tmp_path, "one", "two")
    told: list[int] = []
    workspace.recent.changed.connect(lambda: told.append(1))
    workspace.document.replace(FusionState(), one)
    workspace.document.saved(two)
    workspace.document.saved(two)  # nothing new
    workspace.document.replace(FusionState())
    assert workspace.recent.studies() == (two, one)
    assert len(told) == 2
    one.unlink()
    assert workspace.recent.studies() == (two,)
    assert workspace.recent.remembered.studies == (two, one)


def test_whether_there_is_a_list_is_known_without_reading_it(
    workspace: Workspace, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The menus ask it at every change of the view."""
    (one,) = _studies(tmp_path, "one")
    clear = BY_KEY["clear_recent"]
    workspace.document.saved(one)
    other = Workspace(workspace.questions)
    reads: list[object] = []
    monkeypatch.setattr(recent, "read_remembered", reads.append)
    assert clear.need(workspace) == clear.need(other) == ""
    assert reads == []
    monkeypatch.undo()
    monkeypatch.setattr(recent, "recent_file", lambda: file)
    workspace.recent.clear_studies()
    assert clear.need(workspace) == "No studies are remembered."
    other.deleteLater()


def test_each_kind_of_file_has_its_folder(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    images, pictures = tmp_path / "images", tmp_path / "pictures"
    images.mkdir()
    pictures.mkdir()
    workspace.recent.note_folder("images", images)
    workspace.recent.note_folder("pictures", pictures)
    assert (workspace.recent.folder("images"), workspace.recent.folder("pictures")) == (images, pictures)
    assert workspace.recent.folder("studies") is None
    images.rmdir()
    assert workspace.recent.folder("images") is None


def test_each_list_is_cleared_alone(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    (one,) = _studies(tmp_path, "one")
    workspace.document.saved(one)
    workspace.recent.note_folder("images", tmp_path)
    workspace.recent.clear_studies()
    assert read_remembered(file) == Remembered((), {"images": tmp_path})
    workspace.document.replace(FusionState())
    workspace.document.saved(one)
    workspace.recent.clear_folders()
    assert read_remembered(file) == Remembered((one,))
    assert one.exists()


def test_switching_off_removes_the_file_at_once_and_keeps_it_away(
    workspace: Workspace, file: Path, tmp_path: Path
) -> None:
    one, two = _studies(tmp_path, "one", "two")
    workspace.document.saved(one)
    workspace.recent.note_folder("images", tmp_path)
    assert file.exists()
    workspace.preferences.change(remember=False)
    assert not file.exists()
    workspace.document.saved(two)
    workspace.recent.note_folder("images", tmp_path)
    assert not file.exists()
    assert workspace.recent.studies() == ()
    assert workspace.recent.folder("images") is None
    workspace.preferences.change(remember=True)
    assert workspace.recent.studies() == ()
    workspace.document.saved(one)
    assert workspace.recent.studies() == (one,)


def test_a_window_that_starts_where_nothing_is_remembered_leaves_no_file(
    workspace: Workspace, file: Path, tmp_path: Path
) -> None:
    workspace.preferences.change(remember=False)
    recent.write_remembered(file, Remembered().with_folder("images", tmp_path))  # by a window that did not hear of it
    other = Workspace(workspace.questions)
    assert not file.exists()
    other.deleteLater()


def test_two_windows_share_the_list(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    one, two = _studies(tmp_path, "one", "two")
    other = Workspace(workspace.questions)
    other.document.saved(one)
    workspace.document.saved(two)
    assert other.recent.studies() == (two, one)
    other.deleteLater()


def test_where_it_cannot_be_written_the_work_goes_on_and_the_log_names_nothing(
    workspace: Workspace, file: Path, tmp_path: Path, logged: Path
) -> None:
    file.parent.write_text("a file where the folder should be")
    (study,) = _studies(tmp_path, "Doe_John")
    workspace.document.saved(study)
    workspace.preferences.change(remember=False)
    assert workspace.document.path == study
    text = logged.read_text("utf-8")
    assert "could not be remembered" in text
    assert "could not be removed" in text
    assert "Doe" not in text
    assert str(tmp_path) not in text


def test_a_network_is_not_touched_for_a_list(
    workspace: Workspace, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = _studies(tmp_path, "one")
    workspace.document.saved(one)
    workspace.recent.note_folder("studies", tmp_path)
    monkeypatch.setattr("fusionviewer.session.recent.is_remote", lambda _: True)
    monkeypatch.setattr("fusionviewer.app.state.recent_files.is_remote", lambda _: True)
    one.unlink()
    assert workspace.recent.studies() == (one,)  # opening it tells
    assert workspace.recent.folder("studies") is None
