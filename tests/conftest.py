"""What holds for every test: the user's own settings are not touched, and nothing is left running, unsaid or unseen.

Python's warnings are errors and Qt's messages from WARNING up are failures by pyproject.toml; threads are looked after
here. Qt is never imported by this file: the rooms below `app` are tested on machines without it as well.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: its threads wait busily, a quarter of all time

import hypothesis
import pytest

GRACE_SECONDS = 2.0
"""How long a thread may take to end after the test that started it."""

USERS_ENVIRONMENT: Mapping[str, str] = dict(os.environ)
HOME_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "config",
    "LOCALAPPDATA": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CONFIG_DIRS": "config-of-all",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "runtime",
}

hypothesis.settings.register_profile("fusionviewer", deadline=None, print_blob=True, max_examples=30)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("fusionviewer"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "fusionviewer")

home_key = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    parser.addoption("--long", action="store_true", help="run the tests that take minutes, too")
    try:
        import PyQt6  # noqa: F401 - only whether it is there
    except ImportError:  # pytest-qt would refuse to start; tests of ui and app still fail, on their own imports
        pluginmanager.unregister(name="pytest-qt")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a home of its own: settings, caches and recent files of the user stay as they are."""
    home = Path(tempfile.mkdtemp(prefix="fusionviewer-tests-"))
    config.stash[home_key] = home
    for name, folder in HOME_FOLDERS.items():
        (home / folder).mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(home / folder)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # the same on every machine, and no windows flash by
    if sys.platform == "win32":  # there neither of the two asks the environment
        _redirect_windows(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if home := config.stash.get(home_key, None):
        shutil.rmtree(home, ignore_errors=True)


def _redirect_windows(home: Path) -> None:
    import platformdirs.windows
    from PyQt6.QtCore import QSettings

    vars(platformdirs.windows)["get_win_folder"] = lambda csidl_name: str(home / "data")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home / "config"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: runs with --long"))


class QtThreads:
    """Remembers every QThread that Python code starts, from the moment when Qt has been imported."""

    def __init__(self) -> None:
        self.started: weakref.WeakSet[Any] = weakref.WeakSet()
        self._watching = False

    def watch(self) -> None:
        qt_core = sys.modules.get("PyQt6.QtCore")
        if qt_core is None or self._watching:
            return
        self._watching = True
        start = qt_core.QThread.start

        def start_and_remember(thread: Any, *arguments: Any) -> None:
            self.started.add(thread)
            start(thread, *arguments)

        qt_core.QThread.start = start_and_remember

    def running(self) -> set[object]:
        qt_core = sys.modules.get("PyQt6.QtCore")
        if qt_core is None:
            return set()
        left: set[object] = {t for t in self.started if not _is_deleted(t) and t.isRunning()}
        if busy := qt_core.QThreadPool.globalInstance().activeThreadCount():
            left.add(f"{busy} of the global QThreadPool")
        return left


def _is_deleted(thread: Any) -> bool:
    from PyQt6 import sip

    return bool(sip.isdeleted(thread))


QT_THREADS = QtThreads()


def _running() -> set[object]:
    """Threads at work: Python's, without those that only visited it and stay on its list for ever, and Qt's."""
    python = {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}
    return python | QT_THREADS.running()


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, where a test has changed what reads them."""
    from fusionviewer.imaging.reading import apart

    monkeypatch.setattr(apart._pool, "_none", True)


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """Fail the test that leaves a thread behind."""
    QT_THREADS.watch()
    before = _running()
    yield
    QT_THREADS.watch()
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := _running() - before) and time.monotonic() < deadline:
        time.sleep(0.005)
    if left:
        pytest.fail(f"threads left behind: {', '.join(sorted(map(str, left)))}")


class Pair(NamedTuple):
    """A fixed and a moving volume (fusionviewer.imaging.volume.Volume)."""

    fixed: Any
    moving: Any


@pytest.fixture(scope="session")
def sample_pair() -> Pair:
    """The bundled sample: T1 (fixed) and CT (moving)."""
    from fusionviewer.imaging.readers import read_volume
    from fusionviewer.imaging.sample import sample_folder

    folder = sample_folder()
    return Pair(read_volume(folder / "t1.nii.gz"), read_volume(folder / "ct.nii.gz"))


@pytest.fixture(scope="session")
def phantom_mr() -> Any:
    """A made-up T1-like head, the fixed one: see phantoms.py."""
    import phantoms

    return phantoms.phantom_mr()


@pytest.fixture(scope="session")
def phantom_ct() -> Any:
    """The same head as CT, the moving one."""
    import phantoms

    return phantoms.phantom_ct()


@pytest.fixture(scope="session")
def phantom_files(tmp_path_factory: pytest.TempPathFactory, phantom_mr: Any, phantom_ct: Any) -> tuple[Path, Path]:
    """The made-up head as MR (fixed) and CT (moving), in files."""
    from fusionviewer.imaging.writers import write_volume

    folder = tmp_path_factory.mktemp("phantoms")
    fixed, moving = folder / "mr.nii.gz", folder / "ct.nii.gz"
    write_volume(phantom_mr, fixed)
    write_volume(phantom_ct, moving)
    return fixed, moving


@pytest.fixture(scope="session")
def phantom_heads(phantom_mr: Any, phantom_ct: Any) -> Mapping[str, Any]:
    """What opening a phantom finds of its head, by the image's fingerprint: it takes long, so it is done once."""
    from fusionviewer.imaging.head import head_mask

    return {volume.fingerprint: head_mask(volume).corners for volume in (phantom_mr, phantom_ct)}


@pytest.fixture(scope="session")
def marked_pair(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The made-up head as the DICOM series of a patient whose every word is a mark (marked_patient.MarkedPair)."""
    import marked_patient

    return marked_patient.write_pair(tmp_path_factory.mktemp("dicom"))


@pytest.fixture(scope="session")
def phantom_truth() -> Any:
    """The `moving_from_fixed` of the two phantoms."""
    import phantoms

    return phantoms.MOVING_FROM_FIXED


@pytest.fixture(scope="session")
def users_environment() -> Mapping[str, str]:
    """The environment that the tests were started in, for the few that start what a user starts."""
    return USERS_ENVIRONMENT
